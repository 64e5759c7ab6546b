package crash_test

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	fleetingTable = "Fleeting"
	fleetingItems = 400
	// toggleEvery is after how many batches Time To Live is enabled or disabled.
	toggleEvery = 20
)

// fate is what may happen to an item.
type fate int

const (
	absent fate = iota // it was never written
	lives              // its time is far away, or it has none that counts
	dies               // its time is over, or will be in a moment
	either             // nobody knows which of both was written last
)

// fleeting writes items that expire and items that do not, over and over, while Time To Live is enabled and disabled.
type fleeting struct {
	fates   [fleetingItems]fate
	batches int
	toggled int
	met     map[string]int // what restarts found, for the summary
	deleted int
}

func (f *fleeting) prepare(ctx context.Context, l *load) error {
	return createTable(ctx, l.client, fleetingTable, shape{
		keys: []string{"pk"}, indexes: []indexShape{{name: "by-colour", hash: "colour"}}, stream: true,
	})
}

// step writes a batch, or changes Time To Live.
func (f *fleeting) step(w *worker) outcome {
	f.batches++
	if f.batches%toggleEvery == 1 {
		return f.toggle(w)
	}
	now := int(time.Now().Unix())
	var requests []types.WriteRequest
	chosen := make(map[int]fate)
	for len(chosen) < 25 {
		n := w.IntN(fleetingItems)
		if _, twice := chosen[n]; twice {
			continue
		}
		it := item{"pk": str(strconv.Itoa(n)), "colour": str("red")}
		chosen[n] = dies
		switch w.IntN(6) {
		case 0, 1:
			it["expires"] = num(now - w.IntN(1000))
		case 2:
			it["expires"] = num(now + w.IntN(2))
		case 3:
			chosen[n], it["expires"] = lives, num(now+100_000)
		case 4:
			chosen[n], it["expires"] = lives, str(strconv.Itoa(now-10))
		case 5:
			chosen[n] = lives
		}
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: it}})
	}
	_, err := w.client.BatchWriteItem(w.ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{fleetingTable: requests}})
	o := w.outcomeOf("BatchWriteItem", err)
	for n, next := range chosen {
		if o != done && f.fates[n] != next {
			next = either
		}
		f.fates[n] = next
	}
	time.Sleep(2 * time.Millisecond)
	return o
}

func (f *fleeting) status(ctx context.Context, l *load) (types.TimeToLiveStatus, error) {
	out, err := l.client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(fleetingTable)})
	if err != nil {
		return "", err
	}
	return out.TimeToLiveDescription.TimeToLiveStatus, nil
}

func (f *fleeting) set(ctx context.Context, l *load, enabled bool) error {
	_, err := l.client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String(fleetingTable),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(enabled)}})
	return err
}

// toggle enables Time To Live, and every third time disables it.
func (f *fleeting) toggle(w *worker) outcome {
	status, err := f.status(w.ctx, w.load)
	if o := w.outcomeOf("DescribeTimeToLive", err); o != done {
		return o
	}
	switch {
	case status == types.TimeToLiveStatusDisabled:
		err = f.set(w.ctx, w.load, true)
	case status == types.TimeToLiveStatusEnabled && w.IntN(3) == 0:
		err = f.set(w.ctx, w.load, false)
	default:
		return done
	}
	f.toggled++
	return w.outcomeOf("UpdateTimeToLive", err)
}

// verify wants all that lives to be there. What is not there any more may be written again.
func (f *fleeting) verify(ctx context.Context, l *load) error {
	status, err := f.status(ctx, l)
	if err != nil {
		return err
	}
	f.met[string(status)]++
	_, err = f.look(ctx, l)
	return err
}

// look returns how many items are there that have to go.
func (f *fleeting) look(ctx context.Context, l *load) (left int, err error) {
	items, err := scan(ctx, l.client, fleetingTable, "")
	if err != nil {
		return 0, err
	}
	there := make(map[int]item)
	for _, it := range items {
		n, err := strconv.Atoi(text(it["pk"]))
		if err != nil {
			return 0, fmt.Errorf("item %s", brief(it))
		}
		there[n] = it
		if _, isNumber := it["expires"].(*types.AttributeValueMemberN); isNumber && number(it["expires"]) < int(time.Now().Unix()) {
			left++
		}
	}
	for n, fate := range f.fates {
		_, found := there[n]
		switch {
		case fate == lives && !found:
			l.found.add("item %d of %s is gone, though its time was not over", n, fleetingTable)
		case fate == absent && found:
			l.found.add("item %d of %s is there, though nobody wrote it", n, fleetingTable)
		case fate == dies && !found:
			f.deleted++
		}
	}
	return left, nil
}

// finish waits until Time To Live is enabled and all that is due is gone.
func (f *fleeting) finish(ctx context.Context, l *load) {
	for end := time.Now().Add(finishing); ; time.Sleep(50 * time.Millisecond) {
		status, err := f.status(ctx, l)
		left := 0
		switch {
		case err != nil:
		case status == types.TimeToLiveStatusDisabled:
			err = f.set(ctx, l, true)
		case status == types.TimeToLiveStatusEnabled:
			if left, err = f.look(ctx, l); err == nil && left == 0 {
				return
			}
		}
		if err != nil {
			l.found.add("items that expire: %v", err)
			return
		}
		if time.Now().After(end) {
			l.found.add("Time To Live is %s for ever, and %d items stay", status, left)
			return
		}
	}
}
