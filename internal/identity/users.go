package identity

import (
	"context"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// For programs that have the store itself, and nobody who could sign a request yet: what the API does, without asking
// for permission.

// CreateUser makes a user that may do nothing yet.
func (s *Store) CreateUser(ctx context.Context, account, name string) error {
	return s.edit(ctx, account, func(e *edit) error {
		if _, ok, err := get[accountRecord](ctx, e.r, accountKey(account)); err != nil || !ok {
			return or(err, ErrNoSuchEntity)
		}
		return create(e, userKind, &userRecord{entity: e.newEntity("AIDA", nil, &name, nil)}, "UsersPerAccount", maxUsers)
	})
}

// CreateAccessKey gives a user a new access key.
func (s *Store) CreateAccessKey(ctx context.Context, account, user string) (key AccessKey, err error) {
	err = s.edit(ctx, account, func(e *edit) error {
		u, err := e.user(user)
		if err != nil {
			return err
		}
		key, err = e.newAccessKey(u)
		return err
	})
	return key, err
}

// edit changes an account in one transaction, for nobody's request.
func (s *Store) edit(ctx context.Context, account string, fn func(*edit) error) error {
	req := &awsapi.Request{Caller: &policy.Principal{Account: account}}
	return s.Change(ctx, func(tx kv.Txn) error {
		return fn(&edit{&view{ctx, tx, s, req, account}, tx, whole(s.now())})
	})
}
