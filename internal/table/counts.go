package table

import "sync/atomic"

// Counts are of what a store has done since it was opened.
type Counts struct {
	// Expired are the items that were deleted because their time was over.
	Expired uint64
	// RecordsWritten and RecordsRead are of stream records.
	RecordsWritten, RecordsRead uint64
	// Cached and Uncached are questions for the definition of a table that were answered from memory and from the engine. Those from
	// memory are counted if the store is shared.
	Cached, Uncached uint64
}

type counts struct{ expired, written, read, cached, uncached atomic.Uint64 }

// Counts returns what the store has done up to now.
func (s *Store) Counts() Counts {
	return Counts{Expired: s.counts.expired.Load(), RecordsWritten: s.counts.written.Load(), RecordsRead: s.counts.read.Load(),
		Cached: s.counts.cached.Load(), Uncached: s.counts.uncached.Load()}
}
