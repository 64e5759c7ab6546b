package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
)

// asIs is the definition of a table that is restored as its source was.
func asIs(name string) func(*Descriptor) (*Descriptor, error) {
	return func(source *Descriptor) (*Descriptor, error) {
		d := source.Clone()
		d.Name, d.Stream, d.LatestStream = name, nil, ""
		return d, nil
	}
}

func restoreBackup(s *Store, b *Backup, name string) (*Descriptor, error) {
	return s.RestoreBackup(context.Background(), testScope, b.Table, b.ID, name, func(b *Backup) (*Descriptor, error) { return asIs(name)(b.Source) })
}

func restorePoint(s *Store, table, name string, at time.Time) (*Descriptor, error) {
	return s.RestorePoint(context.Background(), testScope, table, at, name, asIs(name))
}

// awaitBackup waits until a backup is available.
func awaitBackup(t testing.TB, s *Store, b *Backup) *Backup {
	t.Helper()
	eventually(t, "available", func() bool {
		b = must[*Backup](t)(s.Backup(context.Background(), b.Scope, b.Table, b.ID))
		return b.Status == BackupAvailable
	})
	return b
}

// fillTable puts items that are numbered from 0.
func fillTable(t fatal, s *Store, name string, items int) {
	t.Helper()
	for i := 0; i < items; i += 100 {
		_, err := write(s, name, func(d *Descriptor) []Write {
			var ws []Write
			for j := i; j < min(i+100, items); j++ {
				ws = append(ws, put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"},"n":{"N":"100"},"a":{"S":"a%d"}}`, j, j, j%7)))
			}
			return ws
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// TestBackupIsOneMoment moves amounts between items in transactions while backups are copied and moments read: whatever is restored has
// the one sum that the table has at every moment, and what was acknowledged before.
func TestBackupIsOneMoment(t *testing.T) {
	t.Parallel()
	const accounts, writers = 2200, 4
	for _, recovery := range []bool{false, true} {
		t.Run(fmt.Sprint("recovery ", recovery), func(t *testing.T) {
			ctx := context.Background()
			s := openStore(t, openDB(t), Options{})
			must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{str("a")}, nil))))
			fillTable(t, s, "t", accounts)
			if recovery {
				enableRecovery(t, s, "t", 1)
			}
			var stop atomic.Bool
			var moves, restored atomic.Int64
			var running sync.WaitGroup
			for i := range writers {
				running.Go(func() {
					r := rand.New(rand.NewPCG(7, uint64(i)))
					for !stop.Load() {
						from, to := r.IntN(accounts), r.IntN(accounts)
						if from == to {
							continue
						}
						amount := r.Int64N(50)
						move := func(d *Descriptor, i int, by int64) Write {
							key := item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"}}`, i, i)
							return Write{Table: d, Key: key, Apply: func(old attribute.Value) (attribute.Value, error) {
								n, err := strconv.ParseInt(old.Field("n").Number().String(), 10, 64)
								if err != nil {
									return nil, err
								}
								return attribute.NewMap([]string{"p", "s", "n", "a"}, []attribute.Value{old.Field("p"), old.Field("s"), attribute.NewInt(n + by), old.Field("a")}), nil
							}}
						}
						if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{move(d, from, -amount), move(d, to, amount)} }); err != nil {
							t.Error(err)
							return
						}
						moves.Add(1)
					}
				})
			}
			check := func(name string) {
				d := awaitTable(t, s, name)
				sum, n := int64(0), 0
				for _, it := range scan(t, s, Scan{Table: d}) {
					v, err := strconv.ParseInt(it.Field("n").Number().String(), 10, 64)
					if err != nil {
						t.Fatal(err)
					}
					sum, n = sum+v, n+1
				}
				if n != accounts || sum != 100*accounts {
					t.Errorf("%s has %d items with the sum %d", name, n, sum)
				}
				restored.Add(1)
			}
			for round := range 3 {
				// A marker is moved along before each backup: what was acknowledged is in it.
				marker := item(t, `{"p":{"S":"marker"},"s":{"N":"1"},"n":{"N":"0"},"round":{"N":"%d"}}`, round)
				if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{put(d, marker)} }); err != nil {
					t.Fatal(err)
				}
				b := must[*Backup](t)(s.CreateBackup(ctx, testScope, "t", "b"))
				if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{del(d, marker)} }); err != nil {
					t.Fatal(err)
				}
				b = awaitBackup(t, s, b)
				name := fmt.Sprint("b", round)
				must[*Descriptor](t)(restoreBackup(s, b, name))
				d := awaitTable(t, s, name)
				// The backup is of a moment after the call, so that the marker may have gone by then; it is not an older one.
				if m := get(t, s, d, marker); m != nil {
					if string(m) != string(marker) {
						t.Errorf("marker of round %d: %v", round, m)
					}
					if _, err := write(s, name, func(d *Descriptor) []Write { return []Write{del(d, marker)} }); err != nil {
						t.Fatal(err)
					}
				}
				check(name)
				if recovery {
					at := time.Now()
					time.Sleep(5 * time.Millisecond)
					name := fmt.Sprint("p", round)
					must[*Descriptor](t)(restorePoint(s, "t", name, at))
					check(name)
				}
			}
			stop.Store(true)
			running.Wait()
			idle(t, s)
			t.Logf("%d moves, %d tables restored", moves.Load(), restored.Load())
			if d := must[*Descriptor](t)(s.Table(ctx, testScope, "t")); (d.Journal != nil) != recovery {
				t.Errorf("journal %+v", d.Journal)
			}
		})
	}
}

