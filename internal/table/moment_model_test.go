package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// recover enables point-in-time recovery and waits until it is.
func enableRecovery(t fatal, s *Store, name string, days int) *Descriptor {
	t.Helper()
	d, err := s.Change(context.Background(), testScope, name, func(d *Descriptor) error {
		s.SetRecovery(d, days)
		return nil
	})
	if err == nil {
		d, err = s.AwaitJournal(context.Background(), d)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// state is the items of a table by their keys.
type itemsByKey map[string]string

func keyOf(d *Descriptor, it attribute.Value) string {
	return fmt.Sprint(d.KeyOf(nil, it))
}

func itemsOf(t fatal, s *Store, d *Descriptor) itemsByKey {
	t.Helper()
	found := itemsByKey{}
	for _, it := range scan(t, s, Scan{Table: d}) {
		found[keyOf(d, it)] = string(it)
	}
	return found
}

// readPoint reads a state a page at a time.
func readPoint(t fatal, s *Store, p *Point, limit int) itemsByKey {
	t.Helper()
	found := itemsByKey{}
	var from, last []byte
	for {
		next, err := s.ReadPoint(context.Background(), p, from, limit, func(it attribute.Value) error {
			key := keyOf(p.Table, it)
			if _, twice := found[key]; twice {
				return fmt.Errorf("%s twice", key)
			}
			found[key] = string(it)
			return nil
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
		if next == nil {
			return found
		}
		if bytes.Compare(next, last) <= 0 {
			t.Fatalf("the page after %x starts at %x", last, next)
		}
		from, last = next, next
	}
}

func sameState(t fatal, what string, got, want itemsByKey) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Fatalf("%s: %d items %v, want %d %v", what, len(got), slices.Sorted(maps.Keys(got)), len(want), slices.Sorted(maps.Keys(want)))
	}
}

// TestPointModel writes at random under a fake clock, with restarts, forgetting, and recovery switched off and on, and compares every moment with a
// model that remembers them all: what is read of it, what changed between two, and a table that is restored to it.
func TestPointModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		db := openDB(t)
		c := newClock()
		s := openStore(t, db, Options{Now: c.now})
		defer func() { s.Close() }()
		d := must[*Descriptor](rt)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("a")}, nil))))
		type past struct {
			at    int64
			items itemsByKey
		}
		now := itemsByKey{}
		var history []past // since recovery is enabled, the first of which was then
		var since, days int64
		begin := func() {
			days = int64(rapid.SampledFrom([]int{1, 2, 35}).Draw(rt, "days"))
			d = enableRecovery(rt, s, "t", int(days))
			c.forward(time.Millisecond) // so that what Restorable shows has come
			earliest, _, _ := s.Restorable(d)
			since = earliest.UnixNano()
			history = []past{{d.Journal.From, maps.Clone(now)}}
		}
		begin()
		// at is the model's state at a time.
		at := func(nanos int64) itemsByKey {
			var state itemsByKey
			for _, p := range history {
				if p.at <= nanos {
					state = p.items
				}
			}
			return state
		}
		moment := func(label string) int64 {
			low := max(since, s.present()-days*nanosOfDay)
			if rapid.Bool().Draw(rt, label+" known") {
				if p := rapid.SampledFrom(history).Draw(rt, label+" past"); p.at >= low {
					return min(s.present(), p.at+int64(rapid.IntRange(0, 1).Draw(rt, label+" after")))
				}
			}
			return rapid.Int64Range(low, max(low, s.present())).Draw(rt, label)
		}
		restored := 0
		var held []*Point
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				c.forward(time.Duration(rapid.SampledFrom([]int64{0, 0, 1, 1e3, 1e9, 3600e9, 20 * 3600e9}).Draw(rt, "forward")))
				var ws []Write
				used := map[string]bool{}
				next := maps.Clone(now)
				for range rapid.IntRange(1, 4).Draw(rt, "writes") {
					it := item(rt, `{"p":{"S":"p%d"},"s":{"N":"%d"},"a":{"S":"%s"}}`, rapid.IntRange(0, 5).Draw(rt, "p"), rapid.IntRange(-1, 1).Draw(rt, "s"),
						rapid.StringMatching(`[a-c]`).Draw(rt, "a"))
					key := keyOf(d, it)
					if used[key] {
						continue
					}
					used[key] = true
					if rapid.IntRange(0, 2).Draw(rt, "delete") == 0 {
						ws = append(ws, del(d, it))
						delete(next, key)
					} else {
						ws = append(ws, put(d, it))
						next[key] = string(it)
					}
				}
				_, err := write(s, "t", func(d *Descriptor) []Write {
					for i := range ws {
						ws[i].Table = d
					}
					return ws
				})
				if err != nil {
					rt.Fatal(err)
				}
				now = next
				history = append(history, past{s.ticks.last.Load(), maps.Clone(now)})
			},
			"read": func(rt *rapid.T) {
				nanos := moment("moment")
				p := must[*Point](rt)(s.Hold(ctx, testScope, "t", time.Unix(0, nanos), "test"))
				sameState(rt, "read", readPoint(rt, s, p, rapid.IntRange(1, 20).Draw(rt, "limit")), at(nanos))
				held = append(held, p)
			},
			"read again": func(rt *rapid.T) {
				if len(held) == 0 {
					rt.Skip()
				}
				i := rapid.IntRange(0, len(held)-1).Draw(rt, "held")
				p := must[*Point](rt)(s.Held(ctx, held[i].ID))
				sameState(rt, "again", readPoint(rt, s, p, 3), at(p.At))
				if err := s.Release(ctx, p.ID); err != nil {
					rt.Fatal(err)
				}
				held = slices.Delete(held, i, i+1)
			},
			"changes": func(rt *rapid.T) {
				from := moment("from")
				to := rapid.Int64Range(from, max(from, s.present())).Draw(rt, "to")
				p := must[*Point](rt)(s.Hold(ctx, testScope, "t", time.Unix(0, from), "test"))
				got, want := changesOf(rt, s, p, to, rapid.IntRange(1, 5).Draw(rt, "limit")), map[string]change3{}
				before, after := at(from), at(to)
				for i, h := range history {
					if h.at <= from || h.at > to {
						continue
					}
					for key := range union(h.items, history[i-1].items) {
						if h.items[key] != history[i-1].items[key] {
							want[key] = change3{before[key], after[key], h.at}
						}
					}
				}
				if !maps.Equal(got, want) {
					rt.Fatalf("changes %v, want %v", got, want)
				}
				if err := s.Release(ctx, p.ID); err != nil {
					rt.Fatal(err)
				}
			},
			"restore": func(rt *rapid.T) {
				nanos := moment("moment")
				restored++
				name := fmt.Sprintf("r%d", restored)
				must[*Descriptor](rt)(s.RestorePoint(ctx, testScope, "t", time.Unix(0, nanos), name, func(source *Descriptor) (*Descriptor, error) {
					d := source.Clone()
					d.Name, d.Stream, d.LatestStream = name, nil, ""
					return d, nil
				}))
				sameState(rt, "restored", itemsOf(rt, s, awaitTable(t, s, name)), at(nanos))
			},
			"forget": func(rt *rapid.T) {
				if err := s.forgetImages(ctx); err != nil {
					rt.Fatal(err)
				}
			},
			"restart": func(rt *rapid.T) {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				c.forward(-time.Duration(rapid.SampledFrom([]int64{0, 1e9, 3600e9}).Draw(rt, "back")))
				s = openStore(t, db, Options{Now: c.now})
			},
			"off and on": func(rt *rapid.T) {
				if len(held) > 0 {
					rt.Skip() // the model has forgotten what they hold
				}
				enableRecovery(rt, s, "t", 0)
				begin()
			},
		})
		for _, p := range held {
			if err := s.Release(ctx, p.ID); err != nil {
				rt.Fatal(err)
			}
		}
		idle(t, s)
		checkStore(t, db)
	})
}

// change3 is an item before and after, and when it was changed.
type change3 struct {
	before, after string
	at            int64
}

func changesOf(t fatal, s *Store, p *Point, to int64, limit int) map[string]change3 {
	t.Helper()
	found := map[string]change3{}
	var from []byte
	for {
		next, err := s.ReadChanges(context.Background(), p, time.Unix(0, to), from, limit, func(d Difference) error {
			key := fmt.Sprint(d.Key)
			if _, twice := found[key]; twice {
				return errors.New("twice: " + key)
			}
			found[key] = change3{string(d.Old), string(d.New), d.Changed}
			return nil
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
		if next == nil {
			return found
		}
		from = next
	}
}

func union(a, b itemsByKey) map[string]bool {
	keys := map[string]bool{}
	for _, m := range []itemsByKey{a, b} {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

// awaitTable waits until a table is restored.
func awaitTable(t testing.TB, s *Store, name string) (d *Descriptor) {
	t.Helper()
	eventually(t, "restored", func() bool {
		d = must[*Descriptor](t)(s.Table(context.Background(), testScope, name))
		return !d.Creating
	})
	return d
}
