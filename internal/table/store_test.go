package table

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

func TestCatalogue(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	db.RunTwice(true)
	s := openStore(t, db, Options{Now: newClock().now})
	d := simple("music", global("g", "INCLUDE", []KeyAttribute{str("a"), num("b")}, []KeyAttribute{{"c", attribute.Binary}}, "x", "y"), local("l", "ALL", num("z")))
	d.Definitions = []KeyAttribute{str("p"), num("s")}
	d.Settings = Settings{BillingMode: "PROVISIONED", Throughput: Throughput{Read: 3, Write: 4, Increased: time.Unix(5, 0).UTC()}, KMS: true, Tags: map[string]string{"k": "v"}}
	made := must[*Descriptor](t)(s.Create(ctx, d))
	if made.ID == 0 || made.UUID == "" || made.Version != 1 || made.Created.IsZero() || made.Indexes[0].ID == made.Indexes[1].ID || made.Indexes[0].State != IndexActive {
		t.Errorf("created %+v", made)
	}
	if d.Indexes[0].ID != 0 {
		t.Error("Create wrote into its argument")
	}
	if got := must[*Descriptor](t)(s.Table(ctx, testScope, "music")); got != made {
		t.Error("another descriptor than the published one")
	}
	again := openStore(t, db, Options{})
	got, want := must[*Descriptor](t)(again.Table(ctx, testScope, "music")).Clone(), made.Clone()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stored\n%+v, got\n%+v", want, got)
	}
	if _, err := s.Create(ctx, d); !errors.Is(err, ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	other := Scope{"000000000001", "eu-north-2"}
	if _, err := s.Table(ctx, other, "music"); !errors.Is(err, ErrNotFound) {
		t.Errorf("in another region: %v", err)
	}
	for _, n := range []string{"b", "a", "B", "music-2"} {
		must[*Descriptor](t)(s.Create(ctx, simple(n)))
	}
	for _, c := range []struct {
		after string
		limit int
		want  []string
		more  bool
	}{
		{"", 10, []string{"B", "a", "b", "music", "music-2"}, false},
		{"", 2, []string{"B", "a"}, true},
		{"a", 2, []string{"b", "music"}, true},
		{"aa", 3, []string{"b", "music", "music-2"}, false},
		{"music-2", 3, nil, false},
	} {
		names, more, err := s.List(ctx, testScope, c.after, c.limit)
		if err != nil || !slices.Equal(names, c.want) || more != c.more {
			t.Errorf("after %q: %v %v %v", c.after, names, more, err)
		}
	}
	refused := errors.New("no")
	if _, err := s.Change(ctx, testScope, "a", func(*Descriptor) error { return refused }); err != refused {
		t.Errorf("change refused: %v", err)
	}
	before := must[*Descriptor](t)(s.Table(ctx, testScope, "a"))
	changed := must[*Descriptor](t)(s.Change(ctx, testScope, "a", func(d *Descriptor) error { d.Settings.DeletionProtection = true; return nil }))
	if changed.Version != 2 || before.Settings.DeletionProtection || must[*Descriptor](t)(s.Table(ctx, testScope, "a")) != changed {
		t.Errorf("changed %+v", changed)
	}
	if _, err := s.Change(ctx, testScope, "a", func(d *Descriptor) error { d.Name = "x"; return nil }); err == nil {
		t.Error("renamed")
	}
	if _, err := s.Drop(ctx, testScope, "a", func(*Descriptor) error { return refused }); err != refused {
		t.Errorf("drop refused: %v", err)
	}
	must[*Descriptor](t)(s.Drop(ctx, testScope, "a", nil))
	if _, err := s.Table(ctx, testScope, "a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("dropped: %v", err)
	}
	if _, err := s.Drop(ctx, testScope, "a", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	if a := must[*Descriptor](t)(s.Create(ctx, simple("a"))); a.ID <= changed.ID {
		t.Errorf("id %d again", a.ID)
	}
}

func TestDropDeletesEverything(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("a")}, nil), local("l", "KEYS_ONLY", str("a")))))
	for i := range 10 {
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"%d"},"a":{"S":"x"}}`, i))}, nil))
	}
	if sum := checkStore(t, db); sum.Items != 10 || sum.Entries != 20 || sum.Indexes != 2 {
		t.Errorf("%+v", sum)
	}
	must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
	if _, err := s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`))}, nil); err != ErrStale {
		t.Errorf("write to a dropped table: %v", err)
	}
	idle(t, s)
	spaces := []keyspace.Space{keyspace.Items(d.ID), keyspace.Entries(d.Indexes[0].ID, false), keyspace.Entries(d.Indexes[1].ID, true)}
	for _, space := range spaces {
		if c := must[Count](t)(s.countSpace(ctx, space)); c.Items != 0 {
			t.Errorf("%v has %d", space, c.Items)
		}
	}
}

