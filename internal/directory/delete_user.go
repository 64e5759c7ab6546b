package directory

import (
	"context"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// deleteUser decodes DeleteUser.
func (s *Store) deleteUser(req *awsapi.Request) (awsapi.Call, error) {
	type request struct{ IdentityStoreId, UserId, Revision *string }
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.id("userId", userARN, in.UserId)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DeleteUser", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		return nil, s.Change(ctx, func(tx kv.Txn) error {
			u, err := s.user(ctx, tx, *in.UserId)
			if err == nil {
				err = expect(u, in.Revision)
			}
			if err != nil {
				return err
			}
			return s.DeleteUser(ctx, tx, u.ID)
		})
	}, userARN+*in.UserId)
}
