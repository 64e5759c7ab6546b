package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A number is one key however it is written.
func TestNumberKeys(t *testing.T) {
	table, db := shared(t, "numbers", "pk N"), client(t)
	put(t, table, item{"pk": n("1.0"), "a": s("x")})
	for _, same := range []string{"1", "01", "1e0", "10e-1", "+1.000"} {
		equal(t, get(t, table, item{"pk": n(same)}), item{"pk": n("1"), "a": s("x")})
	}
	_, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{table: {Keys: []item{{"pk": n("1")}, {"pk": n("1.0")}}}}})
	fails(t, err, invalid, "Provided list of item keys contains duplicates")
	_, err = db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: {deleting(item{"pk": n("1")}), deleting(item{"pk": n("1.0")})}}})
	fails(t, err, invalid, "Provided list of item keys contains duplicates")
	err = transact(t, types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: item{"pk": n("1")}}}, types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: item{"pk": n("1.0")}}})
	fails(t, err, invalid, "Transaction request cannot include multiple operations on one item")
	zero := item{"pk": n("-0")}
	put(t, table, zero)
	equal(t, get(t, table, item{"pk": n("0.000")}), item{"pk": n("0")})
}

// Key conditions on sort keys that are numbers and binaries.
func TestSortKeyTypes(t *testing.T) {
	db, numbered, binaries := client(t), shared(t, "numbered", "pk S", "sk N"), shared(t, "binaries", "pk B", "sk B")
	pk := fresh("types")
	var bs []item
	for i := range 5 {
		put(t, numbered, item{"pk": s(pk), "sk": n(fmt.Sprint(i*10 - 20))})
		b := item{"pk": &types.AttributeValueMemberB{Value: []byte(pk)}, "sk": &types.AttributeValueMemberB{Value: []byte{byte(i / 2), byte(i)}}}
		put(t, binaries, b)
		bs = append(bs, b)
	}
	ask := func(table, condition string, v item) ([]item, error) {
		out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: &condition, ExpressionAttributeValues: v})
		if err != nil {
			return nil, err
		}
		return out.Items, nil
	}
	got, err := ask(numbered, "pk = :p AND sk BETWEEN :a AND :b", item{":p": s(pk), ":a": n("-1e1"), ":b": n("9.999")})
	if err != nil || len(got) != 2 || show(got[0]["sk"]) != "-10" {
		t.Errorf("%s (%v)", showAll(got), err)
	}
	got, err = ask(numbered, "pk = :p AND sk > :a", item{":p": s(pk), ":a": n("0.0")})
	if err != nil || len(got) != 2 {
		t.Errorf("%s (%v)", showAll(got), err)
	}
	got, err = ask(binaries, "pk = :p AND begins_with(sk, :a)", item{":p": bs[0]["pk"], ":a": &types.AttributeValueMemberB{Value: []byte{1}}})
	if err != nil || showAll(got) != showAll(bs[2:4]) {
		t.Errorf("%s (%v)", showAll(got), err)
	}
	_, err = ask(numbered, "pk = :p AND begins_with(sk, :a)", item{":p": s(pk), ":a": n("1")})
	fails(t, err, invalid, "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
	_, err = ask(numbered, "pk = :p AND begins_with(sk, :a)", item{":p": s(pk), ":a": s("1")})
	fails(t, err, invalid, "")
	_, err = ask(numbered, "pk = :p AND sk = :a", item{":p": s(pk), ":a": &types.AttributeValueMemberNS{Value: []string{"1"}}})
	fails(t, err, invalid, "")
}

// The 32 levels are counted with the item's own value, in a put as in an update.
func TestNestingByUpdate(t *testing.T) {
	table, db, k := things(t), client(t), key(fresh("nested"))
	nested := func(levels int) types.AttributeValue {
		v := s("x")
		for range levels {
			v = &types.AttributeValueMemberM{Value: item{"a": v}}
		}
		return v
	}
	put(t, table, with(k, item{"m": &types.AttributeValueMemberM{Value: item{}}}))
	_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("SET m.a = :v"), ExpressionAttributeValues: item{":v": nested(30)}})
	if err != nil {
		t.Error(err)
	}
	_, err = db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("SET m.a.a = :v"), ExpressionAttributeValues: item{":v": nested(31)}})
	fails(t, err, invalid, "Nesting Levels have exceeded supported limits…")
}

