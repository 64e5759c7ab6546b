package pebblekv

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
)

// durability knows which commits are on disk, and lets readers wait until what they saw is. Commits become durable in
// the order of their sequences, because that is their order in the write-ahead log.
type durability struct {
	synced atomic.Uint64 // every commit up to this one is durable

	mu      sync.Mutex
	waiters []durabilityWaiter
	failure error // why nothing becomes durable any more
}

type durabilityWaiter struct {
	seq   uint64
	ready chan struct{}
}

// alwaysDurable is for engines that were told not to be: nobody ever waits.
func (d *durability) alwaysDurable() { d.synced.Store(math.MaxUint64) }

// reached records that every commit up to seq is durable.
func (d *durability) reached(seq uint64) {
	for {
		old := d.synced.Load()
		if seq <= old {
			return // whoever stored old wakes the waiters
		}
		if d.synced.CompareAndSwap(old, seq) {
			break
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.waiters[:0]
	for _, w := range d.waiters {
		if w.seq <= seq {
			close(w.ready)
		} else {
			kept = append(kept, w)
		}
	}
	clear(d.waiters[len(kept):])
	d.waiters = kept
}

// fail records that the log is broken. The first failure stays.
func (d *durability) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failure == nil {
		d.failure = err
	}
	for _, w := range d.waiters {
		close(w.ready)
	}
	d.waiters = nil
}

// err returns the failure, if there was one.
func (d *durability) err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failure
}

// wait returns when every commit up to seq is durable, or with an error when the log is broken or ctx ends.
func (d *durability) wait(ctx context.Context, seq uint64) error {
	if d.synced.Load() >= seq {
		return nil
	}
	d.mu.Lock()
	if d.synced.Load() >= seq {
		d.mu.Unlock()
		return nil
	}
	if d.failure != nil {
		d.mu.Unlock()
		return d.failure
	}
	ready := make(chan struct{})
	d.waiters = append(d.waiters, durabilityWaiter{seq, ready})
	d.mu.Unlock()

	// Every commit in flight ends in reached or fail, so a waiter that gives up is dropped soon.
	select {
	case <-ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if d.synced.Load() >= seq {
		return nil
	}
	return d.err()
}
