// Package kvtest proves that an engine keeps the contract of package kv, and lets tests above the engines provoke what
// engines rarely do. It imports kv and the testing packages, and is imported by tests only.
//
// The main rule: what the suite asserts is written in package kv, and what is written there the suite asserts. Where the
// contract permits two outcomes, so does the suite; an engine is never tested for what it does by accident.
package kvtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// Run runs the suite. open gives an empty engine for each rule, and arranges with t.Cleanup that it is closed; that
// may happen a second time.
func Run(t *testing.T, open func(t testing.TB) kv.DB) {
	rules := []struct {
		name  string
		check func(*testing.T, kv.DB)
	}{
		{"a view reads one snapshot", viewReadsOneSnapshot},
		{"a view begins with what was committed before it", viewIsCurrent},
		{"a transaction reads one snapshot", txnReadsOneSnapshot},
		{"an empty value is not a missing one", emptyValues},
		{"get many keeps the order of the keys", getManyOrder},
		{"a transaction sees its own writes", ownWrites},
		{"a scan merges own writes in both directions", scanMergesOwnWrites},
		{"a scan keeps its bounds", scanBounds},
		{"a scan stops when told to", scanStops},
		{"a scan returns the callback's error", scanError},
		{"reads inside a scan", readsInsideScan},
		{"writes inside a scan", writesInsideScan},

		{"a failed function changes nothing", errorRollsBack},
		{"a write of a changed key is run again", writeWriteConflict},
		{"a write of a deleted key is run again", writeDeleteConflict},
		{"blind writes of different keys do not disturb each other", blindWrites},
		{"write skew is possible and harmless", writeSkewIsLegal},
		{"locks prevent write skew", locksPreventSkew},
		{"a lock protects against those who write without", lockAgainstBlindWrite},
		{"reads under a lock fit together", lockedReadsFit},
		{"a common lock is enough", commonLock},
		{"scans do not protect a range", scansDoNotProtect},
		{"a conflict can't be swallowed", swallowedConflict},

		{"a lock waits for its holder and reads what it wrote", lockWaits},
		{"what is read after a lock is current", readsAfterLock},
		{"one clock for all", oneClock},
		{"a lock after a read finds changes", lockAfterRead},
		{"a lock may be taken again, twice and of no key", lockAgain},
		{"locks in opposite orders make no deadlock", lockOrders},
		{"locks one after another make no deadlock", lockOneByOne},
		{"no increment is lost under a lock", incrementsWithLock},
		{"no increment is lost without a lock", incrementsWithoutLock},
		{"a panic releases locks", panicReleases},
		{"money is conserved", moneyIsConserved},

		{"key limits", keyLimits},
		{"value limits", valueLimits},
		{"transaction limits", txnLimits},
		{"a too large change can't be swallowed", swallowedTooLarge},

		{"a context that has ended", endedContext},
		{"a context that ends while waiting for a lock", cancelLock},
		{"a context that ends during a scan", cancelScan},
		{"a context that ends before the commit", cancelCommit},

		{"arguments stay the caller's", argumentsStay},
		{"results stay as they are", resultsStay},

		{"drop range", dropRange},
		{"close waits and refuses", closeWaits},
		{"any history fits the model", model},
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) { rule.check(t, open(t)) })
	}
}

// patience is how long something that has to happen may take, on a slow machine under the race detector.
const patience = 60 * time.Second

// aMoment is how long something is watched that must not happen.
const aMoment = 50 * time.Millisecond

func key(s string) []byte { return []byte(s) }

// put commits the pairs: key, value, key, value...
func put(t testing.TB, db kv.DB, pairs ...string) {
	t.Helper()
	update(t, db, func(tx kv.Txn) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Set(key(pairs[i]), key(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

func update(t testing.TB, db kv.DB, fn func(kv.Txn) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func view(t testing.TB, db kv.DB, fn func(kv.Reader) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// missing is how show renders no value.
const missing = "<none>"

func show(v []byte) string {
	if v == nil {
		return missing
	}
	return string(v)
}

// read returns a value as show renders it.
func read(ctx context.Context, r kv.Reader, k string) (string, error) {
	v, err := r.Get(ctx, key(k))
	return show(v), err
}

// expect fails the function it is called in with an error if the key does not have the value.
func expect(ctx context.Context, r kv.Reader, k, want string) error {
	got, err := read(ctx, r, k)
	if err == nil && got != want {
		err = fmt.Errorf("%s = %q, want %q", k, got, want)
	}
	return err
}

// committed checks key, value, key, value... in a new view.
func committed(t testing.TB, db kv.DB, pairs ...string) {
	t.Helper()
	view(t, db, func(r kv.Reader) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := expect(t.Context(), r, pairs[i], pairs[i+1]); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
}

// list scans and returns "key=value key=value".
func list(ctx context.Context, r kv.Reader, rng kv.Range) (string, error) {
	var out bytes.Buffer
	err := r.Scan(ctx, rng, func(k, v []byte) (bool, error) {
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, "%s=%s", k, v)
		return true, nil
	})
	return out.String(), err
}

func expectList(ctx context.Context, r kv.Reader, rng kv.Range, want string) error {
	got, err := list(ctx, r, rng)
	if err == nil && got != want {
		err = fmt.Errorf("scan of [%q, %q) reverse=%v = %q, want %q", rng.Start, rng.End, rng.Reverse, got, want)
	}
	return err
}

func within(start, end string) kv.Range { return kv.Range{Start: key(start), End: key(end)} }

func backwards(start, end string) kv.Range {
	return kv.Range{Start: key(start), End: key(end), Reverse: true}
}

// await returns what comes out of c, and fails the test if nothing does.
func await[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s: nothing happened for %v", what, patience)
		panic("unreachable")
	}
}

// quiet fails the test if something comes out of c within a moment.
func quiet[T any](t testing.TB, c <-chan T, what string) {
	t.Helper()
	select {
	case v := <-c:
		t.Fatalf("%s: got %v, which is too early", what, v)
	case <-time.After(aMoment):
	}
}

func wantError(t testing.TB, got, want error, what string) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error %v, want %v", what, got, want)
	}
}
