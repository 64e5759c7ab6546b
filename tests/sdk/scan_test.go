package sdk

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestScan has the examples of the guide's chapter on Scan.
func TestScan(t *testing.T) {
	t.Parallel()
	c := client(t)
	d := discussionTables(t, c)
	byUser := func(user string) *dynamodb.ScanOutput {
		out, err := c.Scan(t.Context(), &dynamodb.ScanInput{
			TableName: d.thread, FilterExpression: aws.String("LastPostedBy = :name"),
			ExpressionAttributeValues: item(fmt.Sprintf(`{":name":%q}`, user)),
			ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			t.Fatal(err)
		}
		if out.ScannedCount != 3 || *out.ConsumedCapacity.CapacityUnits != 0.5 {
			t.Errorf("%s: scanned %d, capacity %v", user, out.ScannedCount, *out.ConsumedCapacity.CapacityUnits)
		}
		return out
	}
	sameSet(t, "User A", byUser("User A").Items, threads...)
	if out := byUser("User B"); out.Count != 0 || len(out.Items) != 0 {
		t.Errorf("User B: %d", out.Count)
	}

	// A filter may use keys, and an index can be scanned.
	out, err := c.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: d.reply, IndexName: aws.String("PostedBy-Message-Index"),
		FilterExpression:          aws.String("begins_with(Id, :id) AND PostedBy <> :b"),
		ExpressionAttributeValues: item(`{":id":"Amazon DynamoDB",":b":"User B"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	sameSet(t, "the index, filtered", out.Items, replies[0], replies[2], replies[3])
	if out.ScannedCount != 4 || out.Count != 3 {
		t.Errorf("count %d, scanned %d", out.Count, out.ScannedCount)
	}

	double, err := c.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: d.thread, ConsistentRead: aws.Bool(true), Select: types.SelectCount,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
	})
	if err != nil {
		t.Fatal(err)
	}
	if cc := double.ConsumedCapacity; *cc.CapacityUnits != 1 || *cc.Table.CapacityUnits != 1 || double.Count != 3 || double.Items != nil {
		t.Errorf("consistent: capacity %v, count %d, items %v", *cc.CapacityUnits, double.Count, double.Items)
	}
	_, err = c.Scan(t.Context(), &dynamodb.ScanInput{TableName: d.reply, IndexName: aws.String("PostedBy-Message-Index"), ConsistentRead: aws.Bool(true)})
	fails(t, err, "ValidationException", "Consistent reads are not supported on global secondary indexes")
	_, err = c.Scan(t.Context(), &dynamodb.ScanInput{TableName: d.reply, IndexName: aws.String("None")})
	fails(t, err, "ValidationException", "The table does not have the specified index: None")
}

// TestScanPages reads a table of more than 1 MB: page by page, in parallel segments, and with a limit.
func TestScanPages(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Movies")
	create(t, c, table, nil, "Id:N")
	const count = 50
	text := strings.Repeat("x", 50_000)
	for from := 0; from < count; from += 25 {
		var batch []string
		for i := range 25 {
			batch = append(batch, fmt.Sprintf(`{"Id":%d,"Text":%q}`, from+i, text))
		}
		load(t, c, map[string][]string{*table: batch})
	}
	collect := func(in *dynamodb.ScanInput) (ids []string, pages []*dynamodb.ScanOutput) {
		in.TableName = table
		for p := dynamodb.NewScanPaginator(c, in); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			if err != nil {
				t.Error(err)
				return nil, nil
			}
			for _, i := range page.Items {
				ids = append(ids, show(i["Id"]))
			}
			pages = append(pages, page)
		}
		return ids, pages
	}
	complete := func(what string, ids []string) {
		t.Helper()
		seen := map[string]bool{}
		for _, id := range ids {
			seen[id] = true
		}
		if len(ids) != count || len(seen) != count {
			t.Errorf("%s: %d items, %d different, want %d", what, len(ids), len(seen), count)
		}
	}

	ids, pages := collect(&dynamodb.ScanInput{ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	complete("all", ids)
	// 2.5 MB are three pages of at most 1 MB: 20 or 21 items each, but for the last.
	if len(pages) != 3 || pages[0].Count < 20 || pages[0].Count > 21 || pages[1].Count != pages[0].Count {
		t.Errorf("%d pages, the first with %d items", len(pages), pages[0].Count)
	}
	for _, p := range pages {
		low := float64(p.ScannedCount) * 50_000 / 4096 / 2
		if units := *p.ConsumedCapacity.CapacityUnits; units < low || units > low+1 {
			t.Errorf("%v units for %d items, want about %v", units, p.ScannedCount, low)
		}
	}

	ids, pages = collect(&dynamodb.ScanInput{Limit: aws.Int32(7), ProjectionExpression: aws.String("Id")})
	complete("with a limit", ids)
	if len(pages) != 8 || pages[0].Count != 7 || pages[7].Count != 1 {
		t.Errorf("%d pages, the first with %d items, the last with %d", len(pages), pages[0].Count, pages[len(pages)-1].Count)
	}

	// The page limit holds for what is read, not for what is returned.
	ids, pages = collect(&dynamodb.ScanInput{
		FilterExpression: aws.String("Id < :ten"), ExpressionAttributeValues: item(`{":ten":10}`),
		ProjectionExpression: aws.String("Id"),
	})
	if len(ids) != 10 || len(pages) != 3 {
		t.Errorf("filtered: %d items on %d pages", len(ids), len(pages))
	}

	const segments = 3
	var wg sync.WaitGroup
	var mu sync.Mutex
	var parallel []string
	for s := range int32(segments) {
		wg.Go(func() {
			ids, _ := collect(&dynamodb.ScanInput{Segment: aws.Int32(s), TotalSegments: aws.Int32(segments)})
			mu.Lock()
			parallel = append(parallel, ids...)
			mu.Unlock()
		})
	}
	wg.Wait()
	complete("in segments", parallel)

	for _, in := range []*dynamodb.ScanInput{
		{Segment: aws.Int32(3), TotalSegments: aws.Int32(3)},
		{Segment: aws.Int32(0)},
		{TotalSegments: aws.Int32(2)},
		{Segment: aws.Int32(0), TotalSegments: aws.Int32(1_000_001)},
	} {
		in.TableName = table
		_, err := c.Scan(t.Context(), in)
		fails(t, err, "ValidationException", "")
	}
}
