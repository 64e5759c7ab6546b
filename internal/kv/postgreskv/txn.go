package postgreskv

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// txn is one attempt of an Update. It is in one of three states:
//
//   - Nothing was asked of the server yet.
//   - It is current: it holds locks, in a transaction of isolation READ COMMITTED. Everybody who writes a key holds its lock
//     until the commit, so a key that is locked here reads the same now and at the commit, without a snapshot.
//   - It is pinned: it has read what it has no lock of, in a transaction of isolation REPEATABLE READ, whose snapshot is of
//     then. What it had read before, under locks, is the same in it.
//
// The locks are PostgreSQL's advisory locks of hashes of keys. They are the session's, not the transaction's, as a snapshot that
// was taken with the lock statement would be older than the lock. A transaction waits for locks only while it
// has none, in ascending order; so nobody waits in a circle. Locks that it finds out about later it takes if they are free,
// and conflicts otherwise: the next attempt takes them first.
//
// The server has room for some thousand locks in all. Who needs very many takes one that excludes everybody, and which
// everybody else shares.
type txn struct {
	db    *DB
	began time.Time // when the function was called
	conn  *conn     // nil before anything was asked
	state state
	limit int64 // when it is too late to commit, in the server's time: microseconds since 1970

	shares bool    // it shares the lock of those who are alone
	alone  bool    // it excludes everybody else
	turns  []int64 // where it has a place
	held   []int64
	wanted []int64            // locks that were not free
	locked map[string]lateKey // what the function locked
	writes writes

	ended   bool
	failure error // why it can't commit, if it can't
}

type state int

const (
	fresh state = iota
	current
	pinned
)

// lateKey says of a key that was locked whether there was a snapshot before.
type lateKey bool

// mostLocks is how many locks a transaction takes before it rather excludes everybody.
const mostLocks = 1000

// aloneKey is the lock that nobody has but who excludes everybody. It depends on the schema, as all the others do.
func (db *DB) aloneKey() int64 { return db.hash(nil) }

// plan is what an attempt takes before it begins.
type plan struct {
	locks []int64
	alone bool
}

func newTxn(db *DB) *txn { return &txn{db: db, locked: map[string]lateKey{}} }

// plan is for the attempt that follows this one.
func (t *txn) plan() plan {
	all := slices.Concat(t.held, t.wanted)
	for key := range t.writes.byKey {
		all = append(all, t.db.hash([]byte(key)))
	}
	for key := range t.locked {
		all = append(all, t.db.hash([]byte(key)))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if t.alone || len(all) > mostLocks || sqlState(t.failure) == "53200" {
		return plan{alone: true}
	}
	return plan{locks: all}
}

// run is one attempt.
func (t *txn) run(ctx context.Context, ahead plan, fn func(kv.Txn) error) error {
	if ahead.alone || len(ahead.locks) > 0 {
		if err := t.lockFirst(ctx, ahead); err != nil {
			return err
		}
	}
	t.began = time.Now()
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
	return t.commit(ctx)
}

// end gives back what the attempt holds, however it ended. It waits until the locks are free: who fails, or only reads, and
// begins again does not run into itself.
func (t *txn) end() {
	t.ended = true
	if t.conn != nil {
		t.db.release(t.conn, call{name: stmtRollback}, call{name: stmtUnlock})
		t.conn = nil
	}
	t.db.turn.give(t.turns)
	t.turns = nil
}

// fail makes the transaction unable to commit, even if fn goes on. The first reason stays.
func (t *txn) fail(err error) error {
	if t.failure == nil {
		t.failure = err
	}
	return err
}

// check is done by every method that reads. A transaction that can't commit reads nothing more.
func (t *txn) check(ctx context.Context) error {
	if t.ended {
		return errEnded
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.failure
}

// ask exchanges calls on the transaction's connection. Whatever fails before the commit can be done again.
func (t *txn) ask(ctx context.Context, calls ...call) error {
	if t.conn == nil {
		c, err := t.db.acquire(ctx)
		if err != nil {
			return t.fail(err)
		}
		t.conn = c
	}
	err := exchange(ctx, t.conn, calls...)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return t.fail(ctx.Err())
	case conflicted(err) || interrupted(err):
		return t.fail(conflict(err))
	}
	return t.fail(failed(err))
}

// clock asks for the server's time, from which follows when it is too late to commit. What lies between the question and
// the answer counts as if it had passed before.
func (t *txn) clock() call {
	return call{name: stmtClock, row: func(v [][]byte) error {
		t.limit = int64(binary.BigEndian.Uint64(v[0])) + kv.MaxTxnAge.Microseconds()
		return nil
	}}
}

// started notes that the answer to clock is there.
func (t *txn) started(s state) {
	if t.state == fresh && !t.began.IsZero() {
		t.limit -= time.Since(t.began).Microseconds()
	}
	t.state = s
}

// Lock implements [kv.Txn].
func (t *txn) Lock(ctx context.Context, keys ...[]byte) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	var more []int64
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return t.fail(err)
		}
		h := t.db.hash(key)
		held := t.holds(h)
		if !held {
			more = append(more, h)
		}
		if _, again := t.locked[string(key)]; !again {
			t.locked[string(key)] = lateKey(t.state == pinned && !held)
		}
	}
	slices.Sort(more)
	more = slices.Compact(more)
	switch {
	case len(more) == 0:
		return nil
	case len(t.held)+len(more) > mostLocks:
		return t.fail(conflict(errManyLocks))
	case t.state == fresh:
		return t.lockFirst(ctx, plan{locks: more})
	}
	free := false
	calls := append(t.share(), call{name: stmtTryLock, params: [][]byte{int8Array(more)}, row: func(v [][]byte) error {
		free = v[0][0] != 0
		return nil
	}})
	if err := t.ask(ctx, calls...); err != nil {
		return err
	}
	if !free {
		t.wanted = more
		return t.fail(conflict(errTaken))
	}
	t.hold(more)
	return nil
}

