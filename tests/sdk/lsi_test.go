package sdk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapter "Local secondary indexes".

// threadTable makes Thread with LastPostIndex, which projects those attributes.
func threadTable(t *testing.T, c *dynamodb.Client, projected ...string) *string {
	t.Helper()
	table := own(t, "Thread")
	create(t, c, table, func(in *dynamodb.CreateTableInput) {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definitions("LastPostDateTime:S")...)
		in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{{
			IndexName: aws.String("LastPostIndex"), KeySchema: schema("ForumName", "LastPostDateTime"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: projected},
		}}
	}, "ForumName:S", "Subject:S")
	return table
}

func TestLocalIndex(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := threadTable(t, c, "Replies")
	post := func(forum, subject, date string, replies int) string {
		return fmt.Sprintf(`{"ForumName":%q,"Subject":%q,"LastPostDateTime":%q,"Replies":%d,"Tags":[%q]}`,
			forum, subject, date, replies, "tag of "+subject)
	}
	put(t, c, table,
		post("EC2", "aaa", "2015-03-15:17:24:31", 12), post("EC2", "bbb", "2015-09-22:23:18:01", 3),
		post("EC2", "ccc", "2015-11-01:13:14:21", 4), post("EC2", "ddd", "2015-09-22:23:18:01", 5),
		post("S3", "aaa", "2015-10-01:00:00:00", 1), post("EC2", "eee", "2016-01-01:00:00:00", 0))
	// What has no LastPostDateTime is not in the index.
	put(t, c, table, `{"ForumName":"EC2","Subject":"fff","Replies":9}`)

	query := func(in dynamodb.QueryInput) *dynamodb.QueryOutput {
		t.Helper()
		in.TableName, in.IndexName = table, aws.String("LastPostIndex")
		in.KeyConditionExpression = aws.String("ForumName = :v_forum and LastPostDateTime between :v_start and :v_end")
		in.ExpressionAttributeValues = item(`{":v_start":"2015-08-31T00:00:00.000Z",":v_end":"2015-11-31T00:00:00.000Z",":v_forum":"EC2"}`)
		out, err := c.Query(t.Context(), &in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	// Tags are not projected: they are fetched from the table.
	fetched := query(dynamodb.QueryInput{ProjectionExpression: aws.String("Subject, LastPostDateTime, Replies, Tags")})
	sameSet(t, "with what is fetched", fetched.Items,
		`{"Subject":"bbb","LastPostDateTime":"2015-09-22:23:18:01","Replies":3,"Tags":["tag of bbb"]}`,
		`{"Subject":"ddd","LastPostDateTime":"2015-09-22:23:18:01","Replies":5,"Tags":["tag of ddd"]}`,
		`{"Subject":"ccc","LastPostDateTime":"2015-11-01:13:14:21","Replies":4,"Tags":["tag of ccc"]}`)
	newest := query(dynamodb.QueryInput{ScanIndexForward: aws.Bool(false), ConsistentRead: aws.Bool(true), Limit: aws.Int32(1)})
	sameItems(t, "what is projected, newest first", newest.Items,
		`{"ForumName":"EC2","Subject":"ccc","LastPostDateTime":"2015-11-01:13:14:21","Replies":4}`)
	same(t, "last key", newest.LastEvaluatedKey, `{"ForumName":"EC2","Subject":"ccc","LastPostDateTime":"2015-11-01:13:14:21"}`)
	whole := query(dynamodb.QueryInput{Select: types.SelectAllAttributes, FilterExpression: aws.String("size(Tags) > Replies")})
	if whole.Count != 0 || whole.ScannedCount != 3 {
		t.Errorf("filter on what is fetched: %d of %d", whole.Count, whole.ScannedCount)
	}
	whole = query(dynamodb.QueryInput{Select: types.SelectAllAttributes})
	sameSet(t, "all attributes", whole.Items,
		post("EC2", "bbb", "2015-09-22:23:18:01", 3), post("EC2", "ddd", "2015-09-22:23:18:01", 5), post("EC2", "ccc", "2015-11-01:13:14:21", 4))
	scanned, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: table, IndexName: aws.String("LastPostIndex"), Select: types.SelectCount})
	if err != nil || scanned.Count != 6 {
		t.Errorf("in the index: %d, error %v", scanned.Count, err)
	}

	_, err = c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(`{"ForumName":"EC2","Subject":"ggg","LastPostDateTime":20150101}`)})
	fails(t, err, "ValidationException", "One or more parameter values were invalid: Type mismatch for Index Key LastPostDateTime Expected: S Actual: N IndexName: LastPostIndex")

	metrics, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(`{"ForumName":"EC2","Subject":"aaa"}`), UpdateExpression: aws.String("SET Replies = :n"),
		ExpressionAttributeValues: item(`{":n":1}`), ReturnItemCollectionMetrics: types.ReturnItemCollectionMetricsSize,
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := metrics.ItemCollectionMetrics; m == nil || len(m.SizeEstimateRangeGB) != 2 || m.SizeEstimateRangeGB[0] != 0 || m.SizeEstimateRangeGB[1] != 1 {
		t.Errorf("item collection metrics %+v", m)
	} else {
		same(t, "item collection", m.ItemCollectionKey, `{"ForumName":"EC2"}`)
	}
}

