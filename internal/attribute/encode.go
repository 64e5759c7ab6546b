package attribute

import (
	"encoding/base64"

	"github.com/statordb/stator/internal/jsonscan"
)

// AppendJSON appends v as the wire has it: {"S":"text"}.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.Kind() {
	case Null:
		return append(dst, `{"NULL":true}`...)
	case Bool:
		if v.Bool() {
			return append(dst, `{"BOOL":true}`...)
		}
		return append(dst, `{"BOOL":false}`...)
	}
	dst = append(dst, '{', '"')
	dst = append(dst, v.Kind().String()...)
	dst = append(dst, '"', ':')
	switch v.Kind() {
	case String, Number, Binary:
		dst = v.appendScalarJSON(dst)
	case Map:
		dst = v.AppendItemJSON(dst)
	default:
		dst = append(dst, '[')
		for elem := range v.Elements() {
			if dst[len(dst)-1] != '[' {
				dst = append(dst, ',')
			}
			if v.Kind() == List {
				dst = elem.AppendJSON(dst)
			} else {
				dst = elem.appendScalarJSON(dst)
			}
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// AppendItemJSON appends the members of an item, or of a map: {"name":{"S":"text"}}.
func (v Value) AppendItemJSON(dst []byte) []byte {
	dst = append(dst, '{')
	first := true
	for name, elem := range v.Fields() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = jsonscan.AppendString(dst, name)
		dst = append(dst, ':')
		dst = elem.AppendJSON(dst)
	}
	return append(dst, '}')
}

func (v Value) appendScalarJSON(dst []byte) []byte {
	switch v.Kind() {
	case Number:
		dst = append(dst, '"')
		dst = v.Number().Append(dst)
		return append(dst, '"')
	case Binary:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v.Text())
		return append(dst, '"')
	}
	return jsonscan.AppendString(dst, v.Text())
}

// String returns the JSON form, for tests and logs.
func (v Value) String() string {
	if v == nil {
		return "(none)"
	}
	return string(v.AppendJSON(nil))
}
