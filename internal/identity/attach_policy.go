package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// attachUserPolicy decodes AttachUserPolicy.
func (s *Store) attachUserPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AttachUserPolicyInput](req, "UserName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.attach(req, "AttachUserPolicy", userKind, in.UserName, in.PolicyArn)
}

// attachGroupPolicy decodes AttachGroupPolicy.
func (s *Store) attachGroupPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AttachGroupPolicyInput](req, "GroupName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.attach(req, "AttachGroupPolicy", groupKind, in.GroupName, in.PolicyArn)
}

// attachRolePolicy decodes AttachRolePolicy.
func (s *Store) attachRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AttachRolePolicyInput](req, "RoleName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.attach(req, "AttachRolePolicy", roleKind, in.RoleName, in.PolicyArn)
}
