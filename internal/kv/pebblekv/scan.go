package pebblekv

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/statordb/stator/internal/kv"
)

// checkEvery is after how many entries a scan looks at its context.
const checkEvery = 128

// scan merges the snapshot with own, the changes of the transaction in the range, in order of their keys.
func (s *session) scan(ctx context.Context, r kv.Range, own []write, fn func(key, value []byte) (bool, error)) (err error) {
	if len(r.End) > 0 && bytes.Compare(r.Start, r.End) >= 0 {
		return nil
	}
	// What the scan does not find may have been deleted by a commit that a crash takes back.
	if s.mayBeLost() {
		s.saw(min(s.db.deleted.Load(), s.snap.upper))
	}
	it, err := s.iterate(r)
	if err != nil {
		return fmt.Errorf("pebblekv: scan: %w", err)
	}
	defer func() {
		if closeErr := it.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("pebblekv: scan: %w", closeErr)
		}
	}()

	m := merge{it: it, own: own, reverse: r.Reverse}
	for n := 1; ; n++ {
		key, value, stored, err := m.next()
		if err != nil {
			return fmt.Errorf("pebblekv: scan: %w", err)
		}
		if key == nil {
			return nil
		}
		if stored && s.mayBeLost() {
			s.saw(s.db.recent.last(s.db.hash(key)))
		}
		more, err := fn(key, value)
		if err != nil || !more {
			return err
		}
		if n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

func (s *session) iterate(r kv.Range) (*pebble.Iterator, error) {
	opts := pebble.IterOptions{}
	if len(r.Start) > 0 {
		opts.LowerBound = r.Start
	}
	if len(r.End) > 0 {
		opts.UpperBound = r.End
	}
	return s.snap.NewIter(&opts)
}

// merge steps through an iterator and a list together. An entry of the list hides one of the iterator with its key.
type merge struct {
	it      *pebble.Iterator
	own     []write // what is left of it
	reverse bool
	begun   bool
	valid   bool // it is at an entry that was not returned yet
}

// next returns the next entry, and no key at the end. The slices are valid until the next call.
func (m *merge) next() (key, value []byte, stored bool, err error) {
	for {
		m.step()
		if err := m.it.Error(); err != nil {
			return nil, nil, false, err
		}
		side := m.compare()
		if side > 0 { // the iterator's entry comes first
			m.valid = false
			value, err := m.it.ValueAndErr()
			if value == nil {
				value = []byte{}
			}
			return m.it.Key(), value, true, err
		}
		if len(m.own) == 0 {
			return nil, nil, false, nil
		}
		if side == 0 {
			m.valid = false
		}
		if w := m.take(); w.value != nil {
			return w.key, w.value, false, nil
		}
	}
}

// step moves the iterator on if its entry was returned or hidden.
func (m *merge) step() {
	switch {
	case m.valid:
	case !m.begun && m.reverse:
		m.valid = m.it.Last()
	case !m.begun:
		m.valid = m.it.First()
	case !m.it.Valid():
	case m.reverse:
		m.valid = m.it.Prev()
	default:
		m.valid = m.it.Next()
	}
	m.begun = true
}

// compare returns a positive number if the iterator's entry comes before the list's, a negative one if it comes after
// it or both are at their end, and 0 if they have the same key.
func (m *merge) compare() int {
	switch {
	case !m.valid:
		return -1
	case len(m.own) == 0:
		return 1
	case m.reverse:
		return bytes.Compare(m.it.Key(), m.own[len(m.own)-1].key)
	default:
		return bytes.Compare(m.own[0].key, m.it.Key())
	}
}

// take removes the first entry of the list, in the direction of the scan.
func (m *merge) take() write {
	if m.reverse {
		last := len(m.own) - 1
		w := m.own[last]
		m.own = m.own[:last]
		return w
	}
	w := m.own[0]
	m.own = m.own[1:]
	return w
}
