package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// never is for tests that expire items themselves.
const never = 1000 * time.Hour

func askTTL(s *Store, name, attr string) error {
	_, err := s.Change(context.Background(), testScope, name, func(d *Descriptor) error {
		d.TTL = &TTL{Attribute: attr}
		return nil
	})
	return err
}

// enableTTL enables Time To Live and waits for that.
func enableTTL(t testing.TB, s *Store, name, attr string) *Descriptor {
	t.Helper()
	if err := askTTL(s, name, attr); err != nil {
		t.Fatal(err)
	}
	eventually(t, "enabled", func() bool { return stateTTL(t, s, name) == TTLEnabled })
	return must[*Descriptor](t)(s.Table(context.Background(), testScope, name))
}

func askNoTTL(s *Store, name string) error {
	_, err := s.Change(context.Background(), testScope, name, func(d *Descriptor) error {
		d.TTL.State = TTLDisabling
		return nil
	})
	return err
}

func disableTTL(t testing.TB, s *Store, name string) {
	t.Helper()
	if err := askNoTTL(s, name); err != nil {
		t.Fatal(err)
	}
	eventually(t, "disabled", func() bool { return stateTTL(t, s, name) == "" })
}

// stateTTL returns the state of a table's TTL, "" if it is disabled.
func stateTTL(t testing.TB, s *Store, name string) TTLState {
	t.Helper()
	d := must[*Descriptor](t)(s.Table(context.Background(), testScope, name))
	if d.TTL == nil {
		return ""
	}
	return d.TTL.State
}

// expire deletes all that is due.
func expire(t fatal, s *Store) {
	t.Helper()
	for more := true; more; {
		var err error
		if _, more, err = s.expireItems(context.Background()); err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// remaining returns the values of attribute n of all items.
func remaining(t testing.TB, s *Store, name string) map[string]bool {
	t.Helper()
	d := must[*Descriptor](t)(s.Table(context.Background(), testScope, name))
	found := make(map[string]bool)
	for _, it := range scan(t, s, Scan{Table: d}) {
		found[string(it.Field("n").Text())] = true
	}
	return found
}

// times are values of a TTL attribute around a second now, and when they expire: so many seconds after now; never if
// negative.
func times(now int64) map[string]int64 {
	n := func(second int64) string { return fmt.Sprintf(`{"N":"%d"}`, second) }
	return map[string]int64{
		n(now - 1):                           0,
		fmt.Sprintf(`{"N":"%d.75"}`, now-1):  0,
		n(now):                               1,
		fmt.Sprintf(`{"N":"%d.25"}`, now):    1,
		n(now + 1):                           2,
		n(now + 3600):                        3601,
		n(now - longPast):                    0,
		n(now - longPast - 1):                -1,
		n(now - 2*longPast):                  -1,
		n(1):                                 -1,
		n(0):                                 -1,
		n(-now):                              -1,
		n(now * 1000):                        -1,
		`{"N":"0.5"}`:                        -1,
		`{"N":"1e125"}`:                      -1,
		`{"N":"1e-100"}`:                     -1,
		fmt.Sprintf(`{"S":"%d"}`, now-1):     -1,
		fmt.Sprintf(`{"NS":["%d"]}`, now-1):  -1,
		fmt.Sprintf(`{"L":[%s]}`, n(now-1)):  -1,
		`{"NULL":true}`:                      -1,
		fmt.Sprintf(`{"M":{"t":%s}}`, n(10)): -1,
	}
}

// TestExpire: what expires, when, with items from before and from after TTL was enabled, and what follows from it.
func TestExpire(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	db.RunTwice(true)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", local("l", "ALL", str("n")),
		global("g", "KEYS_ONLY", []KeyAttribute{str("n")}, nil), global("byTime", "ALL", []KeyAttribute{num("t")}, nil))))
	now := clock.now().Unix()
	all := times(now)
	i := 0
	putAll := func(d *Descriptor, when string) {
		for v := range all {
			i++
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"t":%s,"n":{"S":%q}}`, i, v, when+v))}, nil))
		}
		i++
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":%q}}`, i, when+"none"))}, nil))
	}
	putAll(d, "before")
	expire(t, s)
	if n := len(remaining(t, s, "t")); n != i {
		t.Errorf("%d of %d items are left without TTL", n, i)
	}
	d = enableTTL(t, s, "t", "t")
	putAll(d, "after")
	if n := len(remaining(t, s, "t")); n != i {
		t.Errorf("%d of %d items are there before they are deleted", n, i)
	}
	for _, at := range []int64{0, 0, 1, 2, 3600, 3601, 24 * 3600} {
		clock.forward(time.Unix(now+at, 0).Sub(clock.now()))
		expire(t, s)
		left := remaining(t, s, "t")
		for v, after := range all {
			for _, when := range []string{"before", "after"} {
				if gone := 0 <= after && after <= at; left[when+v] == gone {
					t.Errorf("%d seconds later, of %s: is there %v", at, when+v, left[when+v])
				}
			}
		}
		if !left["beforenone"] || !left["afternone"] {
			t.Error("an item without the attribute is gone")
		}
		for _, x := range d.Indexes {
			want := len(left)
			if x.Name == "byTime" {
				want = 0
				for v, after := range all {
					if v[2] == 'N' && v[3] == '"' && (after < 0 || after > at) {
						want += 2
					}
				}
			}
			if n := len(scan(t, s, Scan{Table: d, Index: x})); n != want {
				t.Errorf("%d entries in %s, %d items", n, x.Name, want)
			}
		}
		checkStore(t, db)
	}
}

