package crash_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// phase is how far an index came in its life. It never goes back, whatever is killed.
type phase int

const (
	none phase = iota
	creating
	active
	deleting
	gone
)

func (p phase) String() string {
	return [...]string{"not there", "CREATING", "ACTIVE", "DELETING", "gone"}[p]
}

// onlineIndex adds an index to a table with items, while that is written, and drops it when it is complete, again and
// again.
type onlineIndex struct {
	number  int
	known   phase          // it was seen to be so far at least
	highest phase          // nothing was asked for that brings it further
	begun   atomic.Int64   // how many
	met     map[string]int // what restarts found, for the summary
}

func (x *onlineIndex) shape() indexShape {
	return indexShape{name: fmt.Sprintf("online%d", x.number), hash: "tag", project: []string{"pk", "tag", "op"}}
}

// observe asks how far the index is.
func (x *onlineIndex) observe(ctx context.Context, client *dynamodb.Client) (phase, error) {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(growingTable)})
	if err != nil {
		return none, err
	}
	now := none
	if x.highest == gone {
		now = gone
	}
	for _, g := range out.Table.GlobalSecondaryIndexes {
		switch {
		case aws.ToString(g.IndexName) != x.shape().name:
			return none, fmt.Errorf("there is an index %s, which should be gone", aws.ToString(g.IndexName))
		case g.IndexStatus == types.IndexStatusCreating:
			now = creating
		case g.IndexStatus == types.IndexStatusActive:
			now = active
		case g.IndexStatus == types.IndexStatusDeleting:
			now = deleting
		}
	}
	if now < x.known || now > x.highest {
		return now, fmt.Errorf("%s is %v; it had been %v, and nobody asked for more than %v", x.shape().name, now, x.known, x.highest)
	}
	x.known = now
	return now, nil
}

// step looks, and does what comes next in the life of the index.
func (x *onlineIndex) step(w *worker) outcome {
	now, err := x.observe(w.ctx, w.client)
	if o := w.outcomeOf("online index", err); o != done {
		return o
	}
	in := &dynamodb.UpdateTableInput{TableName: aws.String(growingTable)}
	next := now
	switch now {
	case creating, deleting:
		time.Sleep(5 * time.Millisecond)
		return done
	case none, gone:
		*in = x.create()
		next = creating
	case active:
		name := x.shape().name
		in.GlobalSecondaryIndexUpdates = []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &name}}}
		x.highest, next = gone, deleting
	}
	_, err = w.client.UpdateTable(w.ctx, in)
	o := w.outcomeOf("UpdateTable", err)
	if o == done {
		x.known = max(x.known, next)
		if next == creating {
			x.begun.Add(1)
		}
	}
	return o
}

// create is the request for the next index.
func (x *onlineIndex) create() dynamodb.UpdateTableInput {
	if x.highest == gone || x.number == 0 {
		x.number++
	}
	x.known, x.highest = none, active
	s := x.shape()
	return dynamodb.UpdateTableInput{
		TableName:            aws.String(growingTable),
		AttributeDefinitions: []types.AttributeDefinition{definition("pk"), definition("tag")},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: &s.name, KeySchema: schema(s.hash), Projection: s.projection([]string{"pk"}),
		}}},
	}
}

// verify compares the index with the table if it is active.
func (x *onlineIndex) verify(ctx context.Context, l *load) error {
	now, err := x.observe(ctx, l.client)
	if err != nil {
		return err
	}
	x.met[now.String()]++
	if now != active {
		return nil
	}
	return x.compare(ctx, l)
}

func (x *onlineIndex) compare(ctx context.Context, l *load) error {
	items, err := scan(ctx, l.client, growingTable, "")
	if err != nil {
		return err
	}
	return x.shape().verify(ctx, l, growingTable, []string{"pk"}, items)
}

// finish waits until there is an active index, and verifies it.
func (x *onlineIndex) finish(ctx context.Context, l *load) {
	for end := time.Now().Add(finishing); ; time.Sleep(5 * time.Millisecond) {
		now, err := x.observe(ctx, l.client)
		if err == nil && (now == none || now == gone) {
			in := x.create()
			_, err = l.client.UpdateTable(ctx, &in)
		}
		if err == nil && now == active {
			err = x.compare(ctx, l)
		}
		if err != nil {
			l.found.add("online index: %v", err)
			return
		}
		if now == active {
			return
		}
		if time.Now().After(end) {
			l.found.add("%s is %v for ever", x.shape().name, now)
			return
		}
	}
}
