package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// getUser decodes GetUser. Without a name it is about the caller, who may be the root user.
func (s *Store) getUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetUserInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetUser", namedOrCaller(in.UserName), func(v *view) (any, error) {
		if in.UserName == nil && req.Caller.Type == policy.Root {
			a, ok, err := get[accountRecord](v.ctx, v.r, accountKey(v.account))
			if err != nil || !ok {
				return nil, or(err, ErrNoSuchEntity)
			}
			root := &types.User{Arn: aws.String(req.Caller.ARN), CreateDate: aws.Time(whole(a.Created)), UserId: aws.String(v.account)}
			if a.Root != nil {
				root.PasswordLastUsed = a.Root.Used
			}
			return &iam.GetUserOutput{User: root}, nil
		}
		u, err := v.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.GetUserOutput{User: showUser(v, u, true)}, nil
	})
}
