package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// load makes the table at the first of several servers with the same tables, and puts all items into it, each server its part.
func load(ctx context.Context, signers []*signer) error {
	s := signers[0]
	a, err := call(ctx, s, "CreateTable", createTable)
	if err != nil {
		return err
	}
	if a.status != 200 {
		return fmt.Errorf("CreateTable: status %d: %s", a.status, shorten(a.body))
	}
	var running sync.WaitGroup
	failed := make([]error, len(signers))
	for part, s := range signers {
		running.Go(func() {
			if failed[part] = awaitTable(ctx, s); failed[part] == nil {
				failed[part] = loadPart(ctx, s, part, len(signers))
			}
		})
	}
	running.Wait()
	return errors.Join(failed...)
}

// loadPart puts one of so many parts of all items into the table.
func loadPart(ctx context.Context, s *signer, part, parts int) error {
	c, err := dial(ctx, s.address)
	if err != nil {
		return err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	done := expectation{whole: []byte(`{"UnprocessedItems":{}}`)}
	for i := part; i < tableItems/batchSize; i += parts {
		raw, err := s.sign(ctx, "BatchWriteItem", batchWrite(i), time.Now())
		if err != nil {
			return err
		}
		if err := c.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
			return err
		}
		a, err := c.exchange(raw)
		if err == nil {
			err = done.check(a)
		}
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	return nil
}

func awaitTable(ctx context.Context, s *signer) error {
	for range 300 {
		a, err := call(ctx, s, "DescribeTable", `{"TableName":"`+tableName+`"}`)
		if err != nil {
			return err
		}
		if a.status == 200 && strings.Contains(string(a.body), `"ACTIVE"`) {
			return nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the table did not become active")
}
