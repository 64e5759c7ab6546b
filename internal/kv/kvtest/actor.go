package kvtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

var (
	// errRerun ends an actor whose function was run again, that is, whose transaction conflicted.
	errRerun = errors.New("kvtest: the function was run again")
	// errStop ends an actor that was told to roll back.
	errStop = errors.New("kvtest: rolled back")
)

// actor is a transaction that a test drives step by step, so that it can interleave several in one order.
type actor struct {
	t     fataler
	ctx   context.Context
	steps chan func(kv.Txn) error
	done  chan error // the results of steps
	ended chan error // what Update returned
}

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// start begins a transaction, which is rolled back when the test ends.
func start(t testing.TB, db kv.DB) *actor {
	a := startActor(t.Context(), t, db)
	t.Cleanup(func() { close(a.steps) })
	return a
}

func startActor(ctx context.Context, t fataler, db kv.DB) *actor {
	a := &actor{
		t: t, ctx: ctx,
		steps: make(chan func(kv.Txn) error),
		done:  make(chan error, 1), // a test that failed does not take it
		ended: make(chan error, 1),
	}
	go func() {
		runs := 0
		a.ended <- db.Update(ctx, func(tx kv.Txn) error {
			if runs++; runs > 1 {
				return errRerun
			}
			for step := range a.steps {
				if step == nil {
					return nil
				}
				err := step(tx)
				a.done <- err
				if err != nil {
					return err
				}
			}
			return errStop
		})
	}()
	return a
}

// try runs a step and returns its error. After an error the transaction is over.
func (a *actor) try(step func(kv.Txn) error) error {
	a.t.Helper()
	a.send(step)
	select {
	case err := <-a.done:
		return err
	case <-time.After(patience):
		a.t.Fatalf("a step did not end in %v", patience)
		return nil
	}
}

func (a *actor) send(step func(kv.Txn) error) {
	a.t.Helper()
	select {
	case a.steps <- step:
	case err := <-a.ended:
		a.t.Fatalf("the transaction ended already: %v", err)
	case <-time.After(patience):
		a.t.Fatalf("the transaction takes no step")
	}
}

// do runs a step that must succeed.
func (a *actor) do(step func(kv.Txn) error) {
	a.t.Helper()
	if err := a.try(step); err != nil {
		a.t.Fatalf("step: %v", err)
	}
}

// later starts a step that is expected to wait.
func (a *actor) later(step func(kv.Txn) error) <-chan error {
	a.t.Helper()
	a.send(step)
	return a.done
}

// commit ends the transaction and reports whether it was committed; if not, it conflicted.
func (a *actor) commit() bool {
	a.t.Helper()
	a.send(nil)
	return a.outcome()
}

// outcome waits for the end of a transaction that committed or conflicted.
func (a *actor) outcome() bool {
	a.t.Helper()
	select {
	case err := <-a.ended:
		if err != nil && !errors.Is(err, errRerun) {
			a.t.Fatalf("Update: %v", err)
		}
		return err == nil
	case <-time.After(patience):
		a.t.Fatalf("Update did not return in %v", patience)
		return false
	}
}

// rollback ends the transaction without changes.
func (a *actor) rollback() {
	a.t.Helper()
	if err := a.try(func(kv.Txn) error { return errStop }); !errors.Is(err, errStop) {
		a.t.Fatalf("rollback: %v", err)
	}
	<-a.ended
}

func (a *actor) get(k, want string) {
	a.t.Helper()
	a.do(func(tx kv.Txn) error { return expect(a.ctx, tx, k, want) })
}

func (a *actor) set(k, v string) {
	a.t.Helper()
	a.do(func(tx kv.Txn) error { return tx.Set(key(k), key(v)) })
}

func (a *actor) lock(keys ...string) {
	a.t.Helper()
	a.do(a.locking(keys...))
}

func (a *actor) locking(keys ...string) func(kv.Txn) error {
	return func(tx kv.Txn) error {
		var all [][]byte
		for _, k := range keys {
			all = append(all, key(k))
		}
		return tx.Lock(a.ctx, all...)
	}
}