// TestResumeBackup closes the store in the middle of a backup and of restores, again and again, until they are done; the table is written all
// along, and its days go by.
func TestResumeBackup(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := openDB(t)
	s := openStore(t, db, Options{})
	const items = 4500
	must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil))))
	fillTable(t, s, "t", items)
	d := enableRecovery(t, s, "t", 1)
	want := itemsOf(t, s, d)
	at := time.Unix(0, s.present())
	time.Sleep(time.Millisecond)
	b := must[*Backup](t)(s.CreateBackup(ctx, testScope, "t", "b"))
	must[*Descriptor](t)(restorePoint(s, "t", "point", at))
	closed, cursors := 0, map[string]bool{}
	for i := 0; ; i++ {
		// Another table of the same key is not the item that is copied.
		if _, err := write(s, "t", func(d *Descriptor) []Write {
			return []Write{del(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"%d"}}`, i%items, i%items)), put(d, item(t, `{"p":{"S":"new%d"},"s":{"N":"1"}}`, i))}
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		closed++
		checkStore(t, db)
		jobs := must[[]*job](t)(s.loadJobs(ctx))
		for _, j := range jobs {
			cursors[string(j.rec.Cursor)] = true
		}
		s = openStore(t, db, Options{})
		if len(jobs) == 0 {
			break
		}
		time.Sleep(3 * time.Millisecond)
	}
	b = awaitBackup(t, s, b)
	sameState(t, "point", itemsOf(t, s, awaitTable(t, s, "point")), want)
	must[*Descriptor](t)(restoreBackup(s, b, "backup"))
	if got := itemsOf(t, s, awaitTable(t, s, "backup")); len(got) < items-1 || len(got) > items {
		t.Errorf("%d items in the backup", len(got))
	}
	if b.Count.Items != int64(len(itemsOf(t, s, awaitTable(t, s, "backup")))) {
		t.Errorf("counted %d", b.Count.Items)
	}
	if closed < 5 || len(cursors) < 5 {
		t.Errorf("closed %d times, %d cursors", closed, len(cursors))
	}
	t.Logf("closed %d times, %d cursors seen", closed, len(cursors))
}

// TestFaultsInBackup fails each call of the engine in turn while a table is backed up, restored both ways and dropped: what fails is tried
// again, and in the end all is done.
func TestFaultsInBackup(t *testing.T) {
	ctx := context.Background()
	for _, fault := range []error{errors.New("disk on fire"), kv.ErrConflict} {
		db := openDB(t)
		s := openStore(t, db, Options{})
		round := 0
		kvtest.EveryFault(t, db, fault, func(int) {
			round++
			name := fmt.Sprint("t", round)
			try := func(do func() error) {
				t.Helper()
				for range 3 {
					if err := do(); err == nil {
						return
					} else if !errors.Is(err, fault) {
						t.Fatal(err)
					}
				}
				t.Fatal("failed three times")
			}
			await := func(what string, ok func() (bool, error)) {
				t.Helper()
				eventually(t, what, func() bool {
					done, err := ok()
					return done && err == nil
				})
			}
			try(func() error {
				_, err := s.Create(ctx, simple(name, global("g", "ALL", []KeyAttribute{str("a")}, nil)))
				return err
			})
			try(func() error {
				_, err := s.Change(ctx, testScope, name, func(d *Descriptor) error { s.SetRecovery(d, 3); return nil })
				return err
			})
			await("journal", func() (bool, error) {
				d, err := s.Table(ctx, testScope, name)
				return err == nil && d.Journal.From != 0, err
			})
			try(func() error {
				_, err := write(s, name, func(d *Descriptor) []Write {
					return []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"}}`)), put(d, item(t, `{"p":{"S":"p"},"s":{"N":"2"}}`))}
				})
				return err
			})
			var b *Backup
			try(func() (err error) {
				b, err = s.CreateBackup(ctx, testScope, name, "b")
				return err
			})
			await("available", func() (bool, error) {
				got, err := s.Backup(ctx, testScope, name, b.ID)
				return err == nil && got.Status == BackupAvailable, err
			})
			try(func() error {
				_, err := restoreBackup(s, b, name+"b")
				return err
			})
			try(func() error {
				_, err := restorePoint(s, name, name+"p", time.Time{})
				return err
			})
			for _, restored := range []string{name + "b", name + "p"} {
				await("restored", func() (bool, error) {
					d, err := s.Table(ctx, testScope, restored)
					return err == nil && !d.Creating, err
				})
			}
			try(func() error {
				_, err := s.Drop(ctx, testScope, name, nil)
				return err
			})
			await("idle", func() (bool, error) {
				jobs, err := s.loadJobs(ctx)
				return err == nil && len(jobs) == 0, err
			})
			for _, restored := range []string{name + "b", name + "p"} {
				var d *Descriptor
				try(func() (err error) {
					d, err = s.Table(ctx, testScope, restored)
					return err
				})
				n := 0
				try(func() error {
					n = 0
					return s.Scan(ctx, Scan{Table: d, Index: d.Index("g")}, func(attribute.Value) (bool, error) { n++; return true, nil })
				})
				if n != 1 {
					t.Fatalf("%s has %d entries", restored, n)
				}
			}
		})
		if round < 60 {
			t.Errorf("%d rounds", round)
		}
	}
}

