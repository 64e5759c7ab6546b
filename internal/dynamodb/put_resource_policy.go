package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// lockedOut refuses a policy that its author could not change any more.
const lockedOut = "The new resource policy will not allow you to update the resource policy in the future."

// putResourcePolicy decodes PutResourcePolicy.
func (s *Service) putResourcePolicy(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.PutResourcePolicyInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("resourceArn", in.ResourceArn != nil)
	v.length("resourceArn", optional(in.ResourceArn), 1, maxResourceARN)
	v.required("policy", in.Policy != nil)
	v.length("expectedRevisionId", optional(in.ExpectedRevisionId), 1, maxRevision)
	if err := v.err(); err != nil {
		return nil, err
	}
	r, err := governed(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	d, err := readPolicy(*in.Policy, r)
	if err != nil {
		return nil, err
	}
	c := onResource[*dynamodb.PutResourcePolicyOutput](s, req, putPolicyAction, r, nil)
	if !in.ConfirmRemoveSelfResourceAccess {
		next, err := policy.Compile(policy.Resource, r.arn, written(d))
		if err != nil {
			return nil, malformedPolicy("Syntax error in policy.")
		}
		again := c.needs[0]
		again.Policy, again.Refusal = next, lockedOut
		c.needs = append(c.needs, again)
	}
	c.run = func(ctx context.Context) (*dynamodb.PutResourcePolicyOutput, error) {
		if _, err := s.policyOf(ctx, &r); err != nil { // whether the resource is there comes before who its principals are
			return nil, err
		}
		if err := s.identify(ctx, d); err != nil {
			return nil, err
		}
		document := string(written(d))
		id, err := s.changePolicy(ctx, &r, in.ExpectedRevisionId, req.Now, func(p *table.ResourcePolicy) (string, int64) {
			if p.Document == document {
				return document, p.Revision
			}
			return document, newRevision
		})
		if err != nil {
			return nil, err
		}
		return &dynamodb.PutResourcePolicyOutput{RevisionId: id}, nil
	}
	return c, nil
}

const putPolicyAction = "dynamodb:PutResourcePolicy"
