package table

import (
	"bytes"
	"errors"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// One step of filling reads at most this many items or bytes. A step holds the locks of its items.
const (
	fillItems = 100
	fillBytes = 1 << 20
	// fillPause is the longest pause between two steps.
	fillPause = 50 * time.Millisecond
)

// filling is what a job makes complete: an index, or a TTL queue.
type filling struct {
	// state says whether it is there and being created, and whether it is in the second step.
	state func(d *Descriptor) (creating, filling bool)
	// start takes it to the second step, and finish to the last, in the next version of the table. It is there and being created.
	start, finish func(d *Descriptor)
	// set adds what there has to be for an item, whose key is locked.
	set func(tx kv.Txn, d *Descriptor, key []byte, item attribute.Value) error
}

// fill makes a new index complete while the table is written. It takes three steps, and starts each when there is no
// writer left that does not know of the one before:
//
//  1. Writers remove entries, and none are added. Without this step a writer that knows nothing of the index could
//     delete an item after another had added its entry, which nobody would ever remove.
//  2. Writers keep the index up to date, and the entries of the items from before are added: the items of one page
//     are locked and read again, and their entries set. An item that is written before its page is reached gets its entry
//     from the write, and again, the same, from the page.
//  3. The index is Active: it is read.
//
// A TTL queue is an index in this respect.
func (s *Store) fill(j *job, f filling) error {
	for {
		d, err := s.jobTable(j)
		if err != nil {
			return err
		}
		creating, started := false, false
		if d != nil {
			creating, started = f.state(d)
		}
		if !creating { // dropped meanwhile, or it was ready and only the job was left
			return s.endJob(j)
		}
		if !started {
			if err := s.startFilling(j, f); err != nil {
				return err
			}
			continue
		}
		var more bool
		began := time.Now()
		err = s.step(j, func() (err error) {
			more, err = s.fillPage(j, d, f)
			return err
		})
		switch {
		case errors.Is(err, ErrStale):
			continue
		case err != nil:
			return err
		case !more:
			return s.endJobWith(j, func(d *Descriptor) {
				// Deleted in this very moment, it stays so; the next job drops it.
				if creating, _ := f.state(d); creating {
					f.finish(d)
				}
			})
		}
		// At most half of the time goes into filling.
		if !s.sleep(min(time.Since(began), fillPause)) {
			return s.ctx.Err()
		}
	}
}

// fillIndex fills a new index.
func (s *Store) fillIndex(j *job) error {
	of := func(d *Descriptor) *Index { return d.indexByID(j.rec.Index) }
	return s.fill(j, filling{
		state: func(d *Descriptor) (creating, filling bool) {
			x := of(d)
			return x != nil && x.State == IndexCreating, x != nil && x.Filling
		},
		start: func(d *Descriptor) { of(d).Filling = true },
		finish: func(d *Descriptor) {
			x := of(d)
			x.State, x.Filling = IndexActive, false
		},
		set: func(tx kv.Txn, d *Descriptor, _ []byte, item attribute.Value) error {
			x := of(d)
			if key := appendEntryKey(nil, d, x, item); key != nil {
				return tx.Set(key, project(d, x, item))
			}
			return nil
		},
	})
}

// startFilling goes from the first step to the second.
func (s *Store) startFilling(j *job, f filling) error {
	err := s.changeOf(j, func(_ kv.Txn, d *Descriptor) error {
		if creating, _ := f.state(d); creating {
			f.start(d)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errGone) && !errors.Is(err, ErrNotFound) {
		return err
	}
	return s.awaitWriters(s.ctx, j.rec.TableID)
}

// fillPage fills for the items of the page at the job's cursor and moves the cursor, and says whether there are more.
func (s *Store) fillPage(j *job, d *Descriptor, f filling) (more bool, err error) {
	// It writes by the descriptor as every write does: whoever drops the index waits for the end of the page.
	if !d.live.acquire() {
		return false, ErrStale
	}
	defer d.live.release()

	keys, more, err := s.fillKeys(j, d)
	if err != nil || len(keys) == 0 {
		return false, err
	}
	cursor := keyspace.After(keys[len(keys)-1])
	locks := append(keys[:len(keys):len(keys)], keyspace.Job(j.id))
	err = s.db.Update(s.ctx, func(tx kv.Txn) error {
		if err := tx.Lock(s.ctx, locks...); err != nil {
			return err
		}
		if err := s.goesBy(s.ctx, tx, d); err != nil {
			return err
		}
		if err := s.stillAt(tx, j); err != nil {
			return err
		}
		items, err := tx.GetMany(s.ctx, keys)
		if err != nil {
			return err
		}
		for i, item := range items {
			if item == nil { // deleted since it was seen
				continue
			}
			v, err := stored(item)
			if err != nil {
				return err
			}
			if err := f.set(tx, d, keys[i], v); err != nil {
				return err
			}
		}
		next := *j
		next.rec.Cursor = cursor
		return next.set(tx)
	})
	if err != nil {
		return false, err
	}
	j.rec.Cursor = cursor
	d.live.stats.dirty()
	return more, nil
}

// fillKeys returns the keys of the next page of items.
func (s *Store) fillKeys(j *job, d *Descriptor) (keys [][]byte, more bool, err error) {
	start, end := keyspace.Items(d.ID).Range()
	if j.rec.Cursor != nil {
		start = j.rec.Cursor
	}
	err = s.db.View(s.ctx, func(r kv.Reader) error {
		keys, more = nil, false
		size := 0
		return r.Scan(s.ctx, kv.Range{Start: start, End: end, Limit: fillItems + 1}, func(key, value []byte) (bool, error) {
			if len(keys) == fillItems || size >= fillBytes {
				more = true
				return false, nil
			}
			keys = append(keys, bytes.Clone(key))
			size += len(value)
			return true, nil
		})
	})
	return keys, more, err
}

// stored checks that what is under a key of an item or an entry can be one. It is the cheap check that every
// read can afford; Check looks into the values.
func stored(b []byte) (attribute.Value, error) {
	v := attribute.Value(b)
	if !looksLikeMap(v) {
		return nil, errNotAMap
	}
	return v, nil
}
