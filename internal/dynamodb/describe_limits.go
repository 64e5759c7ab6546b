package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// describeLimits decodes DescribeLimits.
func (s *Service) describeLimits(req *awsapi.Request) (awsapi.Call, error) {
	if err := awsapi.DecodeJSON(req.Body, &dynamodb.DescribeLimitsInput{}); err != nil {
		return nil, err
	}
	return control[*dynamodb.DescribeLimitsOutput]{
		needs: []policy.Need{{Action: "dynamodb:DescribeLimits", Resource: "*"}},
		run: func(context.Context) (*dynamodb.DescribeLimitsOutput, error) {
			return &dynamodb.DescribeLimitsOutput{
				AccountMaxReadCapacityUnits: aws.Int64(accountUnits), AccountMaxWriteCapacityUnits: aws.Int64(accountUnits),
				TableMaxReadCapacityUnits: aws.Int64(tableUnits), TableMaxWriteCapacityUnits: aws.Int64(tableUnits),
			}, nil
		},
	}, nil
}
