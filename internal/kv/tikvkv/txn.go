package tikvkv

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"sync/atomic"
	"time"

	tikvvars "github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv/transaction"

	"github.com/statordb/stator/internal/kv"
)

// txn is one attempt of an Update.
type txn struct {
	session
	tx *transaction.KVTxn // nil until a lock is wanted
	// read: something was read, so the locks can't be taken anew.
	read bool
	// fixed: something was read in the snapshot, so it can't be exchanged for a later one.
	fixed bool
	// behind: the snapshot is older than locks, as others may have held them for a while. What is read now has to be current.
	behind bool
	// locked are the values of the keys locked, as of the snapshot, nil if there is none. Nobody can change them.
	locked  map[string][]byte
	writes  map[string][]byte // nil for a delete
	size    int               // of writes
	failure error             // why the transaction can't commit, if it can't
	watch   watch
}

func newTxn(db *DB) *txn {
	return &txn{session: session{db: db}, locked: map[string][]byte{}, writes: map[string][]byte{}}
}

// run is one attempt: it takes the locks ahead, calls fn, and commits.
func (t *txn) run(ctx context.Context, ahead [][]byte, fn func(kv.Txn) error) error {
	if err := t.pin(ctx); err != nil {
		return err
	}
	t.watch.latest = math.MaxUint64 // fn has not begun
	if err := t.Lock(ctx, ahead...); err != nil {
		return err
	}
	t.watch.latest = oldest(t.ts)
	err := fn(t)
	switch {
	case errors.Is(t.failure, kv.ErrConflict):
		return t.failure // whatever fn made of it
	case err != nil:
		return err
	case t.failure != nil:
		return t.failure
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(t.writes) == 0 {
		return nil
	}
	return t.commit(ctx)
}

// end gives back what the attempt holds, however it ended.
func (t *txn) end(ctx context.Context) {
	t.release(ctx)
	t.session.end()
}

// release gives back the locks, and waits for that as long as ctx lets it.
func (t *txn) release(ctx context.Context) {
	if t.tx == nil {
		return
	}
	tx, done := t.tx, make(chan struct{})
	t.tx = nil
	clear(t.locked)
	t.db.background.Go(func() {
		defer close(done)
		_ = tx.Rollback() // it logs what went wrong; what is left expires
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// fail makes the transaction unable to commit, even if fn goes on. The first reason stays.
func (t *txn) fail(err error) error {
	if t.failure == nil {
		t.failure = err
	}
	return err
}

// check hides the session's: a transaction that can't commit reads nothing more.
func (t *txn) check(ctx context.Context) error {
	if err := t.session.check(ctx); err != nil {
		return err
	}
	return t.failure
}

// touched returns the keys that the attempt locked or wrote, and ahead.
func (t *txn) touched(ahead [][]byte) [][]byte {
	all := slices.Clone(ahead)
	for _, keys := range []map[string][]byte{t.locked, t.writes} {
		for k := range keys {
			all = append(all, []byte(k))
		}
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal)
}

// Lock implements [kv.Txn]. The locks are those of the snapshot: a change after it is a conflict. As long as nothing was
// read, that is no reason to run the function again; the transaction then takes a later snapshot, and its locks anew.
func (t *txn) Lock(ctx context.Context, keys ...[]byte) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	var more [][]byte
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return t.fail(err)
		}
		if _, held := t.locked[string(key)]; !held {
			more = append(more, bytes.Clone(key))
		}
	}
	if len(more) == 0 {
		return nil
	}
	slices.SortFunc(more, bytes.Compare) // one order for all, so that few wait in a circle
	more = slices.CompactFunc(more, bytes.Equal)
	err := t.tryLock(ctx, more)
	if errors.Is(err, kv.ErrConflict) && !t.read {
		all := append(slices.Collect(heldKeys(t.locked)), more...)
		slices.SortFunc(all, bytes.Compare)
		err = kv.Retry(ctx, func() error {
			t.release(ctx)
			t.snap = nil
			return t.tryLock(ctx, all)
		})
		if err == nil && t.ts > t.watch.latest {
			err = kv.ErrConflict // it waited so long that it can't commit any more
		}
	}
	if err != nil {
		return t.fail(err)
	}
	t.behind = !t.fixed
	return nil
}

// catchUp is pin for a read of what is not locked. What is locked nobody has changed since, so all reads are of the later snapshot.
func (t *txn) catchUp(ctx context.Context) error {
	if t.behind {
		t.behind, t.snap = false, nil
	}
	t.read, t.fixed = true, true
	return t.pin(ctx)
}

// heldKeys are the keys of locks.
func heldKeys(locks map[string][]byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for k := range maps.Keys(locks) {
			if !yield([]byte(k)) {
				return
			}
		}
	}
}

// lockWait is how long a lock of several keys waits for their holders; then what is still held conflicts. The store says which keys
// are held one at a time, each after it has waited for it, and waits no more when this time is over: if a server died with locks of
// a whole batch, they are all swept away as soon as one has been waited for, rather than in a second for each.
const lockWait = time.Second

