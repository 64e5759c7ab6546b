package crash_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// streams follows the streams of some tables from their beginning, while the server is written to and killed. What a record
// says is applied at once: each must go on from where the one before it left its item, and in the end the items must be
// the table's. Then no change is without its record, no record without its change, and none comes twice.
type streams struct {
	mu     sync.Mutex
	client *dynamodbstreams.Client
	tables map[string]*streamed
	told   int // records
	again  int // records that were read again from the beginning
	rolled int // shards that had a parent
	looks  int
}

// streamed is what is known of one stream.
type streamed struct {
	arn    string
	keys   []string
	items  map[string]item
	shards map[string]*shard
	// expired is how many items went by themselves.
	expired int
}

// shard is what was read of a shard.
type shard struct {
	parent   *shard   // nil if it had none
	events   []string // their ids
	last     string   // the sequence number of the last
	iterator *string
	ended    bool
}

// streamedTables are the tables with a stream, with their keys.
func streamedTables() map[string][]string {
	return map[string][]string{
		plainTable: {"pk"}, indexedTable: {"pk", "sk"}, counterTable: {"pk"}, accountTable: {"pk"}, ledgerTable: {"pk"},
		fleetingTable: {"pk"},
	}
}

func (s *streams) prepare(ctx context.Context, l *load) error {
	s.tables = make(map[string]*streamed)
	for name, keys := range streamedTables() {
		out, err := l.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil {
			return err
		}
		s.tables[name] = &streamed{arn: *out.Table.LatestStreamArn, keys: keys, items: make(map[string]item), shards: make(map[string]*shard)}
	}
	return nil
}

// step reads what is new in the stream of one table.
func (s *streams) step(w *worker) outcome {
	time.Sleep(2 * time.Millisecond)
	names := slices.Sorted(maps.Keys(s.tables))
	name := names[w.IntN(len(names))]
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.follow(w.ctx, w.load, name)
	return w.outcomeOf("reading the stream of "+name, err)
}

// discover finds the new shards of a stream.
func (s *streams) discover(ctx context.Context, l *load, t *streamed) error {
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: &t.arn}
	for {
		out, err := s.client.DescribeStream(ctx, in)
		if err != nil {
			return err
		}
		for _, sh := range out.StreamDescription.Shards {
			if t.shards[*sh.ShardId] != nil {
				continue
			}
			known := &shard{}
			if t.shards[*sh.ShardId] = known; sh.ParentShardId != nil {
				if known.parent = t.shards[*sh.ParentShardId]; known.parent == nil {
					l.found.add("shard %s comes before its parent %s", *sh.ShardId, *sh.ParentShardId)
				}
				s.rolled++
			}
		}
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return nil
		}
	}
}

// follow reads each shard of a stream on whose parent has ended, a page of it, and says how much it read: records, and ends of
// shards.
func (s *streams) follow(ctx context.Context, l *load, name string) (n int, err error) {
	t := s.tables[name]
	if err := s.discover(ctx, l, t); err != nil {
		return 0, err
	}
	for _, id := range slices.Sorted(maps.Keys(t.shards)) {
		known := t.shards[id]
		if known.ended || known.parent != nil && !known.parent.ended {
			continue
		}
		if known.iterator == nil {
			in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &t.arn, ShardId: &id, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon}
			if known.last != "" {
				in.ShardIteratorType, in.SequenceNumber = streamtypes.ShardIteratorTypeAfterSequenceNumber, &known.last
			}
			out, err := s.client.GetShardIterator(ctx, in)
			if err != nil {
				return n, err
			}
			known.iterator = out.ShardIterator
		}
		out, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: known.iterator})
		if err != nil {
			return n, err
		}
		for _, r := range out.Records {
			if err := t.apply(name, known, r); err != nil {
				l.found.add("stream of %s, shard %s: %v", name, id, err)
			}
		}
		s.told += len(out.Records)
		n += len(out.Records)
		if known.iterator = out.NextShardIterator; known.iterator == nil {
			known.ended = true
			n++
		}
	}
	return n, nil
}

