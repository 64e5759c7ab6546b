package identity

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// session is what temporary credentials stand for. It is not a record: the session token carries it, sealed, so that
// any server over the engine can verify it and nothing has to be kept or cleaned up. What its principal may do is
// looked up at each use, so that what changes there counts for sessions too, and one of a user or role that is gone is
// worth nothing.
type session struct {
	Secret  string `json:"s"`
	Account string `json:"a"`
	// Role is the id of the role that was assumed; empty for sessions of users. User is the id of the user who asked
	// for a session or federated, empty for the root user.
	Role string `json:"r,omitempty"`
	User string `json:"u,omitempty"`
	// Name is the role session's, or the federated user's; empty if it is the user's own session.
	Name            string `json:"n,omitempty"`
	Issued, Expires time.Time
	MFA             *time.Time          `json:",omitempty"`
	Policy          string              `json:",omitempty"`
	PolicyARNs      []string            `json:",omitempty"`
	Tags            []tag               `json:",omitempty"`
	Transitive      []string            `json:",omitempty"`
	SourceIdentity  string              `json:",omitempty"`
	Keys            map[string][]string `json:",omitempty"`
	// Console is the id of the session of the console that the credentials are of, "" if they are of none: they end with it.
	Console string `json:"c,omitempty"`
	// Person is who has the session, nil if it is of no person that others know.
	Person *PersonRef `json:"p,omitempty"`
	// Chained says that a session of a role began the session of this role.
	Chained bool `json:"h,omitempty"`
}

// maxToken bounds the session tokens that are read, in bytes, and fullToken is the size at which AWS calls one full. What
// identity providers say can make one larger.
const (
	maxToken  = 32 << 10
	fullToken = 4096
)

// tokenKeyRecord is a key that session tokens are sealed with. Tokens name theirs, so that there may be several.
type tokenKeyRecord struct {
	Created time.Time
	// Key is sealed under the key's id.
	Key []byte
}

func tokenKeyKey(id string) []byte { return keyspace.Identity("tokenkey", id) }

// tokenKeyName is what a token key is sealed under.
func tokenKeyName(id string) string { return "tokenkey/" + id }

// tokenKeyID is the size of the id of a token key in bytes.
const tokenKeyID = 4

// putTokenKey makes a key for session tokens.
func (s *Store) putTokenKey(tx kv.Txn, now time.Time) error {
	var raw [tokenKeyID]byte
	rand.Read(raw[:]) // never fails
	id, key := hex.EncodeToString(raw[:]), NewMasterKey()
	return put(tx, tokenKeyKey(id), tokenKeyRecord{now, s.seal.seal(key[:], tokenKeyName(id))})
}

// longestSession is how long a session token can be good.
const longestSession = 36 * time.Hour

// renewTokenKey makes a key for the session tokens to come, and removes those that no good token can be sealed with any
// more, because another one had taken their place.
func (s *Store) renewTokenKey(ctx context.Context, tx kv.Txn) error {
	now := whole(s.now())
	created := map[string]time.Time{}
	start, end := keyspace.IdentityRange("tokenkey")
	err := tx.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		var rec tokenKeyRecord
		if err := json.Unmarshal(value, &rec); err != nil {
			return false, err
		}
		if parts, ok := keyspace.ParseIdentity(key); ok {
			created[parts[len(parts)-1]] = rec.Created
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for id, at := range created {
		for _, next := range created {
			if next.After(at) && now.Sub(next) > longestSession {
				if err := tx.Delete(tokenKeyKey(id)); err != nil {
					return err
				}
				break
			}
		}
	}
	return s.putTokenKey(tx, now)
}

// tokenSealer returns what seals tokens under a key, from the cache if it can: a key never changes.
func (s *Store) tokenSealer(ctx context.Context, r kv.Reader, id string) (sealer, error) {
	if known, ok := s.tokenKeys.Load(id); ok {
		return known.(sealer), nil
	}
	rec, ok, err := get[tokenKeyRecord](ctx, r, tokenKeyKey(id))
	if err != nil {
		return sealer{}, err
	}
	if !ok {
		return sealer{}, ErrInvalidToken
	}
	key, err := s.seal.open(rec.Key, tokenKeyName(id))
	if err != nil {
		return sealer{}, err
	}
	sealer, err := newSealer(MasterKey(key))
	if err == nil {
		s.tokenKeys.Store(id, sealer)
	}
	return sealer, err
}

// newestTokenKey returns the id of the key that new tokens are sealed with.
func (v *view) newestTokenKey() (newest string, err error) {
	var created time.Time
	start, end := keyspace.IdentityRange("tokenkey")
	err = v.r.Scan(v.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		var rec tokenKeyRecord
		if err := json.Unmarshal(value, &rec); err != nil {
			return false, err
		}
		if parts, ok := keyspace.ParseIdentity(key); ok && (newest == "" || rec.Created.After(created)) {
			newest, created = parts[len(parts)-1], rec.Created
		}
		return true, nil
	})
	if err == nil && newest == "" {
		err = ErrNoSuchEntity
	}
	return newest, err
}

// issue makes temporary credentials that stand for a session, with a token of at least size bytes.
func (v *view) issue(t *session, size int) (key AccessKey, token string, err error) {
	if key, err = newAccessKey(temporary, t.Account); err != nil {
		return key, "", err
	}
	t.Secret = key.Secret
	plain, err := json.Marshal(t)
	if err != nil {
		return key, "", err
	}
	id, err := v.newestTokenKey()
	if err != nil {
		return key, "", err
	}
	seal, err := v.s.tokenSealer(v.ctx, v.r, id)
	if err != nil {
		return key, "", err
	}
	raw, err := hex.DecodeString(id)
	if err != nil {
		return key, "", err
	}
	packed := pack(plain)
	if missing := (size+3)/4*3 - len(raw) - sealed(len(packed)); missing > 0 {
		packed = append(packed, make([]byte, missing)...) // nobody reads beyond the end of what is packed
	}
	return key, base64.StdEncoding.EncodeToString(append(raw, seal.seal(packed, key.ID)...)), nil
}

// open returns what the token of an access key stands for: ErrInvalidToken if it is not one that was given out with it.
func (v *view) open(accessKeyID, token string) (*session, error) {
	if len(token) > maxToken {
		return nil, ErrInvalidToken
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) < tokenKeyID {
		return nil, ErrInvalidToken
	}
	seal, err := v.s.tokenSealer(v.ctx, v.r, hex.EncodeToString(raw[:tokenKeyID]))
	if err != nil {
		return nil, err
	}
	packed, err := seal.open(raw[tokenKeyID:], accessKeyID)
	if err != nil {
		return nil, ErrInvalidToken
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	t := new(session)
	return t, json.Unmarshal(plain, t)
}

// pack compresses what a token carries.
func pack(plain []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(plain) // a Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
