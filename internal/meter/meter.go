// Package meter keeps what was measured of tables: how much was read and written, how long it took, what failed. It is where
// CloudWatch and Cost Explorer get their figures from.
//
// It exists so that measuring is cheap enough for every request, and bounded: a series keeps 3 hours by the minute, a day by 5
// minutes and 15 days by the hour, whatever comes in, and all series together keep MaxBytes. Beyond, whichever accounts have the
// most lose the tables that they used the longest time ago, so that nobody pushes out what is another's share. It is in memory: a
// restart forgets it, and each server has its own.
//
// It imports nothing of ours. The main rule: a figure belongs to one account and region, and nobody asks across them.
package meter

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Metric is what is measured.
type Metric uint8

// The metrics: those of DynamoDB, and the size of tables, which DynamoDB does not show as a metric but bills for.
const (
	ConditionalCheckFailedRequests Metric = iota
	ConsumedReadCapacityUnits
	ConsumedWriteCapacityUnits
	ProvisionedReadCapacityUnits
	ProvisionedWriteCapacityUnits
	ReadThrottleEvents
	ReturnedItemCount
	SuccessfulRequestLatency
	SystemErrors
	ThrottledRequests
	TimeToLiveDeletedItemCount
	UserErrors
	WriteThrottleEvents
	StoredBytes
)

// Table is a table of an account in a region. Without a name it is the account in that region.
type Table struct{ Account, Region, Name string }

// Of says what of the table is measured: an index, or an operation, or if both are empty the table itself.
type Of struct{ Index, Operation string }

// Series is what Series lists: one metric.
type Series struct {
	Table
	Of
	Metric Metric
	// Last is the minute of the latest value.
	Last time.Time
}

// Point is the values of one period.
type Point struct {
	Start time.Time
	// Count is how many values there were. The others are of them, in the unit of the metric.
	Count         uint64
	Sum, Min, Max float64
	spread        spread
}

// MaxBytes is about how much memory all series take together.
const MaxBytes = 64 << 20

// Store keeps series. A nil *Store measures nothing.
type Store struct {
	now   func() time.Time
	limit int64
	bytes atomic.Int64

	mu     sync.RWMutex
	tables map[Table]*tableSeries
}

// tableSeries are the series of a table. Its lock is held for nanoseconds, so one lock does for all of them.
type tableSeries struct {
	used atomic.Uint32 // the last minute in which something was measured

	mu    sync.Mutex
	all   map[seriesKey]*series // nil if they were forgotten
	bytes int64
}

type seriesKey struct {
	metric Metric
	of     Of
}

// New returns a store that reads that clock.
func New(now func() time.Time) *Store {
	return &Store{now: now, limit: MaxBytes, tables: map[Table]*tableSeries{}}
}

// Now is the store's time.
func (s *Store) Now() time.Time { return s.now() }

// Add measures a value.
func (s *Store) Add(t Table, m Metric, of Of, value float64) {
	if s == nil {
		return
	}
	minute := minuteOf(s.now())
	grown, ok := s.table(t).add(minute, seriesKey{m, of}, value)
	for !ok { // the table was forgotten between the two steps
		grown, ok = s.table(t).add(minute, seriesKey{m, of}, value)
	}
	if grown > 0 && s.bytes.Add(grown) > s.limit {
		s.shrink()
	}
}

func minuteOf(t time.Time) uint32 { return uint32(t.Unix() / 60) }

// table returns the series of a table.
func (s *Store) table(t Table) *tableSeries {
	s.mu.RLock()
	all := s.tables[t]
	s.mu.RUnlock()
	if all != nil {
		return all
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if all = s.tables[t]; all == nil {
		// The names are the caller's: they may be part of a request.
		t = Table{strings.Clone(t.Account), strings.Clone(t.Region), strings.Clone(t.Name)}
		all = &tableSeries{all: map[seriesKey]*series{}}
		s.tables[t] = all
	}
	return all
}

// add returns by how many bytes the series have grown. It is not ok if they were forgotten.
func (t *tableSeries) add(minute uint32, key seriesKey, value float64) (grown int64, ok bool) {
	if t.used.Load() != minute {
		t.used.Store(minute)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		return 0, false
	}
	one := t.all[key]
	if one == nil {
		key.of = Of{strings.Clone(key.of.Index), strings.Clone(key.of.Operation)}
		one = &series{spreads: key.metric == SuccessfulRequestLatency}
		t.all[key] = one
		grown += seriesBytes
	}
	grown += one.add(minute, value)
	t.bytes += grown
	return grown, true
}

// shrink makes a quarter of the memory free. What is left is shared: an account that has more than its share loses the tables that
// it used the longest time ago.
func (s *Store) shrink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes.Load() <= s.limit { // somebody else was first
		return
	}
	accounts := map[string]int64{}
	for t, all := range s.tables {
		accounts[t.Account] += all.size()
	}
	most := share(slices.Collect(maps.Values(accounts)), s.limit*3/4)
	oldest := slices.SortedFunc(maps.Keys(s.tables), func(a, b Table) int {
		return cmp.Compare(s.tables[a].used.Load(), s.tables[b].used.Load())
	})
	for _, t := range oldest {
		if accounts[t.Account] > most {
			freed := s.tables[t].forget()
			delete(s.tables, t)
			accounts[t.Account] -= freed
			s.bytes.Add(-freed)
		}
	}
}

// share is the most that each may have of room so that there is enough for all, who want as much as they want.
func share(wants []int64, room int64) int64 {
	slices.Sort(wants)
	for i, want := range wants {
		if equal := room / int64(len(wants)-i); want > equal {
			return equal
		}
		room -= want
	}
	return math.MaxInt64
}

func (t *tableSeries) size() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// forget returns how many bytes it has freed.
func (t *tableSeries) forget() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = nil
	return t.bytes
}

// Points returns the values of a metric from one time on and before another, in periods of so long, a multiple of a minute, that
// begin at multiples of it, in order. Periods without values are left out.
func (s *Store) Points(t Table, m Metric, of Of, from, to time.Time, period time.Duration) []Point {
	s.mu.RLock()
	all := s.tables[t]
	s.mu.RUnlock()
	if all == nil {
		return nil
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	one := all.all[seriesKey{m, of}]
	if one == nil {
		return nil
	}
	return one.points(minuteOf(s.now()), from, to, period)
}

// Series returns what there is of an account in a region, in order.
func (s *Store) Series(account, region string) []Series {
	var found []Series
	for _, t := range s.Tables(account, region) {
		found = append(found, s.SeriesOf(t)...)
	}
	return found
}

// SeriesOf returns what there is of a table, in order.
func (s *Store) SeriesOf(t Table) []Series {
	s.mu.RLock()
	all := s.tables[t]
	s.mu.RUnlock()
	if all == nil {
		return nil
	}
	var found []Series
	all.mu.Lock()
	for key, one := range all.all {
		found = append(found, Series{t, key.of, key.metric, time.Unix(int64(one.last())*60, 0).UTC()})
	}
	all.mu.Unlock()
	slices.SortFunc(found, func(a, b Series) int {
		return cmp.Or(strings.Compare(a.Index, b.Index), strings.Compare(a.Operation, b.Operation), cmp.Compare(a.Metric, b.Metric))
	})
	return found
}

// Tables returns the tables of an account of which there is something. Without a region they are those of all regions.
func (s *Store) Tables(account, region string) []Table {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []Table
	for t := range s.tables {
		if t.Account == account && (region == "" || t.Region == region) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b Table) int {
		return slices.Compare([]string{a.Region, a.Name}, []string{b.Region, b.Name})
	})
	return found
}
