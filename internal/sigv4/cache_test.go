package sigv4

import (
	"context"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
)

// TestDerive checks the example of "Examples of how to derive a signing key for Signature Version 4" (AWS
// General Reference), and that the prepared HMAC states give the HMAC.
func TestDerive(t *testing.T) {
	k := derive(scope{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"})
	d := newDigest()
	d.Write([]byte("left over"))
	// The string to sign of the example GET request for iam:ListUsers in the General Reference.
	text := "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n" +
		"f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
	const want = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
	if got := hex.EncodeToString(k.sum(nil, d, []byte(text))); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c keyCache
	c.init()
	for i := range 3 * cacheShards * shardSize {
		s := scope{fmt.Sprint("secret", i), "20260301", "us-east-1", "dynamodb"}
		k := &signingKey{}
		c.put(s, k)
		if c.get(s) != k {
			t.Fatalf("key %d is not there after put", i)
		}
	}
	if n := c.len(); n > cacheShards*shardSize {
		t.Errorf("%d keys, more than %d", n, cacheShards*shardSize)
	}
}

func TestCacheDropsOldDates(t *testing.T) {
	var c keyCache
	c.init()
	at := func(date string) scope { return scope{"secret", date, "us-east-1", "dynamodb"} }
	for _, date := range []string{"20260301", "20260302", "20260303"} {
		c.put(at(date), &signingKey{})
	}
	if c.get(at("20260301")) != nil {
		t.Error("a key of the day before yesterday is still there")
	}
	if c.get(at("20260302")) == nil || c.get(at("20260303")) == nil {
		t.Error("yesterday's and today's keys must both be there: both are in use around midnight")
	}
}

func TestCacheConcurrent(t *testing.T) {
	var c keyCache
	c.init()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				s := scope{fmt.Sprint(i % 300), fmt.Sprint(20260301 + i/500), "r", "s"}
				if k := c.get(s); k != nil && string(k.inner) != s.secret+s.date {
					t.Errorf("goroutine %d: another scope's key", g)
				}
				c.put(s, &signingKey{inner: []byte(s.secret + s.date)})
			}
		})
	}
	wg.Wait()
}

// TestOnlyVerifiedKeysAreCached keeps strangers from pushing keys out.
func TestOnlyVerifiedKeysAreCached(t *testing.T) {
	v := New(func(context.Context, string, string) (Key[int], error) { return Key[int]{Secret: "s"}, nil })
	c := &claim{signature: fmt.Sprintf("%064d", 0), signedHeaders: "host", date: "20260301T000000Z"}
	cred := Credential{AccessKeyID: "A", Date: "20260301", Region: "r", Service: "s"}
	r := fuzzRequest("GET", "/", "h", nil)
	if err := v.checkSignature(c, cred, "s", r, nil); err != ErrMismatch {
		t.Fatal(err)
	}
	if n := v.keys.len(); n != 0 {
		t.Errorf("%d keys in the cache", n)
	}
}
