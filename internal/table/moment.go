package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// moment is a state of the items under an id: of a table at a time, or, if there is no journal, as they are.
type moment struct {
	items, journal uint64
	at             int64
}

// A page of a moment has at most this many items, and about so many bytes.
const (
	pageItems = 1000
	pageBytes = 1 << 20
)

// paging collects a page: what is found, in any order, of a range that gets shorter when the page is full.
type paging struct {
	ctx   context.Context
	r     kv.Reader
	today uint32

	items      uint64
	start, end []byte // keys of items
	whole      bool   // end is that of all items
	limit      int

	found map[string]*was
	size  int
}

// was is what an item was at a moment.
type was struct {
	value []byte // empty if there was no item
	known bool   // value is not just what the item is
	// last is the last day of a span on which it changed; next is the item at the end of it, if afterKnown.
	last       uint32
	next       []byte
	afterKnown bool
}

func newPaging(ctx context.Context, r kv.Reader, items uint64, from []byte, limit int, present int64) *paging {
	p := &paging{ctx: ctx, r: r, today: keyspace.Day(present), items: items, whole: true,
		limit: min(max(limit, 1), pageItems), found: make(map[string]*was)}
	p.start, p.end = keyspace.Items(items).Range()
	if from != nil {
		p.start = from
	}
	return p
}

// take adds an item to the page, and says whether there is room for another. If there is none, the page ends after the item.
func (p *paging) take(key []byte, w *was) (more bool) {
	p.found[string(key)] = w
	p.size += len(key) + len(w.value)
	if p.size < pageBytes && len(p.found) < p.limit {
		return true
	}
	p.cut(key)
	return false
}

// cut ends the page after a key, and makes room: what is after that is for another page.
func (p *paging) cut(key []byte) {
	p.end, p.whole = keyspace.After(key), false
	for k, w := range p.found {
		if k >= string(p.end) {
			delete(p.found, k)
			p.size -= len(k) + len(w.value)
		}
	}
}

// next is where the page after this one starts, nil if there is none.
func (p *paging) next() []byte {
	if p.whole {
		return nil
	}
	return p.end
}

