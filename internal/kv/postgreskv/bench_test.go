package postgreskv_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

// The round trips here cost next to nothing; what is measured is the work of both sides.
func BenchmarkEngine(b *testing.B) {
	db := open(b, server(b).URL())
	const items = 10_000
	key := func() []byte { return fmt.Appendf(nil, "item %06d", rand.IntN(items)) }
	value := make([]byte, 1024)
	if err := db.Update(b.Context(), func(tx kv.Txn) error {
		for i := range items {
			if err := tx.Set(fmt.Appendf(nil, "item %06d", i), value); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"get", func() error {
			return db.View(b.Context(), func(r kv.Reader) error { _, err := r.Get(b.Context(), key()); return err })
		}},
		{"get 25", func() error {
			var keys [][]byte
			for range 25 {
				keys = append(keys, key())
			}
			return db.View(b.Context(), func(r kv.Reader) error { _, err := r.GetMany(b.Context(), keys); return err })
		}},
		{"scan 100", func() error {
			return db.View(b.Context(), func(r kv.Reader) error {
				n := 0
				return r.Scan(b.Context(), kv.Range{Start: key(), Limit: 100}, func(_, _ []byte) (bool, error) { n++; return n < 100, nil })
			})
		}},
		{"put", func() error {
			k := key()
			return db.Update(b.Context(), func(tx kv.Txn) error {
				if err := tx.Lock(b.Context(), k); err != nil {
					return err
				}
				if _, err := tx.Get(b.Context(), k); err != nil {
					return err
				}
				return tx.Set(k, value)
			})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := c.run(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
