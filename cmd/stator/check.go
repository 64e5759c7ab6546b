package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/statordb/stator"
)

// check looks for inconsistencies in an engine. It fails if there are any.
func check(ctx context.Context, args []string, std stdio) error {
	var c config
	if err := parse("check", args, std, c.whereFlags); err != nil {
		return err
	}
	if err := c.checkEngine(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	sum, err := stator.Check(ctx, c.where(), func(problem string) { fmt.Fprintln(std.out, problem) })
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d tables with %d indexes, %d items of %d bytes, %d index entries, %d streams of %d records, %d backups of %d items, %d identity records, %d of people, %d of machines: %d problems\n",
		sum.Tables, sum.Indexes, sum.Items, sum.Bytes, sum.Entries, sum.Streams, sum.Records, sum.Backups, sum.BackedUp, sum.Identities,
		sum.People, sum.Machines, sum.Problems)
	if sum.Problems > 0 {
		return fmt.Errorf("%d problems found", sum.Problems)
	}
	return nil
}
