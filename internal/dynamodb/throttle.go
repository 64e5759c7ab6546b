package dynamodb

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/table"
)

// throttle limits what requests consume of each table and each global index to its throughput, as DynamoDB does.
//
// Each has a bucket for reads and one for writes, which hold what was not used in the last five minutes and are full at
// first. A request is admitted unless a bucket that it needs is empty, and pays for what it consumed when that is known,
// which may leave the bucket in debt until enough time has passed. The buckets are in memory: each server has its own, and
// they are full again after a restart.
//
// A nil throttle limits nothing.
type throttle struct {
	now func() time.Time
	mu  sync.RWMutex
	// tables are the gates of the tables in use, by the tables' ids.
	tables map[uint64]*gates
}

const (
	// burst is for how many seconds unused capacity is kept (developer guide, "Burst and adaptive capacity").
	burst = 300
	// maxGates bounds the tables whose gates are remembered. Of those beyond it, the ones go first that nobody misses.
	maxGates = 10_000
)

// gates are those of one table and its global indexes.
type gates struct {
	version     uint64
	read, write gate
	indexes     map[uint64]*indexGates // by the indexes' ids
}

type indexGates struct{ read, write gate }

// gate is a bucket of half units, and what is said to those who find it empty.
type gate struct {
	bucket  *rate.Limiter
	refusal error
}

// open returns the refusal if the bucket is empty.
func (g *gate) open(now time.Time) error {
	if g.bucket.TokensAt(now) < 1 {
		return g.refusal
	}
	return nil
}

// pay takes h out of the bucket, whatever is in it.
func (g *gate) pay(now time.Time, h halves) {
	for left, most := int(h), g.bucket.Burst(); left > 0; left -= most {
		g.bucket.ReserveN(now, min(left, most))
	}
}

// full says whether a new gate would be the same.
func (g *gate) full(now time.Time) bool { return g.bucket.TokensAt(now) >= float64(g.bucket.Burst()) }

// set makes the gate what the throughput of its table or index, at arn, says now. What is in the bucket stays.
func (g *gate) set(now time.Time, l limit, arn string) {
	perSecond := 2 * l.units
	if g.bucket == nil {
		g.bucket = rate.NewLimiter(rate.Limit(perSecond), int(perSecond*burst))
	} else {
		g.bucket.SetLimitAt(now, rate.Limit(perSecond))
		g.bucket.SetBurstAt(now, int(perSecond*burst))
	}
	g.refusal = l.refusal(arn)
}

// Throttle makes the service limit throughput from now on. It is called before Operations.
func (s *Service) Throttle(now func() time.Time) {
	s.throttle = &throttle{now: now, tables: map[uint64]*gates{}}
}

