package postgreskv

import (
	"context"
	"sync"
)

// abreast is how many transactions of this server may be after one lock with a connection each: one that has it, and one that
// waits for it in PostgreSQL, so that the lock passes on without a round trip between.
const abreast = 2

// turns has transactions of this server that are after the same lock queue here, without a connection. Otherwise those who wait
// for one hot key would soon have all connections, and nobody could get at anything else.
type turns struct {
	mu   sync.Mutex
	lock map[int64]*turn
}

type turn struct {
	places chan struct{} // first come, first served
	users  int           // those who have a place or wait for one
}

func newTurns() *turns { return &turns{lock: map[int64]*turn{}} }

// take waits for a place at each lock. Hashes ascend, as they do for PostgreSQL's locks, which come after all the places: so
// nobody waits in a circle. Unless there is an error they are to be given back.
func (t *turns) take(ctx context.Context, hashes []int64) error {
	for i, h := range hashes {
		t.mu.Lock()
		at := t.lock[h]
		if at == nil {
			at = &turn{places: make(chan struct{}, abreast)}
			t.lock[h] = at
		}
		at.users++
		t.mu.Unlock()
		select {
		case at.places <- struct{}{}:
		case <-ctx.Done():
			t.leave(h)
			t.give(hashes[:i])
			return ctx.Err()
		}
	}
	return nil
}

// give gives places back.
func (t *turns) give(hashes []int64) {
	for _, h := range hashes {
		<-t.leave(h).places
	}
}

func (t *turns) leave(hash int64) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.lock[hash]
	if at.users--; at.users == 0 {
		delete(t.lock, hash)
	}
	return at
}
