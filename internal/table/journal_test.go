package table

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestForget: days beyond the recovery period are dropped, and no others; a moment that is held is kept.
func TestForget(t *testing.T) {
	ctx := context.Background()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	enableRecovery(t, s, "t", 2)
	images := func() int64 {
		if err := s.forgetImages(ctx); err != nil {
			t.Fatal(err)
		}
		return checkStore(t, s.db).Images
	}
	var p *Point
	for day := range 10 {
		fillTable(t, s, "t", 10)
		if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{del(d, item(t, `{"p":{"S":"p0"},"s":{"N":"0"}}`))} }); err != nil {
			t.Fatal(err)
		}
		if day == 4 {
			p = must[*Point](t)(s.Hold(ctx, testScope, "t", time.Time{}, "test"))
		}
		c.forward(24 * time.Hour)
	}
	// The first day had 11 images, each later one 2: of the item that came and went. Day 4 is held.
	if got := images(); got != 6*2 {
		t.Errorf("%d images while a moment is held", got)
	}
	if n := len(readPoint(t, s, p, 100)); n != 9 {
		t.Errorf("%d items are held", n)
	}
	if err := s.Release(ctx, p.ID); err != nil {
		t.Fatal(err)
	}
	if got := images(); got != 2*2 {
		t.Errorf("%d images", got)
	}
	d := must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
	earliest, latest, ok := s.Restorable(d)
	if latest.Sub(earliest) != 48*time.Hour || !ok {
		t.Errorf("from %v to %v", earliest, latest)
	}
	for at, want := range map[time.Time]error{earliest: nil, earliest.Add(-grace - time.Second): ErrMoment, latest: nil, latest.Add(time.Second): ErrMoment} {
		p, err := s.Hold(ctx, testScope, "t", at, "test")
		if !errors.Is(err, want) {
			t.Errorf("%v: %v", at, err)
		}
		if err == nil {
			if err := s.Release(ctx, p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	// What a shorter period forgot does not come back with a longer one.
	enableRecovery(t, s, "t", 1)
	d = enableRecovery(t, s, "t", 35)
	if again, _, _ := s.Restorable(d); again.Before(latest.Add(-24 * time.Hour)) {
		t.Errorf("earliest %v", again)
	}
	d = enableRecovery(t, s, "t", 0)
	if d.Journal != nil {
		t.Errorf("%+v", d.Journal)
	}
	if _, err := s.Hold(ctx, testScope, "t", latest, "test"); !errors.Is(err, ErrNoRecovery) {
		t.Error(err)
	}
	idle(t, s)
	if got := images(); got != 0 {
		t.Errorf("%d images of no journal", got)
	}
}

// TestTimesGoOn: after a crash, with the clock set back, no time is before one that was given.
func TestTimesGoOn(t *testing.T) {
	ctx := context.Background()
	c := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: c.now})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	enableRecovery(t, s, "t", 1)
	fillTable(t, s, "t", 1)
	last := s.ticks.last.Load()
	c.forward(-time.Hour)
	crashed := openStore(t, db, Options{Now: c.now}) // the other one did not close
	fillTable(t, crashed, "t", 1)
	if _, err := write(crashed, "t", func(d *Descriptor) []Write { return []Write{del(d, item(t, `{"p":{"S":"p0"},"s":{"N":"0"}}`))} }); err != nil {
		t.Fatal(err)
	}
	if got := crashed.ticks.last.Load(); got <= last || got > last+int64(2*markAhead) {
		t.Errorf("time %d after %d", got, last)
	}
}

// Skipping over the images of an item that was written often gives the same as reading them all.
func TestOftenWritten(t *testing.T) {
	ctx := context.Background()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	d := enableRecovery(t, s, "t", 35)
	var times []int64
	const rounds = 40
	for i := range rounds {
		for p := range 3 {
			if _, err := write(s, "t", func(d *Descriptor) []Write {
				return []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"N":"%d"}}`, p, i))}
			}); err != nil {
				t.Fatal(err)
			}
		}
		times = append(times, s.ticks.last.Load())
		c.forward(time.Hour)
	}
	for i, at := range times {
		p := must[*Point](t)(s.Hold(ctx, testScope, "t", time.Unix(0, at), "test"))
		want := itemsByKey{}
		for n := range 3 {
			it := item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"N":"%d"}}`, n, i)
			want[keyOf(d, it)] = string(it)
		}
		for _, limit := range []int{1, 100} {
			sameState(t, fmt.Sprint("round ", i), readPoint(t, s, p, limit), want)
		}
		if err := s.Release(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheckBackups: what is wrong with backups and journals is found.
func TestCheckBackups(t *testing.T) {
	ctx := context.Background()
	damage := map[string]func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error{
		"item of no table": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error { return tx.Delete(b.key()) },
		"backup makes no sense": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			return tx.Set(b.key(), []byte(`{"format":1,"backup":{}}`))
		},
		"item of a backup under the key of another": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			it := item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`)
			key, err := appendItemKey(nil, d, it)
			if err != nil {
				return err
			}
			return tx.Set(keyspace.MoveItem(nil, b.Items, key), item(t, `{"p":{"S":"q"},"s":{"N":"1"}}`))
		},
		"no job will end that": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			b.Status = BackupCreating
			return b.set(tx)
		},
		"journal of no table": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			return tx.Set(keyspace.Journal(1<<40), []byte(`{}`))
		},
		"image under the key of another item": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			key, err := appendItemKey(nil, d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`))
			if err != nil {
				return err
			}
			return tx.Set(keyspace.AppendImage(nil, d.Journal.ID, key, 1), item(t, `{"p":{"S":"q"},"s":{"N":"1"}}`))
		},
		"what is held is gone": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			id, err := takeIDs(ctx, tx, 1)
			if err != nil {
				return err
			}
			gone := d.Clone()
			gone.Journal.ID = 1 << 40
			return (&Point{ID: id, At: 1, Table: gone}).set(tx)
		},
		"mark of the times": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			return tx.Set(keyspace.JournalMark(), []byte("soon"))
		},
		"unknown key": func(t *testing.T, s *Store, tx kv.Txn, d *Descriptor, b *Backup) error {
			return tx.Set([]byte("bz"), nil)
		},
	}
	for what, do := range damage {
		t.Run(what, func(t *testing.T) {
			db := kvtest.NewFaulty(must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true})))
			s := openStore(t, db, Options{})
			must[*Descriptor](t)(s.Create(ctx, simple("t")))
			fillTable(t, s, "t", 3)
			d := enableRecovery(t, s, "t", 1)
			fillTable(t, s, "t", 4)
			b := awaitBackup(t, s, must[*Backup](t)(s.CreateBackup(ctx, testScope, "t", "b")))
			idle(t, s)
			if err := db.Update(ctx, func(tx kv.Txn) error { return do(t, s, tx, d, b) }); err != nil {
				t.Fatal(err)
			}
			found := false
			if _, err := Check(ctx, db, func(p Problem) { found = found || strings.Contains(p.What, what) }); err != nil {
				t.Fatal(err)
			}
			if !found {
				t.Error("not found")
			}
		})
	}
}
