package keyspace

import (
	"bytes"
	"encoding/binary"
)

// DueShards is how many parts a TTL queue has. The time is what sorts in each, and items whose times are alike are
// written at the same moment: in one part all of them would be at one place of a distributed engine.
const DueShards = 16

// Queue is the space of a TTL queue.
func Queue(id uint64) Space { return Space{prefixTTL, id} }

// QueueTable is the key that says which table a TTL queue is of. It is the first of the queue.
func QueueTable(id uint64) []byte { return Queue(id).append(nil) }

// AllQueues is the range of all TTL queues from that of an id on.
func AllQueues(from uint64) (start, end []byte) {
	_, end = only(prefixTTL)
	return QueueTable(from), end
}

// AppendDue appends the key of the place in a TTL queue of the item with the key item, in its second since 1970.
func AppendDue(dst []byte, queue uint64, second int64, item []byte) []byte {
	rest := item[9:]
	dst = Queue(queue).append(dst)
	dst = append(dst, rest[0]%DueShards)
	dst = binary.BigEndian.AppendUint64(dst, uint64(second))
	return append(dst, rest...)
}

// Due is the range of the places in one part of a TTL queue whose seconds are from first, included, to end, excluded.
func Due(queue uint64, shard int, first, end int64) (from, to []byte) {
	at := func(second int64) []byte {
		return binary.BigEndian.AppendUint64(append(Queue(queue).append(nil), byte(shard)), uint64(second))
	}
	return at(first), at(end)
}

// ParseQueue is the id of the TTL queue that key is in. If place is false, key is its QueueTable.
func ParseQueue(key []byte) (id uint64, place, ok bool) {
	if len(key) < 9 || key[0] != prefixTTL {
		return 0, false, false
	}
	return binary.BigEndian.Uint64(key[1:]), len(key) > 9, true
}

// ParseDue is the inverse of AppendDue; it needs to be told the table whose queue it is.
func ParseDue(key []byte, table uint64) (second int64, item []byte, ok bool) {
	const head = 9 + 1 + 8
	if len(key) < head+8 || key[0] != prefixTTL {
		return 0, nil, false
	}
	rest := key[head:]
	item = append(Items(table).append(make([]byte, 0, 9+len(rest))), rest...)
	return int64(binary.BigEndian.Uint64(key[10:])), item, key[9] == rest[0]%DueShards
}

// Lease is the key of the lease of a piece of background work, Leases the range of all.
func Lease(name string) []byte { return append([]byte{prefixLease}, name...) }

// LeasesOf is the range of the leases whose names begin so. The beginning is not empty, and in ASCII.
func LeasesOf(names string) (start, end []byte) {
	start = Lease(names)
	end = bytes.Clone(start)
	end[len(end)-1]++
	return start, end
}

// Leases is the range of all leases.
func Leases() (start, end []byte) { return only(prefixLease) }
