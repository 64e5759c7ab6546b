package sdk

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// marketplace is the guide's example of transactions.
type marketplace struct{ customers, products, orders *string }

func openMarketplace(t *testing.T, c *dynamodb.Client) marketplace {
	t.Helper()
	m := marketplace{own(t, "Customers"), own(t, "ProductCatalog"), own(t, "Orders")}
	create(t, c, m.customers, nil, "CustomerId:S")
	create(t, c, m.products, nil, "ProductId:S")
	create(t, c, m.orders, nil, "OrderId:S")
	put(t, c, m.customers, `{"CustomerId":"09e8e9c8-ec48","Name":"A. Customer"}`)
	put(t, c, m.products, `{"ProductId":"product-1","ProductStatus":"IN_STOCK","Price":100}`)
	return m
}

// order is the guide's transaction: the customer is valid, the product in stock, the order new.
func (m marketplace) order(customer, product, order string) []types.TransactWriteItem {
	return []types.TransactWriteItem{
		{ConditionCheck: &types.ConditionCheck{
			TableName: m.customers, Key: item(fmt.Sprintf(`{"CustomerId":%q}`, customer)),
			ConditionExpression: aws.String("attribute_exists(CustomerId)"),
		}},
		{Put: &types.Put{
			TableName: m.orders,
			Item: item(fmt.Sprintf(`{"OrderId":%q,"ProductId":%q,"CustomerId":%q,"OrderStatus":"CONFIRMED","OrderTotal":100}`,
				order, product, customer)),
			ConditionExpression:                 aws.String("attribute_not_exists(OrderId)"),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}},
		{Update: &types.Update{
			TableName: m.products, Key: item(fmt.Sprintf(`{"ProductId":%q}`, product)),
			UpdateExpression: aws.String("SET ProductStatus = :new_status"), ConditionExpression: aws.String("ProductStatus = :expected_status"),
			ExpressionAttributeValues:           item(`{":new_status":"SOLD",":expected_status":"IN_STOCK"}`),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}},
	}
}

func TestTransaction(t *testing.T) {
	t.Parallel()
	c := client(t)
	m := openMarketplace(t, c)
	const confirmed = `{"OrderId":"order-1","ProductId":"product-1","CustomerId":"09e8e9c8-ec48","OrderStatus":"CONFIRMED","OrderTotal":100}`
	const sold = `{"ProductId":"product-1","ProductStatus":"SOLD","Price":100}`

	out, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
		TransactItems: m.order("09e8e9c8-ec48", "product-1", "order-1"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		t.Fatal(err)
	}
	// Each item costs two units: one to prepare and one to commit.
	units := map[string]float64{}
	for _, cc := range out.ConsumedCapacity {
		units[*cc.TableName] = *cc.CapacityUnits
	}
	if len(units) != 3 || units[*m.customers] != 2 || units[*m.products] != 2 || units[*m.orders] != 2 {
		t.Errorf("capacity %v", units)
	}

	read, err := c.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{
		TransactItems: []types.TransactGetItem{
			{Get: &types.Get{TableName: m.products, Key: item(`{"ProductId":"product-1"}`)}},
			{Get: &types.Get{TableName: m.orders, Key: item(`{"OrderId":"order-1"}`)}},
			{Get: &types.Get{TableName: m.orders, Key: item(`{"OrderId":"no such order"}`)}},
			{Get: &types.Get{
				TableName: m.customers, Key: item(`{"CustomerId":"09e8e9c8-ec48"}`),
				ProjectionExpression: aws.String("#n"), ExpressionAttributeNames: map[string]string{"#n": "Name"},
			}},
		},
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for _, r := range read.Responses {
		items = append(items, r.Item)
	}
	sameItems(t, "read in one transaction", items, sold, confirmed, `{}`, `{"Name":"A. Customer"}`)
	units = map[string]float64{}
	for _, cc := range read.ConsumedCapacity {
		units[*cc.TableName] = *cc.CapacityUnits
	}
	if len(units) != 3 || units[*m.customers] != 2 || units[*m.products] != 2 || units[*m.orders] != 4 {
		t.Errorf("capacity of reads %v", units)
	}

	// The same order again: it exists, and the product is sold. The reasons are in the order of the actions.
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: m.order("09e8e9c8-ec48", "product-1", "order-1")})
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		t.Fatalf("%v, want a TransactionCanceledException", err)
	}
	if want := "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]"; cancelled.ErrorMessage() != want {
		t.Errorf("message %q, want %q", cancelled.ErrorMessage(), want)
	}
	if len(cancelled.CancellationReasons) != 3 {
		t.Fatalf("%d reasons", len(cancelled.CancellationReasons))
	}
	for i, want := range []struct{ code, message, item string }{
		{"None", "", ""}, {"ConditionalCheckFailed", "The conditional request failed", confirmed},
		{"ConditionalCheckFailed", "The conditional request failed", sold},
	} {
		r := cancelled.CancellationReasons[i]
		if aws.ToString(r.Code) != want.code || aws.ToString(r.Message) != want.message {
			t.Errorf("reason %d: %s, %s", i, aws.ToString(r.Code), aws.ToString(r.Message))
		}
		same(t, fmt.Sprintf("item of reason %d", i), r.Item, want.item)
	}

	// All or nothing: an order of an unknown customer changes nothing.
	put(t, c, m.products, `{"ProductId":"product-2","ProductStatus":"IN_STOCK"}`)
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: m.order("nobody", "product-2", "order-2")})
	fails(t, err, "TransactionCanceledException", "[ConditionalCheckFailed, None, None]")
	same(t, "no order", get(t, c, m.orders, `{"OrderId":"order-2"}`), "")
	same(t, "the product", get(t, c, m.products, `{"ProductId":"product-2"}`), `{"ProductId":"product-2","ProductStatus":"IN_STOCK"}`)

	// Delete, and put without a condition.
	if _, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: &types.Delete{TableName: m.orders, Key: item(`{"OrderId":"order-1"}`)}},
		{Put: &types.Put{TableName: m.products, Item: item(`{"ProductId":"product-1","ProductStatus":"IN_STOCK"}`)}},
	}}); err != nil {
		t.Fatal(err)
	}
	same(t, "deleted", get(t, c, m.orders, `{"OrderId":"order-1"}`), "")
	same(t, "replaced", get(t, c, m.products, `{"ProductId":"product-1"}`), `{"ProductId":"product-1","ProductStatus":"IN_STOCK"}`)
}

