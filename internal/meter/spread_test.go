package meter

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The parts of a period have all its values, in order, each within 9 % of where it is.
func TestPartsAreTheValues(t *testing.T) {
	s, c := newStore()
	rng := rand.New(rand.NewPCG(3, 4))
	values := []float64{0, -1, 1e-9, 1e12, math.MaxFloat64, 1, 1, 1}
	for range 5000 {
		values = append(values, math.Exp(rng.NormFloat64()*3))
	}
	rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	for i, v := range values {
		s.Add(table1, SuccessfulRequestLatency, Of{Operation: "GetItem"}, v)
		if i%500 == 0 {
			c.Time = c.Add(time.Minute)
		}
	}
	for _, period := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
		for _, p := range s.Points(table1, SuccessfulRequestLatency, Of{Operation: "GetItem"}, start, c.Add(time.Hour), period) {
			n, last := uint64(0), math.Inf(-1)
			for part := range p.Parts() {
				n += part.Count
				if part.Low > part.High || part.Low < last || part.Low < p.Min || part.High > p.Max {
					t.Fatalf("%v: part %+v of %v to %v, after %v", period, part, p.Min, p.Max, last)
				}
				last = part.Low
			}
			if n != p.Count {
				t.Errorf("%v: the parts have %d of %d values", period, n, p.Count)
			}
		}
	}
}

func TestBuckets(t *testing.T) {
	for b := range buckets {
		if got := bucketOf(edge(b) * 1.001); got != uint8(b) {
			t.Errorf("the beginning of bucket %d is in %d", b, got)
		}
	}
	for v, want := range map[float64]uint8{math.NaN(): 0, math.Inf(-1): 0, math.Inf(1): buckets - 1, 0: 0, 1e300: buckets - 1} {
		if got := bucketOf(v); got != want {
			t.Errorf("%v is in bucket %d", v, got)
		}
	}
}

// Only latencies are worth the memory, and their rings take the same again and again.
func TestSpreadsAreBounded(t *testing.T) {
	s, c := newStore()
	s.Add(table1, UserErrors, Of{}, 1)
	for _, p := range s.Points(table1, UserErrors, Of{}, start, c.Add(time.Hour), time.Minute) {
		for range p.Parts() {
			t.Error("there are parts of a count")
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	most := int64(seriesBytes)
	for _, span := range spans {
		most += int64(span.keep) * (pointBytes + spreadBytes + 2*buckets*countBytes)
	}
	for range 20 * 24 * 60 {
		for range 4 {
			s.Add(table1, SuccessfulRequestLatency, Of{}, math.Exp(rng.NormFloat64()*9))
		}
		c.Time = c.Add(time.Minute)
	}
	if got := s.bytes.Load(); got > most {
		t.Errorf("the series takes %d bytes, want no more than %d", got, most)
	}
}
