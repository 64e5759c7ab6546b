package attribute

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/statordb/stator/internal/jsonscan"
)

// MaxDepth is how deep lists and maps may be nested, the item itself included (developer guide, "Constraints").
const MaxDepth = 32

// maxName bounds the name of an attribute, in bytes.
const maxName = 65535

var (
	errEmpty       = &Error{"Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"}
	errSeveral     = &Error{"Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"}
	errNull        = &Error{"One or more parameter values were invalid: Null attribute value types must have the value of true"}
	errNullElement = &Error{"One or more parameter values were invalid: An string set may not have a null string as a member"}
	errNullValue   = &Error{"The supplied Item contains a null AttributeValue"}
	errLongName    = &Error{"Attribute name is too large, must be less than 65536 bytes"}
	errNesting     = &Error{"Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"}
)

// ErrNoName is the error for a name that is empty.
var ErrNoName = &Error{"Empty attribute name"}

// Decoder reads attribute values from JSON into storage form.
//
// AWS reads a whole body before it looks at what the values mean. So what is not of the right JSON type ends the
// reading with a *jsonscan.Error, and what is but makes no sense (no type, a number that is none) only sets
// Invalid, the first time, and reading goes on.
type Decoder struct {
	Scan    *jsonscan.Scanner
	Invalid *Error

	depth int
}

// TakeInvalid returns what was invalid since the last call, nil if nothing was.
func (d *Decoder) TakeInvalid() *Error {
	err := d.Invalid
	d.Invalid = nil
	return err
}

func (d *Decoder) invalid(err *Error) {
	if d.Invalid == nil {
		d.Invalid = err
	}
}

// Item reads an object of names and attribute values as one Map.
func (d *Decoder) Item() (Value, error) {
	return d.appendMap(make([]byte, 0, 256))
}

// Value reads one attribute value, such as {"S":"text"}.
func (d *Decoder) Value() (Value, error) {
	return d.appendValue(nil)
}

// appendValue always appends one whole value, a null where there was none, so that what is around it stays in form.
func (d *Decoder) appendValue(dst []byte) ([]byte, error) {
	switch d.Scan.Peek() {
	case jsonscan.Object:
	case jsonscan.Null:
		d.invalid(errNullValue)
		return append(dst, byte(Null)), d.Scan.Literal()
	default:
		return dst, d.Scan.MismatchStruct("AttributeValue")
	}
	start, types := len(dst), 0
	err := d.Scan.Object(func(name []byte) error {
		kind := kindOf(name)
		if kind == 0 || d.Scan.Peek() == jsonscan.Null {
			return d.Scan.Skip()
		}
		types++
		dst = dst[:start] // of several types the last; it is refused anyway
		var err error
		dst, err = d.appendKind(dst, kind)
		return err
	})
	switch {
	case err != nil:
		return dst, err
	case types == 0:
		d.invalid(errEmpty)
		dst = append(dst, byte(Null))
	case types > 1:
		d.invalid(errSeveral)
	}
	return dst, nil
}

func kindOf(name []byte) Kind {
	for kind := Null; kind <= Map; kind++ {
		if kindNames[kind] == string(name) {
			return kind
		}
	}
	return 0
}

func (d *Decoder) appendKind(dst []byte, kind Kind) ([]byte, error) {
	switch kind {
	case Null, Bool:
		b, err := d.Scan.Boolean()
		if kind == Bool {
			return append(dst, NewBool(b)...), err
		}
		if err == nil && !b {
			d.invalid(errNull)
		}
		return append(dst, byte(Null)), err
	case String, Number, Binary:
		return d.appendScalar(dst, kind)
	case List:
		return d.appendList(dst)
	case Map:
		return d.appendMap(dst)
	}
	return d.appendSet(dst, kind)
}

func (d *Decoder) appendScalar(dst []byte, kind Kind) ([]byte, error) {
	if d.Scan.Peek() != jsonscan.String {
		want := "String"
		if kind == Binary {
			want = "ByteBuffer"
		}
		return dst, d.Scan.Mismatch(want)
	}
	text, err := d.Scan.Text()
	if err != nil {
		return dst, err
	}
	switch kind {
	case String:
		return appendText(dst, String, text), nil
	case Binary:
		raw, err := decodeBase64(text)
		if err != nil {
			return dst, err
		}
		return appendText(dst, Binary, raw), nil
	}
	n, err := ParseNumber(text)
	if err != nil {
		d.invalid(err.(*Error))
		return append(dst, byte(Null)), nil
	}
	return appendNumber(dst, n), nil
}

