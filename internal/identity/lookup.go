package identity

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

const (
	// recheck is how long a cached answer is used without asking the engine whether anything changed. A change
	// made on another server has to be seen within two seconds.
	recheck = time.Second
	// cacheSize bounds the cache. When it is full it begins anew: temporary keys come and go, and nothing else would make
	// it forget those that are over.
	cacheSize = 10_000
)

// cached is the answer for one access key.
type cached struct {
	secret    string
	principal *Principal
	temporaryCredentials
}

// cache holds the answers of one generation.
type cache struct {
	answers atomic.Pointer[answers]
}

// answers is replaced as a whole, and its identity stands for its generation: what was looked up while it was
// current is added only if it still is.
type answers struct {
	of *sync.Map // access key id -> *cached
	n  atomic.Int64
	// generation is the engine's when of was begun; known says whether it has been read.
	generation uint64
	known      bool
}

func (c *cache) current() *answers {
	if a := c.answers.Load(); a != nil {
		return a
	}
	c.answers.CompareAndSwap(nil, &answers{of: new(sync.Map)})
	return c.answers.Load()
}

func (c *cache) clear() { c.answers.Store(&answers{of: new(sync.Map)}) }

// add adds an answer of a generation. If the cache is of another one by now, nobody reads what is added.
func (c *cache) add(a *answers, id string, answer *cached) {
	if a.n.Add(1) > cacheSize {
		c.answers.CompareAndSwap(a, &answers{of: new(sync.Map), generation: a.generation, known: a.known})
		return
	}
	if _, there := a.of.LoadOrStore(id, answer); there {
		a.n.Add(-1)
	}
}

// Lookup returns the secret of an access key and who it belongs to. The error is ErrUnknownKey, ErrInvalidToken,
// ErrExpiredToken, or the engine's.
func (s *Store) Lookup(ctx context.Context, accessKeyID, sessionToken string) (secret string, p *Principal, err error) {
	if strings.HasPrefix(accessKeyID, temporary) != (sessionToken != "") {
		return "", nil, ErrInvalidToken
	}
	a, err := s.fresh(ctx)
	if err != nil {
		return "", nil, err
	}
	if v, ok := a.of.Load(accessKeyID); ok {
		c := v.(*cached)
		if err := c.check(sessionToken, s.now()); err != nil {
			return "", nil, err
		}
		s.hits.Add(1)
		return c.secret, c.principal, nil
	}
	s.misses.Add(1)
	var c *cached
	if sessionToken == "" {
		c, err = s.load(ctx, accessKeyID)
	} else {
		c, err = s.loadSession(ctx, accessKeyID, sessionToken)
	}
	if err == nil {
		err = c.check(sessionToken, s.now())
	}
	if err != nil {
		return "", nil, err // unknown keys are not cached: anyone could fill the cache with them
	}
	s.uses.attach(accessKeyID, c.principal)
	s.cache.add(a, accessKeyID, c)
	return c.secret, c.principal, nil
}

// Lookups are how many lookups of access keys were answered from memory and from the engine.
func (s *Store) Lookups() (hits, misses uint64) { return s.hits.Load(), s.misses.Load() }

// fresh returns the cache after making sure that it is not more than recheck behind the engine.
func (s *Store) fresh(ctx context.Context) (*answers, error) {
	a := s.cache.current()
	now := int64(s.now().Sub(s.start))
	last := s.checked.Load()
	if a.known && now-last < int64(recheck) && now >= last {
		return a, nil
	}
	// Not only one request asks: those that come meanwhile would use answers that are older than promised.
	var generation uint64
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		generation, _, err = get[uint64](ctx, r, generationKey())
		return err
	})
	if err != nil {
		return nil, err
	}
	if !a.known || a.generation != generation {
		// What is looked up from now on reads at least this generation.
		b := &answers{of: new(sync.Map), generation: generation, known: true}
		if s.cache.answers.CompareAndSwap(a, b) {
			a = b
		} else {
			return b, nil // cleared meanwhile; b serves this request alone
		}
	}
	s.checked.Store(now)
	return a, nil
}

