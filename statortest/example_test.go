package statortest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/statortest"
)

func ExampleStart() {
	// In a test, t is the test's own.
	run(func(t testing.TB) {
		server := statortest.Start(t)
		client := dynamodb.NewFromConfig(server.Config)
		fmt.Println(album(client))
	})
	// Output: Somewhat Famous <nil>
}

// album is what is tested: a function that uses DynamoDB.
func album(client *dynamodb.Client) (string, error) {
	ctx := context.Background()
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            aws.String("Music"),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Artist"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("Artist"), KeyType: types.KeyTypeHash}},
		BillingMode:          types.BillingModePayPerRequest,
	})
	if err != nil {
		return "", err
	}
	artist := &types.AttributeValueMemberS{Value: "No One You Know"}
	_, err = client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("Music"),
		Item:      map[string]types.AttributeValue{"Artist": artist, "Album": &types.AttributeValueMemberS{Value: "Somewhat Famous"}},
	})
	if err != nil {
		return "", err
	}
	got, err := client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("Music"),
		Key:       map[string]types.AttributeValue{"Artist": artist},
	})
	if err != nil {
		return "", err
	}
	return got.Item["Album"].(*types.AttributeValueMemberS).Value, nil
}

// exampleTB stands for the *testing.T that an example does not have.
type exampleTB struct {
	testing.TB
	cleanups []func()
}

func (e *exampleTB) Helper()          {}
func (e *exampleTB) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

func run(test func(testing.TB)) {
	t := &exampleTB{}
	test(t)
	for _, f := range t.cleanups {
		f()
	}
}
