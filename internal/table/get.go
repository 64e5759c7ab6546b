package table

import (
	"context"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
)

// Read names an item.
type Read struct {
	Table *Descriptor
	// Key is a Map with at least the attributes of the table's key.
	Key attribute.Value
}

// Get reads items from one snapshot and calls fn once with them, in the order of reads, nil where there is
// none. The items are valid only during the call.
func (s *Store) Get(ctx context.Context, reads []Read, fn func(items []attribute.Value) error) error {
	r := s.pools.read.Get().(*reading)
	defer r.release()
	r.ctx, r.fn = ctx, fn
	for _, rd := range reads {
		from := len(r.buf)
		var err error
		if r.buf, err = appendItemKey(r.buf, rd.Table, rd.Key); err != nil {
			return err
		}
		r.keys = append(r.keys, r.buf[from:len(r.buf):len(r.buf)])
	}
	return s.db.View(ctx, r.run)
}

// reading is one call of Get. It is used again.
type reading struct {
	store *Store
	run   func(kv.Reader) error // the method value of get

	ctx   context.Context
	fn    func([]attribute.Value) error
	keys  [][]byte
	buf   []byte // holds keys
	items []attribute.Value
}

func (r *reading) release() {
	clear(r.keys)
	clear(r.items)
	r.ctx, r.fn = nil, nil
	r.keys, r.items, r.buf = r.keys[:0], r.items[:0], r.buf[:0]
	if cap(r.buf) <= keepBuffer {
		r.store.pools.read.Put(r)
	}
}

func (r *reading) get(tx kv.Reader) error {
	r.items = r.items[:0]
	if len(r.keys) == 1 {
		b, err := tx.Get(r.ctx, r.keys[0])
		if err == nil {
			err = r.add(b)
		}
		if err != nil {
			return err
		}
		return r.fn(r.items)
	}
	values, err := tx.GetMany(r.ctx, r.keys)
	if err != nil {
		return err
	}
	for _, b := range values {
		if err := r.add(b); err != nil {
			return err
		}
	}
	return r.fn(r.items)
}

func (r *reading) add(b []byte) error {
	if b == nil {
		r.items = append(r.items, nil)
		return nil
	}
	v, err := stored(b)
	r.items = append(r.items, v)
	return err
}
