package crash_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// churn makes a table with an index, fills it and drops it, again and again.
type churn struct {
	number  int
	known   phase // as of an index: none, active or gone
	highest phase
	acked   int // items
}

// churnItems is how many items a table gets before it is dropped.
const churnItems = 20

func (c *churn) name() string { return fmt.Sprintf("Passing%d", c.number) }

func (c *churn) step(w *worker) outcome {
	switch {
	case c.known == none || c.known == gone:
		c.number++
		*c = churn{number: c.number, highest: active}
		o := w.outcomeOf("CreateTable", createTable(w.ctx, w.client, c.name(), shape{
			keys: []string{"pk"}, stream: true, indexes: []indexShape{{name: "by-colour", hash: "colour"}},
		}))
		if o == done {
			c.known = active
		}
		return o
	case c.acked < churnItems:
		_, err := w.client.PutItem(w.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(c.name()), Item: item{"pk": str(fmt.Sprint(c.acked)), "colour": str("red")},
		})
		o := w.outcomeOf("PutItem", err)
		if o == done {
			c.acked++
		}
		return o
	default:
		c.highest = gone
		_, err := w.client.DeleteTable(w.ctx, &dynamodb.DeleteTableInput{TableName: aws.String(c.name())})
		o := w.outcomeOf("DeleteTable", err)
		if o == done {
			c.known = gone
		}
		return o
	}
}

func (c *churn) verify(ctx context.Context, l *load) error {
	items, err := scan(ctx, l.client, c.name(), "")
	now := active
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		now = none
		if c.highest == gone {
			now = gone
		}
	} else if err != nil {
		return err
	}
	switch {
	case now < c.known || now > c.highest:
		l.found.add("table %s is %v; it had been %v, and nobody asked for more than %v", c.name(), now, c.known, c.highest)
	case now == active && (len(items) < c.acked || len(items) > c.acked+1):
		l.found.add("table %s has %d items, %d were acknowledged", c.name(), len(items), c.acked)
	case now == active:
		c.acked = len(items)
		err = indexShape{name: "by-colour", hash: "colour"}.verify(ctx, l, c.name(), []string{"pk"}, items)
	default:
		err = nil
	}
	c.known = now
	return err
}
