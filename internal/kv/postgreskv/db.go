// Package postgreskv is the engine over PostgreSQL: it keeps the contract of package kv in one schema of a database that any
// number of servers share. It imports kv and nothing else of ours.
//
// A View is a read-only transaction of isolation REPEATABLE READ, which is one snapshot. An Update holds PostgreSQL's advisory
// locks on every key that it locked or wrote until it has committed, so that nobody changes a key that it locked; what that
// gives, and what is left to find out at commit, is in txn.go and commit.go.
//
// The main rule: statements are sent together whenever none of them needs the answer to another. A read costs one round trip
// over the network, and a change three: lock, read, commit.
package postgreskv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// DB is an open engine. It is a [kv.DB].
type DB struct {
	pool *pool
	log  *slog.Logger
	seed []byte // of the hashes of keys, the same for all servers
	gate *kv.Gate
	turn *turns

	stop    context.CancelFunc // ends the sweeping of markers
	sweeper sync.WaitGroup
}

var _ kv.DB = (*DB)(nil)

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
	v := &view{db: db}
	defer v.end()
	return fn(v)
}

// Update implements [kv.DB].
func (db *DB) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	// An attempt that follows a conflict takes all locks that the one before it wanted or should have wanted before it begins.
	var ahead plan
	return kv.Retry(ctx, func() error {
		t := newTxn(db)
		defer t.end()
		err := t.run(ctx, ahead, fn)
		if errors.Is(err, kv.ErrConflict) {
			ahead = t.plan()
		}
		return err
	})
}

// DropRange implements [kv.DB]. Each piece is a transaction; what it deleted takes up its space until the table is vacuumed.
func (db *DB) DropRange(ctx context.Context, start, end []byte) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.gate.Leave()
	if len(start) == 0 || len(end) == 0 {
		return kv.ErrTooLarge
	}
	for bytes.Compare(start, end) < 0 {
		var last []byte
		err := db.once(ctx, func() []call {
			last = nil
			return []call{{name: stmtDrop, params: append(bounds(start, end), int8Param(dropPiece)), row: func(v [][]byte) error {
				last = joinKey(v[0], v[1])
				return nil
			}}}
		})
		if err != nil {
			return fmt.Errorf("postgreskv: drop range: %w", err)
		}
		if last == nil {
			return nil
		}
		start = append(last, 0)
	}
	return nil
}

// dropPiece is how many entries DropRange deletes at a time.
const dropPiece = 1000

// Close implements [kv.DB].
func (db *DB) Close() error {
	if !db.gate.Close() {
		return kv.ErrClosed
	}
	db.stop()
	db.sweeper.Wait()
	db.pool.Close()
	return nil
}

// The markers of commits are kept for markerLife, which is much longer than anybody tries to find out what became of a commit.
const (
	markerLife = 10 * time.Minute
	sweepEvery = time.Minute
	sweepPiece = 10_000
)

// sweep forgets old markers until ctx ends. Nothing depends on when it does, or on how many servers do.
func (db *DB) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		db.pool.rest()
		if err := db.sweepOnce(ctx, markerLife); err != nil && ctx.Err() == nil {
			db.log.Warn("storage: markers of old commits not removed", "error", err)
		}
	}
}

// sweepOnce forgets all that are older than life, in pieces: however many there are, no statement takes long.
//
// The clock may be wrong, as that of a replica that took over, so that somebody still asks for a marker that seems to be old. Before
// any marker goes there is a fence, which says what goes: who does not find a marker from before the fence knows nothing.
func (db *DB) sweepOnce(ctx context.Context, life time.Duration) error {
	var before, fence []byte
	err := db.once(ctx, func() []call {
		return []call{
			{name: stmtFence, params: [][]byte{int8Param(life.Microseconds())}, row: func(v [][]byte) error {
				before = newMarkerAt(fenced(v[0]))
				return nil
			}},
			{name: stmtFenced, row: func(v [][]byte) error {
				fence = kept(v[0])
				return nil
			}}}
	})
	if err != nil {
		return err
	}
	if err := db.forget(ctx, make([]byte, markerSize), before); err != nil {
		return err
	}
	return db.forget(ctx, fences, fence)
}

// forget removes the markers after one and before another.
func (db *DB) forget(ctx context.Context, last, before []byte) error {
	for last != nil {
		params := [][]byte{last, before, int8Param(sweepPiece)}
		err := db.once(ctx, func() []call {
			last = nil
			return []call{{name: stmtSweep, params: params, row: func(v [][]byte) error {
				last = kept(v[0])
				return nil
			}}}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
