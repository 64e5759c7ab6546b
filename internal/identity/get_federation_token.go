package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// getFederationToken decodes GetFederationToken: a user, such as that of an identity broker, has others act with a part
// of its own permissions.
func (s *Store) getFederationToken(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.GetFederationTokenInput](req, "Name")
	if err != nil {
		return nil, err
	}
	if err := longTermCaller(req, "GetFederationToken"); err != nil {
		return nil, err
	}
	t := ownSessionOf(req)
	t.Name = *in.Name
	if err := t.setTags(in.Tags); err != nil {
		return nil, err
	}
	arn := sessionARN(t.Account, "federated-user", t.Name)
	var packed *int32
	c := &tokenCall{s: s, req: req, name: "GetFederationToken"}
	c.prepare = func(v *view) error {
		packed, c.late = v.limit(t, in.Policy, in.PolicyArns)
		return nil
	}
	c.needs = func() []policy.Need {
		conditions := policy.MapContext{}
		tagConditions(conditions, in.Tags)
		needs := []policy.Need{{Action: "sts:GetFederationToken", Resource: arn, Conditions: conditions}}
		if len(in.Tags) > 0 {
			needs = append(needs, policy.Need{Action: "sts:TagSession", Resource: arn, Conditions: conditions})
		}
		return needs
	}
	c.run = func(v *view) (any, error) {
		t.lasting(req.Now, in.DurationSeconds, userSession)
		t.shortenRoot(req)
		made, err := v.credentials(t, in.MinimumSessionTokenSize)
		//lint:ignore SA1019 clients of all ages read it
		return &sts.GetFederationTokenOutput{Credentials: made.Credentials, PackedPolicySize: packed,
			SessionTokenSize: made.size, SessionTokenUtilization: made.utilization,
			FederatedUser: &types.FederatedUser{Arn: aws.String(arn), FederatedUserId: aws.String(t.Account + ":" + t.Name)}}, err
	}
	return c, nil
}
