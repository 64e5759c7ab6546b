package table

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

func TestLease(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	open := func() *Store { return openStore(t, db, Options{Now: clock.now, ExpireEvery: never}) }
	want := func(s *Store, held ...bool) {
		t.Helper()
		if got := must[[]bool](t)(s.lease(ctx, "a", "b")); !slices.Equal(got, held) {
			t.Errorf("held: %v, want %v", got, held)
		}
	}
	a, b := open(), open()
	if got := must[[]bool](t)(a.lease(ctx, "a")); !got[0] {
		t.Fatal("nobody's lease can't be taken")
	}
	want(b, false, true)
	want(a, true, false)
	clock.forward(leaseLeft + 1)
	want(a, true, false) // renewed
	clock.forward(leaseTerm - leaseLeft - 1)
	want(a, true, true) // b's is over
	want(b, false, false)
	// a goes away in an orderly way, c without a word.
	a.Close()
	want(b, true, true)
	b.Close()
	c := open()
	want(c, true, true)
	d := open()
	want(d, false, false)
	clock.forward(leaseTerm)
	want(d, true, true)
	want(c, false, false) // c had thought that it was its own
	// A lease that a clock which is wrong made for ever is none.
	clock.forward(-time.Hour)
	want(c, true, true)
	want(d, false, false)
	c.Close()
	d.Close()
	// Whoever comes back under its name need not wait.
	want(openStore(t, db, Options{Now: clock.now, ExpireEvery: never, Owner: "me"}), true, true)
	e := openStore(t, db, Options{Now: clock.now, ExpireEvery: never, Owner: "me"})
	want(e, true, true)
	e.Close()
	err := db.Update(ctx, func(tx kv.Txn) error { return tx.Set(keyspace.Lease("a"), []byte("x")) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open().lease(ctx, "a"); err == nil {
		t.Error("a lease that is none")
	}
	if sum, err := Check(ctx, db, func(Problem) {}); err != nil || sum.Problems != 1 {
		t.Errorf("%+v %v", sum, err)
	}
	if err := db.Update(ctx, func(tx kv.Txn) error { return tx.Delete(keyspace.Lease("a")) }); err != nil {
		t.Fatal(err)
	}
}

// TestLeaseSkew: a server whose clock is behind waits until the lease of another is over, but not for one of the far future.
func TestLeaseSkew(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	ahead := func() time.Time { return clock.now().Add(leaseSkew) }
	a := openStore(t, db, Options{Now: ahead, ExpireEvery: never})
	b := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	want := func(s *Store, held bool) {
		t.Helper()
		if got := must[[]bool](t)(s.lease(ctx, "a")); got[0] != held {
			t.Errorf("held: %v, want %v", got[0], held)
		}
	}
	want(a, true)
	want(b, false)
	clock.forward(leaseLeft + 1)
	want(a, true) // renewed
	want(b, false)
	clock.forward(leaseTerm + leaseSkew) // a has crashed
	want(b, true)
	far := openStore(t, db, Options{Now: func() time.Time { return clock.now().Add(time.Hour) }, ExpireEvery: never})
	want(far, true)
	want(b, true)
}

// TestLeasedExpiry: of two servers one deletes, and the other when that one is gone, without a word, too.
func TestLeasedExpiry(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	opts := Options{Now: clock.now, ExpireEvery: never}
	a := openStore(t, db, opts)
	must[*Descriptor](t)(a.Create(ctx, simple("t")))
	d := enableTTL(t, a, "t", "t")
	b := openStore(t, db, opts)
	fill := func() {
		for i := range 50 {
			must[[]Written](t)(a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":"%d"},"t":{"N":"%d"}}`, i, i, clock.now().Unix()-1))}, nil))
		}
	}
	fill()
	expire(t, a)
	fill()
	expire(t, b)
	if n := len(remaining(t, a, "t")); n != 50 {
		t.Errorf("%d items: two servers do the same work", n)
	}
	clock.forward(leaseTerm)
	expire(t, b)
	if n := len(remaining(t, a, "t")); n != 0 {
		t.Errorf("%d items: nobody goes on", n)
	}
	fill()
	b.Close()
	expire(t, a)
	if n := len(remaining(t, a, "t")); n != 0 {
		t.Errorf("%d items: the lease was not given back (%s)", n, fmt.Sprint(a.leases.held))
	}
}

// TestLeasedTending: of two servers one rolls and trims shards and removes streams and tokens, and the other when that one is
// gone, without a word, too.
func TestLeasedTending(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	opts := Options{Now: clock.now, ExpireEvery: never, Lanes: 2}
	a, b := openStore(t, db, opts), openStore(t, db, opts)
	d := must[*Descriptor](t)(a.Create(ctx, streamed("KEYS_ONLY")))
	def := streamOf(t, a, d)
	tend := func(s *Store, shards int, why string) {
		t.Helper()
		if err := s.tendStreams(ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(must[[]Shard](t)(s.Shards(ctx, def))); n != shards {
			t.Errorf("%d shards, want %d: %s", n, shards, why)
		}
	}
	tend(a, 2, "there is nothing to do")
	if len(a.leases.held) != 0 {
		t.Error("a lease was taken for nothing")
	}
	clock.forward(defaultShardLife)
	tend(a, 4, "they are rolled")
	if err := a.rollShard(ctx, def, must[[]Shard](t)(a.Shards(ctx, def))[0]); err != nil { // as one does who read them before
		t.Fatal(err)
	}
	tend(a, 4, "a shard is rolled once")
	clock.forward(defaultShardLife)
	tend(a, 6, "they are rolled")
	token := Token{Scope: testScope, Value: "t", Lifetime: time.Second}
	must[[]Written](t)(a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`))}, &token))
	clock.forward(streamRetention - leaseTerm/2)
	tend(a, 6, "two are rolled, two are trimmed")
	if n := must[int](t)(a.expireTokens(ctx)); n != 1 {
		t.Errorf("%d tokens removed", n)
	}
	must[[]Written](t)(a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"2"}}`))}, &token))
	clock.forward(leaseTerm - time.Second)
	tend(b, 6, "two servers do the same work")
	if n := must[int](t)(b.expireTokens(ctx)); n != 0 {
		t.Errorf("%d tokens removed by two servers", n)
	}
	clock.forward(time.Second)
	tend(b, 4, "nobody goes on")
	if n := must[int](t)(b.expireTokens(ctx)); n != 1 {
		t.Errorf("%d tokens removed: nobody goes on", n)
	}
	clock.forward(streamRetention)
	b.Close()
	tend(a, 4, "the lease was not given back")
}
