// Package pebblekv is the embedded engine: it keeps the contract of package kv over Pebble, a log-structured
// merge tree in this process. It imports kv and nothing else of ours.
//
// Pebble gives ordered keys, atomic batches, snapshots and a write-ahead log with group commit. It has no
// transactions; this package adds them:
//
//   - A table of locks, and commit sequences by which a transaction finds out that another one touched a key it
//     wrote or locked (lockTable, recency, commit.go).
//   - A rule for what readers may see: Pebble shows a commit before it is on disk, so who saw one waits until it is
//     (durability).
//
// The main rule: a commit gets its sequence, its marks in recency, its place in the log and its visibility under one
// mutex, in this order. The order of sequences is then the order of the log, so "durable up to n" is one number; and
// whoever finds a key unmarked since n has not seen anything newer than n of it.
package pebblekv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/statordb/stator/internal/kv"
)

// DB is an open engine. It is a [kv.DB].
type DB struct {
	pebble *pebble.DB
	lock   *pebble.Lock // of the data folder
	log    *slog.Logger
	sync   bool // changes are durable before they are acknowledged
	seed   maphash.Seed

	gate       *kv.Gate
	locks      *lockTable
	recent     *recency
	snapshots  *snapshots
	durable    durability
	background *syncer   // nil if every commit is synced, or none
	scratch    sync.Pool // of *scratch

	// commitMu makes the steps of a commit one. Fields below are written under it and read anywhere.
	commitMu sync.Mutex
	assigned atomic.Uint64 // the last sequence given to a commit
	visible  atomic.Uint64 // every commit up to this one can be read; <= assigned
	deleted  atomic.Uint64 // the last commit that deleted something
	poisoned atomic.Bool   // Pebble panicked in a commit; it may hold its mutexes for ever
}

var _ kv.DB = (*DB)(nil)

// Open opens the engine in dir, which it creates if need be. Only one process at a time can have it open.
func Open(dir string, opts Options) (*DB, error) {
	return open(dir, opts, opts.NoSync, func(*pebble.Options) {})
}

// openPebble opens the store, and makes a new one begin a second log. Pebble begins the first before it raises the format
// version, so that log lacks what tells damage from a torn end; damage in it would silently cut off what follows.
func openPebble(dir string, fs vfs.FS, po *pebble.Options) (*pebble.DB, error) {
	there, err := pebble.Peek(dir, fs)
	if err != nil {
		return nil, err
	}
	if err := checkSpace(dir, fs); err != nil {
		return nil, err
	}
	p, err := pebble.Open(dir, po)
	if err != nil || there.Exists || po.DisableWAL {
		return p, err
	}
	if err := p.Flush(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// leastSpace is what must be free on the disk for a store to open.
const leastSpace = 4 << 20

// checkSpace finds out whether there is room to replay the logs. Pebble would try for ever to make some.
func checkSpace(dir string, fs vfs.FS) error {
	disk, err := fs.GetDiskUsage(dir)
	if err != nil { // not every file system can tell, and a new folder is not there yet
		return nil
	}
	names, err := fs.List(dir)
	if err != nil {
		return nil
	}
	need := uint64(leastSpace)
	for _, name := range names {
		if !strings.HasSuffix(name, ".log") {
			continue
		}
		if info, err := fs.Stat(fs.PathJoin(dir, name)); err == nil {
			need += uint64(info.Size())
		}
	}
	if disk.AvailBytes < need {
		return fmt.Errorf("the disk is full: %d bytes are free, opening takes %d", disk.AvailBytes, need)
	}
	return nil
}

// Err is why the engine can't write any more, nil while it can.
func (db *DB) Err() error { return db.durable.err() }

// OpenMemory opens an empty engine that keeps everything in memory and forgets it on Close. It ignores FS and NoSync.
func OpenMemory(opts Options) (*DB, error) {
	opts.FS = vfs.NewMem()
	return open("memory", opts, true, func(o *pebble.Options) { o.DisableWAL = true })
}

func open(dir string, opts Options, noSync bool, adjust func(*pebble.Options)) (*DB, error) {
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	po := opts.pebbleOptions(log)
	adjust(po)

	fs := opts.FS
	if fs == nil {
		fs = vfs.Default
	}
	lock, err := lockFolder(fs, dir)
	if err != nil {
		return nil, err
	}
	po.Lock = lock
	p, err := openPebble(dir, fs, po)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("pebblekv: open %s: %w", dir, err)
	}
	db := &DB{
		pebble: p,
		lock:   lock,
		log:    log,
		sync:   !noSync,
		seed:   maphash.MakeSeed(),
		gate:   kv.NewGate(),
		locks:  newLockTable(),
		recent: newRecency(),
	}
	db.scratch.New = func() any { return new(scratch) }
	db.snapshots = newSnapshots(db)
	if noSync {
		db.durable.alwaysDurable()
		if !po.DisableWAL {
			db.background = startSyncer(db)
		}
	}
	return db, nil
}

// Metrics returns Pebble's account of itself. It must not be called after Close.
func (db *DB) Metrics() *pebble.Metrics { return db.pebble.Metrics() }

// hash is the key's identity in locks and recency. It is seeded, so that nobody can choose keys that collide.
func (db *DB) hash(key []byte) uint64 { return maphash.Bytes(db.seed, key) }

// enter begins a call; without an error the caller leaves the gate when it is done.
func (db *DB) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !db.gate.Enter() {
		return kv.ErrClosed
	}
	if db.poisoned.Load() {
		db.gate.Leave()
		return db.durable.err()
	}
	return nil
}

