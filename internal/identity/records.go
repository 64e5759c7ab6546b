package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// The records, each under the key that the function below it builds. They are JSON, so that a later version can
// add members.
//
// Users, groups, roles, policies and instance profiles are under their unique ids, and an index leads from their
// names there. Records refer to each other by id, so that a new name changes nothing but the index. Each reference
// that has to be found from its other end too has an index record there, written in the same transaction; Check
// verifies both directions.

// markRecord says that the engine has identities.
type markRecord struct {
	Account string
	// Check is markName, sealed: it shows whether a master key is the right one before anything depends on it.
	Check []byte
}

const markName = "stator"

func markKey() []byte       { return keyspace.Identity("mark") }
func generationKey() []byte { return keyspace.Identity("generation") }

// accountRecord is an account and its root user.
type accountRecord struct {
	Created time.Time
	// SetupHash is the SHA-256 of the token with which a person claims the root user; nil once that is done.
	SetupHash []byte `json:",omitempty"`
	// Alias is the name of the account in the address of its sign-in page.
	Alias string `json:",omitempty"`
	// Passwords is the account's own password policy, nil if it has none.
	Passwords *passwordPolicy `json:",omitempty"`
	// Name and Email are those of AWS Organizations, Request the id of the request that made the account: empty for the first.
	Name    string `json:",omitempty"`
	Email   string `json:",omitempty"`
	Request string `json:",omitempty"`
	// Closed is when the account was closed: nobody of it can sign requests any more.
	Closed *time.Time `json:",omitempty"`
	// Root is the password of the root user, nil until somebody has claimed it.
	Root *loginRecord `json:",omitempty"`
	// SignedUp says that a stranger made the account: it is in no organization.
	SignedUp bool `json:",omitempty"`
	// Billing says that users and roles may see billing information as far as their policies let them.
	Billing bool `json:",omitempty"`
	// TokenVersion is the version of the tokens of the global STS endpoint, 0 for the first.
	TokenVersion int `json:",omitempty"`
}

func accountKey(account string) []byte { return keyspace.Identity("account", account) }

// emailKey leads from the e-mail address of a root user to its account. Addresses that differ in the case of ASCII letters only
// are the same; beyond those, letters that look alike are of different people's addresses.
func emailKey(email string) []byte {
	return keyspace.Identity("email", strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, email))
}

// aliasKey leads from an alias to its account: an alias belongs to one only.
func aliasKey(alias string) []byte { return keyspace.Identity("alias", alias) }

// kind is a kind of entity: the first part of its record's key, and of the resource in its ARN.
type kind string

const (
	userKind    kind = "user"
	groupKind   kind = "group"
	roleKind    kind = "role"
	policyKind  kind = "policy"
	profileKind kind = "instance-profile"
	oidcKind    kind = "oidc-provider"
	samlKind    kind = "saml-provider"
	mfaKind     kind = "mfa"
)

// entity is what all kinds have.
type entity struct {
	ID      string
	Name    string
	Path    string
	Created time.Time
	Tags    []tag `json:",omitempty"`
}

func (e *entity) base() *entity { return e }

func (e *entity) arn(account string, k kind) string { return entityARN(account, k, e.Path, e.Name) }

func entityARN(account string, k kind, path, name string) string {
	return "arn:aws:iam::" + account + ":" + string(k) + path + name
}

type tag struct{ Key, Value string }

// grants are the policies of a user, a group or a role.
type grants struct {
	// Attached are ARNs of managed policies, in order.
	Attached []string `json:",omitempty"`
	// Inline are documents by name, as they were given.
	Inline map[string]string `json:",omitempty"`
	// Boundary is the ARN of the permissions boundary.
	Boundary string `json:",omitempty"`
}

type userRecord struct {
	entity
	grants
	// Groups are ids, in the order in which the user became a member.
	Groups []string `json:",omitempty"`
	// Login is the password, nil for a user who can't sign in with one.
	Login *loginRecord `json:",omitempty"`
}

type groupRecord struct {
	entity
	grants
}

type roleRecord struct {
	entity
	grants
	// Trust is the document that says who may assume the role.
	Trust string
	// TrustIDs are the unique ids of the users and roles that Trust names, by the ARNs they had when it was set.
	TrustIDs    map[string]string `json:",omitempty"`
	Description string            `json:",omitempty"`
	MaxSession  int32
}

type policyRecord struct {
	entity
	Description string `json:",omitempty"`
	Updated     time.Time
	// Versions are in the order of their numbers; Default is one of them, and Last the last number given.
	Versions      []policyVersion
	Default, Last int

	aws bool // it is one of AWS's, and no record
}

type policyVersion struct {
	Number   int
	Created  time.Time
	Document string
}

type profileRecord struct {
	entity
	// Role is the id of its role.
	Role string `json:",omitempty"`
}

func entityKey(account string, k kind, id string) []byte {
	return keyspace.Identity(string(k), account, id)
}

// nameKey leads to the id. Names that differ in case only are the same.
func nameKey(account string, k kind, name string) []byte {
	return keyspace.Identity("name", account, string(k), strings.ToLower(name))
}

// memberKey is the index of the users of a group.
func memberKey(account, group, user string) []byte {
	return keyspace.Identity("member", account, group, user)
}

// attachedKey is the index of the users, groups and roles that a managed policy is attached to, and boundedKey of those
// whose boundary it is.
func attachedKey(account, arn string, k kind, id string) []byte {
	return keyspace.Identity("attached", account, arn, string(k), id)
}

func boundedKey(account, arn string, k kind, id string) []byte {
	return keyspace.Identity("bounded", account, arn, string(k), id)
}

// inProfileKey is the index of the instance profiles of a role.
func inProfileKey(account, role, profile string) []byte {
	return keyspace.Identity("inprofile", account, role, profile)
}

type accessKeyRecord struct {
	Account string
	// User is an id.
	User     string
	Created  time.Time
	Inactive bool `json:",omitempty"`
	// Secret is sealed under the access key's id.
	Secret []byte
}

func accessKeyKey(id string) []byte { return keyspace.Identity("accesskey", id) }

// userKeyKey is the index of the access keys of a user.
func userKeyKey(account, user, id string) []byte {
	return keyspace.Identity("userkey", account, user, id)
}

// get reads a record. It reports false if there is none.
func get[T any](ctx context.Context, r kv.Reader, key []byte) (record T, ok bool, err error) {
	value, err := r.Get(ctx, key)
	if err != nil || value == nil {
		return record, false, err
	}
	if err := json.Unmarshal(value, &record); err != nil {
		return record, false, fmt.Errorf("identity: unreadable record at %x: %w", key, err)
	}
	return record, true, nil
}

// put writes a record.
func put[T any](tx kv.Txn, key []byte, record T) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return tx.Set(key, value)
}
