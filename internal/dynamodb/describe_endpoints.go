package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// endpointMinutes is how long a client may keep an endpoint, as AWS says it.
const endpointMinutes = 1440

// describeEndpoints decodes DescribeEndpoints: the endpoint is the one that the client used.
func (s *Service) describeEndpoints(req *awsapi.Request) (awsapi.Call, error) {
	if err := awsapi.DecodeJSON(req.Body, &dynamodb.DescribeEndpointsInput{}); err != nil {
		return nil, err
	}
	return control[*dynamodb.DescribeEndpointsOutput]{
		needs: []policy.Need{{Action: "dynamodb:DescribeEndpoints", Resource: "*"}},
		run: func(context.Context) (*dynamodb.DescribeEndpointsOutput, error) {
			return &dynamodb.DescribeEndpointsOutput{Endpoints: []types.Endpoint{
				{Address: aws.String(req.Host), CachePeriodInMinutes: endpointMinutes},
			}}, nil
		},
	}, nil
}