func TestWritten(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t",
		global("keys", "KEYS_ONLY", []KeyAttribute{str("a")}, []KeyAttribute{num("n")}),
		global("some", "INCLUDE", []KeyAttribute{str("a")}, nil, "v", "p", "v"),
		local("all", "ALL", str("v")))))
	step := func(text string, want string) {
		t.Helper()
		w := del(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`))
		if text != "" {
			w = put(d, item(t, "%s", text))
		}
		ws := must[[]Written](t)(s.Write(ctx, []Write{w}, nil))
		got := ""
		for _, c := range ws[0].Indexes {
			got += fmt.Sprintf("%s %d->%d %v; ", c.Index.Name, c.OldSize, c.NewSize, c.Moved)
		}
		if got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	step(`{"p":{"S":"p"},"s":{"N":"1"}}`, "")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`, "some 0->7 false; ")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"n":{"N":"5"}}`, "keys 0->10 false; ")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"n":{"N":"5"}}`, "")
	step(`{"n":{"N":"5"},"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`, "")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"n":{"N":"6"},"v":{"S":"vv"}}`, "keys 10->10 true; some 7->10 false; all 0->13 false; ")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"y"},"n":{"N":"6"},"v":{"N":"3"}}`, "keys 10->10 true; some 10->10 true; all 13->0 false; ")
	step(`{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"y"},"n":{"N":"6"},"v":{"N":"3"},"w":{"NULL":true}}`, "")
	step("", "keys 10->0 false; some 10->0 false; ")
	step("", "")
}

func TestRefused(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	a := must[*Descriptor](t)(s.Create(ctx, simple("a", global("g", "ALL", []KeyAttribute{str("x")}, nil))))
	b := must[*Descriptor](t)(s.Create(ctx, simple("b")))
	one := item(t, `{"p":{"S":"p"},"s":{"N":"1"},"x":{"S":"x"}}`)
	two := item(t, `{"p":{"S":"p"},"s":{"N":"2"},"x":{"S":"x"}}`)
	must[[]Written](t)(s.Write(ctx, []Write{put(a, one), put(b, one), put(a, two)}, nil))
	no := errors.New("no")
	refuse := func(d *Descriptor, key attribute.Value) Write {
		return Write{Table: d, Key: key, Apply: func(old attribute.Value) (attribute.Value, error) { return nil, no }}
	}
	ws, err := s.Write(ctx, []Write{del(a, one), refuse(b, one), refuse(b, two), del(a, two)}, nil)
	if !errors.Is(err, ErrRefused) || len(ws) != 4 || ws[0].Err != nil || ws[1].Err != no || ws[2].Err != no ||
		!attribute.Equal(ws[1].Old, one) || ws[2].Old != nil {
		t.Errorf("%v %v", ws, err)
	}
	if get(t, s, a, one) == nil || get(t, s, a, two) == nil {
		t.Error("a refused change changed something")
	}
	if _, err := s.Write(ctx, []Write{del(a, one), put(a, one)}, nil); err == nil {
		t.Error("one item twice")
	}
	if _, err := s.Write(ctx, []Write{put(a, item(t, `{"p":{"S":"p"}}`))}, nil); !errors.Is(err, ErrKey) {
		t.Errorf("no sort key: %v", err)
	}
	if _, err := s.Write(ctx, []Write{put(a, item(t, `{"p":{"N":"1"},"s":{"N":"1"}}`))}, nil); !errors.Is(err, ErrKey) {
		t.Errorf("a key of another kind: %v", err)
	}
	move := Write{Table: a, Key: one, Apply: func(attribute.Value) (attribute.Value, error) { return two, nil }}
	if _, err := s.Write(ctx, []Write{move}, nil); !errors.Is(err, ErrKey) {
		t.Errorf("the key of another: %v", err)
	}
	if _, err := s.Write(ctx, []Write{put(a.Clone(), one)}, nil); err != ErrStale {
		t.Errorf("a descriptor that is not published: %v", err)
	}
}

