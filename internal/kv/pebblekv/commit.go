package pebblekv

import (
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/statordb/stator/internal/kv"
)

// commit makes the changes of t visible and durable, or finds a conflict.
func (t *txn) commit(ctx context.Context) error {
	db := t.db
	if len(t.writes.list) == 0 {
		if t.conflicts() {
			return kv.ErrConflict
		}
		return db.afterReading(ctx, &t.session, nil)
	}
	b, err := t.writes.batch(db.pebble)
	if err != nil {
		return fmt.Errorf("pebblekv: commit: %w", err)
	}

	db.commitMu.Lock()
	if t.conflicts() {
		db.commitMu.Unlock()
		_ = b.Close()
		return kv.ErrConflict
	}
	seq, err := db.publish(b, t.writes.deletes, t.mark)
	db.commitMu.Unlock()
	if err != nil {
		return err
	}

	// Who gets these locks next sees the changes, and comes after them in the log. So it need not wait for the disk,
	// and the keys that everybody wants change more often than the disk syncs.
	t.releaseLocks()
	db.snapshots.drop()

	// What the transaction read was written by commits before seq, and is durable with it. From here on the context
	// counts for nothing: the changes happened.
	return db.makeDurable(b, seq)
}

// conflicts reports whether another commit touched a key that t wrote or locked, after what t read.
func (t *txn) conflicts() bool {
	if !t.based {
		return false
	}
	if t.touchedSince(t.base, t.locks) {
		return true
	}
	for i := range t.writes.list {
		if t.db.recent.last(t.writes.list[i].hash) > t.base {
			return true
		}
	}
	return false
}

// mark records that commit seq touched the keys of t. Keys that were only locked count, too: who read something
// before this commit and then locks one of them must not commit.
func (t *txn) mark(seq uint64) {
	for _, h := range t.locks {
		t.db.recent.mark(h, seq)
	}
	for i := range t.writes.list {
		if h := t.writes.list[i].hash; !t.holds(h) {
			t.db.recent.mark(h, seq)
		}
	}
}

// publish gives the batch its sequence and its place in the log, and makes it visible; mark is called with the
// sequence in between. The caller holds commitMu, and must call makeDurable if there is no error.
func (db *DB) publish(b *pebble.Batch, deletes bool, mark func(seq uint64)) (seq uint64, err error) {
	if err := db.durable.err(); err != nil {
		_ = b.Close()
		return 0, err
	}
	defer func() {
		// Pebble panics when it can't write its log any more.
		if r := recover(); r != nil {
			db.poisoned.Store(true)
			err = db.fail(fmt.Errorf("%v", r))
		}
	}()
	seq = db.assigned.Add(1)
	mark(seq)
	if deletes {
		db.deleted.Store(seq)
	}
	if db.sync {
		err = db.pebble.ApplyNoSyncWait(b, pebble.Sync)
	} else {
		err = db.pebble.Apply(b, pebble.NoSync)
	}
	if err != nil {
		return 0, db.fail(err)
	}
	db.visible.Store(seq)
	return seq, nil
}

// makeDurable waits until the published batch is on disk, as far as the engine was told to be durable.
func (db *DB) makeDurable(b *pebble.Batch, seq uint64) error {
	if db.sync {
		if err := b.SyncWait(); err != nil {
			return db.fail(err)
		}
		db.durable.reached(seq)
	}
	if err := b.Close(); err != nil {
		return fmt.Errorf("pebblekv: commit: %w", err)
	}
	return nil
}

// fail ends all writing. After a failed sync nobody knows which part of the log is on disk, and trying again would
// be told that all is well; only opening the store again tells.
func (db *DB) fail(cause error) error {
	err := fmt.Errorf("pebblekv: the write-ahead log failed, restart to recover: %w", cause)
	db.durable.fail(err)
	db.log.Error("storage: the write-ahead log failed; no more writes until a restart", "error", cause)
	return err
}
