package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

func addIndex(s *Store, name string, x *Index) (*Descriptor, error) {
	return s.Change(context.Background(), testScope, name, func(d *Descriptor) error {
		c := *x
		d.Indexes = append(d.Indexes, &c)
		return nil
	})
}

func dropIndex(s *Store, name, index string) (*Descriptor, error) {
	return s.Change(context.Background(), testScope, name, func(d *Descriptor) error {
		x := d.Index(index)
		if x == nil {
			return errors.New("no such index")
		}
		x.State = IndexDeleting
		return nil
	})
}

// state returns the state of an index, "" if there is none.
func state(t testing.TB, s *Store, name, index string) IndexState {
	t.Helper()
	d := must[*Descriptor](t)(s.Table(context.Background(), testScope, name))
	if x := d.Index(index); x != nil {
		return x.State
	}
	return ""
}

func TestIndexOfEmptyTable(t *testing.T) {
	s := openStore(t, openDB(t), Options{})
	must[*Descriptor](t)(s.Create(context.Background(), simple("t")))
	began := time.Now()
	d := must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
	if x := d.Index("g"); x.ID == 0 || x.State != IndexCreating {
		t.Errorf("%+v", x)
	}
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	if took := time.Since(began); took > time.Second {
		t.Errorf("the index of an empty table took %v", took)
	}
	must[*Descriptor](t)(dropIndex(s, "t", "g"))
	eventually(t, "gone", func() bool { return state(t, s, "t", "g") == "" })
}

