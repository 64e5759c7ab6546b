package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func putting(it item) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: it}}
}

func deleting(k item) types.WriteRequest {
	return types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k}}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
func TestBatchGet(t *testing.T) {
	one, two, db := things(t), lists(t), client(t)
	prefix := fresh("batch")
	pk := s(prefix)
	for i := range 3 {
		put(t, one, with(key(fmt.Sprint(prefix, i)), item{"a": n(fmt.Sprint(i)), "b": s("x")}))
	}
	put(t, two, item{"pk": pk, "sk": s("x"), "c": s("y")})
	out, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		one: {Keys: []item{key(prefix + "0"), key(prefix + "2"), key(prefix + "none")}, ProjectionExpression: aws.String("#a"), ExpressionAttributeNames: names("#a=a"), ConsistentRead: aws.Bool(true)},
		two: {Keys: []item{{"pk": pk, "sk": s("x")}, {"pk": pk, "sk": s("z")}}}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Responses[one]) != 2 || len(out.Responses[one][0]) != 1 || showAll(out.Responses[two]) != showItem(item{"pk": pk, "sk": s("x"), "c": s("y")}) {
		t.Errorf("%v", out.Responses)
	}
	if out.UnprocessedKeys == nil || len(out.UnprocessedKeys) != 0 {
		t.Errorf("unprocessed %v, not an empty map", out.UnprocessedKeys)
	}
	t.Run("nothing found is a list of the table", func(t *testing.T) {
		out, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{one: {Keys: []item{key(prefix + "none")}}}})
		if list, there := out.Responses[one]; err != nil || !there || len(list) != 0 {
			t.Errorf("%v (%v)", out.Responses, err)
		}
	})
	t.Run("16 MB", func(t *testing.T) {
		table := shared(t, "heavy", "pk S")
		var keys []item
		var writes []types.WriteRequest
		for i := range 45 {
			k := key(fmt.Sprint("heavy", i))
			keys, writes = append(keys, k), append(writes, putting(with(k, item{"a": s(strings.Repeat("x", 390_000))})))
			if len(writes) == 15 {
				if _, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}}); err != nil {
					t.Fatal(err)
				}
				writes = nil
			}
		}
		read := map[string]bool{}
		requests := 0
		for ask := map[string]types.KeysAndAttributes{table: {Keys: keys}}; len(ask) > 0; requests++ {
			out, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: ask})
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range out.Responses[table] {
				read[show(it["pk"])] = true
			}
			ask = out.UnprocessedKeys
		}
		if len(read) != 45 || requests != 2 {
			t.Errorf("%d items in %d requests", len(read), requests)
		}
	})
	tooMany := make([]item, 101)
	for i := range tooMany {
		tooMany[i] = key(fmt.Sprint(i))
	}
	for _, c := range []struct {
		name, message string
		ask           map[string]types.KeysAndAttributes
	}{
		{"duplicates", "Provided list of item keys contains duplicates", map[string]types.KeysAndAttributes{one: {Keys: []item{key("a"), key("a")}}}},
		{"101 keys", "…", map[string]types.KeysAndAttributes{one: {Keys: tooMany}}},
		{"101 keys of two tables", "Too many items requested for the BatchGetItem call", map[string]types.KeysAndAttributes{one: {Keys: tooMany[:100]}, two: {Keys: []item{{"pk": pk, "sk": s("x")}}}}},
		{"a wrong key", "The provided key element does not match the schema", map[string]types.KeysAndAttributes{one: {Keys: []item{{"other": s("x")}}}}},
		{"no keys", "1 validation error detected: Value '[]' at 'requestItems." + one + ".member.keys' failed to satisfy constraint: Member must have length greater than or equal to 1",
			map[string]types.KeysAndAttributes{one: {Keys: []item{}}}},
		{"no tables", "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1", map[string]types.KeysAndAttributes{}},
		{"projection", "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name", map[string]types.KeysAndAttributes{one: {Keys: []item{key("a")}, ProjectionExpression: aws.String("name")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: c.ask})
			fails(t, err, invalid, c.message)
		})
	}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
func TestBatchWrite(t *testing.T) {
	one, two, db := things(t), lists(t), client(t)
	prefix := fresh("batch")
	old := key(prefix + "old")
	put(t, one, old)
	out, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
		one: {putting(with(key(prefix+"new"), item{"a": n("1")})), deleting(old), deleting(key(prefix + "none"))},
		two: {putting(item{"pk": s(prefix), "sk": s("x")})}}})
	if err != nil || out.UnprocessedItems == nil || len(out.UnprocessedItems) != 0 {
		t.Fatalf("%v (%v)", out, err)
	}
	equal(t, get(t, one, key(prefix+"new")), item{"a": n("1")}, "pk")
	if get(t, one, old) != nil || get(t, two, item{"pk": s(prefix), "sk": s("x")}) == nil {
		t.Error("not all is done")
	}
	var many []types.WriteRequest
	for i := range 26 {
		many = append(many, putting(key(fmt.Sprint(i))))
	}
	for _, c := range []struct {
		name, code, message string
		ask                 map[string][]types.WriteRequest
	}{
		{"26 writes", invalid, "1 validation error detected: Value '{…", map[string][]types.WriteRequest{one: many}},
		{"26 writes of two tables", invalid, "Too many items requested for the BatchWriteItem call", map[string][]types.WriteRequest{one: many[:25], two: {putting(item{"pk": s("x"), "sk": s("x")})}}},
		{"duplicates", invalid, "Provided list of item keys contains duplicates", map[string][]types.WriteRequest{one: {putting(key("a")), deleting(key("a"))}}},
		{"no key", invalid, "The provided key element does not match the schema", map[string][]types.WriteRequest{one: {putting(item{"a": s("x")})}}},
		{"a wrong key", invalid, "The provided key element does not match the schema", map[string][]types.WriteRequest{one: {deleting(item{"a": s("x")})}}},
		{"an empty request", invalid, "Supplied AttributeValue has more than one datatypes set…", map[string][]types.WriteRequest{one: {{}}}},
		{"both kinds in one", invalid, "Supplied AttributeValue has more than one datatypes set…", map[string][]types.WriteRequest{one: {{PutRequest: putting(key("a")).PutRequest, DeleteRequest: deleting(key("b")).DeleteRequest}}}},
		{"size", invalid, "Item size has exceeded the maximum allowed size", map[string][]types.WriteRequest{one: {putting(with(key("a"), item{"a": s(strings.Repeat("x", full))}))}}},
		{"no such table", missing, "Requested resource not found", map[string][]types.WriteRequest{"no-such-table": {putting(key("a"))}}},
		{"no table", invalid, "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1", map[string][]types.WriteRequest{}},
		{"an empty set", invalid, wrong + "An string set  may not be empty", map[string][]types.WriteRequest{one: {putting(with(key("a"), item{"a": &types.AttributeValueMemberSS{Value: []string{}}}))}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: c.ask})
			fails(t, err, c.code, c.message)
		})
	}
}
