package migrate

import (
	"bytes"
	"context"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// A page has about so much, and its changes are one transaction: small enough for every engine to do well within
// [kv.MaxTxnAge], and few enough keys for PostgreSQL to lock one by one.
const (
	pageBytes   = 1 << 20
	pageEntries = 500
)

type entry struct{ key, value []byte } // a nil value is to be deleted

// page is all entries of the source from start, included, to end, excluded.
type page struct {
	number, kind int
	start, end   []byte
	entries      []entry // forgotten when the target has them
	count, bytes int64
	changed      int64 // how many entries of the target were others
}

// pages calls fn with the pages of all kinds from a key on, in ascending order, with those that are empty. Each is of another
// snapshot.
func pages(ctx context.Context, db kv.DB, kinds []keyspace.Kind, from []byte, fn func(*page) error) error {
	number := 0
	for i, k := range kinds {
		if bytes.Compare(k.End, from) <= 0 {
			continue
		}
		start := k.Start
		if bytes.Compare(start, from) < 0 {
			start = from
		}
		for more := true; more; number++ {
			p := &page{number: number, kind: i, start: start}
			var err error
			if more, err = p.fill(ctx, db, k.End); err != nil {
				return err
			}
			if err := fn(p); err != nil {
				return err
			}
			start = p.end
		}
	}
	return nil
}

// fill reads a page, and says whether there may be more before end.
func (p *page) fill(ctx context.Context, db kv.DB, end []byte) (more bool, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		more, p.end, p.bytes, p.entries = false, end, 0, nil
		return r.Scan(ctx, kv.Range{Start: p.start, End: end, Limit: pageEntries}, func(key, value []byte) (bool, error) {
			p.entries = append(p.entries, entry{bytes.Clone(key), append([]byte{}, value...)})
			p.bytes += int64(len(key) + len(value))
			if more = len(p.entries) == pageEntries || p.bytes >= pageBytes; more {
				p.end = append(bytes.Clone(key), 0)
			}
			return !more, nil
		})
	})
	p.count = int64(len(p.entries))
	return more, err
}

// settlePage makes the target what the page is, or, if checking, only counts what it is not.
func (m *migration) settlePage(ctx context.Context, p *page, checking bool) error {
	for start, entries := p.start, p.entries; start != nil; {
		var changes []entry
		var err error
		if changes, start, entries, err = compare(ctx, m.to, start, p.end, entries); err != nil {
			return err
		}
		p.changed += int64(len(changes))
		if checking || len(changes) == 0 {
			continue
		}
		keys := make([][]byte, len(changes))
		for i, c := range changes {
			keys[i] = c.key
		}
		err = m.to.Update(ctx, func(tx kv.Txn) error {
			// Before the read: PostgreSQL has more to do for keys that are written unlocked after one.
			if err := tx.Lock(ctx, keys...); err != nil {
				return err
			}
			if err := m.isOurs(ctx, tx); err != nil {
				return err
			}
			return apply(tx, changes)
		})
		if err != nil {
			return err
		}
	}
	p.entries = nil
	return nil
}

func apply(tx kv.Txn, changes []entry) error {
	for _, c := range changes {
		var err error
		if c.value == nil {
			err = tx.Delete(c.key)
		} else {
			err = tx.Set(c.key, c.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compare returns what is to be changed in db for it to have exactly the entries from start to end. If that is much, it
// stops, and returns where to go on with which entries; otherwise next is nil.
func compare(ctx context.Context, db kv.DB, start, end []byte, entries []entry) (changes []entry, next []byte, rest []entry, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		changes, next, rest = nil, nil, entries
		err := r.Scan(ctx, kv.Range{Start: start, End: end, Limit: len(entries) + 1}, func(key, value []byte) (bool, error) {
			if len(changes) >= pageEntries {
				next = bytes.Clone(key)
				return false, nil
			}
			for len(rest) > 0 && bytes.Compare(rest[0].key, key) < 0 {
				changes, rest = append(changes, rest[0]), rest[1:]
			}
			switch {
			case len(rest) == 0 || !bytes.Equal(rest[0].key, key):
				changes = append(changes, entry{key: bytes.Clone(key)})
			case !bytes.Equal(rest[0].value, value):
				changes, rest = append(changes, rest[0]), rest[1:]
			default:
				rest = rest[1:]
			}
			return true, nil
		})
		if err != nil || next != nil {
			return err
		}
		changes, rest = append(changes, rest...), nil
		return nil
	})
	return changes, next, rest, err
}
