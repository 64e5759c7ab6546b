package pebblekv

import "sync/atomic"

// recency remembers for each key which commit touched it last: exactly for keys touched lately, and for all others a
// commit that is not older than that. It answers "was this key touched after commit n?" with never a wrong no,
// and with a wrong yes only when some ten thousand other keys were touched since n, or two keys share a bucket and
// a tag.
//
// It is a cache of fixed size with 8192 buckets of one cache line each. An entry that has to give way to a newer
// one raises the floor of its bucket, which stands for all keys that have no entry.
//
// mark is called under the commit mutex. last may be called at any time: entries never move within a bucket, and
// the floor is raised before an entry is overwritten and read after the entries were.
type recency struct {
	buckets []recencyBucket
}

type recencyBucket struct {
	floor   atomic.Uint64              // a sequence
	entries [recencyWays]atomic.Uint64 // sequence << tagBits | tag; 0 is empty
}

const (
	recencyBits = 13
	recencyWays = 7
	// tagBits leaves 44 bits for the sequence, which starts at 0 with every start of the process: enough for ten
	// years at 50,000 commits a second.
	tagBits = 20
	tagMask = 1<<tagBits - 1
)

func newRecency() *recency {
	return &recency{buckets: make([]recencyBucket, 1<<recencyBits)}
}

// The bucket and the tag are different bits of the hash.
func (r *recency) locate(hash uint64) (b *recencyBucket, tag uint64) {
	return &r.buckets[hash&(1<<recencyBits-1)], hash >> (64 - tagBits)
}

// last returns the sequence of the last commit that touched the key with this hash, or a later one.
func (r *recency) last(hash uint64) uint64 {
	b, tag := r.locate(hash)
	for i := range b.entries {
		if e := b.entries[i].Load(); e&tagMask == tag && e != 0 {
			return e >> tagBits
		}
	}
	return b.floor.Load()
}

// mark records that commit seq touches the key with this hash.
func (r *recency) mark(hash, seq uint64) {
	b, tag := r.locate(hash)
	oldest, oldestEntry := 0, ^uint64(0)
	for i := range b.entries {
		e := b.entries[i].Load()
		if e&tagMask == tag && e != 0 {
			b.entries[i].Store(seq<<tagBits | tag)
			return
		}
		if e < oldestEntry {
			oldest, oldestEntry = i, e
		}
	}
	if out := oldestEntry >> tagBits; out > b.floor.Load() {
		b.floor.Store(out)
	}
	b.entries[oldest].Store(seq<<tagBits | tag)
}
