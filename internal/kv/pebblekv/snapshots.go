package pebblekv

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// snapshot is a Pebble snapshot that many readers share.
type snapshot struct {
	*pebble.Snapshot
	base  uint64 // every commit up to this one is in the snapshot
	upper uint64 // no commit after this one is in it
	refs  int    // readers, guarded by snapshots.mu
}

// snapshots gives readers a current snapshot: the same one as long as nothing is committed.
//
// Taking a Pebble snapshot is cheap, closing one is not: it looks for compactions that became possible, and for that
// waits for a manifest that is being written. So snapshots are shared, and closed in the background.
type snapshots struct {
	db *DB

	mu      sync.Mutex
	current *snapshot // nil, or the newest; kept with no readers while it is current

	closing chan *pebble.Snapshot
	closed  chan struct{} // closed when the background closer has ended
}

func newSnapshots(db *DB) *snapshots {
	s := &snapshots{
		db:      db,
		closing: make(chan *pebble.Snapshot, 256),
		closed:  make(chan struct{}),
	}
	go func() {
		defer close(s.closed)
		for p := range s.closing {
			_ = p.Close() // never fails
		}
	}()
	return s
}

// acquire returns a snapshot with every commit that was visible when it was called. It must be released.
func (s *snapshots) acquire() *snapshot {
	s.mu.Lock()
	// Read under the mutex, so that the snapshots of one reader after another never go back in time.
	base := s.db.visible.Load()
	if s.current == nil || s.current.base != base {
		s.dropLocked()
		// The order matters: what became visible before base was read is in the snapshot, and what gets its
		// sequence after upper is read is not.
		p := s.db.pebble.NewSnapshot()
		s.current = &snapshot{Snapshot: p, base: base, upper: s.db.assigned.Load()}
	}
	got := s.current
	got.refs++
	s.mu.Unlock()
	return got
}

func (s *snapshots) release(p *snapshot) {
	s.mu.Lock()
	p.refs--
	unused := p.refs == 0 && p != s.current
	s.mu.Unlock()
	if unused {
		s.close(p)
	}
}

// drop lets go of a snapshot that is no longer current, so that it does not keep old versions on disk when nobody
// reads for a while.
func (s *snapshots) drop() {
	s.mu.Lock()
	if s.current != nil && s.current.base != s.db.visible.Load() {
		s.dropLocked()
	}
	s.mu.Unlock()
}

func (s *snapshots) dropLocked() {
	if s.current != nil && s.current.refs == 0 {
		s.close(s.current)
	}
	s.current = nil
}

func (s *snapshots) close(p *snapshot) {
	select {
	case s.closing <- p.Snapshot:
	default:
		_ = p.Snapshot.Close()
	}
}

// shutdown closes what is left. No reader is there any more.
func (s *snapshots) shutdown() {
	s.mu.Lock()
	s.dropLocked()
	s.mu.Unlock()
	close(s.closing)
	<-s.closed
}
