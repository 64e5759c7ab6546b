package meter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"
)

var table1 = Table{"111122223333", "us-east-1", "t"}

// start is a round hour.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type clock struct{ time.Time }

func newStore() (*Store, *clock) {
	c := &clock{start}
	return New(func() time.Time { return c.Time }), c
}

// What is read is what a list of all values gives, whatever the period, as long as it is kept.
func TestPointsAreThoseOfAllValues(t *testing.T) {
	s, c := newStore()
	rng := rand.New(rand.NewPCG(1, 2))
	type sample struct {
		at time.Time
		v  float64
	}
	var all []sample
	for range 2000 {
		c.Time = c.Add(time.Duration(rng.IntN(9)) * time.Second)
		v := float64(rng.IntN(100)) / 2
		s.Add(table1, ConsumedReadCapacityUnits, Of{}, v)
		all = append(all, sample{c.Time, v})
	}
	for _, period := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour} {
		from := start.Truncate(period)
		want := map[int64]*Point{}
		for _, x := range all {
			at := x.at.Truncate(period)
			p := want[at.Unix()]
			if p == nil {
				p = &Point{Start: at, Min: x.v, Max: x.v}
				want[at.Unix()] = p
			}
			p.Count, p.Sum, p.Min, p.Max = p.Count+1, p.Sum+x.v, min(p.Min, x.v), max(p.Max, x.v)
		}
		got := s.Points(table1, ConsumedReadCapacityUnits, Of{}, from, c.Add(time.Minute), period)
		if len(got) != len(want) {
			t.Fatalf("%v: %d periods, want %d", period, len(got), len(want))
		}
		for _, p := range got {
			if w := want[p.Start.Unix()]; w == nil || !reflect.DeepEqual(p, *w) {
				t.Errorf("%v: %+v, want %+v", period, p, w)
			}
		}
	}
}

// Old values are there by the hour, older ones not at all, and a series does not grow beyond its rings.
func TestSeriesIsBounded(t *testing.T) {
	s, c := newStore()
	for range 20 * 24 * 60 {
		s.Add(table1, UserErrors, Of{}, 1)
		c.Time = c.Add(time.Minute)
	}
	most := seriesBytes
	for _, span := range spans {
		most += span.keep * int(pointBytes)
	}
	if got := s.bytes.Load(); got > int64(most) {
		t.Errorf("the series takes %d bytes, want no more than %d", got, most)
	}
	count := func(back, period time.Duration) (n uint64) {
		for _, p := range s.Points(table1, UserErrors, Of{}, c.Add(-back), c.Time, period) {
			n += p.Count
		}
		return n
	}
	for _, q := range []struct {
		back, period time.Duration
		want         uint64
	}{
		{time.Hour, time.Minute, 60}, {12 * time.Hour, time.Minute, 180}, {12 * time.Hour, 5 * time.Minute, 720},
		{10 * 24 * time.Hour, time.Hour, 10 * 24 * 60}, {20 * 24 * time.Hour, time.Hour, 15 * 24 * 60},
		{20 * 24 * time.Hour, 5 * time.Minute, 24 * 60},
	} {
		if got := count(q.back, q.period); got != q.want {
			t.Errorf("%v back by %v: %d values, want %d", q.back, q.period, got, q.want)
		}
	}
}

func TestOldestTablesGoFirst(t *testing.T) {
	s, c := newStore()
	s.limit = 1 << 20
	for i := range 3000 {
		c.Time = c.Add(time.Minute)
		s.Add(Table{"1", "r", fmt.Sprintf("t%04d", i)}, UserErrors, Of{}, 1)
		s.Add(table1, UserErrors, Of{}, 1)
		if got := s.bytes.Load(); got > s.limit {
			t.Fatalf("%d bytes after %d tables", got, i)
		}
	}
	tables := s.Tables("1", "r")
	if n := len(tables); n < 1000 || tables[n-1].Name != "t2999" || tables[0].Name != fmt.Sprintf("t%04d", 3000-n) {
		t.Errorf("%d tables, %v to %v", n, tables[0], tables[n-1])
	}
	if len(s.Tables(table1.Account, "")) != 1 {
		t.Error("the table that is in use is gone")
	}
}

