package kvtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

func endedContext(t *testing.T, db kv.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, db.View(ctx, func(r kv.Reader) error { _, err := r.Get(ctx, key("a")); return err }), context.Canceled, "View")
	wantError(t, db.Update(ctx, func(tx kv.Txn) error { return tx.Set(key("a"), key("1")) }), context.Canceled, "Update")
	wantError(t, db.DropRange(ctx, key("a"), key("b")), context.Canceled, "DropRange")
	committed(t, db, "a", missing)

	// The context of a read counts, not only that of the transaction.
	put(t, db, "a", "1")
	for name, call := range map[string]func(tx kv.Txn) error{
		"Get":     func(tx kv.Txn) error { _, err := tx.Get(ctx, key("a")); return err },
		"GetMany": func(tx kv.Txn) error { _, err := tx.GetMany(ctx, [][]byte{key("a")}); return err },
		"Lock":    func(tx kv.Txn) error { return tx.Lock(ctx, key("a")) },
		"Scan": func(tx kv.Txn) error {
			return tx.Scan(ctx, within("a", "b"), func(_, _ []byte) (bool, error) { return true, nil })
		},
	} {
		wantError(t, db.Update(t.Context(), call), context.Canceled, name)
	}
	put(t, db, "a", "2")
}

func cancelLock(t *testing.T, db kv.DB) {
	a := start(t, db)
	a.lock("k")
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		waiting <- db.Update(ctx, func(tx kv.Txn) error { return tx.Lock(ctx, key("j"), key("k"), key("l")) })
	}()
	quiet(t, waiting, "a lock that is held")
	cancel()
	wantError(t, await(t, waiting, "a waiting Lock whose context ended"), context.Canceled, "Lock")

	// It left nothing behind: neither the locks it already had nor its place in the queue.
	update(t, db, func(tx kv.Txn) error { return tx.Lock(t.Context(), key("j"), key("l")) })
	c := start(t, db)
	next := c.later(c.locking("k"))
	quiet(t, next, "a lock that is held")
	a.rollback()
	if err := await(t, next, "a lock that became free"); err != nil {
		t.Error(err)
	}
}

func cancelScan(t *testing.T, db kv.DB) {
	const entries = 5000
	update(t, db, func(tx kv.Txn) error {
		for i := range entries {
			if err := tx.Set(fmt.Appendf(nil, "k%06d", i), key("1")); err != nil {
				return err
			}
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, within("k", "l"), func(_, _ []byte) (bool, error) {
			if n++; n == 10 {
				cancel()
			}
			return true, nil
		})
	})
	wantError(t, err, context.Canceled, "Scan")
	if n == entries {
		t.Error("the scan went on to its end")
	}
}

func cancelCommit(t *testing.T, db kv.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx kv.Txn) error {
		defer cancel()
		return tx.Set(key("a"), key("1"))
	})
	if err == nil {
		committed(t, db, "a", "1")
		return
	}
	wantError(t, err, context.Canceled, "Update")
	committed(t, db, "a", missing)
}

func dropRange(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1", "b1", "1", "b2", "1", "c", "1")
	if err := db.DropRange(t.Context(), key("b"), key("c")); err != nil {
		t.Fatal(err)
	}
	all := within("a", "z")
	view(t, db, func(r kv.Reader) error { return expectList(t.Context(), r, all, "a=1 c=1") })
	put(t, db, "b1", "2")
	view(t, db, func(r kv.Reader) error { return expectList(t.Context(), r, all, "a=1 b1=2 c=1") })
	// Again, and ranges with nothing in them.
	for _, rng := range [][2]string{{"b", "c"}, {"b", "c"}, {"x", "y"}, {"a", "a"}, {"c", "a"}} {
		if err := db.DropRange(t.Context(), key(rng[0]), key(rng[1])); err != nil {
			t.Error(err)
		}
	}
	wantError(t, db.DropRange(t.Context(), nil, key("z")), kv.ErrTooLarge, "DropRange without a start")
	wantError(t, db.DropRange(t.Context(), key("a"), nil), kv.ErrTooLarge, "DropRange without an end")
	view(t, db, func(r kv.Reader) error { return expectList(t.Context(), r, all, "a=1 c=1") })
}

func closeWaits(t *testing.T, db kv.DB) {
	put(t, db, "a", "1")
	inside, goOn := make(chan struct{}), make(chan struct{})
	viewed, updated, closed := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() {
		viewed <- db.View(t.Context(), func(r kv.Reader) error {
			inside <- struct{}{}
			<-goOn
			return expect(t.Context(), r, "a", "1")
		})
	}()
	go func() {
		updated <- db.Update(t.Context(), func(tx kv.Txn) error {
			inside <- struct{}{}
			<-goOn
			return tx.Set(key("b"), key("1"))
		})
	}()
	await(t, inside, "View or Update")
	await(t, inside, "View or Update")
	go func() { closed <- db.Close() }()
	quiet(t, closed, "Close with calls in flight")
	close(goOn)
	for what, c := range map[string]chan error{"View": viewed, "Update": updated, "Close": closed} {
		if err := await(t, c, what); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	wantError(t, db.View(t.Context(), func(kv.Reader) error { return errors.New("called") }), kv.ErrClosed, "View")
	wantError(t, db.Update(t.Context(), func(kv.Txn) error { return errors.New("called") }), kv.ErrClosed, "Update")
	wantError(t, db.DropRange(t.Context(), key("a"), key("b")), kv.ErrClosed, "DropRange")
	wantError(t, db.Close(), kv.ErrClosed, "Close")
}