// TestIdempotency repeats a transaction with its token: it is not done twice, and costs reads only.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Price":100}`)
	add := func(n int) (*dynamodb.TransactWriteItemsOutput, error) {
		return c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
			ClientRequestToken: aws.String("token-of-" + t.Name()), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
			TransactItems: []types.TransactWriteItem{{Update: &types.Update{
				TableName: table, Key: item(`{"Id":1}`), UpdateExpression: aws.String("ADD Price :n"),
				ExpressionAttributeValues: item(fmt.Sprintf(`{":n":%d}`, n)),
			}}},
		})
	}
	for i := range 3 {
		out, err := add(5)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "after the transaction", get(t, c, table, `{"Id":1}`), `{"Id":1,"Price":105}`)
		cc := out.ConsumedCapacity
		if len(cc) != 1 || *cc[0].CapacityUnits != 2 {
			t.Errorf("call %d: capacity %+v", i, cc)
			continue
		}
		if i > 0 && (cc[0].WriteCapacityUnits != nil && *cc[0].WriteCapacityUnits != 0 || aws.ToFloat64(cc[0].ReadCapacityUnits) != 2) {
			t.Errorf("call %d: %v write units, %v read units", i, aws.ToFloat64(cc[0].WriteCapacityUnits), aws.ToFloat64(cc[0].ReadCapacityUnits))
		}
	}
	_, err := add(6)
	if _, ok := errors.AsType[*types.IdempotentParameterMismatchException](err); !ok {
		t.Errorf("another request with the token: %v", err)
	}
	same(t, "in the end", get(t, c, table, `{"Id":1}`), `{"Id":1,"Price":105}`)
}

func TestTransactionErrors(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Price":100,"Brand":"Acme"}`)
	twice := types.TransactWriteItem{Put: &types.Put{TableName: table, Item: item(`{"Id":1}`)}}
	_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{twice, twice}})
	fails(t, err, "ValidationException", "Transaction request cannot include multiple operations on one item")
	var many []types.TransactWriteItem
	for i := range 101 {
		many = append(many, types.TransactWriteItem{Put: &types.Put{TableName: table, Item: item(fmt.Sprintf(`{"Id":%d}`, i))}})
	}
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: many})
	fails(t, err, "ValidationException", "Member must have length less than or equal to 100")
	if _, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: many[:100]}); err != nil {
		t.Errorf("a transaction of 100: %v", err)
	}
	put(t, c, table, `{"Id":1,"Price":100,"Brand":"Acme"}`)
	// A mistake that shows only on the item cancels the transaction.
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: table, Item: item(`{"Id":500}`)}},
		{Update: &types.Update{
			TableName: table, Key: item(`{"Id":1}`), UpdateExpression: aws.String("SET Price = Brand + :n"),
			ExpressionAttributeValues: item(`{":n":1}`),
		}},
	}})
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); !ok || len(cancelled.CancellationReasons) != 2 ||
		aws.ToString(cancelled.CancellationReasons[1].Code) != "ValidationError" {
		t.Errorf("%v, want a reason of ValidationError", err)
	}
	same(t, "not put", get(t, c, table, `{"Id":500}`), "")
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: own(t, "Nowhere"), Item: item(`{"Id":500}`)}},
	}})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found")
	// More than 4 MB in all.
	var big []types.TransactWriteItem
	for i := range 12 {
		big = append(big, types.TransactWriteItem{Put: &types.Put{
			TableName: table, Item: item(fmt.Sprintf(`{"Id":%d,"T":%q}`, 600+i, strings.Repeat("x", 390*1024))),
		}})
	}
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: big})
	fails(t, err, "ValidationException", "")
}

// TestTransactionIsolation moves money between two accounts while transactions read both: the sum never changes.
func TestTransactionIsolation(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Money":100}`, `{"Id":2,"Money":100}`)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(done)
		for i := range 30 {
			move := func(id, n int) types.TransactWriteItem {
				return types.TransactWriteItem{Update: &types.Update{
					TableName: table, Key: item(fmt.Sprintf(`{"Id":%d}`, id)), UpdateExpression: aws.String("ADD Money :n"),
					ExpressionAttributeValues: item(fmt.Sprintf(`{":n":%d}`, n)),
				}}
			}
			if _, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
				TransactItems: []types.TransactWriteItem{move(1, i), move(2, -i)},
			}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	reads := 0
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		out, err := c.TransactGetItems(t.Context(), &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
			{Get: &types.Get{TableName: table, Key: item(`{"Id":1}`)}}, {Get: &types.Get{TableName: table, Key: item(`{"Id":2}`)}},
		}})
		if _, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
			continue // a conflict, which DynamoDB allows
		}
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, r := range out.Responses {
			var n int
			fmt.Sscan(show(r.Item["Money"]), &n)
			sum += n
		}
		if sum != 200 {
			t.Fatalf("the sum is %d", sum)
		}
		reads++
	}
	wg.Wait()
	t.Logf("%d reads", reads)
}
