package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// setBoundary gives a user or role a permissions boundary, or takes it away if arn is "". The caller saves the record.
func (e *edit) setBoundary(k kind, id string, g *grants, arn string) error {
	if arn != "" {
		if err := e.checkPolicyARN(arn); err != nil {
			return err
		}
		p, err := e.policyOrNone(arn)
		if err != nil {
			return err
		}
		if p == nil {
			return noSuch("Scope ARN: " + arn + " does not exist or is not attachable.")
		}
	}
	if g.Boundary != "" {
		if err := e.tx.Delete(boundedKey(e.account, g.Boundary, k, id)); err != nil {
			return err
		}
	}
	g.Boundary = arn
	if arn == "" {
		return nil
	}
	return put(e.tx, boundedKey(e.account, arn, k, id), true)
}

func showBoundary(arn string) *types.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(arn), PermissionsBoundaryType: "Policy"}
}

// putUserPermissionsBoundary decodes PutUserPermissionsBoundary.
func (s *Store) putUserPermissionsBoundary(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.PutUserPermissionsBoundaryInput](req, "UserName", "PermissionsBoundary")
	if err != nil {
		return nil, err
	}
	return s.write(req, "PutUserPermissionsBoundary", named(userKind, in.UserName), func(e *edit) (any, error) {
		rec, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		if err := e.setBoundary(userKind, rec.ID, &rec.grants, *in.PermissionsBoundary); err != nil {
			return nil, err
		}
		return nil, save(e, userKind, rec)
	}, boundaryARN(in.PermissionsBoundary))
}

// deleteUserPermissionsBoundary decodes DeleteUserPermissionsBoundary.
func (s *Store) deleteUserPermissionsBoundary(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteUserPermissionsBoundaryInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteUserPermissionsBoundary", named(userKind, in.UserName), func(e *edit) (any, error) {
		rec, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		if rec.Boundary == "" {
			return nil, noSuch("The user with name " + rec.Name + " does not have a permissions boundary.")
		}
		if err := e.setBoundary(userKind, rec.ID, &rec.grants, ""); err != nil {
			return nil, err
		}
		return nil, save(e, userKind, rec)
	})
}

// putRolePermissionsBoundary decodes PutRolePermissionsBoundary.
func (s *Store) putRolePermissionsBoundary(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.PutRolePermissionsBoundaryInput](req, "RoleName", "PermissionsBoundary")
	if err != nil {
		return nil, err
	}
	return s.write(req, "PutRolePermissionsBoundary", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		rec, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		if err := e.setBoundary(roleKind, rec.ID, &rec.grants, *in.PermissionsBoundary); err != nil {
			return nil, err
		}
		return nil, save(e, roleKind, rec)
	}, boundaryARN(in.PermissionsBoundary))
}

// deleteRolePermissionsBoundary decodes DeleteRolePermissionsBoundary.
func (s *Store) deleteRolePermissionsBoundary(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteRolePermissionsBoundaryInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteRolePermissionsBoundary", named(roleKind, in.RoleName), func(e *edit) (any, error) {
		rec, err := e.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		if rec.Boundary == "" {
			return nil, noSuch("The role with name " + rec.Name + " does not have a permissions boundary.")
		}
		if err := e.setBoundary(roleKind, rec.ID, &rec.grants, ""); err != nil {
			return nil, err
		}
		return nil, save(e, roleKind, rec)
	})
}
