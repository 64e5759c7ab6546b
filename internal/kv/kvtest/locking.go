package kvtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

func quietly() <-chan time.Time { return time.After(aMoment) }

func lockWaits(t *testing.T, db kv.DB) {
	put(t, db, "k", "1")
	a, b, c := start(t, db), start(t, db), start(t, db)
	a.lock("k")
	second := b.later(b.locking("other", "k"))
	quiet(t, second, "a lock that is held")
	a.get("k", "1")
	a.set("k", "2")
	if !a.commit() {
		t.Fatal("the holder conflicted")
	}
	if err := await(t, second, "a lock that became free"); err != nil {
		t.Fatal(err)
	}
	b.get("k", "2")
	b.set("k", "3")

	third := c.later(c.locking("k"))
	quiet(t, third, "a lock that is held")
	b.rollback()
	if err := await(t, third, "a lock that became free"); err != nil {
		t.Fatal(err)
	}
	c.get("k", "2")
	c.set("k", "4")
	if !c.commit() {
		t.Error("conflict, although what it read was current")
	}
	committed(t, db, "k", "4")
}

// Whoever waited for a lock finds what others have left meanwhile, wherever it is, and can go on from there.
func readsAfterLock(t *testing.T, db kv.DB) {
	put(t, db, "k", "1", "elsewhere", "1")
	a := start(t, db)
	a.do(func(tx kv.Txn) error { return tx.Set(key("begun"), key("x")) })
	put(t, db, "elsewhere", "2")
	a.lock("k")
	put(t, db, "elsewhere", "3")
	a.get("k", "1")
	a.do(func(tx kv.Txn) error {
		got, err := read(t.Context(), tx, "elsewhere")
		if err == nil && got == "1" {
			err = errors.New("the read found what was there before the lock")
		}
		return err
	})
	a.lock("free")
	a.get("free", missing)
	a.set("k", "2")
	if !a.commit() {
		t.Error("conflict, although nobody changed what was locked")
	}
	committed(t, db, "k", "2", "begun", "x")
}

func lockAfterRead(t *testing.T, db kv.DB) {
	put(t, db, "k", "1", "same", "1")
	a := start(t, db)
	a.get("k", "1")
	put(t, db, "k", "2")
	if err := a.try(a.locking("k")); err == nil {
		a.set("derived", "from 1")
		if a.commit() {
			t.Error("committed, although a key was changed between reading and locking it")
		}
	} else {
		wantError(t, err, kv.ErrConflict, "Lock")
	}

	b := start(t, db)
	b.get("k", "2")
	b.lock("same")
	b.get("same", "1")
	b.set("k", "3")
	if !b.commit() {
		t.Error("conflict, although nobody changed anything")
	}
	committed(t, db, "k", "3")
}

func lockAgain(t *testing.T, db kv.DB) {
	update(t, db, func(tx kv.Txn) error {
		return errors.Join(
			tx.Lock(t.Context()),
			tx.Lock(t.Context(), key("b"), key("a"), key("b")),
			tx.Lock(t.Context(), key("a")),
			tx.Lock(t.Context(), key("a"), key("b"), key("c")),
			tx.Set(key("a"), key("1")),
		)
	})
	update(t, db, func(tx kv.Txn) error { return tx.Lock(t.Context(), key("c"), key("a")) })
	committed(t, db, "a", "1", "b", missing)
}

func lockOrders(t *testing.T, db kv.DB) {
	together(t, 16, 50, func(ctx context.Context, worker, _ int) error {
		keys := [][]byte{key("a"), key("b"), key("c"), key("d")}
		rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		return db.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, keys[:1+worker%4]...); err != nil {
				return err
			}
			return increment(ctx, tx, keys[0])
		})
	})
	expectSum(t, db, 16*50)
}

// Locks that are not taken all at once may conflict, but they do not hang.
func lockOneByOne(t *testing.T, db kv.DB) {
	together(t, 8, 25, func(ctx context.Context, _, _ int) error {
		keys := [][]byte{key("a"), key("b"), key("c"), key("d")}
		rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		return db.Update(ctx, func(tx kv.Txn) error {
			for _, k := range keys[:3] {
				if err := tx.Lock(ctx, k); err != nil {
					return err
				}
				if err := increment(ctx, tx, k); err != nil {
					return err
				}
			}
			return nil
		})
	})
	expectSum(t, db, 3*8*25)
}

func incrementsWithLock(t *testing.T, db kv.DB) {
	runs := make([]int, 16)
	together(t, 16, 50, func(ctx context.Context, worker, _ int) error {
		return db.Update(ctx, func(tx kv.Txn) error {
			runs[worker]++
			if err := tx.Lock(ctx, key("n")); err != nil {
				return err
			}
			return increment(ctx, tx, key("n"))
		})
	})
	committed(t, db, "n", "800")
	total := 0
	for _, n := range runs {
		total += n
	}
	if total > 1000 {
		t.Errorf("%d runs for 800 changes: a lock should wait instead of conflicting", total)
	}
}