// tryLock locks keys at the snapshot. It waits for their holders, and conflicts if they changed something.
func (t *txn) tryLock(ctx context.Context, keys [][]byte) error {
	if err := t.pin(ctx); err != nil {
		return err
	}
	if t.tx == nil {
		tx, err := t.begin()
		if err != nil {
			return failed(ctx, "begin", err)
		}
		tx.SetPessimistic(true)
		t.tx = tx
	}
	stored := make([][]byte, len(keys))
	for i, key := range keys {
		stored[i] = t.db.key(key)
	}
	wait := int64(tikvvars.LockAlwaysWait)
	if len(keys) > 1 {
		wait = lockWait.Milliseconds()
	}
	request := tikvvars.NewLockCtx(t.ts, wait, time.Now())
	request.InitReturnValues(len(keys))
	request.Killed = new(uint32)
	// Without ctx, with which the client would not give back what it has got so far.
	locked := make(chan error, 1)
	tx, detached := t.tx, context.WithoutCancel(ctx)
	t.db.background.Go(func() { locked <- tx.LockKeys(detached, request, stored...) })
	select {
	case err := <-locked:
		if err != nil {
			return failed(ctx, "lock", err)
		}
	case <-ctx.Done():
		atomic.StoreUint32(request.Killed, 1)
		t.tx = nil
		clear(t.locked)
		t.db.background.Go(func() {
			<-locked
			_ = tx.Rollback()
		})
		return ctx.Err()
	}
	for i, key := range keys {
		var value []byte
		if v := request.Values[string(stored[i])]; v.Exists {
			value = decode(v.Value)
		}
		t.locked[string(key)] = value
	}
	return nil
}

// begin begins a transaction of the client at the snapshot.
func (t *txn) begin() (*transaction.KVTxn, error) {
	tx, err := t.db.store.Begin(tikv.WithStartTS(t.ts))
	if err != nil {
		return nil, err
	}
	tx.SetEnableAsyncCommit(true)
	tx.SetEnable1PC(true)
	tx.SetRPCInterceptor(t.watch.intercept)
	return tx, nil
}

// known returns the value of a key that the transaction wrote or locked.
func (t *txn) known(key []byte) (value []byte, ok bool) {
	if v, mine := t.writes[string(key)]; mine {
		return v, true
	}
	if v, held := t.locked[string(key)]; held {
		t.read = true
		return v, true
	}
	return nil, false
}

// Get implements [kv.Reader].
func (t *txn) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if v, ok := t.known(key); ok {
		return v, nil
	}
	if err := t.catchUp(ctx); err != nil {
		return nil, err
	}
	return t.get(ctx, key)
}

// GetMany implements [kv.Reader].
func (t *txn) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	values := make([][]byte, len(keys))
	m := newMany(t.db, values)
	for i, key := range keys {
		if err := checkKey(key); err != nil {
			return nil, err
		}
		if v, ok := t.known(key); ok {
			values[i] = v
			continue
		}
		m.want(i, key)
	}
	if len(m.keys) == 0 {
		return values, nil
	}
	if err := t.catchUp(ctx); err != nil {
		return nil, err
	}
	return values, m.fetch(ctx, &t.session)
}

// Scan implements [kv.Reader]. It sees the writes that were made before it began.
func (t *txn) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	if err := t.catchUp(ctx); err != nil {
		return err
	}
	var own []entry
	for k, v := range t.writes {
		key := []byte(k)
		if bytes.Compare(key, r.Start) >= 0 && (len(r.End) == 0 || bytes.Compare(key, r.End) < 0) {
			own = append(own, entry{key, v})
		}
	}
	slices.SortFunc(own, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	return t.scan(ctx, r, own, fn)
}

// Time implements [kv.Reader].
func (t *txn) Time(ctx context.Context) (time.Time, error) {
	return oracle.GetTimeFromTS(t.watch.latest).Add(-kv.MaxTxnAge), t.check(ctx)
}

// Set implements [kv.Txn].
func (t *txn) Set(key, value []byte) error {
	if len(value) > kv.MaxValueSize {
		return t.fail(kv.ErrTooLarge)
	}
	return t.write(key, append(make([]byte, 0, len(value)), value...)) // nil stands for a delete
}

// Delete implements [kv.Txn].
func (t *txn) Delete(key []byte) error { return t.write(key, nil) }

func (t *txn) write(key, value []byte) error {
	if t.ended {
		return errEnded
	}
	if err := checkKey(key); err != nil {
		return t.fail(err)
	}
	if old, again := t.writes[string(key)]; again {
		t.size -= len(old)
	} else {
		t.size += len(key)
	}
	t.size += len(value)
	t.writes[string(key)] = value
	if t.size > kv.MaxTxnSize {
		return t.fail(kv.ErrTooLarge)
	}
	return nil
}