// load reads an access key, its user and all the policies in one snapshot.
func (s *Store) load(ctx context.Context, id string) (*cached, error) {
	var c *cached
	err := s.db.View(ctx, func(r kv.Reader) error {
		if len(id) != len(longTerm)+16 { // not a key at all, and maybe too long for a storage key
			return ErrUnknownKey
		}
		k, ok, err := get[accessKeyRecord](ctx, r, accessKeyKey(id))
		if err != nil {
			return err
		}
		if !ok || k.Inactive {
			return ErrUnknownKey
		}
		v := &view{ctx: ctx, r: r, s: s, account: k.Account}
		if open, err := v.isOpen(); err != nil || !open {
			return or(err, ErrUnknownKey)
		}
		u, err := byID[userRecord](v, userKind, k.User)
		if err != nil {
			return err
		}
		if u == nil {
			return ErrUnknownKey
		}
		secret, err := s.seal.open(k.Secret, id)
		if err != nil {
			return err
		}
		p, err := v.userPrincipal(u)
		if err == nil {
			err = v.join(p)
		}
		if err != nil {
			return err
		}
		c = &cached{secret: string(secret), principal: p}
		return nil
	})
	return c, err
}

// join says of a principal which organization it is in: that of all accounts but those that strangers have made.
func (v *view) join(p *Principal) error {
	if a, err := v.accountOf(); err != nil || a.SignedUp {
		return err
	}
	mark, _, err := get[markRecord](v.ctx, v.r, markKey())
	p.Organization = organization(mark.Account)
	return err
}

// isOpen says whether the account is there and not closed.
func (v *view) isOpen() (bool, error) {
	a, ok, err := get[accountRecord](v.ctx, v.r, accountKey(v.account))
	return ok && a.Closed == nil, err
}

// userPrincipal is a user as it signs requests, with all its policies compiled.
func (v *view) userPrincipal(u *userRecord) (p *Principal, err error) {
	p = &Principal{Principal: policy.Principal{
		Type: policy.User, Account: v.account, ARN: u.arn(v.account, userKind), ID: u.ID, Name: u.Name, Tags: policyTags(u.Tags)}}
	if err = v.grant(p, &u.grants); err != nil {
		return nil, err
	}
	a, err := v.accountOf()
	if err != nil {
		return nil, err
	}
	if a.Passwords != nil && a.Passwords.AllowUsersToChangePassword {
		p.Policies.Identity = append(p.Policies.Identity, compile("AllowUsersToChangePassword", changeOwnPassword(p.ARN)))
	}
	for _, id := range u.Groups {
		g, err := byID[groupRecord](v, groupKind, id)
		if err != nil {
			return nil, err
		}
		if g == nil { // its policies may have denied something
			p.Policies.Identity = append(p.Policies.Identity, policy.Unreadable(id))
			continue
		}
		if p.Policies.Identity, err = v.policies(p.Policies.Identity, &g.grants); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// changeOwnPassword is what users may do whose account lets them change their passwords ("Permit IAM users to change their
// own passwords", IAM User Guide).
func changeOwnPassword(arn string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"` + arn + `"},` +
		`{"Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}]}`
}

// grant gives a principal its own policies and its boundary.
func (v *view) grant(p *Principal, g *grants) (err error) {
	if g.Boundary != "" {
		if p.Policies.Boundary, err = v.compiled(g.Boundary); err != nil {
			return err
		}
	}
	p.Policies.Identity, err = v.policies(nil, g)
	return err
}

func policyTags(tags []tag) []policy.Tag {
	var to []policy.Tag
	for _, t := range tags {
		to = append(to, policy.Tag(t))
	}
	return to
}

// policies appends the compiled policies of g.
func (v *view) policies(to []*policy.Policy, g *grants) ([]*policy.Policy, error) {
	for _, arn := range g.Attached {
		p, err := v.compiled(arn)
		if err != nil {
			return nil, err
		}
		to = append(to, p)
	}
	for _, name := range slices.Sorted(maps.Keys(g.Inline)) {
		to = append(to, compile(name, g.Inline[name]))
	}
	return to, nil
}

// compiled is the version of a managed policy that is in force. One that is not there denies everything rather than
// nothing.
func (v *view) compiled(arn string) (*policy.Policy, error) {
	p, err := v.policyOrNone(arn)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return policy.Unreadable(arn), nil
	}
	return compile(arn, p.document()), nil
}

// compile compiles a document. One that can't be read denies everything rather than nothing.
func compile(name, document string) *policy.Policy {
	p, err := policy.Parse(name, []byte(document))
	if err != nil {
		return policy.Unreadable(name)
	}
	return p
}
