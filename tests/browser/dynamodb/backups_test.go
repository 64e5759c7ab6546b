package dynamodb

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestBackups(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	orders(t, s, 20)
	byCustomer(t, s, "Orders")
	browser.Flow(t, "backups.test.mjs", browser.SignedIn(t, s), "VIEWER="+viewer(t, s))
}

// The object store is a folder, where the test puts a file to be imported.
func TestTransfers(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	orders(t, s, 120)
	bucket := filepath.Join(s.Data, "objects", s.Account, "uploads")
	if err := os.MkdirAll(bucket, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bucket, "things.csv"), []byte("a;red\nb;green\n;grey\nc;blue\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "transfers.test.mjs", browser.SignedIn(t, s), "VIEWER="+viewer(t, s))
}

// orders makes a table with items.
func orders(t *testing.T, s *harness.Server, count int) {
	t.Helper()
	var items []map[string]types.AttributeValue
	for i := range count {
		items = append(items, map[string]types.AttributeValue{
			"id":       &types.AttributeValueMemberS{Value: fmt.Sprintf("order %02d", i)},
			"customer": &types.AttributeValueMemberS{Value: "ann"},
		})
	}
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Orders", []string{"id S"}, items)
}

// byCustomer gives a table a global index.
func byCustomer(t *testing.T, s *harness.Server, table string) {
	t.Helper()
	_, err := dynamodb.NewFromConfig(s.Config).UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName:            &table,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("customer"), AttributeType: types.ScalarAttributeTypeS}},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("by-customer"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("customer"), KeyType: types.KeyTypeHash}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
