package kvtest

import (
	"errors"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

func errorRollsBack(t *testing.T, db kv.DB) {
	put(t, db, "a", "1")
	boom := errors.New("boom")
	err := db.Update(t.Context(), func(tx kv.Txn) error {
		return errors.Join(tx.Lock(t.Context(), key("a")), tx.Set(key("a"), key("2")), tx.Set(key("b"), key("2")), boom)
	})
	wantError(t, err, boom, "Update")
	err = db.Update(t.Context(), func(kv.Txn) error { return boom })
	if err != boom {
		t.Errorf("Update = %v, want exactly the function's error", err)
	}
	if err = db.View(t.Context(), func(kv.Reader) error { return boom }); err != boom {
		t.Errorf("View = %v, want exactly the function's error", err)
	}
	committed(t, db, "a", "1", "b", missing)
	put(t, db, "a", "3") // the lock is free again
}

func writeWriteConflict(t *testing.T, db kv.DB) {
	put(t, db, "n", "1")
	a := start(t, db)
	a.get("n", "1")
	put(t, db, "n", "2")
	a.set("n", "from 1")
	if a.commit() {
		t.Error("committed what was computed from a value that was changed")
	}
	committed(t, db, "n", "2")

	// Run again, it reads what it missed.
	runs := 0
	update(t, db, func(tx kv.Txn) error {
		runs++
		v, err := read(t.Context(), tx, "n")
		if err != nil {
			return err
		}
		if runs == 1 {
			put(t, db, "n", "3")
		}
		return tx.Set(key("n"), key("from "+v))
	})
	if runs < 2 {
		t.Error("the function was not run again")
	}
	committed(t, db, "n", "from 3")
}

func writeDeleteConflict(t *testing.T, db kv.DB) {
	put(t, db, "n", "1")
	a, b := start(t, db), start(t, db)
	a.get("n", "1")
	b.get("n", "1")
	update(t, db, func(tx kv.Txn) error { return tx.Delete(key("n")) })
	a.set("n", "2")
	if a.commit() {
		t.Error("a set over a delete it did not see was committed")
	}
	put(t, db, "n", "3")
	b.do(func(tx kv.Txn) error { return tx.Delete(key("n")) })
	if b.commit() {
		t.Error("a delete of a value it did not see was committed")
	}
	committed(t, db, "n", "3")
}

func blindWrites(t *testing.T, db kv.DB) {
	a, b := start(t, db), start(t, db)
	a.get("other", missing)
	b.get("other", missing)
	a.set("a", "1")
	b.set("b", "1")
	if !a.commit() || !b.commit() {
		t.Error("a conflict between transactions that have no written or locked key in common")
	}
	committed(t, db, "a", "1", "b", "1")
}

// skew lets two transactions read both of two keys and each clear another one, keeping at least one set as far as each
// can see. It reports which were committed.
func skew(t testing.TB, db kv.DB, lock bool) (first, second bool) {
	put(t, db, "x", "on", "y", "on")
	a, b := start(t, db), start(t, db)
	for _, s := range []*actor{a, b} {
		if lock && s == b {
			break // it would wait
		}
		if lock {
			s.lock("x", "y")
		}
		s.get("x", "on")
		s.get("y", "on")
	}
	a.set("x", "off")
	if !lock {
		b.set("y", "off")
		return a.commit(), b.commit()
	}
	waiting := b.later(b.locking("x", "y"))
	quiet(t, waiting, "a lock that is held")
	first = a.commit()
	if err := await(t, waiting, "a lock that became free"); err != nil {
		wantError(t, err, kv.ErrConflict, "Lock")
		return first, b.outcome()
	}
	b.get("x", "off") // so it leaves y alone
	return first, b.commit()
}

func writeSkewIsLegal(t *testing.T, db kv.DB) {
	first, second := skew(t, db, false)
	if !first && !second {
		t.Error("both conflicted: one of them has to win")
	}
	want := map[bool]string{true: "off", false: "on"}
	committed(t, db, "x", want[first], "y", want[second])
}

// WriteSkewCommits asserts of an engine that it gives no more than the contract: a program that forgot a lock fails its
// tests on this engine, instead of failing later on another one. Not every engine has to pass it.
func WriteSkewCommits(t *testing.T, open func(t testing.TB) kv.DB) {
	if first, second := skew(t, open(t), false); !first || !second {
		t.Errorf("committed: %v and %v; the engine protects reads that were not locked", first, second)
	}
}

func locksPreventSkew(t *testing.T, db kv.DB) {
	if first, _ := skew(t, db, true); !first {
		t.Error("the holder of the locks conflicted")
	}
	committed(t, db, "x", "off", "y", "on")
}

func lockAgainstBlindWrite(t *testing.T, db kv.DB) {
	put(t, db, "k", "1")
	a := start(t, db)
	a.lock("k")
	a.get("k", "1")
	a.set("derived", "from 1")
	wrote := make(chan error, 1)
	go func() { // an engine may make this wait
		wrote <- db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(key("k"), key("2")) })
	}()
	first := false // the writer was first
	select {
	case err := <-wrote:
		if err != nil {
			t.Fatal(err)
		}
		first = true
	case <-quietly():
	}
	if ok := a.commit(); ok && first {
		t.Error("committed, although a locked key was changed")
	} else if !ok && !first {
		t.Error("conflict, although nobody else had committed")
	}
	if !first {
		if err := await(t, wrote, "the other writer"); err != nil {
			t.Error(err)
		}
	}
	committed(t, db, "k", "2")
}

