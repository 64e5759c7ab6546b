package kv

import (
	"context"
	"time"
)

// Call is what one call of a [DB] did, for metrics.
type Call struct {
	Name string // "view", "update" or "drop_range"
	// Took is the time from the call to its return, that of its function included.
	Took time.Duration
	// Runs is how often the function of a View or Update was run. Each run after the first is a conflict that the engine
	// dealt with.
	Runs int
	// Err is what the call returned, whether the engine's error or the function's.
	Err error
}

// Watch returns db with done called at the end of each call, from the caller's goroutine. done must be safe for concurrent
// use, and quick.
func Watch(db DB, done func(Call)) DB { return &watched{db, done} }

type watched struct {
	db   DB
	done func(Call)
}

// View implements [DB].
func (w *watched) View(ctx context.Context, fn func(Reader) error) error {
	return w.call("view", func(runs *int) error {
		return w.db.View(ctx, func(r Reader) error {
			*runs++
			return fn(r)
		})
	})
}

// Update implements [DB].
func (w *watched) Update(ctx context.Context, fn func(Txn) error) error {
	return w.call("update", func(runs *int) error {
		return w.db.Update(ctx, func(tx Txn) error {
			*runs++
			return fn(tx)
		})
	})
}

// DropRange implements [DB].
func (w *watched) DropRange(ctx context.Context, start, end []byte) error {
	return w.call("drop_range", func(*int) error { return w.db.DropRange(ctx, start, end) })
}

// Close implements [DB]. Nobody is told.
func (w *watched) Close() error { return w.db.Close() }

func (w *watched) call(name string, do func(runs *int) error) error {
	c := Call{Name: name}
	begun := time.Now()
	c.Err = do(&c.Runs)
	c.Took = time.Since(begun)
	w.done(c)
	return c.Err
}
