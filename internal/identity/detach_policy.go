package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// detachUserPolicy decodes DetachUserPolicy.
func (s *Store) detachUserPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DetachUserPolicyInput](req, "UserName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.detach(req, "DetachUserPolicy", userKind, in.UserName, in.PolicyArn)
}

// detachGroupPolicy decodes DetachGroupPolicy.
func (s *Store) detachGroupPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DetachGroupPolicyInput](req, "GroupName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.detach(req, "DetachGroupPolicy", groupKind, in.GroupName, in.PolicyArn)
}

// detachRolePolicy decodes DetachRolePolicy.
func (s *Store) detachRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DetachRolePolicyInput](req, "RoleName", "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.detach(req, "DetachRolePolicy", roleKind, in.RoleName, in.PolicyArn)
}
