package dynamodb

import (
	"fmt"
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
	var orders []map[string]types.AttributeValue
	for i := range 20 {
		orders = append(orders, map[string]types.AttributeValue{
			"id":       &types.AttributeValueMemberS{Value: fmt.Sprintf("order %02d", i)},
			"customer": &types.AttributeValueMemberS{Value: "ann"},
		})
	}
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Orders", []string{"id S"}, orders)
	byCustomer(t, s, "Orders")
	browser.Flow(t, "backups.test.mjs", browser.SignedIn(t, s), "VIEWER="+viewer(t, s))
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
