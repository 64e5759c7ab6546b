package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// load makes the table and puts all its items into it.
func load(ctx context.Context, s *signer) error {
	a, err := call(ctx, s, "CreateTable", createTable)
	if err != nil {
		return err
	}
	if a.status != 200 {
		return fmt.Errorf("CreateTable: status %d: %s", a.status, shorten(a.body))
	}
	if err := awaitTable(ctx, s); err != nil {
		return err
	}

	c, err := dial(ctx, s.address)
	if err != nil {
		return err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	done := expectation{whole: []byte(`{"UnprocessedItems":{}}`)}
	for i := range tableItems / batchSize {
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
