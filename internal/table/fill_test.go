package table

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
)

// hookDB calls after when a transaction has read several values, which only filling an index does in these tests. An
// Update with pausedKey in its context waits before it begins.
type hookDB struct {
	kv.DB
	after func()
}

type pausedKey struct{}

func (h *hookDB) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if pause, ok := ctx.Value(pausedKey{}).(chan bool); ok {
		pause <- true
		<-pause
	}
	return h.DB.Update(ctx, func(tx kv.Txn) error { return fn(&hookTxn{tx, h}) })
}

type hookTxn struct {
	kv.Txn
	h *hookDB
}

func (x *hookTxn) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	values, err := x.Txn.GetMany(ctx, keys)
	x.h.after()
	return values, err
}

// TestFillLocks: a write of an item that is just being added to an index waits for that.
func TestFillLocks(t *testing.T) {
	ctx := context.Background()
	h := &hookDB{DB: openDB(t), after: func() {}}
	s := openStore(t, h, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`))}, nil))
	result := make(chan error, 1)
	h.after = func() {
		h.after = func() {}
		written := make(chan bool)
		go func() {
			_, err := write(s, "t", func(d *Descriptor) []Write {
				return []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"y"}}`))}
			})
			close(written)
			result <- err
		}()
		select {
		case <-written:
			t.Error("an item was written while it was being added to the index")
		case <-time.After(50 * time.Millisecond):
		}
	}
	must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	if err := <-result; err != nil {
		t.Error(err)
	}
	d = must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
	if es := scan(t, s, Scan{Table: d, Index: d.Index("g")}); len(es) != 1 || string(es[0].Field("a").Text()) != "y" {
		t.Errorf("entries %v", es)
	}
}

// TestFillPages: pages are bounded, and keys that follow each other directly are not lost between them.
func TestFillPages(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	text := str("s")
	d := must[*Descriptor](t)(s.Create(ctx, Descriptor{Scope: testScope, Name: "t", Partition: str("p"), Sort: &text}))
	const items = 2*fillItems + 10
	p, a := attribute.NewString("p"), attribute.NewString("a")
	for i := range items {
		sort := attribute.NewString("k" + strings.Repeat("\x00", i))
		must[[]Written](t)(s.Write(ctx, []Write{put(d, attribute.NewMap([]string{"p", "s", "a"}, []attribute.Value{p, sort, a}))}, nil))
	}
	keys, more, err := s.fillKeys(newJob(1, kindFillIndex, d, 1), d)
	if err != nil || len(keys) != fillItems || !more {
		t.Errorf("%d keys, %v %v", len(keys), more, err)
	}
	d = must[*Descriptor](t)(addIndex(s, "t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil)))
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	if n := len(scan(t, s, Scan{Table: d, Index: d.Index("g")})); n != items {
		t.Errorf("%d entries", n)
	}

	big := must[*Descriptor](t)(s.Create(ctx, simple("big")))
	for i := range 5 {
		must[[]Written](t)(s.Write(ctx, []Write{put(big, item(t, `{"p":{"S":"p"},"s":{"N":"%d"},"x":{"S":%q}}`, i, strings.Repeat("x", fillBytes/2)))}, nil))
	}
	keys, more, err = s.fillKeys(newJob(1, kindFillIndex, big, 1), big)
	if err != nil || len(keys) != 2 || !more {
		t.Errorf("%d keys, %v %v", len(keys), more, err)
	}
}

// TestFillSkips: items from before whose attributes cannot be in the index are left out of it.
func TestFillSkips(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	for i, a := range []string{`{"S":"fits"}`, `{"N":"1"}`, `{"S":""}`, `{"NULL":true}`, `{"S":"` + strings.Repeat("x", maxSort+1) + `"}`, `{"S":"` + strings.Repeat("y", maxSort) + `"}`} {
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"%d"},"a":%s}`, i, a))}, nil))
	}
	d = must[*Descriptor](t)(addIndex(s, "t", global("g", "KEYS_ONLY", []KeyAttribute{str("p")}, []KeyAttribute{str("a")})))
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	if n := len(scan(t, s, Scan{Table: d, Index: d.Index("g")})); n != 2 {
		t.Errorf("%d entries", n)
	}
}

// TestDropWhileFilling drops a table, and makes another of its name, while an index of it is filled.
func TestDropWhileFilling(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{})
	for round := range 5 {
		d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
		for i := range 5 {
			var ws []Write
			for j := range fillItems {
				ws = append(ws, put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"},"a":{"S":"x"}}`, i, j)))
			}
			must[[]Written](t)(s.Write(ctx, ws, nil))
		}
		must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil)))
		time.Sleep(time.Duration(round) * time.Millisecond)
		must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
		d = must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("a")}, nil))))
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`))}, nil))
		checkStore(t, db)
		idle(t, s)
		if sum := checkStore(t, db); sum.Items != 1 || sum.Entries != 1 {
			t.Errorf("%+v", sum)
		}
		must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
	}
}

// TestStaleDelete: an item is deleted by a writer that knows less of a new index than the one who put it before.
func TestStaleDelete(t *testing.T) {
	db := openDB(t)
	s := openStore(t, &hookDB{DB: db, after: func() {}}, Options{})
	d := must[*Descriptor](t)(s.Create(context.Background(), simple("t")))
	it := item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`)
	result := make(chan error, 2)
	paused := func(d *Descriptor) chan bool {
		pause := make(chan bool)
		go func() {
			_, err := s.Write(context.WithValue(context.Background(), pausedKey{}, pause), []Write{del(d, it)}, nil)
			result <- err
		}()
		<-pause
		return pause
	}
	putItem := func() {
		t.Helper()
		must[[]Written](t)(write(s, "t", func(d *Descriptor) []Write { return []Write{put(d, it)} }))
	}
	filling := func() bool {
		return must[*Descriptor](t)(s.Table(context.Background(), testScope, "t")).Index("g").Filling
	}
	unaware := paused(d)
	removing := paused(must[*Descriptor](t)(addIndex(s, "t", global("g", "ALL", []KeyAttribute{str("a")}, nil))))
	putItem()
	time.Sleep(10 * time.Millisecond)
	if filling() {
		t.Error("entries are added while there is a writer that knows nothing of the index")
	}
	unaware <- true
	eventually(t, "filling", filling)
	checkStore(t, db)
	putItem()
	time.Sleep(10 * time.Millisecond)
	if got := state(t, s, "t", "g"); got != IndexCreating {
		t.Errorf("index is %s while there is a writer that adds no entries", got)
	}
	removing <- true
	eventually(t, "active", func() bool { return state(t, s, "t", "g") == IndexActive })
	for range 2 {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	if sum := checkStore(t, db); sum.Items != 0 || sum.Entries != 0 {
		t.Errorf("%+v", sum)
	}
}
