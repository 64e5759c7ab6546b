package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// scribbler writes at random to items that others write, too.
type scribbler struct {
	*rand.Rand
	t  testing.TB
	s  *Store
	id int
	n  int
}

const scribbled = 40 // items

// change is a random write of an item: a put, an update, a delete, or nothing.
func (w *scribbler) change(d *Descriptor, i int) Write {
	key := item(w.t, `{"p":{"S":"p%d"},"s":{"N":"%d"}}`, i/4, i%4)
	w.n++
	value := attribute.NewString(fmt.Sprint(w.id, "-", w.n))
	kind := w.IntN(10)
	return Write{Table: d, Key: key, Service: kind == 0, Apply: func(old attribute.Value) (attribute.Value, error) {
		switch {
		case kind < 2:
			return nil, nil
		case kind < 3:
			return old, nil
		case kind < 6 && old != nil:
			return attribute.NewMap([]string{"p", "s", "v", "before"}, []attribute.Value{key.Field("p"), key.Field("s"), value, old.Field("v")}), nil
		}
		return attribute.NewMap([]string{"s", "p", "v"}, []attribute.Value{key.Field("s"), key.Field("p"), value}), nil
	}}
}

// step makes a change of one item or of several; one in a while is refused.
func (w *scribbler) step(name string) error {
	items := []int{w.IntN(scribbled)}
	if w.IntN(3) == 0 {
		items = w.Perm(scribbled)[:1+w.IntN(12)]
	}
	refuse := w.IntN(20) == 0
	_, err := write(w.s, name, func(d *Descriptor) []Write {
		var writes []Write
		for _, i := range items {
			writes = append(writes, w.change(d, i))
		}
		if refuse {
			writes[len(writes)-1].Apply = func(attribute.Value) (attribute.Value, error) { return nil, errors.New("no") }
		}
		return writes
	})
	if errors.Is(err, ErrRefused) {
		return nil
	}
	return err
}

