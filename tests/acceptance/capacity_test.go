package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// units writes what was consumed of INDEXES: the sum, the table, each index.
func units(c *types.ConsumedCapacity) string {
	if c == nil {
		return "none"
	}
	out := fmt.Sprint(aws.ToFloat64(c.CapacityUnits))
	if c.Table != nil {
		out += fmt.Sprint(" table ", aws.ToFloat64(c.Table.CapacityUnits))
	}
	for _, all := range []map[string]types.Capacity{c.LocalSecondaryIndexes, c.GlobalSecondaryIndexes} {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			out += fmt.Sprint(" ", name, " ", aws.ToFloat64(all[name].CapacityUnits))
		}
	}
	return out
}

// A write unit is 1 KB of the larger of the item before and after; a read unit 4 KB, half of it if the read is not
// consistent; transactions take twice as much:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
func TestCapacity(t *testing.T) {
	db, table := client(t), things(t)
	k := key(fresh("capacity"))
	used := len("pk") + len(k["pk"].(*types.AttributeValueMemberS).Value) + len("a")
	sized := func(bytes int) item { return with(k, item{"a": s(strings.Repeat("x", bytes-used))}) }
	total := types.ReturnConsumedCapacityTotal
	is := func(what string, got *types.ConsumedCapacity, want string) {
		t.Helper()
		if got != nil && aws.ToString(got.TableName) != table {
			t.Errorf("%s: table %s", what, aws.ToString(got.TableName))
		}
		if u := units(got); u != want {
			t.Errorf("%s takes %s, want %s", what, u, want)
		}
	}
	put(t, table, sized(10240))
	u, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("SET b = :v"), ExpressionAttributeValues: item{":v": n("1")}, ReturnConsumedCapacity: total})
	if err != nil {
		t.Fatal(err)
	}
	is("an update of a little", u.ConsumedCapacity, "11") // of the whole item
	d, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ReturnConsumedCapacity: total})
	if err != nil {
		t.Fatal(err)
	}
	is("a delete", d.ConsumedCapacity, "11")
	d, err = db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ReturnConsumedCapacity: total})
	if err != nil {
		t.Fatal(err)
	}
	is("a delete of nothing", d.ConsumedCapacity, "1")
	tx, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{ReturnConsumedCapacity: total, TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: &table, Item: sized(1025)}}}})
	if err != nil {
		t.Fatal(err)
	}
	is("a put in a transaction", &tx.ConsumedCapacity[0], "4")
	tg, err := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{ReturnConsumedCapacity: total, TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: &table, Key: k}}}})
	if err != nil {
		t.Fatal(err)
	}
	is("a get in a transaction", &tg.ConsumedCapacity[0], "2")
	bg, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{ReturnConsumedCapacity: total, RequestItems: map[string]types.KeysAndAttributes{table: {Keys: []item{k, key("nobody")}}}})
	if err != nil {
		t.Fatal(err)
	}
	is("two gets in a batch", &bg.ConsumedCapacity[0], "1") // each rounded by itself
	bw, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{ReturnConsumedCapacity: total, RequestItems: map[string][]types.WriteRequest{table: {deleting(k), deleting(key("nobody"))}}})
	if err != nil {
		t.Fatal(err)
	}
	is("two deletes in a batch", &bw.ConsumedCapacity[0], "3")
	none, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: sized(100)})
	if err != nil || none.ConsumedCapacity != nil {
		t.Errorf("%v (%v)", none.ConsumedCapacity, err)
	}
}

// A query reads the sum of its items, rounded once; a filter takes nothing off:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html#query-consumption
func TestQueryCapacity(t *testing.T) {
	db, table, pk := client(t), lists(t), s(fresh("capacity"))
	for i := range 8 {
		put(t, table, item{"pk": pk, "sk": s(fmt.Sprint(i)), "a": s(strings.Repeat("x", 1000))})
	}
	for _, c := range []struct {
		consistent bool
		filter     string
		limit      int32
		of         types.AttributeValue
		want       string
	}{{true, "", 100, pk, "2 table 2"}, {false, "", 100, pk, "1 table 1"}, {true, "attribute_not_exists(a)", 100, pk, "2 table 2"}, {false, "", 3, pk, "0.5 table 0.5"}, {false, "", 100, s("nobody"), "0.5 table 0.5"}} {
		out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": c.of}, FilterExpression: optional(c.filter),
			ConsistentRead: &c.consistent, Limit: &c.limit, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
		if err != nil {
			t.Fatal(err)
		}
		if got := units(out.ConsumedCapacity); got != c.want {
			t.Errorf("%+v takes %s", c, got)
		}
	}
}

// Writes of index entries: none if nothing of the entry changes, one to add, remove or change it, two if its key
// changes:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
func TestIndexCapacity(t *testing.T) {
	db := client(t)
	in := define(tableOf(fresh("capacity"), "pk S", "sk S"), "g S", "l S")
	in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("global", []string{"g"}, "a")}
	in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{lsi("local", []string{"pk", "l"})}
	create(t, in)
	k := item{"pk": s("p"), "sk": s("1")}
	for _, c := range []struct{ expression, values, want string }{
		{"SET b = :v", `":v":{"S":"x"}`, "1 table 1"},
		{"SET g = :v", `":v":{"S":"x"}`, "2 table 1 global 1"},
		{"SET b = :v", `":v":{"S":"y"}`, "1 table 1"},
		{"SET a = :v", `":v":{"S":"y"}`, "2 table 1 global 1"},
		{"SET g = :v", `":v":{"S":"z"}`, "3 table 1 global 2"},
		{"SET l = :v", `":v":{"S":"x"}`, "2 table 1 local 1"},
		{"SET l = :v, g = :v", `":v":{"S":"q"}`, "5 table 1 local 2 global 2"},
		{"REMOVE g", ``, "2 table 1 global 1"},
		{"REMOVE l", ``, "2 table 1 local 1"},
	} {
		out, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: in.TableName, Key: k, UpdateExpression: &c.expression, ExpressionAttributeValues: values(t, c.values),
			ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
		if err != nil {
			t.Fatal(err)
		}
		if got := units(out.ConsumedCapacity); got != c.want {
			t.Errorf("%s takes %s, want %s", c.expression, got, c.want)
		}
	}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections.MonitoringSize
func TestItemCollectionMetrics(t *testing.T) {
	table, pk := indexed(t), s(fresh("collection"))
	out, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item{"pk": pk, "sk": s("x")}, ReturnItemCollectionMetrics: types.ReturnItemCollectionMetricsSize})
	if err != nil {
		t.Fatal(err)
	}
	m := out.ItemCollectionMetrics
	if m == nil || show(m.ItemCollectionKey["pk"]) != show(pk) || len(m.ItemCollectionKey) != 1 || len(m.SizeEstimateRangeGB) != 2 || m.SizeEstimateRangeGB[0] > m.SizeEstimateRangeGB[1] {
		t.Errorf("%+v", m)
	}
	plain := things(t)
	without, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &plain, Item: key("x"), ReturnItemCollectionMetrics: types.ReturnItemCollectionMetricsSize})
	if err != nil || without.ItemCollectionMetrics != nil { // a table without a local index has none
		t.Errorf("%v (%v)", without.ItemCollectionMetrics, err)
	}
}
