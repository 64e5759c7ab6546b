package migrate

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"errors"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/kv/postgreskv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
	"github.com/statordb/stator/internal/table"
)

func memory(t testing.TB) kv.DB {
	t.Helper()
	return opened(t)(pebblekv.OpenMemory(pebblekv.Options{}))
}

func opened(t testing.TB) func(kv.DB, error) kv.DB {
	return func(db kv.DB, err error) kv.DB {
		t.Helper()
		ok(t, err)
		t.Cleanup(func() { ok(t, db.Close()) })
		return db
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write sets entries; those without a value it deletes.
func write(t testing.TB, db kv.DB, entries ...entry) {
	t.Helper()
	for some := range slices.Chunk(entries, 500) {
		ok(t, db.Update(t.Context(), func(tx kv.Txn) error { return apply(tx, some) }))
	}
}

func key(prefix byte, r *rand.Rand, size int) []byte {
	k := make([]byte, 1+size)
	for i := range k {
		k[i] = byte(r.Uint32())
	}
	k[0] = prefix
	return k
}

// random makes a store with entries of all kinds, among them the shortest and the largest keys and values.
func random(t testing.TB, db kv.DB, r *rand.Rand, entries int) {
	t.Helper()
	all := []entry{{keyspace.Format(), []byte(table.Format)}, {keyspace.Lease("one's"), []byte("own")}}
	kinds := keyspace.Kinds()
	for range entries {
		prefix := kinds[r.IntN(len(kinds))].Start[0]
		if r.IntN(3) > 0 {
			prefix = 'i' // so that this kind has several pages
		}
		e := entry{key(prefix, r, r.IntN(60)), make([]byte, r.IntN(300))}
		switch r.IntN(50) {
		case 0:
			e.key = key(prefix, r, kv.MaxKeySize-1)
		case 1:
			e.value = make([]byte, r.IntN(400<<10))
		case 2:
			e.value = []byte{}
		}
		for i := range e.value {
			e.value[i] = byte(r.Uint32())
		}
		if e.key[0] != 0 { // which the list of kinds begins with, and no key
			all = append(all, e)
		}
	}
	write(t, db, all...)
}

// content is all that is in db but leases.
func content(t testing.TB, db kv.DB) map[string]string {
	t.Helper()
	all := make(map[string]string)
	start, end := keyspace.Leases()
	ok(t, db.View(t.Context(), func(r kv.Reader) error {
		clear(all)
		return r.Scan(t.Context(), kv.Range{Start: []byte{0}}, func(k, v []byte) (bool, error) {
			if bytes.Compare(k, start) < 0 || bytes.Compare(k, end) >= 0 {
				all[string(k)] = string(v)
			}
			return true, nil
		})
	}))
	return all
}

func same(t testing.TB, from, to kv.DB) {
	t.Helper()
	if a, b := content(t, from), content(t, to); !maps.Equal(a, b) {
		t.Errorf("%d entries became %d others", len(a), len(b))
	}
}

// quick is a migration that waits for nothing, of which nobody serves the source.
func quick(from, to kv.DB, opts Options) *migration {
	return &migration{from: from, to: to, opts: opts, serving: func(context.Context, kv.DB) (int, error) { return 0, nil }}
}

func rng(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// What is moved to each engine and back is what it was.
func TestThereAndBack(t *testing.T) {
	engines := map[string]func(t *testing.T) kv.DB{
		"memory": func(t *testing.T) kv.DB { return memory(t) },
		"pebble": func(t *testing.T) kv.DB { return opened(t)(pebblekv.Open(t.TempDir(), pebblekv.Options{})) },
		"postgres": func(t *testing.T) kv.DB {
			server := postgrestest.Start(t, "fsync=off")
			return opened(t)(postgreskv.Open(t.Context(), postgreskv.Options{URL: server.URL(), NoSync: true}))
		},
		"tikv": func(t *testing.T) kv.DB {
			cluster, err := tikvtest.New(3)
			ok(t, err)
			t.Cleanup(func() { _ = cluster.Close() })
			return opened(t)(cluster.Open(tikvkv.Options{Prefix: []byte("stator/")}))
		},
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			first, there, back := memory(t), open(t), memory(t)
			random(t, first, rng(t), 3000)
			for _, way := range [][2]kv.DB{{first, there}, {there, back}} {
				res, err := Run(t.Context(), way[0], way[1], Options{})
				ok(t, err)
				same(t, way[0], way[1])
				entries, size := int64(0), int64(0)
				for _, c := range res.Kinds {
					entries, size = entries+c.Entries, size+c.Bytes
				}
				want := int64(0)
				for k, v := range content(t, first) {
					want += int64(len(k) + len(v))
				}
				want -= int64(len(keyspace.Format()) + len(table.Format))
				if n := int64(len(content(t, first)) - 1); entries != n || size != want {
					t.Errorf("%d entries of %d bytes are said to be moved, want %d of %d", entries, size, n, want)
				}
				if res.Passes != 2 {
					t.Errorf("%d passes, want one that copies and one that checks", res.Passes)
				}
			}
		})
	}
}

// Whatever call fails, the target is no store before all is in it, and a second run makes it one.
func TestInterrupted(t *testing.T) {
	from := memory(t)
	random(t, from, rng(t), 20)
	write(t, from, entry{keyspace.Identity("x"), []byte("y")})
	for name, fault := range map[string]error{"error": errors.New("disk on fire"), "unknown outcome": kv.ErrUnknownOutcome} {
		t.Run(name, func(t *testing.T) {
			to := memory(t)
			faulty := kvtest.NewFaulty(to)
			kvtest.EveryFault(t, faulty, fault, func(int) {
				m := quick(from, faulty, Options{})
				_, err := m.run(t.Context())
				if !faulty.Fired() {
					ok(t, err)
				}
				if format := content(t, to)[string(keyspace.Format())]; err != nil && format == table.Format {
					same(t, from, to) // the last commit happened, and was not known to
				} else if err != nil {
					_, err := quick(from, faulty, Options{Resume: true}).run(t.Context())
					ok(t, err)
				}
				same(t, from, to)
				ok(t, to.DropRange(t.Context(), []byte{0}, bytes.Repeat([]byte{0xff}, 32)))
			})
		})
	}
}

// A run that goes on begins where the one before was, and still finds what changed before that place in the meantime.
func TestResume(t *testing.T) {
	r := rng(t)
	from, to := memory(t), memory(t)
	random(t, from, r, 4000)
	ctx, stop := context.WithCancel(t.Context())
	_, err := quick(from, to, Options{Progress: func(p Progress) {
		if p.Entries > 0 {
			stop()
		}
	}}).run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	state, half, err := decodeState([]byte(content(t, to)[string(keyspace.Format())]))
	if err != nil || !half || len(state.Next) == 0 {
		t.Fatalf("%+v %v %v", state, half, err)
	}
	write(t, from, entry{keyspace.Identity("new"), []byte("x")})
	first := int64(-1)
	_, err = quick(from, to, Options{Resume: true, Progress: func(p Progress) {
		if first < 0 {
			first = p.Entries
		}
	}}).run(t.Context())
	ok(t, err)
	if first < state.Entries {
		t.Errorf("began with %d entries done, %d were", first, state.Entries)
	}
	same(t, from, to)
}

// While servers change the source all is copied, and after they have stopped the rest.
func TestServersGoOn(t *testing.T) {
	r := rng(t)
	from, to := memory(t), memory(t)
	random(t, from, r, 2000)
	m := quick(from, to, Options{})
	servers, calls, waited := 2, 0, false
	m.serving = func(context.Context, kv.DB) (int, error) {
		if calls++; calls > 1 { // after the first pass, and while it waits
			var changes []entry
			for k := range content(t, from) {
				if servers > 0 && k != string(keyspace.Format()) && len(k) < 100 && r.IntN(3) == 0 {
					changes = append(changes, []entry{{key: []byte(k)}, {[]byte(k), []byte("other")}, {[]byte(k + "new"), []byte("new")}}[r.IntN(3)])
				}
			}
			write(t, from, changes...)
		}
		if calls > 3 {
			servers = 0
		}
		return servers, nil
	}
	m.opts.Progress = func(p Progress) { waited = waited || p.Waiting && p.Servers == 2 }
	res, err := m.run(t.Context())
	ok(t, err)
	same(t, from, to)
	if !waited || res.Passes != 3 {
		t.Errorf("waited: %v; passes: %d, want 3", waited, res.Passes)
	}
}

// What somebody else changed in the target is found, and the target does not become a store.
func TestPlantedDifference(t *testing.T) {
	for name, plant := range map[string]func(k []byte) entry{
		"another value": func(k []byte) entry { return entry{k, []byte("planted")} },
		"missing":       func(k []byte) entry { return entry{key: k} },
		"one more":      func(k []byte) entry { return entry{append(k, 7, 7, 7), []byte{}} },
	} {
		t.Run(name, func(t *testing.T) {
			from, to := memory(t), memory(t)
			r := rng(t)
			random(t, from, r, 1500)
			keys := slices.Sorted(maps.Keys(content(t, from)))
			keys = slices.DeleteFunc(keys, func(k string) bool { return k == string(keyspace.Format()) })
			m := quick(from, to, Options{})
			calls := 0
			m.serving = func(context.Context, kv.DB) (int, error) {
				if calls++; calls == 3 { // before the second pass
					write(t, to, plant([]byte(keys[r.IntN(len(keys))])))
				}
				return 0, nil
			}
			if _, err := m.run(t.Context()); !errors.Is(err, ErrDiffers) {
				t.Fatalf("%v, want %v", err, ErrDiffers)
			}
			if _, half, _ := decodeState([]byte(content(t, to)[string(keyspace.Format())])); !half {
				t.Error("the target is a store")
			}
			if _, err := table.Open(t.Context(), to, table.Options{}); !errors.Is(err, table.ErrFormat) {
				t.Errorf("a server opens it: %v", err)
			}
			_, err := quick(from, to, Options{Resume: true}).run(t.Context())
			ok(t, err)
			same(t, from, to)
		})
	}
}

func TestRefused(t *testing.T) {
	store, half, other, none := memory(t), memory(t), memory(t), memory(t)
	random(t, store, rng(t), 10)
	write(t, other, entry{[]byte("z"), nil}, entry{[]byte("zz"), []byte{}})
	ctx, stop := context.WithCancel(t.Context())
	m := quick(store, half, Options{Source: "one"})
	m.serving = func(context.Context, kv.DB) (int, error) { stop(); return 0, ctx.Err() }
	if _, err := m.run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for i, c := range []struct {
		from, to kv.DB
		opts     Options
		want     error
	}{
		{none, memory(t), Options{}, ErrNoStore},
		{other, memory(t), Options{}, ErrNoStore},
		{half, memory(t), Options{}, ErrNoStore},
		{store, other, Options{}, ErrNotEmpty},
		{store, other, Options{Resume: true}, ErrNotEmpty},
		{store, store, Options{}, ErrNotEmpty},
		{store, half, Options{Source: "one"}, ErrHalfDone},
		{store, half, Options{Source: "two", Resume: true}, ErrOtherSource},
		{store, half, Options{Source: "one", Resume: true}, nil},
	} {
		if _, err := quick(c.from, c.to, c.opts).run(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
	}
}

// Of two that fill a target the first gives up, and does no more to it.
func TestTaken(t *testing.T) {
	from, to := memory(t), memory(t)
	random(t, from, rng(t), 3000)
	var once bool
	_, err := quick(from, to, Options{Progress: func(Progress) {
		if once {
			return
		}
		once = true
		_, err := quick(from, to, Options{Resume: true}).run(t.Context())
		ok(t, err)
		write(t, from, entry{keyspace.Identity("x"), []byte("from here on the target is used")})
	}}).run(t.Context())
	if !errors.Is(err, ErrTaken) {
		t.Fatalf("%v, want %v", err, ErrTaken)
	}
	if _, there := content(t, to)[string(keyspace.Identity("x"))]; there {
		t.Error("the target was changed after it was finished")
	}
}

// BenchmarkRun moves 64 MiB of entries of 1 KB; the rate is of all passes.
func BenchmarkRun(b *testing.B) {
	const entries, size = 64 << 10, 1 << 10
	from := memory(b)
	r := rand.New(rand.NewPCG(1, 2))
	all := []entry{{keyspace.Format(), []byte(table.Format)}}
	for range entries {
		all = append(all, entry{key('i', r, 40), bytes.Repeat([]byte{byte(r.Uint32())}, size)})
	}
	write(b, from, all...)
	server := postgrestest.Start(b)
	run := func(name string, from kv.DB, open func() (kv.DB, error)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(entries * (size + 41))
			for b.Loop() {
				to, err := open()
				ok(b, err)
				_, err = Run(b.Context(), from, to, Options{})
				ok(b, errors.Join(err, to.Close()))
			}
		})
	}
	dir, url := b.TempDir(), server.URL()
	postgres := func() (kv.DB, error) { return postgreskv.Open(b.Context(), postgreskv.Options{URL: url}) }
	run("to-pebble", from, func() (kv.DB, error) { return pebblekv.Open(filepath.Join(dir, crand.Text()), pebblekv.Options{}) })
	run("to-postgres", from, func() (kv.DB, error) {
		url = server.URL() // another schema
		return postgres()
	})
	run("from-postgres", opened(b)(postgres()), func() (kv.DB, error) { return pebblekv.OpenMemory(pebblekv.Options{}) })
}
