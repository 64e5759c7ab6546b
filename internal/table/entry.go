package table

import (
	"encoding/binary"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
)

// DynamoDB's limits of the values of keys. A write with a longer value is refused before it comes here; an item
// that was there before the index and has one gets no entry, as on AWS.
const (
	maxPartition = 2048
	maxSort      = 1024
	// maxParts is how many attributes each half of a global index's key has.
	maxParts = 4
)

// values is some values of a key, without an allocation.
type values [maxParts]attribute.Value

// keyValues takes the values of keys from item. ok is false if one is missing, is of another kind, empty or too long.
func (v *values) keyValues(keys []KeyAttribute, item attribute.Value, limit int) (vs []attribute.Value, ok bool) {
	for i, k := range keys {
		f := item.Field(k.Name)
		if f.Kind() != k.Kind {
			return nil, false
		}
		if k.Kind != attribute.Number {
			if n := len(f.Text()); n == 0 || n > limit {
				return nil, false
			}
		}
		v[i] = f
	}
	return v[:len(keys)], true
}

// tableKey takes the values of the table's key from item.
func (d *Descriptor) tableKey(item attribute.Value) (partition, sort attribute.Value, err error) {
	partition = item.Field(d.Partition.Name)
	ok := partition.Kind() == d.Partition.Kind
	if d.Sort != nil {
		sort = item.Field(d.Sort.Name)
		ok = ok && sort.Kind() == d.Sort.Kind
	}
	if !ok {
		return nil, nil, fmt.Errorf("%w %q", ErrKey, d.Name)
	}
	return partition, sort, nil
}

// appendItemKey appends the storage key of the item with the key attributes of item.
func appendItemKey(dst []byte, d *Descriptor, item attribute.Value) ([]byte, error) {
	partition, sort, err := d.tableKey(item)
	if err != nil {
		return nil, err
	}
	return keyspace.AppendItem(dst, d.ID, partition, sort), nil
}

// appendEntryKey appends the storage key of item's entry in x, and returns nil if item has none.
func appendEntryKey(dst []byte, d *Descriptor, x *Index, item attribute.Value) []byte {
	var p, s values
	partition, ok := p.keyValues(x.Partition, item, maxPartition)
	if !ok {
		return nil
	}
	sort, ok := s.keyValues(x.Sort, item, maxSort)
	if !ok {
		return nil
	}
	tablePartition, tableSort, err := d.tableKey(item)
	if err != nil {
		return nil
	}
	if x.Local {
		return keyspace.AppendLocal(dst, x.ID, partition[0], sort[0], tableSort)
	}
	return keyspace.AppendGlobal(dst, x.ID, partition, sort, tablePartition, tableSort)
}

// project returns what the entry of item in x holds. The attributes are in the order of the definition, so that
// an item with its attributes in another order has the same entry.
func project(d *Descriptor, x *Index, item attribute.Value) attribute.Value {
	if x.Projection == "ALL" {
		return item
	}
	var b attribute.MapBuilder
	b.Grow(128)
	addKeys(&b, d, x, item)
	if x.Projection == "INCLUDE" {
		for i, name := range x.NonKey {
			if d.inKey(name) || named(x.Partition, name) || named(x.Sort, name) || has(x.NonKey[:i], name) {
				continue
			}
			if v := item.Field(name); v != nil {
				b.Add(name, v)
			}
		}
	}
	return b.Value()
}

func has(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

var errNotAMap = fmt.Errorf("%w: a stored item is none", ErrCorrupt)

// mapHeader is the kind, the length and the count that a Map starts with; see attribute.Value.
const mapHeader = 1 + 4 + 4

func looksLikeMap(v attribute.Value) bool {
	return v.Kind() == attribute.Map && len(v) >= mapHeader && int(binary.BigEndian.Uint32(v[1:])) == len(v)-mapHeader
}
