package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// deleteUser decodes DeleteUser. A user has to be bare of everything but tags and a boundary.
func (s *Store) deleteUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteUserInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteUser", named(userKind, in.UserName), func(e *edit) (any, error) {
		u, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		keys, err := e.lasts("userkey", e.account, u.ID)
		if err != nil {
			return nil, err
		}
		devices, err := e.count("device", e.account, u.ID)
		if err != nil {
			return nil, err
		}
		switch {
		case len(u.Groups) > 0:
			return nil, deleteConflict("remove users from group")
		case len(keys) > 0:
			return nil, deleteConflict("delete access keys")
		case devices > 0:
			return nil, deleteConflict("delete MFA device")
		case u.Login != nil:
			return nil, deleteConflict("delete login profile")
		}
		if err := u.bare(); err != nil {
			return nil, err
		}
		if err := e.setBoundary(userKind, u.ID, &u.grants, ""); err != nil {
			return nil, err
		}
		return nil, remove(e, userKind, u.base())
	})
}

// bare returns the error for an entity that still has policies.
func (g *grants) bare() error {
	switch {
	case len(g.Attached) > 0:
		return deleteConflict("detach all policies")
	case len(g.Inline) > 0:
		return deleteConflict("delete policies")
	}
	return nil
}
