package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The sessions of the console. A browser has a token, of which the engine knows the hash alone, so that any server over
// the engine can serve the session and nobody can take one over from a copy of the data. For the token it gets temporary
// credentials, which name the session and end with it.

// How long sessions of the console last.
const (
	// ConsoleSession is the longest session of a user or of the root user: "12 hours" (AWS Management Console).
	ConsoleSession = 12 * time.Hour
	// ConsoleIdle ends a session whose browser has not asked for credentials for so long.
	ConsoleIdle = time.Hour
	// consoleCredentials is how long its credentials are good.
	consoleCredentials = 15 * time.Minute
	// consoleSeen is how exactly it is known when a session was last used.
	consoleSeen = time.Minute
	// maxConsoles bounds the sessions of one principal, maxConsolesOf those of a role, or of a user or root user with all federated
	// users, whatever a broker calls them. Beyond, the one that was used longest ago ends.
	maxConsoles   = 100
	maxConsolesOf = 1000
)

// ErrNoConsole: there is no such session of the console any more.
var ErrNoConsole = errors.New("identity: nobody is signed in")

// consoleRecord is a session of the console.
type consoleRecord struct {
	// Session is what its credentials stand for, without a secret. It was issued at the sign-in, or when the session began
	// that was brought along; its end is that of the session, used or not.
	Session session
	// Owner is the id of the user, or the account for the root user, with the name of the session if it was brought along.
	Owner string
	// Began is when somebody signed in, Seen when credentials were last asked for.
	Began, Seen time.Time
}

func consoleKey(id string) []byte { return keyspace.Identity("console", id) }

// consoleOfKey is the index of the sessions of an owner, below the user, role or root user that it is of.
func consoleOfKey(account, of, owner, id string) []byte {
	return keyspace.Identity("consoleof", account, of, owner, id)
}

// indexKey is where the index has a session.
func (c *consoleRecord) indexKey() []byte {
	return consoleOfKey(c.Session.Account, c.Session.of(), c.Owner, c.Session.Console)
}

// consoleID is the id of the session of a token.
func consoleID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ends is when a session ends if nobody uses it.
func (c *consoleRecord) ends() time.Time {
	idle := c.Seen.Add(ConsoleIdle)
	if c.Session.Expires.Before(idle) {
		return c.Session.Expires
	}
	return idle
}

// liveConsole reads a session that is not over: ErrNoConsole.
func (v *view) liveConsole(id string) (*consoleRecord, error) {
	c, ok, err := get[consoleRecord](v.ctx, v.r, consoleKey(id))
	if err == nil && (!ok || !v.s.now().Before(c.ends())) {
		err = ErrNoConsole
	}
	return &c, err
}

// checkConsole returns ErrExpiredToken for credentials of a session of the console that is over.
func (v *view) checkConsole(t *session) error {
	if t.Console == "" {
		return nil
	}
	_, err := v.liveConsole(t.Console)
	if errors.Is(err, ErrNoConsole) {
		err = ErrExpiredToken
	}
	return err
}

