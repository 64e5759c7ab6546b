// Package identity is who may sign requests: accounts, users, groups, roles, their policies and their access keys, and
// the IAM API that changes them: one file for each operation, or for each small family of them.
//
// It exists so that one place answers the question of every request, "whose key is this, and what may its owner
// do", and keeps the answer right when something changes. It imports policy, awsapi, keyspace and kv; never the
// data plane.
//
// The main rules: every change goes through Store.Change, which makes it visible here at once and on every other
// server over the same engine within two seconds. A secret key leaves this package only to verify a signature or,
// once, when it is made; at rest it is encrypted.
package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Principal is who signed a request, and what it may do. It is shared by requests and never changed.
type Principal struct {
	policy.Principal
	// Policies are the user's own, attached, and those of its groups, or the role's; the permissions boundary; and
	// those that the session was begun with.
	Policies policy.Policies

	uses *noter // nil if nobody wants to know of its use
}

// Errors of Lookup. The caller words them as its protocol does.
var (
	// ErrUnknownKey: there is no such access key, or it is inactive.
	ErrUnknownKey = errors.New("identity: unknown access key")
	// ErrInvalidToken: the session token is not the key's.
	ErrInvalidToken = errors.New("identity: session token does not belong to the access key")
	// ErrExpiredToken: the session is over.
	ErrExpiredToken = errors.New("identity: the session token has expired")
)

// Errors of changes.
var (
	ErrNoSuchEntity  = errors.New("identity: no such entity")
	ErrAlreadyExists = errors.New("identity: already exists")
)

// Options configure a store.
type Options struct {
	// MasterKey encrypts secret keys at rest. What was encrypted with one of OldKeys is encrypted with it anew when the
	// store is opened.
	MasterKey MasterKey
	OldKeys   []MasterKey
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Providers says how OpenID Connect providers are reached.
	Providers federation.Options
	// PublicURL is how clients reach the server, "" if nobody has said: SAML assertions may be meant for /saml there, as
	// they may for AWS's own address.
	PublicURL string
	// NewEmail mails a code to what is to be the address of a root user, later; the code is "" if it is another's already. It
	// is nil if nobody can.
	NewEmail func(to, code string) error
	// Changed tells root users of what may have been somebody else, later. It is nil if nobody can.
	Changed func(RootChange)
	// Leased takes or keeps the right to do a named piece of background work, and says whether this server has it. If it is nil,
	// there are no other servers.
	Leased func(ctx context.Context, name string) (bool, error)
	// Person says whether the session of a person is still allowed, in the snapshot that who it is of is looked up in. Its answer
	// is kept until something changes: what it depends on is changed with Store.Change. If it is nil, no session of a person is.
	Person func(ctx context.Context, r kv.Reader, p PersonRef) (bool, error)
	// Logger gets what goes wrong in the background; nil drops it.
	Logger *slog.Logger
}

// Store is the identities in one engine. It is safe for concurrent use.
type Store struct {
	db   kv.DB
	seal sealer
	// secrets seals what other packages keep, nil as long as there is no account.
	secrets atomic.Pointer[sealer]
	person  func(ctx context.Context, r kv.Reader, p PersonRef) (bool, error)
	now     func() time.Time
	oidc    *federation.OIDC
	// metadata are those of SAML providers that were used last, by the hashes of their documents.
	metadata      *lru.Cache[[sha256.Size]byte, *federation.Metadata]
	samlEndpoints []string
	log           *slog.Logger
	newEmail      func(to, code string) error
	changed       func(RootChange)
	leased        func(ctx context.Context, name string) (bool, error)
	uses          usages

	// hashing lets few passwords be hashed at a time, outside of changes: each takes time and memory on purpose. Few more
	// may wait.
	hashing, waiting *semaphore.Weighted
	// oldPasswords has a token for each wrong old password that a user may still give, by the user's id.
	oldPasswords *lru.Cache[string, *rate.Limiter]
	cache        cache
	// hits and misses are lookups that were answered from the cache and from the engine.
	hits, misses atomic.Uint64
	// tokenKeys are the sealers of session tokens by the ids of their keys.
	tokenKeys sync.Map
	// checked is when the generation in the engine was last compared with the cache's, in nanoseconds since start.
	start   time.Time
	checked atomic.Int64
}

