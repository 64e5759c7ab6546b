// Package attribute is the attribute values of DynamoDB: the ten kinds, numbers of 38 digits, sets, the sizes that
// are counted and paid, the JSON of the wire and the bytes of the store.
//
// A value is held in one form only, the storage form, from the request's body to the disk and back: it can be read
// in place, attribute by attribute, and written as JSON straight from its bytes. The package is pure, imports
// only the JSON scanner, and every byte that enters it from outside is checked on the way in: the readers of
// the storage form trust it.
package attribute

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Kind is the kind of a value. Its number is the first byte of the storage form: never renumber.
type Kind byte

// The kinds.
const (
	Null Kind = iota + 1
	Bool
	String
	Number
	Binary
	StringSet
	NumberSet
	BinarySet
	List
	Map
)

var kindNames = [...]string{Null: "NULL", Bool: "BOOL", String: "S", Number: "N", Binary: "B",
	StringSet: "SS", NumberSet: "NS", BinarySet: "BS", List: "L", Map: "M"}

// String returns DynamoDB's name of the kind: S, N, B, SS, NS, BS, L, M, BOOL, NULL.
func (k Kind) String() string {
	if int(k) < len(kindNames) && k != 0 {
		return kindNames[k]
	}
	return "?"
}

// IsSet says whether k is one of the three kinds of set.
func (k Kind) IsSet() bool { return StringSet <= k && k <= BinarySet }

// Element returns the kind of a set's elements.
func (k Kind) Element() Kind { return k - StringSet + String }

// Value is one attribute value in storage form, a read-only view. The nil Value is no value. An item is a Value
// of kind Map.
//
// The form: one byte of kind, then
//
//	Null                nothing
//	Bool                one byte, 0 or 1
//	String, Binary      the length as a uvarint, the bytes
//	Number              the length in one byte, the bytes of Num
//	sets, List          the length of the elements in 4 bytes, their count in 4, the elements as values
//	Map                 the same, an element being the length of the name as a uvarint, the name, the value
//
// A set's elements are in ascending order, each once; a map's are in the order they came, each name once.
type Value []byte

// containerHeader is the kind, the length and the count of a set, a list or a map.
const containerHeader = 1 + 4 + 4

// Kind returns the kind of v, 0 if there is no value.
func (v Value) Kind() Kind {
	if len(v) == 0 {
		return 0
	}
	return Kind(v[0])
}

// Text returns the bytes of a String or a Binary.
func (v Value) Text() []byte {
	n, w := binary.Uvarint(v[1:])
	return v[1+w : 1+w+int(n)]
}

// Number returns the number of a Number.
func (v Value) Number() Num { return Num(v[2 : 2+int(v[1])]) }

// Bool returns the truth of a Bool.
func (v Value) Bool() bool { return v[1] != 0 }

// Count returns the number of elements of a set, a list or a map.
func (v Value) Count() int { return int(binary.BigEndian.Uint32(v[5:])) }

// size returns how many bytes the value at the start of v takes.
func (v Value) size() int {
	switch v.Kind() {
	case Null:
		return 1
	case Bool:
		return 2
	case String, Binary:
		n, w := binary.Uvarint(v[1:])
		return 1 + w + int(n)
	case Number:
		return 2 + int(v[1])
	}
	return containerHeader + int(binary.BigEndian.Uint32(v[1:]))
}

// cut splits the value at the start of v from what follows it.
func (v Value) cut() (first, rest Value) {
	n := v.size()
	return v[:n:n], v[n:]
}

func (v Value) cutName() (name []byte, rest Value) {
	n, w := binary.Uvarint(v)
	return v[w : w+int(n)], v[w+int(n):]
}

// Elements returns the elements of a list or a set.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		var elem Value
		for rest := v[containerHeader:]; len(rest) > 0; {
			if elem, rest = rest.cut(); !yield(elem) {
				return
			}
		}
	}
}

// Fields returns the names and values of a map. A name is a view: it may be kept only as long as v.
func (v Value) Fields() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		var name []byte
		var elem Value
		for rest := v[containerHeader:]; len(rest) > 0; {
			name, rest = rest.cutName()
			if elem, rest = rest.cut(); !yield(name, elem) {
				return
			}
		}
	}
}

