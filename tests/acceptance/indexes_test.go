package acceptance

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexed is a table with global indexes of each projection and local ones, that tests share.
func indexed(t *testing.T) string {
	t.Helper()
	common.Lock()
	defer common.Unlock()
	if !made["indexed"] {
		in := define(tableOf("indexed", "pk S", "sk S"), "g S", "h N", "l S")
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("keys", []string{"g"}), gsi("all", []string{"g", "h"}, "*"), gsi("some", []string{"g", "h"}, "a")}
		in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{lsi("local", []string{"pk", "l"}), lsi("whole", []string{"pk", "l"}, "*")}
		create(t, in)
		made["indexed"] = true
	}
	return "indexed"
}

// query reads an index, all of whose keys start with g = or pk = the value.
func query(t *testing.T, table, index, attribute string, value types.AttributeValue) []item {
	t.Helper()
	out, err := client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: &index, KeyConditionExpression: aws.String(attribute + " = :v"),
		ExpressionAttributeValues: item{":v": value}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

// eventually tries for as long as a global index may take.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// Projections: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Projections
func TestIndexProjections(t *testing.T) {
	table, g, pk := indexed(t), s(fresh("g")), s(fresh("pk"))
	k := item{"pk": pk, "sk": s("1")}
	put(t, table, with(k, item{"g": g, "h": n("5"), "l": s("x"), "a": s("A"), "b": s("B")}))
	for _, c := range []struct {
		index, attribute string
		value            types.AttributeValue
		want             item
	}{
		{"keys", "g", g, item{"g": g}},
		{"all", "g", g, item{"g": g, "h": n("5"), "l": s("x"), "a": s("A"), "b": s("B")}},
		{"some", "g", g, item{"g": g, "h": n("5"), "a": s("A")}},
		{"local", "pk", pk, item{"l": s("x")}},
		{"whole", "pk", pk, item{"g": g, "h": n("5"), "l": s("x"), "a": s("A"), "b": s("B")}},
	} {
		var got []item
		eventually(t, c.index+" has no item", func() bool { got = query(t, table, c.index, c.attribute, c.value); return len(got) == 1 })
		equal(t, got[0], with(k, c.want))
	}
	// A local index fetches what is not projected; a global one has nothing but its projection.
	out, err := client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("local"), KeyConditionExpression: aws.String("pk = :v"),
		ExpressionAttributeValues: item{":v": pk}, ProjectionExpression: aws.String("a, b")})
	if err != nil || showAll(out.Items) != showItem(item{"a": s("A"), "b": s("B")}) {
		t.Errorf("%s (%v)", showAll(out.Items), err)
	}
	out, err = client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("local"), KeyConditionExpression: aws.String("pk = :v"),
		ExpressionAttributeValues: item{":v": pk}, Select: types.SelectAllAttributes, ConsistentRead: aws.Bool(true)})
	if err != nil || len(out.Items) != 1 || len(out.Items[0]) != 7 {
		t.Errorf("%s (%v)", showAll(out.Items), err)
	}
}

// An item without the index's keys is not in it; entries follow the item.
func TestSparseIndex(t *testing.T) {
	table, db := indexed(t), client(t)
	g, other := s(fresh("g")), s(fresh("g"))
	k := item{"pk": s(fresh("pk")), "sk": s("1")}
	update := func(expression string, v item) {
		t.Helper()
		if _, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: &expression, ExpressionAttributeValues: v}); err != nil {
			t.Fatal(err)
		}
	}
	are := func(keys, all, otherKeys int) {
		t.Helper()
		eventually(t, fmt.Sprintf("not %d, %d and %d entries", keys, all, otherKeys), func() bool {
			return len(query(t, table, "keys", "g", g)) == keys && len(query(t, table, "all", "g", g)) == all && len(query(t, table, "keys", "g", other)) == otherKeys
		})
	}
	put(t, table, k)
	are(0, 0, 0)
	update("SET g = :g", item{":g": g})
	are(1, 0, 0)
	update("SET h = :h", item{":h": n("1")})
	are(1, 1, 0)
	update("REMOVE h", nil)
	are(1, 0, 0)
	update("SET g = :g", item{":g": other})
	are(0, 0, 1)
	if _, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k}); err != nil {
		t.Fatal(err)
	}
	are(0, 0, 0)
}

