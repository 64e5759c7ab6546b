package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// updateUser decodes UpdateUser. Whoever changes a name or a path has to be allowed to for the old ARN.
func (s *Store) updateUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateUserInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateUser", named(userKind, in.UserName), func(e *edit) (any, error) {
		u, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		return nil, rename(e, userKind, u, in.NewUserName, in.NewPath)
	})
}
