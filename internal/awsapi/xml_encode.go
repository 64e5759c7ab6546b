package awsapi

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ContentTypeXML is the content type of the answers of the query protocol.
const ContentTypeXML = "text/xml"

// AppendXML appends the answer of the query protocol. Out is an output type of the AWS SDK for Go, a pointer to one,
// or nil; namespace is the one of the service's version. Members that are nil, and enumerations that are empty, are
// left out; lists that are empty but not nil are empty elements. An operation without an output has no result
// element.
func AppendXML(dst []byte, action, namespace string, out any, requestID string) []byte {
	dst = append(dst, '<')
	dst = append(dst, action...)
	dst = append(dst, `Response xmlns="`...)
	dst = appendText(dst, namespace)
	dst = append(dst, `">`...)
	if v := reflect.ValueOf(out); hasResult(action, v) {
		dst = appendElement(dst, action+"Result", v)
	}
	dst = append(dst, `<ResponseMetadata><RequestId>`...)
	dst = appendText(dst, requestID)
	dst = append(dst, `</RequestId></ResponseMetadata></`...)
	dst = append(dst, action...)
	return append(dst, `Response>`...)
}

func appendElement(dst []byte, name string, v reflect.Value) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	start := len(dst)
	dst = appendContent(dst, v)
	if len(dst) == start {
		return append(dst[:start-1], "/>"...)
	}
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

func appendContent(dst []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return dst
		}
		return appendContent(dst, v.Elem())
	}
	switch v.Type() {
	case timeType:
		return appendTime(dst, v.Interface().(time.Time))
	case blobType:
		return base64.StdEncoding.AppendEncode(dst, v.Bytes())
	}
	switch v.Kind() {
	case reflect.Struct:
		t := v.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if f.IsExported() && f.Name != resultMetadata && !absent(v.Field(i)) {
				dst = appendElement(dst, wireName(t, f.Name), v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			dst = appendElement(dst, "member", v.Index(i))
		}
	case reflect.Map:
		// In order, so that the same answer is the same bytes.
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			dst = append(dst, "<entry>"...)
			dst = appendElement(dst, "key", key)
			dst = appendElement(dst, "value", v.MapIndex(key))
			dst = append(dst, "</entry>"...)
		}
	case reflect.Interface: // a union
		if member := v.Elem(); member.Kind() == reflect.Pointer && !member.IsNil() {
			return appendElement(dst, unionMember(v.Type(), member.Type().Elem()), member.Elem().FieldByName("Value"))
		}
	case reflect.String:
		return appendText(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, v.Float(), v.Type().Bits())
	}
	return dst
}

// appendTime appends a time with milliseconds if it has any: most of IAM's times are whole seconds.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05Z")
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

// appendText appends s as the content of an element or of an attribute in double quotes. A carriage return has to be
// escaped, or the reader makes it a line feed. What XML can't have at all, such as other control characters, becomes
// U+FFFD, as with AWS.
func appendText(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		escaped := ""
		switch {
		case r == '&':
			escaped = "&amp;"
		case r == '<':
			escaped = "&lt;"
		case r == '>':
			escaped = "&gt;"
		case r == '"':
			escaped = "&quot;"
		case r == '\r':
			escaped = "&#xD;"
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			escaped = "\uFFFD"
		}
		if escaped != "" {
			dst = append(dst, s[from:i]...)
			dst = append(dst, escaped...)
			from = i + size
		}
		i += size
	}
	return append(dst, s[from:]...)
}
