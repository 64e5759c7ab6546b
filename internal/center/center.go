// Package center is AWS IAM Identity Center: the instance of the organization, permission sets, to whom they are assigned in which
// accounts, the roles that they become there, and applications. It is also the sso-admin API: one file for each small family of
// operations.
//
// It exists so that one place says what a person may be, and where. It imports directory, which knows the people; identity, which
// has the accounts and their roles; keyspace, kv, awsapi and policy.
//
// The main rules: every change goes through identity.Store.Change, as all of them can give or take access; whether a person
// has a role is asked again whenever a session of it is looked up (Store.Allowed), so that nothing has to be found and ended when a
// user, a group, a membership or an assignment goes; an assignment to somebody who is not there is worth nothing.
package center

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// Options configure a store.
type Options struct {
	// Identities has the accounts, and Directory the people.
	Identities *identity.Store
	Directory  *directory.Store
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Store is IAM Identity Center in one engine. It is safe for concurrent use.
type Store struct {
	db   kv.DB
	ids  *identity.Store
	dir  *directory.Store
	time func() time.Time
}

// Open returns what db holds. An instance is made by CreateInstance.
func Open(_ context.Context, db kv.DB, opts Options) (*Store, error) {
	s := &Store{db: db, ids: opts.Identities, dir: opts.Directory, time: opts.Now}
	if s.time == nil {
		s.time = time.Now
	}
	return s, nil
}

// now is the time that records have: with milliseconds, as answers do.
func (s *Store) now() time.Time { return s.time().UTC().Truncate(time.Millisecond) }

// Instance is the instance of IAM Identity Center.
type Instance struct {
	ARN, ID, IdentityStoreID string
	// OwnerAccount is the management account of the organization.
	OwnerAccount string
	Name         string
	// Region is where the APIs show it.
	Region  string
	Status  string
	Created time.Time
	// Portal is how long people stay signed in to the access portal.
	Portal time.Duration
	// WithoutDevice is what becomes of those who sign in with a password and have no MFA device.
	WithoutDevice WithoutDevice
}

// Instance returns the instance, nil if there is none.
func (s *Store) Instance(ctx context.Context, r kv.Reader) (*Instance, error) {
	rec, err := find[instanceRecord](ctx, r, instanceKey())
	if err != nil || rec == nil {
		return nil, err
	}
	return &Instance{ARN: rec.arn(), ID: rec.ID, IdentityStoreID: s.dir.ID(), OwnerAccount: rec.Owner, Name: rec.Name, Region: rec.Region,
		Status: "ACTIVE", Created: rec.Created, Portal: rec.portal(), WithoutDevice: rec.withoutDevice()}, nil
}

// newID makes 16 random hexadecimal digits.
func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
