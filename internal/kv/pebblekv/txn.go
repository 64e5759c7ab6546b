package pebblekv

import (
	"context"
	"errors"
	"slices"

	"github.com/statordb/stator/internal/kv"
)

// txn is one attempt of an Update.
//
// Its reads are as of base: every commit up to base is in them, and of the keys it wrote or locked none was touched
// after base when it commits. Reads of keys it has locked need no snapshot for that, because nobody changes them
// meanwhile but those who go without locks, and these are found by their marks in recency. So the usual change
// of an item takes no snapshot at all. Reading any other key pins one.
type txn struct {
	session
	base  uint64
	based bool // base is set: something was read
	// locks (in scratch) are the hashes of the locks held, ascending.
	released bool     // the locks were given back
	wanted   []uint64 // locks that could not be waited for
	failure  error    // why the transaction can't commit, if it can't
}

// run is one attempt: it takes the locks ahead, calls fn, and commits.
func (t *txn) run(ctx context.Context, ahead []uint64, fn func(kv.Txn) error) error {
	if err := t.takeInOrder(ctx, ahead); err != nil {
		return err
	}
	err := fn(t)
	switch {
	case errors.Is(t.failure, kv.ErrConflict):
		return t.failure // whatever fn made of it
	case err != nil:
		return t.db.afterReading(ctx, &t.session, err)
	case t.failure != nil:
		return t.failure
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.commit(ctx)
}

// end gives back what the attempt holds, however it ended.
func (t *txn) end() {
	t.releaseLocks()
	t.session.end()
}

func (t *txn) releaseLocks() {
	if t.released {
		return
	}
	t.released = true
	for _, h := range t.locks {
		t.db.locks.release(h)
	}
}

// fail makes the transaction unable to commit, even if fn goes on. The first reason stays.
func (t *txn) fail(err error) error {
	if t.failure == nil {
		t.failure = err
	}
	return err
}

// check hides the session's: a transaction that can't commit reads nothing more, because what it read before may not
// fit.
func (t *txn) check(ctx context.Context) error {
	if err := t.session.check(ctx); err != nil {
		return err
	}
	return t.failure
}

// touched returns the hashes of all keys that the attempt locked, wanted to lock or wrote, and ahead.
func (t *txn) touched(ahead []uint64) []uint64 {
	all := slices.Concat(ahead, t.locks, t.wanted)
	for i := range t.writes.list {
		all = append(all, t.writes.list[i].hash)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Lock implements [kv.Txn].
func (t *txn) Lock(ctx context.Context, keys ...[]byte) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	var few [8]uint64
	more := few[:0]
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return t.fail(err)
		}
		if h := t.db.hash(key); !t.holds(h) {
			more = append(more, h)
		}
	}
	slices.Sort(more)
	more = slices.Compact(more)
	if len(more) == 0 {
		return nil
	}
	before := len(t.locks)
	if before == 0 || more[0] > t.locks[before-1] {
		if err := t.takeInOrder(ctx, more); err != nil {
			return t.fail(err)
		}
	} else if err := t.takeOrConflict(more); err != nil {
		return t.fail(err)
	}
	return t.renew(more)
}

// takeInOrder waits for locks that come after all that are held. As everyone waits in ascending order only, nobody
// waits in a circle.
func (t *txn) takeInOrder(ctx context.Context, hashes []uint64) error {
	for _, h := range hashes {
		if err := t.db.locks.acquire(ctx, h); err != nil {
			return err
		}
		t.locks = append(t.locks, h)
	}
	return nil
}

// takeOrConflict takes locks that can't be waited for, because some come before one that is held. If any is taken,
// the transaction begins again, with all of them from the start.
func (t *txn) takeOrConflict(hashes []uint64) error {
	for _, h := range hashes {
		if !t.db.locks.tryAcquire(h) {
			t.wanted = slices.Clone(hashes)
			return kv.ErrConflict
		}
		i, _ := slices.BinarySearch(t.locks, h)
		t.locks = slices.Insert(t.locks, i, h)
	}
	return nil
}

// renew makes the reads after a Lock current, if there were none before it. If there were, it moves them forward as
// far as what was read did not change, and finds out early that the transaction can't commit.
func (t *txn) renew(added []uint64) error {
	if !t.based || !t.touchedSince(t.base, added) {
		return nil
	}
	if t.snap != nil {
		return t.fail(kv.ErrConflict)
	}
	// Everything read so far was locked before, so it is as good as read now if it is unmarked.
	now := t.db.visible.Load()
	for _, h := range t.locks {
		if !slices.Contains(added, h) && t.db.recent.last(h) > t.base {
			return t.fail(kv.ErrConflict)
		}
	}
	t.base = now
	return nil
}

func (t *txn) touchedSince(seq uint64, hashes []uint64) bool {
	for _, h := range hashes {
		if t.db.recent.last(h) > seq {
			return true
		}
	}
	return false
}

func (t *txn) holds(hash uint64) bool {
	if len(t.locks) <= 8 {
		return slices.Contains(t.locks, hash)
	}
	_, found := slices.BinarySearch(t.locks, hash)
	return found
}

// Get implements [kv.Reader].
func (t *txn) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	h := t.db.hash(key)
	if v, mine := t.writes.find(h, key); mine {
		return v, nil
	}
	if t.snap == nil && t.holds(h) {
		return t.getLocked(h, key)
	}
	if err := t.pinTxn(); err != nil {
		return nil, err
	}
	return t.getPinned(key)
}

// getLocked reads a key that is locked, without a snapshot.
func (t *txn) getLocked(hash uint64, key []byte) ([]byte, error) {
	if !t.based {
		t.base, t.based = t.db.visible.Load(), true
	}
	v, err := t.fetch(t.db.pebble, key)
	if err != nil {
		return nil, err
	}
	// Looked at after the read: a commit marks its keys before it can be read.
	last := t.db.recent.last(hash)
	if last > t.base {
		return nil, t.fail(kv.ErrConflict)
	}
	t.saw(last)
	return v, nil
}

// pinTxn takes the snapshot, and moves what was read before it forward to it.
func (t *txn) pinTxn() error {
	if t.snap != nil {
		return nil
	}
	t.pin()
	if t.based && t.touchedSince(t.base, t.locks) {
		return t.fail(kv.ErrConflict)
	}
	t.base, t.based = t.snap.base, true
	return nil
}

// GetMany implements [kv.Reader].
func (t *txn) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	return getMany(ctx, t, keys)
}

// Scan implements [kv.Reader]. It sees the writes that were made before it began.
func (t *txn) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	if err := t.pinTxn(); err != nil {
		return err
	}
	return t.scan(ctx, r, t.writes.within(r.Start, r.End), fn)
}

// Set implements [kv.Txn].
func (t *txn) Set(key, value []byte) error {
	if value == nil {
		value = []byte{} // nil stands for a delete
	}
	return t.write(key, value)
}

// Delete implements [kv.Txn].
func (t *txn) Delete(key []byte) error { return t.write(key, nil) }

func (t *txn) write(key, value []byte) error {
	if t.ended() {
		return errEnded
	}
	if err := checkKey(key); err != nil {
		return t.fail(err)
	}
	if len(value) > kv.MaxValueSize {
		return t.fail(kv.ErrTooLarge)
	}
	t.writes.put(&t.mem, t.db.hash(key), key, value)
	if t.writes.size > kv.MaxTxnSize {
		return t.fail(kv.ErrTooLarge)
	}
	return nil
}
