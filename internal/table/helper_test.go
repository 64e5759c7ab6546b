package table

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

var testScope = Scope{Account: "000000000001", Region: "eu-north-1"}

// clock is a fake clock.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) forward(d time.Duration) { c.nanos.Add(int64(d)) }

// openDB returns an engine in memory that spoils what is kept too long. When the test ends, it is checked.
func openDB(t testing.TB) *kvtest.Faulty {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	f := kvtest.NewFaulty(db)
	t.Cleanup(func() {
		f.FailAt(-1, nil)
		f.RunTwice(false)
		checkStore(t, f)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func checkStore(t testing.TB, db kv.DB) Summary {
	t.Helper()
	sum, err := Check(context.Background(), db, func(p Problem) { t.Error(p) })
	if err != nil {
		t.Error(err)
	}
	return sum
}

func openStore(t testing.TB, db kv.DB, opts Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), db, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

func must[T any](t fatal) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return v
	}
}

func item(t fatal, text string, args ...any) attribute.Value {
	t.Helper()
	v, err := attribute.ParseItemJSON(fmt.Sprintf(text, args...))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func str(name string) KeyAttribute { return KeyAttribute{name, attribute.String} }
func num(name string) KeyAttribute { return KeyAttribute{name, attribute.Number} }

// simple is a table with the key p (S) and s (N).
func simple(name string, indexes ...*Index) Descriptor {
	sort := num("s")
	return Descriptor{Scope: testScope, Name: name, Partition: str("p"), Sort: &sort, Indexes: indexes}
}

func global(name, projection string, partition, sort []KeyAttribute, nonKey ...string) *Index {
	return &Index{Name: name, Partition: partition, Sort: sort, Projection: projection, NonKey: nonKey}
}

func local(name, projection string, sort KeyAttribute, nonKey ...string) *Index {
	return &Index{Name: name, Local: true, Partition: []KeyAttribute{str("p")}, Sort: []KeyAttribute{sort}, Projection: projection, NonKey: nonKey}
}

// put returns the write that puts it.
func put(d *Descriptor, it attribute.Value) Write {
	return Write{Table: d, Key: it, Apply: func(attribute.Value) (attribute.Value, error) { return it, nil }}
}

// del returns the write that deletes the item with that key.
func del(d *Descriptor, key attribute.Value) Write {
	return Write{Table: d, Key: key, Apply: func(attribute.Value) (attribute.Value, error) { return nil, nil }}
}

// write writes, with a new descriptor as often as the one it has is stale.
func write(s *Store, name string, ops func(d *Descriptor) []Write) ([]Written, error) {
	for {
		d, err := s.Table(context.Background(), testScope, name)
		if err != nil {
			return nil, err
		}
		w, err := s.Write(context.Background(), ops(d), nil)
		if err != ErrStale {
			return w, err
		}
	}
}

func get(t fatal, s *Store, d *Descriptor, key attribute.Value) (found attribute.Value) {
	t.Helper()
	err := s.Get(context.Background(), []Read{{d, key}}, func(items []attribute.Value) error {
		found = slices.Clone(items[0])
		return nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return found
}

func query(t fatal, s *Store, q Query) (found []attribute.Value) {
	t.Helper()
	err := s.Query(context.Background(), q, func(it attribute.Value) (bool, error) {
		found = append(found, slices.Clone(it))
		return true, nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return found
}

func scan(t fatal, s *Store, sc Scan) (found []attribute.Value) {
	t.Helper()
	err := s.Scan(context.Background(), sc, func(it attribute.Value) (bool, error) {
		found = append(found, slices.Clone(it))
		return true, nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return found
}

// eventually waits for ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// idle waits for the end of all jobs.
func idle(t testing.TB, s *Store) {
	t.Helper()
	eventually(t, "all jobs done", func() bool {
		jobs, err := s.loadJobs(context.Background())
		return err == nil && len(jobs) == 0
	})
}