// TestOnlineIndexes adds and drops indexes while others write.
func TestOnlineIndexes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", local("l", "ALL", str("a")))))
	const items = 700
	random := func(r *rand.Rand, d *Descriptor) Write {
		key := item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"}}`, r.IntN(7), r.IntN(items/7))
		if r.IntN(4) == 0 {
			return del(d, key)
		}
		names := []string{"p", "s", "a", "b", "c"}
		values := []attribute.Value{key.Field("p"), key.Field("s"), attribute.NewString(fmt.Sprint(r.IntN(5))), attribute.NewInt(r.Int64N(50)), attribute.NewInt(r.Int64N(3))}
		n := 2 + r.IntN(4)
		return put(d, attribute.NewMap(names[:n], values[:n]))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range items {
		must[[]Written](t)(s.Write(ctx, []Write{random(r, d)}, nil))
	}
	var stop atomic.Bool
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(2, uint64(i)))
			for !stop.Load() {
				if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{random(r, d)} }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	check := func() { checkStore(t, db) } // also while everything is going on
	for round := range 3 {
		must[*Descriptor](t)(addIndex(s, "t", global("g", "INCLUDE", []KeyAttribute{str("a")}, []KeyAttribute{num("b")}, "c")))
		must[*Descriptor](t)(addIndex(s, "t", global("h", "ALL", []KeyAttribute{num("b"), num("c")}, nil)))
		check()
		if round == 1 { // dropped before it is filled
			must[*Descriptor](t)(dropIndex(s, "t", "g"))
			eventually(t, "gone", func() bool { return state(t, s, "t", "g") == "" })
			must[*Descriptor](t)(addIndex(s, "t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil)))
		}
		eventually(t, "active", func() bool {
			return state(t, s, "t", "g") == IndexActive && state(t, s, "t", "h") == IndexActive
		})
		check()
		must[*Descriptor](t)(dropIndex(s, "t", "g"))
		must[*Descriptor](t)(dropIndex(s, "t", "h"))
		check()
		eventually(t, "gone", func() bool { return state(t, s, "t", "g") == "" && state(t, s, "t", "h") == "" })
		check()
	}
	must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	stop.Store(true)
	writers.Wait()
	d = must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
	want := 0
	for _, it := range scan(t, s, Scan{Table: d}) {
		if it.Field("a") != nil {
			want++
		}
	}
	if got := len(scan(t, s, Scan{Table: d, Index: d.Index("g")})); got != want || want == 0 {
		t.Errorf("%d entries of %d items", got, want)
	}
	idle(t, s)
	if len(s.cache.draining) != 0 {
		s.cache.retiredOf(d.ID)
		if len(s.cache.draining) != 0 {
			t.Errorf("%d tables drain", len(s.cache.draining))
		}
	}
}

// TestStaleWriter: a write that was planned before an index was added ends before the index is filled.
func TestStaleWriter(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	it := item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`)
	inside, goOn := make(chan bool), make(chan bool)
	result := make(chan error)
	go func() {
		_, err := s.Write(ctx, []Write{{Table: d, Key: it, Apply: func(attribute.Value) (attribute.Value, error) {
			inside <- true
			<-goOn
			return it, nil
		}}}, nil)
		result <- err
	}()
	<-inside
	must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
	if _, err := s.Write(ctx, []Write{put(d, it)}, nil); err != ErrStale {
		t.Errorf("a write by the old version: %v", err)
	}
	time.Sleep(20 * time.Millisecond)
	if got := state(t, s, "t", "g"); got != IndexCreating {
		t.Errorf("index is %s before the write has ended", got)
	}
	goOn <- true
	if err := <-result; err != nil {
		t.Error(err)
	}
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	d = must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
	if es := scan(t, s, Scan{Table: d, Index: d.Index("g")}); len(es) != 1 {
		t.Errorf("%d entries", len(es))
	}
}

// TestResume closes the store in the middle of its background work, again and again, until it is done.
func TestResume(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{})
	const items = 1000
	for _, name := range []string{"fill", "dropped", "index"} {
		d := must[*Descriptor](t)(s.Create(ctx, simple(name, global("old", "ALL", []KeyAttribute{num("s")}, nil))))
		for i := 0; i < items; i += 50 {
			var ws []Write
			for j := range 50 {
				ws = append(ws, put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"},"a":{"S":"x"}}`, i+j, i)))
			}
			must[[]Written](t)(s.Write(ctx, ws, nil))
		}
	}
	must[*Descriptor](t)(addIndex(s, "fill", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
	must[*Descriptor](t)(dropIndex(s, "index", "old"))
	must[*Descriptor](t)(s.Drop(ctx, testScope, "dropped", nil))
	closed, cursors := 0, map[string]bool{}
	for {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		closed++
		checkStore(t, db)
		jobs := must[[]*job](t)(s.loadJobs(ctx))
		if len(jobs) == 0 {
			break
		}
		for _, j := range jobs {
			cursors[string(j.rec.Cursor)] = true
		}
		s = openStore(t, db, Options{})
		time.Sleep(3 * time.Millisecond)
	}
	s = openStore(t, db, Options{})
	if got := state(t, s, "fill", "g"); got != IndexActive {
		t.Errorf("g is %q", got)
	}
	if got := state(t, s, "index", "old"); got != "" {
		t.Errorf("old is %q", got)
	}
	if sum := checkStore(t, db); sum.Items != 2*items || sum.Entries != 2*items {
		t.Errorf("%+v", sum)
	}
	t.Logf("closed %d times, %d cursors seen", closed, len(cursors))
}

// TestFaultsInBackground fails each call of the engine in turn while an index is added and dropped and the table is
// dropped: what fails is tried again, and in the end all is done.
func TestFaultsInBackground(t *testing.T) {
	ctx := context.Background()
	for _, fault := range []error{errors.New("disk on fire"), kv.ErrConflict} {
		db := openDB(t)
		s := openStore(t, db, Options{})
		round := 0
		kvtest.EveryFault(t, db, fault, func(i int) {
			round++
			name := fmt.Sprint("t", round)
			// A call may fail; then it did not happen, and it is asked for again.
			try := func(do func() error) {
				for range 2 {
					if err := do(); err == nil {
						return
					} else if !errors.Is(err, fault) {
						t.Fatal(err)
					}
				}
				t.Fatal("failed twice")
			}
			try(func() error {
				_, err := s.Create(ctx, simple(name))
				return err
			})
			try(func() error {
				_, err := write(s, name, func(d *Descriptor) []Write {
					return []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`)), put(d, item(t, `{"p":{"S":"p"},"s":{"N":"2"}}`))}
				})
				return err
			})
			try(func() error {
				_, err := addIndex(s, name, global("g", "ALL", []KeyAttribute{str("a")}, nil))
				return err
			})
			stateIs := func(want IndexState) func() bool {
				return func() bool {
					d, err := s.Table(ctx, testScope, name)
					if err != nil {
						return false
					}
					x := d.Index("g")
					return x == nil && want == "" || x != nil && x.State == want
				}
			}
			eventually(t, "active", stateIs(IndexActive))
			try(func() error {
				_, err := dropIndex(s, name, "g")
				return err
			})
			eventually(t, "gone", stateIs(""))
			try(func() error {
				_, err := s.Drop(ctx, testScope, name, nil)
				return err
			})
			eventually(t, "idle", func() bool {
				jobs, err := s.loadJobs(ctx)
				return err == nil && len(jobs) == 0
			})
		})
		if round < 30 {
			t.Errorf("%d rounds", round)
		}
	}
}

// TestFaultsInWrite: a write that fails at any call changed nothing, and one that did not changed everything.
func TestFaultsInWrite(t *testing.T) {
	ctx := context.Background()
	raw := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true}))
	defer raw.Close()
	db := kvtest.NewFaulty(raw)
	s := openStore(t, db, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("a")}, nil))))
	reader := openStore(t, raw, Options{}) // meets no faults
	for _, fault := range []error{errors.New("disk on fire"), kv.ErrUnknownOutcome, kv.ErrConflict} {
		kvtest.EveryFault(t, db, fault, func(i int) {
			value := fmt.Sprintf("%v %d", fault, i)
			one := item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":%q}}`, value)
			two := item(t, `{"p":{"S":"p"},"s":{"N":"2"},"a":{"S":%q}}`, value)
			_, err := s.Write(ctx, []Write{put(d, one), put(d, two)}, &Token{Scope: testScope, Value: value, Lifetime: time.Hour})
			if err != nil && !errors.Is(err, fault) {
				t.Fatal(err)
			}
			happened := 0
			for _, want := range []attribute.Value{one, two} {
				if attribute.Equal(get(t, reader, d, want), want) {
					happened++
				}
			}
			if err == nil && happened != 2 || err != nil && happened == 1 || err != nil && happened == 2 && !errors.Is(err, kv.ErrUnknownOutcome) {
				t.Fatalf("%v, and %d items changed", err, happened)
			}
			checkStore(t, raw)
		})
	}
}

// TestJobsOfTheFuture: a job that this version does not know, as of a newer server beside it, costs no more the longer it is there.
func TestJobsOfTheFuture(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{Shared: true})
	key := keyspace.Job(1 << 40)
	change := func(fn func(tx kv.Txn) error) {
		t.Helper()
		if err := db.Update(ctx, fn); err != nil {
			t.Fatal(err)
		}
	}
	change(func(tx kv.Txn) error { return tx.Set(key, []byte(`{"format":1000}`)) })
	before := runtime.NumGoroutine()
	for range 1000 {
		s.findJobs()
	}
	if n := runtime.NumGoroutine() - before; n > 100 {
		t.Errorf("%d goroutines more look for jobs", n)
	}
	change(func(tx kv.Txn) error { return tx.Delete(key) })
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	must[*Descriptor](t)(s.Drop(ctx, testScope, d.Name, nil))
	idle(t, s)
}
