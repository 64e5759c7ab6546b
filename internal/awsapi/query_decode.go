package awsapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// DecodeQuery reads a form into dst, a pointer to an input type of the AWS SDK for Go, whose fields have the names of
// the protocol's members. Parameters that the type does not have are passed over, as AWS does. Lists are
// Name.member.N, maps are Name.entry.N.key and .value, and "Name=" is an empty list. The error is a MalformedInput.
//
// A union is an interface in the SDK, and nothing but its name leads to the types of its members. They have to be given
// as pointers, such as (*types.PolicyIdentifierMemberPolicyArn)(nil).
func DecodeQuery(f Form, dst any, unionMembers ...any) error {
	d := queryDecoder{unionMembers}
	return d.members(f.root(), reflect.ValueOf(dst).Elem())
}

type queryDecoder struct{ unionMembers []any }

// MalformedInput is the error for a parameter that can't be what its member is.
func MalformedInput(message string) *Error {
	return &Error{Code: "MalformedInput", Status: http.StatusBadRequest, Message: message}
}

// AWS's messages for a parameter of the wrong structure. They are those of a parser that sees a list where another
// thing ends too early.
const (
	notScalar = "Start of list found where not expected"
	notList   = "Unexpected list element termination"
	notStruct = "Unexpected complex element termination"
)

func (d queryDecoder) members(n node, v reflect.Value) error {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Name == resultMetadata {
			continue
		}
		if m := n.member(wireName(t, f.Name)); m.there() {
			if err := d.node(m, v.Field(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// node reads a node that is there into v.
func (d queryDecoder) node(n node, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return d.node(n, v.Elem())
	}
	switch t := v.Type(); {
	case t == timeType || t == blobType:
	case v.Kind() == reflect.Struct:
		if n.value != "" {
			return MalformedInput(notStruct)
		}
		return d.members(n, v)
	case v.Kind() == reflect.Slice:
		return d.list(n, v)
	case v.Kind() == reflect.Map:
		return d.entries(n, v)
	case v.Kind() == reflect.Interface:
		return d.union(n, v)
	}
	if len(n.below) > 0 {
		return MalformedInput(notScalar)
	}
	return decodeScalar(n.value, v)
}

func (d queryDecoder) list(n node, v reflect.Value) error {
	elements, err := listElements(n, "member")
	if err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(elements)))
	zero := reflect.Zero(v.Type().Elem())
	for _, e := range elements {
		for v.Len() < e.index-1 {
			v.Set(reflect.Append(v, zero))
		}
		v.Set(reflect.Append(v, zero))
		if err := d.node(e.node, v.Index(v.Len()-1)); err != nil {
			return err
		}
	}
	return nil
}

func (d queryDecoder) entries(n node, v reflect.Value) error {
	elements, err := listElements(n, "entry")
	if err != nil {
		return err
	}
	t := v.Type()
	v.Set(reflect.MakeMapWithSize(t, len(elements)))
	for _, e := range elements {
		key, value := e.member("key"), e.member("value")
		if e.value != "" || !key.set || !value.there() {
			return MalformedInput(notStruct)
		}
		name, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := d.node(key, name); err != nil {
			return err
		}
		if err := d.node(value, elem); err != nil {
			return err
		}
		v.SetMapIndex(name, elem)
	}
	return nil
}

// union reads the one member of a union that is there. One that nobody has given is passed over.
func (d queryDecoder) union(n node, v reflect.Value) error {
	if n.value != "" {
		return MalformedInput(notStruct)
	}
	for _, member := range d.unionMembers {
		t := reflect.TypeOf(member)
		if !t.Implements(v.Type()) {
			continue
		}
		m := n.member(unionMember(v.Type(), t.Elem()))
		if !m.there() {
			continue
		}
		if !v.IsNil() {
			return MalformedInput(notStruct)
		}
		v.Set(reflect.New(t.Elem()))
		if err := d.node(m, v.Elem().Elem().FieldByName("Value")); err != nil {
			return err
		}
	}
	return nil
}

// element is an element of a list, and its index in the names of the parameters, from 1.
type element struct {
	index int
	node
}

// AWS's bounds for indexes, and its messages for them below, as SES has them, whose protocol is the same. An index may
// be left out, and makes an element without a value, but not many at a time: one short parameter must not make a long
// list.
const (
	maxIndex = 214_748_369
	maxSkip  = 10
)

// listElements returns the elements of a list, or the entries of a map, in the order of their indexes.
func listElements(n node, name string) ([]element, error) {
	if n.value != "" {
		return nil, MalformedInput(notList)
	}
	list := n.member(name)
	switch {
	case list.set:
		return nil, MalformedInput(notList)
	case len(n.below) > 0 && len(list.below) == 0: // Tags.1.Key, without the word between
		return nil, MalformedInput(notScalar)
	}
	var elements []element
	before := "." // which no index is
	for _, p := range list.below {
		digits, _, _ := strings.Cut(p.name[list.at:], ".")
		if digits == before {
			continue
		}
		// What sorts between the parameters of one element, such as 1-x, has no valid index.
		index, err := parseIndex(digits)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element{index, list.member(digits)})
		before = digits
	}
	slices.SortFunc(elements, func(a, b element) int { return a.index - b.index })
	last := 1
	for _, e := range elements {
		if skip := e.index - last; skip > maxSkip {
			return nil, MalformedInput("Excessively sparse input would skip " + thousands(skip) + " list elements")
		}
		last = e.index
	}
	return elements, nil
}

func parseIndex(digits string) (int, error) {
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, MalformedInput(notScalar)
		}
	}
	switch {
	case digits == "":
		return 0, MalformedInput(notScalar)
	case digits == "0":
		return 0, MalformedInput("0 is not a valid index")
	case digits[0] == '0':
		return 0, MalformedInput("Value found where not expected")
	}
	index, err := strconv.Atoi(digits)
	if err != nil || index > maxIndex {
		return 0, MalformedInput("Index " + digits + " is illegal")
	}
	return index, nil
}

// thousands prints a number with a comma before every three digits, as AWS does here.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
