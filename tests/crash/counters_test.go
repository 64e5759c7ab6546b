package crash_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// counters are added to with ADD, without a condition and without a look.
type counters struct {
	mu  sync.Mutex
	all []*counter
}

// counter is what is known of one.
type counter struct {
	base        int          // at the last restart
	acked, lost int          // since
	told        map[int]bool // what the acknowledged ones were told that it is now
}

const (
	counterTable = "Counters"
	counterKeys  = 5
)

func newCounters() *counters {
	c := &counters{}
	for range counterKeys {
		c.all = append(c.all, &counter{told: make(map[int]bool)})
	}
	return c
}

func (c *counters) prepare(ctx context.Context, l *load) error {
	return createTable(ctx, l.client, counterTable, shape{keys: []string{"pk"}, stream: true})
}

func (c *counters) add(w *worker) outcome {
	i := w.IntN(len(c.all))
	out, err := w.client.UpdateItem(w.ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(counterTable), Key: item{"pk": str(fmt.Sprint(i))},
		UpdateExpression:          aws.String("ADD n :one"),
		ExpressionAttributeValues: item{":one": num(1)},
		ReturnValues:              types.ReturnValueUpdatedNew,
	})
	o := w.outcomeOf("UpdateItem", err)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch o {
	case done:
		if err := c.all[i].ack(number(out.Attributes["n"])); err != nil {
			w.found.add("counter %d: %v", i, err)
		}
	case lost:
		c.all[i].lost++
	}
	return o
}

// ack records an acknowledged increment.
func (c *counter) ack(now int) error {
	c.acked++
	if c.told[now] {
		return fmt.Errorf("two increments made it %d", now)
	}
	c.told[now] = true
	if now <= c.base {
		return fmt.Errorf("an increment made it %d, but it was %d before", now, c.base)
	}
	return nil
}

// judge says what is wrong with finding n after a restart, and starts anew from there.
func (c *counter) judge(n int) error {
	low, high := c.base+c.acked, c.base+c.acked+c.lost
	for told := range c.told {
		low = max(low, told)
	}
	*c = counter{base: n, told: make(map[int]bool)}
	if n < low || n > high {
		return fmt.Errorf("it is %d, allowed are %d to %d", n, low, high)
	}
	return nil
}

func (c *counters) verify(ctx context.Context, l *load) error {
	items, err := scan(ctx, l.client, counterTable, "")
	if err != nil {
		return err
	}
	values := make(map[string]int)
	for _, it := range items {
		values[text(it["pk"])] = number(it["n"])
	}
	for i, one := range c.all {
		if err := one.judge(values[fmt.Sprint(i)]); err != nil {
			l.found.add("counter %d: %v", i, err)
		}
	}
	return nil
}
