// Package directory is the identity store of IAM Identity Center: the people who sign in, the groups that they are in, and
// what proves who they are. It is also the identitystore and sso-directory APIs: one file for each operation, or for each small
// family of them.
//
// It exists so that whoever asks who a person is (the access portal, permission sets, SCIM, outside sources of people) gets one
// answer, in the same transaction in which it decides something. It imports identity, for what hashes passwords and counts MFA
// codes; keyspace, kv, awsapi and policy; never the packages that ask it.
//
// The main rules: what may take somebody's access away is done in Store.Change, which every server notices within two seconds;
// a record and what leads to it change in one transaction; of passwords and tokens only hashes are kept, and MFA seeds encrypted.
package directory

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// Options configure a store. Functions that are nil have defaults for tests.
type Options struct {
	// Change runs fn in a transaction after which no server believes what it has cached of anybody's access. It is
	// identity.Store.Change; nil is an ordinary transaction.
	Change func(ctx context.Context, fn func(kv.Txn) error) error
	// Seal encrypts a secret that is bound to a name, and Unseal is the inverse. They are identity.Store's; without them nobody
	// can have an MFA device.
	Seal   func(plain []byte, name string) []byte
	Unseal func(sealed []byte, name string) ([]byte, error)
	// Hash runs fn, which hashes passwords, when it is its turn. It is identity.Store.Hash; nil runs it at once.
	Hash func(ctx context.Context, fn func() error) error
	// Home says whose the identity store is, and in which region, "" for all; account is "" if nobody has one yet. Nil says that it is
	// everybody's, everywhere.
	Home func(ctx context.Context, r kv.Reader) (account, region string, err error)
	// Mail sends a mail; nil logs it.
	Mail func(ctx context.Context, to, subject, text string) error
	// PublicURL is how people reach the server, for the links in mails; "" if nobody has said.
	PublicURL string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger gets what goes wrong in the background; nil drops it.
	Logger *slog.Logger
}

// Store is the people in one engine. It is safe for concurrent use.
type Store struct {
	db   kv.DB
	opts Options
	id   string

	outbox outbox
	jobs   sync.WaitGroup
}

// Open returns the people that db holds, and makes the store's id if there is none yet.
func Open(ctx context.Context, db kv.DB, opts Options) (*Store, error) {
	if opts.Change == nil {
		opts.Change = db.Update
	}
	if opts.Hash == nil {
		opts.Hash = func(_ context.Context, fn func() error) error { return fn() }
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Mail == nil {
		opts.Mail = logMail(opts.Logger)
	}
	s := &Store{db: db, opts: opts, outbox: newOutbox()}
	var made bool
	err := db.View(ctx, func(r kv.Reader) (err error) {
		s.id, made, err = get[string](ctx, r, storeKey())
		return err
	})
	if err == nil && !made {
		err = db.Update(ctx, func(tx kv.Txn) (err error) {
			if err := tx.Lock(ctx, storeKey()); err != nil {
				return err
			}
			if s.id, made, err = get[string](ctx, tx, storeKey()); err != nil || made {
				return err
			}
			s.id = newStoreID()
			return put(tx, storeKey(), s.id)
		})
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close waits for the mails that are being sent.
func (s *Store) Close() error {
	s.jobs.Wait()
	return nil
}

// newStoreID makes an id as AWS's identity stores have: d- and ten hexadecimal digits.
func newStoreID() string {
	var b [5]byte
	rand.Read(b[:]) // never fails
	return "d-" + hex.EncodeToString(b[:])
}

// ID returns the id of the store, d-xxxxxxxxxx. It was made with the store, and never changes.
func (s *Store) ID() string { return s.id }

// View runs fn over one snapshot.
func (s *Store) View(ctx context.Context, fn func(r kv.Reader) error) error {
	return s.db.View(ctx, fn)
}

// Change runs fn in a transaction after which no server believes what it has cached of anybody's access. What takes nothing
// away may be done in any other transaction as well.
func (s *Store) Change(ctx context.Context, fn func(tx kv.Txn) error) error {
	return tooLarge(s.opts.Change(ctx, fn))
}

// Update runs fn in a transaction that makes nobody forget anything.
func (s *Store) Update(ctx context.Context, fn func(tx kv.Txn) error) error {
	return tooLarge(s.db.Update(ctx, fn))
}

// tooLarge words the engine's error for what is too much.
func tooLarge(err error) error {
	if errors.Is(err, kv.ErrTooLarge) {
		return quotaExceeded("What the request changes would be too large to be stored.")
	}
	return err
}

// now is the time in whole milliseconds, as the APIs show it.
func (s *Store) now() time.Time { return s.opts.Now().UTC().Truncate(time.Millisecond) }

// logMail logs mails: whoever reads the log hands them on.
func logMail(log *slog.Logger) func(ctx context.Context, to, subject, text string) error {
	return func(_ context.Context, to, subject, text string) error {
		log.Info("a mail that nobody sends: see --smtp-url", "to", to, "subject", subject, "text", text)
		return nil
	}
}