// However much an account measures, those that have no more than their share lose nothing, and no more is kept than may be.
func TestAccountsDoNotPushOutEachOther(t *testing.T) {
	s, c := newStore()
	s.limit = 1 << 20
	for i := range 20 { // small ones, idle from now on
		s.Add(Table{fmt.Sprintf("small%d", i), "r", "t"}, UserErrors, Of{}, 1)
	}
	for i := range 20_000 {
		c.Time = c.Add(time.Second)
		for _, greedy := range []string{"greedy", "grabbing"} {
			s.Add(Table{greedy, "r", fmt.Sprintf("t%d", i)}, UserErrors, Of{}, 1)
		}
		if got := s.bytes.Load(); got > s.limit {
			t.Fatalf("%d bytes after %d tables", got, i)
		}
	}
	for i := range 20 {
		if len(s.Tables(fmt.Sprintf("small%d", i), "r")) != 1 {
			t.Errorf("what small account %d has measured is gone", i)
		}
	}
	a, b := len(s.Tables("greedy", "r")), len(s.Tables("grabbing", "r"))
	if a < 500 || b < 500 || a-b > 100 || b-a > 100 {
		t.Errorf("two that want the same have %d and %d tables", a, b)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		wants []int64
		room  int64
		want  int64
	}{
		{nil, 10, math.MaxInt64}, {[]int64{5, 5}, 10, math.MaxInt64}, {[]int64{6, 5}, 10, 5}, {[]int64{100, 1, 2}, 10, 7}, {[]int64{100, 1, 200}, 11, 5},
	} {
		if got := share(c.wants, c.room); got != c.want {
			t.Errorf("%v in %d: %d, want %d", c.wants, c.room, got, c.want)
		}
	}
}

// What is forgotten while others measure does not stay counted.
func TestBytesAreThoseOfTheTables(t *testing.T) {
	s := New(time.Now)
	s.limit = 64 << 10
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 2000 {
				s.Add(Table{fmt.Sprint(i % 3), "r", fmt.Sprint(j % 200)}, SuccessfulRequestLatency, Of{}, float64(j))
			}
		})
	}
	wg.Wait()
	sum := int64(0)
	for _, all := range s.tables {
		sum += all.bytes
	}
	if got := s.bytes.Load(); got != sum {
		t.Errorf("%d bytes are counted, the tables have %d", got, sum)
	}
}

// An account's figures are its own.
func TestNobodySeesAnothersSeries(t *testing.T) {
	s, _ := newStore()
	s.Add(table1, ConsumedReadCapacityUnits, Of{}, 1)
	s.Add(table1, SuccessfulRequestLatency, Of{Operation: "GetItem"}, 1)
	if got := s.Series(table1.Account, table1.Region); len(got) != 2 || got[0].Metric != ConsumedReadCapacityUnits || got[1].Operation != "GetItem" {
		t.Errorf("%+v", got)
	}
	other := Table{"444455556666", table1.Region, table1.Name}
	if s.Series(other.Account, other.Region) != nil || s.Series(table1.Account, "eu-west-1") != nil ||
		s.Points(other, ConsumedReadCapacityUnits, Of{}, start, start.Add(time.Hour), time.Minute) != nil {
		t.Error("another account or region sees the series")
	}
}

func TestManyMeasureAtOnce(t *testing.T) {
	s := New(time.Now)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				s.Add(table1, ConsumedReadCapacityUnits, Of{}, .5)
			}
		})
	}
	wg.Wait()
	var p Point
	for _, part := range s.Points(table1, ConsumedReadCapacityUnits, Of{}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), time.Minute) {
		p.Count, p.Sum = p.Count+part.Count, p.Sum+part.Sum
	}
	if p.Count != 8000 || p.Sum != 4000 {
		t.Errorf("%+v", p)
	}
}

func BenchmarkAdd(b *testing.B) {
	s := New(time.Now)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.Add(table1, SuccessfulRequestLatency, Of{Operation: "GetItem"}, 1)
		}
	})
}
