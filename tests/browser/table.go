package browser

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table makes a table whose key is the attributes given, "id S", "n N", and puts items into it.
func Table(t *testing.T, c *dynamodb.Client, name string, key []string, items []map[string]types.AttributeValue, indexes ...types.GlobalSecondaryIndex) {
	t.Helper()
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, GlobalSecondaryIndexes: indexes}
	for i, k := range key {
		attribute, kind, _ := strings.Cut(k, " ")
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &attribute, AttributeType: types.ScalarAttributeType(kind)})
		if i < 2 && (i == 0 || len(indexes) > 0 || len(key) == 2) {
			role := []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}[i]
			in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &attribute, KeyType: role})
		}
	}
	if _, err := c.CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	Fill(t, c, name, items)
}

// Fill puts items with BatchWriteItem, several requests at a time.
func Fill(t *testing.T, c *dynamodb.Client, name string, items []map[string]types.AttributeValue) {
	t.Helper()
	batches := make(chan []map[string]types.AttributeValue)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for batch := range batches {
				requests := make([]types.WriteRequest, len(batch))
				for i, it := range batch {
					requests[i].PutRequest = &types.PutRequest{Item: it}
				}
				for left := map[string][]types.WriteRequest{name: requests}; len(left) > 0; {
					out, err := c.BatchWriteItem(context.Background(), &dynamodb.BatchWriteItemInput{RequestItems: left})
					if err != nil {
						t.Error(err)
						break
					}
					left = out.UnprocessedItems
				}
			}
		})
	}
	for batch := range slices.Chunk(items, 25) {
		batches <- batch
	}
	close(batches)
	wg.Wait()
}
