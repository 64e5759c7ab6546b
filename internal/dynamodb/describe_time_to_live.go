package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
)

// describeTimeToLive decodes DescribeTimeToLive.
func (s *Service) describeTimeToLive(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeTimeToLiveInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableNameAlone(in.TableName); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:DescribeTimeToLive", *in.TableName, func(ctx context.Context) (*dynamodb.DescribeTimeToLiveOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Table(ctx, scope, name)
		if err != nil {
			return nil, catalogueError(err, name)
		}
		out := &types.TimeToLiveDescription{TimeToLiveStatus: types.TimeToLiveStatusDisabled}
		if d.TTL != nil {
			out.TimeToLiveStatus, out.AttributeName = types.TimeToLiveStatus(d.TTL.State), aws.String(d.TTL.Attribute)
		}
		return &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: out}, nil
	}), nil
}
