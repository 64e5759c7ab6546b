package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// putUserPolicy decodes PutUserPolicy.
func (s *Store) putUserPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.PutUserPolicyInput](req, "UserName", "PolicyName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return s.putInline(req, "PutUserPolicy", userKind, in.UserName, in.PolicyName, in.PolicyDocument)
}

// getUserPolicy decodes GetUserPolicy.
func (s *Store) getUserPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetUserPolicyInput](req, "UserName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetUserPolicy", named(userKind, in.UserName), func(v *view) (any, error) {
		h, name, err := v.inlined(userKind, in.UserName, in.PolicyName)
		if err != nil {
			return nil, err
		}
		return &iam.GetUserPolicyOutput{UserName: aws.String(h.base().Name), PolicyName: aws.String(name), PolicyDocument: encoded(h.held().Inline[name])}, nil
	})
}

// deleteUserPolicy decodes DeleteUserPolicy.
func (s *Store) deleteUserPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteUserPolicyInput](req, "UserName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.deleteInline(req, "DeleteUserPolicy", userKind, in.UserName, in.PolicyName)
}

// listUserPolicies decodes ListUserPolicies.
func (s *Store) listUserPolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListUserPoliciesInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListUserPolicies", named(userKind, in.UserName), func(v *view) (any, error) {
		p, err := v.inlines(userKind, in.UserName, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListUserPoliciesOutput{PolicyNames: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// putGroupPolicy decodes PutGroupPolicy.
func (s *Store) putGroupPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.PutGroupPolicyInput](req, "GroupName", "PolicyName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return s.putInline(req, "PutGroupPolicy", groupKind, in.GroupName, in.PolicyName, in.PolicyDocument)
}

// getGroupPolicy decodes GetGroupPolicy.
func (s *Store) getGroupPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetGroupPolicyInput](req, "GroupName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetGroupPolicy", named(groupKind, in.GroupName), func(v *view) (any, error) {
		h, name, err := v.inlined(groupKind, in.GroupName, in.PolicyName)
		if err != nil {
			return nil, err
		}
		return &iam.GetGroupPolicyOutput{GroupName: aws.String(h.base().Name), PolicyName: aws.String(name), PolicyDocument: encoded(h.held().Inline[name])}, nil
	})
}

// deleteGroupPolicy decodes DeleteGroupPolicy.
func (s *Store) deleteGroupPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteGroupPolicyInput](req, "GroupName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.deleteInline(req, "DeleteGroupPolicy", groupKind, in.GroupName, in.PolicyName)
}

// listGroupPolicies decodes ListGroupPolicies.
func (s *Store) listGroupPolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListGroupPoliciesInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListGroupPolicies", named(groupKind, in.GroupName), func(v *view) (any, error) {
		p, err := v.inlines(groupKind, in.GroupName, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListGroupPoliciesOutput{PolicyNames: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// putRolePolicy decodes PutRolePolicy.
func (s *Store) putRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.PutRolePolicyInput](req, "RoleName", "PolicyName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return s.putInline(req, "PutRolePolicy", roleKind, in.RoleName, in.PolicyName, in.PolicyDocument)
}

// getRolePolicy decodes GetRolePolicy.
func (s *Store) getRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetRolePolicyInput](req, "RoleName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetRolePolicy", named(roleKind, in.RoleName), func(v *view) (any, error) {
		h, name, err := v.inlined(roleKind, in.RoleName, in.PolicyName)
		if err != nil {
			return nil, err
		}
		return &iam.GetRolePolicyOutput{RoleName: aws.String(h.base().Name), PolicyName: aws.String(name), PolicyDocument: encoded(h.held().Inline[name])}, nil
	})
}

// deleteRolePolicy decodes DeleteRolePolicy.
func (s *Store) deleteRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteRolePolicyInput](req, "RoleName", "PolicyName")
	if err != nil {
		return nil, err
	}
	return s.deleteInline(req, "DeleteRolePolicy", roleKind, in.RoleName, in.PolicyName)
}

// listRolePolicies decodes ListRolePolicies.
func (s *Store) listRolePolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListRolePoliciesInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListRolePolicies", named(roleKind, in.RoleName), func(v *view) (any, error) {
		p, err := v.inlines(roleKind, in.RoleName, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListRolePoliciesOutput{PolicyNames: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
