package servers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/statordb/stator/tests/fleet"
)

const (
	largestItem = 400 << 10 // bytes, with names and key
	itemsAtMost = 100       // of a transaction
	allOfThem   = 4 << 20   // bytes of them
	batchOf     = 25
)

// large is an item of so many bytes, filled with a letter.
func large(id, size int, letter string) item {
	it := item{"pk": str("p"), "sk": str(fmt.Sprintf("%03d", id)), "tag": str("t"), "filler": nil}
	for name, v := range it {
		size -= len(name)
		if s, ok := v.(*types.AttributeValueMemberS); ok {
			size -= len(s.Value)
		}
	}
	it["filler"] = str(strings.Repeat(letter, size))
	return it
}

// "The maximum item size in DynamoDB is 400 KB", "up to 100 actions" of which "the aggregate size of the items cannot exceed 4 MB",
// and "as many as 25 item put or delete operations" (API reference, TransactWriteItems and BatchWriteItem): all of it at once, with
// indexes that have all attributes, and a stream with both images, fits each engine.
func TestLargestWrites(t *testing.T) {
	t.Parallel()
	fleet.Each(t, 1, nil, func(t *testing.T, f *fleet.Fleet) {
		c, name := client(f.Servers[0].Config), "large"
		index := func(hash, sort string) []types.KeySchemaElement {
			return []types.KeySchemaElement{{AttributeName: &hash, KeyType: "HASH"}, {AttributeName: &sort, KeyType: "RANGE"}}
		}
		attribute := func(name string) types.AttributeDefinition {
			return types.AttributeDefinition{AttributeName: &name, AttributeType: "S"}
		}
		all := &types.Projection{ProjectionType: "ALL"}
		made, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions:   []types.AttributeDefinition{attribute("pk"), attribute("sk"), attribute("tag")},
			KeySchema:              index("pk", "sk"),
			LocalSecondaryIndexes:  []types.LocalSecondaryIndex{{IndexName: aws.String("local"), KeySchema: index("pk", "tag"), Projection: all}},
			GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("global"), KeySchema: index("tag", "sk"), Projection: all}},
			StreamSpecification:    &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}})
		must(t, err)

		each := (allOfThem - largestItem) / (itemsAtMost - 1)
		for _, letter := range []string{"a", "b"} { // the second has old images as large as the new ones
			var writes []types.TransactWriteItem
			for i := range itemsAtMost {
				size := each
				if i == 0 {
					size = largestItem
				}
				writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &name, Item: large(i, size, letter)}})
			}
			begun := time.Now()
			_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: writes})
			must(t, err)
			t.Logf("a transaction of %d items in %v", itemsAtMost, time.Since(begun))
			for _, where := range []*string{nil, aws.String("local"), aws.String("global")} {
				if n := countOf(t, c, &name, where, letter); n != itemsAtMost {
					t.Errorf("%d items with %s by index %q, want %d", n, letter, aws.ToString(where), itemsAtMost)
				}
			}
		}
		oldest, newest := imageBytes(t, dynamodbstreams.NewFromConfig(f.Servers[0].Config), made.TableDescription.LatestStreamArn, 2*itemsAtMost)
		if least := each * itemsAtMost; oldest < least || newest < 2*least {
			t.Errorf("the stream has %d bytes of old images and %d of new ones", oldest, newest)
		}

		var puts []types.WriteRequest
		for i := range batchOf {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: large(i, largestItem, "c")}})
		}
		begun := time.Now()
		out, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{name: puts}})
		must(t, err)
		t.Logf("a batch of %d items in %v", batchOf, time.Since(begun))
		if n := countOf(t, c, &name, aws.String("global"), "c"); len(out.UnprocessedItems) > 0 || n != batchOf {
			t.Errorf("%d items, %d of them unprocessed; want %d", n, len(out.UnprocessedItems), batchOf)
		}
		f.Check(t)
	})
}

// countOf counts the items with a letter, by an index or without.
func countOf(t *testing.T, c *dynamodb.Client, table, index *string, letter string) (n int) {
	t.Helper()
	condition, values := "pk = :k", item{":k": str("p"), ":l": str(letter)}
	if aws.ToString(index) == "global" {
		condition, values = "tag = :k", item{":k": str("t"), ":l": str(letter)}
	}
	pages := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{TableName: table, IndexName: index, KeyConditionExpression: &condition,
		FilterExpression: aws.String("begins_with(filler, :l)"), ExpressionAttributeValues: values, Select: types.SelectCount})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		n += int(page.Count)
	}
	return n
}

// imageBytes adds up the filler of old and new images, of so many records of a stream.
func imageBytes(t *testing.T, c *dynamodbstreams.Client, arn *string, records int) (oldest, newest int) {
	t.Helper()
	filler := func(image map[string]streamtypes.AttributeValue) int {
		if v, ok := image["filler"].(*streamtypes.AttributeValueMemberS); ok {
			return len(v.Value)
		}
		return 0
	}
	stream, err := c.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	must(t, err)
	n := 0
	for _, shard := range stream.StreamDescription.Shards {
		at, err := c.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON"})
		must(t, err)
		for next := at.ShardIterator; next != nil; {
			got, err := c.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: next})
			must(t, err)
			if len(got.Records) == 0 {
				break
			}
			for _, r := range got.Records {
				oldest, newest = oldest+filler(r.Dynamodb.OldImage), newest+filler(r.Dynamodb.NewImage)
			}
			n, next = n+len(got.Records), got.NextShardIterator
		}
	}
	if n != records {
		t.Errorf("the stream has %d records, want %d", n, records)
	}
	return oldest, newest
}
