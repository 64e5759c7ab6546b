package acceptance

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var hundred struct {
	sync.Mutex
	table string
}

// scanned is a table with 100 items, i from 0 to 99.
func scanned(t *testing.T) string {
	t.Helper()
	hundred.Lock()
	defer hundred.Unlock()
	if hundred.table == "" {
		table := *create(t, tableOf(fresh("scanned"), "pk S")).TableName
		for from := 0; from < 100; from += 25 {
			var writes []types.WriteRequest
			for i := from; i < from+25; i++ {
				writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item{"pk": s(fmt.Sprintf("item-%d", i)), "i": n(fmt.Sprint(i))}}})
			}
			out, err := client(t).BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
			if err != nil || len(out.UnprocessedItems) > 0 {
				t.Fatalf("%v (%v)", out, err)
			}
		}
		hundred.table = table
	}
	return hundred.table
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
func TestScan(t *testing.T) {
	table, db := scanned(t), client(t)
	all := func(t *testing.T, in dynamodb.ScanInput) (pages int, seen map[string]bool) {
		seen = map[string]bool{}
		in.TableName = &table
		for p := dynamodb.NewScanPaginator(db, &in); p.HasMorePages(); pages++ {
			out, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range out.Items {
				k := show(it["pk"])
				if seen[k] {
					t.Errorf("%s twice", k)
				}
				seen[k] = true
			}
		}
		return pages, seen
	}
	t.Run("whole", func(t *testing.T) {
		if pages, seen := all(t, dynamodb.ScanInput{}); pages != 1 || len(seen) != 100 {
			t.Errorf("%d items on %d pages", len(seen), pages)
		}
	})
	t.Run("pages", func(t *testing.T) {
		if pages, seen := all(t, dynamodb.ScanInput{Limit: aws.Int32(30)}); pages != 4 || len(seen) != 100 {
			t.Errorf("%d items on %d pages", len(seen), pages)
		}
	})
	t.Run("an exact last page is followed by an empty one", func(t *testing.T) {
		if pages, seen := all(t, dynamodb.ScanInput{Limit: aws.Int32(50)}); pages != 3 || len(seen) != 100 {
			t.Errorf("%d items on %d pages", len(seen), pages)
		}
	})
	t.Run("segments", func(t *testing.T) {
		union := map[string]bool{}
		for segment := range int32(7) {
			_, seen := all(t, dynamodb.ScanInput{Segment: &segment, TotalSegments: aws.Int32(7), Limit: aws.Int32(5)})
			for k := range seen {
				if union[k] {
					t.Errorf("%s in two segments", k)
				}
				union[k] = true
			}
		}
		if len(union) != 100 {
			t.Errorf("%d items", len(union))
		}
	})
	t.Run("filter", func(t *testing.T) {
		out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, FilterExpression: aws.String("i < :v AND pk <> :k"), ExpressionAttributeValues: item{":v": n("10"), ":k": s("item-3")}})
		if err != nil || out.Count != 9 || out.ScannedCount != 100 {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("count", func(t *testing.T) {
		out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, Select: types.SelectCount, FilterExpression: aws.String("i < :v"), ExpressionAttributeValues: item{":v": n("10")}})
		if err != nil || out.Count != 10 || out.ScannedCount != 100 || out.Items != nil {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("projection", func(t *testing.T) {
		out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, ProjectionExpression: aws.String("i"), Limit: aws.Int32(1)})
		if err != nil || len(out.Items) != 1 || len(out.Items[0]) != 1 || len(out.LastEvaluatedKey) != 1 {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("of an item that was deleted goes on", func(t *testing.T) {
		out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, ExclusiveStartKey: key("not there")})
		if err != nil || out.Count > 100 {
			t.Errorf("%v (%v)", out, err)
		}
	})
	for _, c := range []struct {
		name, message string
		in            dynamodb.ScanInput
	}{
		{"segment alone", "The TotalSegments parameter is required but was not present in the request when Segment parameter is present", dynamodb.ScanInput{Segment: aws.Int32(0)}},
		{"total alone", "The Segment parameter is required but was not present in the request when parameter TotalSegments is present", dynamodb.ScanInput{TotalSegments: aws.Int32(2)}},
		{"segment too high", "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2",
			dynamodb.ScanInput{Segment: aws.Int32(2), TotalSegments: aws.Int32(2)}},
		{"too many segments", "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less than or equal to 1000000",
			dynamodb.ScanInput{Segment: aws.Int32(0), TotalSegments: aws.Int32(1000001)}},
		{"limit", "1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", dynamodb.ScanInput{Limit: aws.Int32(-1)}},
		{"select", "1 validation error detected: Value 'EVERYTHING' at 'select' failed to satisfy constraint: Member must satisfy enum value set: " +
			"[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]", dynamodb.ScanInput{Select: "EVERYTHING"}},
		{"start", "The provided starting key is invalid…", dynamodb.ScanInput{ExclusiveStartKey: item{"other": s("x")}}},
		{"start of a type", "The provided starting key is invalid…", dynamodb.ScanInput{ExclusiveStartKey: item{"pk": n("1")}}},
		{"index", "The table does not have the specified index: none", dynamodb.ScanInput{IndexName: aws.String("none")}},
		{"filter", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: count",
			dynamodb.ScanInput{FilterExpression: aws.String("count = :v"), ExpressionAttributeValues: item{":v": n("1")}}},
		{"values", "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null", dynamodb.ScanInput{ExpressionAttributeValues: item{":v": n("1")}}},
		{"empty filter", "Invalid FilterExpression: The expression can not be empty;", dynamodb.ScanInput{FilterExpression: aws.String("")}},
	} {
		t.Run("error: "+c.name, func(t *testing.T) {
			c.in.TableName = &table
			_, err := db.Scan(t.Context(), &c.in)
			fails(t, err, invalid, c.message)
		})
	}
	t.Run("error: a segment's key in another", func(t *testing.T) {
		// Users' quotes.
		refused := 0
		for segment := range int32(2) {
			_, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, Segment: &segment, TotalSegments: aws.Int32(2), ExclusiveStartKey: key("item-1")})
			if err != nil {
				refused++
				fails(t, err, invalid, "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: "+fmt.Sprint(segment))
			}
		}
		if refused != 1 {
			t.Errorf("%d of 2 segments have the key", 2-refused)
		}
	})
	t.Run("a page is 1 MB", func(t *testing.T) {
		big := *create(t, tableOf(fresh("big"), "pk S")).TableName
		for i := range 5 {
			put(t, big, item{"pk": s(fmt.Sprint(i)), "a": s(strings.Repeat("x", 300_000))})
		}
		out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &big, FilterExpression: aws.String("attribute_not_exists(a)")})
		if err != nil || out.Count != 0 || out.ScannedCount != 4 || out.LastEvaluatedKey == nil {
			t.Errorf("%v (%v)", out, err)
		}
	})
}
