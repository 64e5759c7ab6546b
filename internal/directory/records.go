package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// The records, each under the key that a function below builds. They are JSON, so that a later version can add members.
// Users, groups and memberships are under their ids; indexes lead there from names, e-mail addresses and external ids.

// User is a person.
type User struct {
	// ID is a UUID. It is empty in one that is to be made.
	ID       string
	UserName string
	Name     Name `json:",omitzero"`

	DisplayName, NickName, ProfileURL, UserType, Title      string `json:",omitempty"`
	PreferredLanguage, Locale, Timezone, Website, Birthdate string `json:",omitempty"`

	Emails       []Email       `json:",omitempty"`
	Addresses    []Address     `json:",omitempty"`
	PhoneNumbers []PhoneNumber `json:",omitempty"`
	Photos       []Photo       `json:",omitempty"`
	Roles        []Role        `json:",omitempty"`
	ExternalIDs  []ExternalID  `json:",omitempty"`
	// Disabled says that the user can't sign in, and may do nothing.
	Disabled bool `json:",omitempty"`
	// Suspended is when the user was last disabled: what began before has ended, though the user may be enabled again. PutUser sets it.
	Suspended time.Time `json:",omitzero"`
	// Enterprise are the attributes of SCIM's enterprise extension: employeeNumber, costCenter, organization, division, department
	// and manager.value.
	Enterprise map[string]string `json:",omitempty"`

	Created, Updated time.Time
	// CreatedBy and UpdatedBy are ARNs, or say which part of the server it was.
	CreatedBy, UpdatedBy string `json:",omitempty"`
}

// Name is the parts of a person's name.
type Name struct {
	Formatted, FamilyName, GivenName, MiddleName, HonorificPrefix, HonorificSuffix string `json:",omitempty"`
}

// Email is an e-mail address.
type Email struct {
	Value, Type string `json:",omitempty"`
	Primary     bool   `json:",omitempty"`
}

// Address is a postal address.
type Address struct {
	StreetAddress, Locality, Region, PostalCode, Country, Formatted, Type string `json:",omitempty"`
	Primary                                                               bool   `json:",omitempty"`
}

// PhoneNumber is a telephone number.
type PhoneNumber struct {
	Value, Type string `json:",omitempty"`
	Primary     bool   `json:",omitempty"`
}

// Photo is the address of a picture.
type Photo struct {
	Value, Type, Display string `json:",omitempty"`
	Primary              bool   `json:",omitempty"`
}

// Role is what a person is in its company.
type Role struct {
	Value, Type string `json:",omitempty"`
	Primary     bool   `json:",omitempty"`
}

// ExternalID is the id that somebody else gave a user or a group.
type ExternalID struct{ Issuer, ID string }

// Group is a group of users.
type Group struct {
	ID, DisplayName      string
	Description          string       `json:",omitempty"`
	ExternalIDs          []ExternalID `json:",omitempty"`
	Created, Updated     time.Time
	CreatedBy, UpdatedBy string `json:",omitempty"`
}

// Membership says that a user is in a group.
type Membership struct {
	ID, Group, User string
	Created         time.Time
	CreatedBy       string `json:",omitempty"`
}

// word is the first part of all keys of this package.
const word = "directory"

// maxPart is the longest part of a key. No id is as long; what somebody asks for may be.
const maxPart = 64

func key(parts ...string) []byte {
	all := append(make([]string, 0, 1+len(parts)), word)
	for _, p := range parts {
		if len(p) > maxPart {
			p = digest(p)
		}
		all = append(all, p)
	}
	return keyspace.People(all...)
}

func storeKey() []byte               { return key("store") }
func countKey(kind string) []byte    { return key("count", kind) }
func userKey(id string) []byte       { return key("user", id) }
func groupKey(id string) []byte      { return key("group", id) }
func membershipKey(id string) []byte { return key("membership", id) }

// memberKey leads from a group and one of its users to their membership, memberOfKey from a user.
func memberKey(group, user string) []byte   { return key("member", group, user) }
func memberOfKey(user, group string) []byte { return key("memberof", user, group) }

