package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func transact(t *testing.T, actions ...types.TransactWriteItem) error {
	t.Helper()
	_, err := client(t).TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: actions}, once)
	return err
}

// reasons wants a transaction cancelled for these codes, each with its message if there is one.
func reasons(t *testing.T, err error, codes string, messages ...string) *types.TransactionCanceledException {
	t.Helper()
	fails(t, err, cancelled, "Transaction cancelled, please refer cancellation reasons for specific reasons ["+codes+"]")
	var typed *types.TransactionCanceledException
	if !errors.As(err, &typed) {
		t.Fatalf("%v", err)
	}
	var got []string
	for i, r := range typed.CancellationReasons {
		got = append(got, aws.ToString(r.Code))
		if i < len(messages) && aws.ToString(r.Message) != messages[i] {
			t.Errorf("reason %d: %s, want %s", i, aws.ToString(r.Message), messages[i])
		}
	}
	if strings.Join(got, ", ") != codes {
		t.Errorf("reasons %v, want %s", got, codes)
	}
	return typed
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
func TestTransactWrite(t *testing.T) {
	table, other := things(t), lists(t)
	a, b, c, d := key(fresh("transact")), key(fresh("transact")), key(fresh("transact")), item{"pk": s(fresh("transact")), "sk": s("x")}
	old := with(b, item{"a": n("1"), "x": s("y")})
	put(t, table, old)
	put(t, table, with(c, item{"a": n("1")}))
	one := item{":v": n("1")}
	t.Run("all four", func(t *testing.T) {
		err := transact(t,
			types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: with(a, item{"a": n("5")}), ConditionExpression: aws.String("attribute_not_exists(pk)")}},
			types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &table, Key: b, ConditionExpression: aws.String("a = :v"), ExpressionAttributeValues: one}},
			types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: c, UpdateExpression: aws.String("SET a = a + :v"), ExpressionAttributeValues: one}},
			types.TransactWriteItem{Delete: &types.Delete{TableName: &other, Key: d}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, get(t, table, a), item{"a": n("5")}, "pk")
		equal(t, get(t, table, c), item{"a": n("2")}, "pk")
	})
	t.Run("failed conditions", func(t *testing.T) {
		err := transact(t,
			types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: with(a, item{"a": n("6")})}},
			types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &table, Key: b, ConditionExpression: aws.String("a <> :v"), ExpressionAttributeValues: one,
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}},
			types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: c, UpdateExpression: aws.String("SET a = :v"), ConditionExpression: aws.String("a = :v"), ExpressionAttributeValues: one}})
		typed := reasons(t, err, "None, ConditionalCheckFailed, ConditionalCheckFailed", "", "The conditional request failed", "The conditional request failed")
		equal(t, typed.CancellationReasons[1].Item, old)
		if typed.CancellationReasons[2].Item != nil {
			t.Error("an item that was not asked for")
		}
		equal(t, get(t, table, a), item{"a": n("5")}, "pk")
	})
	t.Run("an update that cannot be", func(t *testing.T) {
		err := transact(t,
			types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: a, UpdateExpression: aws.String("SET x = y")}},
			types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: b}})
		reasons(t, err, "ValidationError, None", "The provided expression refers to an attribute that does not exist in the item")
	})
	t.Run("types of an update", func(t *testing.T) {
		err := transact(t,
			types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: a}},
			types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: b, UpdateExpression: aws.String("ADD x :v"), ExpressionAttributeValues: one}})
		reasons(t, err, "None, ValidationError", "", "An operand in the update expression has an incorrect data type")
	})
	t.Run("a check of no item", func(t *testing.T) {
		err := transact(t, types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &table, Key: key("nobody"), ConditionExpression: aws.String("attribute_exists(pk)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}})
		typed := reasons(t, err, "ConditionalCheckFailed", "The conditional request failed")
		if typed.CancellationReasons[0].Item != nil {
			t.Error("an item that is none")
		}
	})
	t.Run("too large", func(t *testing.T) {
		err := transact(t,
			types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: with(a, item{"a": s(strings.Repeat("x", full-50))})}},
			types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: b, UpdateExpression: aws.String("SET x = :x"), ExpressionAttributeValues: item{":x": s(strings.Repeat("x", full-10))}}})
		reasons(t, err, "None, ValidationError", "", "Item size to update has exceeded the maximum allowed size")
	})
	delete101 := make([]types.TransactWriteItem, 101)
	for i := range delete101 {
		delete101[i].Delete = &types.Delete{TableName: &table, Key: key(fmt.Sprint(i))}
	}
	t.Run("100 actions", func(t *testing.T) {
		if err := transact(t, delete101[:100]...); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		name, code, message string
		actions             []types.TransactWriteItem
	}{
		{"101 actions", invalid, "1 validation error detected: Value '[…", delete101},
		{"none", invalid, "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1", []types.TransactWriteItem{}},
		{"one item twice", invalid, "Transaction request cannot include multiple operations on one item", []types.TransactWriteItem{
			{Put: &types.Put{TableName: &table, Item: a}}, {ConditionCheck: &types.ConditionCheck{TableName: &table, Key: a, ConditionExpression: aws.String("attribute_exists(pk)")}}}},
		{"an action that is none", invalid, "TransactItems can only contain one of Check, Put, Update or Delete", []types.TransactWriteItem{{}}},
		{"two in one", invalid, "TransactItems can only contain one of Check, Put, Update or Delete", []types.TransactWriteItem{
			{Put: &types.Put{TableName: &table, Item: a}, Delete: &types.Delete{TableName: &table, Key: b}}}},
		{"no table", missing, "Requested resource not found", []types.TransactWriteItem{{Put: &types.Put{TableName: aws.String("no-such-table"), Item: a}}}},
		{"syntax", invalid, `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="`, []types.TransactWriteItem{{Delete: &types.Delete{TableName: &table, Key: a, ConditionExpression: aws.String("a =")}}}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, transact(t, c.actions...), c.code, c.message) })
	}
	// What an item itself is wrong for is a reason of the cancellation (users' quotes).
	t.Run("wrong keys", func(t *testing.T) {
		err := transact(t, types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: item{"other": s("x")}}}, types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: a}})
		reasons(t, err, "ValidationError, None", wrong+"Missing the key pk in the item")
		err = transact(t, types.TransactWriteItem{Delete: &types.Delete{TableName: &table, Key: item{"other": s("x")}}})
		reasons(t, err, "ValidationError", "The provided key element does not match the schema")
	})
}

