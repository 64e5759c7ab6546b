// Command bench measures Stator beside the servers it is an alternative to, and beside the limit: a bare net/http
// handler that reads requests and writes answers of the same sizes and does nothing else. Rates on their own say
// more about the machine than about the server, so everything runs in one go on one machine, the servers take
// turns within each round, only the one being measured is running, and what is published is the ratio.
//
// It is a black box: it imports nothing of Stator and speaks to every server over TCP, with requests that were
// signed beforehand, so that the client costs as little as it can.
//
//	go run ./bench                        the whole comparison, under twelve minutes
//	go run ./bench -ops GetItem -conns 32 one cell of it
//	go run ./bench -write -check          refresh the published results and hold them against the targets
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "bare" {
		return serveBare(ctx, args[1:])
	}
	options, err := parseOptions(args)
	if err != nil {
		return err
	}

	var found *results
	if options.from != "" {
		found, err = readResults(options.from)
	} else {
		// The client shares the cores with the servers, so it should not spend them on collecting garbage.
		debug.SetGCPercent(400)
		found, err = compare(ctx, options)
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return errors.New("stopped")
		}
		return err
	}

	fmt.Println()
	fmt.Print(markdown(found))
	if options.write {
		if err := writeResults(options.folder, found); err != nil {
			return err
		}
	}
	if options.check {
		return checkTargets(os.Stdout, found)
	}
	return nil
}
