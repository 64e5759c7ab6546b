package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// The quotas of an identity store ("IAM Identity Center quotas", IAM Identity Center User Guide).
const (
	maxUsers        = 100_000
	maxGroups       = 100_000
	maxGroupsOfUser = 1000
)

// User reads a user, nil if there is none.
func (s *Store) User(ctx context.Context, r kv.Reader, id string) (*User, error) {
	return find[User](ctx, r, userKey(id))
}

// UserByName reads the user of a user name, in any case.
func (s *Store) UserByName(ctx context.Context, r kv.Reader, userName string) (*User, error) {
	return follow[User](ctx, r, nameKey(userKind, userName), userKey)
}

// UserByEmail reads the user of an e-mail address, in any case.
func (s *Store) UserByEmail(ctx context.Context, r kv.Reader, email string) (*User, error) {
	return follow[User](ctx, r, emailKey(email), userKey)
}

// UserByExternalID reads the user to whom an issuer gave an id.
func (s *Store) UserByExternalID(ctx context.Context, r kv.Reader, issuer, id string) (*User, error) {
	return follow[User](ctx, r, externalKey(userKind, ExternalID{issuer, id}), userKey)
}

// EachUser calls fn with the users in the order of their ids, from the one after an id on, "" for all, until it returns false.
func (s *Store) EachUser(ctx context.Context, r kv.Reader, after string, fn func(*User) (bool, error)) error {
	return each(ctx, r, after, func(_ string, value []byte) (bool, error) {
		var u User
		if err := json.Unmarshal(value, &u); err != nil {
			return false, err
		}
		return fn(&u)
	}, "user")
}

// UserPage returns some users in the order of their ids, most at the most, without the first ones, which are passed over unread; and how
// many there are in all.
func (s *Store) UserPage(ctx context.Context, r kv.Reader, skip, most int) ([]*User, int, error) {
	return part[User](ctx, r, "user", "users", skip, most)
}

// PutUser makes a user, whose ID is empty and is set then, or replaces the one of that id. Created, Updated and, of one that is
// replaced, CreatedBy are set too. The errors are awsapi's ConflictException if a name, an address or an external id is another's,
// ValidationException for what no user can have, ResourceNotFoundException if there is no user of the id, and
// ServiceQuotaExceededException. With another address the link that was mailed to the old one is good for nothing. The transaction
// is Change's if something that is taken away may have given access.
func (s *Store) PutUser(ctx context.Context, tx kv.Txn, u *User) error {
	if err := u.check(); err != nil {
		return err
	}
	now := s.now()
	var old *User
	if u.ID == "" {
		if err := count(ctx, tx, "users", 1, maxUsers); err != nil {
			return err
		}
		u.ID, u.Created = newID(), now
	} else {
		if err := tx.Lock(ctx, userKey(u.ID)); err != nil {
			return err
		}
		var err error
		if old, err = s.User(ctx, tx, u.ID); err != nil {
			return err
		}
		if old == nil {
			return notFound(userType, u.ID)
		}
		u.Created, u.CreatedBy = old.Created, old.CreatedBy
		if !strings.EqualFold(old.email(), u.email()) { // the link is in a mailbox that may be somebody else's
			if err := s.forgetLinks(ctx, tx, u.ID); err != nil {
				return err
			}
		}
	}
	u.Updated, u.Suspended = now, time.Time{}
	if old != nil {
		u.Suspended = old.Suspended
	}
	if u.Disabled && (old == nil || !old.Disabled) {
		u.Suspended = now
	}
	if err := s.index(ctx, tx, u.ID, old.indexes(), u.indexes()); err != nil {
		return err
	}
	return put(tx, userKey(u.ID), u)
}

// DeleteUser deletes a user with its memberships, password, MFA devices and invitations. The transaction is Change's. One that is
// not there is ResourceNotFoundException.
func (s *Store) DeleteUser(ctx context.Context, tx kv.Txn, id string) error {
	if err := tx.Lock(ctx, userKey(id), countKey("users")); err != nil {
		return err
	}
	u, err := s.User(ctx, tx, id)
	if err != nil {
		return err
	}
	if u == nil {
		return notFound(userType, id)
	}
	err = each(ctx, tx, "", func(group string, value []byte) (bool, error) {
		var membership string
		if err := json.Unmarshal(value, &membership); err != nil {
			return false, err
		}
		return true, forgetMember(tx, membership, group, id)
	}, "memberof", id)
	if err != nil {
		return err
	}
	if err := s.forgetLogin(ctx, tx, id); err != nil {
		return err
	}
	if err := s.index(ctx, tx, id, u.indexes(), nil); err != nil {
		return err
	}
	if err := count(ctx, tx, "users", -1, maxUsers); err != nil {
		return err
	}
	return tx.Delete(userKey(id))
}

// unique is an entry of an index that belongs to one user or group only, and the error for one that is another's.
type unique struct {
	key   []byte
	taken *awsapi.Error
}

func (u *User) indexes() (all []unique) {
	if u == nil {
		return nil
	}
	all = append(all, unique{nameKey(userKind, u.UserName), duplicate("Duplicate UserName")})
	for _, e := range u.Emails {
		if e.Value != "" {
			all = append(all, unique{emailKey(e.Value), duplicate("Duplicate email address")})
		}
	}
	return append(all, externals(userKind, u.ExternalIDs)...)
}

func externals(kind string, ids []ExternalID) (all []unique) {
	for _, x := range ids {
		all = append(all, unique{externalKey(kind, x), duplicate("Duplicate ExternalId")})
	}
	return all
}

// index makes the entries of a user or a group what they have to be. Those that two write at once conflict.
func (s *Store) index(ctx context.Context, tx kv.Txn, id string, old, wanted []unique) error {
	has := func(list []unique, key []byte) bool {
		return slices.ContainsFunc(list, func(u unique) bool { return bytes.Equal(u.key, key) })
	}
	for _, u := range old {
		if !has(wanted, u.key) {
			if err := tx.Delete(u.key); err != nil {
				return err
			}
		}
	}
	for _, u := range wanted {
		if has(old, u.key) {
			continue
		}
		owner, there, err := get[string](ctx, tx, u.key)
		if err != nil {
			return err
		}
		if there && owner != id {
			return u.taken
		}
		if err := put(tx, u.key, id); err != nil {
			return err
		}
	}
	return nil
}
