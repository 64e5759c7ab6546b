package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// listAttachedUserPolicies decodes ListAttachedUserPolicies.
func (s *Store) listAttachedUserPolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListAttachedUserPoliciesInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListAttachedUserPolicies", named(userKind, in.UserName), func(v *view) (any, error) {
		p, err := v.attached(userKind, in.UserName, in.PathPrefix, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// listAttachedGroupPolicies decodes ListAttachedGroupPolicies.
func (s *Store) listAttachedGroupPolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListAttachedGroupPoliciesInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListAttachedGroupPolicies", named(groupKind, in.GroupName), func(v *view) (any, error) {
		p, err := v.attached(groupKind, in.GroupName, in.PathPrefix, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// listAttachedRolePolicies decodes ListAttachedRolePolicies.
func (s *Store) listAttachedRolePolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListAttachedRolePoliciesInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListAttachedRolePolicies", named(roleKind, in.RoleName), func(v *view) (any, error) {
		p, err := v.attached(roleKind, in.RoleName, in.PathPrefix, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
