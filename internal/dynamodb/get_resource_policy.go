package dynamodb

import (
	"cmp"
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// firstVersion is the version of the policy language of documents that name none.
const firstVersion = "2008-10-17"

// getResourcePolicy decodes GetResourcePolicy.
func (s *Service) getResourcePolicy(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.GetResourcePolicyInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("resourceArn", in.ResourceArn != nil)
	v.length("resourceArn", optional(in.ResourceArn), 1, maxResourceARN)
	if err := v.err(); err != nil {
		return nil, err
	}
	r, err := governed(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	c := onResource[*dynamodb.GetResourcePolicyOutput](s, req, "dynamodb:GetResourcePolicy", r, nil)
	c.run = func(ctx context.Context) (*dynamodb.GetResourcePolicyOutput, error) {
		p, err := s.policyOf(ctx, &r)
		if err != nil {
			return nil, err
		}
		if p == nil || p.Document == "" {
			return nil, policyNotFound(r.arn)
		}
		d, err := policy.ReadDocument([]byte(p.Document))
		if err != nil {
			return nil, err
		}
		d.Version = cmp.Or(d.Version, firstVersion)
		if err := s.name(ctx, d); err != nil {
			return nil, err
		}
		return &dynamodb.GetResourcePolicyOutput{Policy: aws.String(string(written(d))), RevisionId: aws.String(strconv.FormatInt(p.Revision, 10))}, nil
	}
	return c, nil
}