// keys returns the keys of the page in their order.
func (p *paging) keys() []string {
	keys := make([]string, 0, len(p.found))
	for k := range p.found {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// current adds the items as they are.
func (p *paging) current() error {
	return p.r.Scan(p.ctx, kv.Range{Start: p.start, End: p.end, Limit: p.limit}, func(key, value []byte) (bool, error) {
		return p.take(key, &was{value: bytes.Clone(value)}), nil
	})
}

// skipAfter is how many images of one item are read that are not asked for, before the scan starts again behind them.
const skipAfter = 8

// images calls fn with the first image of each item of the page in a journal that is of one day and later than a time, in the order of the
// items, until fn returns false.
func (p *paging) images(journal uint64, day uint32, after int64, fn func(item, value []byte, nanos int64) (more bool)) error {
	from := keyspace.AppendImages(nil, journal, day, p.start)
	_, to := keyspace.JournalDays(journal, day, day+1)
	if !p.whole {
		to = keyspace.AppendImages(nil, journal, day, p.end)
	}
	var last []byte // the item that is done
	for from != nil {
		start := from
		from = nil
		skipped := 0
		err := p.r.Scan(p.ctx, kv.Range{Start: start, End: to, Limit: p.limit}, func(key, value []byte) (bool, error) {
			_, item, nanos, rest, ok := keyspace.ParseImage(key, p.items)
			if !ok {
				return false, fmt.Errorf("%w: key %x", ErrCorrupt, key)
			}
			done := bytes.Equal(rest, last)
			if !done && nanos > after {
				last, skipped = append(last[:0], rest...), 0
				return fn(item, value, nanos), nil
			}
			if skipped++; skipped < skipAfter {
				return true, nil
			}
			if done {
				from = keyspace.Successor(rest)
			} else {
				from = binary.BigEndian.AppendUint64(bytes.Clone(rest), uint64(after)+1)
			}
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// page reads a page of a moment: it calls fn with the keys and values of its items, which are the caller's, and returns where the next
// one starts, nil if there is none.
func (m moment) page(ctx context.Context, r kv.Reader, present int64, from []byte, limit int, fn func(key, value []byte) error) (next []byte, err error) {
	p := newPaging(ctx, r, m.items, from, limit, present)
	if err := p.current(); err != nil {
		return nil, err
	}
	if m.journal != 0 {
		for day := keyspace.Day(m.at); day <= p.today; day++ {
			err := p.images(m.journal, day, m.at, func(item, value []byte, _ int64) bool {
				w := p.found[string(item)]
				switch {
				case w == nil:
					return p.take(item, &was{value: bytes.Clone(value), known: true})
				case !w.known:
					p.size += len(value) - len(w.value)
					w.value, w.known = bytes.Clone(value), true
					if p.size >= pageBytes {
						p.cut(item)
						return false
					}
				}
				return true
			})
			if err != nil {
				return nil, err
			}
		}
	}
	for _, k := range p.keys() {
		if w := p.found[k]; len(w.value) > 0 {
			if err := fn([]byte(k), w.value); err != nil {
				return nil, err
			}
		}
	}
	return p.next(), nil
}

// ReadPoint calls fn with items as they were at the moment of p, in the order of their keys in the store, the first at from, which is nil for the first
// of all. A page has up to limit items, and of memory a few MiB. It returns where the next page starts, nil after the last; a page may be
// empty all the same. Items are valid during the call.
func (s *Store) ReadPoint(ctx context.Context, p *Point, from []byte, limit int, fn func(item attribute.Value) error) (next []byte, err error) {
	var page []attribute.Value
	if err := s.settle(ctx, p, p.At); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		page = nil
		next, err = p.moment().page(ctx, r, s.present(), from, limit, func(_, value []byte) error {
			item, err := stored(value)
			page = append(page, item)
			return err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, item := range page { // not while a snapshot is open: fn may take its time
		if err := fn(item); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// Difference is an item that was written between two moments.
type Difference struct {
	// Key is the attributes of the table's key.
	Key attribute.Value
	// Old and New are the item at the first moment and at the second, nil if there was none.
	Old, New attribute.Value
	// Changed is when it was last written between the two, in nanoseconds since 1970.
	Changed int64
}

var errSpan = errors.New("table: changes until a moment before they begin, or one that is still to come")

// ReadChanges calls fn with each item that was written after the moment of p, and not after until. What the page is, from, limit and
// next are as in ReadPoint.
func (s *Store) ReadChanges(ctx context.Context, p *Point, until time.Time, from []byte, limit int, fn func(Difference) error) (next []byte, err error) {
	to := until.UnixNano()
	switch present := s.present(); {
	case to < p.At || to > present+int64(time.Millisecond):
		return nil, errSpan
	case to > present: // the last that Restorable shows
		to = present
	}
	if err := s.settle(ctx, p, to); err != nil {
		return nil, err
	}
	var page []Difference
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		page, next, err = p.changes(newPaging(ctx, r, p.Table.ID, from, limit, s.present()), to)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, d := range page {
		if err := fn(d); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// changes reads a page of the changes up to a time.
func (p *Point) changes(g *paging, to int64) (page []Difference, next []byte, err error) {
	journal := p.Table.Journal.ID
	// What the items were at the first moment.
	for day := keyspace.Day(p.At); day <= keyspace.Day(to); day++ {
		err := g.images(journal, day, p.At, func(item, value []byte, nanos int64) bool {
			if nanos > to {
				return true
			}
			if w := g.found[string(item)]; w != nil {
				w.last = day
				return true
			}
			return g.take(item, &was{value: bytes.Clone(value), last: day})
		})
		if err != nil {
			return nil, nil, err
		}
	}
	// What they were at the second. These may be as many bytes again, and as the first are of items that are of the page.
	for day := keyspace.Day(to); day <= g.today; day++ {
		err := g.images(journal, day, to, func(item, value []byte, _ int64) bool {
			if w := g.found[string(item)]; w != nil && !w.afterKnown {
				w.next, w.afterKnown = bytes.Clone(value), true
			}
			return true
		})
		if err != nil {
			return nil, nil, err
		}
	}
	for _, k := range g.keys() {
		w := g.found[k]
		if !w.afterKnown {
			b, err := g.r.Get(g.ctx, []byte(k))
			if err != nil {
				return nil, nil, err
			}
			w.next = bytes.Clone(b)
		}
		d, err := p.difference(g, []byte(k), w, to)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, d)
	}
	return page, g.next(), nil
}

// difference is the change of one item of a page.
func (p *Point) difference(g *paging, key []byte, w *was, to int64) (d Difference, err error) {
	images := keyspace.AppendImages(nil, p.Table.Journal.ID, w.last, key)
	end := binary.BigEndian.AppendUint64(bytes.Clone(images), uint64(to)+1)
	var between []byte
	err = g.r.Scan(g.ctx, kv.Range{Start: images, End: end, Reverse: true, Limit: 1}, func(key, value []byte) (bool, error) {
		_, _, d.Changed, _, _ = keyspace.ParseImage(key, p.Table.ID)
		between = bytes.Clone(value)
		return false, nil
	})
	if err != nil {
		return d, err
	}
	for _, v := range []struct {
		from []byte
		to   *attribute.Value
	}{{w.value, &d.Old}, {w.next, &d.New}} {
		if len(v.from) > 0 {
			if *v.to, err = stored(v.from); err != nil {
				return d, err
			}
			d.Key = p.Table.KeyOf(nil, *v.to)
		}
	}
	if d.Key == nil { // it was deleted by the last change
		item, err := stored(between)
		if err != nil {
			return d, err
		}
		d.Key = p.Table.KeyOf(nil, item)
	}
	return d, nil
}
