package tikvkv_test

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/tikv/client-go/v2/tikvrpc"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

// trips are requests to the cluster by their kind, and timestamps.
type trips map[string]int

// count returns the requests that do makes.
func count(t *testing.T, c *tikvtest.Cluster, do func() error) trips {
	t.Helper()
	var mu sync.Mutex
	n := trips{}
	c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
		if r.Type != tikvrpc.CmdStoreSafeTS { // the client's own, now and then
			mu.Lock()
			n[r.Type.String()]++
			mu.Unlock()
		}
		return r.Send()
	})
	defer c.SetFault(nil)
	before := c.Timestamps()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if stamps := c.Timestamps() - before; stamps > 0 {
		n["timestamp"] = int(stamps)
	}
	return n
}

func TestRoundTrips(t *testing.T) {
	c := newCluster(t, 3)
	db := open(t, c)
	ctx := t.Context()
	var keys [][]byte
	for i := range 400 {
		keys = append(keys, fmt.Appendf(nil, "k%03d", i))
	}
	if err := db.Update(ctx, func(tx kv.Txn) error {
		for _, k := range keys {
			if err := tx.Set(k, k); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"k100", "k200", "k300"} {
		c.Split([]byte("test/" + at))
	}
	// The first request of a region finds out where it is now.
	if err := db.View(ctx, func(r kv.Reader) error { _, err := r.GetMany(ctx, keys); return err }); err != nil {
		t.Fatal(err)
	}
	scan := func(r kv.Range) func() error {
		return func() error {
			return db.View(ctx, func(reader kv.Reader) error {
				n := 0
				return reader.Scan(ctx, r, func(_, _ []byte) (bool, error) { n++; return n != r.Limit, nil })
			})
		}
	}
	for _, x := range []struct {
		name string
		do   func() error
		want trips
	}{
		{"GetItem", func() error {
			return db.View(ctx, func(r kv.Reader) error { _, err := r.Get(ctx, keys[0]); return err })
		}, trips{"Get": 1, "timestamp": 1}},
		{"a view that reads nothing", func() error { return db.View(ctx, func(kv.Reader) error { return nil }) }, trips{}},
		// TiKV itself does it in two requests, the lock and a prewrite that also commits; the mock knows no such one.
		{"unconditional PutItem", func() error {
			return db.Update(ctx, func(tx kv.Txn) error {
				if err := tx.Lock(ctx, keys[0]); err != nil {
					return err
				}
				if _, err := tx.Get(ctx, keys[0]); err != nil {
					return err
				}
				return tx.Set(keys[0], []byte("new"))
			})
		}, trips{"PessimisticLock": 1, "Prewrite": 1, "Commit": 1, "timestamp": 3}},
		{"a refused condition", func() error {
			return db.Update(ctx, func(tx kv.Txn) error {
				if err := tx.Lock(ctx, keys[0]); err != nil {
					return err
				}
				_, err := tx.Get(ctx, keys[0])
				return err
			})
		}, trips{"PessimisticLock": 1, "PessimisticRollback": 1, "timestamp": 1}},
		{"a write without a lock", func() error {
			return db.Update(ctx, func(tx kv.Txn) error { return tx.Set(keys[0], []byte("newer")) })
		}, trips{"Prewrite": 1, "Commit": 1, "timestamp": 3}},
		{"BatchGetItem in one region", func() error {
			return db.View(ctx, func(r kv.Reader) error { _, err := r.GetMany(ctx, keys[:100]); return err })
		}, trips{"BatchGet": 1, "timestamp": 1}},
		{"BatchGetItem in four regions", func() error {
			return db.View(ctx, func(r kv.Reader) error { _, err := r.GetMany(ctx, keys); return err })
		}, trips{"BatchGet": 4, "timestamp": 1}},
		{"a page of ten", scan(kv.Range{Start: keys[0], End: keys[99], Limit: 10}), trips{"Scan": 1, "timestamp": 1}},
		{"a page of ten backwards", scan(kv.Range{Start: keys[0], End: keys[99], Limit: 10, Reverse: true}), trips{"Scan": 1, "timestamp": 1}},
		{"a scan of a region", scan(kv.Range{Start: keys[0], End: keys[99]}), trips{"Scan": 2, "timestamp": 1}}, // 64 and the rest
	} {
		if got := count(t, c, x.do); !maps.Equal(got, x.want) {
			t.Errorf("%s takes %v, want %v", x.name, got, x.want)
		}
	}
}