// TestExpireMoved: places follow their items; nothing is deleted for a time that it no longer has.
func TestExpireMoved(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	d := enableTTL(t, s, "t", "t")
	now := clock.now().Unix()
	it := func(second int64) attribute.Value {
		return item(t, `{"p":{"S":"p"},"s":{"N":"1"},"n":{"S":"x"},"t":{"N":"%d"}}`, second)
	}
	places := func(want int64) {
		t.Helper()
		if sum := checkStore(t, db); sum.Places != want {
			t.Errorf("%d places, want %d", sum.Places, want)
		}
	}
	must[[]Written](t)(s.Write(ctx, []Write{put(d, it(now+10))}, nil))
	places(1)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, it(now+20))}, nil))
	places(1)
	clock.forward(15 * time.Second)
	expire(t, s)
	if !remaining(t, s, "t")["x"] {
		t.Error("deleted at a time that was changed")
	}
	must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"n":{"S":"x"}}`))}, nil))
	places(0)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, it(now+30))}, nil))
	must[[]Written](t)(s.Write(ctx, []Write{del(d, it(0))}, nil))
	places(0)

	// Between the look into the queue and the deletion the item is given more time.
	must[[]Written](t)(s.Write(ctx, []Write{put(d, it(now))}, nil))
	b := batch{d: d, now: clock.now().Unix()}
	queues := must[[]*dueQueue](t)(s.dueQueues(ctx, b.now))
	if len(queues) != 1 {
		t.Fatalf("%d queues", len(queues))
	}
	if err := db.View(ctx, func(r kv.Reader) error { return b.collect(ctx, r, queues[0]) }); err != nil || len(b.writes) != 1 || len(b.orphans) != 0 {
		t.Fatalf("%+v %v", b, err)
	}
	if !b.writes[0].Service {
		t.Error("the deletion is not marked as the service's")
	}
	must[[]Written](t)(s.Write(ctx, []Write{put(d, it(now+1000))}, nil))
	w := must[[]Written](t)(s.Write(ctx, b.writes, nil))
	if w[0].New == nil || !remaining(t, s, "t")["x"] {
		t.Error("an item was deleted that had been given more time")
	}
	places(1)
}

// TestOrphans: a place without its item, which nothing makes, is removed, and holds up nothing.
func TestOrphans(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	d := enableTTL(t, s, "t", "t")
	now := clock.now().Unix()
	live := item(t, `{"p":{"S":"live"},"s":{"N":"1"},"n":{"S":"live"},"t":{"N":"%d"}}`, now+100)
	due := item(t, `{"p":{"S":"due"},"s":{"N":"1"},"n":{"S":"due"},"t":{"N":"%d"}}`, now-1)
	none := item(t, `{"p":{"S":"none"},"s":{"N":"1"}}`)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, live), put(d, due)}, nil))
	err := db.Update(ctx, func(tx kv.Txn) error {
		for _, it := range []attribute.Value{live, due, none} {
			key := must[[]byte](t)(appendItemKey(nil, d, it))
			if err := tx.Set(keyspace.AppendDue(nil, d.TTL.ID, now-10, key), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expire(t, s)
	if left := remaining(t, s, "t"); len(left) != 1 || !left["live"] {
		t.Errorf("left: %v", left)
	}
	if sum := checkStore(t, db); sum.Places != 1 {
		t.Errorf("%d places", sum.Places)
	}
}

// TestExpireLarge: one transaction deletes large items by the few, and all of them go; a queue that can't be read, and one of
// a table that is not there any more, hold up nothing.
func TestExpireLarge(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	must[*Descriptor](t)(s.Create(ctx, simple("a")))
	broken := enableTTL(t, s, "a", "t")
	d := enableTTL(t, s, "t", "t")
	spoil := func(value []byte) {
		t.Helper()
		err := db.Update(ctx, func(tx kv.Txn) error { return tx.Set(keyspace.QueueTable(broken.TTL.ID), value) })
		if err != nil {
			t.Fatal(err)
		}
	}
	const items = 40
	large := strings.Repeat("x", 100<<10)
	fill := func(d *Descriptor) {
		for i := range items {
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":"%d"},"t":{"N":"%d"},"text":{"S":%q}}`,
				i, i, clock.now().Unix()-1, large))}, nil))
		}
	}
	fill(d)
	fill(broken)
	b := batch{d: d, now: clock.now().Unix()}
	queues := must[[]*dueQueue](t)(s.dueQueues(ctx, b.now))
	if len(queues) != 2 {
		t.Fatalf("%d queues", len(queues))
	}
	if err := db.View(ctx, func(r kv.Reader) error { return b.collect(ctx, r, queues[1]) }); err != nil {
		t.Fatal(err)
	}
	if n := len(b.writes); n == 0 || n > items/2 {
		t.Errorf("%d items of 100 KB in one transaction", n)
	}
	good := must[[]byte](t)(json.Marshal(queueRecord{broken.Scope, broken.Name, broken.ID}))
	for _, bad := range [][]byte{[]byte("x"), []byte(`{"table":"none"}`), []byte(`{"table":"t"}`)} {
		spoil(bad)
		expire(t, s)
		if n := len(remaining(t, s, "t")); n != 0 {
			t.Errorf("%d items are left beside a queue of %s", n, bad)
		}
		if n := len(remaining(t, s, "a")); n != items {
			t.Errorf("%d items are left in the table whose queue is of %s", n, bad)
		}
		fill(d)
	}
	spoil(good)
	expire(t, s)
	if n := len(remaining(t, s, "t")) + len(remaining(t, s, "a")); n != 0 {
		t.Errorf("%d items are left", n)
	}
}

