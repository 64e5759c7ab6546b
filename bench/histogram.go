package main

import (
	"math/bits"
	"time"
)

// subBuckets is the number of buckets for each doubling of the latency: 32 keeps every answer within about 3%.
const subBuckets = 32

// histogram counts latencies in buckets that grow with the value, so that recording costs a few nanoseconds and no
// memory. Each connection has its own; they are added up when all have stopped.
type histogram struct {
	counts [60 * subBuckets]uint32
	total  uint64
}

func (h *histogram) record(latency time.Duration) {
	h.counts[bucketOf(uint64(max(latency, 0)))]++
	h.total++
}

func (h *histogram) add(other *histogram) {
	for i, count := range other.counts {
		h.counts[i] += count
	}
	h.total += other.total
}

// quantile is the latency that the fraction q of all recorded ones do not exceed, to the precision of a bucket.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q*float64(h.total-1)) + 1
	var seen uint64
	for i, count := range h.counts {
		if seen += uint64(count); seen >= rank {
			return time.Duration((bucketStart(i) + bucketStart(i+1)) / 2)
		}
	}
	return time.Duration(bucketStart(len(h.counts)))
}

func bucketOf(value uint64) int {
	if value < subBuckets {
		return int(value)
	}
	shift := bits.Len64(value) - bits.Len64(subBuckets)
	return min((shift+1)*subBuckets+int(value>>shift)-subBuckets, 60*subBuckets-1)
}

func bucketStart(i int) uint64 {
	if i < subBuckets {
		return uint64(i)
	}
	return uint64(subBuckets+i%subBuckets) << (i/subBuckets - 1)
}
