package identity

import (
	"context"
	"maps"
	"slices"
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
	// cacheSize bounds the cache; keys in use beyond it are looked up each time.
	cacheSize = 10_000
)

// cached is the answer for one access key.
type cached struct {
	secret    string
	principal *Principal
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

func (a *answers) add(id string, answer *cached) {
	if a.n.Add(1) > cacheSize {
		a.n.Add(-1)
		return
	}
	if _, there := a.of.LoadOrStore(id, answer); there {
		a.n.Add(-1)
	}
}

// Lookup returns the secret of an access key and who it belongs to. The error is ErrUnknownKey, ErrInvalidToken,
// or the engine's.
func (s *Store) Lookup(ctx context.Context, accessKeyID, sessionToken string) (secret string, p *Principal, err error) {
	if sessionToken != "" {
		return "", nil, ErrInvalidToken // only temporary credentials have one, and there are none yet
	}
	a, err := s.fresh(ctx)
	if err != nil {
		return "", nil, err
	}
	if v, ok := a.of.Load(accessKeyID); ok {
		c := v.(*cached)
		return c.secret, c.principal, nil
	}
	c, err := s.load(ctx, accessKeyID)
	if err != nil {
		return "", nil, err // unknown keys are not cached: anyone could fill the cache with them
	}
	// If the cache was cleared since a was taken, a is garbage now and nobody reads what is added to it.
	a.add(accessKeyID, c)
	return c.secret, c.principal, nil
}

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
		u, ok, err := get[userRecord](ctx, r, userKey(k.Account, k.User))
		if err != nil {
			return err
		}
		if !ok {
			return ErrUnknownKey
		}
		secret, err := s.seal.open(k.Secret, id)
		if err != nil {
			return err
		}
		policies := u.policies(nil)
		for _, name := range u.Groups {
			g, ok, err := get[groupRecord](ctx, r, groupKey(k.Account, name))
			if err != nil {
				return err
			}
			if ok {
				policies = g.policies(policies)
			}
		}
		c = &cached{string(secret), &Principal{
			Account:  k.Account,
			ARN:      "arn:aws:iam::" + k.Account + ":user" + u.Path + k.User,
			UserID:   u.ID,
			Policies: policies,
		}}
		return nil
	})
	return c, err
}

// policies appends the compiled policies of g. One that can't be read denies everything rather than nothing.
func (g *grants) policies(to []*policy.Policy) []*policy.Policy {
	for _, arn := range g.Attached {
		to = append(to, compile(arn, managed(arn)))
	}
	for _, name := range slices.Sorted(maps.Keys(g.Inline)) {
		to = append(to, compile(name, g.Inline[name]))
	}
	return to
}

func compile(name string, document []byte) *policy.Policy {
	p, err := policy.Parse(name, document)
	if err != nil {
		return policy.Unreadable(name)
	}
	return p
}