// TestTTLChanges: what may follow what.
func TestTTLChanges(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{ExpireEvery: never})
	created := simple("t")
	created.TTL = &TTL{Attribute: "x", State: TTLEnabled, ID: 1}
	if d := must[*Descriptor](t)(s.Create(ctx, created)); d.TTL != nil {
		t.Error("created with a TTL")
	}
	change := func(ttl *TTL) error {
		_, err := s.Change(ctx, testScope, "t", func(d *Descriptor) error { d.TTL = ttl; return nil })
		return err
	}
	if change(&TTL{}) == nil || change(&TTL{ID: 5, Attribute: "t"}) == nil {
		t.Error("a TTL that makes no sense")
	}
	first := enableTTL(t, s, "t", "t").TTL
	for _, bad := range []TTL{{}, {Attribute: "t"}, {ID: first.ID, Attribute: "u", State: TTLEnabled},
		{ID: first.ID, Attribute: "t", State: TTLEnabling}, {ID: first.ID + 1, Attribute: "t", State: TTLEnabled}} {
		if change(&bad) == nil {
			t.Errorf("changed to %+v", bad)
		}
	}
	if change(nil) == nil {
		t.Error("the queue was forgotten")
	}
	disableTTL(t, s, "t")
	second := enableTTL(t, s, "t", "u").TTL
	if second.ID == first.ID {
		t.Error("the queue's id was used again")
	}
	// Disabled while it is filled: the queue goes either way.
	disableTTL(t, s, "t")
	if err := errors.Join(askTTL(s, "t", "v"), askNoTTL(s, "t")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "disabled", func() bool { return stateTTL(t, s, "t") == "" })
	idle(t, s)
	if err := askTTL(s, "t", "v"); err != nil {
		t.Fatal(err)
	}
	must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
	idle(t, s)
	start, end := keyspace.AllQueues(0)
	err := db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, _ []byte) (bool, error) {
			t.Errorf("left: %x", key)
			return true, nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// TestOnlineTTL enables and disables TTL while others write, and deletes all the time.
func TestOnlineTTL(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: time.Millisecond})
	must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("n")}, nil))))
	const items, writers = 600, 4
	now := clock.now().Unix()
	var stop atomic.Bool
	var deleted atomic.Int64
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(3, uint64(i)))
			alive := make(map[int]bool) // it was written to live
			for !stop.Load() {
				n := r.IntN(items/writers)*writers + i
				live := r.IntN(2) == 0
				second := now - 10
				if live {
					second = now + 1_000_000
				}
				it := item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":"%d"},"t":{"N":"%d"}}`, n, n, second)
				w, err := write(s, "t", func(d *Descriptor) []Write { return []Write{put(d, it)} })
				switch {
				case err != nil:
					t.Error(err)
					return
				case w[0].Old == nil && alive[n]:
					t.Errorf("item %d was deleted alive", n)
				}
				alive[n] = live
				time.Sleep(200 * time.Microsecond)
			}
		})
	}
	for range 5 {
		d := enableTTL(t, s, "t", "t")
		checkStore(t, db)
		eventually(t, "something is deleted", func() bool {
			n := len(scan(t, s, Scan{Table: d}))
			deleted.Add(int64(items - n))
			return n < items*3/4
		})
		disableTTL(t, s, "t")
		checkStore(t, db)
	}
	enableTTL(t, s, "t", "t")
	stop.Store(true)
	all.Wait()
	eventually(t, "all that is due is deleted", func() bool {
		d := must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
		for _, it := range scan(t, s, Scan{Table: d}) {
			if d.TTL.dueAt(it, now) {
				return false
			}
		}
		return true
	})
	idle(t, s)
}

