package table

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// crash ends a store as a crash does: it gives nothing back.
func crash(s *Store) {
	s.stop()
	s.stopped.Wait()
}

// TestSharedDefinitions: what one store changes the others see, without being asked to.
func TestSharedDefinitions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a, b := openStore(t, db, Options{Shared: true}), openStore(t, db, Options{Shared: true})
	must[*Descriptor](t)(a.Create(ctx, simple("t")))
	d := must[*Descriptor](t)(b.Table(ctx, testScope, "t"))
	must[*Descriptor](t)(a.Change(ctx, testScope, "t", func(d *Descriptor) error { d.Settings.DeletionProtection = true; return nil }))
	eventually(t, "the change seen", func() bool {
		return must[*Descriptor](t)(b.Table(ctx, testScope, "t")).Settings.DeletionProtection
	})
	it := item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`)
	if _, err := b.Write(ctx, []Write{put(d, it)}, nil); !errors.Is(err, ErrStale) {
		t.Errorf("a write by the version before: %v", err)
	}
	must[*Descriptor](t)(a.Drop(ctx, testScope, "t", nil))
	eventually(t, "the deletion seen", func() bool {
		_, err := b.Table(ctx, testScope, "t")
		return errors.Is(err, ErrNotFound)
	})
	// Another table of the same name is another table.
	must[*Descriptor](t)(b.Create(ctx, simple("t")))
	if e := must[*Descriptor](t)(a.Table(ctx, testScope, "t")); e.ID == d.ID {
		t.Errorf("the deleted table again")
	}
}

// late is an engine whose answers come late to whoever has a held in the context.
type late struct{ kv.DB }

type heldKey struct{}

// held is what happens in two steps: what was asked for is done, and its answer comes.
type held struct {
	first        sync.Once
	done, answer chan struct{}
}

func (l late) View(ctx context.Context, fn func(kv.Reader) error) error {
	return wait(ctx, l.DB.View(ctx, fn))
}

func (l late) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return wait(ctx, l.DB.Update(ctx, fn))
}

func wait(ctx context.Context, err error) error {
	if h, ok := ctx.Value(heldKey{}).(*held); ok {
		h.first.Do(func() { close(h.done) })
		<-h.answer
	}
	return err
}

// TestLateDefinitions: what another store changed after this one had read or changed a definition, and heard of before it
// knew what came of that, is not forgotten.
func TestLateDefinitions(t *testing.T) {
	t.Parallel()
	db := openDB(t)
	a, b := openStore(t, late{db}, Options{Shared: true}), openStore(t, db, Options{Shared: true})
	for _, x := range []struct {
		what  string
		there bool
		do    func(ctx context.Context, name string) (*Descriptor, error)
	}{
		{"read", true, func(ctx context.Context, name string) (*Descriptor, error) { return a.Table(ctx, testScope, name) }},
		{"created", false, func(ctx context.Context, name string) (*Descriptor, error) { return a.Create(ctx, simple(name)) }},
		{"changed", true, func(ctx context.Context, name string) (*Descriptor, error) {
			return a.Change(ctx, testScope, name, func(d *Descriptor) error { d.Settings.TableClass = "STANDARD"; return nil })
		}},
	} {
		ctx := t.Context()
		if x.there {
			must[*Descriptor](t)(b.Create(ctx, simple(x.what)))
			if err := a.exclusively(ctx, func() error { return a.look(ctx) }); err != nil {
				t.Fatal(err)
			}
		}
		h := &held{done: make(chan struct{}), answer: make(chan struct{})}
		var got *Descriptor
		var err error
		var over sync.WaitGroup
		over.Go(func() { got, err = x.do(context.WithValue(ctx, heldKey{}, h), x.what) })
		<-h.done
		must[*Descriptor](t)(b.Change(ctx, testScope, x.what, func(d *Descriptor) error { d.Settings.DeletionProtection = true; return nil }))
		if err := a.exclusively(ctx, func() error { return a.look(ctx) }); err != nil {
			t.Fatal(err)
		}
		close(h.answer)
		over.Wait()
		if err != nil {
			t.Fatal(x.what, err)
		}
		if _, err := a.Write(ctx, []Write{put(got, item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`))}, nil); !got.Settings.DeletionProtection && !errors.Is(err, ErrStale) {
			t.Errorf("a table is %s, and written by what it was: %v", x.what, err)
		}
		if d := must[*Descriptor](t)(a.Table(ctx, testScope, x.what)); !d.Settings.DeletionProtection {
			t.Errorf("a table is %s, and another's change of it is not seen", x.what)
		}
	}
}

