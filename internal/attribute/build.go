package attribute

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
)

// NewNull returns the null value.
func NewNull() Value { return Value{byte(Null)} }

// NewBool returns a Bool.
func NewBool(b bool) Value {
	if b {
		return Value{byte(Bool), 1}
	}
	return Value{byte(Bool), 0}
}

// NewString returns a String.
func NewString(s string) Value { return appendText(nil, String, s) }

// NewBinary returns a Binary.
func NewBinary(b []byte) Value { return appendText(nil, Binary, b) }

// NewNumber returns a Number.
func NewNumber(n Num) Value { return appendNumber(nil, n) }

// NewInt returns the Number i.
func NewInt(i int64) Value {
	n, err := ParseNumber(strconv.FormatInt(i, 10))
	if err != nil {
		panic(err) // 19 digits always fit
	}
	return NewNumber(n)
}

// NewList returns a list of elems.
func NewList(elems []Value) Value {
	v, mark := openContainer(nil, List)
	for _, e := range elems {
		v = append(v, e...)
	}
	return closeContainer(v, mark, len(elems))
}

// NewSet returns the set of elems, which are of one kind; it sorts them and drops what repeats.
func NewSet(elems []Value) Value {
	elems = slices.Clone(elems)
	slices.SortFunc(elems, Compare)
	elems = slices.CompactFunc(elems, func(a, b Value) bool { return bytes.Equal(a, b) })
	v, mark := openContainer(nil, elems[0].Kind()-String+StringSet)
	for _, e := range elems {
		v = append(v, e...)
	}
	return closeContainer(v, mark, len(elems))
}

// NewMap returns the map, or the item, of names to values, in their order. Each name must be there once.
func NewMap(names []string, values []Value) Value {
	var b MapBuilder
	b.Grow(0)
	for i, name := range names {
		b.Add(name, values[i])
	}
	return b.Value()
}

// MapBuilder builds a map, or an item, member by member. The zero value is ready.
type MapBuilder struct {
	v     Value
	count int
}

// Grow makes room for n bytes more.
func (b *MapBuilder) Grow(n int) {
	if b.v == nil {
		b.v, _ = openContainer(make([]byte, 0, containerHeader+n), Map)
	}
}

// Add adds a member. The builder copies it. Nobody checks that name is new.
func (b *MapBuilder) Add(name string, v Value) {
	if b.v == nil {
		b.Grow(len(name) + len(v) + 2)
	}
	b.v = appendName(b.v, name)
	b.v = append(b.v, v...)
	b.count++
}

// Count returns how many members there are.
func (b *MapBuilder) Count() int { return b.count }

// Value returns the map. The builder must not be used after that.
func (b *MapBuilder) Value() Value {
	b.Grow(0)
	return closeContainer(b.v, 0, b.count)
}

func appendText[T ~string | ~[]byte](dst []byte, kind Kind, text T) []byte {
	if dst == nil {
		dst = make([]byte, 0, 1+binary.MaxVarintLen32+len(text))
	}
	dst = append(dst, byte(kind))
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

func appendNumber(dst []byte, n Num) []byte {
	dst = append(dst, byte(Number), byte(len(n)))
	return append(dst, n...)
}

func appendName[T ~string | ~[]byte](dst []byte, name T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(name)))
	return append(dst, name...)
}

// openContainer starts a set, a list or a map at the end of dst; mark is for closeContainer.
func openContainer(dst []byte, kind Kind) (v []byte, mark int) {
	mark = len(dst)
	return append(dst, byte(kind), 0, 0, 0, 0, 0, 0, 0, 0), mark
}

func closeContainer(dst []byte, mark, count int) []byte {
	binary.BigEndian.PutUint32(dst[mark+1:], uint32(len(dst)-mark-containerHeader))
	binary.BigEndian.PutUint32(dst[mark+5:], uint32(count))
	return dst
}
