package postgreskv_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// Each group of statements is sent at once: one round trip.
func TestRoundTrips(t *testing.T) {
	s := server(t)
	p := startProxy(t, s.Addr)
	db := open(t, postgrestest.Through(s.URL(), p.Addr))
	ctx := t.Context()
	key := func(i int) []byte { return fmt.Appendf(nil, "k%03d", i) }
	var keys [][]byte
	if err := db.Update(ctx, func(tx kv.Txn) error {
		for i := range 200 {
			keys = append(keys, key(i))
			if err := tx.Set(key(i), make([]byte, 100)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	view := func(fn func(kv.Reader) error) func() error { return func() error { return db.View(ctx, fn) } }
	update := func(fn func(kv.Txn) error) func() error { return func() error { return db.Update(ctx, fn) } }
	for _, c := range []struct {
		what string
		run  func() error
		want []string
	}{
		{"a read", view(func(r kv.Reader) error {
			_, err := r.Get(ctx, key(1))
			return err
		}), []string{"begin_view get"}},
		{"a batch of reads", view(func(r kv.Reader) error {
			_, err := r.GetMany(ctx, keys[:100])
			return err
		}), []string{"begin_view get_many"}},
		{"a page", view(func(r kv.Reader) error {
			n := 0
			return r.Scan(ctx, kv.Range{Start: key(0), Limit: 100}, func(_, _ []byte) (bool, error) { n++; return n < 100, nil })
		}), []string{"begin_view scan"}},
		{"a whole range", view(func(r kv.Reader) error {
			return r.Scan(ctx, kv.Range{Start: key(0), Reverse: true}, func(_, _ []byte) (bool, error) { return true, nil })
		}), []string{"begin_view scan_back"}},
		{"a change of an item", update(func(tx kv.Txn) error {
			if err := tx.Lock(ctx, key(1)); err != nil {
				return err
			}
			if _, err := tx.Get(ctx, key(1)); err != nil {
				return err
			}
			return tx.Set(key(1), nil)
		}), []string{"begin_current share lock clock", "get", "set marker commit unlock"}},
		{"a change of an item, its index entries and records of it", update(func(tx kv.Txn) error {
			if err := tx.Lock(ctx, key(1), key(2)); err != nil {
				return err
			}
			if _, err := tx.GetMany(ctx, keys[1:3]); err != nil {
				return err
			}
			for i := range 10 {
				if err := tx.Set(key(1+i), nil); err != nil {
					return err
				}
			}
			return tx.Delete(key(100))
		}), []string{"begin_current share lock clock", "get_many", "must_lock mark set delete marker commit unlock"}},
		{"a change that reads more than it locks", update(func(tx kv.Txn) error {
			if err := tx.Lock(ctx, key(1)); err != nil {
				return err
			}
			if _, err := tx.GetMany(ctx, keys[:3]); err != nil {
				return err
			}
			return tx.Set(key(1), nil)
		}), []string{"begin_current share lock clock", "commit begin_pinned get_many clock", "set marker commit unlock"}},
		{"a change without a read", update(func(tx kv.Txn) error { return tx.Set(key(1), nil) }),
			[]string{"begin_current share lock clock", "set marker commit unlock"}},
		{"a refused change", func() error {
			_ = db.Update(ctx, func(tx kv.Txn) error {
				if err := tx.Lock(ctx, key(1)); err != nil {
					return err
				}
				return fmt.Errorf("no")
			})
			return nil
		}, []string{"begin_current share lock clock", "rollback unlock"}},
		{"nothing", update(func(kv.Txn) error { return nil }), nil},
	} {
		got := p.record(func() {
			if err := c.run(); err != nil {
				t.Error(err)
			}
		})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s took\n%q, want\n%q", c.what, got, c.want)
		}
	}
}

// A read does not keep its connection for longer than its answer takes: the end of its transaction is answered when the next one
// has it already.
func TestReadsPassConnectionsOn(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := startProxy(t, s.Addr)
	db := open(t, postgrestest.Through(s.URL(), p.Addr)+"&pool_max_conns=4")
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("k"), []byte("v")) }); err != nil {
		t.Fatal(err)
	}
	p.decide(func(group string) fate {
		if group == "rollback" {
			return unhurried
		}
		return pass
	})
	get := func() {
		if err := db.View(t.Context(), func(r kv.Reader) error {
			v, err := r.Get(t.Context(), []byte("k"))
			if string(v) != "v" {
				t.Errorf("read %q", v)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	groups := p.record(func() {
		for range 5 {
			get()
		}
	})
	if len(groups) != 5 || len(p.used) != 1 {
		t.Errorf("%d round trips over %d connections, want 5 over one", len(groups), len(p.used))
	}
	p.record(func() {
		var together sync.WaitGroup
		for range 16 {
			together.Go(func() {
				for range 4 {
					get()
				}
			})
		}
		together.Wait()
	})
	if len(p.used) > 4 {
		t.Errorf("%d connections, want 4 at most", len(p.used))
	}
	// Whatever comes next gets along with the answers that nobody read.
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.View(ended, func(r kv.Reader) error { _, err := r.Get(ended, []byte("k")); return err }); !errors.Is(err, context.Canceled) {
		t.Errorf("a view with a context that has ended: %v", err)
	}
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Delete([]byte("k")) }); err != nil {
		t.Error(err)
	}
}
