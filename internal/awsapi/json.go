package awsapi

import (
	"encoding/base64"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"time"

	"github.com/statordb/stator/internal/jsonscan"
)

// DecodeJSON reads body into dst, a pointer to an input type of the AWS SDK for Go, whose fields have the names of the
// protocol's members. Members that the type does not have are passed over, as AWS does. The error is a SerializationException.
func DecodeJSON(body []byte, dst any) error {
	s := jsonscan.New(body)
	if s.Peek() != jsonscan.Object {
		return Serialization("")
	}
	err := decode(s, reflect.ValueOf(dst).Elem())
	if err == nil {
		err = s.End()
	}
	if err == nil {
		return nil
	}
	if se, ok := err.(*jsonscan.Error); ok {
		return Serialization(se.Message)
	}
	return err
}

// Document is a member of Smithy's document type in the JSON protocols: any JSON, as it is. Read from a body, it is part of that.
type Document []byte

var (
	timeType     = reflect.TypeFor[time.Time]()
	documentType = reflect.TypeFor[Document]()
)

func decode(s *jsonscan.Scanner, v reflect.Value) error {
	if v.Type() == documentType {
		raw, err := s.Raw()
		v.SetBytes(raw)
		return err
	}
	if s.Peek() == jsonscan.Null {
		return s.Literal()
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return decode(s, v.Elem())
	}
	if v.Type() == timeType {
		return decodeTime(s, v)
	}
	switch v.Kind() {
	case reflect.Struct:
		return decodeStruct(s, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return decodeBlob(s, v)
		}
		return decodeList(s, v)
	case reflect.Map:
		return decodeMap(s, v)
	case reflect.String:
		if s.Peek() != jsonscan.String {
			return s.Mismatch("String")
		}
		text, err := s.Text()
		v.SetString(string(text))
		return err
	case reflect.Bool:
		b, err := s.Boolean()
		v.SetBool(b)
		return err
	case reflect.Int32, reflect.Int64:
		return decodeInt(s, v)
	case reflect.Float64:
		if s.Peek() != jsonscan.Number {
			return s.Mismatch("Double")
		}
		digits, err := s.Digits()
		if err != nil {
			return err
		}
		f, _ := strconv.ParseFloat(string(digits), 64) // out of range is infinite
		v.SetFloat(f)
		return nil
	}
	return s.Skip() // an interface: no input has one that we read
}

func decodeStruct(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.Object {
		return s.MismatchStruct(v.Type().Name())
	}
	return s.Object(func(name []byte) error {
		f, ok := v.Type().FieldByName(string(name))
		if !ok || !f.IsExported() || len(f.Index) != 1 {
			return s.Skip()
		}
		if shape, ok := structure(f.Type); ok && s.Peek() != jsonscan.Object && s.Peek() != jsonscan.Null {
			return s.MismatchMember(shape)
		}
		return decode(s, v.Field(f.Index[0]))
	})
}

// structure is the shape of a member that is a structure.
func structure(t reflect.Type) (shape string, ok bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name(), t.Kind() == reflect.Struct && t != timeType
}

// maxElements bounds a list: no control plane takes longer ones, and an element takes many times the memory of its text. A
// list that is longer is read as one that is too long.
const maxElements = 1000

func decodeList(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.Array {
		return s.Mismatch("List")
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	return s.Array(func() error {
		if v.Len() > maxElements {
			return s.Skip()
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		err := decode(s, elem)
		v.Set(reflect.Append(v, elem))
		return err
	})
}

func decodeMap(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.Object {
		return s.MismatchMap(jsonscan.Class(v.Type().Elem().Name()))
	}
	v.Set(reflect.MakeMap(v.Type()))
	return s.Object(func(name []byte) error {
		key := reflect.ValueOf(string(name)).Convert(v.Type().Key())
		elem := reflect.New(v.Type().Elem()).Elem()
		err := decode(s, elem)
		v.SetMapIndex(key, elem)
		return err
	})
}

func decodeBlob(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.String {
		return s.Mismatch("ByteBuffer")
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return &jsonscan.Error{Message: "Invalid last non-pad Base64 character dectected"}
	}
	v.SetBytes(raw)
	return nil
}

func decodeInt(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.Number {
		if v.Kind() == reflect.Int32 {
			return s.Mismatch("Integer")
		}
		return s.Mismatch("Long")
	}
	digits, err := s.Digits()
	if err != nil {
		return err
	}
	v.SetInt(Truncate(digits, v.Type().Bits()))
	return nil
}

func decodeTime(s *jsonscan.Scanner, v reflect.Value) error {
	if s.Peek() != jsonscan.Number {
		return s.Mismatch("Date")
	}
	digits, err := s.Digits()
	if err != nil {
		return err
	}
	f, _ := strconv.ParseFloat(string(digits), 64)
	if math.Abs(f) > 1e12 {
		return &jsonscan.Error{Message: "NUMBER_VALUE cannot be converted to Date"}
	}
	v.Set(reflect.ValueOf(time.UnixMilli(int64(f * 1000)).UTC()))
	return nil
}

// Truncate is the integer of so many bits nearest to a JSON number, without its fraction.
func Truncate(digits []byte, bits int) int64 {
	high := int64(1)<<(bits-1) - 1
	if i, err := strconv.ParseInt(string(digits), 10, 64); err == nil {
		return max(-high-1, min(i, high))
	}
	f, _, err := big.ParseFloat(string(digits), 10, 64, big.ToZero)
	if err != nil { // an exponent beyond all bounds
		return 0
	}
	i, _ := f.Int64()
	return max(-high-1, min(i, high))
}

// AppendJSON appends src, an output type of the AWS SDK for Go or a pointer to one, as the JSON protocols have it.
// Members that are nil, and enumerations that are empty, are left out.
func AppendJSON(dst []byte, src any) []byte { return encode(dst, reflect.ValueOf(src)) }

func encode(dst []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		return encode(dst, v.Elem())
	}
	if v.Type() == timeType {
		// Seconds since the epoch, with milliseconds.
		return strconv.AppendFloat(dst, float64(v.Interface().(time.Time).UnixMilli())/1000, 'f', -1, 64)
	}
	if v.Type() == documentType {
		return append(dst, v.Bytes()...)
	}
	switch v.Kind() {
	case reflect.Struct:
		dst = append(dst, '{')
		first := true
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || f.Name == "ResultMetadata" || absent(v.Field(i)) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = jsonscan.AppendString(dst, f.Name)
			dst = encode(append(dst, ':'), v.Field(i))
		}
		return append(dst, '}')
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			dst = base64.StdEncoding.AppendEncode(append(dst, '"'), v.Bytes())
			return append(dst, '"')
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = encode(dst, v.Index(i))
		}
		return append(dst, ']')
	case reflect.Map:
		dst = append(dst, '{')
		for i, key := range v.MapKeys() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = jsonscan.AppendString(dst, key.String())
			dst = encode(append(dst, ':'), v.MapIndex(key))
		}
		return append(dst, '}')
	case reflect.String:
		return jsonscan.AppendString(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Float64:
		return strconv.AppendFloat(dst, v.Float(), 'f', -1, 64)
	}
	return append(dst, "null"...)
}

func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	}
	return false
}
