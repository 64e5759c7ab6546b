package table

import (
	"encoding/binary"

	"github.com/statordb/stator/internal/attribute"
)

// wellFormedItem says whether b is a Map in storage form, throughout. Package attribute trusts what it reads; this
// is for Check, which does not.
func wellFormedItem(b []byte) bool {
	if !looksLikeMap(b) {
		return false
	}
	rest, ok := cutValue(b, 0)
	return ok && len(rest) == 0
}

// cutValue returns what follows the value at the start of b.
func cutValue(b []byte, depth int) (rest []byte, ok bool) {
	if len(b) == 0 || depth > attribute.MaxDepth+1 {
		return nil, false
	}
	kind := attribute.Kind(b[0])
	switch kind {
	case attribute.Null:
		return b[1:], true
	case attribute.Bool:
		if len(b) < 2 || b[1] > 1 {
			return nil, false
		}
		return b[2:], true
	case attribute.String, attribute.Binary:
		return cutText(b[1:])
	case attribute.Number:
		if len(b) < 3 || b[1] == 0 || len(b) < 2+int(b[1]) {
			return nil, false
		}
		return b[2+int(b[1]):], true
	case attribute.StringSet, attribute.NumberSet, attribute.BinarySet, attribute.List, attribute.Map:
		return cutContainer(b, kind, depth)
	}
	return nil, false
}

func cutText(b []byte) (rest []byte, ok bool) {
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, false
	}
	return b[w+int(n):], true
}

func cutContainer(b []byte, kind attribute.Kind, depth int) (rest []byte, ok bool) {
	if len(b) < mapHeader {
		return nil, false
	}
	size, count := binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:])
	if uint64(size) > uint64(len(b)-mapHeader) {
		return nil, false
	}
	elems, rest := b[mapHeader:mapHeader+int(size)], b[mapHeader+int(size):]
	for ; len(elems) > 0; count-- {
		if count == 0 {
			return nil, false
		}
		if kind == attribute.Map {
			if elems, ok = cutText(elems); !ok || len(elems) == 0 {
				return nil, false
			}
		}
		if kind.IsSet() && attribute.Kind(elems[0]) != kind.Element() {
			return nil, false
		}
		if elems, ok = cutValue(elems, depth+1); !ok {
			return nil, false
		}
	}
	return rest, count == 0
}
