package identity

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

const (
	maxRoles       = 1000
	defaultSession = 3600 // seconds
)

// showRole renders a role. Lists leave out the tags, the boundary and the last use, as AWS does.
func showRole(v *view, r *roleRecord, full bool) (*types.Role, error) {
	trust, err := v.shownTrust(r)
	if err != nil {
		return nil, err
	}
	role := &types.Role{
		Arn: aws.String(r.arn(v.account, roleKind)), CreateDate: aws.Time(r.Created), Path: aws.String(r.Path),
		RoleId: aws.String(r.ID), RoleName: aws.String(r.Name), AssumeRolePolicyDocument: encoded(trust),
		MaxSessionDuration: aws.Int32(r.MaxSession),
	}
	if r.Description != "" {
		role.Description = aws.String(r.Description)
	}
	if full {
		role.Tags, role.PermissionsBoundary = showTags(r.Tags), showBoundary(r.Boundary)
	}
	return role, nil
}

// roleLastUsed is the last use of a role by its sessions.
func (v *view) roleLastUsed(r *roleRecord) (*types.RoleLastUsed, error) {
	usage, err := v.usage(r.ID)
	if err != nil {
		return nil, err
	}
	_, last := usage.last()
	used := new(types.RoleLastUsed)
	used.LastUsedDate, used.Region = v.tracked(last)
	return used, nil
}

// checkTrust checks the document that says who may assume a role.
func checkTrust(document string) error {
	if err := checkDocument(policy.Trust, document); err != nil {
		return err
	}
	if policy.Size(document) > maxTrustSize {
		return overQuota("ACLSizePerRole", maxTrustSize)
	}
	return nil
}

// createRole decodes CreateRole.
func (s *Store) createRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateRoleInput](req, "RoleName", "AssumeRolePolicyDocument")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(aws.ToString(in.Path), reservedPath) || strings.HasPrefix(strings.ToLower(*in.RoleName), "awsreservedsso_") {
		return nil, invalidInput("The path " + reservedPath + " and names that begin with AWSReservedSSO_ are reserved for AWS use.")
	}
	return s.write(req, "CreateRole", created(roleKind, in.Path, in.RoleName), func(e *edit) (any, error) {
		r := &roleRecord{
			entity: e.newEntity("AROA", in.Path, in.RoleName, tags), Description: aws.ToString(in.Description), MaxSession: defaultSession,
		}
		if err := e.setTrust(r, *in.AssumeRolePolicyDocument); err != nil {
			return nil, err
		}
		if in.MaxSessionDuration != nil {
			r.MaxSession = *in.MaxSessionDuration
		}
		if err := create(e, roleKind, r, "RolesPerAccount", maxRoles); err != nil {
			return nil, err
		}
		if in.PermissionsBoundary != nil {
			if err := e.setBoundary(roleKind, r.ID, &r.grants, *in.PermissionsBoundary); err != nil {
				return nil, err
			}
			if err := save(e, roleKind, r); err != nil {
				return nil, err
			}
		}
		shown, err := showRole(e.view, r, true)
		return &iam.CreateRoleOutput{Role: shown}, err
	}, requestTags(in.Tags), boundaryARN(in.PermissionsBoundary))
}

// getRole decodes GetRole.
func (s *Store) getRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetRoleInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetRole", named(roleKind, in.RoleName), func(v *view) (any, error) {
		r, err := v.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		shown, err := showRole(v, r, true)
		if err != nil {
			return nil, err
		}
		shown.RoleLastUsed, err = v.roleLastUsed(r)
		return &iam.GetRoleOutput{Role: shown}, err
	})
}

// listRoles decodes ListRoles.
func (s *Store) listRoles(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListRolesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListRoles", anything, func(v *view) (any, error) {
		p, err := pageOfKind(v, roleKind, in.PathPrefix, in.Marker, in.MaxItems, (*roleRecord).base,
			func(r *roleRecord) (types.Role, error) {
				shown, err := showRole(v, r, false)
				if err != nil {
					return types.Role{}, err
				}
				return *shown, nil
			})
		if err != nil {
			return nil, err
		}
		return &iam.ListRolesOutput{Roles: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// updateRole decodes UpdateRole.
func (s *Store) updateRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateRoleInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateRole", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		r, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		if in.Description != nil {
			r.Description = *in.Description
		}
		if in.MaxSessionDuration != nil {
			r.MaxSession = *in.MaxSessionDuration
		}
		return &iam.UpdateRoleOutput{}, save(e, roleKind, r)
	})
}

// updateRoleDescription decodes UpdateRoleDescription, the older way to do so.
func (s *Store) updateRoleDescription(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateRoleDescriptionInput](req, "RoleName", "Description")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateRoleDescription", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		r, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		r.Description = *in.Description
		shown, err := showRole(e.view, r, false)
		if err != nil {
			return nil, err
		}
		return &iam.UpdateRoleDescriptionOutput{Role: shown}, save(e, roleKind, r)
	})
}

// updateAssumeRolePolicy decodes UpdateAssumeRolePolicy.
func (s *Store) updateAssumeRolePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateAssumeRolePolicyInput](req, "RoleName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateAssumeRolePolicy", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		r, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		if err := e.setTrust(r, *in.PolicyDocument); err != nil {
			return nil, err
		}
		return nil, save(e, roleKind, r)
	})
}

// deleteRole decodes DeleteRole.
func (s *Store) deleteRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteRoleInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteRole", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		r, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		n, err := e.count("inprofile", e.account, r.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return nil, deleteConflict("remove roles from instance profile")
		}
		if err := r.bare(); err != nil {
			return nil, err
		}
		if err := e.setBoundary(roleKind, r.ID, &r.grants, ""); err != nil {
			return nil, err
		}
		return nil, remove(e, roleKind, r.base())
	})
}
