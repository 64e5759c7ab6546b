package pebblekv

import (
	"bytes"
	"slices"

	"github.com/cockroachdb/pebble/v2"
)

// writes are the changes of a transaction that did not commit yet: one for each key, the last one made. The zero
// value is ready.
type writes struct {
	list []write
	// index finds a key's place in list. It is nil as long as list is so short that looking through it is faster.
	index map[string]int
	// order is list in the order of keys, nil if it has to be made again. It is never changed, so that a scan can go
	// on over it while its callback writes.
	order []write
	// size is the length of all keys and values in list.
	size int
	// deletes tells that something was deleted.
	deletes bool
}

type write struct {
	hash       uint64
	key, value []byte // value is nil for a delete
}

const (
	// longList is the length at which looking through the hashes costs more than a map.
	longList = 16
	keptList = 256
)

func (w *writes) reset() {
	clear(w.list)
	if cap(w.list) > keptList {
		w.list = nil
	}
	*w = writes{list: w.list[:0]}
}

// find returns the change of key.
func (w *writes) find(hash uint64, key []byte) (value []byte, found bool) {
	if i := w.position(hash, key); i >= 0 {
		return w.list[i].value, true
	}
	return nil, false
}

func (w *writes) position(hash uint64, key []byte) int {
	if w.index != nil {
		if i, ok := w.index[string(key)]; ok {
			return i
		}
		return -1
	}
	for i := range w.list {
		if w.list[i].hash == hash && bytes.Equal(w.list[i].key, key) {
			return i
		}
	}
	return -1
}

// put makes value, or a delete if it is nil, the change of key. It keeps copies.
func (w *writes) put(mem *arena, hash uint64, key, value []byte) {
	w.order = nil
	if value == nil {
		w.deletes = true
	} else {
		value = mem.copy(value)
	}
	if i := w.position(hash, key); i >= 0 {
		w.size += len(value) - len(w.list[i].value)
		w.list[i].value = value
		return
	}
	w.size += len(key) + len(value)
	w.list = append(w.list, write{hash, mem.copy(key), value})
	switch n := len(w.list); {
	case w.index != nil:
		w.index[string(key)] = n - 1
	case n == longList:
		w.index = make(map[string]int, 4*longList)
		for i := range w.list {
			w.index[string(w.list[i].key)] = i
		}
	}
}

// within returns the changes of the keys in [start, end), in order. An empty end is after every key.
func (w *writes) within(start, end []byte) []write {
	if len(w.list) == 0 {
		return nil
	}
	if w.order == nil {
		w.order = slices.Clone(w.list)
		slices.SortFunc(w.order, func(a, b write) int { return bytes.Compare(a.key, b.key) })
	}
	byKey := func(x write, key []byte) int { return bytes.Compare(x.key, key) }
	from, _ := slices.BinarySearchFunc(w.order, start, byKey)
	to := len(w.order)
	if len(end) > 0 {
		to, _ = slices.BinarySearchFunc(w.order, end, byKey)
	}
	if from >= to {
		return nil
	}
	return w.order[from:to]
}

// batch returns the changes as a Pebble batch.
func (w *writes) batch(db *pebble.DB) (*pebble.Batch, error) {
	const overhead = 16 // a batch's header, or an entry's kind and lengths
	b := db.NewBatchWithSize(w.size + overhead*(len(w.list)+1))
	for i := range w.list {
		var err error
		if x := &w.list[i]; x.value == nil {
			err = b.Delete(x.key, nil)
		} else {
			err = b.Set(x.key, x.value, nil)
		}
		if err != nil {
			_ = b.Close()
			return nil, err
		}
	}
	return b, nil
}
