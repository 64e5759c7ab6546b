// Package tikvkv is the engine over TiKV, a distributed, replicated store: any number of servers share one cluster. It
// keeps the contract of package kv and imports nothing of ours besides.
//
// # How the contract is kept
//
// One timestamp of the placement driver (PD) is a transaction's snapshot, the version its locks are taken at, and what its
// writes are checked against. So whatever somebody else commits to a key after it is a conflict when the key is locked
// or written, and nothing else is; see Txn.Lock for how a transaction that has read nothing yet moves to a later timestamp
// instead. A transaction that never locks is an optimistic one of TiKV, all others are pessimistic ones.
//
// A commit whose answer was lost is looked up where TiKV decides it, at the transaction's primary key (settle). If that
// can't be reached either, the outcome is unknown, and said to be.
//
// # Round trips
//
// A View that reads takes a timestamp from PD at its first read; timestamps of concurrent calls share a round trip. Get is
// one round trip to TiKV, GetMany one for each region in parallel. A Lock brings the values of its keys along, so that
// reading them is free. A commit whose keys are in one region and that fits in a request is one round trip (1PC), one in
// several regions also is one round trip long (async commit); both take another timestamp first.
//
// # What the cluster needs
//
// TiKV 6.5 or later. storage.max-key-size of at least 32 KiB (its default is less than a key may have here). All servers
// that share a cluster name the same placement drivers, and those that share data the same name in the URL ([Open]).
//
// TiKV keeps old versions until somebody tells it how old is too old. Each server does that, unless told not to. A View
// or Update that takes longer than the GC life, an hour by default, ends with an error (*tikverr.ErrGCTooEarly in its
// chain) before it could read something that is not there any more.
package tikvkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv/transaction"

	"github.com/statordb/stator/internal/kv"
)

// DB is a connection to a cluster. It is a [kv.DB].
type DB struct {
	store  *tikv.KVStore
	prefix []byte
	log    *slog.Logger
	gate   *kv.Gate

	// background is what goes on after the call that began it: locks given back, garbage collection.
	background sync.WaitGroup
	stop       context.CancelFunc

	commitPatience, settlePatience time.Duration
}

var _ kv.DB = (*DB)(nil)

// Options configure a DB.
type Options struct {
	// Prefix begins every key of the DB in the cluster. No prefix may begin another.
	Prefix []byte
	// Collect is how the DB collects the cluster's garbage.
	Collect Collection
	// Logger gets what can't be returned; nil drops it.
	Logger *slog.Logger
}

// shortLocks has what a killed server had locked be free again as soon as no attempt may hold it any more: locks of one that
// lives are prolonged twice in that time. The client's own setting, of the whole process, is 20 seconds.
var shortLocks = sync.OnceFunc(func() {
	atomic.StoreUint64(&transaction.ManagedLockTTL, uint64(kv.MaxTxnAge.Milliseconds()))
})

// New returns a DB over a store, which Close closes.
func New(store *tikv.KVStore, opts Options) *DB {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	shortLocks()
	ctx, stop := context.WithCancel(context.Background())
	db := &DB{store: store, prefix: bytes.Clone(opts.Prefix), log: opts.Logger, gate: kv.NewGate(), stop: stop,
		commitPatience: commitPatience, settlePatience: settlePatience}
	if opts.Collect.Life > 0 {
		db.background.Go(func() { db.collect(ctx, opts.Collect) })
	}
	return db
}

// enter begins a call; without an error the caller leaves the gate when it is done.
func (db *DB) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !db.gate.Enter() {
		return kv.ErrClosed
	}
	return nil
}

// View implements [kv.DB].
func (db *DB) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	r := &reader{session{db: db}}
	defer r.end()
	return fn(r)
}

// Update implements [kv.DB].
func (db *DB) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	// An attempt that follows a conflict first takes the locks that the ones before it took or should have taken, so that
	// it conflicts only with those who go without locks.
	var ahead [][]byte
	return kv.Retry(ctx, func() error {
		t := newTxn(db)
		defer t.end(ctx)
		err := t.run(ctx, ahead, fn)
		if errors.Is(err, kv.ErrConflict) {
			ahead = t.touched(ahead)
		}
		return err
	})
}

// DropRange implements [kv.DB]. It deletes region after region, all versions at once.
func (db *DB) DropRange(ctx context.Context, start, end []byte) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	if len(start) == 0 || len(end) == 0 {
		return kv.ErrTooLarge
	}
	if bytes.Compare(start, end) >= 0 {
		return nil
	}
	const regionsAtOnce = 2 // others want the cluster, too
	_, err := db.store.DeleteRange(ctx, db.key(start), db.key(end), regionsAtOnce)
	return failed(ctx, "drop range", err)
}

// Close implements [kv.DB].
func (db *DB) Close() error {
	if !db.gate.Close() {
		return kv.ErrClosed
	}
	db.stop()
	db.background.Wait()
	if err := db.store.Close(); err != nil {
		return fmt.Errorf("tikvkv: close: %w", err)
	}
	return nil
}

// now returns a timestamp that is later than everything that was committed before the call.
func (db *DB) now(ctx context.Context) (uint64, error) {
	ts, err := db.store.GetTimestampWithRetry(tikv.NewBackofferWithVars(ctx, transaction.TsoMaxBackoff, nil), oracle.GlobalTxnScope)
	return ts, failed(ctx, "timestamp", err)
}

// key is a key as the cluster has it.
func (db *DB) key(key []byte) []byte {
	return append(append(make([]byte, 0, len(db.prefix)+len(key)), db.prefix...), key...)
}

// bounds are those of a range as the cluster has them.
func (db *DB) bounds(r kv.Range) (start, end []byte) {
	start = db.key(r.Start)
	if len(r.End) > 0 {
		return start, db.key(r.End)
	}
	return start, prefixEnd(db.prefix)
}

// prefixEnd is the first key after all that begin with prefix, nil if there is none.
func prefixEnd(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

func checkKey(key []byte) error {
	if len(key) == 0 || len(key) > kv.MaxKeySize {
		return kv.ErrTooLarge
	}
	return nil
}

// TiKV knows no empty values, so each has a byte before it. It tells nothing yet.
const valueMark = 0

func encode(value []byte) []byte {
	return append(append(make([]byte, 0, 1+len(value)), valueMark), value...)
}

// decode returns the value in stored; its capacity ends with it.
func decode(stored []byte) []byte { return stored[1:len(stored):len(stored)] }
