package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// deleteTable decodes DeleteTable.
func (s *Service) deleteTable(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DeleteTableInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableNameAlone(in.TableName); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:DeleteTable", *in.TableName, func(ctx context.Context) (*dynamodb.DeleteTableOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Drop(ctx, scope, name, checkDeletable)
		if err != nil {
			return nil, catalogueError(err, name)
		}
		t := description(d, types.TableStatusDeleting, table.Stats{}, req.Now)
		// A table that is being deleted has lost its schema.
		t.AttributeDefinitions, t.KeySchema, t.CreationDateTime = nil, nil, nil
		t.GlobalSecondaryIndexes, t.LocalSecondaryIndexes, t.WarmThroughput = nil, nil, nil
		return &dynamodb.DeleteTableOutput{TableDescription: t}, nil
	}), nil
}

func checkDeletable(d *table.Descriptor) error {
	if d.Settings.DeletionProtection {
		return awsapi.Validation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	if d.Creating {
		return inUse(stillCreating + d.Name)
	}
	for _, x := range d.Indexes {
		if x.State != table.IndexActive {
			return inUse("Attempt to change a resource which is still in use: Table is being updated: " + d.Name)
		}
	}
	return nil
}
