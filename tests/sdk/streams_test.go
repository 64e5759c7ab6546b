package sdk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/statordb/stator/tests/harness"
)

// TestStreams has consumers of three SDKs follow the streams of tables that are written to at the same time, in the way of the
// guide's chapter "Using the DynamoDB Streams Kinesis adapter to process stream records": all shards from their trim horizon,
// children when their parents are done. A shard lives for a second, so that there are many generations.
func TestStreams(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, "--stream-shard-life", "1s")
	t.Run("Go", func(t *testing.T) {
		t.Parallel()
		followStream(t, dynamodb.NewFromConfig(s.Config), dynamodbstreams.NewFromConfig(s.Config))
	})
	t.Run("JavaScript", func(t *testing.T) {
		t.Parallel()
		harness.JavaScript(t, s.Env, "js", filepath.Join("js", "streams.test.mjs"))
	})
	t.Run("Python", func(t *testing.T) {
		t.Parallel()
		harness.Run(t, s.Env, "python", harness.Boto3(t), "-B", "streams_test.py")
	})
}

// consumer makes a copy of a table of what its stream says. The adapter has what it knows in a table of leases.
type consumer struct {
	*testing.T
	client *dynamodbstreams.Client
	arn    *string
	copy   map[string]Item
	shards map[string]*leasedShard
	events map[string]bool
}

type leasedShard struct {
	parent     string
	checkpoint *string // the last sequence number that was processed
	done       bool
}

// discover finds new shards, a page at a time, and says whether the stream will have no more.
func (c *consumer) discover(ctx context.Context) (disabled bool) {
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: c.arn, Limit: aws.Int32(3)}
	for {
		out, err := c.client.DescribeStream(ctx, in)
		if err != nil {
			c.Fatal(err)
		}
		for _, sh := range out.StreamDescription.Shards {
			if c.shards[*sh.ShardId] == nil {
				c.shards[*sh.ShardId] = &leasedShard{parent: aws.ToString(sh.ParentShardId)}
			}
		}
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return out.StreamDescription.StreamStatus == streamtypes.StreamStatusDisabled
		}
	}
}

// ready are the shards to read now: those that are not done, whose parents are done or gone.
func (c *consumer) ready() (ids []string) {
	for id, sh := range c.shards {
		if parent := c.shards[sh.parent]; !sh.done && (parent == nil || parent.done) {
			ids = append(ids, id)
		}
	}
	return ids
}

// work reads some pages of a shard, as a worker does before another one takes over.
func (c *consumer) work(ctx context.Context, id string) {
	sh := c.shards[id]
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: c.arn, ShardId: &id, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon}
	if sh.checkpoint != nil {
		in.ShardIteratorType, in.SequenceNumber = streamtypes.ShardIteratorTypeAfterSequenceNumber, sh.checkpoint
	}
	at, err := c.client.GetShardIterator(ctx, in)
	if err != nil {
		c.Fatal(err)
	}
	next := at.ShardIterator
	for range 3 {
		out, err := c.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: next, Limit: aws.Int32(20)})
		if err != nil {
			c.Fatal(err)
		}
		for _, r := range out.Records {
			c.process(r)
			sh.checkpoint = r.Dynamodb.SequenceNumber
		}
		if next = out.NextShardIterator; next == nil {
			sh.done = true
			return
		}
	}
}

// process does to the copy what the record says.
func (c *consumer) process(r streamtypes.Record) {
	from := func(m map[string]streamtypes.AttributeValue) Item {
		it, err := attributevalue.FromDynamoDBStreamsMap(m)
		if err != nil {
			c.Fatal(err)
		}
		if len(it) == 0 {
			return nil
		}
		return it
	}
	key := from(r.Dynamodb.Keys)["Id"].(*types.AttributeValueMemberS).Value
	before, after := from(r.Dynamodb.OldImage), from(r.Dynamodb.NewImage)
	if was := c.copy[key]; !reflect.DeepEqual(was, before) {
		c.Errorf("record %s says that %s was %v, and it was %v", *r.Dynamodb.SequenceNumber, key, before, was)
	}
	event := streamtypes.OperationTypeModify
	if before == nil {
		event = streamtypes.OperationTypeInsert
	} else if after == nil {
		event = streamtypes.OperationTypeRemove
	}
	if r.EventName != event || c.events[*r.EventID] || r.UserIdentity != nil {
		c.Errorf("event %s, %s, of %v; it came before: %v", *r.EventID, r.EventName, r.UserIdentity, c.events[*r.EventID])
	}
	c.events[*r.EventID] = true
	if c.copy[key] = after; after == nil {
		delete(c.copy, key)
	}
}

