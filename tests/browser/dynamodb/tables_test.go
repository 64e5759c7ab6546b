// Package dynamodb follows people through the pages of tables.
package dynamodb

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// While the flow runs, another client writes to the table that it creates, as the flow wants to see in the stream and in the
// graphs.
func TestDynamoDB(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		db := dynamodb.NewFromConfig(s.Config)
		for ctx.Err() == nil {
			// Until the flow has created the table there is none.
			_, _ = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{
				"customer": &types.AttributeValueMemberS{Value: "ann"},
				"order":    &types.AttributeValueMemberN{Value: "7"},
				"at":       &types.AttributeValueMemberS{Value: time.Now().Format(time.RFC3339Nano)},
			}})
			_, _ = db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: map[string]types.AttributeValue{
				"customer": &types.AttributeValueMemberS{Value: "ann"},
				"order":    &types.AttributeValueMemberN{Value: "7"},
			}})
			select {
			case <-time.After(500 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	browser.Flow(t, "dynamodb.test.mjs", browser.SignedIn(t, s), "ACCOUNT="+s.Account)
}

// A user who may only see that there are tables.
func TestDynamoDBDenied(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	if _, err := dynamodb.NewFromConfig(s.Config).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("secrets"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "dynamodb_denied.test.mjs", browser.Visit{Endpoint: s.Endpoint}, "VIEWER="+viewer(t, s))
}

// viewer makes a user who may only see that there are tables, and signs in.
func viewer(t *testing.T, s *harness.Server) string {
	t.Helper()
	users, name := iam.NewFromConfig(s.Config), aws.String("viewer")
	if _, err := users.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	const policy = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["dynamodb:ListTables", "dynamodb:DescribeTable"], "Resource": "*"}}`
	if _, err := users.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("see"), PolicyDocument: aws.String(policy)}); err != nil {
		t.Fatal(err)
	}
	return browser.SignIn(t, s.Config, s.Account, *name)
}

// The shards of a stream give way to their children every few seconds; the viewer goes on in those.
func TestStream(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, "--stream-shard-life=2s")
	db := dynamodb.NewFromConfig(s.Config)
	browser.Table(t, db, "Changes", []string{"id S"}, nil)
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("Changes"),
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}}); err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "stream.test.mjs", browser.SignedIn(t, s))
}
