package keyspace

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/statordb/stator/internal/attribute"
)

// Space is the keys of all items of one table, of all entries of one index, or of one TTL queue.
type Space struct {
	prefix byte
	id     uint64
}

// Items is the space of a table's items.
func Items(table uint64) Space { return Space{prefixItem, table} }

// Entries is the space of an index's entries.
func Entries(index uint64, local bool) Space {
	if local {
		return Space{prefixLocal, index}
	}
	return Space{prefixGlobal, index}
}

// ParseSpace says which space key is in. For an index, entry is true.
func ParseSpace(key []byte) (s Space, entry, ok bool) {
	if len(key) < 9 {
		return Space{}, false, false
	}
	s = Space{key[0], binary.BigEndian.Uint64(key[1:])}
	switch key[0] {
	case prefixItem:
		return s, false, true
	case prefixLocal, prefixGlobal:
		return s, true, true
	}
	return Space{}, false, false
}

// AllItems is the range of the items of all tables.
func AllItems() (start, end []byte) { return only(prefixItem) }

// AllEntries is the range of the entries of all indexes, local or global.
func AllEntries(local bool) (start, end []byte) {
	if local {
		return only(prefixLocal)
	}
	return only(prefixGlobal)
}

// ID is the id of the table, of the index or of the queue.
func (s Space) ID() uint64 { return s.id }

func (s Space) append(dst []byte) []byte {
	return binary.BigEndian.AppendUint64(append(dst, s.prefix), s.id)
}

// Range is all of the space.
func (s Space) Range() (start, end []byte) {
	start = s.append(nil)
	return start, Successor(start)
}

// Segment is the part of the space that a parallel scan of total segments gives to one of them; 0 ≤ segment < total.
func (s Space) Segment(segment, total int) (start, end []byte) {
	start, end = s.Range()
	if segment > 0 {
		start = binary.BigEndian.AppendUint64(start, boundary(segment, total))
	}
	if segment+1 < total {
		end = binary.BigEndian.AppendUint64(s.append(nil), boundary(segment+1, total))
	}
	return start, end
}

// boundary is the least hash of a segment.
func boundary(segment, total int) uint64 {
	q, _ := bits.Div64(uint64(segment), 0, uint64(total))
	return q
}

// InSegment says whether the partition of these values is in a segment.
func InSegment(segment, total int, partition ...attribute.Value) bool {
	var buf [128]byte
	key := appendPartition(buf[:0], partition...)
	hash := binary.BigEndian.Uint64(key)
	return (segment == 0 || hash >= boundary(segment, total)) &&
		(segment+1 >= total || hash < boundary(segment+1, total))
}

// AppendPartition appends what all keys of one partition of the space start with.
func (s Space) AppendPartition(dst []byte, partition ...attribute.Value) []byte {
	return appendPartition(s.append(dst), partition...)
}

// AppendItem appends the key of an item; sort is nil if the table's key has none.
func AppendItem(dst []byte, table uint64, partition, sort attribute.Value) []byte {
	dst = Items(table).append(dst)
	dst = appendPartition(dst, partition)
	if sort != nil {
		dst = appendLast(dst, sort)
	}
	return dst
}

// AppendLocal appends the key of an entry of a local index: the table's partition value, the index's sort value and
// the table's.
func AppendLocal(dst []byte, index uint64, partition, sort, tableSort attribute.Value) []byte {
	dst = Entries(index, true).append(dst)
	dst = appendPartition(dst, partition)
	return appendLast(AppendSort(dst, sort), tableSort)
}

// AppendGlobal appends the key of an entry of a global index: the index's values, and those of the table's key;
// tableSort is nil if the table's key has none.
func AppendGlobal(dst []byte, index uint64, partition, sort []attribute.Value, tablePartition, tableSort attribute.Value) []byte {
	dst = Entries(index, false).append(dst)
	dst = appendPartition(dst, partition...)
	for _, v := range sort {
		dst = AppendSort(dst, v)
	}
	dst = appendEqual(dst, tablePartition)
	if tableSort != nil {
		dst = appendLast(dst, tableSort)
	}
	return dst
}

func appendPartition(dst []byte, values ...attribute.Value) []byte {
	hash := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range values {
		dst = appendEqual(dst, v)
	}
	binary.BigEndian.PutUint64(dst[hash:], xxhash.Sum64(dst[hash+8:]))
	return dst
}

// digest marks a value that is too long to be in a key.
const digest = 0xff

// appendEqual appends a value that is never compared for order.
func appendEqual(dst []byte, v attribute.Value) []byte {
	var raw []byte
	if v.Kind() == attribute.Number {
		raw = v.Number()
	} else {
		raw = v.Text()
	}
	if len(raw) < digest {
		return append(append(dst, byte(len(raw))), raw...)
	}
	sum := sha256.Sum256(raw)
	return append(append(dst, digest), sum[:]...)
}
