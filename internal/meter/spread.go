package meter

import (
	"iter"
	"math"
	"slices"
	"unsafe"
)

// spread counts the values of a period by their size. A bucket is 9 % wide: eight of them double a value. The first begins at
// smallest, the last ends at about an hour, if values are milliseconds; what is smaller or larger counts for them.
type spread struct {
	low    uint8 // the bucket of counts[0]
	counts []uint32
}

const (
	buckets     = 256
	perDoubling = 8
	smallest    = 1e-3
	spreadBytes = int64(unsafe.Sizeof(spread{}))
	countBytes  = int64(unsafe.Sizeof(uint32(0)))
)

func bucketOf(value float64) uint8 {
	if !(value > smallest) {
		return 0
	}
	return uint8(min(math.Log2(value/smallest)*perDoubling, buckets-1))
}

// edge is the smallest value of a bucket.
func edge(bucket int) float64 { return smallest * math.Exp2(float64(bucket)/perDoubling) }

// add counts values of a bucket. It returns by how many bytes the spread has grown.
func (s *spread) add(bucket uint8, n uint32) (grown int64) {
	first, last := int(s.low), int(s.low)+len(s.counts)-1
	if len(s.counts) == 0 {
		first, last = int(bucket), int(bucket)
	}
	first, last = min(first, int(bucket)), max(last, int(bucket))
	if need := last - first + 1; need > len(s.counts) {
		before := cap(s.counts)
		added := max(int(s.low)-first, 0) // at the beginning
		if len(s.counts) == 0 {
			added = 0
		}
		old := len(s.counts)
		s.counts = slices.Grow(s.counts, need-old)[:need]
		copy(s.counts[added:], s.counts[:old])
		clear(s.counts[:added])
		clear(s.counts[added+old:])
		s.low = uint8(first)
		grown = int64(cap(s.counts)-before) * countBytes
	}
	s.counts[int(bucket)-first] += n
	return grown
}

// addAll counts the values of another spread.
func (s *spread) addAll(other *spread) {
	for i, n := range other.counts {
		if n > 0 {
			s.add(other.low+uint8(i), n)
		}
	}
}

// Part is values of a period that are of about the same size.
type Part struct {
	// Low and High are what they are between.
	Low, High float64
	Count     uint64
}

// Parts are the values of a period, the smallest first; none if it is not kept how they are spread.
func (p *Point) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		for i, n := range p.spread.counts {
			bucket := int(p.spread.low) + i
			// The smallest and the largest value are known, and the buckets at both ends have all that is beyond.
			low, high := max(edge(bucket), p.Min), min(edge(bucket+1), p.Max)
			if bucket == 0 {
				low = p.Min
			}
			if bucket == buckets-1 {
				high = p.Max
			}
			if n > 0 && !yield(Part{low, max(low, high), uint64(n)}) {
				return
			}
		}
	}
}