// TestStaleStore: a store that has not been able to look for a second neither reads definitions nor writes by them.
func TestStaleStore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a := openStore(t, db, Options{Shared: true})
	d := must[*Descriptor](t)(a.Create(ctx, simple("t")))
	a.shared.looking <- struct{}{} // as if it were suspended
	it := item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`)
	eventually(t, "out of use", func() bool {
		_, err := a.Write(ctx, []Write{put(d, it)}, nil)
		if err != nil && !errors.Is(err, ErrStale) {
			t.Fatal(err)
		}
		return err != nil
	})
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := a.Table(short, testScope, "t"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	<-a.shared.looking
	must[*Descriptor](t)(a.Table(ctx, testScope, "t"))
	must[[]Written](t)(a.Write(ctx, []Write{put(d, it)}, nil))
}

// TestSuspendedMachine: a store whose clock stood still for as long as another needed to add an index does not write without it.
func TestSuspendedMachine(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a, b := openStore(t, db, Options{Shared: true}), openStore(t, db, Options{Shared: true})
	must[*Descriptor](t)(a.Create(ctx, simple("t")))
	d := must[*Descriptor](t)(a.Table(ctx, testScope, "t"))
	a.shared.looking <- struct{}{}
	must[*Descriptor](t)(b.Change(ctx, testScope, "t", func(d *Descriptor) error {
		d.Indexes = append(d.Indexes, global("x", "ALL", []KeyAttribute{str("x")}, nil))
		return nil
	}))
	eventually(t, "the index in use", func() bool {
		d := must[*Descriptor](t)(b.Table(ctx, testScope, "t"))
		return len(d.Indexes) == 1 && d.Indexes[0].State == IndexActive
	})
	a.shared.checked.Store(int64(time.Since(a.shared.started))) // as it is for who knows of no time since its last look
	if !a.shared.isFresh() || d.live.isRetired() {
		t.Fatal("the store knows better")
	}
	it := item(t, `{"p":{"S":"a"},"s":{"N":"1"},"x":{"S":"x"}}`)
	if _, err := a.Write(ctx, []Write{put(d, it)}, nil); !errors.Is(err, ErrStale) {
		t.Errorf("a write without the index: %v", err)
	}
	if a.shared.isFresh() {
		t.Error("the store goes on as if it had just looked")
	}
	<-a.shared.looking
	d = must[*Descriptor](t)(a.Table(ctx, testScope, "t"))
	if len(d.Indexes) != 1 {
		t.Fatalf("%d indexes", len(d.Indexes))
	}
	must[[]Written](t)(a.Write(ctx, []Write{put(d, it)}, nil))
}

// TestNewerFormat: a store that is open when another raises the format leaves it alone, and says so.
func TestNewerFormat(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	told := make(chan error, 1)
	a := openStore(t, db, Options{Shared: true, Outdated: func(err error) { told <- err }})
	d := must[*Descriptor](t)(a.Create(ctx, simple("t")))
	if err := eachMember(ctx, db, func(_ string, record []byte) {
		var m memberRecord
		if err := json.Unmarshal(record, &m); err != nil || m.Knows != Format {
			t.Errorf("a member knows %q, %v", m.Knows, err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	raise := func(to string) {
		if err := db.Update(ctx, func(tx kv.Txn) error { return tx.Set(keyspace.Format(), []byte(to)) }); err != nil {
			t.Fatal(err)
		}
	}
	raise("stator 2")
	if err := <-told; !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
	eventually(t, "out of use", func() bool {
		_, err := a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`))}, nil)
		return err != nil
	})
	if _, err := a.Table(ctx, testScope, "t"); !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
	raise(Format) // for the check at the end
}

// cutDB is an engine whose answers to Views that begin while it is cut off never come.
type cutDB struct {
	kv.DB
	off atomic.Bool
}

func (c *cutDB) View(ctx context.Context, fn func(kv.Reader) error) error {
	if c.off.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return c.DB.View(ctx, fn)
}

