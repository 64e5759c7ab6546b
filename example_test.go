package stator_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator"
)

func Example() {
	// With Data: "some/folder" it would be durable.
	server, err := stator.Open(stator.Options{Engine: stator.EngineMemory})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	web := httptest.NewServer(server)
	defer web.Close()

	key, _ := server.Credentials()
	client := dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(web.URL),
		Region:       server.Region(),
		Credentials:  credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
	})
	ctx := context.Background()
	_, err = client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:            aws.String("Music"),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Artist"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("Artist"), KeyType: types.KeyTypeHash}},
		BillingMode:          types.BillingModePayPerRequest,
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("Music"),
		Item: map[string]types.AttributeValue{
			"Artist": &types.AttributeValueMemberS{Value: "No One You Know"},
			"Year":   &types.AttributeValueMemberN{Value: "1990"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	got, err := client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("Music"),
		Key:       map[string]types.AttributeValue{"Artist": &types.AttributeValueMemberS{Value: "No One You Know"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.Item["Year"].(*types.AttributeValueMemberN).Value)
	// Output: 1990
}
