package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// getAccessKeyInfo decodes GetAccessKeyInfo. An access key id names its account, whether there is such a key or not.
func (s *Store) getAccessKeyInfo(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.GetAccessKeyInfoInput](req, "AccessKeyId")
	if err != nil {
		return nil, err
	}
	if err := mayCallSTS(req, "GetAccessKeyInfo"); err != nil {
		return nil, err
	}
	return &tokenCall{s: s, req: req, name: "GetAccessKeyInfo",
		needs: func() []policy.Need { return []policy.Need{{Action: "sts:GetAccessKeyInfo", Resource: "*"}} },
		run: func(v *view) (any, error) {
			account := accountOfKey(*in.AccessKeyId)
			if account == "" {
				return nil, validationError("Invalid Access Key ID " + *in.AccessKeyId)
			}
			return &sts.GetAccessKeyInfoOutput{Account: aws.String(account)}, nil
		}}, nil
}
