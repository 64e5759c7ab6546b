package pebblekv_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/statordb/stator/internal/kv"
)

func set(ctx context.Context, db kv.DB, k, v string) error {
	return db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, []byte(k)); err != nil {
			return err
		}
		return tx.Set([]byte(k), []byte(v))
	})
}

func mustSet(t testing.TB, db kv.DB, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := set(t.Context(), db, pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

func lookup(ctx context.Context, db kv.DB, k string) (value string, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(ctx, []byte(k))
		value = string(v)
		return err
	})
	return value, err
}

func background(call func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	return done
}

func returned(done <-chan error) bool {
	select {
	case <-done:
		return true
	case <-time.After(30 * time.Millisecond):
		return false
	}
}

// What a call saw of a commit that is not on disk yet, it must not tell; what it did not see, it need not wait for.
func TestReadersWaitForWhatTheySaw(t *testing.T) {
	get := func(k string) func(kv.Reader, context.Context) error {
		return func(r kv.Reader, ctx context.Context) error { _, err := r.Get(ctx, []byte(k)); return err }
	}
	scan := func(from, to string) func(kv.Reader, context.Context) error {
		return func(r kv.Reader, ctx context.Context) error {
			return r.Scan(ctx, kv.Range{Start: []byte(from), End: []byte(to)}, func(_, _ []byte) (bool, error) { return true, nil })
		}
	}
	lockAndGet := func(k string) func(kv.Reader, context.Context) error {
		return func(r kv.Reader, ctx context.Context) error {
			if tx, ok := r.(kv.Txn); ok {
				if err := tx.Lock(ctx, []byte(k)); err != nil {
					return err
				}
			}
			return get(k)(r, ctx)
		}
	}
	refused := errors.New("the condition is not met")
	readAndRefuse := func(k string) func(kv.Reader, context.Context) error {
		return func(r kv.Reader, ctx context.Context) error { _, _ = r.Get(ctx, []byte(k)); return refused }
	}
	tests := []struct {
		name   string
		delete bool
		read   func(kv.Reader, context.Context) error
		waits  bool
	}{
		{"get the key", false, get("k"), true},
		{"get a deleted key", true, get("k"), true},
		{"lock and get the key", false, lockAndGet("k"), true},
		{"scan the key", false, scan("k", "l"), true},
		{"scan around a deleted key", true, scan("k", "l"), true},
		{"fail because of the key", false, readAndRefuse("k"), true},
		{"get another key", false, get("a"), false},
		{"get a missing key", false, get("nothing"), false},
		{"scan other keys", false, scan("a", "c"), false},
		{"read nothing", false, func(kv.Reader, context.Context) error { return nil }, false},
	}
	for _, test := range tests {
		for _, kind := range []string{"View", "Update"} {
			t.Run(kind+"/"+test.name, func(t *testing.T) {
				disk := newLogDisk()
				db := openOn(t, disk.fs())
				mustSet(t, db, "k", "1", "a", "1", "b", "1")
				release := disk.hold()
				writer := background(func() error {
					return db.Update(t.Context(), func(tx kv.Txn) error {
						if test.delete {
							return tx.Delete([]byte("k"))
						}
						return tx.Set([]byte("k"), []byte("2"))
					})
				})
				if returned(writer) {
					t.Fatal("the writer did not wait for the disk")
				}
				read := func(ctx context.Context) error {
					if kind == "View" {
						return db.View(ctx, func(r kv.Reader) error { return test.read(r, ctx) })
					}
					return db.Update(ctx, func(tx kv.Txn) error { return test.read(tx, ctx) })
				}
				if test.waits {
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
					if err := read(ctx); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("a reader that waits for the disk = %v, want the context's error", err)
					}
					cancel()
				}
				reader := background(func() error { return read(t.Context()) })
				if got := returned(reader); got == test.waits {
					t.Errorf("returned before the disk had it: %v, want %v", got, !test.waits)
				}
				release()
				if err := <-writer; err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The next holder of a lock does not wait for the disk, so that one sync serves many changes of one key.
func TestLocksAreFreeBeforeTheSync(t *testing.T) {
	disk := newLogDisk()
	db := openOn(t, disk.fs())
	mustSet(t, db, "n", "0")
	release := disk.hold()
	inside := make(chan string, 3)
	var writers []<-chan error
	for range 3 {
		writers = append(writers, background(func() error {
			return db.Update(t.Context(), func(tx kv.Txn) error {
				if err := tx.Lock(t.Context(), []byte("n")); err != nil {
					return err
				}
				v, err := tx.Get(t.Context(), []byte("n"))
				if err != nil {
					return err
				}
				inside <- string(v)
				return tx.Set([]byte("n"), append(v[:len(v):len(v)], '+'))
			})
		}))
	}
	for _, want := range []string{"0", "0+", "0++"} {
		if got := <-inside; got != want {
			t.Errorf("read %q under the lock, want %q", got, want)
		}
	}
	for _, w := range writers {
		if returned(w) {
			t.Error("acknowledged before it was on disk")
		}
	}
	release()
	for _, w := range writers {
		if err := <-w; err != nil {
			t.Error(err)
		}
	}
}

func TestNothingIsAcknowledgedAfterTheLogFailed(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 31} {
		disk := newLogDisk()
		db := openOn(t, disk.fs())
		mustSet(t, db, "old", "1", "k", "0")
		disk.fail(n)

		acknowledged, failed := "0", ""
		for i := range 40 {
			v := string(rune('A' + i))
			if err := set(t.Context(), db, "k", v); err == nil {
				acknowledged = v
				if failed != "" {
					t.Fatalf("%s was acknowledged, after %s failed", v, failed)
				}
			} else if failed == "" {
				failed = v
			}
		}
		if failed == "" {
			t.Fatalf("no error, although the disk failed")
		}
		if v, err := lookup(t.Context(), db, "k"); err == nil && v != acknowledged {
			t.Errorf("read %q, which is not durable", v)
		}
		if err := db.DropRange(t.Context(), []byte("a"), []byte("b")); err == nil {
			t.Error("DropRange succeeded")
		}
		_ = db.Close() // comes to an end, with whatever error

		after := openOn(t, disk.CrashClone(vfs.CrashCloneCfg{}))
		if v, err := lookup(t.Context(), after, "k"); err != nil || v < acknowledged {
			t.Errorf("after a restart k = %q (%v), but %q was acknowledged", v, err, acknowledged)
		}
		if v, err := lookup(t.Context(), after, "old"); err != nil || v != "1" {
			t.Errorf("after a restart old = %q (%v)", v, err)
		}
	}
}

// What a function returned after it saw a write that never got to disk must not pass for an answer: not to those who look
// for its error either.
func TestAFailedLogHidesWhatWasSeen(t *testing.T) {
	disk := newLogDisk()
	db := openOn(t, disk.fs())
	mustSet(t, db, "old", "1")
	disk.fail(1)
	if err := set(t.Context(), db, "k", "1"); err == nil {
		t.Fatal("no error, although the disk failed")
	}
	refused := errors.New("there is a k")
	look := func(r kv.Reader) error {
		if v, err := r.Get(t.Context(), []byte("k")); err != nil || v == nil {
			return err
		}
		return refused
	}
	if err := db.View(t.Context(), look); errors.Is(err, refused) {
		t.Errorf("View: %v", err)
	}
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return look(tx) }); errors.Is(err, refused) {
		t.Errorf("Update: %v", err)
	}
	_ = db.Close()
}
