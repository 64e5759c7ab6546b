// Package sdk drives the built server with AWS's own clients: the SDKs for Go, JavaScript and Python, and the AWS CLI.
//
// What is asked and what is expected come from the Amazon DynamoDB Developer Guide: its sample tables and data, its
// example commands, and the results that it states. It imports the AWS SDK and package harness, and nothing else of
// this module. The main rule: a test asserts the whole answer, and where the server and the guide differ, the guide is
// right.
package sdk

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// client is a client with the SDK's defaults, of the server that all tests share.
func client(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(harness.Shared(t).Config)
}

// own is the test's own table of that name: tests share a server and run at the same time.
func own(t *testing.T, name string) *string {
	return aws.String(strings.ReplaceAll(t.Name(), "/", ".") + "-" + name)
}

// keys declares key attributes, each given as name:type, the first the partition key and the second the sort key.
func keys(attributes ...string) (schema []types.KeySchemaElement, definitions []types.AttributeDefinition) {
	for i, a := range attributes {
		name, kind, _ := strings.Cut(a, ":")
		role := types.KeyTypeHash
		if i > 0 {
			role = types.KeyTypeRange
		}
		schema = append(schema, types.KeySchemaElement{AttributeName: aws.String(name), KeyType: role})
		definitions = append(definitions, types.AttributeDefinition{
			AttributeName: aws.String(name), AttributeType: types.ScalarAttributeType(kind),
		})
	}
	return schema, definitions
}

// create makes an on-demand table with those keys, changed by change if that is not nil, and waits until it is there.
func create(t *testing.T, c *dynamodb.Client, table *string, change func(*dynamodb.CreateTableInput), attributes ...string) {
	t.Helper()
	in := &dynamodb.CreateTableInput{TableName: table, BillingMode: types.BillingModePayPerRequest}
	in.KeySchema, in.AttributeDefinitions = keys(attributes...)
	if change != nil {
		change(in)
	}
	if _, err := c.CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	exists(t, c, table)
}

// exists waits until a table is there.
func exists(t *testing.T, c *dynamodb.Client, table *string) {
	t.Helper()
	err := dynamodb.NewTableExistsWaiter(c, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, time.Second
	}).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: table}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
}

// put writes items.
func put(t *testing.T, c *dynamodb.Client, table *string, items ...string) {
	t.Helper()
	for _, text := range items {
		if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(text)}); err != nil {
			t.Fatalf("put %s: %v", text, err)
		}
	}
}

// get reads an item, strongly consistent.
func get(t *testing.T, c *dynamodb.Client, table *string, key string) Item {
	t.Helper()
	out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: table, Key: item(key), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	return out.Item
}

// code is an API error's code, or what else err says.
func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// fails expects an API error of that code whose message has that text in it.
func fails(t *testing.T, err error, want, message string) {
	t.Helper()
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok || e.ErrorCode() != want || !strings.Contains(e.ErrorMessage(), message) {
		t.Errorf("error %v, want %s: %s", err, want, message)
	}
}

// eventually calls check until it says yes: what DynamoDB promises only after a while.
func eventually(t *testing.T, what string, check func(context.Context) bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !check(t.Context()); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}
