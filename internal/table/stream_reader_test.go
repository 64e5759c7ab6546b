package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// told is a record as a test keeps it.
type told struct {
	lane           int
	generation     uint32
	sequence       uint64
	millis         int64
	event          string
	service        bool
	keys, new, old attribute.Value
}

func (r told) String() string {
	return fmt.Sprintf("%d/%d/%d %s %s: %s -> %s", r.lane, r.generation, r.sequence, r.event, r.keys, r.old, r.new)
}

func tell(generation uint32, r *StreamRecord) told {
	return told{r.Lane, generation, r.Sequence, r.Millis, r.Event, r.Service, slices.Clone(r.Keys), slices.Clone(r.New), slices.Clone(r.Old)}
}

// page reads up to limit records.
func page(t fatal, s *Store, d *StreamDefinition, p StreamPosition, limit int) (records []told, next StreamPosition, ended bool, err error) {
	next, ended, err = s.Records(context.Background(), d, p, limit, func(r *StreamRecord) (bool, error) {
		if len(records) == limit {
			return false, nil
		}
		records = append(records, tell(p.Generation, r))
		return true, nil
	})
	return records, next, ended, err
}

// streamOf returns the definition of the latest stream of a table.
func streamOf(t fatal, s *Store, d *Descriptor) *StreamDefinition {
	t.Helper()
	return must[*StreamDefinition](t)(s.Stream(context.Background(), d.Scope, d.Name, d.LatestStream))
}

// everything reads the whole stream as it is now, each shard in pages, parents before their children.
func everything(t fatal, s *Store, d *StreamDefinition, limit int) (all []told) {
	t.Helper()
	ctx := context.Background()
	for _, sh := range must[[]Shard](t)(s.Shards(ctx, d)) {
		p := must[StreamPosition](t)(s.Position(ctx, d, sh.Lane, sh.Generation, FromHorizon, 0, 0))
		for {
			records, next, ended, err := page(t, s, d, p, limit)
			if err != nil {
				t.Fatalf("shard %d/%d at %d: %v", sh.Lane, sh.Generation, p.Sequence, err)
			}
			all = append(all, records...)
			// One that was open may have been closed since.
			if sh.Closed != 0 && ended != (next.Sequence == sh.Last+1) && len(records) > 0 {
				t.Fatalf("shard %d/%d, %d to %d: at %d it is ended: %v", sh.Lane, sh.Generation, sh.First, sh.Last, next.Sequence, ended)
			}
			if ended || len(records) == 0 {
				break
			}
			p = next
		}
	}
	return all
}

// replay applies records, which have both images, to a table that is told by key. Each must go on from where the one before
// it left its item: then none is lost, none comes twice, and their order is the items'.
func replay(t testing.TB, items map[string]attribute.Value, records []told) {
	t.Helper()
	for _, r := range records {
		key := r.keys.String()
		if !bytes.Equal(items[key], r.old) {
			t.Errorf("%s: but the item was %s", r, items[key])
		}
		want := "MODIFY"
		if r.old == nil {
			want = "INSERT"
		} else if r.new == nil {
			want = "REMOVE"
		}
		if r.event != want {
			t.Errorf("%s: want %s", r, want)
		}
		if items[key] = r.new; r.new == nil {
			delete(items, key)
		}
	}
}

// sameAsTold compares what a stream told with the table.
func sameAsTold(t testing.TB, s *Store, d *Descriptor, items map[string]attribute.Value) {
	t.Helper()
	found := scan(t, s, Scan{Table: d})
	for _, it := range found {
		key := d.KeyOf(nil, it).String()
		if !bytes.Equal(items[key], it) {
			t.Errorf("the table has %s, its stream says %s", it, items[key])
		}
	}
	if len(found) != len(items) {
		t.Errorf("the table has %d items, its stream says %d", len(found), len(items))
	}
}

// walker follows a stream as a consumer does: it reads shards from their beginning while they are written, a child once
// its parent has ended.
type walker struct {
	s     *Store
	d     *StreamDefinition
	mu    sync.Mutex
	all   []told
	ended map[[2]int]bool // by lane and generation
}

// walk follows the stream until it is disabled and read to its end.
func (w *walker) walk(t testing.TB) {
	ctx := context.Background()
	w.ended = map[[2]int]bool{}
	at := map[[2]int]StreamPosition{}
	for {
		// Disabled before the shards are listed: then these are all there will ever be.
		def := must[*StreamDefinition](t)(w.s.Stream(ctx, w.d.Scope, w.d.Table, w.d.Label))
		shards := must[[]Shard](t)(w.s.Shards(ctx, w.d))
		left := 0
		for _, sh := range shards {
			id := [2]int{sh.Lane, int(sh.Generation)}
			if w.ended[id] {
				continue
			}
			left++
			if sh.Generation > 0 && !w.ended[[2]int{sh.Lane, int(sh.Generation) - 1}] {
				continue
			}
			p, ok := at[id]
			if !ok {
				p = must[StreamPosition](t)(w.s.Position(ctx, w.d, sh.Lane, sh.Generation, FromHorizon, 0, 0))
			}
			records, next, ended, err := page(t, w.s, w.d, p, 7)
			if err != nil {
				t.Errorf("shard %v: %v", id, err)
				return
			}
			w.mu.Lock()
			w.all = append(w.all, records...)
			w.mu.Unlock()
			at[id], w.ended[id] = next, ended
		}
		if def.State == StreamDisabled && left == 0 {
			return
		}
	}
}

// setStream enables or disables the stream of the table of that name, and waits until it is.
func setStream(t fatal, s *Store, name, view string) *Descriptor {
	t.Helper()
	ctx := context.Background()
	d := must[*Descriptor](t)(s.Change(ctx, testScope, name, func(d *Descriptor) error {
		d.Stream = nil
		if view != "" {
			d.Stream = &Stream{View: view}
		}
		return nil
	}))
	if err := s.AwaitStream(ctx, d); err != nil && !errors.Is(err, ErrNotFound) {
		t.Fatalf("%v", err)
	}
	return d
}

// openPlain returns an engine in memory that a test may spoil.
func openPlain(t testing.TB) *pebblekv.DB {
	t.Helper()
	db := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{}))
	t.Cleanup(func() { db.Close() })
	return db
}