// A key of a global index need not be unique, and items of one key are all found, page by page.
func TestIndexPages(t *testing.T) {
	table, db, g := indexed(t), client(t), s(fresh("g"))
	pk := fresh("pk")
	for i := range 7 {
		put(t, table, item{"pk": s(fmt.Sprintf("%s-%d", pk, i)), "sk": s("1"), "g": g, "h": n("1")})
	}
	eventually(t, "not 7 entries", func() bool { return len(query(t, table, "all", "g", g)) == 7 })
	seen := map[string]bool{}
	in := &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("all"), KeyConditionExpression: aws.String("g = :g AND h = :h"),
		ExpressionAttributeValues: item{":g": g, ":h": n("1")}, Limit: aws.Int32(2)}
	for {
		out, err := db.Query(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Items {
			seen[show(it["pk"])] = true
		}
		if out.LastEvaluatedKey == nil {
			break
		}
		if len(out.LastEvaluatedKey) != 4 { // the keys of the index and of the table
			t.Fatalf("last %s", showItem(out.LastEvaluatedKey))
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
	if len(seen) != 7 {
		t.Errorf("%d items", len(seen))
	}
	in.ExclusiveStartKey = item{"g": g, "h": n("1")}
	_, err := db.Query(t.Context(), in)
	fails(t, err, invalid, "The provided starting key is invalid")
	out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, IndexName: aws.String("all"), FilterExpression: aws.String("g = :g"), ExpressionAttributeValues: item{":g": g}})
	if err != nil || out.Count != 7 {
		t.Errorf("a scan finds %v (%v)", out, err)
	}
}

