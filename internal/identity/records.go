package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// The records, each under the key that the function below it builds. They are JSON, so that a later version can
// add members.

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
}

func accountKey(account string) []byte { return keyspace.Identity("account", account) }

// grants are the policies of a user or a group.
type grants struct {
	// Attached are ARNs of managed policies.
	Attached []string `json:",omitempty"`
	// Inline are documents by name.
	Inline map[string]json.RawMessage `json:",omitempty"`
}

type userRecord struct {
	ID      string
	Path    string
	Created time.Time
	Groups  []string `json:",omitempty"`
	grants
}

func userKey(account, name string) []byte { return keyspace.Identity("user", account, name) }

type groupRecord struct {
	ID      string
	Path    string
	Created time.Time
	grants
}

func groupKey(account, name string) []byte { return keyspace.Identity("group", account, name) }

type accessKeyRecord struct {
	Account, User string
	Created       time.Time
	Inactive      bool `json:",omitempty"`
	// Secret is sealed under the access key's id.
	Secret []byte
}

func accessKeyKey(id string) []byte { return keyspace.Identity("accesskey", id) }

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