// A lock may let blind writes pass, and then what is read under it must still fit together.
func lockedReadsFit(t *testing.T, db kv.DB) {
	for _, second := range []string{"y", "unlocked"} {
		put(t, db, "x", "1", "y", "1", "unlocked", "1")
		a := start(t, db)
		a.lock("x", "y")
		a.get("x", "1")
		wrote := make(chan error, 1)
		go func() {
			wrote <- db.Update(t.Context(), func(tx kv.Txn) error {
				return errors.Join(tx.Set(key("x"), key("2")), tx.Set(key(second), key("2")))
			})
		}()
		waits := false
		select {
		case err := <-wrote:
			if err != nil {
				t.Fatal(err)
			}
		case <-quietly():
			waits = true
		}
		err := a.try(func(tx kv.Txn) error { return expect(t.Context(), tx, second, "1") })
		if err == nil {
			a.rollback()
		} else {
			wantError(t, err, kv.ErrConflict, "a read that does not fit the one before it")
			a.outcome()
		}
		if waits {
			if err := await(t, wrote, "the other writer"); err != nil {
				t.Error(err)
			}
		}
	}
}

// Two transactions that lock the same key come one after the other, even if they write only other keys.
func commonLock(t *testing.T, db kv.DB) {
	put(t, db, "x", "1")
	a, b := start(t, db), start(t, db)
	b.get("x", "1") // before a commits
	a.lock("guard")
	a.set("x", "2")
	if !a.commit() {
		t.Fatal("conflict without another commit")
	}
	err := b.try(b.locking("guard"))
	if err != nil {
		wantError(t, err, kv.ErrConflict, "Lock")
		if b.outcome() {
			t.Error("committed after a Lock that failed")
		}
		return
	}
	b.set("y", "from 1")
	if b.commit() {
		t.Error("committed what it read before another transaction with the same lock committed")
	}
}

func scansDoNotProtect(t *testing.T, db kv.DB) {
	put(t, db, "r/1", "1")
	a := start(t, db)
	a.do(func(tx kv.Txn) error { return expectList(t.Context(), tx, within("r/", "r0"), "r/1=1") })
	put(t, db, "r/2", "1")
	a.do(func(tx kv.Txn) error { return expectList(t.Context(), tx, within("r/", "r0"), "r/1=1") })
	a.set("count", "1")
	if !a.commit() {
		t.Error("conflict on a range that was only scanned")
	}
}

func swallowedConflict(t *testing.T, db kv.DB) {
	put(t, db, "k", "1")
	runs := 0
	update(t, db, func(tx kv.Txn) error {
		runs++
		if _, err := tx.Get(t.Context(), key("k")); err != nil {
			return err
		}
		if runs == 1 {
			put(t, db, "k", "2")
		}
		_ = tx.Lock(t.Context(), key("k")) // may be ErrConflict, which should be returned
		_ = tx.Set(key("seen"), key("1"))
		if v, err := read(t.Context(), tx, "k"); err == nil && v == "2" {
			return tx.Set(key("seen"), key("2"))
		}
		return nil
	})
	committed(t, db, "seen", "2")
}
