package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
)

// describeTable decodes DescribeTable.
func (s *Service) describeTable(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeTableInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableNameAlone(in.TableName); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:DescribeTable", *in.TableName, func(ctx context.Context) (*dynamodb.DescribeTableOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Table(ctx, scope, name)
		if err != nil {
			return nil, catalogueError(err, name)
		}
		stats, err := s.store.Stats(ctx, d)
		if err != nil {
			return nil, err
		}
		status := types.TableStatusActive
		if d.Creating {
			status = types.TableStatusCreating
		}
		return &dynamodb.DescribeTableOutput{Table: description(d, status, stats, req.Now)}, nil
	}), nil
}
