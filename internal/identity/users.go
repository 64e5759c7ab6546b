package identity

import (
	"context"
	"encoding/json"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// CreateUser makes a user that may do nothing yet.
func (s *Store) CreateUser(ctx context.Context, account, name string) error {
	user := userRecord{ID: newID("AIDA"), Path: "/", Created: s.now().UTC()}
	return s.change(ctx, func(tx kv.Txn) error {
		if _, ok, err := get[accountRecord](ctx, tx, accountKey(account)); err != nil || !ok {
			return orNone(err)
		}
		if _, ok, err := get[userRecord](ctx, tx, userKey(account, name)); err != nil || ok {
			return orExists(err)
		}
		return put(tx, userKey(account, name), user)
	})
}

// PutUserPolicy gives a user an inline policy, or replaces the one of that name.
func (s *Store) PutUserPolicy(ctx context.Context, account, user, name string, document []byte) error {
	if _, err := policy.Parse(name, document); err != nil {
		return err
	}
	return s.change(ctx, func(tx kv.Txn) error {
		u, ok, err := get[userRecord](ctx, tx, userKey(account, user))
		if err != nil || !ok {
			return orNone(err)
		}
		if u.Inline == nil {
			u.Inline = map[string]json.RawMessage{}
		}
		u.Inline[name] = document
		return put(tx, userKey(account, user), u)
	})
}

// CreateAccessKey gives a user a new access key.
func (s *Store) CreateAccessKey(ctx context.Context, account, user string) (AccessKey, error) {
	key, err := NewAccessKey(account)
	if err != nil {
		return AccessKey{}, err
	}
	err = s.change(ctx, func(tx kv.Txn) error {
		if _, ok, err := get[userRecord](ctx, tx, userKey(account, user)); err != nil || !ok {
			return orNone(err)
		}
		if _, ok, err := get[accessKeyRecord](ctx, tx, accessKeyKey(key.ID)); err != nil || ok {
			return orExists(err)
		}
		return s.putAccessKey(tx, account, user, key)
	})
	if err != nil {
		return AccessKey{}, err
	}
	return key, nil
}

// SetAccessKeyActive lets an access key be used, or not.
func (s *Store) SetAccessKeyActive(ctx context.Context, id string, active bool) error {
	return s.change(ctx, func(tx kv.Txn) error {
		k, ok, err := get[accessKeyRecord](ctx, tx, accessKeyKey(id))
		if err != nil || !ok {
			return orNone(err)
		}
		k.Inactive = !active
		return put(tx, accessKeyKey(id), k)
	})
}

// DeleteAccessKey deletes an access key.
func (s *Store) DeleteAccessKey(ctx context.Context, id string) error {
	return s.change(ctx, func(tx kv.Txn) error {
		if _, ok, err := get[accessKeyRecord](ctx, tx, accessKeyKey(id)); err != nil || !ok {
			return orNone(err)
		}
		return tx.Delete(accessKeyKey(id))
	})
}

func (s *Store) putAccessKey(tx kv.Txn, account, user string, key AccessKey) error {
	return put(tx, accessKeyKey(key.ID), accessKeyRecord{
		Account: account, User: user, Created: s.now().UTC(), Secret: s.seal.seal([]byte(key.Secret), key.ID),
	})
}

func orNone(err error) error {
	if err == nil {
		err = ErrNoSuchEntity
	}
	return err
}
