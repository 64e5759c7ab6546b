package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding"
	"hash"
	"hash/maphash"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

// scope names a signing key. The secret is a part of it, so a cached key is found only by who has just been
// given the same secret by the look-up: a deleted or replaced access key leaves nothing valid behind.
type scope struct{ secret, date, region, service string }

// signingKey is the key of one scope, as the two SHA-256 states that an HMAC starts from: with them a signature
// costs two blocks of hashing less, and no allocation.
type signingKey struct{ inner, outer []byte }

// digest is what sha256.New returns, by the methods used here.
type digest interface {
	hash.Hash
	encoding.BinaryUnmarshaler
	encoding.BinaryAppender
}

func newDigest() digest { return sha256.New().(digest) }

// derive computes the signing key: "Derive a signing key for SigV4" on the page "Create a signed AWS API
// request" (IAM User Guide).
func derive(s scope) *signingKey {
	key := []byte("AWS4" + s.secret)
	for _, part := range [...]string{s.date, s.region, s.service, scopeEnd} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return &signingKey{inner: padState(key, 0x36), outer: padState(key, 0x5c)}
}

// padState returns the state of SHA-256 after the padded key, as RFC 2104 pads it. The key is shorter than a
// block.
func padState(key []byte, pad byte) []byte {
	var block [sha256.BlockSize]byte
	copy(block[:], key)
	for i := range block {
		block[i] ^= pad
	}
	d := newDigest()
	d.Write(block[:])
	state, err := d.AppendBinary(nil)
	if err != nil {
		panic(err) // the standard library's SHA-256 has no such error
	}
	return state
}

// sum appends the HMAC of text to b, using d.
func (k *signingKey) sum(b []byte, d digest, text []byte) []byte {
	restore(d, k.inner)
	d.Write(text)
	inner := d.Sum(b)
	restore(d, k.outer)
	d.Write(inner[len(b):])
	return d.Sum(b)
}

func restore(d digest, state []byte) {
	if err := d.UnmarshalBinary(state); err != nil {
		panic(err) // the state was made by the same code in this process
	}
}

const (
	cacheShards = 64
	shardSize   = 64
)

// keyCache holds the signing keys in use, at most cacheShards*shardSize of them. Only keys that verified a
// signature get in, so nobody fills it without a secret. Reads take no lock and share no written memory; a
// write, which happens once a day for each key, region and service, copies its shard.
type keyCache struct {
	seed   maphash.Seed
	shards [cacheShards]shard
}

type shard struct {
	keys atomic.Pointer[map[scope]*signingKey]
	mu   sync.Mutex // held to replace keys
	// The two latest dates seen. Both are in use around midnight; keys of older ones can only be of presigned
	// requests and are dropped when a new date comes.
	today, yesterday string
}

func (c *keyCache) init() {
	c.seed = maphash.MakeSeed()
	for i := range c.shards {
		c.shards[i].keys.Store(&map[scope]*signingKey{})
	}
}

func (c *keyCache) shard(s scope) *shard {
	return &c.shards[maphash.String(c.seed, s.secret)%cacheShards]
}

func (c *keyCache) get(s scope) *signingKey { return (*c.shard(s).keys.Load())[s] }

func (c *keyCache) put(s scope, k *signingKey) {
	// The strings are parts of a request's headers, which must not live as long as the key.
	s = scope{strings.Clone(s.secret), strings.Clone(s.date), strings.Clone(s.region), strings.Clone(s.service)}
	sh := c.shard(s)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	keys := maps.Clone(*sh.keys.Load())
	if s.date > sh.today {
		sh.today, sh.yesterday = s.date, sh.today
		maps.DeleteFunc(keys, func(old scope, _ *signingKey) bool { return old.date < sh.yesterday })
	}
	for old := range keys {
		if len(keys) < shardSize {
			break
		}
		delete(keys, old) // any one: map order is random
	}
	keys[s] = k
	sh.keys.Store(&keys)
}

func (c *keyCache) len() int {
	n := 0
	for i := range c.shards {
		n += len(*c.shards[i].keys.Load())
	}
	return n
}
