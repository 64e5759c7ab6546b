package identity

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// listEntitiesForPolicy decodes ListEntitiesForPolicy.
func (s *Store) listEntitiesForPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListEntitiesForPolicyInput](req, "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListEntitiesForPolicy", customerPolicy(in.PolicyArn), func(v *view) (any, error) {
		if _, err := v.policy(*in.PolicyArn); err != nil {
			return nil, err
		}
		list, err := v.holdersOf(*in.PolicyArn, in.PolicyUsageFilter)
		if err != nil {
			return nil, err
		}
		list = slices.DeleteFunc(list, func(h holding) bool {
			return in.PathPrefix != nil && !strings.HasPrefix(h.base.Path, *in.PathPrefix) ||
				in.EntityFilter != "" && !strings.EqualFold(string(in.EntityFilter), string(h.kind))
		})
		p, err := pageOf(list, func(h holding) string { return string(h.kind) + "/" + h.base.ID }, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		out := &iam.ListEntitiesForPolicyOutput{
			PolicyGroups: []types.PolicyGroup{}, PolicyUsers: []types.PolicyUser{}, PolicyRoles: []types.PolicyRole{},
			IsTruncated: p.more, Marker: p.marker(),
		}
		for _, h := range p.items {
			name, id := aws.String(h.base.Name), aws.String(h.base.ID)
			switch h.kind {
			case userKind:
				out.PolicyUsers = append(out.PolicyUsers, types.PolicyUser{UserName: name, UserId: id})
			case groupKind:
				out.PolicyGroups = append(out.PolicyGroups, types.PolicyGroup{GroupName: name, GroupId: id})
			case roleKind:
				out.PolicyRoles = append(out.PolicyRoles, types.PolicyRole{RoleName: name, RoleId: id})
			}
		}
		return out, nil
	})
}

// holding is an entity that has a managed policy.
type holding struct {
	kind kind
	base *entity
}

// holdersOf returns who has a managed policy, as permissions, as a boundary, or in either way.
func (v *view) holdersOf(arn string, usage types.PolicyUsageType) (list []holding, err error) {
	seen := map[string]bool{}
	for _, index := range []string{"attached", "bounded"} {
		if usage == types.PolicyUsageTypePermissionsPolicy && index != "attached" ||
			usage == types.PolicyUsageTypePermissionsBoundary && index != "bounded" {
			continue
		}
		for _, k := range []kind{groupKind, userKind, roleKind} {
			ids, err := v.lasts(index, v.account, arn, string(k))
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				if seen[id] {
					continue
				}
				seen[id] = true
				h, err := byID[entity](v, k, id)
				if err != nil {
					return nil, err
				}
				if h != nil {
					list = append(list, holding{k, h})
				}
			}
		}
	}
	return list, nil
}