var (
	errAged      = errors.New("the attempt took longer than it may")
	errTaken     = errors.New("a lock is taken that can't be waited for")
	errManyLocks = errors.New("the next attempt excludes everybody, instead of so many locks")
)

// lockFirst begins the transaction, and waits for its first locks. It takes no connection before its turn has come.
func (t *txn) lockFirst(ctx context.Context, p plan) error {
	turns := p.locks
	if p.alone {
		turns = []int64{t.db.aloneKey()}
	}
	if err := t.db.turn.take(ctx, turns); err != nil {
		return t.fail(err)
	}
	t.turns = turns
	begin := call{name: stmtBeginCurrent}
	var err error
	if p.alone {
		err = t.ask(ctx, begin, call{name: stmtAlone, params: [][]byte{int8Param(t.db.aloneKey())}}, t.clock())
	} else {
		calls := append([]call{begin}, t.share()...)
		err = t.ask(ctx, append(calls, call{name: stmtLock, params: [][]byte{int8Array(p.locks)}}, t.clock())...)
	}
	if err != nil {
		t.wanted = p.locks
		return err
	}
	t.started(current)
	t.alone = p.alone
	t.hold(p.locks)
	return nil
}

// share is what comes before the first lock. It may wait, and nobody waits for who has no lock.
func (t *txn) share() []call {
	if t.shares || t.alone {
		return nil
	}
	return []call{{name: stmtShare, params: [][]byte{int8Param(t.db.aloneKey())}, done: func() { t.shares = true }}}
}

func (t *txn) hold(hashes []int64) {
	t.held = append(t.held, hashes...)
	slices.Sort(t.held)
}

func (t *txn) holds(hash int64) bool {
	_, found := slices.BinarySearch(t.held, hash)
	return found || t.alone
}

// query implements source, in a snapshot.
func (t *txn) query(ctx context.Context, make func() call) error {
	switch {
	case t.state == pinned, t.alone:
		return t.ask(ctx, make())
	case t.state == current:
		return t.pin(ctx, call{name: stmtCommit}, call{name: stmtBeginPinned}, make(), t.clock())
	}
	return t.pin(ctx, call{name: stmtBeginPinned}, make(), t.clock())
}

func (t *txn) pin(ctx context.Context, calls ...call) error {
	before := t.limit
	if err := t.ask(ctx, calls...); err != nil {
		return err
	}
	if t.state == current {
		t.limit = before // it began then
	}
	t.started(pinned)
	return nil
}

// lockedSource reads keys that are locked.
type lockedSource struct{ *txn }

func (t lockedSource) query(ctx context.Context, make func() call) error { return t.ask(ctx, make()) }

// Get implements [kv.Reader].
func (t *txn) Get(ctx context.Context, key []byte) ([]byte, error) {
	values, err := t.GetMany(ctx, [][]byte{key})
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// GetMany implements [kv.Reader].
func (t *txn) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	values := make([][]byte, len(keys))
	var asked [][]byte
	var places []int
	var from source = lockedSource{t}
	for i, key := range keys {
		if err := checkKey(key); err != nil {
			return nil, err
		}
		if v, mine := t.writes.find(key); mine {
			values[i] = v
			continue
		}
		asked, places = append(asked, key), append(places, i)
		if t.state == pinned || !t.holds(t.db.hash(key)) {
			from = t
		}
	}
	got := make([][]byte, len(asked))
	if err := getMany(ctx, from, asked, got); err != nil {
		return nil, err
	}
	for i, place := range places {
		values[place] = got[i]
	}
	return values, nil
}

// Scan implements [kv.Reader]. It sees the writes that were made before it began.
func (t *txn) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := t.check(ctx); err != nil {
		return err
	}
	return scan(ctx, t, r, t.writes.within(r.Start, r.End), fn)
}

// Time implements [kv.Reader].
func (t *txn) Time(ctx context.Context) (time.Time, error) {
	if err := t.check(ctx); err != nil {
		return time.Time{}, err
	}
	if t.state == fresh {
		if err := t.pin(ctx, call{name: stmtBeginPinned}, t.clock()); err != nil {
			return time.Time{}, err
		}
	}
	return time.UnixMicro(t.limit).Add(-kv.MaxTxnAge), nil
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
	if t.ended {
		return errEnded
	}
	if err := checkKey(key); err != nil {
		return t.fail(err)
	}
	if err := t.writes.put(key, value); err != nil {
		return t.fail(err)
	}
	return nil
}
