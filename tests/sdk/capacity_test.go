package sdk

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapters "Item sizes" and "Capacity unit consumption".

// sized is an item of exactly so many bytes. Key and names take some: P and T, and the key's value.
func sized(key string, bytes int) string {
	return fmt.Sprintf(`{"P":%q,"T":%q}`, key, strings.Repeat("x", bytes-2-len(key)))
}

const kb = 1024

func TestWriteCapacity(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Items")
	create(t, c, table, nil, "P:S")
	units := func(cc *types.ConsumedCapacity, err error) float64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToFloat64(cc.CapacityUnits)
	}
	write := func(text string) float64 {
		t.Helper()
		out, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: table, Item: item(text), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			t.Fatal(err)
		}
		return units(out.ConsumedCapacity, err)
	}
	remove := func(key string) float64 {
		t.Helper()
		out, err := c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
			TableName: table, Key: item(fmt.Sprintf(`{"P":%q}`, key)), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			t.Fatal(err)
		}
		return units(out.ConsumedCapacity, err)
	}
	for _, tt := range []struct {
		bytes int
		want  float64
	}{{10, 1}, {kb, 1}, {kb + 1, 2}, {1638, 2}, {2 * kb, 2}, {3584, 4}, {100 * kb, 100}} {
		key := fmt.Sprint(tt.bytes)
		if got := write(sized(key, tt.bytes)); got != tt.want {
			t.Errorf("put of %d bytes: %v units, want %v", tt.bytes, got, tt.want)
		}
		if got := remove(key); got != tt.want {
			t.Errorf("delete of %d bytes: %v units, want %v", tt.bytes, got, tt.want)
		}
	}
	if got := remove("nothing"); got != 1 {
		t.Errorf("delete of nothing: %v units, want 1", got)
	}
	// The larger of the item before and after counts.
	write(sized("a", 5*kb))
	if got := write(sized("a", 2*kb)); got != 5 {
		t.Errorf("put of 2 KB over 5 KB: %v units, want 5", got)
	}
	if got := write(sized("a", 7*kb)); got != 7 {
		t.Errorf("put of 7 KB over 2 KB: %v units, want 7", got)
	}
	out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(`{"P":"a"}`), UpdateExpression: aws.String("REMOVE T"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil || *out.ConsumedCapacity.CapacityUnits != 7 {
		t.Errorf("update from 7 KB to nothing: %+v, error %v; want 7 units", out, err)
	}

	// 500 bytes and 3.5 KB are 1 KB and 4 KB.
	batch, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		RequestItems: map[string][]types.WriteRequest{*table: {
			{PutRequest: &types.PutRequest{Item: item(sized("b", 500))}}, {PutRequest: &types.PutRequest{Item: item(sized("c", 3584))}},
		}},
	})
	if err != nil || len(batch.ConsumedCapacity) != 1 || *batch.ConsumedCapacity[0].CapacityUnits != 5 {
		t.Errorf("batch: %+v, error %v; want 5 units", batch.ConsumedCapacity, err)
	}
}

// TestItemSizes finds the size of each type by the text that fills the item up to exactly 1 KB.
func TestItemSizes(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Items")
	create(t, c, table, nil, "P:S")
	for i, tt := range []struct {
		value string
		bytes int // with the name, V
	}{
		{`"abc"`, 4}, {`"é日"`, 6}, {`""`, 1}, {`true`, 2}, {`null`, 2},
		{`{"$B":"` + base64.StdEncoding.EncodeToString(make([]byte, 30)) + `"}`, 31},
		{`{"$SS":["a","bcd"]}`, 5}, {`{"$BS":["AAEC","AA=="]}`, 5},
		// 3 bytes for a list or map, and one for each element.
		{`[]`, 4}, {`{}`, 4}, {`["abc"]`, 8}, {`{"k":"abc"}`, 9}, {`[["a"],true]`, 12},
	} {
		for _, extra := range []int{0, 1} {
			key := fmt.Sprintf("%02d", i)
			text := fmt.Sprintf(`{"P":%q,"V":%s,"T":%q}`, key, tt.value, strings.Repeat("x", kb-1-2-1-tt.bytes+extra))
			out, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: table, Item: item(text), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := *out.ConsumedCapacity.CapacityUnits, float64(1+extra); got != want {
				t.Errorf("%s is not of %d bytes: %v units for %d bytes in all, want %v", tt.value, tt.bytes, got, kb+extra, want)
			}
		}
	}
	// 400 KB are the limit.
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(sized("a", 400*kb))}); err != nil {
		t.Errorf("400 KB: %v", err)
	}
	_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(sized("a", 400*kb+1))})
	fails(t, err, "ValidationException", "Item size has exceeded the maximum allowed size")
	_, err = c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(`{"P":"a"}`), UpdateExpression: aws.String("SET More = :m"), ExpressionAttributeValues: item(`{":m":""}`),
	})
	fails(t, err, "ValidationException", "Item size to update has exceeded the maximum allowed size")
}

