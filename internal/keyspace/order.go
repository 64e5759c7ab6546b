package keyspace

import (
	"bytes"

	"github.com/statordb/stator/internal/attribute"
)

// An ended text sorts as the text does, whatever follows it: each zero byte is followed by 0xff, and the end is a
// zero byte followed by 1.
const (
	escape   = 0
	escaped  = 0xff
	endOfOne = 1
)

// appendEnded appends an ended text.
func appendEnded[T ~string | ~[]byte](dst []byte, text T) []byte {
	return append(appendEscaped(dst, text), escape, endOfOne)
}

// appendEscaped appends an ended text without its end: what all longer texts start with, too.
func appendEscaped[T ~string | ~[]byte](dst []byte, text T) []byte {
	start := len(dst)
	dst = append(dst, text...)
	first := bytes.IndexByte(dst[start:], escape)
	if first < 0 {
		return dst
	}
	dst = dst[:start+first]
	for i := first; i < len(text); i++ {
		dst = append(dst, text[i])
		if text[i] == escape {
			dst = append(dst, escaped)
		}
	}
	return dst
}

// cutEnded splits the ended text at the start of b from what follows it.
func cutEnded(b []byte) (text, rest []byte, ok bool) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != escape {
			continue
		}
		switch b[i+1] {
		case endOfOne:
			if text == nil {
				return b[:i:i], b[i+2:], true
			}
			return append(text, b[:i]...), b[i+2:], true
		case escaped:
			text = append(text, b[:i+1]...)
			b = b[i+2:]
			i = -1
		default:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// AppendSort appends a sort value, String, Number or Binary, that others follow.
func AppendSort(dst []byte, v attribute.Value) []byte {
	if v.Kind() == attribute.Number {
		return v.Number().AppendOrdered(dst)
	}
	return appendEnded(dst, v.Text())
}

// appendLast appends the last sort value of a key.
func appendLast(dst []byte, v attribute.Value) []byte {
	if v.Kind() == attribute.Number {
		return v.Number().AppendOrdered(dst)
	}
	return append(dst, v.Text()...)
}

// Successor is the least key after all keys that start with prefix; nil if there is none.
func Successor(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			s := bytes.Clone(prefix[:i+1])
			s[i]++
			return s
		}
	}
	return nil
}

// After is the least key after key.
func After(key []byte) []byte {
	return append(key[:len(key):len(key)], 0)
}

// Bounds are a condition on a sort value. A nil Low or High does not bound; Prefix, a String or a Binary, is
// begins_with, and leaves no room for the others.
type Bounds struct {
	Low, High         attribute.Value
	LowOpen, HighOpen bool
	Prefix            attribute.Value
}

// Within is the range of the keys that start with prefix and go on with a sort value within bounds; nil bounds
// are none. With last, that value is the last of the key. The range is empty if start is not less than end.
func Within(prefix []byte, last bool, b *Bounds) (start, end []byte) {
	if b == nil {
		return bytes.Clone(prefix), Successor(prefix)
	}
	if b.Prefix != nil {
		start = bytes.Clone(prefix)
		if last {
			start = append(start, b.Prefix.Text()...)
		} else {
			start = appendEscaped(start, b.Prefix.Text())
		}
		return start, Successor(start)
	}
	at := func(v attribute.Value, after bool) []byte {
		key := bytes.Clone(prefix)
		if last && v.Kind() != attribute.Number {
			key = append(key, v.Text()...)
			if after {
				key = append(key, 0)
			}
			return key
		}
		key = AppendSort(key, v)
		if after {
			return Successor(key)
		}
		return key
	}
	start, end = bytes.Clone(prefix), Successor(prefix)
	if b.Low != nil {
		start = at(b.Low, b.LowOpen)
	}
	if b.High != nil {
		end = at(b.High, !b.HighOpen)
	}
	return start, end
}