// Open returns the identities that db holds. On an engine with no identities yet, Bootstrap must follow. It fails
// if the master key is not the one that the engine's secrets were encrypted with.
func Open(ctx context.Context, db kv.DB, opts Options) (*Store, error) {
	seal, err := newSealer(append([]MasterKey{opts.MasterKey}, opts.OldKeys...)...)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, seal: seal, now: opts.Now, log: orDiscard(opts.Logger), newEmail: opts.NewEmail, changed: opts.Changed, leased: opts.Leased,
		person:  opts.Person,
		hashing: semaphore.NewWeighted(maxHashing), waiting: semaphore.NewWeighted(maxWaiting)}
	if s.person == nil {
		s.person = func(context.Context, kv.Reader, PersonRef) (bool, error) { return false, nil }
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.changed == nil {
		s.changed = func(RootChange) {}
	}
	if s.leased == nil {
		s.leased = func(context.Context, string) (bool, error) { return true, nil }
	}
	s.start = s.now()
	opts.Providers.Now = s.now
	if s.metadata, err = lru.New[[sha256.Size]byte, *federation.Metadata](maxSAMLProviders); err != nil {
		return nil, err
	}
	if s.oldPasswords, err = lru.New[string, *rate.Limiter](guessingUsers); err != nil {
		return nil, err
	}
	if opts.PublicURL != "" {
		s.samlEndpoints = []string{strings.TrimSuffix(opts.PublicURL, "/") + "/saml"}
	}
	s.oidc = federation.NewOIDC(opts.Providers)
	begun, current := false, true
	err = db.View(ctx, func(r kv.Reader) error {
		m, ok, err := get[markRecord](ctx, r, markKey())
		if err != nil || !ok {
			return err
		}
		if _, err := s.seal.open(m.Check, markName); err != nil {
			return fmt.Errorf("the master key is not the one that this data was encrypted with: %w", err)
		}
		begun, current = true, s.seal.current(m.Check)
		return nil
	})
	if err == nil && !current {
		err = s.reseal(ctx)
	}
	if err == nil && begun {
		err = s.openSecrets(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Initialized says whether db holds identities already.
func Initialized(ctx context.Context, db kv.DB) (ok bool, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		_, ok, err = get[markRecord](ctx, r, markKey())
		return err
	})
	return ok, err
}

// Account returns the account that Bootstrap made.
func (s *Store) Account(ctx context.Context) (account string, err error) {
	account, err = FirstAccount(ctx, s.db)
	if err == nil && account == "" {
		err = ErrNoSuchEntity
	}
	return account, err
}

// FirstAccount returns the account that Bootstrap made in an engine; "" if there is none.
func FirstAccount(ctx context.Context, db kv.DB) (account string, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		m, _, err := get[markRecord](ctx, r, markKey())
		account = m.Account
		return err
	})
	return account, err
}

// Change runs fn in a transaction that takes its turn among all changes, and makes every server forget what it has cached of who may
// do what: this one at once, others within two seconds. It is for whatever can give or take permissions, in other packages
// too. The error is fn's, or the engine's.
func (s *Store) Change(ctx context.Context, fn func(kv.Txn) error) error {
	changed := false
	err := s.db.Update(ctx, func(tx kv.Txn) error {
		changed = false
		// The lock on the generation puts all changes one after another: they are rare, and what fn reads then
		// needs no locks of its own.
		if err := tx.Lock(ctx, generationKey()); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		n, _, err := get[uint64](ctx, tx, generationKey())
		if err != nil {
			return err
		}
		changed = true
		return put(tx, generationKey(), n+1)
	})
	// Also after an error, if it may be of the commit: the outcome may be unknown. What fn refuses has changed nothing, and
	// costs nobody else the cache.
	if changed {
		s.cache.clear()
	}
	return err
}

// quietly runs fn in a transaction that takes its turn among all changes, for what has no say in permissions: servers
// forget nothing because of it.
func (s *Store) quietly(ctx context.Context, fn func(kv.Txn) error) error {
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, generationKey()); err != nil {
			return err
		}
		return fn(tx)
	})
}
