package pebblekv

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// recency may name a later commit than the last one of a key, never an earlier one.
func TestRecencyNeverForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few buckets and few tags, so that all kinds of collisions happen.
		hash := rapid.Custom(func(t *rapid.T) uint64 {
			bucket := rapid.Uint64Range(0, 2).Draw(t, "bucket")
			tag := rapid.Uint64Range(0, 12).Draw(t, "tag")
			between := rapid.Uint64Range(0, 1).Draw(t, "between")
			return tag<<(64-tagBits) | between<<20 | bucket
		})
		r := newRecency()
		want := map[uint64]uint64{}
		seq := uint64(0)
		for range rapid.IntRange(0, 200).Draw(t, "commits") {
			seq += rapid.Uint64Range(0, 1).Draw(t, "same commit")
			h := hash.Draw(t, "hash")
			r.mark(h, max(seq, 1))
			want[h] = max(seq, 1)
			for h, least := range want {
				if got := r.last(h); got < least || got > max(seq, 1) {
					t.Fatalf("last(%x) = %d, want %d to %d", h, got, least, seq)
				}
			}
		}
	})
}

// The number of keys that may be touched between a read and the commit before conflicts are made up.
func TestRecencyIsExactForTenThousandKeys(t *testing.T) {
	r := newRecency()
	rng := rand.New(rand.NewPCG(1, 2))
	untouched := make([]uint64, 1000)
	for i := range untouched {
		untouched[i] = rng.Uint64()
		r.mark(untouched[i], 1)
	}
	const base = 1
	for seq := uint64(2); seq < 10_000; seq++ {
		r.mark(rng.Uint64(), seq)
	}
	wrong := 0
	for _, h := range untouched {
		if r.last(h) > base {
			wrong++
		}
	}
	if wrong > 2 {
		t.Errorf("%d of %d keys seem touched", wrong, len(untouched))
	}
}