// TestDropped: the items of a dropped table that could be restored are a backup for 35 days; who holds a moment reads on.
func TestDropped(t *testing.T) {
	ctx := context.Background()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	d := enableRecovery(t, s, "t", 2)
	fillTable(t, s, "t", 10)
	before := itemsOf(t, s, d)
	p := must[*Point](t)(s.Hold(ctx, testScope, "t", time.Time{}, "test"))
	c.forward(time.Second)
	fillTable(t, s, "t", 20)
	if _, err := write(s, "t", func(d *Descriptor) []Write { return []Write{del(d, item(t, `{"p":{"S":"p1"},"s":{"N":"1"}}`))} }); err != nil {
		t.Fatal(err)
	}
	after := itemsOf(t, s, d)
	must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
	var system *Backup
	look := func() {
		system = nil
		err := s.EachBackup(ctx, testScope, "t", BackupName{}, func(b *Backup) bool { system = b; return true })
		if err != nil {
			t.Fatal(err)
		}
	}
	if look(); system == nil || !system.System || system.Name != "t$DeletedTableBackup" || system.Status != BackupCreating {
		t.Fatalf("%+v", system)
	}
	if _, err := restoreBackup(s, system, "r"); !errors.Is(err, ErrBackupInUse) {
		t.Errorf("restored while somebody reads: %v", err)
	}
	sameState(t, "held", readPoint(t, s, p, 3), before)
	if err := s.Release(ctx, p.ID); err != nil {
		t.Fatal(err)
	}
	system = awaitBackup(t, s, system)
	must[*Descriptor](t)(s.Create(ctx, simple("t"))) // another of the name
	must[*Descriptor](t)(restoreBackup(s, system, "r"))
	sameState(t, "restored", itemsOf(t, s, awaitTable(t, s, "r")), after)
	if system.Count.Items != int64(len(after)) {
		t.Errorf("%d items are counted", system.Count.Items)
	}
	for _, step := range []struct {
		forward time.Duration
		there   bool
	}{{34 * 24 * time.Hour, true}, {2 * 24 * time.Hour, false}} {
		c.forward(step.forward)
		if err := s.expireBackups(ctx); err != nil {
			t.Fatal(err)
		}
		if look(); (system != nil) != step.there {
			t.Errorf("%v later: %+v", step.forward, system)
		}
	}
	idle(t, s)
	if sum := checkStore(t, s.db); sum.Images != 0 || sum.BackedUp != 0 || sum.Items != int64(len(after)) {
		t.Errorf("%+v", sum)
	}
}

