package postgreskv

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"math"
	"slices"

	"github.com/statordb/stator/internal/kv"
)

// pieceBytes is about how much one statement sets.
const pieceBytes = 1 << 20

// commit makes the changes in one round trip, or finds a conflict.
//
// It takes the locks of the keys that were written without one. If nothing was read, or only what was locked, nothing can
// have changed, and that is all.
//
// If the transaction is pinned, others may have written or locked its late keys, those it had no lock of before its snapshot,
// and committed since. A committed transaction leaves a trace on every key that it wrote or locked: the new version of the row;
// and for a key that it deleted or only locked, a mark, which is a row shared by the keys with the same hash. Writing to both
// of a late key finds either, as PostgreSQL lets no transaction with a snapshot write to a row that was changed after
// it. The marks of late keys serve as traces, too.
func (t *txn) commit(ctx context.Context) error {
	own := t.writes.sorted()
	var sets, deletes, touches []entry
	var missing []int64 // locks
	var marks []int32
	for _, e := range own {
		h := t.db.hash(e.key)
		late := t.state == pinned && (!t.holds(h) || bool(t.locked[string(e.key)]))
		if !t.holds(h) {
			missing = append(missing, h)
		}
		if e.value == nil {
			deletes = append(deletes, e)
		} else {
			sets = append(sets, e)
		}
		if late && e.value == nil {
			touches = append(touches, e)
		}
		if late || e.value == nil {
			marks = append(marks, int32(uint64(h)%buckets))
		}
	}
	var onlyLocked []entry
	anyLate := false
	for key, late := range t.locked {
		if _, written := t.writes.find([]byte(key)); written {
			continue
		}
		marks = append(marks, int32(uint64(t.db.hash([]byte(key)))%buckets))
		if late {
			anyLate = true
			onlyLocked = append(onlyLocked, entry{key: []byte(key)})
		}
	}
	if len(own) == 0 && !anyLate {
		return nil
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if len(t.held)+len(missing) > mostLocks && !t.alone {
		return t.fail(conflict(errManyLocks))
	}
	if t.state == fresh {
		if err := t.lockFirst(ctx, plan{locks: missing}); err != nil {
			return err
		}
		missing = nil
	}

	var calls []call
	if len(missing) > 0 {
		t.wanted = missing
		calls = append(t.share(), call{name: stmtMustLock, params: [][]byte{int8Array(missing)}})
	}
	slices.Sort(marks) // in one order for all, so that nobody waits in a circle
	if marks = slices.Compact(marks); len(marks) > 0 {
		calls = append(calls, call{name: stmtMark, params: [][]byte{int4Array(marks)}})
	}
	touches = append(touches, onlyLocked...)
	calls = append(calls, changes(stmtTouch, touches)...)
	calls = append(calls, changes(stmtSet, sets)...)
	calls = append(calls, changes(stmtDelete, deletes, no)...)
	calls = append(calls, changes(stmtDelete, onlyLocked, yes)...)
	if len(own) == 0 { // it is only asked whether all this would do
		return t.ask(ctx, calls...)
	}
	return t.finish(ctx, calls)
}

// A boolean.
var no, yes = []byte{0}, []byte{1}

// changes runs a statement over entries, in pieces; its parameters are what it takes of them, and more.
func changes(name string, all []entry, more ...[]byte) []call {
	var calls []call
	for len(all) > 0 {
		n, size := 0, 0
		for n < len(all) && size < pieceBytes {
			size += len(all[n].key) + len(all[n].value)
			n++
		}
		piece := all[:n]
		all = all[n:]
		key := func(i int) []byte { return piece[i].key }
		params := keyArrays(n, key)
		if name != stmtDelete {
			params = append(params, restArray(n, key))
		}
		if name == stmtSet {
			params = append(params, byteaArray(n, func(i int) []byte { return piece[i].value }))
		}
		calls = append(calls, call{name: name, params: append(params, more...)})
	}
	return calls
}

// finish sends the changes along with a marker and the commit. From here on the context counts for nothing: the outcome is
// waited for.
func (t *txn) finish(ctx context.Context, calls []call) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	marker := newMarker(t.limit)
	committed := false
	calls = append(calls,
		call{name: stmtMarker, params: [][]byte{marker, int8Param(t.limit)}},
		call{name: stmtCommit, done: func() { committed = true }},
		call{name: stmtUnlock})
	err := exchange(ctx, t.conn, calls...)
	switch {
	case err == nil:
		t.db.pool.release(t.conn)
		t.conn = nil
		return nil
	case committed:
		return nil // what fails after that, end repairs
	case conflicted(err):
		return t.fail(conflict(err))
	case sqlState(err) == "2201F": // the marker is too late
		return t.fail(conflict(errAged))
	case sqlState(err) != "" && !interrupted(err):
		return t.fail(failed(err))
	}
	return t.resolve(ctx, marker, err)
}

// markerSize is that of a uuid.
const markerSize = 16

// newMarker is an id that nobody else gives, for a commit about now, in the server's microseconds since 1970.
func newMarker(now int64) []byte {
	id := newMarkerAt(uint64(now))
	_, _ = rand.Read(id[8:]) // never fails
	return id
}

// newMarkerAt is before all ids of that time.
func newMarkerAt(micros uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, markerSize), micros)[:markerSize]
}

// fences is before all fences, see stmtFence.
var fences = newMarkerAt(math.MaxUint64)

// fenced is the time that a fence tells.
func fenced(fence []byte) uint64 { return binary.BigEndian.Uint64(fence[8:]) }

// resolve finds out what became of a commit whose answer did not come. The marker was written in its transaction, so that it
// is there if, and only if, all the rest is, also on a replica that took over. Writing it again waits for a transaction that is
// still under way; if it is not there then, it is there now, as refused, and the transaction can't commit any more. That it is
// there counts only when this has been committed, too: the connection may have been lost while the commit waited for a replica.
// If there is a fence after it, looked for later, then it may have been there and gone.
func (t *txn) resolve(ctx context.Context, marker []byte, cause error) error {
	refused, known, gone := false, false, false
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := t.db.persist(ctx, func(c *conn) error {
		defer t.db.pool.release(c)
		return exchange(ctx, c,
			call{name: stmtOutcome, params: [][]byte{marker}, row: func(v [][]byte) error {
				refused, known = v[0][0] != 0, true
				return nil
			}},
			call{name: stmtFenced, row: func(v [][]byte) error {
				gone = bytes.Compare(marker, newMarkerAt(fenced(v[0]))) < 0
				return nil
			}})
	})
	switch {
	case err != nil || !known || refused && gone:
		t.db.log.Error("storage: what became of a commit could not be found out", "error", cause, "then", err)
		return t.fail(kv.ErrUnknownOutcome)
	case refused:
		return t.fail(conflict(cause))
	}
	return nil
}
