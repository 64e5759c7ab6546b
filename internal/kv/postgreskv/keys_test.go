package postgreskv_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/kv"
)

// Keys of any length sort, are found, replaced and deleted, also if what they differ in is far behind.
func TestLongKeys(t *testing.T) {
	s := server(t)
	db := open(t, s.URL())
	ctx := t.Context()
	// The lengths around which keys are stored in different ways, and the longest.
	tails := []string{"", "\x00", "a", "ab", "b", "\xff", "\xff\xff"}
	draw := rapid.Custom(func(rt *rapid.T) string {
		n := rapid.SampledFrom([]int{1, 1998, 1999, 2000, 2001, 2002, 4000, kv.MaxKeySize - 2}).Draw(rt, "length")
		fill := rapid.SampledFrom([]string{"m", "\x00", "\xff"}).Draw(rt, "fill")
		return strings.Repeat(fill, n) + rapid.SampledFrom(tails).Draw(rt, "tail")
	})
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		if run > 1 {
			if err := db.DropRange(ctx, []byte{0}, bytes.Repeat([]byte{0xff}, kv.MaxKeySize+1)); err != nil {
				rt.Fatal(err)
			}
		}
		model := map[string]string{}
		rt.Repeat(map[string]func(*rapid.T){
			"change": func(rt *rapid.T) {
				keys := rapid.SliceOfN(draw, 1, 5).Draw(rt, "keys")
				remove := rapid.Bool().Draw(rt, "delete")
				pin := rapid.Bool().Draw(rt, "pinned")
				err := db.Update(ctx, func(tx kv.Txn) error {
					if pin {
						if _, err := tx.Get(ctx, []byte("elsewhere")); err != nil {
							return err
						}
					}
					for i, k := range keys {
						var err error
						if remove {
							err = tx.Delete([]byte(k))
						} else {
							err = tx.Set([]byte(k), fmt.Append(nil, run, i))
						}
						if err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					rt.Fatal(err)
				}
				for i, k := range keys {
					if remove {
						delete(model, k)
					} else {
						model[k] = fmt.Sprint(run, i)
					}
				}
			},
			"drop": func(rt *rapid.T) {
				from, to := draw.Draw(rt, "from"), draw.Draw(rt, "to")
				if err := db.DropRange(ctx, []byte(from), []byte(to)); err != nil {
					rt.Fatal(err)
				}
				maps.DeleteFunc(model, func(k, _ string) bool { return k >= from && k < to })
			},
			"": func(rt *rapid.T) {
				from, to := draw.Draw(rt, "from"), draw.Draw(rt, "to")
				if rapid.Bool().Draw(rt, "open") {
					to = ""
				}
				reverse := rapid.Bool().Draw(rt, "reverse")
				limit := rapid.IntRange(0, 3).Draw(rt, "limit")
				var want, got []string
				for _, k := range slices.Sorted(maps.Keys(model)) {
					if k >= from && (to == "" || k < to) {
						want = append(want, k+"="+model[k])
					}
				}
				if reverse {
					slices.Reverse(want)
				}
				err := db.View(ctx, func(r kv.Reader) error {
					rng := kv.Range{Start: []byte(from), End: []byte(to), Reverse: reverse, Limit: limit}
					if err := r.Scan(ctx, rng, func(k, v []byte) (bool, error) {
						got = append(got, string(k)+"="+string(v))
						return true, nil
					}); err != nil {
						return err
					}
					keys := slices.Collect(maps.Keys(model))
					var asked [][]byte
					for _, k := range keys {
						asked = append(asked, []byte(k))
					}
					values, err := r.GetMany(ctx, append(asked, []byte(from)))
					for i, k := range append(keys, from) {
						if v, there := model[k]; err == nil && (string(values[i]) != v || there != (values[i] != nil)) {
							rt.Fatalf("a key of %d bytes has the value %q, want %q", len(k), values[i], v)
						}
					}
					return err
				})
				if err != nil {
					rt.Fatal(err)
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("a scan returned %d entries that are not the %d wanted", len(got), len(want))
				}
			},
		})
	})
}

// A transaction with more keys than a server with its usual settings has locks for.
func TestManyKeys(t *testing.T) {
	db := open(t, server(t).URL())
	const workers, items, entries = 4, 100, 100
	done := make(chan error)
	for w := range workers {
		go func() {
			done <- db.Update(t.Context(), func(tx kv.Txn) error {
				var locks [][]byte
				for i := range items {
					locks = append(locks, fmt.Appendf(nil, "item %d", i))
				}
				if err := tx.Lock(t.Context(), locks...); err != nil {
					return err
				}
				old, err := tx.GetMany(t.Context(), locks)
				if err != nil {
					return err
				}
				for i, key := range locks {
					for e := range entries {
						if err := tx.Delete(fmt.Appendf(nil, "entry %d %s %d", i, old[i], e)); err != nil {
							return err
						}
						if err := tx.Set(fmt.Appendf(nil, "entry %d %d %d", i, w, e), nil); err != nil {
							return err
						}
					}
					if err := tx.Set(key, fmt.Append(nil, w)); err != nil {
						return err
					}
				}
				return nil
			})
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	n := 0
	if err := db.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(t.Context(), kv.Range{Start: []byte("entry"), End: []byte("entry~")}, func(_, _ []byte) (bool, error) {
			n++
			return true, nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	if n != items*entries {
		t.Errorf("%d entries, want %d", n, items*entries)
	}
}
