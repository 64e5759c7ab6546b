package tikvkv

import (
	"bytes"
	"context"

	"github.com/tikv/client-go/v2/txnkv/txnsnapshot"

	"github.com/statordb/stator/internal/kv"
)

// How many entries a scan fetches at a time. TiKV bounds an answer by entries, not by bytes; so a scan begins with few
// and then takes as many as fit in batchBytes, going by the size of those that it saw.
const (
	firstBatch = 64
	mostBatch  = 1024
	batchBytes = 4 << 20
)

// entry is a key and a value, as the caller has them. A nil value is a key that was deleted.
type entry struct{ key, value []byte }

// scan merges the snapshot with own, the changes of the transaction in the range, in order of their keys.
func (s *session) scan(ctx context.Context, r kv.Range, own []entry, fn func(key, value []byte) (bool, error)) error {
	if len(r.End) > 0 && bytes.Compare(r.Start, r.End) >= 0 {
		return nil
	}
	c := newCursor(s, r)
	for {
		stored, ok, err := c.peek(ctx)
		if err != nil {
			return err
		}
		next := stored
		if len(own) > 0 {
			i := 0
			if r.Reverse {
				i = len(own) - 1
			}
			side := bytes.Compare(own[i].key, stored.key)
			if r.Reverse {
				side = -side
			}
			if !ok || side <= 0 { // own comes first, or hides what is stored
				next = own[i]
				own = append(own[:i:i], own[i+1:]...)
				if ok && side == 0 {
					c.pos++
				}
				if next.value == nil {
					continue
				}
			} else {
				c.pos++
			}
		} else if !ok {
			return nil
		} else {
			c.pos++
		}
		more, err := fn(next.key, next.value)
		if err != nil || !more {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// cursor steps through a range of the snapshot.
type cursor struct {
	s          *session
	start, end []byte // what is left to fetch
	reverse    bool
	size       int // of the next batch
	batch      []entry
	pos        int
	done       bool // nothing is left to fetch
}

func newCursor(s *session, r kv.Range) *cursor {
	c := &cursor{s: s, reverse: r.Reverse, size: firstBatch}
	c.start, c.end = s.db.bounds(r)
	if r.Limit > 0 {
		c.size = min(r.Limit, firstBatch)
	}
	return c
}

// peek returns the entry that the cursor is at; not ok after the last.
func (c *cursor) peek(ctx context.Context) (e entry, ok bool, err error) {
	for c.pos == len(c.batch) {
		if c.done {
			return entry{}, false, nil
		}
		if err := c.fill(ctx); err != nil {
			return entry{}, false, err
		}
	}
	return c.batch[c.pos], true, nil
}

// fill fetches the next batch. The client's scanner knows no context, so it is left to itself when ctx ends.
func (c *cursor) fill(ctx context.Context) error {
	type result struct {
		batch []entry
		done  bool
		err   error
	}
	fetched := make(chan result, 1)
	snap, start, end, size, skip := c.s.snap, c.start, c.end, c.size, len(c.s.db.prefix)
	go func() {
		batch, done, err := fetch(snap, start, end, size, c.reverse, skip)
		fetched <- result{batch, done, err}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case got := <-fetched:
		if got.err != nil {
			return failed(ctx, "scan", got.err)
		}
		c.batch, c.pos, c.done = got.batch, 0, got.done
	}
	if c.done {
		return nil
	}
	last := c.s.db.key(c.batch[len(c.batch)-1].key)
	if c.reverse {
		c.end = last
	} else {
		c.start = append(last, 0)
	}
	bytes := 0
	for _, e := range c.batch {
		bytes += len(e.key) + len(e.value)
	}
	c.size = min(max(batchBytes/(bytes/len(c.batch)+1), 2), 4*c.size, mostBatch)
	return nil
}

// fetch reads up to size entries. It reports done if there are no more.
func fetch(snap *txnsnapshot.KVSnapshot, start, end []byte, size int, reverse bool, skip int) (batch []entry, done bool, err error) {
	size = max(size, 2) // the client takes a smaller one for none
	// Not Iter and IterReverse: the latter reads beyond the start of the range.
	it, err := txnsnapshot.SnapshotProbe{KVSnapshot: snap}.NewScanner(start, end, size, reverse)
	if err != nil {
		return nil, false, err
	}
	defer it.Close()
	for it.Valid() {
		key := it.Key()[skip:]
		batch = append(batch, entry{key[:len(key):len(key)], decode(it.Value())})
		if len(batch) == size {
			return batch, false, nil // another Next would fetch
		}
		if err := it.Next(); err != nil {
			return nil, false, err
		}
	}
	return batch, true, nil
}
