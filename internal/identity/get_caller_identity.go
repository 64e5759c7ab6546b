package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
)

// getCallerIdentity decodes GetCallerIdentity. Anyone may ask, even if a policy denies it: the same is in every refusal
// (GetCallerIdentity, AWS Security Token Service API Reference).
func (s *Store) getCallerIdentity(req *awsapi.Request) (awsapi.Call, error) {
	return &tokenCall{s: s, req: req, name: "GetCallerIdentity", run: func(v *view) (any, error) {
		return &sts.GetCallerIdentityOutput{
			Account: aws.String(req.Caller.Account),
			Arn:     aws.String(req.Caller.ARN),
			UserId:  aws.String(req.Caller.ID),
		}, nil
	}}, nil
}