// TestCutLook: a look whose answer never comes does not keep the store from looking again.
func TestCutLook(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	db := &cutDB{DB: openDB(t)}
	a := openStore(t, db, Options{Shared: true})
	d := must[*Descriptor](t)(a.Create(ctx, simple("t")))
	db.off.Store(true)
	eventually(t, "out of use", func() bool { return !a.shared.isFresh() })
	db.off.Store(false)
	if _, err := a.Table(ctx, testScope, "t"); err != nil {
		t.Fatal(err)
	}
	must[[]Written](t)(a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`))}, nil))
}

// TestUnknownDefinition: a definition that this version can't read, as of a newer server beside it, is in the way of its own table only.
func TestUnknownDefinition(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	db := openDB(t)
	a := openStore(t, db, Options{Shared: true})
	must[*Descriptor](t)(a.Create(ctx, simple("new")))
	must[*Descriptor](t)(a.Create(ctx, simple("old")))
	key := keyspace.Table(testScope.Account, testScope.Region, "new")
	var before []byte
	change := func(value func() []byte) {
		t.Helper()
		err := db.Update(ctx, func(tx kv.Txn) error {
			if err := a.lockCatalogue(ctx, tx, key); err != nil {
				return err
			}
			v, err := tx.Get(ctx, key)
			if err != nil {
				return err
			}
			before = bytes.Clone(v)
			return tx.Set(key, value())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func() []byte { return []byte("of the future") })
	eventually(t, "the new definition refused", func() bool {
		_, err := a.Table(ctx, testScope, "new")
		return err != nil
	})
	must[*Descriptor](t)(a.Table(ctx, testScope, "old"))
	was := before
	change(func() []byte { return was })
	eventually(t, "the definition read again", func() bool {
		_, err := a.Table(ctx, testScope, "new")
		return err == nil
	})
}

// TestBuriedStore: a store whose record others removed forgets all that it knew.
func TestBuriedStore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a := openStore(t, db, Options{Shared: true})
	d := must[*Descriptor](t)(a.Create(ctx, simple("t")))
	if err := db.Update(ctx, func(tx kv.Txn) error { return tx.Delete(a.memberKey()) }); err != nil {
		t.Fatal(err)
	}
	eventually(t, "out of use", func() bool { return d.live.isRetired() })
	members := 0
	if err := eachMember(ctx, a.db, func(string, []byte) { members++ }); err != nil || members != 1 {
		t.Errorf("%d members, %v", members, err)
	}
	must[*Descriptor](t)(a.Table(ctx, testScope, "t"))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	members = 0
	if err := eachMember(ctx, a.db, func(string, []byte) { members++ }); err != nil || members != 0 {
		t.Errorf("%d members of closed stores, %v", members, err)
	}
}

// TestSharedIndex: an index is filled by one store while others write, also one that is told late, and by another when that one
// has crashed. openDB checks in the end that the index is what the table says.
func TestSharedIndex(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a, b, c := openStore(t, db, Options{Shared: true}), openStore(t, db, Options{Shared: true}), openStore(t, db, Options{Shared: true})
	must[*Descriptor](t)(a.Create(ctx, simple("t")))
	stop := make(chan struct{})
	var writers sync.WaitGroup
	defer writers.Wait()
	for w, s := range []*Store{b, c} {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				d, err := s.Table(ctx, testScope, "t")
				if err != nil {
					t.Error(err)
					return
				}
				it := item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"},"x":{"S":"%d"}}`, w, n%500, n)
				change := put(d, it)
				if n%3 == 0 {
					change = del(d, it)
				}
				if _, err := s.Write(ctx, []Write{change}, nil); err != nil && !errors.Is(err, ErrStale) {
					t.Error(err)
					return
				}
			}
		})
	}
	addIndex := func(name string) {
		t.Helper()
		must[*Descriptor](t)(a.Change(ctx, testScope, "t", func(d *Descriptor) error {
			d.Indexes = append(d.Indexes, global(name, "ALL", []KeyAttribute{str("x")}, nil))
			return nil
		}))
	}
	addIndex("x")
	time.Sleep(200 * time.Millisecond) // it has begun
	crash(a)
	eventually(t, "the work taken over", func() bool {
		d := must[*Descriptor](t)(b.Table(ctx, testScope, "t"))
		return len(d.Indexes) == 1 && d.Indexes[0].State == IndexActive
	})
	close(stop)
	eventually(t, "the job done with", func() bool {
		return len(must[[]*job](t)(b.loadJobs(ctx))) == 0
	})
}

// TestSharedJobs: each job is done once, whichever stores find it.
func TestSharedJobs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	a, b := openStore(t, db, Options{Shared: true}), openStore(t, db, Options{Shared: true})
	for n := range 5 {
		d := must[*Descriptor](t)(a.Create(ctx, simple(fmt.Sprint("t", n))))
		must[[]Written](t)(a.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"a"},"s":{"N":"1"}}`))}, nil))
		must[*Descriptor](t)(a.Drop(ctx, testScope, d.Name, nil))
	}
	eventually(t, "dropped tables gone", func() bool {
		return len(must[[]*job](t)(b.loadJobs(ctx))) == 0
	})
	for _, s := range []*Store{a, b} {
		eventually(t, "jobs out of the queue", func() bool {
			s.jobs.mu.Lock()
			defer s.jobs.mu.Unlock()
			return len(s.jobs.known) == 0
		})
	}
}