// TestLocalIndexCapacity has the guide's example of what a query costs that fetches from the table, and its rules of
// what writes cost.
func TestLocalIndexCapacity(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := threadTable(t, c, "Body")
	// Items of 300 bytes, of which 200 are in the index.
	const keys = "ForumName" + "EC2" + "Subject" + "s" + "LastPostDateTime" + "2015-01-01"
	for i := range 4 {
		put(t, c, table, fmt.Sprintf(`{"ForumName":"EC2","Subject":"%d","LastPostDateTime":"2015-01-01","Body":%q,"More":%q}`,
			i, strings.Repeat("t", 200-len(keys)-4), strings.Repeat("m", 100-4)))
	}
	for _, tt := range []struct {
		projection string
		consistent bool
		want       float64
	}{
		{"Subject, Body", true, 1}, {"Subject, Body", false, 0.5},
		{"Subject, More", true, 5}, {"Subject, More", false, 2.5}, // 4 KB of the index and 4 x 4 KB of the table
	} {
		out, err := c.Query(t.Context(), &dynamodb.QueryInput{
			TableName: table, IndexName: aws.String("LastPostIndex"), ConsistentRead: aws.Bool(tt.consistent),
			KeyConditionExpression: aws.String("ForumName = :f"), ExpressionAttributeValues: item(`{":f":"EC2"}`),
			ProjectionExpression: aws.String(tt.projection), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
		})
		if err != nil {
			t.Fatal(err)
		}
		cc := out.ConsumedCapacity
		if *cc.CapacityUnits != tt.want || out.Count != 4 {
			t.Errorf("%s, consistent %t: %v units for %d items, want %v", tt.projection, tt.consistent, *cc.CapacityUnits, out.Count, tt.want)
		}
		index, ok := cc.LocalSecondaryIndexes["LastPostIndex"]
		if !ok || cc.Table == nil || *index.CapacityUnits+*cc.Table.CapacityUnits != tt.want {
			t.Errorf("%s, consistent %t: index %+v, table %+v", tt.projection, tt.consistent, index, cc.Table)
		}
	}
	for _, tt := range []struct {
		what, update, values string
		want                 float64
	}{
		{"a new item outside the index", "SET More = :v", `{":v":"m"}`, 1},
		{"it gets an index key", "SET LastPostDateTime = :v", `{":v":"2015"}`, 2},
		{"the index key changes", "SET LastPostDateTime = :v", `{":v":"2016"}`, 3},
		{"a projected attribute changes", "SET #t = :v", `{":v":"t"}`, 2},
		{"what is not projected changes", "SET More = :v", `{":v":"n"}`, 1},
		{"it loses the index key", "REMOVE LastPostDateTime", "", 2},
	} {
		in := &dynamodb.UpdateItemInput{
			TableName: table, Key: item(`{"ForumName":"RDS","Subject":"x"}`), UpdateExpression: aws.String(tt.update),
			ExpressionAttributeNames: namesIn(tt.update, map[string]string{"#t": "Body"}),
			ReturnConsumedCapacity:   types.ReturnConsumedCapacityTotal,
		}
		if tt.values != "" {
			in.ExpressionAttributeValues = item(tt.values)
		}
		out, err := c.UpdateItem(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got := *out.ConsumedCapacity.CapacityUnits; got != tt.want {
			t.Errorf("%s: %v units, want %v", tt.what, got, tt.want)
		}
	}
}