// "The aggregate size of the items in the transaction cannot exceed 4 MB":
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
func TestTransactionSize(t *testing.T) {
	table, db := things(t), client(t)
	var writes []types.TransactWriteItem
	var reads []types.TransactGetItem
	for range 11 {
		k := key(fresh("large"))
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: with(k, item{"a": s(strings.Repeat("x", 400_000))})}})
		reads = append(reads, types.TransactGetItem{Get: &types.Get{TableName: &table, Key: k}})
	}
	if err := transact(t, writes[:10]...); err != nil {
		t.Fatal(err)
	}
	fails(t, transact(t, writes...), invalid, "")
	put(t, table, writes[10].Put.Item)
	out, err := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: reads[:10]})
	if err != nil || len(out.Responses) != 10 {
		t.Fatal(err)
	}
	_, err = db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: reads})
	fails(t, err, invalid, "")
}

// What a query of an index consumes, and of which: a local index reads whole items from the table for what it has not.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ThroughputConsiderations.Reads
func TestIndexReadCapacity(t *testing.T) {
	table, db, pk, g := indexed(t), client(t), s(fresh("pk")), s(fresh("g"))
	for i := range 3 {
		put(t, table, item{"pk": pk, "sk": s(fmt.Sprint(i)), "l": s("x"), "g": g, "big": s(strings.Repeat("x", 5000))})
	}
	eventually(t, "not 3 entries", func() bool { return len(query(t, table, "keys", "g", g)) == 3 })
	for _, c := range []struct {
		index, condition string
		v                types.AttributeValue
		projection       string
		consistent       bool
		want             string
	}{
		{"keys", "g = :v", g, "", false, "0.5 table 0 keys 0.5"},
		{"local", "pk = :v", pk, "", true, "1 table 0 local 1"},
		{"local", "pk = :v", pk, "big", true, "7 table 6 local 1"}, // 2 units for each item
		{"whole", "pk = :v", pk, "big", true, "4 table 0 whole 4"},
		{"whole", "pk = :v", pk, "", false, "2 table 0 whole 2"},
	} {
		out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: &c.index, KeyConditionExpression: &c.condition, ExpressionAttributeValues: item{":v": c.v},
			ProjectionExpression: optional(c.projection), ConsistentRead: &c.consistent, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
		if err != nil {
			t.Fatal(err)
		}
		if got := units(out.ConsumedCapacity); got != c.want {
			t.Errorf("%s %s takes %s, want %s", c.index, c.projection, got, c.want)
		}
	}
	out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("keys"), KeyConditionExpression: aws.String("g = :v"), ExpressionAttributeValues: item{":v": g}, Select: types.SelectAllProjectedAttributes})
	if err != nil || len(out.Items) != 3 || len(out.Items[0]) != 3 {
		t.Errorf("%s (%v)", showAll(out.Items), err)
	}
	out, err = db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("keys"), KeyConditionExpression: aws.String("g = :v"), ExpressionAttributeValues: item{":v": g}, Select: types.SelectCount})
	if err != nil || out.Count != 3 || out.Items != nil {
		t.Errorf("%v (%v)", out, err)
	}
}

// Constraints of members, all of a request in one message. The order within is not promised.
func TestConstraints(t *testing.T) {
	table, db := things(t), client(t)
	_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: key("x"), ReturnValues: "SOME"})
	fails(t, err, invalid, "1 validation error detected: Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]")
	_, err = db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key("x"), ReturnConsumedCapacity: "SOME"})
	fails(t, err, invalid, "1 validation error detected: Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]")
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: key("x"), ReturnItemCollectionMetrics: "SOME"})
	fails(t, err, invalid, "1 validation error detected: Value 'SOME' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]")
	_, err = db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, Limit: aws.Int32(0), Segment: aws.Int32(-1), TotalSegments: aws.Int32(0)})
	fails(t, err, invalid, "3 validation errors detected: Value …")
	_, err = db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, IndexName: aws.String("x")})
	fails(t, err, invalid, "1 validation error detected: Value 'x' at 'indexName' failed to satisfy constraint: Member must have length greater than or equal to 3")
	_, err = db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, IndexName: aws.String("no such")})
	fails(t, err, invalid, "1 validation error detected: Value 'no such' at 'indexName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
}

