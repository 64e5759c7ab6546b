package meter

import (
	"time"
	"unsafe"
)

// point is the values of a period.
type point struct {
	start    uint32 // in minutes since the epoch
	count    uint32
	sum      float64
	min, max float32
}

const (
	pointBytes = int64(unsafe.Sizeof(point{}))
	// seriesBytes is about what a series takes before it has points.
	seriesBytes = 256
	firstPoints = 4
)

// spans are what a series keeps: so many periods of so many minutes, each whole part of the next.
var spans = [...]struct {
	minutes uint32
	keep    int
}{
	{1, 180},  // 3 hours
	{5, 288},  // a day
	{60, 360}, // 15 days
}

// series is the values of one metric. Every value is in each of the rings.
type series struct {
	rings [len(spans)]ring
	// spreads says that it is kept how values are spread.
	spreads bool
}

// ring is the latest periods that have values. The oldest one is at next once it is full.
type ring struct {
	points  []point
	spreads []spread // of the points, nil if they are not kept
	next    int
}

func (s *series) add(minute uint32, value float64) (grown int64) {
	for i := range s.rings {
		grown += s.rings[i].add(minute-minute%spans[i].minutes, value, spans[i].keep)
	}
	if s.spreads {
		bucket := bucketOf(value)
		for i := range s.rings {
			grown += s.rings[i].spread(bucket)
		}
	}
	return grown
}

func (r *ring) add(start uint32, value float64, keep int) (grown int64) {
	v := float32(value)
	if len(r.points) > 0 {
		if p := &r.points[r.latest()]; p.start >= start { // a value that comes a moment late counts for the present
			p.count++
			p.sum += value
			p.min, p.max = min(p.min, v), max(p.max, v)
			return 0
		}
	}
	fresh := point{start, 1, value, v, v}
	if len(r.points) == keep {
		r.points[r.next] = fresh
		if r.spreads != nil { // the memory is for the next ones
			r.spreads[r.next].counts = r.spreads[r.next].counts[:0]
		}
		r.next = (r.next + 1) % keep
		return 0
	}
	if len(r.points) == cap(r.points) {
		more := make([]point, len(r.points), min(max(2*len(r.points), firstPoints), keep))
		grown = int64(cap(more)-cap(r.points)) * pointBytes
		copy(more, r.points)
		r.points = more
	}
	r.points = append(r.points, fresh)
	return grown
}

// spread counts a value for the last period.
func (r *ring) spread(bucket uint8) (grown int64) {
	if len(r.spreads) < len(r.points) {
		if cap(r.spreads) < cap(r.points) {
			more := make([]spread, len(r.spreads), cap(r.points))
			grown = int64(cap(more)-cap(r.spreads)) * spreadBytes
			copy(more, r.spreads)
			r.spreads = more
		}
		r.spreads = r.spreads[:len(r.points)]
	}
	return grown + r.spreads[r.latest()].add(bucket, 1)
}

// latest is where the last period is. There has to be one.
func (r *ring) latest() int {
	if r.next > 0 {
		return r.next - 1
	}
	return len(r.points) - 1
}

func (s *series) last() uint32 { return s.rings[0].points[s.rings[0].latest()].start }

// points is Store.Points. It reads the ring with the shortest periods that make up the ones asked for and go back far enough.
func (s *series) points(now uint32, from, to time.Time, period time.Duration) []Point {
	width := int64(period / time.Minute)
	use := 0
	for i, span := range spans {
		if width%int64(span.minutes) != 0 {
			break
		}
		use = i
		if int64(now)-int64(span.minutes)*int64(span.keep) <= from.Unix()/60 {
			break
		}
	}
	var found []Point
	r := &s.rings[use]
	for i := range r.points {
		slot := (r.next + i) % len(r.points)
		p := &r.points[slot]
		start := int64(p.start) - int64(p.start)%width
		if at := time.Unix(start*60, 0); at.Before(from) || !at.Before(to) {
			continue
		}
		if n := len(found); n == 0 || found[n-1].Start.Unix() != start*60 {
			found = append(found, Point{Start: time.Unix(start*60, 0).UTC(), Min: float64(p.min), Max: float64(p.max)})
		}
		last := &found[len(found)-1]
		last.Count += uint64(p.count)
		last.Sum += p.sum
		last.Min, last.Max = min(last.Min, float64(p.min)), max(last.Max, float64(p.max))
		if r.spreads != nil {
			last.spread.addAll(&r.spreads[slot])
		}
	}
	return found
}