// nameKey leads to the user, or to the group, of a name. Names that differ in case only are the same.
func nameKey(kind, name string) []byte { return key("name", kind, digest(strings.ToLower(name))) }

// emailKey leads to the user of an e-mail address.
func emailKey(email string) []byte { return key("email", digest(strings.ToLower(email))) }

// externalKey leads to the user, or to the group, with an external id.
func externalKey(kind string, x ExternalID) []byte {
	return key("external", kind, digest(x.Issuer), digest(x.ID))
}

// The kinds in indexes.
const (
	userKind  = "user"
	groupKind = "group"
)

// digest makes texts of any length short enough for a key. It is not secret.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func newID() string { return uuid.NewString() }

// get reads a record. It reports false if there is none.
func get[T any](ctx context.Context, r kv.Reader, key []byte) (record T, ok bool, err error) {
	value, err := r.Get(ctx, key)
	if err != nil || value == nil {
		return record, false, err
	}
	if err := json.Unmarshal(value, &record); err != nil {
		return record, false, fmt.Errorf("directory: unreadable record at %x: %w", key, err)
	}
	return record, true, nil
}

// find is get of a pointer, nil if there is no record.
func find[T any](ctx context.Context, r kv.Reader, key []byte) (*T, error) {
	record, ok, err := get[T](ctx, r, key)
	if err != nil || !ok {
		return nil, err
	}
	return &record, nil
}

// follow reads the record that an index leads to, nil if it has no such entry.
func follow[T any](ctx context.Context, r kv.Reader, index []byte, record func(id string) []byte) (*T, error) {
	id, ok, err := get[string](ctx, r, index)
	if err != nil || !ok {
		return nil, err
	}
	return find[T](ctx, r, record(id))
}

// put writes a record.
func put[T any](tx kv.Txn, key []byte, record T) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return tx.Set(key, value)
}

// each calls fn with the last part of each key under parts, and its value, in ascending order from the one after a part on,
// until it returns false.
func each(ctx context.Context, r kv.Reader, after string, fn func(last string, value []byte) (bool, error), parts ...string) error {
	start, end := keyspace.PeopleRange(append([]string{word}, parts...)...)
	if after != "" {
		start = keyspace.Successor(key(append(parts[:len(parts):len(parts)], after)...))
	}
	return r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, value []byte) (bool, error) {
		all, ok := keyspace.ParsePeople(k)
		if !ok {
			return false, errors.New("directory: a key that can't be read")
		}
		return fn(all[len(all)-1], value)
	})
}

// part returns some records of a kind, most at the most, without the first ones, and how many the count has in all.
func part[T any](ctx context.Context, r kv.Reader, kind, counted string, skip, most int) (some []*T, total int, err error) {
	if total, _, err = get[int](ctx, r, countKey(counted)); err != nil || skip >= total || most <= 0 {
		return nil, total, err
	}
	err = each(ctx, r, "", func(_ string, value []byte) (bool, error) {
		if skip > 0 {
			skip--
			return true, nil
		}
		one := new(T)
		if err := json.Unmarshal(value, one); err != nil {
			return false, err
		}
		some = append(some, one)
		return len(some) < most, nil
	}, kind)
	return some, total, err
}

// lasts returns the last parts of the keys under parts.
func lasts(ctx context.Context, r kv.Reader, parts ...string) (all []string, err error) {
	err = each(ctx, r, "", func(last string, _ []byte) (bool, error) {
		all = append(all, last)
		return true, nil
	}, parts...)
	return all, err
}

// count adds to how many there are of a kind, and refuses more than limit. Its key is locked.
func count(ctx context.Context, tx kv.Txn, kind string, add, limit int) error {
	if err := tx.Lock(ctx, countKey(kind)); err != nil {
		return err
	}
	n, _, err := get[int](ctx, tx, countKey(kind))
	if err != nil {
		return err
	}
	if n += add; add > 0 && n > limit {
		return quotaExceeded(fmt.Sprintf("The quota of %d for each identity store is used up: %s", limit, kind))
	}
	return put(tx, countKey(kind), n)
}
