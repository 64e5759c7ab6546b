package acceptance

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ReturnValues of each operation:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#DDB-UpdateItem-request-ReturnValues
func TestReturnValuesOfUpdate(t *testing.T) {
	table := things(t)
	old := `"a":{"N":"1"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]},"o":{"S":"other"}`
	for _, c := range []struct {
		name, before, expression string
		want                     types.ReturnValue
		values, after            string
		whole                    bool // the key is in it
	}{
		{"none", old, "SET a = :v", "NONE", `":v":{"N":"2"}`, "", false},
		{"default", old, "SET a = :v", "", `":v":{"N":"2"}`, "", false},
		{"all old", old, "SET a = :v", "ALL_OLD", `":v":{"N":"2"}`, old, true},
		{"all new", `"a":{"N":"1"}`, "SET b = :v", "ALL_NEW", `":v":{"N":"2"}`, `"a":{"N":"1"},"b":{"N":"2"}`, true},
		{"updated old", old, "SET a = :v, n = :v", "UPDATED_OLD", `":v":{"N":"2"}`, `"a":{"N":"1"}`, false},
		{"updated new", old, "SET a = :v, n = :v", "UPDATED_NEW", `":v":{"N":"2"}`, `"a":{"N":"2"},"n":{"N":"2"}`, false},
		{"updated new of a removal", old, "REMOVE a SET n = :v", "UPDATED_NEW", `":v":{"N":"2"}`, `"n":{"N":"2"}`, false},
		{"updated old of a removal", old, "REMOVE a", "UPDATED_OLD", ``, `"a":{"N":"1"}`, false},
		{"updated new of nothing but a removal", old, "REMOVE a", "UPDATED_NEW", ``, ``, false},
		{"updated new in a map", old, "SET m.x = :v", "UPDATED_NEW", `":v":{"N":"5"}`, `"m":{"M":{"x":{"N":"5"}}}`, false},
		{"updated old in a map", old, "SET m.x = :v", "UPDATED_OLD", `":v":{"N":"5"}`, `"m":{"M":{"x":{"N":"1"}}}`, false},
		{"updated new in a list", old, "SET l[1] = :v", "UPDATED_NEW", `":v":{"N":"5"}`, `"l":{"L":[{"N":"5"}]}`, false},
		{"updated new of an appended element", old, "SET l[9] = :v", "UPDATED_NEW", `":v":{"N":"5"}`, ``, false},
		{"updated new of a value that stays", old, "SET a = :v", "UPDATED_NEW", `":v":{"N":"1"}`, `"a":{"N":"1"}`, false},
		{"all old of no item", "-", "SET a = :v", "ALL_OLD", `":v":{"N":"1"}`, ``, false},
		{"updated old of no item", "-", "SET a = :v", "UPDATED_OLD", `":v":{"N":"1"}`, ``, false},
		{"all new without an expression", "-", "", "ALL_NEW", ``, ``, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := key(fresh("returned"))
			if c.before != "-" {
				put(t, table, with(k, values(t, c.before)))
			}
			out, err := client(t).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: optional(c.expression),
				ExpressionAttributeValues: values(t, c.values), ReturnValues: c.want})
			if err != nil {
				t.Fatal(err)
			}
			want := values(t, c.after)
			if c.whole {
				want = with(k, want)
			}
			equal(t, out.Attributes, want)
		})
	}
}

func TestReturnValuesOfPutAndDelete(t *testing.T) {
	table, k, db := things(t), key(fresh("returned")), client(t)
	first, second := with(k, values(t, `"a":{"N":"1"}`)), with(k, values(t, `"b":{"N":"2"}`))
	putting := func(it item, rv types.ReturnValue) item {
		out, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: it, ReturnValues: rv})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes
	}
	deleting := func(rv types.ReturnValue) item {
		out, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ReturnValues: rv})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes
	}
	equal(t, putting(first, "ALL_OLD"), nil)
	equal(t, putting(second, "ALL_OLD"), first)
	equal(t, get(t, table, k), second) // a put replaces the whole item
	equal(t, putting(first, "NONE"), nil)
	equal(t, deleting("ALL_OLD"), first)
	equal(t, deleting("ALL_OLD"), nil) // idempotent
	equal(t, get(t, table, k), nil)
	for _, rv := range []types.ReturnValue{"ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"} {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: first, ReturnValues: rv})
		fails(t, err, invalid, "ReturnValues can only be ALL_OLD or NONE")
		_, err = db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ReturnValues: rv})
		fails(t, err, invalid, "ReturnValues can only be ALL_OLD or NONE")
	}
}

// Keys that are not the table's. The messages are users' quotes.
func TestKeyErrors(t *testing.T) {
	const schema = "The provided key element does not match the schema"
	db := client(t)
	for _, c := range []struct {
		name, table, key, put, other string
	}{
		{"no key at all", things(t), `"a":{"S":"x"}`, wrong + "Missing the key pk in the item", schema},
		{"wrong type", things(t), `"pk":{"N":"1"}`, wrong + "Type mismatch for key pk expected: S actual: N", schema},
		{"null", things(t), `"pk":{"NULL":true}`, wrong + "Type mismatch for key pk expected: S actual: NULL", schema},
		{"no sort key", lists(t), `"pk":{"S":"x"}`, wrong + "Missing the key sk in the item", schema},
		{"wrong type of the sort key", lists(t), `"pk":{"S":"x"},"sk":{"B":"AQ=="}`, wrong + "Type mismatch for key sk expected: S actual: B", schema},
		{"one too many", things(t), `"pk":{"S":"x"},"a":{"S":"x"}`, "", schema},
		{"no item", things(t), `"other":{"S":"x"},"pq":{"S":"x"}`, wrong + "Missing the key pk in the item", schema},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := values(t, c.key)
			if c.put != "" {
				_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &c.table, Item: k})
				fails(t, err, invalid, c.put)
			}
			_, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &c.table, Key: k})
			fails(t, err, invalid, c.other)
			_, err = db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &c.table, Key: k})
			fails(t, err, invalid, c.other)
			_, err = db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &c.table, Key: k})
			fails(t, err, invalid, c.other)
		})
	}
}