// Where a page of a query of an index begins: at a key of the index and of the table, of an item that may be gone.
func TestIndexStart(t *testing.T) {
	table, db, g := indexed(t), client(t), s(fresh("g"))
	for i := range 6 {
		put(t, table, item{"pk": s("start"), "sk": s(fmt.Sprint(i)), "g": g, "h": n(fmt.Sprint(i / 2))})
	}
	eventually(t, "not 6 entries", func() bool { return len(query(t, table, "all", "g", g)) == 6 })
	in := func(back bool, start item) *dynamodb.QueryInput {
		return &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("all"), KeyConditionExpression: aws.String("g = :g"), ExpressionAttributeValues: item{":g": g},
			ScanIndexForward: aws.Bool(!back), ExclusiveStartKey: start, Limit: aws.Int32(2)}
	}
	var forward, backward []item
	for _, back := range []bool{false, true} {
		for start := item(nil); ; {
			out, err := db.Query(t.Context(), in(back, start))
			if err != nil {
				t.Fatal(err)
			}
			if back {
				backward = append(backward, out.Items...)
			} else {
				forward = append(forward, out.Items...)
			}
			if start = out.LastEvaluatedKey; start == nil {
				break
			}
			if back { // what the start was of is gone, the next page begins behind it all the same
				if _, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: item{"pk": start["pk"], "sk": start["sk"]}}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for i := range forward {
		if len(forward) != 6 || len(backward) != 6 || showItem(forward[i]) != showItem(backward[5-i]) {
			t.Fatalf("%s\nbackwards %s", showAll(forward), showAll(backward))
		}
	}
	_, err := db.Query(t.Context(), in(false, item{"pk": s("start"), "sk": s("1"), "g": g, "h": s("1")}))
	fails(t, err, invalid, "The provided key element does not match the schema")
	_, err = db.Query(t.Context(), in(false, item{"pk": s("start"), "sk": s("1"), "g": s("other"), "h": n("1")}))
	fails(t, err, invalid, "The provided starting key is outside query boundaries based on provided conditions")
}

// A request that was signed long ago:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
func TestOldSignature(t *testing.T) {
	out, body := post(t, dynamo+"ListTables", "{}", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") })
	if out.StatusCode != 400 || !strings.Contains(string(body), "com.amazon.coral.service#InvalidSignatureException") {
		t.Errorf("%d %s", out.StatusCode, body)
	}
}

// A statement may read an index, and names what it reads as a query does.
func TestPartiQLIndex(t *testing.T) {
	table, g := indexed(t), fresh("g")
	put(t, table, item{"pk": s(g), "sk": s("1"), "g": s(g), "h": n("1"), "a": s("A"), "l": s("z")})
	for statement, want := range map[string]string{
		`SELECT * FROM "indexed"."some" WHERE g = ?`:                      `{a:"A" g:"G" h:1 pk:"G" sk:"1"}`,
		`SELECT a FROM indexed."all" WHERE g = ? AND h > 0`:               `{a:"A"}`,
		`SELECT l, sk FROM "indexed"."local" WHERE pk = ? AND l = 'z'`:    `{l:"z" sk:"1"}`,
		`SELECT a FROM "indexed"."all" WHERE g = ? ORDER BY h DESC`:       `{a:"A"}`,
		`SELECT a FROM "indexed"."all" WHERE g = ? AND h BETWEEN 2 AND 3`: ``,
	} {
		items, err := execute(t, statement, s(g))
		if got := strings.ReplaceAll(showAll(items), g, "G"); err != nil || got != want {
			t.Errorf("%s gives %s (%v)", statement, got, err)
		}
	}
}
