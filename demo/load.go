package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/schollz/progressbar/v3"
)

const (
	batchSize    = 25 // the most that BatchWriteItem takes
	batchTries   = 12
	scanSegments = 4
)

// load writes the cities in batches, several at a time, and shows how far it is.
func load(ctx context.Context, client *dynamodb.Client, table string, workers int, cities []city) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bar := progressbar.NewOptions(len(cities),
		progressbar.OptionSetDescription("Loading"),
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetVisibility(isTerminal(os.Stderr)),
		progressbar.OptionSetWidth(40),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("items"),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)

	batches := make(chan []city)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for batch := range batches {
				if err := writeBatch(ctx, client, table, batch); err != nil {
					cancel(err)
					return
				}
				_ = bar.Add(len(batch)) // a bar that cannot be drawn is no reason to stop
			}
		})
	}
feed:
	for batch := range slices.Chunk(cities, batchSize) {
		select {
		case batches <- batch:
		case <-ctx.Done():
			break feed
		}
	}
	close(batches)
	running.Wait()
	_ = bar.Finish()
	return context.Cause(ctx)
}

// writeBatch writes up to 25 cities, and again those that the server had no room for, after a growing pause.
func writeBatch(ctx context.Context, client *dynamodb.Client, table string, batch []city) error {
	var puts []types.WriteRequest
	for _, c := range batch {
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: c.item()}})
	}
	left := map[string][]types.WriteRequest{table: puts}
	pause := 20 * time.Millisecond
	for range batchTries {
		out, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		if left = out.UnprocessedItems; len(left) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause + rand.N(pause)):
		}
		pause = min(2*pause, 2*time.Second)
	}
	return fmt.Errorf("%d items were still unprocessed after %d tries", len(left[table]), batchTries)
}

// countItems reads the whole table in parallel segments and counts.
func countItems(ctx context.Context, client *dynamodb.Client, table string) (int, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var count atomic.Int64
	var running sync.WaitGroup
	for segment := range int32(scanSegments) {
		running.Go(func() {
			pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
				TableName: &table, Select: types.SelectCount,
				Segment: &segment, TotalSegments: aws.Int32(scanSegments),
			})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					cancel(err)
					return
				}
				count.Add(int64(page.Count))
			}
		})
	}
	running.Wait()
	return int(count.Load()), context.Cause(ctx)
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
