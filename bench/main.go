// Command bench measures Stator beside the servers it is an alternative to, and beside the limit: a bare net/http
// handler that reads requests and writes answers of the same sizes and does nothing else. Rates on their own say
// more about the machine than about the server, so everything runs in one go on one machine, the servers take
// turns within each round, only the one being measured is running, and what is published is the ratio.
//
// Then it measures several servers over one engine, PostgreSQL and a mock of TiKV: that the rate rises with each server
// until the engine can do no more.
//
// It is a black box: it imports nothing of Stator but what starts a PostgreSQL, and speaks to every server over TCP, with
// requests that were signed beforehand, so that the client costs as little as it can.
//
//	go run ./bench                        everything, some fifteen minutes
//	go run ./bench -ops GetItem -conns 32 one cell of it
//	go run ./bench -write -check          refresh the published results and hold them against the targets
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
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
		found, err = benchmark(ctx, options)
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return errors.New("stopped")
		}
		return err
	}

	fmt.Println()
	fmt.Print(markdown(found, false))
	if options.check {
		err = checkTargets(os.Stdout, found)
	}
	if options.write {
		kept, readErr := readResults(filepath.Join(options.folder, "results.json"))
		if readErr == nil {
			found.keep(kept)
			readErr = writeResults(options.folder, found)
		}
		err = errors.Join(err, readErr)
	}
	return err
}

// benchmark measures the parts that were asked for.
func benchmark(ctx context.Context, o *options) (found *results, err error) {
	found = &results{}
	if slices.Contains(o.parts, comparisonPart) {
		if found.Comparison, err = compare(ctx, o); err != nil {
			return nil, err
		}
	}
	if slices.Contains(o.parts, scalingPart) {
		if found.Scaling, err = measureScaling(ctx, o); err != nil {
			return nil, err
		}
	}
	return found, nil
}