// Projections: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
func TestProjection(t *testing.T) {
	table, k := things(t), key(fresh("projection"))
	put(t, table, with(k, values(t, `"a":{"N":"1"},"m":{"M":{"x":{"N":"1"},"y":{"M":{"z":{"N":"2"},"w":{"N":"3"}}}}},
		"l":{"L":[{"N":"0"},{"N":"1"},{"M":{"x":{"N":"2"},"y":{"N":"3"}}}]},"a.b":{"S":"dot"}`)))
	const is = "Invalid ProjectionExpression: "
	for _, c := range []struct{ projection, names, want, message string }{
		{projection: "a", want: `"a":{"N":"1"}`},
		{projection: "a, nothing", want: `"a":{"N":"1"}`},
		{projection: "nothing", want: ``},
		{projection: "m.x", want: `"m":{"M":{"x":{"N":"1"}}}`},
		{projection: "m.y.z, m.x", want: `"m":{"M":{"x":{"N":"1"},"y":{"M":{"z":{"N":"2"}}}}}`},
		{projection: "l[1]", want: `"l":{"L":[{"N":"1"}]}`},
		{projection: "l[2].x,l[0]", want: `"l":{"L":[{"N":"0"},{"M":{"x":{"N":"2"}}}]}`},
		{projection: "l[9], m.q", want: ``},
		{projection: "#d", names: "#d=a.b", want: `"a.b":{"S":"dot"}`},
		{projection: "#m.#x", names: "#m=m #x=x", want: `"m":{"M":{"x":{"N":"1"}}}`},
		{projection: "#a,\n\t#l[0]", names: "#a=a #l=l", want: `"a":{"N":"1"},"l":{"L":[{"N":"0"}]}`},
		{projection: "m, m.x", message: is + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]"},
		{projection: "m.x, m[0]", message: is + "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m, [0]]"},
		{projection: "name", message: is + "Attribute name is a reserved keyword; reserved keyword: name"},
		{projection: "#q", message: is + "An expression attribute name used in the document path is not defined; attribute name: #q"},
		{projection: "a", names: "#q=q", message: "Value provided in ExpressionAttributeNames unused in expressions: keys: {#q}"},
		{projection: "l[x]", message: is + `Syntax error; token: "x", near: "[x]"`},
		{projection: ":v", message: is + `Syntax error; token: ":v", near: ":v"`},
	} {
		t.Run(c.projection, func(t *testing.T) {
			out, err := client(t).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: k, ProjectionExpression: &c.projection, ExpressionAttributeNames: names(c.names)})
			if c.message != "" {
				fails(t, err, invalid, c.message)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, out.Item, values(t, c.want))
			if out.Item == nil {
				t.Error("an item that has none of the attributes is not told from no item")
			}
		})
	}
	out, err := client(t).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key(fresh("nobody")), ProjectionExpression: aws.String("a")})
	if err != nil || out.Item != nil {
		t.Errorf("no item is %v (%v)", out.Item, err)
	}
}

// The two ways of asking cannot be mixed (users' quotes).
func TestLegacyAndExpressions(t *testing.T) {
	table, k, db := things(t), key("x"), client(t)
	_, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: k, ProjectionExpression: aws.String("a"), AttributesToGet: []string{"a"}})
	fails(t, err, invalid, "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
	_, err = db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("REMOVE a"),
		AttributeUpdates: map[string]types.AttributeValueUpdate{"a": {Action: "DELETE"}}})
	fails(t, err, invalid, "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}")
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: k, ConditionExpression: aws.String("attribute_not_exists(a)"),
		Expected: map[string]types.ExpectedAttributeValue{"a": {Exists: aws.Bool(false)}}})
	fails(t, err, invalid, "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}")
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: k, ConditionalOperator: "AND"})
	fails(t, err, invalid, "ConditionalOperator cannot be used without Filter or Expected")
}

// Operations on a table that is not there.
func TestNoTable(t *testing.T) {
	db, table, k := client(t), aws.String("no-such-table"), key("x")
	_, errPut := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: k})
	_, errGet := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: k})
	_, errUpdate := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: table, Key: k})
	_, errDelete := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: k})
	_, errScan := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: table})
	_, errQuery := db.Query(t.Context(), &dynamodb.QueryInput{TableName: table, KeyConditionExpression: aws.String("pk = :v"), ExpressionAttributeValues: item{":v": s("x")}})
	_, errBatch := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: []item{k}}}})
	_, errTransact := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: table, Key: k}}}})
	for _, err := range []error{errPut, errGet, errUpdate, errDelete, errScan, errQuery, errBatch, errTransact} {
		fails(t, err, missing, "Requested resource not found")
	}
	_, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: table})
	fails(t, err, missing, "Requested resource not found: Table: no-such-table not found")
	_, err = db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: table})
	fails(t, err, missing, "Requested resource not found: Table: no-such-table not found")
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("x"), Item: k})
	fails(t, err, invalid, "")
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("no/such"), Item: k})
	fails(t, err, invalid, "")
}
