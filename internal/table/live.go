package table

import (
	"sync"
	"sync/atomic"
)

// live counts the writes that are done by one published descriptor, so that an online change of indexes is safe
// from writes that were planned before it: a change publishes the new version, retires the one before, and its
// background work starts when the last write by that one has ended. A write by a retired descriptor fails with
// ErrStale, and its caller plans again.
//
// For several servers over one engine this is one of two halves; sharing is the other.
//
// Since background work waits before each step (see fillIndex), no two writers are ever more than one version
// apart, and writers that are one version apart are safe together. Only a reader of an index that is being deleted may
// miss the latest changes, for as long as it uses the version from before.
type live struct {
	// state is the number of writes, less retired once the descriptor is.
	state   atomic.Int64
	drained chan struct{}
	once    sync.Once

	stats *stats
	// derived is what Descriptor.Derived keeps.
	derived atomic.Pointer[any]
}

const retired = 1 << 62

func newLive(st *stats) *live {
	if st == nil {
		st = &stats{}
	}
	return &live{drained: make(chan struct{}), stats: st}
}

// acquire counts one write in, if the descriptor is published.
func (l *live) acquire() bool {
	if l == nil {
		return false
	}
	if l.state.Add(1) > 0 {
		return true
	}
	l.release()
	return false
}

// release counts one write out.
func (l *live) release() {
	if l.state.Add(-1) == -retired {
		l.once.Do(func() { close(l.drained) })
	}
}

// isRetired says whether the version is out of use.
func (l *live) isRetired() bool { return l.state.Load() < 0 }

// retire refuses further writes; drained is closed when there are none any more.
func (l *live) retire() {
	l.state.Add(1 - retired)
	l.release()
}
