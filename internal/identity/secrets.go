package identity

import (
	"context"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Other packages keep secrets of their own in the engine: seeds of MFA devices, secrets of clients. They are sealed with a key
// that stays for as long as the data, and is itself sealed with the master key: at a change of that one nobody has to look
// for what others have sealed.

// secretKeyRecord is the key.
type secretKeyRecord struct {
	// Key is sealed under secretKeyName.
	Key []byte
}

// secretKeyName is the id of the key, and what it is sealed under.
const secretKeyName = "secretkey"

func secretKeyKey() []byte { return keyspace.Identity("secretkey", secretKeyName) }

// putSecretKey makes the key.
func (s *Store) putSecretKey(tx kv.Txn) error {
	key := NewMasterKey()
	return put(tx, secretKeyKey(), secretKeyRecord{s.seal.seal(key[:], secretKeyName)})
}

// openSecrets reads the key, and makes it for data from before there was one.
func (s *Store) openSecrets(ctx context.Context) error {
	var rec secretKeyRecord
	read := func(r kv.Reader) (ok bool, err error) {
		rec, ok, err = get[secretKeyRecord](ctx, r, secretKeyKey())
		return ok, err
	}
	ok := false
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		ok, err = read(r)
		return err
	})
	if err == nil && !ok {
		err = s.quietly(ctx, func(tx kv.Txn) error {
			if ok, err := read(tx); err != nil || ok {
				return err
			}
			if err := s.putSecretKey(tx); err != nil {
				return err
			}
			_, err := read(tx)
			return err
		})
	}
	if err != nil {
		return err
	}
	key, err := s.seal.open(rec.Key, secretKeyName)
	if err != nil {
		return err
	}
	secrets, err := newSealer(MasterKey(key))
	if err == nil {
		s.secrets.Store(&secrets)
	}
	return err
}

// Seal encrypts a secret of another package, bound to a name: nobody with access to the engine can put it under another one. It
// stays readable when the master key changes. Before there is an account, it is sealed with the master key itself.
func (s *Store) Seal(plain []byte, name string) []byte {
	if secrets := s.secrets.Load(); secrets != nil {
		return secrets.seal(plain, name)
	}
	return s.seal.seal(plain, name)
}

// Unseal is the inverse of Seal.
func (s *Store) Unseal(sealed []byte, name string) ([]byte, error) {
	if secrets := s.secrets.Load(); secrets != nil {
		if plain, err := secrets.open(sealed, name); err == nil {
			return plain, nil
		}
	}
	return s.seal.open(sealed, name)
}
