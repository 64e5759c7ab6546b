package identity

import (
	"context"
	"crypto/sha256"

	"github.com/statordb/stator/internal/kv"
)

// What the first start makes.
const (
	adminUser  = "Administrator"
	adminGroup = "Administrators"
	firstEmail = "root@localhost.localdomain" // until somebody claims the root user
)

// First is what the first start hands to the operator.
type First struct {
	Account string
	// Key is the access key of the user Administrator.
	Key AccessKey
	// SetupToken lets a person claim the root user.
	SetupToken string
}

// NewFirst makes the credentials of a first start. An empty account means a random one.
func NewFirst(account string) (First, error) {
	if account == "" {
		account = NewAccount()
	}
	key, err := NewAccessKey(account)
	return First{account, key, newToken()}, err
}

// Bootstrap makes the first account, with its root user, the group Administrators that may do everything, and in
// it the user Administrator with the access key. The caller has put first where the operator finds it before
// this: should the process end in between, the next start does it again. It returns ErrAlreadyExists if the
// engine has identities.
func (s *Store) Bootstrap(ctx context.Context, first First) error {
	if err := CheckAccount(first.Account); err != nil {
		return err
	}
	if err := first.Key.Check(); err != nil {
		return err
	}
	now := whole(s.now())
	setup := sha256.Sum256([]byte(first.SetupToken))
	group := &groupRecord{entity: entity{ID: newID("AGPA"), Name: adminGroup, Path: "/", Created: now}}
	group.Attached = []string{administratorAccess}
	user := &userRecord{entity: entity{ID: newID("AIDA"), Name: adminUser, Path: "/", Created: now}, Groups: []string{group.ID}}
	err := s.Change(ctx, func(tx kv.Txn) error {
		if _, ok, err := get[markRecord](ctx, tx, markKey()); err != nil || ok {
			return or(err, ErrAlreadyExists)
		}
		if err := put(tx, markKey(), markRecord{first.Account, s.seal.seal(nil, markName)}); err != nil {
			return err
		}
		if err := put(tx, accountKey(first.Account), accountRecord{Created: now, SetupHash: setup[:], Name: "Management", Email: firstEmail}); err != nil {
			return err
		}
		if err := put(tx, emailKey(firstEmail), first.Account); err != nil {
			return err
		}
		if err := s.putTokenKey(tx, now); err != nil {
			return err
		}
		if err := s.putSecretKey(tx); err != nil {
			return err
		}
		e := &edit{&view{ctx: ctx, r: tx, s: s, account: first.Account}, tx, now}
		if err := create(e, groupKind, group, "GroupsPerAccount", maxGroups); err != nil {
			return err
		}
		if err := put(tx, attachedKey(first.Account, administratorAccess, groupKind, group.ID), true); err != nil {
			return err
		}
		if err := create(e, userKind, user, "UsersPerAccount", maxUsers); err != nil {
			return err
		}
		if err := put(tx, memberKey(first.Account, group.ID, user.ID), true); err != nil {
			return err
		}
		return s.putAccessKey(tx, first.Account, user.ID, first.Key, now)
	})
	if err == nil {
		err = s.openSecrets(ctx)
	}
	return err
}

// or is err, and what is wrong otherwise if it is nil.
func or(err, otherwise error) error {
	if err == nil {
		err = otherwise
	}
	return err
}
