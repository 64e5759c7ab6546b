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
	// Err is what the call returned, and Failed says that it is an error of the engine, which the function may have met. What the
	// function refuses by itself is none.
	Err    error
	Failed bool
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
	return w.call("view", func(c *Call) error {
		return w.db.View(ctx, func(r Reader) error {
			c.begin()
			return c.end(fn(&watchedReader{r, c}))
		})
	})
}

// Update implements [DB].
func (w *watched) Update(ctx context.Context, fn func(Txn) error) error {
	return w.call("update", func(c *Call) error {
		return w.db.Update(ctx, func(tx Txn) error {
			c.begin()
			return c.end(fn(&watchedTxn{watchedReader{tx, c}, tx}))
		})
	})
}

// DropRange implements [DB].
func (w *watched) DropRange(ctx context.Context, start, end []byte) error {
	return w.call("drop_range", func(*Call) error { return w.db.DropRange(ctx, start, end) })
}

// Close implements [DB]. Nobody is told.
func (w *watched) Close() error { return w.db.Close() }

// begin notes that the function is run, and end what it returned.
func (c *Call) begin() {
	c.Runs++
	c.Failed = false
}

func (c *Call) end(err error) error {
	c.Failed = c.Failed || err == nil // what the call fails with now is not the function's
	return err
}

// met notes what the engine answered to the function.
func (c *Call) met(err error) error {
	c.Failed = c.Failed || err != nil
	return err
}

type watchedReader struct {
	Reader
	call *Call
}

// Get implements [Reader].
func (r *watchedReader) Get(ctx context.Context, key []byte) ([]byte, error) {
	value, err := r.Reader.Get(ctx, key)
	return value, r.call.met(err)
}

// GetMany implements [Reader].
func (r *watchedReader) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	values, err := r.Reader.GetMany(ctx, keys)
	return values, r.call.met(err)
}

// Scan implements [Reader].
func (r *watchedReader) Scan(ctx context.Context, over Range, fn func(key, value []byte) (bool, error)) error {
	var own error
	err := r.Reader.Scan(ctx, over, func(key, value []byte) (more bool, err error) {
		more, own = fn(key, value)
		return more, own
	})
	if own != nil {
		return err
	}
	return r.call.met(err)
}

// Time implements [Reader].
func (r *watchedReader) Time(ctx context.Context) (time.Time, error) {
	at, err := r.Reader.Time(ctx)
	return at, r.call.met(err)
}

type watchedTxn struct {
	watchedReader
	tx Txn
}

// Lock implements [Txn].
func (t *watchedTxn) Lock(ctx context.Context, keys ...[]byte) error {
	return t.call.met(t.tx.Lock(ctx, keys...))
}

// Set implements [Txn].
func (t *watchedTxn) Set(key, value []byte) error { return t.call.met(t.tx.Set(key, value)) }

// Delete implements [Txn].
func (t *watchedTxn) Delete(key []byte) error { return t.call.met(t.tx.Delete(key)) }

func (w *watched) call(name string, do func(*Call) error) error {
	c := Call{Name: name, Failed: true} // unless a function says otherwise
	begun := time.Now()
	c.Err = do(&c)
	c.Took = time.Since(begun)
	c.Failed = c.Failed && c.Err != nil
	w.done(c)
	return c.Err
}
