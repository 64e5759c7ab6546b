package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// call makes a request of the service as the front door does.
func call(ctx context.Context, op awsapi.Operation, body []byte) ([]byte, error) {
	req := &awsapi.Request{ID: "R", Caller: &policy.Principal{Account: "123456789012"}, Region: "us-east-1", Host: "localhost", Now: time.Unix(1.7e9, 0), Body: body}
	c, err := op.Decode(req)
	if err != nil {
		return nil, err
	}
	for _, n := range c.Needs() {
		if n.Action == "" || n.Resource == "" {
			return nil, errors.New("a need without action or resource")
		}
	}
	return c.Run(ctx, nil)
}

// operations are those of a new service in memory, by name.
func operations(t testing.TB, configure ...func(*Service)) map[string]awsapi.Operation {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store, err := table.Open(t.Context(), db, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = store.Close(), db.Close() })
	ops := map[string]awsapi.Operation{}
	service := New(store, nil)
	for _, c := range configure {
		c(service)
	}
	for _, op := range service.Operations() {
		ops[op.Name] = op
	}
	return ops
}

// Whatever the body: an answer is JSON, and an error is the client's.
func FuzzOperations(f *testing.F) {
	ops := operations(f)
	const made = `{"TableName":"tab","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"},{"AttributeName":"c","AttributeType":"B"}],` +
		`"KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},` +
		`"LocalSecondaryIndexes":[{"IndexName":"loc","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"c","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],` +
		`"GlobalSecondaryIndexes":[{"IndexName":"glo","KeySchema":[{"AttributeName":"c","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]}`
	if _, err := call(f.Context(), ops["CreateTable"], []byte(made)); err != nil {
		f.Fatal(err)
	}
	var described struct {
		Table struct{ LatestStreamArn string }
	}
	var shards struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	var at struct{ ShardIterator string }
	ask := func(op, body string, into any) {
		out, err := call(f.Context(), ops[op], []byte(body))
		if err == nil {
			err = json.Unmarshal(out, into)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	ask("DescribeTable", `{"TableName":"tab"}`, &described)
	stream := described.Table.LatestStreamArn
	ask("DescribeStream", `{"StreamArn":"`+stream+`"}`, &shards)
	shard := shards.StreamDescription.Shards[0].ShardId
	ask("GetShardIterator", `{"StreamArn":"`+stream+`","ShardId":"`+shard+`","ShardIteratorType":"TRIM_HORIZON"}`, &at)
	const tab = "arn:aws:dynamodb:us-east-1:123456789012:table/tab"
	const key = `{"a":{"S":"x"},"b":{"N":"1"}}`
	seeds := map[string]string{
		"ExecuteStatement":      `{"Statement":"SELECT a, l[0].k FROM tab WHERE a IN ['x', ?] AND b > 0 ORDER BY a DESC","Parameters":[{"S":"y"}],"Limit":1,"NextToken":"AQ","ConsistentRead":true,"ReturnConsumedCapacity":"INDEXES"}`,
		"BatchExecuteStatement": `{"Statements":[{"Statement":"UPDATE tab SET q = q + 1 WHERE a = 'x' AND b = 1 RETURNING ALL NEW *"},{"Statement":"INSERT INTO tab VALUE {'a': ?, 'b': 2}","Parameters":[{"S":"x"}]}]}`,
		"ExecuteTransaction":    `{"ClientRequestToken":"u","TransactStatements":[{"Statement":"EXISTS(SELECT * FROM tab WHERE a = 'x' AND b = 1 AND c IS MISSING)"},{"Statement":"DELETE FROM tab WHERE a = 'z' AND b = 3"}]}`,
		"CreateTable":           made,
		"UpdateTable":           `{"TableName":"tab","StreamSpecification":{"StreamEnabled":false}}`,
		"DescribeStream":        `{"StreamArn":"` + stream + `","Limit":2,"ExclusiveStartShardId":"shardId-00000000000000000000-00000000","ShardFilter":{"Type":"CHILD_SHARDS","ShardId":"shardId-00000000000000000000-00000000"}}`,
		"ListStreams":           `{"TableName":"tab","Limit":2,"ExclusiveStartStreamArn":"` + stream + `"}`,
		"GetShardIterator":      `{"StreamArn":"` + stream + `","ShardId":"` + shard + `","ShardIteratorType":"AT_SEQUENCE_NUMBER","SequenceNumber":"100000000000000001000"}`,
		"GetRecords":            `{"ShardIterator":"` + at.ShardIterator + `","Limit":3}`,
		"DescribeTable":         `{"TableName":"tab"}`,
		"DeleteTable":           `{"TableName":"none"}`,
		"ListTables":            `{"Limit":5,"ExclusiveStartTableName":"aaa"}`,
		"PutItem":               `{"TableName":"tab","Item":{"a":{"S":"x"},"b":{"N":"1"},"c":{"B":"AAEC"},"l":{"L":[{"M":{"k":{"NS":["1","2"]}}}]}},"ConditionExpression":"attribute_not_exists(z) OR size(l) > :n","ExpressionAttributeValues":{":n":{"N":"0"}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE"}`,
		"GetItem":               `{"TableName":"tab","Key":` + key + `,"ProjectionExpression":"l[0].k,#c","ExpressionAttributeNames":{"#c":"c"},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}`,
		"UpdateItem":            `{"TableName":"tab","Key":` + key + `,"UpdateExpression":"SET d = if_not_exists(d, :z) + :n, l = list_append(l, l) REMOVE e ADD s :s DELETE t :s","ExpressionAttributeValues":{":n":{"N":"1"},":z":{"N":"0"},":s":{"SS":["q"]}},"ReturnValues":"UPDATED_NEW"}`,
		"DeleteItem":            `{"TableName":"tab","Key":` + key + `,"Expected":{"c":{"ComparisonOperator":"IN","AttributeValueList":[{"B":"AA=="}]}},"ConditionalOperator":"OR"}`,
		"Query":                 `{"TableName":"tab","IndexName":"loc","KeyConditionExpression":"a = :a AND begins_with(c, :c)","FilterExpression":"contains(z, :a)","ExpressionAttributeValues":{":a":{"S":"x"},":c":{"B":"AA=="}},"Limit":2,"ScanIndexForward":false,"ExclusiveStartKey":{"a":{"S":"x"},"b":{"N":"1"},"c":{"B":"AAEC"}},"Select":"ALL_ATTRIBUTES"}`,
		"Scan":                  `{"TableName":"tab","IndexName":"glo","Segment":1,"TotalSegments":3,"ScanFilter":{"z":{"ComparisonOperator":"NULL"}},"AttributesToGet":["a","b"]}`,
		"BatchGetItem":          `{"RequestItems":{"tab":{"Keys":[` + key + `],"ProjectionExpression":"a"}}}`,
		"BatchWriteItem":        `{"RequestItems":{"tab":[{"PutRequest":{"Item":` + key + `}},{"DeleteRequest":{"Key":{"a":{"S":"y"},"b":{"N":"1"}}}}]}}`,
		"TransactGetItems":      `{"TransactItems":[{"Get":{"TableName":"tab","Key":` + key + `}}]}`,
		"TransactWriteItems":    `{"ClientRequestToken":"t","TransactItems":[{"Update":{"TableName":"tab","Key":` + key + `,"UpdateExpression":"SET q = :q","ExpressionAttributeValues":{":q":{"BOOL":true}}}},{"ConditionCheck":{"TableName":"tab","Key":{"a":{"S":"n"},"b":{"N":"2"}},"ConditionExpression":"attribute_exists(a)"}}]}`,
		"UpdateTimeToLive":      `{"TableName":"tab","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}`,
		"DescribeTimeToLive":    `{"TableName":"tab"}`,
		"DescribeLimits":        `{}`,
		"DescribeEndpoints":     `{}`,

		"TagResource":          `{"ResourceArn":"` + tab + `","Tags":[{"Key":"k","Value":"v"}]}`,
		"UntagResource":        `{"ResourceArn":"` + tab + `","TagKeys":["k"]}`,
		"ListTagsOfResource":   `{"ResourceArn":"` + tab + `"}`,
		"GetResourcePolicy":    `{"ResourceArn":"` + tab + `"}`,
		"DeleteResourcePolicy": `{"ResourceArn":"` + tab + `/stream/x","ExpectedRevisionId":"1"}`,
		"PutResourcePolicy": `{"ResourceArn":"` + tab + `","Policy":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"111122223333\"},` +
			`\"Action\":\"dynamodb:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:username\":\"x\"}}}}"}`,
	}
	for name, body := range seeds {
		f.Add(name, []byte(body))
	}
	f.Add("UpdateTable", []byte(`{"TableName":"tab","DeletionProtectionEnabled":false,"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"none"}}]}`))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		op, ok := ops[name]
		if !ok || op.Decode == nil || name == "DeleteTable" && len(body) > 0 && string(body) != seeds[name] {
			return // the table stays
		}
		out, err := call(t.Context(), op, body)
		if err == nil {
			if len(out) > 0 && !json.Valid(out) {
				t.Fatalf("%s %s answered %s", name, body, out)
			}
			return
		}
		var e *awsapi.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s %s: an error that is not the client's: %v", name, body, err)
		}
		if e.Status < 400 || e.Status > 499 || !json.Valid(e.AppendJSON(nil, "x")) {
			t.Fatalf("%s %s: %d %v", name, body, e.Status, e)
		}
	})
}
