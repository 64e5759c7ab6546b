package sdk

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapter "Working with items".

func TestReadItem(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Description":"A hammer","Price":10,"RelatedItems":[2,3],"Brand":"Acme"}`)
	out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: table, Key: item(`{"Id":1}`), ConsistentRead: aws.Bool(true),
		ProjectionExpression:   aws.String("Description, Price, RelatedItems"),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "projected", out.Item, `{"Description":"A hammer","Price":10,"RelatedItems":[2,3]}`)
	if cc := out.ConsumedCapacity; cc == nil || *cc.TableName != *table || *cc.CapacityUnits != 1 || cc.Table != nil {
		t.Errorf("capacity %+v", cc)
	}
	none, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: item(`{"Id":2}`)})
	if err != nil || none.Item != nil || none.ConsumedCapacity != nil {
		t.Errorf("item %v, capacity %v, error %v", none.Item, none.ConsumedCapacity, err)
	}
	for _, key := range []string{`{}`, `{"Id":"1"}`, `{"Id":1,"Title":"x"}`, `{"ID":1}`} {
		_, err = c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: item(key)})
		fails(t, err, "ValidationException", "The provided key element does not match the schema")
	}
	_, err = c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: own(t, "Missing"), Key: item(`{"Id":1}`)})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found")
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
		t.Errorf("%T is not the SDK's type", err)
	}
}

func TestWriteItem(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Thread")
	create(t, c, table, nil, "ForumName:S", "Subject:S")
	const key = `{"ForumName":"Amazon DynamoDB","Subject":"New discussion thread"}`
	put(t, c, table, `{"ForumName":"Amazon DynamoDB","Subject":"New discussion thread",
		"Message":"First post in this thread","LastPostedBy":"fred@example.com","LastPostDateTime":"201603190422"}`)
	out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(key),
		UpdateExpression:          aws.String("SET Answered = :zero, Replies = :zero, LastPostedBy = :lastpostedby"),
		ExpressionAttributeValues: item(`{":zero":0,":lastpostedby":"barney@example.com"}`),
		ReturnValues:              types.ReturnValueAllNew,
	})
	if err != nil {
		t.Fatal(err)
	}
	const after = `{"ForumName":"Amazon DynamoDB","Subject":"New discussion thread","Message":"First post in this thread",
		"LastPostedBy":"barney@example.com","LastPostDateTime":"201603190422","Answered":0,"Replies":0}`
	same(t, "all new", out.Attributes, after)
	same(t, "stored", get(t, c, table, key), after)
	gone, err := c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: item(key)})
	if err != nil || gone.Attributes != nil {
		t.Errorf("deleted %v, error %v", gone.Attributes, err)
	}
	same(t, "after the delete", get(t, c, table, key), "")
}

