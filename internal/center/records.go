package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The records, each under the key that a function below builds. They are JSON, so that a later version can add members.

// instanceRecord is the instance: there is one at the most.
type instanceRecord struct {
	ID, Owner, Name, Region string
	Created                 time.Time
	Tags                    []policy.Tag `json:",omitempty"`
	// Attributes are what of a user becomes session tags, in order; nil if that is not enabled.
	Attributes []attribute `json:",omitempty"`
	ABAC       bool        `json:",omitempty"`
	// Token is the client token of the request that made it.
	Token string `json:",omitempty"`
	// PortalMinutes and WithoutDevice are settings; zero is the default.
	PortalMinutes int32         `json:",omitempty"`
	WithoutDevice WithoutDevice `json:",omitempty"`
}

// attribute is a session tag and where its value comes from: ${path:userName}.
type attribute struct{ Key, Source string }

func (i *instanceRecord) arn() string { return "arn:aws:sso:::instance/" + i.ID }

// setRecord is a permission set.
type setRecord struct {
	ID, Name, Description string
	// Duration is how long sessions are, as it was given: PT1H.
	Duration, RelayState string
	Created              time.Time
	Tags                 []policy.Tag `json:",omitempty"`
	// Managed are ARNs of policies that AWS manages, Customer policies that each account has of its own. Both are in order.
	Managed  []string    `json:",omitempty"`
	Customer []policyRef `json:",omitempty"`
	Inline   string      `json:",omitempty"`
	// Boundary is one of the two kinds of managed policies.
	Boundary *boundary `json:",omitempty"`
	// Version counts the changes that accounts have only after the permission set is provisioned there again.
	Version int
}

// policyRef is a customer managed policy, in whichever account.
type policyRef struct{ Name, Path string }

type boundary struct {
	Managed  string     `json:",omitempty"`
	Customer *policyRef `json:",omitempty"`
}

func setARN(instance, id string) string { return "arn:aws:sso:::permissionSet/" + instance + "/" + id }

// provisionedRecord is a permission set as it is in an account.
type provisionedRecord struct {
	// Role is the name of the role that it is there, and Version that of the permission set.
	Role    string
	Version int
	// Seconds is how long sessions are.
	Seconds int32
	Updated time.Time
}

// The types of principals.
const (
	userType  = "USER"
	groupType = "GROUP"
)

// assignmentRecord says since when a principal has a permission set in an account.
type assignmentRecord struct{ Created time.Time }

const word = "center"

func key(parts ...string) []byte { return keyspace.People(append([]string{word}, parts...)...) }

func instanceKey() []byte           { return key("instance") }
func setKey(id string) []byte       { return key("set", id) }
func setNameKey(name string) []byte { return key("setname", name) }

// provisionedKey is the role of a permission set in an account, and inAccountKey leads there from the account.
func provisionedKey(set, account string) []byte { return key("provisioned", set, account) }
func inAccountKey(account, set string) []byte   { return key("inaccount", account, set) }

// assignedKey is an assignment, and assignedToKey leads there from the principal.
func assignedKey(account, set, typ, principal string) []byte {
	return key("assigned", account, set, typ, principal)
}

func assignedToKey(typ, principal, account, set string) []byte {
	return key("assignedto", typ, principal, account, set)
}

// find reads a record, nil if there is none.
func find[T any](ctx context.Context, r kv.Reader, key []byte) (*T, error) {
	value, err := r.Get(ctx, key)
	if err != nil || value == nil {
		return nil, err
	}
	record := new(T)
	if err := json.Unmarshal(value, record); err != nil {
		return nil, fmt.Errorf("center: unreadable record at %x: %w", key, err)
	}
	return record, nil
}

// findMany reads the records of ids, by the ids. Those that are not there are left out.
func findMany[T any](ctx context.Context, r kv.Reader, ids []string, key func(id string) []byte) (map[string]*T, error) {
	var keys [][]byte
	for _, id := range ids {
		keys = append(keys, key(id))
	}
	values, err := r.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	all := map[string]*T{}
	for i, value := range values {
		if value == nil {
			continue
		}
		record := new(T)
		if err := json.Unmarshal(value, record); err != nil {
			return nil, fmt.Errorf("center: unreadable record at %x: %w", keys[i], err)
		}
		all[ids[i]] = record
	}
	return all, nil
}

// put writes a record.
func put[T any](tx kv.Txn, key []byte, record T) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return tx.Set(key, value)
}

// each calls fn with what follows parts in each key under them, and its record, in ascending order, until it returns false.
func each[T any](ctx context.Context, r kv.Reader, fn func(rest []string, record *T) (bool, error), parts ...string) error {
	start, end := keyspace.PeopleRange(append([]string{word}, parts...)...)
	return r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, value []byte) (bool, error) {
		all, ok := keyspace.ParsePeople(k)
		if !ok {
			return false, errors.New("center: a key that can't be read")
		}
		record := new(T)
		if err := json.Unmarshal(value, record); err != nil {
			return false, fmt.Errorf("center: unreadable record at %x: %w", k, err)
		}
		return fn(all[1+len(parts):], record)
	})
}

// some says whether there is any key under parts.
func some(ctx context.Context, r kv.Reader, parts ...string) (found bool, err error) {
	start, end := keyspace.PeopleRange(append([]string{word}, parts...)...)
	err = r.Scan(ctx, kv.Range{Start: start, End: end, Limit: 1}, func(_, _ []byte) (bool, error) {
		found = true
		return false, nil
	})
	return found, err
}