// beginConsole begins a session of the console that stands for t, and returns its token.
func (e *edit) beginConsole(t session) (token string, err error) {
	var raw [32]byte
	rand.Read(raw[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	t.Console, t.Secret = consoleID(token), ""
	c := &consoleRecord{Session: t, Owner: t.owner(), Began: e.now, Seen: e.now}
	if err := e.makeRoom(maxConsoles, "consoleof", e.account, t.of(), c.Owner); err != nil {
		return "", err
	}
	if err := e.makeRoom(maxConsolesOf, "consoleof", e.account, t.of()); err != nil {
		return "", err
	}
	if err := put(e.tx, consoleKey(t.Console), c); err != nil {
		return "", err
	}
	return token, put(e.tx, c.indexKey(), true)
}

// makeRoom ends the session below a part of the index that was used longest ago, if there are as many as there may be.
func (e *edit) makeRoom(most int, index ...string) error {
	ids, err := e.lasts(index...)
	if err != nil || len(ids) < most {
		return err
	}
	var oldest *consoleRecord
	for _, id := range ids {
		c, _, err := get[consoleRecord](e.ctx, e.r, consoleKey(id))
		if err != nil {
			return err
		}
		if oldest == nil || c.Seen.Before(oldest.Seen) {
			oldest = &c
		}
	}
	return e.endConsole(oldest)
}

// endConsole ends a session. Its credentials are in caches, which have to forget them.
func (e *edit) endConsole(c *consoleRecord) error {
	if err := e.tx.Delete(consoleKey(c.Session.Console)); err != nil {
		return err
	}
	if err := e.tx.Delete(c.indexKey()); err != nil {
		return err
	}
	n, _, err := get[uint64](e.ctx, e.tx, generationKey())
	if err != nil {
		return err
	}
	return put(e.tx, generationKey(), n+1)
}

// signOut ends the sessions of an owner, who is of a user, role or root user, but for the one of an id.
func (e *edit) signOut(of, owner, but string) error {
	ids, err := e.lasts("consoleof", e.account, of, owner)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == but {
			continue
		}
		c, ok, err := get[consoleRecord](e.ctx, e.r, consoleKey(id))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := e.endConsole(&c); err != nil {
			return err
		}
	}
	return nil
}

// console is the session of the console that the caller asks from, "" if from none.
func (v *view) console() string {
	if s := v.req.Caller.Session; s != nil {
		return s.Console
	}
	return ""
}

// Console is a session of the console.
type Console struct {
	// ID is what it is kept under: who knows it has not got the session.
	ID        string
	Principal policy.Principal
	// Name is what a person is called by: the user's name, role/session, the federated user's name, or root.
	Name string
	// Email is the root user's, "" for others.
	Email                     string
	AccountName, AccountAlias string
	Began, Expires            time.Time
	// MFA says that an MFA device was shown to be at hand.
	MFA bool
}

// readConsole runs fn with the session of an id and who it is.
func (s *Store) readConsole(ctx context.Context, id string, fn func(*view, *consoleRecord, *Principal) error) error {
	return s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s}
		c, err := v.liveConsole(id)
		if err != nil {
			return err
		}
		v.account = c.Session.Account
		p, err := v.sessionPrincipal(&c.Session)
		if errors.Is(err, ErrInvalidToken) || errors.Is(err, ErrExpiredToken) {
			err = ErrNoConsole // its user is gone, or may not have the role any more
		}
		if err != nil {
			return err
		}
		return fn(v, c, p)
	})
}

// Console returns the session of a token: ErrNoConsole if there is none. It is not a use of the session.
func (s *Store) Console(ctx context.Context, token string) (*Console, error) {
	return s.ConsoleByID(ctx, consoleID(token))
}

// ConsoleByID is Console for the id of the session.
func (s *Store) ConsoleByID(ctx context.Context, id string) (*Console, error) {
	var shown *Console
	err := s.readConsole(ctx, id, func(v *view, c *consoleRecord, p *Principal) error {
		a, err := v.accountOf()
		if err != nil {
			return err
		}
		shown = &Console{ID: id, Principal: p.Principal, AccountName: a.Name, AccountAlias: a.Alias,
			Began: c.Began, Expires: c.ends(), MFA: c.Session.MFA != nil}
		switch p.Type {
		case policy.Root:
			shown.Name, shown.Email = "root", a.Email
		case policy.User:
			shown.Name = p.Name
		case policy.RoleSession:
			shown.Name = p.ARN[strings.IndexByte(p.ARN, '/')+1:]
		default:
			shown.Name = c.Session.Name
		}
		return nil
	})
	return shown, err
}

