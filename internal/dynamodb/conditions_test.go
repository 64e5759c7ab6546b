package dynamodb

import (
	"testing"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

const gameScores = `{"TableName":"GameScores","AttributeDefinitions":[{"AttributeName":"UserId","AttributeType":"S"},{"AttributeName":"GameTitle","AttributeType":"S"},{"AttributeName":"TopScore","AttributeType":"N"}],
	"KeySchema":[{"AttributeName":"UserId","KeyType":"HASH"},{"AttributeName":"GameTitle","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",
	"GlobalSecondaryIndexes":[{"IndexName":"TopScoreDateTimeIndex","KeySchema":[{"AttributeName":"GameTitle","KeyType":"HASH"},{"AttributeName":"TopScore","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]}`

// The policies of the developer guide, "Using IAM policy conditions for fine-grained access control", for the user ann.
const (
	ownItems = `{"Version":"2012-10-17","Statement":[{"Sid":"AllowAccessToOnlyItemsMatchingUserID","Effect":"Allow",
		"Action":["dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query","dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem","dynamodb:BatchWriteItem"],
		"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/GameScores"],
		"Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:username}"]}}}]}`
	someAttributes = `{"Version":"2012-10-17","Statement":[{"Sid":"LimitAccessToSpecificAttributes","Effect":"Allow",
		"Action":["dynamodb:UpdateItem","dynamodb:GetItem","dynamodb:Query","dynamodb:BatchGetItem","dynamodb:Scan"],
		"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/GameScores","arn:aws:dynamodb:us-east-1:123456789012:table/GameScores/index/TopScoreDateTimeIndex"],
		"Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["UserId","TopScore","GameTitle"]},
			"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES","dynamodb:ReturnValues":["NONE","UPDATED_OLD","UPDATED_NEW"]}}}]}`
	onlyTransactions = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:ConditionCheckItem","dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem","dynamodb:GetItem"],
		"Resource":["arn:aws:dynamodb:*:*:table/GameScores"],"Condition":{"ForAnyValue:StringEquals":{"dynamodb:EnclosingOperation":["TransactWriteItems","TransactGetItems"]}}}]}`
)

func TestFineGrainedAccess(t *testing.T) {
	ops := operations(t)
	if _, err := call(t.Context(), ops["CreateTable"], []byte(gameScores)); err != nil {
		t.Fatal(err)
	}
	const annKey, bobKey = `{"UserId":{"S":"ann"},"GameTitle":{"S":"Chess"}}`, `{"UserId":{"S":"bob"},"GameTitle":{"S":"Chess"}}`
	for _, c := range []struct {
		policy, op, body string
		allowed          bool
	}{
		{ownItems, "GetItem", `{"TableName":"GameScores","Key":` + annKey + `}`, true},
		{ownItems, "GetItem", `{"TableName":"GameScores","Key":` + bobKey + `}`, false},
		{ownItems, "PutItem", `{"TableName":"GameScores","Item":` + annKey + `}`, true},
		{ownItems, "PutItem", `{"TableName":"GameScores","Item":` + bobKey + `}`, false},
		{ownItems, "DeleteItem", `{"TableName":"GameScores","Key":` + bobKey + `}`, false},
		{ownItems, "Query", `{"TableName":"GameScores","KeyConditionExpression":"UserId = :u","ExpressionAttributeValues":{":u":{"S":"ann"}}}`, true},
		{ownItems, "Query", `{"TableName":"GameScores","KeyConditionExpression":":u = UserId AND begins_with(GameTitle, :u)","ExpressionAttributeValues":{":u":{"S":"bob"}}}`, false},
		{ownItems, "Query", `{"TableName":"GameScores","KeyConditions":{"UserId":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"ann"}]}}}`, true},
		{ownItems, "Query", `{"TableName":"GameScores","KeyConditions":{"UserId":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"bob"}]}}}`, false},
		{ownItems, "Scan", `{"TableName":"GameScores"}`, false},
		{ownItems, "BatchGetItem", `{"RequestItems":{"GameScores":{"Keys":[` + annKey + `]}}}`, true},
		{ownItems, "BatchGetItem", `{"RequestItems":{"GameScores":{"Keys":[` + annKey + `,` + bobKey + `]}}}`, false},
		{ownItems, "BatchWriteItem", `{"RequestItems":{"GameScores":[{"PutRequest":{"Item":` + annKey + `}},{"DeleteRequest":{"Key":` + bobKey + `}}]}}`, false},
		{ownItems, "GetItem", `{"TableName":"Others","Key":` + annKey + `}`, false},

		{someAttributes, "GetItem", `{"TableName":"GameScores","Key":` + bobKey + `,"ProjectionExpression":"TopScore"}`, true},
		{someAttributes, "GetItem", `{"TableName":"GameScores","Key":` + bobKey + `,"AttributesToGet":["TopScore"]}`, true},
		{someAttributes, "GetItem", `{"TableName":"GameScores","Key":` + bobKey + `,"ProjectionExpression":"TopScore, Email"}`, false},
		{someAttributes, "GetItem", `{"TableName":"GameScores","Key":` + bobKey + `}`, false},
		{someAttributes, "Query", `{"TableName":"GameScores","IndexName":"TopScoreDateTimeIndex","KeyConditionExpression":"GameTitle = :g","ExpressionAttributeValues":{":g":{"S":"Chess"}},"ProjectionExpression":"UserId, TopScore"}`, true},
		{someAttributes, "Query", `{"TableName":"GameScores","IndexName":"TopScoreDateTimeIndex","KeyConditionExpression":"GameTitle = :g","ExpressionAttributeValues":{":g":{"S":"Chess"}},"Select":"ALL_PROJECTED_ATTRIBUTES"}`, false},
		{someAttributes, "Query", `{"TableName":"GameScores","KeyConditionExpression":"UserId = :g","FilterExpression":"Email = :g","ExpressionAttributeValues":{":g":{"S":"x"}},"ProjectionExpression":"UserId"}`, false},
		{someAttributes, "Scan", `{"TableName":"GameScores","ProjectionExpression":"UserId"}`, true},
		{someAttributes, "Scan", `{"TableName":"GameScores"}`, false},
		{someAttributes, "UpdateItem", `{"TableName":"GameScores","Key":` + annKey + `,"UpdateExpression":"SET TopScore = :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}`, true},
		{someAttributes, "UpdateItem", `{"TableName":"GameScores","Key":` + annKey + `,"UpdateExpression":"SET TopScore = :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_NEW"}`, false},
		{someAttributes, "UpdateItem", `{"TableName":"GameScores","Key":` + annKey + `,"UpdateExpression":"SET Email = :n","ExpressionAttributeValues":{":n":{"S":"1"}}}`, false},
		{someAttributes, "UpdateItem", `{"TableName":"GameScores","Key":` + annKey + `,"UpdateExpression":"SET TopScore = Email"}`, false},
		{someAttributes, "UpdateItem", `{"TableName":"GameScores","Key":` + annKey + `,"UpdateExpression":"REMOVE TopScore","ConditionExpression":"attribute_exists(Email)"}`, false},

		{onlyTransactions, "PutItem", `{"TableName":"GameScores","Item":` + annKey + `}`, false},
		{onlyTransactions, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"GameScores","Item":` + annKey + `}},{"ConditionCheck":{"TableName":"GameScores","Key":` + bobKey + `,"ConditionExpression":"attribute_exists(UserId)"}}]}`, true},
		{onlyTransactions, "TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"GameScores","Key":` + annKey + `}}]}`, true},
		{onlyTransactions, "GetItem", `{"TableName":"GameScores","Key":` + annKey + `}`, false},
	} {
		p, err := policy.Parse("p", []byte(c.policy))
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := ops[c.op].Decode(&awsapi.Request{Caller: &policy.Principal{Account: "123456789012"}, Region: "us-east-1", Body: []byte(c.body)})
		if err != nil {
			t.Fatalf("%s %s: %v", c.op, c.body, err)
		}
		allowed := true
		for _, need := range decoded.Needs() {
			question := policy.Request{Need: need, Principal: policy.Principal{Type: policy.User, Name: "ann", Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/ann"}}
			allowed = allowed && policy.Decide(&question, &policy.Policies{Identity: []*policy.Policy{p}}).Allowed
		}
		if allowed != c.allowed {
			t.Errorf("%s %s: allowed %v, want %v", c.op, c.body, allowed, c.allowed)
		}
	}
}
