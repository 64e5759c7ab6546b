package sdk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// TestThrottling has the guide's chapters "Diagnosing throttling" and "Burst and adaptive capacity": a server that limits
// throughput says which table or index is at its limit, of what kind.
func TestThrottling(t *testing.T) {
	t.Parallel()
	c := dynamodb.NewFromConfig(harness.Start(t, "--throttle").Config, func(o *dynamodb.Options) {
		o.Retryer, o.HTTPClient = aws.NopRetryer{}, harness.NoRetryClient(30*time.Second, 1)
	})
	provisioned, maximum := aws.String("UserSessions"), aws.String("CustomerOrders")
	units := &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
	create(t, c, provisioned, func(in *dynamodb.CreateTableInput) {
		in.BillingMode, in.ProvisionedThroughput = types.BillingModeProvisioned, units
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String("G"), AttributeType: types.ScalarAttributeTypeS})
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{IndexName: aws.String("ByG"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("G"), KeyType: types.KeyTypeHash}}, ProvisionedThroughput: units}}
	}, "P:S")
	create(t, c, maximum, func(in *dynamodb.CreateTableInput) {
		in.OnDemandThroughput = &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(1), MaxWriteRequestUnits: aws.Int64(1)}
	}, "P:S")
	big := strings.Repeat("x", 399<<10) // 400 units, of which there are 300

	put(t, c, maximum, `{"P":"a","T":"`+big+`"}`)
	_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: maximum, Item: item(`{"P":"b"}`)})
	throttling, ok := errors.AsType[*types.ThrottlingException](err)
	if !ok {
		t.Fatalf("a write beyond the maximum: %v", err)
	}
	reason(t, throttling.ThrottlingReasons, "TableWriteMaxOnDemandThroughputExceeded", "table/CustomerOrders")

	// An index in debt holds back the writes that it needs to follow, and no others.
	put(t, c, provisioned, `{"P":"a","T":"`+strings.Repeat("x", 90<<10)+`","G":"1"}`)
	put(t, c, provisioned, `{"P":"a","T":"`+strings.Repeat("x", 90<<10)+`","G":"2"}`) // deleted from the index and put
	_, err = c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: provisioned, Key: item(`{"P":"c"}`), UpdateExpression: aws.String("SET G = :g"),
		ExpressionAttributeValues: item(`{":g":"` + strings.Repeat("g", 40<<5) + `"}`)})
	if err != nil { // 30 units are left, and this takes two
		t.Fatal(err)
	}
	put(t, c, provisioned, `{"P":"d","T":"`+strings.Repeat("x", 100<<10)+`","G":"1"}`)
	exceeded := func(err error, kind, resource string) {
		t.Helper()
		e, ok := errors.AsType[*types.ProvisionedThroughputExceededException](err)
		if !ok {
			t.Fatalf("%s: %v", kind, err)
		}
		reason(t, e.ThrottlingReasons, kind, resource)
	}
	_, err = c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: provisioned, Key: item(`{"P":"d"}`)})
	exceeded(err, "IndexWriteProvisionedThroughputExceeded", "table/UserSessions/index/ByG")
	put(t, c, provisioned, `{"P":"e","T":"`+big+`"}`)
	_, err = c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: provisioned, Item: item(`{"P":"f"}`)})
	exceeded(err, "TableWriteProvisionedThroughputExceeded", "table/UserSessions")

	// What a batch cannot do comes back; what a transaction cannot do cancels it.
	get := map[string]types.KeysAndAttributes{*provisioned: {Keys: []Item{item(`{"P":"e"}`)}, ConsistentRead: aws.Bool(true)}}
	for i := range 3 {
		if out, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: get}); err != nil || len(out.UnprocessedKeys) != 0 {
			t.Fatalf("read %d: %v, %v", i, out, err)
		}
	}
	_, err = c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: provisioned, Key: item(`{"P":"e"}`), ConsistentRead: aws.Bool(true)})
	if err == nil { // a moment has brought something back; this is more than that
		_, err = c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: provisioned, Key: item(`{"P":"e"}`), ConsistentRead: aws.Bool(true)})
	}
	exceeded(err, "TableReadProvisionedThroughputExceeded", "table/UserSessions")
	_, err = c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
		*provisioned: {{DeleteRequest: &types.DeleteRequest{Key: item(`{"P":"e"}`)}}},
	}})
	exceeded(err, "TableWriteProvisionedThroughputExceeded", "table/UserSessions")
	_, err = c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: &types.Delete{TableName: provisioned, Key: item(`{"P":"e"}`)}},
		{Delete: &types.Delete{TableName: maximum, Key: item(`{"P":"a"}`)}},
	}})
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || len(cancelled.CancellationReasons) != 2 || aws.ToString(cancelled.CancellationReasons[0].Code) != "ProvisionedThroughputExceeded" ||
		aws.ToString(cancelled.CancellationReasons[1].Code) != "ThrottlingError" {
		t.Errorf("a transaction beyond the throughput: %v", err)
	}
}

func reason(t *testing.T, got []types.ThrottlingReason, kind, resource string) {
	t.Helper()
	if len(got) != 1 || aws.ToString(got[0].Reason) != kind || !strings.HasSuffix(aws.ToString(got[0].Resource), ":"+resource) {
		t.Errorf("reasons %+v, want %s of %s", got, kind, resource)
	}
}
