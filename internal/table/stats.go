package table

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Count is a number of items, or of entries, and their size as DynamoDB counts it.
type Count struct{ Items, Bytes int64 }

// Stats are the sizes of a table and of its indexes by name.
type Stats struct {
	Count
	Indexes map[string]Count
}

// Counting policy. No write counts anything: a table is counted by reading it, when somebody asks and it was written
// since. Counting takes at most about one part in countShare of the time, except where it is so quick that it
// is done for every question. As on AWS, the numbers may be behind.
const (
	countShare  = 100
	countInline = 5 * time.Millisecond
	// countPatience is how long a question waits for a count that should have been quick.
	countPatience = 50 * time.Millisecond
	countPage     = 1000
)

// stats is what is known of the size of a table. All versions of its descriptor share it, as long as one is published.
type stats struct {
	written atomic.Bool // since the last count began

	mu        sync.Mutex
	counted   bool
	counts    map[keyspace.Space]Count
	took      time.Duration
	ended     time.Time
	scheduled bool
}

// dirty is called after a write has been committed.
func (st *stats) dirty() {
	if !st.written.Load() { // most of the time it is; a store would fight for the cache line
		st.written.Store(true)
	}
}

// Stats returns the sizes of a table, maybe outdated ones.
func (s *Store) Stats(ctx context.Context, d *Descriptor) (Stats, error) {
	if d.live == nil {
		return Stats{}, ErrStale
	}
	st := d.live.stats
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.counted || st.written.Load() || !st.covers(d) {
		if st.took < countInline { // also if nobody knows yet how long it takes
			quick, cancel := context.WithTimeout(ctx, countPatience)
			err := s.count(quick, d, st)
			cancel()
			if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
				return Stats{}, err
			}
			if err != nil {
				st.took = countPatience
				s.countLater(d, st)
			}
		} else {
			s.countLater(d, st)
		}
	}
	all := Stats{Count: st.counts[keyspace.Items(d.ID)], Indexes: make(map[string]Count, len(d.Indexes))}
	for _, x := range d.Indexes {
		all.Indexes[x.Name] = st.counts[keyspace.Entries(x.ID, x.Local)]
	}
	return all, nil
}

// covers says whether all indexes were counted. It is called with the lock held.
func (st *stats) covers(d *Descriptor) bool {
	for _, x := range d.Indexes {
		if _, ok := st.counts[keyspace.Entries(x.ID, x.Local)]; !ok {
			return false
		}
	}
	return true
}

// countLater schedules a count, not before its time. It is called with the lock held.
func (s *Store) countLater(d *Descriptor, st *stats) {
	if st.scheduled {
		return
	}
	st.scheduled = true
	wait := time.Until(st.ended.Add(countShare * st.took))
	s.background(func() {
		if !s.sleep(max(wait, 0)) {
			return
		}
		select {
		case s.counting <- struct{}{}:
			defer func() { <-s.counting }()
		case <-s.ctx.Done():
			return
		}
		fresh := &stats{}
		err := s.count(s.ctx, d, fresh)
		st.mu.Lock()
		defer st.mu.Unlock()
		st.scheduled = false
		if err != nil {
			if s.ctx.Err() == nil {
				s.log.Warn("table: items not counted", "table", d.Name, "error", err)
			}
			return
		}
		st.counted, st.counts, st.took, st.ended = true, fresh.counts, fresh.took, fresh.ended
	})
}

// count reads the whole table and sets st. It is called with the lock of st held, or with an st that is not shared.
func (s *Store) count(ctx context.Context, d *Descriptor, st *stats) error {
	d.live.stats.written.Store(false)
	began := time.Now()
	counts := make(map[keyspace.Space]Count, 1+len(d.Indexes))
	spaces := []keyspace.Space{keyspace.Items(d.ID)}
	for _, x := range d.Indexes {
		spaces = append(spaces, keyspace.Entries(x.ID, x.Local))
	}
	for _, space := range spaces {
		c, err := s.countSpace(ctx, space)
		if err != nil {
			d.live.stats.written.Store(true)
			return fmt.Errorf("counting table %q: %w", d.Name, err)
		}
		counts[space] = c
	}
	st.counted, st.counts, st.ended = true, counts, time.Now()
	st.took = st.ended.Sub(began)
	return nil
}

// countSpace counts in pages, so that no snapshot is held for long.
func (s *Store) countSpace(ctx context.Context, space keyspace.Space) (Count, error) {
	var c Count
	r := kv.Range{Limit: countPage}
	r.Start, r.End = space.Range()
	for {
		n := 0
		var last []byte
		err := s.db.View(ctx, func(tx kv.Reader) error {
			return tx.Scan(ctx, r, func(key, value []byte) (bool, error) {
				item, err := stored(value)
				if err != nil {
					return false, err
				}
				c.Items++
				c.Bytes += int64(attribute.ItemSize(item))
				if n++; n == countPage {
					last = keyspace.After(key)
				}
				return n < countPage, nil
			})
		})
		if err != nil || n < countPage {
			return c, err
		}
		r.Start = last
	}
}
