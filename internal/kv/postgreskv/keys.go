package postgreskv

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/statordb/stator/internal/kv"
)

// headSize is how much of a key the index holds as it is. An entry of a PostgreSQL index has at most 2,704 bytes, and keys
// have up to 16 KiB. So a row has the first bytes of its key in head, and all that follow them in rest: the pair sorts as the
// key does. An index on both is as impossible as one on the key, so the primary key is the head with a digest of the rest,
// which is empty for the keys that have none: practically all.
const headSize = 2000

// beyond sorts after every head.
var beyond = bytes.Repeat([]byte{0xff}, headSize+1)

func splitKey(key []byte) (head, rest []byte) {
	if len(key) <= headSize {
		return key, []byte{}
	}
	return key[:headSize], key[headSize:]
}

func joinKey(head, rest []byte) []byte {
	// There is room for the zero that makes a key the next one.
	key := make([]byte, 0, len(head)+len(rest)+1)
	return append(append(key, head...), rest...)
}

func digest(rest []byte) []byte {
	if len(rest) == 0 {
		return []byte{}
	}
	sum := sha256.Sum256(rest)
	return sum[:]
}

func checkKey(key []byte) error {
	if len(key) == 0 || len(key) > kv.MaxKeySize {
		return kv.ErrTooLarge
	}
	return nil
}

// hash is the key's identity in advisory locks and marks. All servers have the same seed; nobody else knows it, so that nobody
// can choose keys that wait for each other.
func (db *DB) hash(key []byte) int64 {
	h := sha256.New()
	h.Write(db.seed)
	h.Write(key)
	var sum [sha256.Size]byte
	return int64(binary.BigEndian.Uint64(h.Sum(sum[:0])))
}

// Parameters in PostgreSQL's binary format. A bytea is its bytes.

func int8Param(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

const (
	oidBytea = 17
	oidInt8  = 20
	oidInt4  = 23
)

func arrayHeader(oid, n int) []byte {
	b := make([]byte, 0, 20+12*n)
	b = binary.BigEndian.AppendUint32(b, 1) // dimensions
	b = binary.BigEndian.AppendUint32(b, 0) // no nulls
	b = binary.BigEndian.AppendUint32(b, uint32(oid))
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	return binary.BigEndian.AppendUint32(b, 1) // the first index
}

func int8Array(list []int64) []byte {
	b := arrayHeader(oidInt8, len(list))
	for _, n := range list {
		b = binary.BigEndian.AppendUint32(b, 8)
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

func int4Array(list []int32) []byte {
	b := arrayHeader(oidInt4, len(list))
	for _, n := range list {
		b = binary.BigEndian.AppendUint32(b, 4)
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// byteaArray builds an array of n values.
func byteaArray(n int, value func(i int) []byte) []byte {
	b := arrayHeader(oidBytea, n)
	for i := range n {
		v := value(i)
		b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
	}
	return b
}

// keyArrays are the heads and the digests of n keys.
func keyArrays(n int, key func(i int) []byte) [][]byte {
	return [][]byte{
		byteaArray(n, func(i int) []byte { head, _ := splitKey(key(i)); return head }),
		byteaArray(n, func(i int) []byte { _, rest := splitKey(key(i)); return digest(rest) }),
	}
}

// restArray is what keyArrays leaves out.
func restArray(n int, key func(i int) []byte) []byte {
	return byteaArray(n, func(i int) []byte { _, rest := splitKey(key(i)); return rest })
}

// bounds are the parameters of a range. An empty end is after every key.
func bounds(start, end []byte) [][]byte {
	fromHead, fromRest := splitKey(start)
	toHead, toRest := splitKey(end)
	if len(end) == 0 {
		toHead = beyond
	}
	if fromHead == nil {
		fromHead = []byte{}
	}
	return [][]byte{fromHead, fromRest, toHead, toRest}
}
