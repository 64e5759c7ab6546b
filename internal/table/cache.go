package table

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	cacheSlots = 2048
	cacheWays  = 4
)

// cache holds the published descriptors of up to cacheSlots × cacheWays tables. Reading it takes no lock and allocates
// nothing. At most one version of a table is in it, and only what is in it can be written by: what falls out
// is retired.
type cache struct {
	seed  maphash.Seed
	slots [cacheSlots]atomic.Pointer[[]*Descriptor] // never changed in place

	mu sync.Mutex
	// epoch counts the changes of the catalogue. What was read from the store in an earlier one may be outdated.
	epoch uint64
	// heard counts the times that other stores were found to have changed the catalogue.
	heard uint64
	// draining is what is retired and still has writes, by table.
	draining map[uint64][]*live
}

func (c *cache) init() {
	c.seed = maphash.MakeSeed()
	c.draining = make(map[uint64][]*live)
}

func (c *cache) slot(scope Scope, name string) *atomic.Pointer[[]*Descriptor] {
	h := maphash.String(c.seed, name) ^ maphash.String(c.seed, scope.Account)*3 ^ maphash.String(c.seed, scope.Region)*5
	return &c.slots[h%cacheSlots]
}

// get returns the published descriptor, nil if it is not here.
func (c *cache) get(scope Scope, name string) *Descriptor {
	if ds := c.slot(scope, name).Load(); ds != nil {
		for _, d := range *ds {
			if d.Name == name && d.Scope == scope {
				return d
			}
		}
	}
	return nil
}

func (c *cache) now() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch
}

// elsewhere notes that other stores changed the catalogue, before what is published is read again: what was read before and is not
// published yet would be missed.
func (c *cache) elsewhere() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.heard++
}

// heardOf is to be asked for before a change is made.
func (c *cache) heardOf() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard
}

// loaded publishes a descriptor that was read from the store after epoch was asked for, and returns the one that is
// to be used; nil if the catalogue changed meanwhile, and the caller has to read again.
func (c *cache) loaded(d *Descriptor, epoch uint64) *Descriptor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return nil
	}
	return c.put(d)
}

// missing retires a descriptor that was not in the store any more, which was read after epoch was asked for, and
// says whether that is still so.
func (c *cache) missing(d *Descriptor, epoch uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return false
	}
	c.take(d.Scope, d.Name)
	return true
}

// all returns what is published.
func (c *cache) all() []*Descriptor {
	var all []*Descriptor
	for i := range c.slots {
		if ds := c.slots[i].Load(); ds != nil {
			all = append(all, *ds...)
		}
	}
	return all
}

// forget retires everything.
func (c *cache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for i := range c.slots {
		if ds := c.slots[i].Swap(nil); ds != nil {
			c.retireAll(*ds)
		}
	}
}

// changed publishes the outcome of a committed change that was begun after heard was asked for. If other stores changed the catalogue
// meanwhile they may have changed this once more: then it is retired, and whoever needs it reads it.
func (c *cache) changed(d *Descriptor, heard uint64) *Descriptor {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	if c.heard == heard {
		return c.put(d)
	}
	c.take(d.Scope, d.Name)
	d.live = newLive(nil)
	c.retire(d)
	return d
}

// remove retires the table's descriptor: it was dropped, or nobody knows whether a change happened.
func (c *cache) remove(scope Scope, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.take(scope, name)
}

// take retires the table's descriptor. It is called with the lock held.
func (c *cache) take(scope Scope, name string) {
	slot := c.slot(scope, name)
	if ds := slot.Load(); ds != nil {
		var out []*Descriptor
		kept := slices.DeleteFunc(slices.Clone(*ds), func(d *Descriptor) bool {
			if d.Name != name || d.Scope != scope {
				return false
			}
			out = append(out, d)
			return true
		})
		slot.Store(&kept)
		c.retireAll(out)
	}
}

// retireAll retires descriptors that the cache no longer hands out. That order matters: whoever is refused with one gets
// another the next time.
func (c *cache) retireAll(out []*Descriptor) {
	for _, d := range out {
		c.retire(d)
	}
}

// put is called with the lock held.
func (c *cache) put(d *Descriptor) *Descriptor {
	var there []*Descriptor
	slot := c.slot(d.Scope, d.Name)
	if ds := slot.Load(); ds != nil {
		there = *ds
	}
	var before *Descriptor
	for _, old := range there {
		if old.Name == d.Name && old.Scope == d.Scope {
			if old.ID > d.ID || old.ID == d.ID && old.Version >= d.Version {
				return old
			}
			before = old
		}
	}
	var st *stats
	if before != nil && before.ID == d.ID {
		st = before.live.stats
	}
	d.live = newLive(st)
	kept := []*Descriptor{d}
	var out []*Descriptor
	for _, old := range there {
		if old != before && len(kept) < cacheWays {
			kept = append(kept, old)
		} else {
			out = append(out, old)
		}
	}
	slot.Store(&kept)
	c.retireAll(out)
	return d
}

func (c *cache) retire(d *Descriptor) {
	d.live.retire()
	rest := slices.DeleteFunc(c.draining[d.ID], (*live).isDrained)
	if !d.live.isDrained() {
		rest = append(rest, d.live)
	}
	if len(rest) == 0 {
		delete(c.draining, d.ID)
	} else {
		c.draining[d.ID] = rest
	}
}

func (l *live) isDrained() bool {
	select {
	case <-l.drained:
		return true
	default:
		return false
	}
}

// retiredOf returns what is retired of a table and may still have writes.
func (c *cache) retiredOf(table uint64) []*live {
	c.mu.Lock()
	defer c.mu.Unlock()
	lives := slices.DeleteFunc(c.draining[table], (*live).isDrained)
	if len(lives) == 0 {
		delete(c.draining, table)
		return nil
	}
	c.draining[table] = lives
	return slices.Clone(lives)
}
