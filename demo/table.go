package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The two indexes, each over the cities of a country: in the order of their names, and of their populations.
const (
	byName       = "ByName"
	byPopulation = "ByPopulation"
)

// tableTimeout is how long a table may take to come or go.
const tableTimeout = 2 * time.Minute

// connect makes a client from the environment, as any application would. It insists on an endpoint, because without
// one the SDK would go to AWS and the demo would fill a table there.
func connect(ctx context.Context) (*dynamodb.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryer(func() aws.Retryer {
		return retry.AddWithMaxAttempts(retry.NewStandard(), 10)
	}))
	if err != nil {
		return nil, err
	}
	if cfg.BaseEndpoint == nil && os.Getenv("AWS_ENDPOINT_URL_DYNAMODB") == "" {
		return nil, errors.New(`no AWS_ENDPOINT_URL: run eval "$(stator env)" first, or use -start`)
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	return dynamodb.NewFromConfig(cfg), nil
}

// makeTable creates the table, in place of the one an earlier run left.
func makeTable(ctx context.Context, client *dynamodb.Client, name string) error {
	described, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	var missing *types.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
	case err != nil:
		return err
	case !ours(described.Table):
		return fmt.Errorf("there is a table %s that this demo did not make: choose another name with -table", name)
	default:
		if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			return err
		}
		gone := dynamodb.NewTableNotExistsWaiter(client, func(o *dynamodb.TableNotExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = 50*time.Millisecond, time.Second
		})
		if err := gone.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, tableTimeout); err != nil {
			return err
		}
	}

	if _, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeN},
			{AttributeName: aws.String("country"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("name"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("population"), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema:              keys("id", ""),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{index(byName, "name"), index(byPopulation, "population")},
	}); err != nil {
		return err
	}
	ready := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, time.Second
	})
	return ready.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, tableTimeout)
}

// ours tells a table of an earlier run from somebody's own, which must not be deleted.
func ours(table *types.TableDescription) bool {
	found := 0
	for _, index := range table.GlobalSecondaryIndexes {
		if name := aws.ToString(index.IndexName); name == byName || name == byPopulation {
			found++
		}
	}
	return found == 2 && len(table.KeySchema) == 1 && aws.ToString(table.KeySchema[0].AttributeName) == "id"
}

func index(name, sortKey string) types.GlobalSecondaryIndex {
	return types.GlobalSecondaryIndex{
		IndexName:  &name,
		KeySchema:  keys("country", sortKey),
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
	}
}

func keys(partition, sort string) []types.KeySchemaElement {
	schema := []types.KeySchemaElement{{AttributeName: &partition, KeyType: types.KeyTypeHash}}
	if sort != "" {
		schema = append(schema, types.KeySchemaElement{AttributeName: &sort, KeyType: types.KeyTypeRange})
	}
	return schema
}
