package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Write is one change of one item.
type Write struct {
	Table *Descriptor
	// Key is a Map with at least the attributes of the table's key.
	Key attribute.Value
	// Apply returns the item after the change. old is nil if there is none, and stays valid after the write; the
	// result is nil for none, and old itself or the same bytes if nothing changes. An error refuses the whole
	// change. Apply may run more than once.
	Apply func(old attribute.Value) (attribute.Value, error)
	// Service: nobody asked for this change; the store makes it by itself, as it deletes what has expired. Streams tell so.
	Service bool
}

// Written is what a Write did.
type Written struct {
	// Old and New are the item before and after; New is what Apply returned.
	Old, New attribute.Value
	// Indexes is one element for each index in which the item's entry changed.
	Indexes []IndexChange
	// Err is the error of Apply.
	Err error
}

// IndexChange is a change of an item's entry in an index.
type IndexChange struct {
	Index *Index
	// OldSize and NewSize are the sizes of the entry as DynamoDB counts an item's, 0 if there is none.
	OldSize, NewSize int
	// Moved: the entry's key changed, which is a delete and a put.
	Moved bool
}

var errTwice = errors.New("table: one item twice in a change")

// Write makes all of the changes or none, in one transaction.
//
// Every Apply runs, even after one refused: with ErrRefused, the errors and the old items are in the result. With any
// other error the result is nil. ErrStale: a descriptor is not published any more; get it again and try again.
// With a token, ErrRepeated and ErrTokenMismatch say that it was used before.
func (s *Store) Write(ctx context.Context, writes []Write, token *Token) ([]Written, error) {
	for i := range writes {
		if !writes[i].Table.live.acquire() {
			release(writes[:i])
			return nil, ErrStale
		}
	}
	defer release(writes)

	p := s.pools.change.Get().(*change)
	defer p.release()
	p.ctx, p.writes, p.token = ctx, writes, token
	if err := p.plan(); err != nil {
		return nil, err
	}
	p.written = make([]Written, len(writes))
	if err := s.db.Update(ctx, p.run); err != nil {
		if errors.Is(err, ErrRefused) {
			return p.written, err
		}
		return nil, err
	}
	for i := range writes {
		if p.changed[i] {
			writes[i].Table.live.stats.dirty()
		}
	}
	if p.marking {
		s.ticks.moved(p.mark)
	}
	if len(p.lanes) > 0 {
		s.counts.written.Add(uint64(p.records))
	}
	return p.written, nil
}

func release(writes []Write) {
	for i := range writes {
		writes[i].Table.live.release()
	}
}

// change is one call of Write. It is used again, so that the plain write of one item allocates little.
type change struct {
	store *Store
	run   func(kv.Txn) error // the method value of apply

	ctx     context.Context
	writes  []Write
	token   *Token
	written []Written

	keys    [][]byte // of the items, then of the lanes, then of the mark, then of the token
	changed []bool
	laneOf  []int  // by write: its place in lanes, -1 if its table has no stream
	lanes   []lane // in which there may be records of the change
	records int    // that it wrote
	// journaled: there is a journal; at is then the time of the change. Marking: it moves the mark of the times, to mark.
	journaled, marking bool
	at, mark           int64
	buf                []byte // holds keys
	rec                []byte
	oldKey             []byte
	newKey             []byte
}

// pools is what is used again and again.
type pools struct {
	change sync.Pool
	read   sync.Pool
}

func (p *pools) init(s *Store) {
	p.change.New = func() any {
		c := &change{store: s}
		c.run = c.apply
		return c
	}
	p.read.New = func() any {
		r := &reading{store: s}
		r.run = r.get
		return r
	}
}

// keepBuffer is the largest buffer that is kept for the next use.
const keepBuffer = 64 << 10

func (c *change) release() {
	clear(c.keys)
	clear(c.lanes)
	c.ctx, c.writes, c.token, c.written = nil, nil, nil, nil
	c.keys, c.changed, c.buf = c.keys[:0], c.changed[:0], c.buf[:0]
	c.laneOf, c.lanes = c.laneOf[:0], c.lanes[:0]
	c.journaled, c.marking = false, false
	if cap(c.rec) > keepBuffer {
		c.rec = nil
	}
	if cap(c.buf) <= keepBuffer {
		c.store.pools.change.Put(c)
	}
}

// plan computes all keys that the change locks.
func (c *change) plan() error {
	for i := range c.writes {
		w := &c.writes[i]
		from := len(c.buf)
		var err error
		if c.buf, err = appendItemKey(c.buf, w.Table, w.Key); err != nil {
			return err
		}
		// An append below may move buf; what keys has of the old one stays as it is.
		key := c.buf[from:len(c.buf):len(c.buf)]
		c.keys = append(c.keys, key)
		c.changed = append(c.changed, false)
		c.useLane(i)
		c.journaled = c.journaled || w.Table.Journal != nil
	}
	if len(c.writes) > 1 {
		seen := make(map[string]struct{}, len(c.keys))
		for _, key := range c.keys {
			seen[string(key)] = struct{}{}
		}
		if len(seen) < len(c.keys) {
			return errTwice
		}
	}
	c.lockLanes()
	if c.journaled && c.store.ticks.near(c.store.now()) {
		c.marking = true
		c.keys = append(c.keys, keyspace.JournalMark())
	}
	if c.token != nil {
		c.keys = append(c.keys, c.token.key())
	}
	return nil
}