// Field returns the value that a map has under name, nil if it has none or v is no map.
func (v Value) Field(name string) Value {
	if v.Kind() != Map {
		return nil
	}
	var n []byte
	for rest := v[containerHeader:]; len(rest) > 0; {
		n, rest = rest.cutName()
		size := rest.size()
		if string(n) == name {
			return rest[:size:size]
		}
		rest = rest[size:]
	}
	return nil
}

// At returns the i-th element of a list, nil if it has none or v is no list.
func (v Value) At(i int) Value {
	if v.Kind() != List || i < 0 || i >= v.Count() {
		return nil
	}
	for elem := range v.Elements() {
		if i == 0 {
			return elem
		}
		i--
	}
	return nil
}

// Contains says whether the set v has the element elem.
func (v Value) Contains(elem Value) bool {
	for e := range v.Elements() {
		if bytes.Equal(e, elem) {
			return true
		}
	}
	return false
}

// Equal says whether a and b are the same value: of one kind, numbers by value, maps whatever their order.
func Equal(a, b Value) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if a.Kind() != b.Kind() || len(a) != len(b) {
		return false
	}
	switch a.Kind() {
	case List:
		if a.Count() != b.Count() {
			return false
		}
		rest := b[containerHeader:]
		var other Value
		for elem := range a.Elements() {
			if other, rest = rest.cut(); !Equal(elem, other) {
				return false
			}
		}
		return true
	case Map:
		return equalMaps(a, b)
	}
	return false
}

func equalMaps(a, b Value) bool {
	if a.Count() != b.Count() {
		return false
	}
	if a.Count() <= 16 {
		for name, elem := range a.Fields() {
			if !Equal(elem, b.Field(string(name))) {
				return false
			}
		}
		return true
	}
	fields := make(map[string]Value, b.Count())
	for name, elem := range b.Fields() {
		fields[string(name)] = elem
	}
	for name, elem := range a.Fields() {
		if !Equal(elem, fields[string(name)]) {
			return false
		}
	}
	return true
}

// Compare orders two values of one kind, String, Number or Binary, as DynamoDB sorts them.
func Compare(a, b Value) int {
	if a.Kind() == Number {
		return a.Number().Compare(b.Number())
	}
	return bytes.Compare(a.Text(), b.Text())
}

// Size returns the bytes that DynamoDB counts for the value (developer guide, "DynamoDB item sizes and
// formats"). For an item, use ItemSize.
func (v Value) Size() int {
	switch v.Kind() {
	case String, Binary:
		return len(v.Text())
	case Number:
		return v.Number().Size()
	case StringSet, NumberSet, BinarySet:
		n := 0
		for elem := range v.Elements() {
			n += elem.Size()
		}
		return n
	case List:
		n := 3 + v.Count()
		for elem := range v.Elements() {
			n += elem.Size()
		}
		return n
	case Map:
		return 3 + v.Count() + ItemSize(v)
	}
	return 1
}

// TooDeep says whether lists and maps are nested in an item more than MaxDepth deep.
func TooDeep(item Value) bool { return item.deeperThan(MaxDepth) }

// deeperThan says whether v is nested more than n deep: a list or a map is one deep, and what is in it.
func (v Value) deeperThan(n int) bool {
	switch v.Kind() {
	case List, Map:
	default:
		return false
	}
	if n == 0 {
		return true
	}
	if v.Kind() == List {
		for elem := range v.Elements() {
			if elem.deeperThan(n - 1) {
				return true
			}
		}
		return false
	}
	for _, elem := range v.Fields() {
		if elem.deeperThan(n - 1) {
			return true
		}
	}
	return false
}

// ItemSize returns the bytes that DynamoDB counts for an item: its names and its values. No item has none.
func ItemSize(item Value) int {
	if item == nil {
		return 0
	}
	n := 0
	for name, elem := range item.Fields() {
		n += len(name) + elem.Size()
	}
	return n
}