// gates returns the gates of a table. Those of a version that is not the latest any more are not made again.
func (t *throttle) gates(d *table.Descriptor, now time.Time) *gates {
	t.mu.RLock()
	g := t.tables[d.ID]
	t.mu.RUnlock()
	if g != nil && g.version >= d.Version {
		return g
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if g = t.tables[d.ID]; g != nil && g.version >= d.Version {
		return g
	}
	if g == nil && len(t.tables) >= maxGates {
		t.sweep(now)
	}
	g = newGates(d, g, now)
	t.tables[d.ID] = g
	return g
}

// changed makes the gates of a table that has just changed, so that its new throughput counts from now on.
func (t *throttle) changed(d *table.Descriptor) {
	if t != nil {
		t.gates(d, t.now())
	}
}

// newGates makes the gates of a version of a table, with the buckets of the version before, nil for none.
func newGates(d *table.Descriptor, before *gates, now time.Time) *gates {
	g := &gates{version: d.Version, indexes: map[uint64]*indexGates{}}
	if before != nil {
		g.read, g.write = before.read, before.write
	}
	g.read.set(now, limitOf(d.Settings.BillingMode, d.Settings.Throughput, false, false), arn(d.Scope, d.Name, ""))
	g.write.set(now, limitOf(d.Settings.BillingMode, d.Settings.Throughput, false, true), arn(d.Scope, d.Name, ""))
	for _, x := range d.Indexes {
		if x.Local {
			continue
		}
		xg := &indexGates{}
		if before != nil && before.indexes[x.ID] != nil {
			*xg = *before.indexes[x.ID]
		}
		xg.read.set(now, limitOf(d.Settings.BillingMode, x.Throughput, true, false), arn(d.Scope, d.Name, x.Name))
		xg.write.set(now, limitOf(d.Settings.BillingMode, x.Throughput, true, true), arn(d.Scope, d.Name, x.Name))
		g.indexes[x.ID] = xg
	}
	return g
}

// sweep forgets the gates that would be the same if they were made again, and if those are too few, some others.
func (t *throttle) sweep(now time.Time) {
	for id, g := range t.tables {
		idle := g.read.full(now) && g.write.full(now)
		for _, x := range g.indexes {
			idle = idle && x.read.full(now) && x.write.full(now)
		}
		if idle {
			delete(t.tables, id)
		}
	}
	for id := range t.tables {
		if len(t.tables) <= maxGates*3/4 {
			return
		}
		delete(t.tables, id)
	}
}

// mayRead refuses a read of a table or, if x isn't nil, of an index, whose reads a local index shares with the table.
func (t *throttle) mayRead(d *table.Descriptor, x *table.Index) error {
	if t == nil {
		return nil
	}
	now := t.now()
	g := t.gates(d, now)
	if x != nil && !x.Local {
		if xg := g.indexes[x.ID]; xg != nil {
			return xg.read.open(now)
		}
		return nil
	}
	return g.read.open(now)
}

// mayWrite refuses a write to a table. What it does to indexes is not known yet: guard sees to that.
func (t *throttle) mayWrite(d *table.Descriptor) error {
	if t == nil {
		return nil
	}
	now := t.now()
	return t.gates(d, now).write.open(now)
}

// guard makes a write fail that would change the entry of a global index which has no capacity left for it. It tells refused
// of which, each time that the write is tried.
func (t *throttle) guard(w table.Write, refused func(*table.Index)) table.Write {
	now := t.now()
	g := t.gates(w.Table, now)
	type closed struct {
		x       *table.Index
		refusal error
	}
	var all []closed
	for _, x := range w.Table.Indexes {
		if xg := g.indexes[x.ID]; xg != nil && x.State == table.IndexActive {
			if err := xg.write.open(now); err != nil {
				all = append(all, closed{x, err})
			}
		}
	}
	if all == nil {
		return w
	}
	apply := w.Apply
	w.Apply = func(old attribute.Value) (attribute.Value, error) {
		item, err := apply(old)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			if changesEntry(w.Table, c.x, old, item) {
				refused(c.x)
				return nil, c.refusal
			}
		}
		return item, nil
	}
	return w
}

// changesEntry says whether a change of an item, nil for none, changes its entry in x.
func changesEntry(d *table.Descriptor, x *table.Index, old, item attribute.Value) bool {
	was, is := hasEntry(x, old), hasEntry(x, item)
	if !was || !is {
		return was || is
	}
	differs := func(a, b attribute.Value) bool {
		for name, v := range a.Fields() {
			if projects(d, x, string(name)) && !attribute.Equal(v, b.Field(string(name))) {
				return true
			}
		}
		return false
	}
	return differs(old, item) || differs(item, old)
}

// hasEntry says whether the item is in x: it has all the attributes of its key.
func hasEntry(x *table.Index, item attribute.Value) bool {
	if item == nil {
		return false
	}
	for _, key := range [][]table.KeyAttribute{x.Partition, x.Sort} {
		for _, a := range key {
			if v := item.Field(a.Name); v == nil || v.Kind() != a.Kind {
				return false
			}
		}
	}
	return true
}

// pay pays for a read or a write.
func (t *throttle) pay(used *capacity, write bool) {
	if t == nil {
		return
	}
	now := t.now()
	g := t.gates(used.table, now)
	own := used.own
	for _, x := range used.indexes {
		xg := g.indexes[x.index.ID]
		switch {
		case x.index.Local:
			own += x.halves
		case xg == nil: // it was dropped meanwhile
		case write:
			xg.write.pay(now, x.halves)
		default:
			xg.read.pay(now, x.halves)
		}
	}
	if write {
		g.write.pay(now, own)
	} else {
		g.read.pay(now, own)
	}
}
