package kvtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// Faulty is a DB that does, on demand, what engines do rarely: it fails at a given call, conflicts, or runs the function
// of an Update again. Without being asked it also spoils every slice it handed out as soon as the contract allows it, so
// that code which keeps one finds rubbish.
//
// It is safe for concurrent use, but calls are counted in the order they come.
type Faulty struct {
	db kv.DB

	mu    sync.Mutex
	calls int
	at    int // the call that fails
	err   error
	fired bool
	twice bool
}

var _ kv.DB = (*Faulty)(nil)

// NewFaulty wraps db. No fault is set.
func NewFaulty(db kv.DB) *Faulty { return &Faulty{db: db, at: -1} }

// FailAt makes the i-th call from now on, counting from 0, fail with err, once. Calls are View, Update, DropRange, each
// method of a Reader or Txn, and the commit of an Update, which then does not happen. If err is kv.ErrConflict, the
// function of the Update is run again, as after any conflict. If it is kv.ErrUnknownOutcome, there is one more call
// after each commit, and the commit then did happen.
func (f *Faulty) FailAt(i int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.at, f.err, f.fired = 0, i, err, false
}

// Fired reports whether the fault set last happened.
func (f *Faulty) Fired() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// RunTwice makes every Update throw away the first success of its function and run it again.
func (f *Faulty) RunTwice(twice bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.twice = twice
}

// EveryFault calls run with the fault err set at call 0 of f, then at call 1, and so on, until a run comes to its end
// without meeting the fault. run does the operation under test, and checks that it either happened or did not.
func EveryFault(t testing.TB, f *Faulty, err error, run func(i int)) {
	t.Helper()
	const most = 10_000
	for i := range most {
		f.FailAt(i, err)
		run(i)
		if !f.Fired() {
			f.FailAt(-1, nil)
			return
		}
		if t.Failed() {
			t.Fatalf("the fault was %v at call %d", err, i)
		}
	}
	t.Fatalf("more than %d calls", most)
}

// call counts a call and returns the fault if it is due.
func (f *Faulty) call() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.calls
	f.calls++
	if n != f.at {
		return nil
	}
	f.fired = true
	return f.err
}

// View implements [kv.DB].
func (f *Faulty) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.db.View(ctx, func(r kv.Reader) error {
		var lent lentSlices
		defer lent.spoil()
		return fn(&faultyReader{f, r, &lent})
	})
}

// Update implements [kv.DB].
func (f *Faulty) Update(ctx context.Context, fn func(kv.Txn) error) error {
	f.mu.Lock()
	again := f.twice
	unknown := errors.Is(f.err, kv.ErrUnknownOutcome)
	f.mu.Unlock()
	// A conflict at the beginning is one inside, where the engine sees it.
	begin := f.call()
	if begin != nil && !errors.Is(begin, kv.ErrConflict) {
		return begin
	}
	err := f.db.Update(ctx, func(tx kv.Txn) error {
		if begin != nil {
			err := begin
			begin = nil
			return err
		}
		var lent lentSlices
		defer lent.spoil()
		if err := fn(&faultyTxn{faultyReader{f, tx, &lent}, tx}); err != nil {
			return err
		}
		if again {
			again = false
			return kv.ErrConflict
		}
		return f.call() // the commit
	})
	if err == nil && unknown {
		err = f.call()
	}
	return err
}

// DropRange implements [kv.DB].
func (f *Faulty) DropRange(ctx context.Context, start, end []byte) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.db.DropRange(ctx, start, end)
}

// Close implements [kv.DB]. It never fails by itself.
func (f *Faulty) Close() error { return f.db.Close() }

type faultyReader struct {
	f    *Faulty
	r    kv.Reader
	lent *lentSlices
}

func (x *faultyReader) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := x.f.call(); err != nil {
		return nil, err
	}
	v, err := x.r.Get(ctx, key)
	return x.lent.lend(v), err
}

func (x *faultyReader) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if err := x.f.call(); err != nil {
		return nil, err
	}
	values, err := x.r.GetMany(ctx, keys)
	for i, v := range values {
		values[i] = x.lent.lend(v)
	}
	return values, err
}

func (x *faultyReader) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := x.f.call(); err != nil {
		return err
	}
	return x.r.Scan(ctx, r, func(key, value []byte) (bool, error) {
		var lent lentSlices
		defer lent.spoil()
		return fn(lent.lend(key), lent.lend(value))
	})
}

func (x *faultyReader) Time(ctx context.Context) (time.Time, error) {
	if err := x.f.call(); err != nil {
		return time.Time{}, err
	}
	return x.r.Time(ctx)
}

type faultyTxn struct {
	faultyReader
	tx kv.Txn
}

func (x *faultyTxn) Lock(ctx context.Context, keys ...[]byte) error {
	if err := x.f.call(); err != nil {
		return err
	}
	return x.tx.Lock(ctx, keys...)
}

func (x *faultyTxn) Set(key, value []byte) error {
	if err := x.f.call(); err != nil {
		return err
	}
	return x.tx.Set(key, value)
}

func (x *faultyTxn) Delete(key []byte) error {
	if err := x.f.call(); err != nil {
		return err
	}
	return x.tx.Delete(key)
}

// lentSlices are copies that were handed out instead of the engine's slices.
type lentSlices [][]byte

func (l *lentSlices) lend(b []byte) []byte {
	if b == nil {
		return nil
	}
	b = append(make([]byte, 0, len(b)), b...)
	*l = append(*l, b)
	return b
}

func (l *lentSlices) spoil() {
	for _, b := range *l {
		for i := range b {
			b[i] = 0xcc
		}
	}
}
