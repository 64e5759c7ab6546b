package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// How expired items are deleted. Each round takes the first due places of each part of each queue, so that what is due is
// done in about the order of its time and no table waits for the end of another's, and deletes their items in one
// transaction for each queue, by the write path of all changes. A part is a piece of work with a lease of its own.
const (
	// expireItemsEvery is how often the queues are looked at, unless Options say otherwise.
	expireItemsEvery = time.Second
	// lookShare bounds the time that looking takes to one part in so many.
	lookShare = 20
	// duePlaces is how many places of a part are taken at a time; all parts together take about dueBytes.
	duePlaces = 16
	dueBytes  = 1 << 20
	// duePause is the longest pause between two transactions.
	duePause = 50 * time.Millisecond
	// dueRounds is how long rounds go on before the queues are looked at again.
	dueRounds = 5 * time.Second
)

// dueQueue is a queue in which something is due.
type dueQueue struct {
	id  uint64
	rec queueRecord
	// from is where each part goes on; nil where nothing is due any more.
	from [keyspace.DueShards][]byte
}

func (q *dueQueue) done() bool {
	for _, from := range q.from {
		if from != nil {
			return false
		}
	}
	return true
}

// expireItemsLoop deletes items when their time is over.
func (s *Store) expireItemsLoop(every time.Duration) {
	wait := every / 20 // there may be much to do after a pause
	for s.sleep(wait) {
		looked, more, err := s.expireItems(s.ctx)
		if err != nil && s.ctx.Err() == nil {
			s.log.Warn("table: expired items not deleted", "error", err)
		}
		switch wait = max(every, lookShare*looked); {
		case err != nil:
			wait = max(wait, lastRetry)
		case more:
			wait = duePause
		}
	}
}

// expireItems deletes items that are due, for about as long as dueRounds. It returns how long it took to find out in
// which queues something is, and whether there is more.
func (s *Store) expireItems(ctx context.Context) (looked time.Duration, more bool, err error) {
	now := s.now().Unix()
	began := time.Now()
	queues, err := s.dueQueues(ctx, now)
	looked = time.Since(began)
	if err != nil || len(queues) == 0 {
		return looked, false, err
	}
	var failed error
	for len(queues) > 0 {
		mine, err := s.leaseShards(ctx)
		if err != nil {
			return looked, false, err
		}
		left := queues[:0]
		for _, q := range queues {
			if err := s.expireRound(ctx, q, mine, now); err != nil {
				// The others go on.
				failed = errors.Join(failed, fmt.Errorf("table %q: %w", q.rec.Table, err))
				continue
			}
			if !q.done() {
				left = append(left, q)
			}
			if ctx.Err() != nil {
				return looked, false, ctx.Err()
			}
		}
		queues = left
		if time.Since(began) > dueRounds {
			break
		}
	}
	return looked, len(queues) > 0, failed
}

// leaseShards says which parts of the queues are this store's to work on.
func (s *Store) leaseShards(ctx context.Context) (mine [keyspace.DueShards]bool, err error) {
	names := make([]string, keyspace.DueShards)
	for i := range names {
		names[i] = fmt.Sprintf("ttl/%d", i)
	}
	held, err := s.lease(ctx, names...)
	copy(mine[:], held)
	return mine, err
}

// dueQueues returns the queues in which something is due in the second now.
func (s *Store) dueQueues(ctx context.Context, now int64) (queues []*dueQueue, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		queues = nil
		for next := uint64(0); ; {
			start, end := keyspace.AllQueues(next)
			var q *dueQueue
			some := false
			err := r.Scan(ctx, kv.Range{Start: start, End: end, Limit: 2}, func(key, value []byte) (bool, error) {
				id, place, ok := keyspace.ParseQueue(key)
				if !ok {
					return false, fmt.Errorf("%w: key %x", ErrCorrupt, key)
				}
				if q != nil {
					some = place && id == q.id
					return false, nil
				}
				q = &dueQueue{id: id}
				if !place {
					var err error
					q.rec, err = decodeQueue(value)
					place = err != nil
				}
				return !place, nil // Check finds a queue that does not say whose it is; the others need not wait
			})
			if err != nil || q == nil {
				return err
			}
			if some {
				if err := q.look(ctx, r, now); err != nil {
					return err
				}
			}
			if !q.done() {
				queues = append(queues, q)
			}
			next = q.id + 1
		}
	})
	return queues, err
}

