package awsapi

import (
	"reflect"

	"github.com/fxamacker/cbor/v2"
)

// ContentTypeCBOR is the content type of Smithy RPC v2 CBOR, both ways.
const ContentTypeCBOR = "application/cbor"

// What a body in CBOR may have: no operation takes deeper structures or longer lists, and a few bytes must not make a
// large one.
const (
	maxCBORLevels   = 16
	maxCBORElements = 1000
)

// cborDecoding and cborEncoding are the library as Smithy uses the format: names in their own case, and times as tag 1
// ("Smithy RPC v2 CBOR protocol", Smithy specification).
var (
	cborDecoding = must(cbor.DecOptions{
		MaxNestedLevels: maxCBORLevels, MaxArrayElements: maxCBORElements, MaxMapPairs: maxCBORElements,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive, DefaultMapType: reflect.TypeFor[map[string]any](),
	}.DecMode())
	cborEncoding = must(cbor.EncOptions{Time: cbor.TimeUnix, TimeTag: cbor.EncTagRequired}.EncMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options are constants
	}
	return v
}

// DecodeCBOR reads body into dst, a pointer to an input type of the AWS SDK for Go or to any. Members that the type does
// not have are passed over. An empty body is an input without members. The error is a SerializationException.
func DecodeCBOR(body []byte, dst any) error {
	if len(body) == 0 {
		return nil
	}
	if err := cborDecoding.Unmarshal(body, dst); err != nil {
		return Serialization("The body is not the input of the operation in CBOR")
	}
	return nil
}

// AppendCBOR appends src, an output type of the AWS SDK for Go or a pointer to one. Members that are nil, and
// enumerations that are empty, are left out.
func AppendCBOR(dst []byte, src any) ([]byte, error) {
	b, err := cborEncoding.Marshal(cborTree(reflect.ValueOf(src)))
	return append(dst, b...), err
}

// cborTree is v with maps in the place of structures.
func cborTree(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		return cborTree(v.Elem())
	case reflect.Slice:
		if v.Type() == blobType {
			break
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = cborTree(v.Index(i))
		}
		return list
	case reflect.Struct:
		if v.Type() == timeType {
			break
		}
		members := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Name != resultMetadata && !absent(v.Field(i)) {
				members[f.Name] = cborTree(v.Field(i))
			}
		}
		return members
	}
	return v.Interface()
}

// AppendCBOR appends the body of the error. Namespace is the one of the service's shapes.
func (e *Error) AppendCBOR(dst []byte, namespace string) []byte {
	members := map[string]string{"__type": namespace + "#" + e.Code}
	if e.Message != "" {
		members["message"] = e.Message
	}
	return append(dst, must(cborEncoding.Marshal(members))...) // texts can always be encoded
}