// apply does to the items what the record says, and says what is wrong with it.
func (t *streamed) apply(name string, sh *shard, r streamtypes.Record) error {
	keys, err := attributevalue.FromDynamoDBStreamsMap(r.Dynamodb.Keys)
	before, err2 := attributevalue.FromDynamoDBStreamsMap(r.Dynamodb.OldImage)
	after, err3 := attributevalue.FromDynamoDBStreamsMap(r.Dynamodb.NewImage)
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	sequence := *r.Dynamodb.SequenceNumber
	if len(sequence) < len(sh.last) || len(sequence) == len(sh.last) && sequence <= sh.last {
		err = fmt.Errorf("record %s comes after %s", sequence, sh.last)
	}
	key := registerOf(name, keys)
	if was := t.items[key]; render(was) != render(orNil(before)) {
		err = errors.Join(err, fmt.Errorf("record %s says that %s was %s; the records before say %s", sequence, key, brief(before), brief(was)))
	}
	if r.UserIdentity != nil {
		t.expired++
		expires, isNumber := before["expires"].(*types.AttributeValueMemberN)
		if name != fleetingTable || len(after) > 0 || !isNumber || number(expires) >= int(r.Dynamodb.ApproximateCreationDateTime.Unix()) {
			err = errors.Join(err, fmt.Errorf("record %s says that the service made %s of %s", sequence, brief(after), brief(before)))
		}
	}
	sh.last = sequence
	sh.events = append(sh.events, *r.EventID)
	if len(after) == 0 {
		delete(t.items, key)
	} else {
		t.items[key] = after
	}
	return err
}

func orNil(it item) item {
	if len(it) == 0 {
		return nil
	}
	return it
}

// verify reads the streams to their ends and compares what they say with the tables. Iterators from before the restart are
// still good; but most consumers start anew with the last sequence number they know.
func (s *streams) verify(ctx context.Context, l *load) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	for name, t := range s.tables {
		if s.looks%2 == 0 {
			for _, sh := range t.shards {
				sh.iterator = nil
			}
		}
		// Items expire meanwhile. If nothing is read after the scan, nothing changed since what was read before it.
		var items []item
		for quiet := false; ; {
			n, err := s.follow(ctx, l, name)
			if err != nil {
				return err
			}
			if n == 0 && quiet {
				break
			}
			if quiet = n == 0; !quiet {
				continue
			}
			if items, err = scan(ctx, l.client, name, ""); err != nil {
				return err
			}
		}
		for _, it := range items {
			if key := registerOf(name, it); render(it) != render(t.items[key]) {
				l.found.add("%s is %s; its stream says %s", key, brief(it), brief(t.items[key]))
			}
		}
		if len(items) != len(t.items) {
			l.found.add("table %s has %d items; its stream says %d", name, len(items), len(t.items))
		}
		if s.looks%4 == 1 {
			if err := s.reread(ctx, l, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// reread reads a stream from the beginning: it must say what it said before. Items may have expired since: what it says beyond
// that must be what reading on says.
func (s *streams) reread(ctx context.Context, l *load, name string) error {
	t := s.tables[name]
	again := make(map[string][]string)
	for id, sh := range t.shards {
		at, err := s.client.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{StreamArn: &t.arn, ShardId: aws.String(id),
			ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
		if err != nil {
			return err
		}
		var events []string
		for next := at.ShardIterator; next != nil; {
			out, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: next})
			if err != nil {
				return err
			}
			for _, r := range out.Records {
				events = append(events, *r.EventID)
			}
			if next = out.NextShardIterator; len(out.Records) == 0 {
				break
			}
		}
		if !startsWith(events, sh.events) {
			l.found.add("shard %s of %s has %d records, %d were read before: %s", id, name, len(events), len(sh.events), firstDifference(events, sh.events))
		}
		s.again += len(events)
		again[id] = events
	}
	for n := 1; n > 0; {
		var err error
		if n, err = s.follow(ctx, l, name); err != nil {
			return err
		}
	}
	for id, events := range again {
		if on := t.shards[id].events; !startsWith(on, events) {
			l.found.add("shard %s of %s had %d records from its beginning, %d by reading on: %s", id, name, len(events), len(on), firstDifference(on, events))
		}
	}
	return nil
}

func startsWith(events, start []string) bool {
	return len(events) >= len(start) && slices.Equal(events[:len(start)], start)
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("number %d differs", i)
		}
	}
	return "one goes on: " + strings.Join(append(a, b...)[min(len(a), len(b)):][:1], "")
}
