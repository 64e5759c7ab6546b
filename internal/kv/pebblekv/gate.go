package pebblekv

import (
	"sync"
	"sync/atomic"
)

// gate counts calls in flight, so that closing waits for them. Unlike a sync.RWMutex, a waiting close does not block
// a call made from inside another: it is refused.
type gate struct {
	// state is the number of calls inside, plus gateClosed once the gate is closed.
	state atomic.Int64
	once  sync.Once
	idle  chan struct{} // closed when the gate is closed and the last call left
}

const gateClosed = 1 << 62

func newGate() *gate { return &gate{idle: make(chan struct{})} }

// enter reports whether the call may go on; then it must leave.
func (g *gate) enter() bool {
	if g.state.Add(1) >= gateClosed {
		g.leave()
		return false
	}
	return true
}

func (g *gate) leave() {
	if g.state.Add(-1) == gateClosed {
		g.once.Do(func() { close(g.idle) })
	}
}

// close refuses new calls and waits for those inside. It reports false if the gate was closed before.
func (g *gate) close() bool {
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
