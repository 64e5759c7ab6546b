package pebblekv

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestLocksAreFirstComeFirstServed(t *testing.T) {
	table := newLockTable()
	const hash = 7
	if !table.tryAcquire(hash) || table.tryAcquire(hash) {
		t.Fatal("a lock was given twice, or not at all")
	}
	got := make(chan int)
	cancelled, cancel := context.WithCancel(t.Context())
	for i := range 5 {
		ctx := t.Context()
		if i == 0 || i == 2 || i == 4 {
			ctx = cancelled
		}
		go func() {
			if err := table.acquire(ctx, hash); err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				got <- -1
				return
			}
			got <- i
		}()
		waiting(t, table, hash, i+1)
	}
	cancel() // the first, one in the middle and the last
	for range 3 {
		if i := <-got; i != -1 {
			t.Fatalf("%d got the lock while it was held", i)
		}
	}
	for _, want := range []int{1, 3} {
		table.release(hash)
		if i := <-got; i != want {
			t.Fatalf("%d got the lock, want %d", i, want)
		}
	}
	table.release(hash)
	if n := len(table.shard(hash).held); n != 0 {
		t.Errorf("%d locks are left", n)
	}
}

// waiting returns when n wait for the lock.
func waiting(t *testing.T, table *lockTable, hash uint64, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s := table.shard(hash)
		s.mu.Lock()
		have := 0
		for w := s.held[hash].head; w != nil; w = w.next {
			have++
		}
		s.mu.Unlock()
		if have == n {
			return
		}
	}
	t.Fatalf("there are never %d who wait", n)
}