// decodeBase64 decodes the standard alphabet with padding, and says what AWS says of anything else: also of a last
// character with bits that are in no byte.
func decodeBase64(text []byte) ([]byte, error) {
	if len(text)%4 != 0 {
		return nil, &jsonscan.Error{Message: "Base64 encoded length is expected a multiple of 4 bytes but found: " + strconv.Itoa(len(text))}
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(raw, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		return nil, &jsonscan.Error{Message: "Invalid last non-pad Base64 character dectected"}
	}
	return raw[:n], nil
}

func (d *Decoder) enter() {
	if d.depth++; d.depth > MaxDepth {
		d.invalid(errNesting)
	}
}

func (d *Decoder) appendList(dst []byte) ([]byte, error) {
	if d.Scan.Peek() != jsonscan.Array {
		return dst, d.Scan.Mismatch("List")
	}
	d.enter()
	dst, mark := openContainer(dst, List)
	count := 0
	err := d.Scan.Array(func() error {
		count++
		var err error
		dst, err = d.appendValue(dst)
		return err
	})
	d.depth--
	return closeContainer(dst, mark, count), err
}

func (d *Decoder) appendMap(dst []byte) ([]byte, error) {
	if d.Scan.Peek() != jsonscan.Object {
		return dst, d.Scan.MismatchMap(jsonscan.Class("AttributeValue"))
	}
	d.enter()
	dst, mark := openContainer(dst, Map)
	count := 0
	err := d.Scan.Object(func(name []byte) error {
		count++
		if d.Scan.Peek() == jsonscan.Null {
			d.invalid(&Error{errNullValue.Message + ": " + string(name) + " is null"})
		}
		dst = appendName(dst, name)
		var err error
		dst, err = d.appendValue(dst)
		switch {
		case len(name) == 0:
			d.invalid(ErrNoName)
		case len(name) > maxName:
			d.invalid(errLongName)
		}
		return err
	})
	d.depth--
	return closeContainer(dst, mark, count), err
}

func (d *Decoder) appendSet(dst []byte, kind Kind) ([]byte, error) {
	if d.Scan.Peek() != jsonscan.Array {
		return dst, d.Scan.Mismatch("List")
	}
	var scratch []byte
	var ends []int
	err := d.Scan.Array(func() error {
		var err error
		if d.Scan.Peek() == jsonscan.Null {
			if kind == NumberSet {
				d.invalid(errNoNumber)
			}
			scratch, err = append(scratch, byte(Null)), d.Scan.Literal()
		} else {
			scratch, err = d.appendScalar(scratch, kind.Element())
		}
		ends = append(ends, len(scratch))
		return err
	})
	if err != nil {
		return dst, err
	}
	elems := make([]Value, len(ends))
	start := 0
	for i, end := range ends {
		elems[i] = scratch[start:end]
		start = end
	}
	if err := checkSet(kind, elems); err != nil {
		d.invalid(err)
		return append(dst, byte(Null)), nil
	}
	if d.Invalid != nil { // an element was no number
		return append(dst, byte(Null)), nil
	}
	slices.SortFunc(elems, Compare)
	dst, mark := openContainer(dst, kind)
	for _, e := range elems {
		dst = append(dst, e...)
	}
	return closeContainer(dst, mark, len(elems)), nil
}

func checkSet(kind Kind, elems []Value) *Error {
	if len(elems) == 0 {
		switch kind {
		case StringSet:
			return &Error{"One or more parameter values were invalid: An string set  may not be empty"}
		case NumberSet:
			return &Error{"One or more parameter values were invalid: An number set  may not be empty"}
		}
		return &Error{"One or more parameter values were invalid: Binary sets should not be empty"}
	}
	seen := make(map[string]struct{}, len(elems))
	repeats, null := false, false
	for _, e := range elems {
		if _, there := seen[string(e)]; there {
			repeats = true
		}
		seen[string(e)] = struct{}{}
		null = null || e.Kind() == Null
	}
	switch {
	case !repeats && !null:
		return nil
	case !repeats && kind == BinarySet:
		return errNullValue
	case !repeats:
		return errNullElement
	}
	switch kind {
	case StringSet:
		return &Error{"One or more parameter values were invalid: Input collection " + listed(elems) + " contains duplicates."}
	case NumberSet:
		return &Error{"Input collection contains duplicates"}
	}
	return &Error{"One or more parameter values were invalid: Input collection " + listed(elems) + "of type BS contains duplicates."}
}

// listed prints elements as Java prints a list.
func listed(elems []Value) string {
	var b bytes.Buffer
	for i, e := range elems {
		if i > 0 {
			b.WriteString(", ")
		}
		switch e.Kind() {
		case Null:
			b.WriteString("null")
		case Binary:
			b.WriteString(base64.StdEncoding.EncodeToString(e.Text()))
		default:
			b.Write(e.Text())
		}
	}
	return "[" + b.String() + "]"
}

// ParseJSON reads one attribute value from its JSON form, ParseItemJSON an item.
func ParseJSON(text string) (Value, error) { return parse(text, (*Decoder).Value) }

// ParseItemJSON reads an item from its JSON form.
func ParseItemJSON(text string) (Value, error) { return parse(text, (*Decoder).Item) }

func parse(text string, read func(*Decoder) (Value, error)) (Value, error) {
	d := Decoder{Scan: jsonscan.New([]byte(text))}
	v, err := read(&d)
	if err == nil {
		err = d.Scan.End()
	}
	if err != nil {
		return nil, err
	}
	if d.Invalid != nil {
		return nil, d.Invalid
	}
	return v, nil
}

// Debug prints v as AWS's messages show values: {S:text}, {N:5}, {L:[…]}.
func (v Value) Debug() string {
	switch v.Kind() {
	case 0:
		return "{}"
	case Null:
		return "{NULL:true}"
	case Bool:
		return "{BOOL:" + strconv.FormatBool(v.Bool()) + "}"
	case String:
		return "{S:" + string(v.Text()) + "}"
	case Number:
		return "{N:" + v.Number().String() + "}"
	case Binary:
		return "{B:" + base64.StdEncoding.EncodeToString(v.Text()) + "}"
	}
	var b bytes.Buffer
	b.WriteString("{" + v.Kind().String() + ":")
	b.WriteByte(map[bool]byte{true: '{', false: '['}[v.Kind() == Map])
	first := true
	sep := func() {
		if !first {
			b.WriteByte(',')
		}
		first = false
	}
	switch {
	case v.Kind() == Map:
		for name, elem := range v.Fields() {
			sep()
			b.Write(name)
			b.WriteByte('=')
			b.WriteString(elem.Debug())
		}
		b.WriteByte('}')
	default:
		for elem := range v.Elements() {
			sep()
			if v.Kind() == List {
				b.WriteString(elem.Debug())
				continue
			}
			inner := elem.Debug()
			b.WriteString(inner[3 : len(inner)-1])
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.String()
}