// look finds the parts in which something is due.
func (q *dueQueue) look(ctx context.Context, r kv.Reader, now int64) error {
	for shard := range q.from {
		start, end := keyspace.Due(q.id, shard, dueSince(now), now)
		err := r.Scan(ctx, kv.Range{Start: start, End: end, Limit: 1}, func(key, _ []byte) (bool, error) {
			q.from[shard] = start
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// expireRound deletes the items of the first due places of each part that is this store's.
func (s *Store) expireRound(ctx context.Context, q *dueQueue, mine [keyspace.DueShards]bool, now int64) error {
	for shard := range q.from {
		if !mine[shard] {
			q.from[shard] = nil
		}
	}
	d, err := s.Table(ctx, q.rec.Scope, q.rec.Table)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err != nil || d.ID != q.rec.TableID || d.TTL == nil || d.TTL.ID != q.id || d.TTL.State != TTLEnabled {
		q.from = [keyspace.DueShards][]byte{} // a job drops the queue, or is still filling it
		return nil
	}
	began := time.Now()
	err = s.turn(func() error {
		b := batch{d: d, now: now}
		if err := s.db.View(ctx, func(r kv.Reader) error { return b.collect(ctx, r, q) }); err != nil {
			return err
		}
		if err := s.dropPlaces(ctx, d, b.orphans); err != nil {
			return err
		}
		if len(b.writes) > 0 {
			written, err := s.Write(ctx, b.writes, nil)
			if err != nil && !errors.Is(err, ErrStale) { // if it is stale, another look finds them again
				return err
			}
			deleted := 0
			for _, w := range written {
				if err == nil && w.Old != nil && w.New == nil {
					deleted++
				}
			}
			if deleted > 0 {
				s.counts.expired.Add(uint64(deleted))
				s.expired(d, deleted)
			}
		}
		q.from = b.next
		return nil
	})
	if err == nil {
		s.sleep(min(time.Since(began), duePause)) // at most half of the time goes into this
	}
	return err
}

// batch is what one transaction of expireRound deletes.
type batch struct {
	d   *Descriptor
	now int64

	writes []Write
	// orphans are places that are not those of their items.
	orphans []orphan
	next    [keyspace.DueShards][]byte
}

type orphan struct{ place, item []byte }

func (b *batch) collect(ctx context.Context, r kv.Reader, q *dueQueue) error {
	b.writes, b.orphans, b.next = nil, nil, q.from
	size := 0
	for shard, from := range q.from {
		if from == nil {
			continue
		}
		if size >= dueBytes {
			break
		}
		var places, items [][]byte
		_, end := keyspace.Due(q.id, shard, 0, b.now)
		err := r.Scan(ctx, kv.Range{Start: from, End: end, Limit: duePlaces}, func(key, _ []byte) (bool, error) {
			_, item, ok := keyspace.ParseDue(key, b.d.ID)
			if !ok {
				return false, fmt.Errorf("%w: key %x", ErrCorrupt, key)
			}
			places, items = append(places, bytes.Clone(key)), append(items, item)
			return len(places) < duePlaces, nil
		})
		if err != nil {
			return err
		}
		b.next[shard] = nil
		if len(places) == duePlaces {
			b.next[shard] = keyspace.After(places[len(places)-1])
		}
		if len(places) == 0 {
			continue
		}
		values, err := r.GetMany(ctx, items)
		if err != nil {
			return err
		}
		for i, v := range values {
			size += len(v)
			b.add(places[i], items[i], v)
		}
	}
	return nil
}

// add takes in a place in the queue and the item that is under the key that it names, nil if there is none.
func (b *batch) add(place, key, value []byte) {
	if value == nil {
		b.orphans = append(b.orphans, orphan{place, key})
		return
	}
	item, err := stored(value)
	if err != nil {
		return // Check finds it; the others need not wait
	}
	if !isPlace(b.d.TTL, place, key, item) {
		b.orphans = append(b.orphans, orphan{place, key})
		return
	}
	b.writes = append(b.writes, Write{
		Table: b.d,
		Key:   b.d.KeyOf(nil, item),
		Apply: func(old attribute.Value) (attribute.Value, error) {
			if b.d.TTL.dueAt(old, b.now) {
				return nil, nil
			}
			return old, nil
		},
		Service: true,
	})
}

// isPlace says whether place is that of the item under key.
func isPlace(t *TTL, place, key []byte, item attribute.Value) bool {
	second, ok := t.second(item)
	return ok && bytes.Equal(place, keyspace.AppendDue(nil, t.ID, second, key))
}

// dropPlaces removes places that their items do not have. There are none, unless something went wrong.
func (s *Store) dropPlaces(ctx context.Context, d *Descriptor, orphans []orphan) error {
	// A version that is not published any more may have a queue that is not kept any more.
	if len(orphans) == 0 || !d.live.acquire() {
		return nil
	}
	defer d.live.release()
	s.log.Warn("table: places in a TTL queue without their items", "table", d.Name, "places", len(orphans))
	var locks [][]byte
	for _, o := range orphans {
		locks = append(locks, o.item)
	}
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, locks...); err != nil {
			return err
		}
		items, err := tx.GetMany(ctx, locks)
		if err != nil {
			return err
		}
		for i, o := range orphans {
			if items[i] != nil {
				item, err := stored(items[i])
				if err != nil || isPlace(d.TTL, o.place, o.item, item) {
					continue
				}
			}
			if err := tx.Delete(o.place); err != nil {
				return err
			}
		}
		return nil
	})
}