// ConsoleCredentials are temporary credentials of who is signed in to the console.
type ConsoleCredentials struct {
	AccessKey
	SessionToken, Account string
	// ARN is of whom they are.
	ARN     string
	Expires time.Time
}

// ConsoleCredentials makes credentials for the session of a token: ErrNoConsole if there is none. That is what keeps the
// session from being idle.
func (s *Store) ConsoleCredentials(ctx context.Context, token string) (*ConsoleCredentials, error) {
	return s.ConsoleCredentialsByID(ctx, consoleID(token))
}

// ConsoleCredentialsByID is ConsoleCredentials for the id of the session.
func (s *Store) ConsoleCredentialsByID(ctx context.Context, id string) (*ConsoleCredentials, error) {
	now := whole(s.now())
	var made *ConsoleCredentials
	stale := false
	err := s.readConsole(ctx, id, func(v *view, c *consoleRecord, p *Principal) error {
		t := c.Session
		if soon := now.Add(consoleCredentials); soon.Before(t.Expires) {
			t.Expires = soon
		}
		key, sealed, err := v.issue(&t, 0)
		made = &ConsoleCredentials{key, sealed, t.Account, p.ARN, t.Expires}
		stale = now.Sub(c.Seen) >= consoleSeen
		return err
	})
	if err != nil || !stale {
		return made, err
	}
	return made, s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, consoleKey(id)); err != nil {
			return err
		}
		c, ok, err := get[consoleRecord](ctx, tx, consoleKey(id))
		if err != nil || !ok { // signed out meanwhile
			return err
		}
		c.Seen = now
		return put(tx, consoleKey(id), c)
	})
}

// ConsoleMay says whether who has a session of the console, by its id, may do something: ErrNoConsole if there is none. Request is
// the request as policies see it.
func (s *Store) ConsoleMay(ctx context.Context, id string, need policy.Need, request policy.Context) (d policy.Decision, err error) {
	err = s.readConsole(ctx, id, func(_ *view, _ *consoleRecord, p *Principal) error {
		d = policy.Decide(&policy.Request{Principal: p.Principal, Context: request, Need: need}, &p.Policies)
		return nil
	})
	return d, err
}

// PasswordChanged is when the password of a user was last set, or of the root user, whose id is the account; zero if it has none.
func (s *Store) PasswordChanged(ctx context.Context, account, user string) (changed time.Time, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s, account: account}
		var l *loginRecord
		if user == account {
			a, err := v.accountOf()
			if err != nil {
				return err
			}
			l = a.Root
		} else if u, err := byID[userRecord](v, userKind, user); err != nil {
			return err
		} else if u != nil {
			l = u.Login
		}
		if l != nil {
			changed = l.Changed
		}
		return nil
	})
	return changed, err
}

// SignOut ends the session of a token, or all the sessions of its owner. It returns who that was, nil if nobody.
func (s *Store) SignOut(ctx context.Context, token string, everywhere bool) (*policy.Principal, error) {
	var who *policy.Principal
	err := s.readConsole(ctx, consoleID(token), func(_ *view, _ *consoleRecord, p *Principal) error {
		who = &p.Principal
		return nil
	})
	if errors.Is(err, ErrNoConsole) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return who, s.edit(ctx, who.Account, func(e *edit) error {
		id := consoleID(token)
		c, ok, err := get[consoleRecord](ctx, e.r, consoleKey(id))
		switch {
		case err != nil || !ok:
			return err
		case everywhere:
			return e.signOut(c.Session.of(), c.Owner, "")
		}
		return e.endConsole(&c)
	})
}

// of is the id of the role or the user that the session is of, the account for the root user.
func (t *session) of() string {
	switch {
	case t.Role != "":
		return t.Role
	case t.User != "":
		return t.User
	}
	return t.Account
}

// owner is whose sessions of the console one of t is counted with: those of the same principal.
func (t *session) owner() string {
	if t.Name != "" {
		return t.of() + ":" + t.Name
	}
	return t.of()
}
