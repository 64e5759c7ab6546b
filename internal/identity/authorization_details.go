package identity

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// getAccountAuthorizationDetails decodes GetAccountAuthorizationDetails: everything that has a say in permissions, one
// kind after the other.
func (s *Store) getAccountAuthorizationDetails(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetAccountAuthorizationDetailsInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetAccountAuthorizationDetails", anything, func(v *view) (any, error) {
		out := &iam.GetAccountAuthorizationDetailsOutput{
			UserDetailList: []types.UserDetail{}, GroupDetailList: []types.GroupDetail{}, RoleDetailList: []types.RoleDetail{},
			Policies: []types.ManagedPolicyDetail{},
		}
		p, after, err := newPage[func() error](in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		for _, list := range []struct {
			at     string // sorts them, and begins their names in the marker
			filter types.EntityType
			each   func(name string, add func(name string, show func() error) bool) error
		}{
			{"a:", types.EntityTypeAWSManagedPolicy, func(name string, add func(string, func() error) bool) error {
				for _, p := range awsManagedPolicies() {
					n, err := v.count("attached", v.account, v.policyARNOf(p))
					if err != nil {
						return err
					}
					if n > 0 && p.Name > name && !add(p.Name, func() error { return v.detailPolicy(out, p) }) {
						break
					}
				}
				return nil
			}},
			{"g:", types.EntityTypeGroup, func(name string, add func(string, func() error) bool) error {
				return each(v, groupKind, name, func(g *groupRecord) (bool, error) {
					return add(g.Name, func() error { return v.detailGroup(out, g) }), nil
				})
			}},
			{"p:", types.EntityTypeLocalManagedPolicy, func(name string, add func(string, func() error) bool) error {
				return each(v, policyKind, name, func(p *policyRecord) (bool, error) {
					return add(p.Name, func() error { return v.detailPolicy(out, p) }), nil
				})
			}},
			{"r:", types.EntityTypeRole, func(name string, add func(string, func() error) bool) error {
				return each(v, roleKind, name, func(r *roleRecord) (bool, error) {
					return add(r.Name, func() error { return v.detailRole(out, r) }), nil
				})
			}},
			{"u:", types.EntityTypeUser, func(name string, add func(string, func() error) bool) error {
				return each(v, userKind, name, func(u *userRecord) (bool, error) {
					return add(u.Name, func() error { return v.detailUser(out, u) }), nil
				})
			}},
		} {
			name, here := strings.CutPrefix(after, list.at)
			if !here {
				name = ""
			}
			if p.more || !here && after > list.at || len(in.Filter) > 0 && !slices.Contains(in.Filter, list.filter) {
				continue
			}
			if err := list.each(name, func(name string, show func() error) bool { return p.add(list.at+name, show) }); err != nil {
				return nil, err
			}
		}
		for _, show := range p.items {
			if err := show(); err != nil {
				return nil, err
			}
		}
		out.IsTruncated, out.Marker = p.more, p.marker()
		return out, nil
	})
}

func (g *grants) inlineDetails() []types.PolicyDetail {
	list := []types.PolicyDetail{}
	for _, name := range slices.Sorted(maps.Keys(g.Inline)) {
		list = append(list, types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: encoded(g.Inline[name])})
	}
	return list
}

func (g *grants) attachedDetails() []types.AttachedPolicy {
	list := []types.AttachedPolicy{}
	for _, arn := range g.Attached {
		list = append(list, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(arn[strings.LastIndexByte(arn, '/')+1:])})
	}
	return list
}

func (v *view) detailUser(out *iam.GetAccountAuthorizationDetailsOutput, u *userRecord) error {
	groups := []string{}
	for _, id := range u.Groups {
		g, err := byID[groupRecord](v, groupKind, id)
		if err != nil {
			return err
		}
		if g != nil {
			groups = append(groups, g.Name)
		}
	}
	out.UserDetailList = append(out.UserDetailList, types.UserDetail{
		Arn: aws.String(u.arn(v.account, userKind)), CreateDate: aws.Time(u.Created), Path: aws.String(u.Path), UserId: aws.String(u.ID),
		UserName: aws.String(u.Name), GroupList: groups, UserPolicyList: u.inlineDetails(), AttachedManagedPolicies: u.attachedDetails(),
		PermissionsBoundary: showBoundary(u.Boundary), Tags: showTags(u.Tags),
	})
	return nil
}

func (v *view) detailGroup(out *iam.GetAccountAuthorizationDetailsOutput, g *groupRecord) error {
	out.GroupDetailList = append(out.GroupDetailList, types.GroupDetail{
		Arn: aws.String(g.arn(v.account, groupKind)), CreateDate: aws.Time(g.Created), Path: aws.String(g.Path), GroupId: aws.String(g.ID),
		GroupName: aws.String(g.Name), GroupPolicyList: g.inlineDetails(), AttachedManagedPolicies: g.attachedDetails(),
	})
	return nil
}

func (v *view) detailRole(out *iam.GetAccountAuthorizationDetailsOutput, r *roleRecord) error {
	profiles, err := v.profilesOf(r)
	if err != nil {
		return err
	}
	trust, err := v.shownTrust(r)
	if err != nil {
		return err
	}
	used, err := v.roleLastUsed(r)
	if err != nil {
		return err
	}
	out.RoleDetailList = append(out.RoleDetailList, types.RoleDetail{
		Arn: aws.String(r.arn(v.account, roleKind)), CreateDate: aws.Time(r.Created), Path: aws.String(r.Path), RoleId: aws.String(r.ID),
		RoleName: aws.String(r.Name), AssumeRolePolicyDocument: encoded(trust), RolePolicyList: r.inlineDetails(),
		AttachedManagedPolicies: r.attachedDetails(), InstanceProfileList: profiles, PermissionsBoundary: showBoundary(r.Boundary),
		Tags: showTags(r.Tags), RoleLastUsed: used,
	})
	return nil
}

func (v *view) detailPolicy(out *iam.GetAccountAuthorizationDetailsOutput, p *policyRecord) error {
	shown, err := showPolicy(v, p, true)
	if err != nil {
		return err
	}
	versions := []types.PolicyVersion{}
	for i := range slices.Backward(p.Versions) {
		versions = append(versions, *showVersion(p, &p.Versions[i], true))
	}
	out.Policies = append(out.Policies, types.ManagedPolicyDetail{
		Arn: shown.Arn, AttachmentCount: shown.AttachmentCount, CreateDate: shown.CreateDate, DefaultVersionId: shown.DefaultVersionId,
		Description: shown.Description, IsAttachable: true, Path: shown.Path, PermissionsBoundaryUsageCount: shown.PermissionsBoundaryUsageCount,
		PolicyId: shown.PolicyId, PolicyName: shown.PolicyName, PolicyVersionList: versions, UpdateDate: shown.UpdateDate,
	})
	return nil
}
