package table

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// benchTable opens a store in memory with a table of 10,000 items of about 1 KB.
func benchTable(b *testing.B, indexes ...*Index) (*Store, *Descriptor, []attribute.Value) {
	return benchTableOf(b, Options{}, simple("t", indexes...))
}

func benchTableOf(b *testing.B, opts Options, of Descriptor) (*Store, *Descriptor, []attribute.Value) {
	ctx := context.Background()
	db := must[*pebblekv.DB](b)(pebblekv.OpenMemory(pebblekv.Options{}))
	b.Cleanup(func() { db.Close() })
	s := openStore(b, db, opts)
	d := must[*Descriptor](b)(s.Create(ctx, of))
	text := strings.Repeat("0123456789", 90)
	var items []attribute.Value
	for i := range 10_000 {
		it := item(b, `{"p":{"S":"user-%06d"},"s":{"N":"%d"},"a":{"S":"a-%d"},"b":{"N":"%d"},"text":{"S":%q}}`, i/10, i%10, i%100, i, text)
		items = append(items, it)
		must[[]Written](b)(s.Write(ctx, []Write{put(d, it)}, nil))
	}
	b.ReportAllocs()
	b.ResetTimer()
	return s, d, items
}

func BenchmarkGet(b *testing.B) {
	s, d, items := benchTable(b)
	ctx := context.Background()
	found := 0
	fn := func(items []attribute.Value) error {
		if items[0] != nil {
			found++
		}
		return nil
	}
	reads := make([]Read, 1)
	for i := 0; b.Loop(); i++ {
		reads[0] = Read{d, items[i*7%len(items)]}
		if err := s.Get(ctx, reads, fn); err != nil {
			b.Fatal(err)
		}
	}
	if found != b.N {
		b.Errorf("%d of %d found", found, b.N)
	}
}

func BenchmarkTable(b *testing.B) {
	s, d, _ := benchTable(b)
	ctx := context.Background()
	for b.Loop() {
		if got, _ := s.Table(ctx, testScope, "t"); got != d {
			b.Fatal("another descriptor")
		}
	}
}

func benchWrite(b *testing.B, indexes ...*Index) { benchWriteOf(b, simple("t", indexes...)) }

func benchWriteOf(b *testing.B, of Descriptor) {
	s, d, items := benchTableOf(b, Options{}, of)
	ctx := context.Background()
	var next attribute.Value
	writes := []Write{{Table: d, Apply: func(attribute.Value) (attribute.Value, error) { return next, nil }}}
	other := make([]attribute.Value, len(items)) // the same keys with other values
	for i, it := range items {
		other[i] = attribute.NewMap([]string{"p", "s", "a", "b", "text"},
			[]attribute.Value{it.Field("p"), it.Field("s"), attribute.NewString(fmt.Sprint("c-", i%100)), it.Field("b"), it.Field("text")})
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		n := i * 7 % len(items)
		if next = items[n]; i/len(items)%2 == 0 {
			next = other[n]
		}
		writes[0].Key = next
		if _, err := s.Write(ctx, writes, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) { benchWrite(b) }

func streamed(view string, indexes ...*Index) Descriptor {
	d := simple("t", indexes...)
	d.Stream = &Stream{View: view}
	return d
}

func BenchmarkWriteStream(b *testing.B) {
	for _, view := range []string{"KEYS_ONLY", "NEW_AND_OLD_IMAGES"} {
		b.Run(view, func(b *testing.B) { benchWriteOf(b, streamed(view)) })
	}
}

// How much writers wait for each other in the lanes of a stream. The writes are to disk, as that is what a lock could be
// held for.
func BenchmarkWriteStreamParallel(b *testing.B) {
	bench := func(b *testing.B, lanes int) {
		ctx := context.Background()
		db := must[*pebblekv.DB](b)(pebblekv.Open(b.TempDir(), pebblekv.Options{}))
		defer db.Close()
		s := openStore(b, db, Options{Lanes: lanes})
		defer s.Close()
		of := simple("t")
		if lanes > 0 {
			of = streamed("NEW_AND_OLD_IMAGES")
		}
		d := must[*Descriptor](b)(s.Create(ctx, of))
		text := strings.Repeat("0123456789", 90)
		var n atomic.Int64
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := n.Add(1)
				it := attribute.NewMap([]string{"p", "s", "text", "i"}, []attribute.Value{attribute.NewString(fmt.Sprint(i % 5000)), attribute.NewInt(1), attribute.NewString(text), attribute.NewInt(i)})
				if _, err := s.Write(ctx, []Write{put(d, it)}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, lanes := range []int{0, 1, 4, 8, 16} {
		b.Run(fmt.Sprint("lanes=", lanes), func(b *testing.B) { bench(b, lanes) })
	}
}

func BenchmarkWriteTwoIndexes(b *testing.B) {
	benchWrite(b, global("g", "ALL", []KeyAttribute{str("a")}, []KeyAttribute{num("b")}),
		global("h", "KEYS_ONLY", []KeyAttribute{num("b")}, nil))
}

func BenchmarkQuery10(b *testing.B) {
	s, d, items := benchTable(b)
	ctx := context.Background()
	n := 0
	visit := func(attribute.Value) (bool, error) { n++; return true, nil }
	partition := make([]attribute.Value, 1)
	for i := 0; b.Loop(); i++ {
		partition[0] = items[i*7%len(items)].Field("p")
		if err := s.Query(ctx, Query{Table: d, Partition: partition}, visit); err != nil {
			b.Fatal(err)
		}
	}
	if n != 10*b.N {
		b.Errorf("%d items in %d queries", n, b.N)
	}
}

// What point-in-time recovery costs: 32 writers put items of 1 KB over others, to disk.
func BenchmarkWriteRecovery(b *testing.B) {
	bench := func(b *testing.B, recovery bool) {
		ctx := context.Background()
		db := must[*pebblekv.DB](b)(pebblekv.Open(b.TempDir(), pebblekv.Options{}))
		defer db.Close()
		s := openStore(b, db, Options{})
		defer s.Close()
		d := must[*Descriptor](b)(s.Create(ctx, simple("t")))
		if recovery {
			d = enableRecovery(b, s, "t", 35)
		}
		text := strings.Repeat("0123456789", 90)
		var n atomic.Int64
		b.ReportAllocs()
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := n.Add(1)
				it := attribute.NewMap([]string{"p", "s", "text", "i"}, []attribute.Value{attribute.NewString(fmt.Sprint(i % 5000)), attribute.NewInt(1), attribute.NewString(text), attribute.NewInt(i)})
				if _, err := s.Write(ctx, []Write{put(d, it)}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, recovery := range []bool{false, true} {
		b.Run(fmt.Sprintf("recovery=%v", recovery), func(b *testing.B) { bench(b, recovery) })
	}
}
