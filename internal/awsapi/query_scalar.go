package awsapi

import (
	"encoding/base64"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

var blobType = reflect.TypeFor[[]byte]()

// decodeScalar reads the text of a parameter into v. The messages for booleans and timestamps are AWS's. Those for
// numbers and blobs, which AWS does not publish, are made like them.
func decodeScalar(text string, v reflect.Value) error {
	switch v.Type() {
	case timeType:
		t, ok := parseTime(text)
		if !ok {
			return MalformedInput("timestamp must follow ISO8601")
		}
		v.Set(reflect.ValueOf(t))
		return nil
	case blobType:
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return MalformedInput("blob must follow RFC 4648 base64")
		}
		v.SetBytes(raw)
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		return decodeBool(text, v)
	case reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return MalformedInput("integer must follow xsd1.1 definition")
		}
		v.SetInt(i)
	case reflect.Float32, reflect.Float64:
		f, ok := parseFloat(text, v.Type().Bits())
		if !ok {
			return MalformedInput("double must follow xsd1.1 definition")
		}
		v.SetFloat(f)
	}
	return nil
}

func decodeBool(text string, v reflect.Value) error {
	switch text {
	case "true", "1":
		v.SetBool(true)
	case "false", "0":
		v.SetBool(false)
	case "":
		return MalformedInput("missing value for boolean type")
	default: // True too
		return MalformedInput("boolean must follow xsd1.1 definition")
	}
	return nil
}

func parseFloat(text string, bits int) (float64, bool) {
	switch text {
	case "NaN":
		return math.NaN(), true
	case "Infinity", "INF":
		return math.Inf(1), true
	case "-Infinity", "-INF":
		return math.Inf(-1), true
	}
	if strings.Trim(text, "0123456789+-.eE") != "" { // strconv also takes hexadecimals
		return 0, false
	}
	f, err := strconv.ParseFloat(text, bits)
	return f, err == nil
}

// timeLayouts are the forms of ISO 8601 that AWS takes. A fraction of the second may follow in all that have seconds.
// Without a zone the time is UTC.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00",
	"20060102T150405Z0700",
	"2006-01-02",
}

// maxFraction is the number of digits that a fraction of a second may have for AWS.
const maxFraction = 6

func parseTime(text string) (time.Time, bool) {
	if _, fraction, ok := strings.Cut(text, "."); ok && len(fraction)-len(strings.TrimLeft(fraction, "0123456789")) > maxFraction {
		return time.Time{}, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