// TestReturnValues goes through the guide's list of what each setting returns.
func TestReturnValues(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c)
	const existing = `{"Id":1,"Price":10,"Color":"Red","Sizes":{"S":1,"M":2}}`
	update := func(id int, rv types.ReturnValue) Item {
		t.Helper()
		out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: table, Key: item(fmt.Sprintf(`{"Id":%d}`, id)), ReturnValues: rv,
			UpdateExpression:          aws.String("SET Price = :p, Brand = :b REMOVE Color"),
			ExpressionAttributeValues: item(`{":p":11,":b":"Acme"}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes
	}
	for _, tt := range []struct {
		rv             types.ReturnValue
		update, upsert string
	}{
		{types.ReturnValueNone, "", ""},
		{types.ReturnValueAllOld, existing, ""},
		{types.ReturnValueAllNew, `{"Id":1,"Price":11,"Brand":"Acme","Sizes":{"S":1,"M":2}}`, `{"Id":2,"Price":11,"Brand":"Acme"}`},
		{types.ReturnValueUpdatedOld, `{"Price":10,"Color":"Red"}`, ""},
		{types.ReturnValueUpdatedNew, `{"Price":11,"Brand":"Acme"}`, `{"Price":11,"Brand":"Acme"}`},
	} {
		put(t, c, table, existing)
		if _, err := c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: item(`{"Id":2}`)}); err != nil {
			t.Fatal(err)
		}
		same(t, "update "+string(tt.rv), update(1, tt.rv), tt.update)
		same(t, "upsert "+string(tt.rv), update(2, tt.rv), tt.upsert)
	}

	put(t, c, table, existing)
	for _, want := range []string{existing, ""} {
		out, err := c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
			TableName: table, Key: item(`{"Id":1}`), ReturnValues: types.ReturnValueAllOld,
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "delete", out.Attributes, want)
	}
	for _, want := range []string{"", existing} {
		out, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: table, Item: item(existing), ReturnValues: types.ReturnValueAllOld,
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "put", out.Attributes, want)
	}
	_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(existing), ReturnValues: types.ReturnValueAllNew})
	fails(t, err, "ValidationException", "ReturnValues can only be ALL_OLD or NONE")
}

func TestBatchOperations(t *testing.T) {
	t.Parallel()
	c := client(t)
	d := discussionTables(t, c)
	got, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		*d.thread: {
			Keys: []Item{
				item(`{"ForumName":"Amazon DynamoDB","Subject":"DynamoDB Thread 1"}`),
				item(`{"ForumName":"Amazon S3","Subject":"S3 Thread 1"}`),
				item(`{"ForumName":"Amazon S3","Subject":"no such thread"}`),
			},
			ProjectionExpression: aws.String("ForumName, Subject, LastPostedDateTime, Replies"),
		},
		*d.forum: {Keys: []Item{item(`{"Name":"Amazon S3"}`)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Responses) != 2 || len(got.UnprocessedKeys) != 0 {
		t.Errorf("%d tables, unprocessed %v", len(got.Responses), got.UnprocessedKeys)
	}
	sameSet(t, "threads", got.Responses[*d.thread],
		`{"ForumName":"Amazon DynamoDB","Subject":"DynamoDB Thread 1","LastPostedDateTime":"2015-09-22T19:58:22.514Z","Replies":0}`,
		`{"ForumName":"Amazon S3","Subject":"S3 Thread 1","LastPostedDateTime":"2015-09-29T19:58:22.514Z","Replies":0}`)
	sameSet(t, "forums", got.Responses[*d.forum], forums[1])

	// Puts and deletes in two tables at once.
	table := productCatalog(t, c, `{"Id":600,"Description":"Sled"}`)
	wrote, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{
			*table: {
				{PutRequest: &types.PutRequest{Item: item(`{"Id":601,"Description":"Snowboard","QuantityOnHand":5,"Price":100}`)}},
				{PutRequest: &types.PutRequest{Item: item(`{"Id":602,"Description":"Snow shovel"}`)}},
				{DeleteRequest: &types.DeleteRequest{Key: item(`{"Id":600}`)}},
			},
			*d.forum: {{DeleteRequest: &types.DeleteRequest{Key: item(`{"Name":"Amazon S3"}`)}}},
		},
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil || len(wrote.UnprocessedItems) != 0 {
		t.Fatalf("unprocessed %v, error %v", wrote.UnprocessedItems, err)
	}
	units := map[string]float64{}
	for _, cc := range wrote.ConsumedCapacity {
		units[*cc.TableName] = *cc.CapacityUnits
	}
	if len(units) != 2 || units[*table] != 3 || units[*d.forum] != 1 {
		t.Errorf("capacity %v", units)
	}
	same(t, "put", get(t, c, table, `{"Id":601}`), `{"Id":601,"Description":"Snowboard","QuantityOnHand":5,"Price":100}`)
	same(t, "deleted", get(t, c, table, `{"Id":600}`), "")
	same(t, "deleted", get(t, c, d.forum, `{"Name":"Amazon S3"}`), "")

	// What one batch may not have.
	many := func(n int) (w []types.WriteRequest) {
		for i := range n {
			w = append(w, types.WriteRequest{PutRequest: &types.PutRequest{Item: item(fmt.Sprintf(`{"Id":%d}`, i))}})
		}
		return w
	}
	_, err = c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*table: many(26)}})
	fails(t, err, "ValidationException", "")
	_, err = c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
		*table: append(many(1), many(1)...),
	}})
	fails(t, err, "ValidationException", "Provided list of item keys contains duplicates")
	var tooMany []Item
	for i := range 101 {
		tooMany = append(tooMany, item(fmt.Sprintf(`{"Id":%d}`, i)))
	}
	_, err = c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: tooMany}}})
	fails(t, err, "ValidationException", "")
}

// TestAtomicCounter increments one number from many goroutines: no increment is lost.
func TestAtomicCounter(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":601,"Price":100}`)
	increment := func() (Item, error) {
		out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: table, Key: item(`{"Id":601}`), UpdateExpression: aws.String("SET Price = Price + :incr"),
			ExpressionAttributeValues: item(`{":incr":5}`), ReturnValues: types.ReturnValueUpdatedNew,
		})
		if err != nil {
			return nil, err
		}
		return out.Attributes, nil
	}
	first, err := increment()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "once", first, `{"Price":105}`)
	const workers, rounds = 8, 10
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range workers {
		wg.Go(func() {
			for range rounds {
				got, err := increment()
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[show(got["Price"])] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != workers*rounds {
		t.Errorf("%d different values, want %d", len(seen), workers*rounds)
	}
	same(t, "in the end", get(t, c, table, `{"Id":601}`), fmt.Sprintf(`{"Id":601,"Price":%d}`, 105+5*workers*rounds))
}

// TestConditionalWrite is the guide's story of Alice and Bob.
func TestConditionalWrite(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Price":10}`)
	update := func(price int) error {
		_, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: table, Key: item(`{"Id":1}`), UpdateExpression: aws.String("SET Price = :newval"),
			ConditionExpression:                 aws.String("Price = :currval"),
			ExpressionAttributeValues:           item(fmt.Sprintf(`{":newval":%d,":currval":10}`, price)),
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		return err
	}
	if err := update(8); err != nil {
		t.Fatal(err)
	}
	err := update(12)
	fails(t, err, "ConditionalCheckFailedException", "The conditional request failed")
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok {
		t.Fatalf("%T is not the SDK's type", err)
	}
	same(t, "the item in the error", failed.Item, `{"Id":1,"Price":8}`)
	same(t, "stored", get(t, c, table, `{"Id":1}`), `{"Id":1,"Price":8}`)

	_, err = c.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: table, Item: item(`{"Id":1,"Price":1}`), ConditionExpression: aws.String("attribute_not_exists(Id)"),
	})
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); !ok || failed.Item != nil {
		t.Errorf("without ReturnValuesOnConditionCheckFailure: %v", err)
	}
}