// A token makes a second request the same as the first for ten minutes:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency
func TestTransactionToken(t *testing.T) {
	table, k, db := things(t), key(fresh("token")), client(t)
	token := aws.String(fresh("token"))
	adding := func(what string) *dynamodb.TransactWriteItemsInput {
		return &dynamodb.TransactWriteItemsInput{ClientRequestToken: token, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal, TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{TableName: &table, Key: k, UpdateExpression: aws.String("ADD a :v"), ExpressionAttributeValues: item{":v": n(what)}}}}}
	}
	first, err := db.TransactWriteItems(t.Context(), adding("1"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := db.TransactWriteItems(t.Context(), adding("1"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, get(t, table, k), item{"a": n("1")}, "pk")
	// The first consumed write units, the second read units.
	if f, s := first.ConsumedCapacity, second.ConsumedCapacity; len(f) != 1 || len(s) != 1 || aws.ToFloat64(f[0].WriteCapacityUnits) != 2 || aws.ToFloat64(s[0].ReadCapacityUnits) != 2 {
		t.Errorf("%+v, then %+v", f, s)
	}
	_, err = db.TransactWriteItems(t.Context(), adding("2"))
	fails(t, err, "IdempotentParameterMismatchException", "")
	var typed *types.IdempotentParameterMismatchException
	if !errors.As(err, &typed) {
		t.Errorf("%T", err)
	}
	long := adding("1")
	long.ClientRequestToken = aws.String(strings.Repeat("x", 37))
	_, err = db.TransactWriteItems(t.Context(), long)
	fails(t, err, invalid, "1 validation error detected: Value '"+*long.ClientRequestToken+"' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36")
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
func TestTransactGet(t *testing.T) {
	table, db := things(t), client(t)
	a, b := key(fresh("transact")), key(fresh("transact"))
	put(t, table, with(a, item{"a": n("1"), "b": n("2")}))
	put(t, table, b)
	getting := func(k item) types.TransactGetItem {
		return types.TransactGetItem{Get: &types.Get{TableName: &table, Key: k}}
	}
	projected := getting(a)
	projected.Get.ProjectionExpression, projected.Get.ExpressionAttributeNames = aws.String("#b"), names("#b=b")
	out, err := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{getting(b), projected, getting(key("nobody"))}})
	if err != nil || len(out.Responses) != 3 {
		t.Fatalf("%v (%v)", out, err)
	}
	equal(t, out.Responses[0].Item, b)
	equal(t, out.Responses[1].Item, item{"b": n("2")})
	if out.Responses[2].Item != nil {
		t.Errorf("%v", out.Responses[2].Item)
	}
	get101 := make([]types.TransactGetItem, 101)
	for i := range get101 {
		get101[i] = getting(key(fmt.Sprint(i)))
	}
	if _, err := db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: get101[:100]}); err != nil {
		t.Error(err)
	}
	_, err = db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: get101})
	fails(t, err, invalid, "1 validation error detected: Value '[…")
	_, err = db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{getting(a), getting(a)}})
	fails(t, err, invalid, "Transaction request cannot include multiple operations on one item")
	_, err = db.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{getting(a), getting(item{"other": s("x")})}}, once)
	reasons(t, err, "None, ValidationError", "", "The provided key element does not match the schema")
}