func TestReadCapacity(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Items")
	create(t, c, table, nil, "P:S")
	load(t, c, map[string][]string{*table: {sized("3.5", 3584), sized("4", 4*kb), sized("10", 10*kb), sized("1.5", 1536), sized("6.5", 6656)}})
	for _, tt := range []struct {
		key  string
		want float64 // strongly consistent
	}{{"3.5", 1}, {"4", 1}, {"10", 3}, {"6.5", 2}, {"nothing", 1}} {
		for _, consistent := range []bool{true, false} {
			want := tt.want
			if !consistent {
				want /= 2
			}
			out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
				TableName: table, Key: item(fmt.Sprintf(`{"P":%q}`, tt.key)), ConsistentRead: aws.Bool(consistent),
				ProjectionExpression: aws.String("P"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			})
			if err != nil || *out.ConsumedCapacity.CapacityUnits != want {
				t.Errorf("%s KB, consistent %t: %+v, error %v; want %v units", tt.key, consistent, out.ConsumedCapacity, err, want)
			}
		}
	}
	// 1.5 KB and 6.5 KB are 4 KB and 8 KB.
	out, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		RequestItems: map[string]types.KeysAndAttributes{*table: {
			Keys: []Item{item(`{"P":"1.5"}`), item(`{"P":"6.5"}`)}, ConsistentRead: aws.Bool(true),
		}},
	})
	if err != nil || len(out.ConsumedCapacity) != 1 || *out.ConsumedCapacity[0].CapacityUnits != 3 {
		t.Errorf("batch: %+v, error %v; want 3 units", out.ConsumedCapacity, err)
	}
}

// TestQueryCapacity has the guide's examples: what a query reads is rounded up once, for all items together.
func TestQueryCapacity(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Items")
	create(t, c, table, nil, "P:S", "S:S")
	fill := func(p string, count, bytes int) {
		var batch []string
		for i := range count {
			s := fmt.Sprintf("%04d", i)
			batch = append(batch, fmt.Sprintf(`{"P":%q,"S":%q,"T":%q}`, p, s, strings.Repeat("x", bytes-3-len(p)-len(s))))
			if len(batch) == 25 || i == count-1 {
				load(t, c, map[string][]string{*table: batch})
				batch = nil
			}
		}
	}
	fill("ten", 10, 4178) // 40.8 KB
	fill("many", 1500, 64)
	for _, tt := range []struct {
		p     string
		count int32
		want  float64
	}{{"ten", 10, 11}, {"many", 1500, 24}} {
		for _, consistent := range []bool{true, false} {
			for _, how := range []types.Select{types.SelectAllAttributes, types.SelectCount} {
				want := tt.want
				if !consistent {
					want /= 2
				}
				out, err := c.Query(t.Context(), &dynamodb.QueryInput{
					TableName: table, KeyConditionExpression: aws.String("P = :p"), ExpressionAttributeValues: item(fmt.Sprintf(`{":p":%q}`, tt.p)),
					ConsistentRead: aws.Bool(consistent), Select: how, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
				})
				if err != nil {
					t.Fatal(err)
				}
				// The guide's example of a count says the same as of the items.
				if out.Count != tt.count || *out.ConsumedCapacity.CapacityUnits != want {
					t.Errorf("%s, consistent %t, %s: %v units for %d items, want %v for %d", tt.p, consistent, how,
						*out.ConsumedCapacity.CapacityUnits, out.Count, want, tt.count)
				}
			}
		}
	}
}