// TestTTLSurvives: the process ends at any call of the engine while TTL is enabled, items expire and TTL is disabled.
// The next goes on, and in the end nothing is left over.
func TestTTLSurvives(t *testing.T) {
	ctx := context.Background()
	fail := errors.New("the disk is gone")
	for at := 0; ; at += 1 + at/15 {
		clock := newClock()
		now := clock.now().Unix()
		db := openDB(t)
		opts := Options{Now: clock.now, ExpireEvery: never}
		s := openStore(t, db, opts)
		d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("n")}, nil))))
		const items = fillItems + 20
		for i := range items {
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":"%d"},"t":{"N":"%d"}}`, i, i, now+int64(i%2*1000)-1))}, nil))
		}
		db.FailAt(at, fail)
		err := askTTL(s, "t", "t")
		for began := time.Now(); err == nil && stateTTL(t, s, "t") == TTLEnabling && time.Since(began) < 20*time.Millisecond; {
			time.Sleep(time.Millisecond)
		}
		_, _, _ = s.expireItems(ctx) // whether the fault comes here or before
		s.Close()
		fired := db.Fired()
		db.FailAt(-1, nil)
		clock.forward(leaseTerm) // a lease may not have been given back
		s = openStore(t, db, opts)
		if stateTTL(t, s, "t") == "" {
			if err := askTTL(s, "t", "t"); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "enabled", func() bool { return stateTTL(t, s, "t") == TTLEnabled })
		expire(t, s)
		if n := len(remaining(t, s, "t")); n != items/2 {
			t.Fatalf("call %d failed: %d items are left", at, n)
		}
		checkStore(t, db)
		disableTTL(t, s, "t")
		if sum := checkStore(t, db); sum.Places != 0 {
			t.Fatalf("call %d failed: %d places are left", at, sum.Places)
		}
		s.Close()
		if !fired {
			t.Logf("up to call %d", at)
			break
		}
	}
}
