package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// deleteResourcePolicy decodes DeleteResourcePolicy. It shows the revision of the policy that it deletes; if that was deleted
// before, that of the deletion, and none if there never was one.
func (s *Service) deleteResourcePolicy(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DeleteResourcePolicyInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("resourceArn", in.ResourceArn != nil)
	v.length("resourceArn", optional(in.ResourceArn), 1, maxResourceARN)
	v.length("expectedRevisionId", optional(in.ExpectedRevisionId), 1, maxRevision)
	if err := v.err(); err != nil {
		return nil, err
	}
	r, err := governed(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	c := onResource[*dynamodb.DeleteResourcePolicyOutput](s, req, "dynamodb:DeleteResourcePolicy", r, nil)
	c.run = func(ctx context.Context) (*dynamodb.DeleteResourcePolicyOutput, error) {
		id, err := s.changePolicy(ctx, &r, in.ExpectedRevisionId, req.Now, func(p *table.ResourcePolicy) (string, int64) {
			return "", p.Revision
		})
		if err != nil {
			return nil, err
		}
		return &dynamodb.DeleteResourcePolicyOutput{RevisionId: id}, nil
	}
	return c, nil
}