func TestIndexErrors(t *testing.T) {
	table, db := indexed(t), client(t)
	g := item{":v": s("x")}
	key := aws.String("g = :v")
	for _, c := range []struct {
		name, message string
		in            dynamodb.QueryInput
	}{
		{"consistent", "Consistent reads are not supported on global secondary indexes", dynamodb.QueryInput{IndexName: aws.String("keys"), ConsistentRead: aws.Bool(true)}},
		{"all attributes", wrong + "Select type ALL_ATTRIBUTES is not supported for global secondary index keys because its projection type is not ALL",
			dynamodb.QueryInput{IndexName: aws.String("keys"), Select: types.SelectAllAttributes}},
		{"an attribute that is not projected", wrong + "Global secondary index some does not project [b]", dynamodb.QueryInput{IndexName: aws.String("some"), ProjectionExpression: aws.String("a, b")}},
		{"the table's key", "Query condition missed key schema element: g", dynamodb.QueryInput{IndexName: aws.String("keys"), KeyConditionExpression: aws.String("pk = :v")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.TableName, c.in.ExpressionAttributeValues = &table, g
			if c.in.KeyConditionExpression == nil {
				c.in.KeyConditionExpression = key
			}
			_, err := db.Query(t.Context(), &c.in)
			fails(t, err, invalid, c.message)
		})
	}
	_, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, IndexName: aws.String("keys"), ConsistentRead: aws.Bool(true)})
	fails(t, err, invalid, "Consistent reads are not supported on global secondary indexes")
	// Keys of indexes have types and sizes as keys of tables have (users' quotes).
	for name, c := range map[string]struct {
		it      item
		message string
	}{
		"type":        {item{"g": n("1")}, wrong + "Type mismatch for Index Key g Expected: S Actual: N IndexName: …"},
		"null":        {item{"g": &types.AttributeValueMemberNULL{Value: true}}, wrong + "Type mismatch for Index Key g Expected: S Actual: NULL IndexName: …"},
		"local, type": {item{"l": n("1")}, wrong + "Type mismatch for Index Key l Expected: S Actual: N IndexName: …"},
		"empty": {item{"g": s("")}, "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
			"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: …"},
		"size":        {item{"g": s(string(make([]byte, 2049)))}, wrong + "Size of hashkey has exceeded the maximum size limit of2048 bytes"},
		"local, size": {item{"l": s(string(make([]byte, 1025)))}, wrong + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"},
	} {
		t.Run("put, "+name, func(t *testing.T) {
			_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(item{"pk": s("x"), "sk": s("x")}, c.it)})
			fails(t, err, invalid, c.message)
		})
	}
	t.Run("update, type", func(t *testing.T) {
		_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: item{"pk": s("x"), "sk": s("x")}, UpdateExpression: aws.String("SET g = :v"), ExpressionAttributeValues: item{":v": n("1")}})
		fails(t, err, invalid, wrong+"Type mismatch for Index Key g Expected: S Actual: N IndexName: …")
	})
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
func TestIndexLifecycle(t *testing.T) {
	db := client(t)
	in := define(tableOf(fresh("lifecycle"), "pk S"), "g S")
	in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("first", []string{"g"}, "*")}
	create(t, in)
	table := *in.TableName
	for i := range 5 {
		put(t, table, item{"pk": s(fmt.Sprint(i)), "g": s("x"), "later": n(fmt.Sprint(i % 2))})
	}
	put(t, table, item{"pk": s("wrong type"), "later": s("x")}) // is not indexed
	d := describe(t, table).GlobalSecondaryIndexes
	if len(d) != 1 || *d[0].IndexName != "first" || d[0].IndexStatus != types.IndexStatusActive || d[0].Projection.ProjectionType != "ALL" || d[0].ProvisionedThroughput == nil ||
		!regexp.MustCompile(`:table/`+table+`/index/first$`).MatchString(*d[0].IndexArn) || aws.ToBool(d[0].Backfilling) {
		t.Fatalf("%+v", d)
	}
	adding := &dynamodb.UpdateTableInput{TableName: &table, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
		IndexName: aws.String("second"), KeySchema: schema("later", "pk"), Projection: &types.Projection{ProjectionType: "INCLUDE", NonKeyAttributes: []string{"g"}}}}}}
	adding.AttributeDefinitions = define(&dynamodb.CreateTableInput{}, "pk S", "later N").AttributeDefinitions
	out, err := db.UpdateTable(t.Context(), adding)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(out.TableDescription.GlobalSecondaryIndexes, func(d types.GlobalSecondaryIndexDescription) bool { return *d.IndexName == "second" }); i < 0 ||
		out.TableDescription.GlobalSecondaryIndexes[i].IndexStatus != types.IndexStatusCreating {
		t.Errorf("%+v", out.TableDescription.GlobalSecondaryIndexes)
	}
	eventually(t, "the index is not active", func() bool {
		d := describe(t, table)
		return d.TableStatus == types.TableStatusActive && !slices.ContainsFunc(d.GlobalSecondaryIndexes, func(d types.GlobalSecondaryIndexDescription) bool { return d.IndexStatus != types.IndexStatusActive })
	})
	if got := query(t, table, "second", "later", n("0")); showAll(got) != `{g:"x" later:0 pk:"0"} {g:"x" later:0 pk:"2"} {g:"x" later:0 pk:"4"}` {
		t.Error(showAll(got))
	}
	if attributes := describe(t, table).AttributeDefinitions; len(attributes) != 3 {
		t.Errorf("attributes %v", attributes)
	}
	_, err = db.UpdateTable(t.Context(), adding)
	fails(t, err, invalid, wrong+"Attempting to create an index which already exists")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
		{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("first")}}, {Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("second")}}}}, once)
	fails(t, err, "LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	if _, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
		{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("first")}}}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the index is not gone", func() bool { return len(describe(t, table).GlobalSecondaryIndexes) == 1 })
	_, err = db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("first"), KeyConditionExpression: aws.String("g = :v"), ExpressionAttributeValues: item{":v": s("x")}})
	fails(t, err, invalid, "The table does not have the specified index: first")
	// What the index alone needed is not of the table any more, and may have another type.
	if attributes := describe(t, table).AttributeDefinitions; slices.ContainsFunc(attributes, func(a types.AttributeDefinition) bool { return *a.AttributeName == "g" }) {
		t.Errorf("attributes %v", attributes)
	}
	put(t, table, item{"pk": s("free"), "g": n("1")})
}

func TestLocalIndexDescription(t *testing.T) {
	d := describe(t, indexed(t))
	if len(d.LocalSecondaryIndexes) != 2 {
		t.Fatalf("%v", d.LocalSecondaryIndexes)
	}
	for _, l := range d.LocalSecondaryIndexes {
		if !regexp.MustCompile(`:table/indexed/index/`+*l.IndexName+`$`).MatchString(*l.IndexArn) || l.ItemCount == nil || l.IndexSizeBytes == nil || len(l.KeySchema) != 2 {
			t.Errorf("%+v", l)
		}
	}
}