// TestBusyBackups: a backup that is read is not deleted, a table that is copied not dropped, and one that is restored is not in use.
func TestBusyBackups(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	fillTable(t, s, "t", 10)
	turns := func(do func()) { // no job gets on
		for range parallelSteps {
			s.jobs.turns <- struct{}{}
		}
		do()
		for range parallelSteps {
			<-s.jobs.turns
		}
	}
	var b *Backup
	turns(func() {
		b = must[*Backup](t)(s.CreateBackup(ctx, testScope, "t", "b"))
		for what, err := range map[string]error{
			"backup": second(s.CreateBackup(ctx, testScope, "t", "b")), "drop": second(s.Drop(ctx, testScope, "t", nil)),
			"delete": second(s.DeleteBackup(ctx, testScope, "t", b.ID)), "restore": second(restoreBackup(s, b, "r")),
		} {
			if !errors.Is(err, ErrBackupInUse) {
				t.Errorf("%s while it is copied: %v", what, err)
			}
		}
	})
	b = awaitBackup(t, s, b)
	turns(func() {
		d := must[*Descriptor](t)(restoreBackup(s, b, "r"))
		if !d.Creating || d.Restore == nil || d.Restore.Backup != b.ID {
			t.Errorf("%+v", d)
		}
		for what, want := range map[string]error{"backup": ErrCreating, "delete": ErrBackupInUse, "exists": ErrExists} {
			err := map[string]func() error{
				"backup": func() error { return second(s.CreateBackup(ctx, testScope, "r", "b")) },
				"delete": func() error { return second(s.DeleteBackup(ctx, testScope, "t", b.ID)) },
				"exists": func() error { return second(restoreBackup(s, b, "r")) },
			}[what]()
			if !errors.Is(err, want) {
				t.Errorf("%s while it is restored: %v", what, err)
			}
		}
		for i := range maxRestores - 1 {
			must[*Descriptor](t)(restoreBackup(s, b, fmt.Sprint("r", i)))
		}
		if _, err := restoreBackup(s, b, "more"); !errors.Is(err, ErrRestores) {
			t.Errorf("one more restore: %v", err)
		}
	})
	awaitTable(t, s, "r")
	idle(t, s)
	must[*Backup](t)(s.DeleteBackup(ctx, testScope, "t", b.ID))
	if _, err := s.Backup(ctx, testScope, "t", b.ID); !errors.Is(err, ErrNoBackup) {
		t.Error(err)
	}
	idle(t, s)
	if sum := checkStore(t, s.db); sum.BackedUp != 0 {
		t.Errorf("%+v", sum)
	}
}

func second[T any](_ T, err error) error { return err }