// apply is the transaction. It may run again.
func (c *change) apply(tx kv.Txn) error {
	if err := tx.Lock(c.ctx, c.keys...); err != nil {
		return err
	}
	for i := range c.writes {
		if err := c.store.goesBy(c.ctx, tx, c.writes[i].Table); err != nil {
			return err
		}
	}
	if c.token != nil {
		if err := c.store.useToken(c.ctx, tx, c.token, c.keys[len(c.keys)-1]); err != nil {
			return err
		}
	}
	var one [1][]byte
	items := one[:]
	var places [][]byte
	var err error
	if len(c.writes) == 1 && len(c.lanes) == 0 {
		one[0], err = tx.Get(c.ctx, c.keys[0])
	} else {
		items, err = tx.GetMany(c.ctx, c.keys[:len(c.writes)+len(c.lanes)])
	}
	if err != nil {
		return err
	}
	items, places = items[:len(c.writes)], items[len(c.writes):]
	refused := false
	for i, item := range items {
		w := &c.written[i]
		*w = Written{}
		if item != nil {
			if w.Old, err = stored(item); err != nil {
				return err
			}
			// Apply gets the copy, so that whatever it takes from old stays valid.
			w.Old = bytes.Clone(w.Old)
		}
		w.New, w.Err = c.writes[i].Apply(w.Old)
		refused = refused || w.Err != nil
	}
	if refused {
		return ErrRefused
	}
	if c.journaled {
		if err := c.takeTime(tx); err != nil {
			return err
		}
	}
	for i := range c.written {
		if err := c.set(tx, i); err != nil {
			return err
		}
	}
	if len(c.lanes) == 0 {
		return nil
	}
	return c.record(tx, places)
}

// set writes what one Write changes.
func (c *change) set(tx kv.Txn, i int) error {
	d, w := c.writes[i].Table, &c.written[i]
	c.changed[i] = !bytes.Equal(w.Old, w.New)
	if !c.changed[i] {
		return nil
	}
	var err error
	if w.New == nil {
		err = tx.Delete(c.keys[i])
	} else {
		if err := sameKey(d, c.writes[i].Key, w.New); err != nil {
			return err
		}
		err = tx.Set(c.keys[i], w.New)
	}
	for _, x := range d.Indexes {
		if err != nil {
			return err
		}
		switch {
		case x.State == IndexDeleting:
		case x.State == IndexCreating && !x.Filling:
			err = c.removeEntry(tx, d, x, w)
		default:
			err = c.setEntry(tx, d, x, w)
		}
	}
	if err == nil && d.Journal != nil {
		err = c.setImage(tx, d.Journal, i, w.Old)
	}
	if err == nil && d.TTL != nil {
		err = c.setDue(tx, d.TTL, i, w)
	}
	return err
}

// removeEntry removes the old item's entry in x, if there is one already: of a write that knows more than this one.
func (c *change) removeEntry(tx kv.Txn, d *Descriptor, x *Index, w *Written) error {
	if w.Old == nil {
		return nil
	}
	key := appendEntryKey(c.oldKey[:0], d, x, w.Old)
	if key == nil {
		return nil
	}
	c.oldKey = key
	return tx.Delete(key)
}

// setEntry makes the item's entry in x what the new item says.
func (c *change) setEntry(tx kv.Txn, d *Descriptor, x *Index, w *Written) error {
	var oldKey, newKey []byte
	if w.Old != nil {
		if oldKey = appendEntryKey(c.oldKey[:0], d, x, w.Old); oldKey != nil {
			c.oldKey = oldKey
		}
	}
	if w.New != nil {
		if newKey = appendEntryKey(c.newKey[:0], d, x, w.New); newKey != nil {
			c.newKey = newKey
		}
	}
	if oldKey == nil && newKey == nil {
		return nil
	}
	ch := IndexChange{Index: x}
	var before, after attribute.Value
	if oldKey != nil {
		before = project(d, x, w.Old)
		ch.OldSize = attribute.ItemSize(before)
	}
	if newKey != nil {
		after = project(d, x, w.New)
		ch.NewSize = attribute.ItemSize(after)
	}
	same := bytes.Equal(oldKey, newKey)
	if same && attribute.Equal(before, after) {
		return nil
	}
	ch.Moved = oldKey != nil && newKey != nil && !same
	w.Indexes = append(w.Indexes, ch)
	if oldKey != nil && !same {
		if err := tx.Delete(oldKey); err != nil {
			return err
		}
	}
	if newKey != nil {
		return tx.Set(newKey, after)
	}
	return nil
}

// sameKey refuses an item that would be stored under the key of another.
func sameKey(d *Descriptor, key, item attribute.Value) error {
	if !looksLikeMap(item) ||
		!bytes.Equal(key.Field(d.Partition.Name), item.Field(d.Partition.Name)) ||
		d.Sort != nil && !bytes.Equal(key.Field(d.Sort.Name), item.Field(d.Sort.Name)) {
		return fmt.Errorf("%w: the new item has another key", ErrKey)
	}
	return nil
}
