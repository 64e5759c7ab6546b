package table

import (
	"bytes"
	"context"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Bounds are a condition on a sort attribute: a nil Low or High does not bound; Prefix is begins_with.
type Bounds = keyspace.Bounds

// Query reads items of one partition, in the order of their sort key.
type Query struct {
	Table *Descriptor
	// Index is nil for the table itself.
	Index *Index
	// Partition is the values of all attributes of the partition key.
	Partition []attribute.Value
	// Equal is the values of the first attributes of the sort key, Range a condition on the next; nil for none.
	Equal []attribute.Value
	Range *Bounds
	// Reverse is from the last to the first.
	Reverse bool
	// Start is a Map with the attributes of the table's and the index's key: the query goes on after it, whether
	// there is such an item or not. Nil for none.
	Start attribute.Value
	// Limit is about how many items will be visited, 0 if unknown.
	Limit int
	// Whole visits the table's item and not the index's entry.
	Whole bool
}

// Scan reads all items of a table or all entries of an index, or one of Total segments of them.
type Scan struct {
	Table          *Descriptor
	Index          *Index
	Segment, Total int
	// Start, Limit and Whole are as in Query.
	Start attribute.Value
	Limit int
	Whole bool
}

// Visit is called with each item; it says whether to go on. The item is valid only during the call.
type Visit = func(item attribute.Value) (more bool, err error)

// Query calls visit with the items, all of one snapshot. A descriptor that is retired can still be read by; only
// what was dropped since may be missing then.
func (s *Store) Query(ctx context.Context, q Query, visit Visit) error {
	d, x := q.Table, q.Index
	space, partition, sort := keyspace.Items(d.ID), 1, 0
	if d.Sort != nil {
		sort = 1
	}
	if x != nil {
		space, partition, sort = keyspace.Entries(x.ID, x.Local), len(x.Partition), len(x.Sort)
	}
	if len(q.Partition) != partition || len(q.Equal) > sort || q.Range != nil && len(q.Equal) == sort {
		return fmt.Errorf("%w %q: %d partition values and %d equalities", ErrKey, d.Name, len(q.Partition), len(q.Equal))
	}
	prefix := space.AppendPartition(make([]byte, 0, 128), q.Partition...)
	r := kv.Range{Reverse: q.Reverse, Limit: q.Limit}
	if x == nil && len(q.Equal) == 1 {
		// The whole key: what follows it belongs to others.
		r.Start, r.End = keyspace.Within(prefix, true, &Bounds{Low: q.Equal[0], High: q.Equal[0]})
	} else {
		for _, v := range q.Equal {
			prefix = keyspace.AppendSort(prefix, v)
		}
		r.Start, r.End = keyspace.Within(prefix, x == nil, q.Range)
	}
	if q.Whole && x != nil {
		return s.visitWhole(ctx, d, x, r, q.Start, visit)
	}
	return s.visit(ctx, d, x, r, q.Start, visit)
}

// Scan calls visit with the items, all of one snapshot, in no order that means anything.
func (s *Store) Scan(ctx context.Context, sc Scan, visit Visit) error {
	space := keyspace.Items(sc.Table.ID)
	if sc.Index != nil {
		space = keyspace.Entries(sc.Index.ID, sc.Index.Local)
	}
	r := kv.Range{Limit: sc.Limit}
	r.Start, r.End = space.Segment(sc.Segment, max(sc.Total, 1))
	if sc.Whole && sc.Index != nil {
		return s.visitWhole(ctx, sc.Table, sc.Index, r, sc.Start, visit)
	}
	return s.visit(ctx, sc.Table, sc.Index, r, sc.Start, visit)
}

// InSegment says whether an item with these key attributes is in a segment of a scan.
func (d *Descriptor) InSegment(x *Index, start attribute.Value, segment, total int) bool {
	if x == nil {
		partition := start.Field(d.Partition.Name)
		return partition.Kind() == d.Partition.Kind && keyspace.InSegment(segment, total, partition)
	}
	var buf values
	vs, ok := buf.keyValues(x.Partition, start, maxPartition)
	return ok && keyspace.InSegment(segment, total, vs...)
}

// after cuts the range to what comes after start in the range's direction.
func after(r *kv.Range, d *Descriptor, x *Index, start attribute.Value) error {
	if start == nil {
		return nil
	}
	var key []byte
	if x == nil {
		var err error
		if key, err = appendItemKey(nil, d, start); err != nil {
			return err
		}
	} else if key = appendEntryKey(nil, d, x, start); key == nil {
		return fmt.Errorf("%w %q, index %q", ErrKey, d.Name, x.Name)
	}
	if r.Reverse {
		if bytes.Compare(key, r.End) < 0 {
			r.End = key
		}
	} else if key = keyspace.After(key); bytes.Compare(key, r.Start) > 0 {
		r.Start = key
	}
	return nil
}

func (s *Store) visit(ctx context.Context, d *Descriptor, x *Index, r kv.Range, start attribute.Value, visit Visit) error {
	if err := after(&r, d, x, start); err != nil {
		return err
	}
	if bytes.Compare(r.Start, r.End) >= 0 {
		return nil
	}
	return s.db.View(ctx, func(tx kv.Reader) error {
		return tx.Scan(ctx, r, func(_, value []byte) (bool, error) {
			item, err := stored(value)
			if err != nil {
				return false, err
			}
			return visit(item)
		})
	})
}

// How many items visitWhole gets at a time: few at first, then as many as are about wholeBytes.
const (
	wholeFirst = 8
	wholeMost  = 100
	wholeBytes = 1 << 20
)

// visitWhole visits the table's items in the order of the index's entries: it reads some entries, gets their items
// at once, and goes on.
func (s *Store) visitWhole(ctx context.Context, d *Descriptor, x *Index, r kv.Range, start attribute.Value, visit Visit) error {
	if err := after(&r, d, x, start); err != nil {
		return err
	}
	return s.db.View(ctx, func(tx kv.Reader) error {
		batch := wholeFirst
		if r.Limit > 0 {
			batch = min(r.Limit, wholeFirst)
		}
		for bytes.Compare(r.Start, r.End) < 0 {
			var keys [][]byte
			var last []byte
			page := r
			page.Limit = batch
			err := tx.Scan(ctx, page, func(key, value []byte) (bool, error) {
				entry, err := stored(value)
				if err != nil {
					return false, err
				}
				item, err := appendItemKey(nil, d, entry)
				if err != nil {
					return false, fmt.Errorf("%w: entry of index %q without the table's key", ErrCorrupt, x.Name)
				}
				keys, last = append(keys, item), append(last[:0], key...)
				return len(keys) < batch, nil
			})
			if err != nil || len(keys) == 0 {
				return err
			}
			more, size, err := visitItems(ctx, tx, x, keys, visit)
			if err != nil || !more || len(keys) < batch {
				return err
			}
			if r.Reverse {
				r.End = last
			} else {
				r.Start = keyspace.After(last)
			}
			batch = max(1, min(wholeMost, wholeBytes*len(keys)/max(size, 1)))
		}
		return nil
	})
}

func visitItems(ctx context.Context, tx kv.Reader, x *Index, keys [][]byte, visit Visit) (more bool, size int, err error) {
	items, err := tx.GetMany(ctx, keys)
	if err != nil {
		return false, 0, err
	}
	for _, b := range items {
		if b == nil {
			return false, 0, fmt.Errorf("%w: entry of index %q without an item", ErrCorrupt, x.Name)
		}
		item, err := stored(b)
		if err != nil {
			return false, 0, err
		}
		size += len(item)
		if more, err := visit(item); err != nil || !more {
			return false, 0, err
		}
	}
	return true, size, nil
}
