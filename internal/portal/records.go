package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// The records, JSON under portal, kind and id. Each ends by itself, and is removed some time later. What belongs to a person has
// an index record below portal, of, the id of the user and the kind.
const (
	word          = "portal"
	sessionKind   = "session"   // by the hash of the browser's token
	familyKind    = "family"    // by its id
	codeKind      = "code"      // authorization codes, by their hashes
	deviceKind    = "device"    // device codes, by their hashes
	userCodeKind  = "usercode"  // leads to a device code
	loginCodeKind = "logincode" // authorization codes of "aws login", by their hashes
	loginKind     = "login"     // refresh tokens of "aws login", by their hashes
	proofKind     = "proof"     // DPoP proofs that were used, by the hash of key and id
	ofKind        = "of"
)

// ending is the end of a record.
type ending struct{ Expires time.Time }

func (e ending) ends() time.Time { return e.Expires }

func recordKey(kind, id string) []byte { return keyspace.People(word, kind, id) }

func ofKey(user, kind, id string) []byte { return keyspace.People(word, ofKind, user, kind, id) }

// live reads a record that has not ended; nil if there is none.
func live[T interface{ ends() time.Time }](ctx context.Context, r kv.Reader, now time.Time, kind, id string) (*T, error) {
	value, err := r.Get(ctx, recordKey(kind, id))
	if err != nil || value == nil {
		return nil, err
	}
	record := new(T)
	if err := json.Unmarshal(value, record); err != nil {
		return nil, err
	}
	if !now.Before((*record).ends()) {
		return nil, nil
	}
	return record, nil
}

func put(tx kv.Txn, key []byte, record any) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return tx.Set(key, value)
}

// newSecret makes a token or a code, and the hash that it is kept under.
func newSecret() (text, hash string) {
	var raw [32]byte
	rand.Read(raw[:]) // never fails
	text = base64.RawURLEncoding.EncodeToString(raw[:])
	return text, digest(text)
}

// maxSecret bounds what is hashed to be looked up.
const maxSecret = 4096

func digest(text string) string {
	if len(text) > maxSecret {
		text = text[:maxSecret] // nobody has one that long
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// sealed is what a stranger carries for the server: nothing is kept of it here.
func (p *Portal) sealed(kind string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(p.Seal(plain, word+"/"+kind)), nil
}

// unsealed reads it; ok is false if it was not sealed here as that.
func (p *Portal) unsealed(kind, text string, v any) (ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	plain, err := p.Unseal(raw, word+"/"+kind)
	return err == nil && json.Unmarshal(plain, v) == nil
}

// room ends the record of a kind and a person that ends first, if there are as many as there may be.
func (p *Portal) room(ctx context.Context, tx kv.Txn, user, kind string, most int) error {
	start, end := keyspace.PeopleRange(word, ofKind, user, kind)
	n, first := 0, ""
	var ends time.Time
	err := tx.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		var e ending
		if err := json.Unmarshal(value, &e); err != nil {
			return false, err
		}
		parts, ok := keyspace.ParsePeople(key)
		if n++; ok && (first == "" || e.Expires.Before(ends)) {
			first, ends = parts[len(parts)-1], e.Expires
		}
		return true, nil
	})
	if err != nil || n < most {
		return err
	}
	return remove(tx, user, kind, first)
}

// full says whether an owner has as many records of a kind that are not over as there may be: those that are kept lest something is
// used twice make no room for others.
func (p *Portal) full(ctx context.Context, tx kv.Txn, owner, kind string, most int) (bool, error) {
	start, end := keyspace.PeopleRange(word, ofKind, owner, kind)
	n, now := 0, p.now()
	err := tx.Scan(ctx, kv.Range{Start: start, End: end}, func(_, value []byte) (bool, error) {
		var e ending
		err := json.Unmarshal(value, &e)
		if now.Before(e.Expires) {
			n++
		}
		return n < most, err
	})
	return n >= most, err
}

// add keeps a record that belongs to a person.
func (p *Portal) add(ctx context.Context, tx kv.Txn, user, kind, id string, record interface{ ends() time.Time }, most int) error {
	if err := p.room(ctx, tx, user, kind, most); err != nil {
		return err
	}
	return keep(tx, user, kind, id, record)
}

// keep is add of what there is room for.
func keep(tx kv.Txn, user, kind, id string, record interface{ ends() time.Time }) error {
	if err := put(tx, recordKey(kind, id), record); err != nil {
		return err
	}
	return put(tx, ofKey(user, kind, id), ending{record.ends()})
}

func remove(tx kv.Txn, user, kind, id string) error {
	if err := tx.Delete(recordKey(kind, id)); err != nil {
		return err
	}
	return tx.Delete(ofKey(user, kind, id))
}
