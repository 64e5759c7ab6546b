package identity

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// stsNamespace is the namespace of the answers of STS.
const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// getCallerIdentity says who signed a request.
type getCallerIdentity struct{ req *awsapi.Request }

// GetCallerIdentity is the operation of STS of that name.
func GetCallerIdentity() awsapi.Operation {
	return awsapi.Operation{Service: "sts", Name: "GetCallerIdentity",
		Decode: func(req *awsapi.Request) (awsapi.Call, error) { return getCallerIdentity{req}, nil }}
}

// Needs implements awsapi.Call. Anyone may ask, even if a policy denies it: the same is in every refusal
// (GetCallerIdentity, AWS Security Token Service API Reference).
func (c getCallerIdentity) Needs() []policy.Need { return nil }

// Run implements awsapi.Call.
func (c getCallerIdentity) Run(_ context.Context, dst []byte) ([]byte, error) {
	return awsapi.AppendXML(dst, "GetCallerIdentity", stsNamespace, sts.GetCallerIdentityOutput{
		Account: aws.String(c.req.Caller.Account),
		Arn:     aws.String(c.req.Caller.ARN),
		UserId:  aws.String(c.req.Caller.ID),
	}, c.req.ID), nil
}
