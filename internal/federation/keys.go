package federation

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	// keysFor is how long a provider's keys are used before they are fetched again: so long may a key that the
	// provider withdrew still be good.
	keysFor = 10 * time.Minute
	// refetchAfter is the least time between two fetches from a provider, failed ones included, so that tokens with
	// invented key IDs do not turn this server on the provider.
	refetchAfter = 5 * time.Second
	// maxProviders bounds the cache. The oldest entry makes room.
	maxProviders = 1000
	// maxKeys is the most keys of a provider that are used: the 100 RSA keys and 100 elliptic curve keys of AWS.
	maxKeys = 200
	// minRSABits is from RFC 7518, section 3.3.
	minRSABits = 2048
)

// noKey is what AWS says, under InvalidIdentityToken, when it cannot have the key, whatever the reason.
const noKey = "Couldn't retrieve verification key from your identity provider, " +
	"please reference AssumeRoleWithWebIdentity documentation for requirements"

// keyCache has the keys of providers.
type keyCache struct {
	flight  singleflight.Group
	mu      sync.Mutex
	entries map[string]*cachedKeys
}

// cachedKeys is the outcome of one fetch. It is not changed once it is in the cache.
type cachedKeys struct {
	at   time.Time
	keys []jose.JSONWebKey
	err  error // if not nil, there are no keys
}

// cacheKey has all that decides which keys a fetch gives. Thumbprints do: were they left out, an account that trusts a
// false certificate for a URL would put false keys into the cache of all.
func (p *Provider) cacheKey() string {
	prints := slices.Clone(p.Thumbprints)
	slices.Sort(prints)
	return p.URL + "\n" + strings.Join(prints, ",")
}

// keys returns the keys of a provider. With newer, it fetches them even if those in the cache are good still, as soon
// as refetchAfter allows. All who wait for one provider share one fetch, which goes on when one of them leaves.
func (o *OIDC) keys(ctx context.Context, p Provider, newer bool) ([]jose.JSONWebKey, error) {
	key := p.cacheKey()
	if e := o.cache.get(key); e != nil {
		age := o.now().Sub(e.at)
		if age < refetchAfter || e.err == nil && !newer && age < keysFor {
			return e.keys, e.err
		}
	}
	fetched := o.cache.flight.DoChan(key, func() (any, error) {
		e := &cachedKeys{}
		var err error
		if e.keys, err = o.fetchKeys(context.WithoutCancel(ctx), p); err != nil {
			e.err = &Error{Kind: ErrUnreachable, Message: noKey, cause: err}
		}
		if errors.Is(err, errThumbprint) {
			e.err = invalid(errThumbprint.Error(), err)
		}
		e.at = o.now()
		o.cache.put(key, e)
		return e, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-fetched:
		e := r.Val.(*cachedKeys)
		return e.keys, e.err
	}
}

func (c *keyCache) get(key string) *cachedKeys {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[key]
}

func (c *keyCache) put(key string, e *cachedKeys) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok && len(c.entries) >= maxProviders {
		oldest := ""
		for k, e := range c.entries {
			if oldest == "" || e.at.Before(c.entries[oldest].at) {
				oldest = k
			}
		}
		delete(c.entries, oldest)
	}
	c.entries[key] = e
}

// parseKeys reads a JWK Set and leaves out whatever cannot verify an ID token here: keys of other types, small or
// broken ones, and keys for encryption.
func parseKeys(doc []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(doc, &set); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if err := json.Unmarshal(raw, &k); err != nil || k.Use != "" && k.Use != "sig" || len(keys) == maxKeys {
			continue
		}
		switch public := k.Key.(type) {
		case *rsa.PublicKey:
			if public.N.BitLen() < minRSABits {
				continue
			}
		case *ecdsa.PublicKey:
		default:
			continue
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("no usable key in the JWK Set")
	}
	return keys, nil
}
