package portal

import (
	"context"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// logout decodes Logout. It ends the tokens that the tool has; the person stays signed in in the browser, and credentials of roles
// are good until they end ("Logout", IAM Identity Center Portal API Reference).
func (p *Portal) logout(req *awsapi.Request) (awsapi.Call, error) {
	return p.portalCall(req, func(ctx context.Context, _ *holder, id string) (any, error) {
		return nil, p.DB.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, recordKey(familyKind, id)); err != nil {
				return err
			}
			f, err := live[family](ctx, tx, p.now(), familyKind, id)
			if err != nil || f == nil {
				return err
			}
			return remove(tx, owner(f.User, f.Application), familyKind, id)
		})
	}), nil
}
