package pebblekv

import (
	"context"
	"sync"
)

// lockTable gives each key's lock to one transaction at a time, first come, first served. Keys are known by their
// hash: two keys with one hash share a lock, which costs a wait and nothing else.
type lockTable struct {
	shards [lockShards]lockShard
}

const lockShards = 64

type lockShard struct {
	mu sync.Mutex
	// held has an entry for each lock that is held: those who wait for it.
	held map[uint64]lockQueue
	_    [48]byte // a cache line of its own
}

// lockQueue is a list of waiters in the order they came.
type lockQueue struct{ head, tail *lockWaiter }

type lockWaiter struct {
	granted chan struct{}
	next    *lockWaiter
}

func newLockTable() *lockTable {
	t := &lockTable{}
	for i := range t.shards {
		t.shards[i].held = make(map[uint64]lockQueue)
	}
	return t
}

func (t *lockTable) shard(hash uint64) *lockShard { return &t.shards[hash%lockShards] }

// acquire takes the lock, waiting for its holder until ctx ends.
func (t *lockTable) acquire(ctx context.Context, hash uint64) error {
	s := t.shard(hash)
	s.mu.Lock()
	q, taken := s.held[hash]
	if !taken {
		s.held[hash] = lockQueue{}
		s.mu.Unlock()
		return nil
	}
	w := &lockWaiter{granted: make(chan struct{})}
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
	s.held[hash] = q
	s.mu.Unlock()

	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
		t.abandon(hash, w)
		return ctx.Err()
	}
}

// tryAcquire takes the lock if nobody holds it.
func (t *lockTable) tryAcquire(hash uint64) bool {
	s := t.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.held[hash]; taken {
		return false
	}
	s.held[hash] = lockQueue{}
	return true
}

// release hands the lock to the first who waits.
func (t *lockTable) release(hash uint64) {
	s := t.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(hash)
}

// pass is release with the shard's mutex held.
func (s *lockShard) pass(hash uint64) {
	q := s.held[hash]
	w := q.head
	if w == nil {
		delete(s.held, hash)
		return
	}
	q.head = w.next
	if q.head == nil {
		q.tail = nil
	}
	s.held[hash] = q
	close(w.granted)
}

// abandon takes w out of the queue, or passes the lock on if w got it in the meantime.
func (t *lockTable) abandon(hash uint64, w *lockWaiter) {
	s := t.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-w.granted:
		s.pass(hash)
		return
	default:
	}
	q := s.held[hash]
	var before *lockWaiter
	for x := q.head; x != w; x = x.next {
		before = x
	}
	if before == nil {
		q.head = w.next
	} else {
		before.next = w.next
	}
	if q.tail == w {
		q.tail = before
	}
	s.held[hash] = q
}
