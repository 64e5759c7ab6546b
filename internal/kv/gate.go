package kv

import (
	"sync"
	"sync/atomic"
)

// Gate counts the calls in flight of an engine, so that closing waits for them. Unlike a sync.RWMutex, a waiting close does not block
// a call made from inside another: it is refused.
type Gate struct {
	// state is the number of calls inside, plus gateClosed once the gate is closed.
	state atomic.Int64
	once  sync.Once
	idle  chan struct{} // closed when the gate is closed and the last call left
}

const gateClosed = 1 << 62

// NewGate returns an open gate.
func NewGate() *Gate { return &Gate{idle: make(chan struct{})} }

// Enter reports whether the call may go on; then it must Leave.
func (g *Gate) Enter() bool {
	if g.state.Add(1) >= gateClosed {
		g.Leave()
		return false
	}
	return true
}

// Leave ends a call that entered.
func (g *Gate) Leave() {
	if g.state.Add(-1) == gateClosed {
		g.once.Do(func() { close(g.idle) })
	}
}

// Close refuses new calls and waits for those inside. It reports false if the gate was closed before.
func (g *Gate) Close() bool {
	for {
		n := g.state.Load()
		if n >= gateClosed {
			return false
		}
		if g.state.CompareAndSwap(n, n+gateClosed) {
			if n == 0 {
				g.once.Do(func() { close(g.idle) })
			}
			<-g.idle
			return true
		}
	}
}