// TestIncrement: every increment counts, however many writers there are.
func TestIncrement(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	db.RunTwice(true)
	s := openStore(t, db, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("p")}, []KeyAttribute{num("n")}))))
	const writers, each = 8, 25
	done := make(chan error)
	for range writers {
		go func() {
			for range each {
				_, err := s.Write(ctx, []Write{{Table: d, Key: item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`), Apply: func(old attribute.Value) (attribute.Value, error) {
					n := int64(0)
					if old != nil {
						n, _ = old.Field("n").Number().Int64()
					}
					return item(t, `{"p":{"S":"p"},"s":{"N":"1"},"n":{"N":"%d"}}`, n+1), nil
				}}}, nil)
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, s, d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`)).Field("n").String(); got != `{"N":"200"}` {
		t.Errorf("n is %s", got)
	}
	if es := scan(t, s, Scan{Table: d, Index: d.Indexes[0]}); len(es) != 1 {
		t.Errorf("%d entries", len(es))
	}
}

func TestFormat(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	set := func(v string) {
		err := db.Update(ctx, func(tx kv.Txn) error { return tx.Set(keyspace.Format(), []byte(v)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	set("stator 99")
	if _, err := Open(ctx, db, Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("a store of another format: %v", err)
	}
	set(Format)
	openStore(t, db, Options{})
}

// TestCacheBound: more tables than the cache holds, and all of them can be used.
func TestCacheBound(t *testing.T) {
	var c cache
	c.init()
	const tables = 3 * cacheSlots * cacheWays
	var all []*Descriptor
	for i := range tables {
		d := simple(fmt.Sprint(i))
		d.ID, d.Version = uint64(i+1), 1
		all = append(all, c.loaded(&d, 0))
	}
	cached := 0
	for _, d := range all {
		got := c.get(testScope, d.Name)
		if got != nil {
			cached++
			if got != d || !d.live.acquire() {
				t.Fatalf("table %s cannot be used", d.Name)
			}
			d.live.release()
		} else if d.live.acquire() {
			t.Fatalf("table %s fell out and is not retired", d.Name)
		}
	}
	if cached < cacheSlots || cached > cacheSlots*cacheWays || len(c.draining) != 0 {
		t.Errorf("%d cached, %d draining", cached, len(c.draining))
	}
}

// TestCacheEpoch: what was read before a change is not published after it.
func TestCacheEpoch(t *testing.T) {
	var c cache
	c.init()
	version := func(v uint64) *Descriptor {
		d := simple("t")
		d.ID, d.Version = 7, v
		return &d
	}
	epoch := c.now()
	one := c.loaded(version(1), epoch)
	if again := c.loaded(version(1), epoch); again != one {
		t.Error("one version published twice")
	}
	if !one.live.acquire() {
		t.Fatal("cannot be used")
	}
	two := c.changed(version(2), c.heardOf())
	if c.get(testScope, "t") != two || one.live.acquire() || one.live.isDrained() || two.live.stats != one.live.stats {
		t.Error("the next version does not take the place of the first")
	}
	if c.loaded(version(1), epoch) != nil {
		t.Error("an outdated read was published")
	}
	if c.changed(version(1), c.heardOf()) != two {
		t.Error("an older change took the place of a newer one")
	}
	if waits := c.retiredOf(7); len(waits) != 1 || waits[0] != one.live {
		t.Errorf("%d versions to wait for", len(waits))
	}
	one.live.release()
	if !one.live.isDrained() || c.retiredOf(7) != nil {
		t.Error("still waiting")
	}
	epoch = c.now()
	c.remove(testScope, "t")
	if c.get(testScope, "t") != nil || two.live.acquire() || c.loaded(version(2), epoch) != nil {
		t.Error("a dropped table is there")
	}
}
