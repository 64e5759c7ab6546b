package pebblekv_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

const benchKeys = 100_000

// benchDB has benchKeys entries with values of 400 bytes.
func benchDB(b *testing.B) kv.DB {
	b.Helper()
	db, err := pebblekv.Open(b.TempDir(), pebblekv.Options{CacheSize: 64 << 20})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	value := make([]byte, 400)
	for i := 0; i < benchKeys; {
		err := db.Update(b.Context(), func(tx kv.Txn) error {
			for range 10_000 {
				if err := tx.Set(benchKey(i), value); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return db
}

func benchKey(i int) []byte {
	return binary.BigEndian.AppendUint64([]byte("item/"), uint64(i)*0x9e3779b97f4a7c15)
}

func get(b *testing.B, db kv.DB) {
	key := benchKey(rand.IntN(benchKeys))
	err := db.View(b.Context(), func(r kv.Reader) error {
		v, err := r.Get(b.Context(), key)
		if err == nil && v == nil {
			err = fmt.Errorf("%x is missing", key)
		}
		return err
	})
	if err != nil {
		b.Error(err)
	}
}

// change does what the change of an item does: lock, read, write.
func change(b *testing.B, db kv.DB, key, value []byte) {
	err := db.Update(b.Context(), func(tx kv.Txn) error {
		if err := tx.Lock(b.Context(), key); err != nil {
			return err
		}
		if _, err := tx.Get(b.Context(), key); err != nil {
			return err
		}
		return tx.Set(key, value)
	})
	if err != nil {
		b.Error(err)
	}
}

func BenchmarkGet(b *testing.B) {
	db := benchDB(b)
	for b.Loop() {
		get(b, db)
	}
}

func BenchmarkGet32(b *testing.B) {
	db := benchDB(b)
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			get(b, db)
		}
	})
}

// BenchmarkScan10 reads ten neighbours, as a small Query does.
func BenchmarkScan10(b *testing.B) {
	db := benchDB(b)
	for b.Loop() {
		start := benchKey(rand.IntN(benchKeys))
		n := 0
		err := db.View(b.Context(), func(r kv.Reader) error {
			return r.Scan(b.Context(), kv.Range{Start: start, Limit: 10}, func(_, _ []byte) (bool, error) {
				n++
				return n < 10, nil
			})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	db := benchDB(b)
	value := make([]byte, 400)
	for b.Loop() {
		change(b, db, benchKey(rand.IntN(benchKeys)), value)
	}
}

func BenchmarkUpdate32(b *testing.B) {
	db := benchDB(b)
	value := make([]byte, 400)
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			change(b, db, benchKey(rand.IntN(benchKeys)), value)
		}
	})
}

// BenchmarkUpdate32Hot is 32 clients that all change one key.
func BenchmarkUpdate32Hot(b *testing.B) {
	db := benchDB(b)
	value := make([]byte, 400)
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			change(b, db, benchKey(7), value)
		}
	})
}

// BenchmarkMixed32 is half point reads and half changes.
func BenchmarkMixed32(b *testing.B) {
	db := benchDB(b)
	value := make([]byte, 400)
	var n atomic.Uint64
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if n.Add(1)%2 == 0 {
				get(b, db)
			} else {
				change(b, db, benchKey(rand.IntN(benchKeys)), value)
			}
		}
	})
}
