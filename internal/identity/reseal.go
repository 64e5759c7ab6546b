package identity

import (
	"context"
	"encoding/json"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// resealers read a record of a kind, encrypt its secret anew and return it. Every kind that has a secret is here.
func (s *Store) resealers() map[string]func(value []byte, id string) (any, error) {
	return map[string]func([]byte, string) (any, error){
		"accesskey": func(value []byte, id string) (any, error) {
			var k accessKeyRecord
			err := s.again(value, &k, &k.Secret, id)
			return k, err
		},
		string(mfaKind): func(value []byte, id string) (any, error) {
			var d mfaRecord
			err := s.again(value, &d, &d.Seed, mfaSeedName(id))
			return d, err
		},
		"secretkey": func(value []byte, id string) (any, error) {
			var k secretKeyRecord
			err := s.again(value, &k, &k.Key, id)
			return k, err
		},
		"tokenkey": func(value []byte, id string) (any, error) {
			var k tokenKeyRecord
			err := s.again(value, &k, &k.Key, tokenKeyName(id))
			return k, err
		},
	}
}

// again reads a record, and encrypts a secret of it anew.
func (s *Store) again(value []byte, record any, sealed *[]byte, name string) error {
	if err := json.Unmarshal(value, record); err != nil {
		return err
	}
	secret, err := s.seal.open(*sealed, name)
	if err == nil {
		*sealed = s.seal.seal(secret, name)
	}
	return err
}

// resealed is how many records are encrypted anew in one transaction.
const resealed = 1000

// reseal encrypts all secrets with the master key in use. The mark comes last: if the process ends before, the next one
// does it again.
func (s *Store) reseal(ctx context.Context) error {
	for kind, again := range s.resealers() {
		start, end := keyspace.IdentityRange(kind)
		for start != nil {
			var next []byte // start stays, as long as this may have to be done again
			if err := s.Change(ctx, func(tx kv.Txn) (err error) {
				next, err = resealSome(ctx, tx, kv.Range{Start: start, End: end}, again)
				return err
			}); err != nil {
				return err
			}
			start = next
		}
	}
	return s.Change(ctx, func(tx kv.Txn) error {
		m, _, err := get[markRecord](ctx, tx, markKey())
		if err != nil {
			return err
		}
		m.Check = s.seal.seal(nil, markName)
		if err := put(tx, markKey(), m); err != nil {
			return err
		}
		return s.renewTokenKey(ctx, tx)
	})
}

// resealSome encrypts the first records of a range anew, and returns where to go on, nil if that was all.
func resealSome(ctx context.Context, tx kv.Txn, in kv.Range, again func([]byte, string) (any, error)) (next []byte, err error) {
	type change struct {
		key    []byte
		record any
	}
	var changes []change
	err = tx.Scan(ctx, in, func(key, value []byte) (bool, error) {
		if len(changes) == resealed {
			next = append([]byte(nil), key...)
			return false, nil
		}
		parts, _ := keyspace.ParseIdentity(key)
		record, err := again(value, parts[len(parts)-1])
		changes = append(changes, change{append([]byte(nil), key...), record})
		return true, err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if err := put(tx, c.key, c.record); err != nil {
			return nil, err
		}
	}
	return next, nil
}