// View implements [kv.DB].
func (db *DB) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	r := &reader{begin(db)}
	defer r.end()
	return db.afterReading(ctx, &r.session, fn(r))
}

// afterReading returns fn's error once everything fn saw is durable. That goes for a fn that failed, too: its
// error may tell what it saw.
func (db *DB) afterReading(ctx context.Context, s *session, fnErr error) error {
	if err := db.durable.wait(ctx, s.seen); err != nil {
		if fnErr != nil {
			// What fn returned is not in the chain: whoever asks for it would take what fn saw for a fact.
			return fmt.Errorf("%w (the function had returned: %v)", err, fnErr)
		}
		return err
	}
	return fnErr
}

// Update implements [kv.DB].
func (db *DB) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	// An attempt that follows a conflict takes all locks that the ones before it wanted or should have wanted
	// before it begins. So it can't deadlock, and it conflicts only with those who go without locks.
	var ahead []uint64
	return kv.Retry(ctx, func() error {
		tx := &txn{session: begin(db)}
		defer tx.end()
		err := tx.run(ctx, ahead, fn)
		if errors.Is(err, kv.ErrConflict) {
			ahead = tx.touched(ahead)
		}
		return err
	})
}

// DropRange implements [kv.DB].
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
	b := db.pebble.NewBatch()
	if err := b.DeleteRange(start, end, nil); err != nil {
		return fmt.Errorf("pebblekv: drop range: %w", err)
	}
	db.commitMu.Lock()
	seq, err := db.publish(b, true, func(uint64) {})
	db.commitMu.Unlock()
	if err != nil {
		return err
	}
	db.snapshots.drop()
	return db.makeDurable(b, seq)
}

// Close implements [kv.DB].
func (db *DB) Close() error {
	if !db.gate.Close() {
		return kv.ErrClosed
	}
	if db.background != nil {
		db.background.stop()
	}
	if db.poisoned.Load() {
		// Pebble would wait for ever. The operating system releases what it holds when the process ends.
		return db.durable.err()
	}
	db.snapshots.shutdown()
	err := db.pebble.Close()
	if lockErr := db.lock.Close(); err == nil {
		err = lockErr
	}
	if err != nil {
		return fmt.Errorf("pebblekv: close: %w", err)
	}
	return nil
}