// scribble has several write to a table until stop is called, which returns when they have stopped.
func scribble(t testing.TB, s *Store, name string) (stop func()) {
	var end atomic.Bool
	var all sync.WaitGroup
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for id := range 8 {
		w := &scribbler{Rand: rand.New(rand.NewPCG(seed, uint64(id))), t: t, s: s, id: id}
		all.Go(func() {
			for !end.Load() {
				if err := w.step(name); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return func() { end.Store(true); all.Wait() }
}

// While many write, shards roll, and consumers follow from the beginning, each consumer is told exactly what happened: the
// table is what follows from the stream.
func TestStreamReplay(t *testing.T) {
	for name, open := range map[string]func(t testing.TB) kv.DB{
		"memory": func(t testing.TB) kv.DB { return openDB(t) },
		"disk": func(t testing.TB) kv.DB {
			db := must[*pebblekv.DB](t)(pebblekv.Open(t.TempDir(), pebblekv.Options{NoSync: true}))
			t.Cleanup(func() { checkStore(t, db); db.Close() })
			return db
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, open(t), Options{ShardLife: 40 * time.Millisecond, Lanes: 3})
			d := must[*Descriptor](t)(s.Create(context.Background(), streamed("NEW_AND_OLD_IMAGES", global("g", "ALL", []KeyAttribute{str("v")}, nil))))
			stop := scribble(t, s, "t")
			walkers := []*walker{{s: s, d: streamOf(t, s, d)}, {s: s, d: streamOf(t, s, d)}}
			var reading sync.WaitGroup
			for _, w := range walkers {
				reading.Go(func() { w.walk(t) })
			}
			time.Sleep(700 * time.Millisecond)
			stop()
			d = must[*Descriptor](t)(s.Change(context.Background(), testScope, "t", func(d *Descriptor) error { d.Stream = nil; return nil }))
			reading.Wait()
			var shards int
			for _, w := range walkers {
				items := map[string]attribute.Value{}
				replay(t, items, w.all)
				sameAsTold(t, s, d, items)
				shards = len(w.ended)
			}
			if len(walkers[0].all) < 50 || shards < 6 {
				t.Errorf("%d records in %d shards", len(walkers[0].all), shards)
			}
			t.Logf("%d records in %d shards", len(walkers[0].all), shards)
		})
	}
}

// Streams that are enabled and disabled while many write have all that happened in between, without a gap: from the first
// record on, each goes on from where the one before it left its item.
func TestStreamsOfBusyTables(t *testing.T) {
	s := openStore(t, openDB(t), Options{ShardLife: 20 * time.Millisecond, Lanes: 2})
	must[*Descriptor](t)(s.Create(t.Context(), simple("t")))
	stop := scribble(t, s, "t")
	total := 0
	for range 12 {
		def := streamOf(t, s, setStream(t, s, "t", "NEW_AND_OLD_IMAGES"))
		if def.State != StreamEnabled {
			t.Errorf("stream is %s", def.State)
		}
		time.Sleep(30 * time.Millisecond)
		setStream(t, s, "t", "")
		all := everything(t, s, def, 100)
		time.Sleep(2 * time.Millisecond) // for writes that began before it was disabled
		if again := everything(t, s, def, 1000); len(again) != len(all) {
			t.Errorf("%d records when it was disabled, %d later", len(all), len(again))
		}
		items := map[string]attribute.Value{}
		seen := map[string]bool{}
		for _, r := range all {
			if key := r.keys.String(); !seen[key] {
				seen[key], items[key] = true, r.old
			}
		}
		replay(t, items, all)
		total += len(all)
	}
	// With the last the table as it is is known: it is enabled while nobody writes.
	stop()
	items := map[string]attribute.Value{}
	d := setStream(t, s, "t", "NEW_AND_OLD_IMAGES")
	for _, it := range scan(t, s, Scan{Table: d}) {
		items[d.KeyOf(nil, it).String()] = it
	}
	stop = scribble(t, s, "t")
	time.Sleep(50 * time.Millisecond)
	stop()
	replay(t, items, everything(t, s, streamOf(t, s, d), 100))
	sameAsTold(t, s, d, items)
	t.Logf("%d records", total)
}

// A consumer that begins with LATEST and a write after that: the write is read, whatever else happens.
func TestStreamTail(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{ShardLife: 10 * time.Millisecond, Lanes: 2})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("NEW_IMAGE")))
	def := streamOf(t, s, d)
	stop := scribble(t, s, "t")
	defer stop()
	for i := range 100 {
		at := map[int]StreamPosition{}
		for _, sh := range must[[]Shard](t)(s.Shards(ctx, def)) {
			at[sh.Lane] = must[StreamPosition](t)(s.Position(ctx, def, sh.Lane, sh.Generation, FromLatest, 0, 0))
		}
		mine := item(t, `{"p":{"S":"mine%d"},"s":{"N":"%d"}}`, i%7, i)
		must[[]Written](t)(write(s, "t", func(d *Descriptor) []Write { return []Write{put(d, mine)} }))
		found := 0
		for _, p := range at {
			for ended := false; !ended; {
				records, next, over, err := page(t, s, def, p, 50)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range records {
					if bytes.Equal(r.new, mine) {
						found++
					}
				}
				if p, ended = next, len(records) == 0 && !over; over {
					p = must[StreamPosition](t)(s.Position(ctx, def, p.Lane, p.Generation+1, FromHorizon, 0, 0))
				}
			}
		}
		if found != 1 {
			t.Fatalf("write %d was read %d times", i, found)
		}
	}
}

// Whatever call of the engine fails, a write and its record happen together or not at all; and what runs again has no
// second effect.
func TestStreamFaults(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{Lanes: 2})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("NEW_AND_OLD_IMAGES")))
	def := streamOf(t, s, d)
	w := &scribbler{Rand: rand.New(rand.NewPCG(1, 2)), t: t, s: s}
	boom := errors.New("boom")
	for i := range 200 {
		db.RunTwice(i%2 == 0)
		if i%3 == 0 {
			db.FailAt(w.IntN(8), boom)
		}
		if err := w.step("t"); err != nil && !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if i%10 == 0 {
			for _, sh := range must[[]Shard](t)(s.Shards(ctx, def)) {
				if err := s.rollShard(ctx, def, sh); err != nil && !errors.Is(err, boom) {
					t.Fatal(err)
				}
			}
		}
		db.FailAt(-1, nil)
	}
	db.RunTwice(false)
	items := map[string]attribute.Value{}
	replay(t, items, everything(t, s, def, 9))
	sameAsTold(t, s, d, items)
}
