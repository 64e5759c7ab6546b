package postgreskv

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// errEnded is what the methods of a Reader or Txn return after its function returned.
var errEnded = errors.New("postgreskv: used after the transaction ended")

// source runs a statement that reads in the snapshot of a View or Update. make gives the call; it may be asked for it again.
type source interface {
	query(ctx context.Context, make func() call) error
}

// view is the Reader of a View. Its transaction begins along with the first statement and ends when nobody waits for it.
type view struct {
	db    *DB
	conn  *conn // nil before the first read
	ended bool
}

func (v *view) end() {
	v.ended = true
	if v.conn != nil {
		v.db.pool.pass(v.conn, call{name: stmtRollback})
		v.conn = nil
	}
}

func (v *view) check(ctx context.Context) error {
	if v.ended {
		return errEnded
	}
	return ctx.Err()
}

// query implements source. A connection that is lost at the first statement is replaced: nothing was read yet.
func (v *view) query(ctx context.Context, make func() call) error {
	if v.conn != nil {
		err := exchange(ctx, v.conn, make())
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return failed(err)
		}
		return nil
	}
	return v.db.persist(ctx, func(c *conn) error {
		if err := exchange(ctx, c, call{name: stmtBeginView}, make()); err != nil {
			v.db.release(c, call{name: stmtRollback})
			return err
		}
		v.conn = c
		return nil
	})
}

// Get implements [kv.Reader].
func (v *view) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := v.check(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return get(ctx, v, key)
}

// GetMany implements [kv.Reader].
func (v *view) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if err := v.check(ctx); err != nil {
		return nil, err
	}
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return nil, err
		}
	}
	values := make([][]byte, len(keys))
	return values, getMany(ctx, v, keys, values)
}

// Time implements [kv.Reader].
func (v *view) Time(ctx context.Context) (at time.Time, err error) {
	if err := v.check(ctx); err != nil {
		return at, err
	}
	err = v.query(ctx, func() call {
		return call{name: stmtTime, row: func(v [][]byte) error {
			at = time.UnixMicro(int64(binary.BigEndian.Uint64(v[0])))
			return nil
		}}
	})
	return at, err
}

// Scan implements [kv.Reader].
func (v *view) Scan(ctx context.Context, r kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := v.check(ctx); err != nil {
		return err
	}
	return scan(ctx, v, r, nil, fn)
}

func get(ctx context.Context, from source, key []byte) (value []byte, err error) {
	head, rest := splitKey(key)
	params := [][]byte{head, digest(rest)}
	err = from.query(ctx, func() call {
		value = nil
		return call{name: stmtGet, params: params, row: func(v [][]byte) error {
			value = kept(v[0])
			return nil
		}}
	})
	return value, err
}

// kept is a copy that is not nil: values are in the connection's buffer.
func kept(v []byte) []byte { return append(make([]byte, 0, len(v)), v...) }

// getMany reads keys into values, of which it leaves those alone that have no entry.
func getMany(ctx context.Context, from source, keys, values [][]byte) error {
	switch len(keys) {
	case 0:
		return nil
	case 1:
		v, err := get(ctx, from, keys[0])
		values[0] = v
		return err
	}
	params := keyArrays(len(keys), func(i int) []byte { return keys[i] })
	return from.query(ctx, func() call {
		clear(values)
		return call{name: stmtGetMany, params: params, row: func(v [][]byte) error {
			values[binary.BigEndian.Uint64(v[0])-1] = kept(v[1])
			return nil
		}}
	})
}

// The size of a page of a scan.
const (
	pageEntries = 256     // if the caller can't say
	mostEntries = 2000    // if it can
	pageBytes   = 1 << 20 // and one value more
)

type entry struct{ key, value []byte } // a nil value is a delete

// pages reads a range in the order of a scan, a page at a time.
type pages struct {
	from       source
	start, end []byte
	reverse    bool
	entries    int
	page       []entry
	last       bool // there is no page after this one
}

func newPages(from source, r kv.Range) *pages {
	p := &pages{from: from, start: r.Start, end: r.End, reverse: r.Reverse, entries: pageEntries}
	if r.Limit > 0 {
		p.entries = min(r.Limit, mostEntries)
	}
	return p
}

// fill reads the next page if nothing is left of this one. At the end of the range it leaves it empty.
func (p *pages) fill(ctx context.Context) error {
	if len(p.page) > 0 || p.last {
		return nil
	}
	name := stmtScan
	if p.reverse {
		name = stmtScanBack
	}
	params := append(bounds(p.start, p.end), int8Param(int64(p.entries)), int8Param(pageBytes))
	bytes := 0
	err := p.from.query(ctx, func() call {
		p.page, bytes = nil, 0
		return call{name: name, params: params, row: func(v [][]byte) error {
			p.page = append(p.page, entry{joinKey(v[0], v[1]), kept(v[2])})
			bytes += len(v[2])
			return nil
		}}
	})
	if err != nil {
		return err
	}
	p.last = len(p.page) < p.entries && bytes < pageBytes
	if p.last {
		return nil
	}
	next := p.page[len(p.page)-1].key
	if p.reverse {
		p.end = next
	} else {
		p.start = append(next[:len(next):len(next)], 0)
	}
	return nil
}

// checkEvery is after how many entries a scan looks at its context.
const checkEvery = 128

// scan merges what is stored with own, the changes of the transaction in the range, in ascending order of their keys.
func scan(ctx context.Context, from source, r kv.Range, own []entry, fn func(key, value []byte) (bool, error)) error {
	stored := newPages(from, r)
	stored.last = len(r.End) > 0 && compare(r.Start, r.End) >= 0
	for n := 1; ; n++ {
		if err := stored.fill(ctx); err != nil {
			return err
		}
		e, ok := next(stored, &own)
		if !ok {
			return nil
		}
		if e.value == nil {
			continue
		}
		if more, err := fn(e.key, e.value); err != nil || !more {
			return err
		}
		if n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// next takes the entry that comes first. One of own hides the stored one with its key.
func next(stored *pages, own *[]entry) (entry, bool) {
	side := 1 // the stored one comes first
	switch {
	case len(stored.page) == 0 && len(*own) == 0:
		return entry{}, false
	case len(stored.page) == 0:
		side = -1
	case len(*own) > 0 && stored.reverse:
		side = compare(stored.page[0].key, (*own)[len(*own)-1].key)
	case len(*own) > 0:
		side = compare((*own)[0].key, stored.page[0].key)
	}
	var e entry
	if side >= 0 {
		e, stored.page = stored.page[0], stored.page[1:]
	}
	if side > 0 {
		return e, true
	}
	if last := len(*own) - 1; stored.reverse {
		e, *own = (*own)[last], (*own)[:last]
	} else {
		e, *own = (*own)[0], (*own)[1:]
	}
	return e, true
}
