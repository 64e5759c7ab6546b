package identity

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

const maxProfiles = 1000

// showProfile renders an instance profile with its role.
func showProfile(v *view, p *profileRecord, full bool) (*types.InstanceProfile, error) {
	profile := &types.InstanceProfile{
		Arn: aws.String(p.arn(v.account, profileKind)), CreateDate: aws.Time(p.Created), Path: aws.String(p.Path),
		InstanceProfileId: aws.String(p.ID), InstanceProfileName: aws.String(p.Name), Roles: []types.Role{},
	}
	if full {
		profile.Tags = showTags(p.Tags)
	}
	if p.Role != "" {
		r, err := byID[roleRecord](v, roleKind, p.Role)
		if err != nil {
			return nil, err
		}
		if r != nil {
			shown, err := showRole(v, r, false)
			if err != nil {
				return profile, err
			}
			profile.Roles = append(profile.Roles, *shown)
		}
	}
	return profile, nil
}

// createInstanceProfile decodes CreateInstanceProfile.
func (s *Store) createInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateInstanceProfileInput](req, "InstanceProfileName")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateInstanceProfile", created(profileKind, in.Path, in.InstanceProfileName), func(e *edit) (any, error) {
		p := &profileRecord{entity: e.newEntity("AIPA", in.Path, in.InstanceProfileName, tags)}
		if err := create(e, profileKind, p, "InstanceProfilesPerAccount", maxProfiles); err != nil {
			return nil, err
		}
		shown, err := showProfile(e.view, p, true)
		return &iam.CreateInstanceProfileOutput{InstanceProfile: shown}, err
	}, requestTags(in.Tags))
}

// getInstanceProfile decodes GetInstanceProfile.
func (s *Store) getInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetInstanceProfileInput](req, "InstanceProfileName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetInstanceProfile", named(profileKind, in.InstanceProfileName), func(v *view) (any, error) {
		p, err := v.profile(*in.InstanceProfileName)
		if err != nil {
			return nil, err
		}
		shown, err := showProfile(v, p, true)
		return &iam.GetInstanceProfileOutput{InstanceProfile: shown}, err
	})
}

// listInstanceProfiles decodes ListInstanceProfiles.
func (s *Store) listInstanceProfiles(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListInstanceProfilesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListInstanceProfiles", anything, func(v *view) (any, error) {
		p, err := pageOfKind(v, profileKind, in.PathPrefix, in.Marker, in.MaxItems, (*profileRecord).base, showProfileInList(v))
		if err != nil {
			return nil, err
		}
		return &iam.ListInstanceProfilesOutput{InstanceProfiles: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

func showProfileInList(v *view) func(*profileRecord) (types.InstanceProfile, error) {
	return func(p *profileRecord) (types.InstanceProfile, error) {
		shown, err := showProfile(v, p, false)
		if err != nil {
			return types.InstanceProfile{}, err
		}
		return *shown, nil
	}
}

// listInstanceProfilesForRole decodes ListInstanceProfilesForRole.
func (s *Store) listInstanceProfilesForRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListInstanceProfilesForRoleInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListInstanceProfilesForRole", named(roleKind, in.RoleName), func(v *view) (any, error) {
		r, err := v.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		list, err := v.profilesOf(r)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, func(p types.InstanceProfile) string { return strings.ToLower(*p.InstanceProfileName) }, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// profilesOf returns the instance profiles of a role.
func (v *view) profilesOf(r *roleRecord) ([]types.InstanceProfile, error) {
	ids, err := v.lasts("inprofile", v.account, r.ID)
	if err != nil {
		return nil, err
	}
	list := []types.InstanceProfile{}
	for _, id := range ids {
		p, err := byID[profileRecord](v, profileKind, id)
		if err != nil || p == nil {
			return nil, err
		}
		shown, err := showProfile(v, p, false)
		if err != nil {
			return nil, err
		}
		list = append(list, *shown)
	}
	return list, nil
}

// profileAndRole finds both, the profile first.
func (e *edit) profileAndRole(profile, role string) (p *profileRecord, r *roleRecord, err error) {
	if p, err = e.profile(profile); err != nil {
		return p, r, err
	}
	r, err = e.role(role)
	return p, r, err
}

// addRoleToInstanceProfile decodes AddRoleToInstanceProfile. A profile has one role at the most.
func (s *Store) addRoleToInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AddRoleToInstanceProfileInput](req, "InstanceProfileName", "RoleName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "AddRoleToInstanceProfile", named(profileKind, in.InstanceProfileName), func(e *edit) (any, error) {
		p, r, err := e.profileAndRole(*in.InstanceProfileName, *in.RoleName)
		if err != nil {
			return nil, err
		}
		if p.Role != "" {
			return nil, overQuota("InstanceSessionsPerInstanceProfile", 1)
		}
		p.Role = r.ID
		if err := put(e.tx, inProfileKey(e.account, r.ID, p.ID), true); err != nil {
			return nil, err
		}
		return nil, save(e, profileKind, p)
	})
}

// removeRoleFromInstanceProfile decodes RemoveRoleFromInstanceProfile.
func (s *Store) removeRoleFromInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.RemoveRoleFromInstanceProfileInput](req, "InstanceProfileName", "RoleName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "RemoveRoleFromInstanceProfile", named(profileKind, in.InstanceProfileName), func(e *edit) (any, error) {
		p, r, err := e.profileAndRole(*in.InstanceProfileName, *in.RoleName)
		if err != nil {
			return nil, err
		}
		if p.Role != r.ID {
			return nil, notFound(roleKind, *in.RoleName)
		}
		p.Role = ""
		if err := e.tx.Delete(inProfileKey(e.account, r.ID, p.ID)); err != nil {
			return nil, err
		}
		return nil, save(e, profileKind, p)
	})
}

// deleteInstanceProfile decodes DeleteInstanceProfile.
func (s *Store) deleteInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteInstanceProfileInput](req, "InstanceProfileName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteInstanceProfile", named(profileKind, in.InstanceProfileName), func(e *edit) (any, error) {
		p, err := e.profile(*in.InstanceProfileName)
		if err != nil {
			return nil, err
		}
		if p.Role != "" {
			return nil, deleteConflict("remove roles from instance profile")
		}
		return nil, remove(e, profileKind, p.base())
	})
}