func followStream(t *testing.T, db *dynamodb.Client, streams *dynamodbstreams.Client) {
	ctx := t.Context()
	table := own(t, "Source")
	create(t, db, table, func(in *dynamodb.CreateTableInput) {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}
	}, "Id:S")
	out, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
	if err != nil {
		t.Fatal(err)
	}
	c := &consumer{T: t, client: streams, arn: out.Table.LatestStreamArn, copy: map[string]Item{}, shards: map[string]*leasedShard{}, events: map[string]bool{}}
	written := make(chan error, 1)
	go func() {
		err := writeAbout(ctx, db, *table, 4*time.Second)
		if err == nil {
			_, err = db.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: table, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}})
		}
		written <- err
	}()
	for {
		last := c.discover(ctx)
		ids := c.ready()
		if len(ids) == 0 && last {
			break
		}
		for _, id := range ids {
			c.work(ctx, id)
		}
		if len(written) == 1 && !c.discover(ctx) {
			break // it was not disabled
		}
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	items, err := db.Scan(ctx, &dynamodb.ScanInput{TableName: table})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Item{}
	for _, it := range items.Items {
		found[it["Id"].(*types.AttributeValueMemberS).Value] = it
	}
	if !reflect.DeepEqual(found, c.copy) {
		t.Errorf("the copy is %v, the table %v", c.copy, found)
	}
	if len(c.events) < 200 || len(c.shards) < 12 {
		t.Errorf("only %d records in %d shards", len(c.events), len(c.shards))
	}
}

// writeAbout writes to a few items in all the ways there are, from several goroutines, for a time at least.
func writeAbout(ctx context.Context, db *dynamodb.Client, table string, how time.Duration) (err error) {
	const writers = 4
	end := time.Now().Add(how)
	ended := make(chan error, writers)
	for w := range writers {
		go func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			var err error
			for n := 0; err == nil && (n < 100 || time.Now().Before(end)); n++ { // on a slow machine longer
				err = writeOnce(ctx, db, table, r, fmt.Sprint(w, "-", n))
			}
			ended <- err
		}()
	}
	for range writers {
		if e := <-ended; e != nil {
			err = e
		}
	}
	return err
}

func writeOnce(ctx context.Context, db *dynamodb.Client, table string, r *rand.Rand, value string) (err error) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	ids := r.Perm(20)
	key := func(i int) Item { return Item{"Id": text(strconv.Itoa(ids[i]))} }
	full := func(i int) Item {
		return Item{"Id": text(strconv.Itoa(ids[i])), "Value": text(value), "N": &types.AttributeValueMemberN{Value: "1.5"}}
	}
	switch r.IntN(6) {
	case 0:
		_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: full(0)})
	case 1:
		_, err = db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table, Key: key(0), UpdateExpression: aws.String("SET #v = :v"),
			ExpressionAttributeNames: map[string]string{"#v": "Value"}, ExpressionAttributeValues: Item{":v": text(value)}})
	case 2:
		_, err = db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: key(0)})
	case 3:
		_, err = db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: {
			{PutRequest: &types.PutRequest{Item: full(0)}}, {DeleteRequest: &types.DeleteRequest{Key: key(1)}}, {PutRequest: &types.PutRequest{Item: full(2)}}}}})
	case 4:
		_, err = db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: &table, Item: full(0)}}, {Delete: &types.Delete{TableName: &table, Key: key(1)}}, {Put: &types.Put{TableName: &table, Item: full(2)}}}})
	default:
		_, err = db.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: aws.String(`DELETE FROM "` + table + `" WHERE "Id" = ?`),
			Parameters: []types.AttributeValue{key(0)["Id"]}})
	}
	return err
}
