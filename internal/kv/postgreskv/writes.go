package postgreskv

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/kv"
)

// writes are the changes of a transaction that did not commit yet: the last one of each key. A nil value is a delete.
type writes struct {
	byKey map[string][]byte
	size  int // of all keys and values
	// order is the changes in the order of their keys, nil if it has to be made again. It is never changed, so that a scan can
	// go on over it while its callback writes.
	order []entry
}

func (w *writes) find(key []byte) (value []byte, mine bool) {
	value, mine = w.byKey[string(key)]
	return value, mine
}

// put makes value, or a delete if it is nil, the change of key. It keeps copies.
func (w *writes) put(key, value []byte) error {
	if len(value) > kv.MaxValueSize {
		return kv.ErrTooLarge
	}
	if w.byKey == nil {
		w.byKey = map[string][]byte{}
	}
	old, there := w.byKey[string(key)]
	if !there {
		w.size += len(key)
	}
	if value != nil {
		value = kept(value)
	}
	w.byKey[string(key)] = value
	w.order = nil
	if w.size += len(value) - len(old); w.size > kv.MaxTxnSize {
		return kv.ErrTooLarge
	}
	return nil
}

// sorted returns the changes in the order of their keys.
func (w *writes) sorted() []entry {
	if w.order == nil {
		w.order = make([]entry, 0, len(w.byKey))
		for _, key := range slices.SortedFunc(maps.Keys(w.byKey), strings.Compare) {
			w.order = append(w.order, entry{[]byte(key), w.byKey[key]})
		}
	}
	return w.order
}

// within returns the changes of the keys in [start, end), in order. An empty end is after every key.
func (w *writes) within(start, end []byte) []entry {
	if len(w.byKey) == 0 {
		return nil
	}
	all := w.sorted()
	byKey := func(e entry, key []byte) int { return compare(e.key, key) }
	from, _ := slices.BinarySearchFunc(all, start, byKey)
	to := len(all)
	if len(end) > 0 {
		to, _ = slices.BinarySearchFunc(all, end, byKey)
	}
	return all[from:max(from, to)]
}

func compare(a, b []byte) int { return bytes.Compare(a, b) }