func incrementsWithoutLock(t *testing.T, db kv.DB) {
	together(t, 8, 25, func(ctx context.Context, _, _ int) error {
		return db.Update(ctx, func(tx kv.Txn) error { return increment(ctx, tx, key("n")) })
	})
	committed(t, db, "n", "200")
}

func panicReleases(t *testing.T, db kv.DB) {
	panics := func(body func()) (got any) {
		defer func() { got = recover() }()
		body()
		return nil
	}
	if got := panics(func() {
		_ = db.Update(t.Context(), func(tx kv.Txn) error {
			_ = tx.Lock(t.Context(), key("a"), key("b"))
			_ = tx.Set(key("a"), key("1"))
			panic("boom")
		})
	}); got != "boom" {
		t.Errorf("Update panicked with %v, want the function's panic", got)
	}
	if got := panics(func() {
		_ = db.View(t.Context(), func(r kv.Reader) error {
			return r.Scan(t.Context(), within("a", "z"), func(_, _ []byte) (bool, error) { panic("boom") })
		})
	}); got != nil {
		t.Errorf("a scan of nothing called its callback: %v", got)
	}
	put(t, db, "c", "1")
	if got := panics(func() {
		_ = db.View(t.Context(), func(r kv.Reader) error {
			return r.Scan(t.Context(), within("a", "z"), func(_, _ []byte) (bool, error) { panic("boom") })
		})
	}); got != "boom" {
		t.Errorf("View panicked with %v, want the function's panic", got)
	}
	update(t, db, func(tx kv.Txn) error { return tx.Lock(t.Context(), key("a"), key("b")) })
	committed(t, db, "a", missing)
}

// moneyIsConserved moves amounts between accounts, with and without locks, while others add up all of them.
func moneyIsConserved(t *testing.T, db kv.DB) {
	const accounts, each = 8, 100
	account := func(i int) []byte { return fmt.Appendf(nil, "account/%d", i) }
	update(t, db, func(tx kv.Txn) error {
		for i := range accounts {
			if err := tx.Set(account(i), strconv.AppendInt(nil, each, 10)); err != nil {
				return err
			}
		}
		return nil
	})
	total := func(ctx context.Context, r kv.Reader, reverse bool) (int, error) {
		sum := 0
		err := r.Scan(ctx, kv.Range{Start: key("account/"), End: key("account0"), Reverse: reverse}, func(_, v []byte) (bool, error) {
			n, err := strconv.Atoi(string(v))
			sum += n
			return true, err
		})
		return sum, err
	}
	together(t, 8, 60, func(ctx context.Context, worker, round int) error {
		if worker >= 6 {
			audit := func(r kv.Reader) error {
				sum, err := total(ctx, r, round%2 == 0)
				if err == nil && sum != accounts*each {
					err = fmt.Errorf("the total is %d, want %d", sum, accounts*each)
				}
				return err
			}
			if worker == 6 {
				return db.View(ctx, audit)
			}
			return db.Update(ctx, func(tx kv.Txn) error { return audit(tx) })
		}
		from := rand.IntN(accounts)
		to := (from + 1 + rand.IntN(accounts-1)) % accounts
		amount := rand.IntN(50)
		return db.Update(ctx, func(tx kv.Txn) error {
			if worker%2 == 0 {
				if err := tx.Lock(ctx, account(from), account(to)); err != nil {
					return err
				}
			}
			if err := add(ctx, tx, account(from), -amount); err != nil {
				return err
			}
			return add(ctx, tx, account(to), amount)
		})
	})
	view(t, db, func(r kv.Reader) error {
		sum, err := total(t.Context(), r, false)
		if sum != accounts*each {
			t.Errorf("the total is %d at the end, want %d", sum, accounts*each)
		}
		return err
	})
}

// together runs body rounds times in each of so many goroutines, and fails the test if that does not come to an end.
func together(t testing.TB, workers, rounds int, body func(ctx context.Context, worker, round int) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for r := range rounds {
				if err := body(ctx, w, r); err != nil {
					t.Errorf("worker %d, round %d: %v", w, r, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func increment(ctx context.Context, tx kv.Txn, k []byte) error { return add(ctx, tx, k, 1) }

func add(ctx context.Context, tx kv.Txn, k []byte, amount int) error {
	v, err := tx.Get(ctx, k)
	if err != nil {
		return err
	}
	n := 0
	if v != nil {
		if n, err = strconv.Atoi(string(v)); err != nil {
			return err
		}
	}
	return tx.Set(k, strconv.AppendInt(nil, int64(n+amount), 10))
}

// expectSum adds up the counters with one-letter keys.
func expectSum(t testing.TB, db kv.DB, want int) {
	t.Helper()
	sum := 0
	view(t, db, func(r kv.Reader) error {
		return r.Scan(t.Context(), within("a", "z"), func(_, v []byte) (bool, error) {
			n, err := strconv.Atoi(string(v))
			sum += n
			return true, err
		})
	})
	if sum != want {
		t.Errorf("the counters add up to %d, want %d", sum, want)
	}
}
