package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// listUsers decodes ListUsers.
func (s *Store) listUsers(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListUsersInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListUsers", anything, func(v *view) (any, error) {
		p, err := pageOfKind(v, userKind, in.PathPrefix, in.Marker, in.MaxItems, (*userRecord).base,
			func(u *userRecord) (types.User, error) { return *showUser(v, u, false), nil })
		if err != nil {
			return nil, err
		}
		return &iam.ListUsersOutput{Users: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
