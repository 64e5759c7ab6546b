package itemfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/amazon-ion/ion-go/ion"

	"github.com/statordb/stator/internal/attribute"
)

// The annotations of lists that are sets (developer guide, "DynamoDB table export output format").
var annotations = map[string]attribute.Kind{
	"$dynamodb_SS": attribute.StringSet, "$dynamodb_NS": attribute.NumberSet, "$dynamodb_BS": attribute.BinarySet,
}

// ionReader reads structs {Item: {…}}, and lists of these, in text.
//
// What the library skips it skips recursively, as deep as the file says. So nothing that holds other values is ever left to be
// skipped: all is read, to a bounded depth, and what is no value of DynamoDB's and may hold others ends the file.
type ionReader struct {
	in     ion.Reader
	inList bool
}

// binaryMark begins Ion in its binary form.
const binaryMark = "\xe0\x01\x00\xea"

func newIonReader(in io.Reader) (*ionReader, error) {
	b := bufio.NewReader(in)
	if start, err := b.Peek(len(binaryMark)); err == nil && string(start) == binaryMark {
		return nil, errors.New("binary Ion, of which only the text form is read")
	}
	return &ionReader{in: ion.NewReader(b)}, nil
}

var errNoIonItem = errors.New("a value is {Item: {…}} in Ion")

func (r *ionReader) read() (item attribute.Value, err error) {
	if err := r.toItem(); err != nil {
		return nil, err
	}
	if r.in.Type() != ion.StructType || r.in.IsNull() {
		return nil, errNoIonItem
	}
	var bad error
	err = r.members(func(name string) error {
		if name == "Item" && (r.in.Type() != ion.StructType || r.in.IsNull()) {
			return errNoIonItem
		}
		v, err := r.value(1)
		if name != "Item" {
			var ignored error
			if isItemError(err, &ignored) {
				return nil
			}
			return err
		}
		if isItemError(err, &bad) {
			return nil
		}
		item = v
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		return nil, bad
	case item == nil:
		return nil, itemError("%v", errNoIonItem)
	}
	return item, nil
}

// toItem goes on to the next value that has to be an item, over version markers, and into and out of lists.
func (r *ionReader) toItem() error {
	for {
		if !r.in.Next() {
			if err := r.in.Err(); err != nil {
				return err
			}
			if !r.inList {
				return io.EOF
			}
			r.inList = false
			if err := r.in.StepOut(); err != nil {
				return err
			}
			continue
		}
		switch {
		case r.inList || r.in.IsNull():
			return nil
		case r.in.Type() == ion.ListType:
			r.inList = true
			if err := r.in.StepIn(); err != nil {
				return err
			}
		case r.in.Type() == ion.SymbolType: // the library takes a marker for a symbol
			s, err := r.in.SymbolValue()
			if err != nil || s.Text == nil || *s.Text != strings.TrimSpace(versionMarker) {
				return errors.Join(err, errNoIonItem)
			}
		default:
			return nil
		}
	}
}

// members calls fn for each member of the struct that the reader is at.
func (r *ionReader) members(fn func(name string) error) error {
	if err := r.in.StepIn(); err != nil {
		return err
	}
	for r.in.Next() {
		name, err := r.in.FieldName()
		if err != nil {
			return err
		}
		if name == nil || name.Text == nil {
			return errors.New("a member without a name")
		}
		if err := fn(*name.Text); err != nil {
			return err
		}
	}
	if err := r.in.Err(); err != nil {
		return err
	}
	return r.in.StepOut()
}

// value reads the value that the reader is at; depth counts the lists and structs around it. After an ItemError reading goes on with what
// follows.
func (r *ionReader) value(depth int) (attribute.Value, error) {
	if depth > attribute.MaxDepth {
		return nil, errors.New("nesting levels have exceeded supported limits")
	}
	if r.in.IsNull() {
		return attribute.NewNull(), nil
	}
	switch t := r.in.Type(); t {
	case ion.BoolType:
		b, err := r.in.BoolValue()
		if err != nil {
			return nil, err
		}
		return attribute.NewBool(*b), nil
	case ion.StringType:
		s, err := r.in.StringValue()
		if err != nil {
			return nil, err
		}
		return attribute.NewString(*s), nil
	case ion.BlobType:
		b, err := r.in.ByteValue()
		if err != nil {
			return nil, err
		}
		return attribute.NewBinary(b), nil
	case ion.IntType:
		n, err := r.in.BigIntValue()
		if err != nil {
			return nil, err
		}
		return number(n, 0)
	case ion.DecimalType:
		d, err := r.in.DecimalValue()
		if err != nil {
			return nil, err
		}
		n, exponent := d.CoEx()
		return number(n, exponent)
	case ion.ListType:
		return r.list(depth)
	case ion.StructType:
		return r.structure(depth)
	case ion.SexpType:
		return nil, errors.New("no attribute is a sexp")
	default:
		return nil, itemError("no attribute is a %v", t)
	}
}

// maxDigits bounds the numbers that are looked at: printing a number of n digits takes n² time.
const maxDigits = 1000

func number(n *big.Int, exponent int32) (attribute.Value, error) {
	if n.BitLen() > maxDigits*4 {
		return nil, itemError("Attempting to store more than 38 significant digits in a Number")
	}
	v, err := attribute.ParseNumber(fmt.Sprintf("%se%d", n, exponent))
	if err != nil {
		return nil, itemError("%v", err)
	}
	return attribute.NewNumber(v), nil
}

func (r *ionReader) list(depth int) (attribute.Value, error) {
	kind := attribute.List
	marks, err := r.in.Annotations()
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		if m.Text == nil {
			continue
		}
		if k, ok := annotations[*m.Text]; ok {
			kind = k
		}
	}
	if err := r.in.StepIn(); err != nil {
		return nil, err
	}
	var elems []attribute.Value
	var bad error
	for r.in.Next() {
		v, err := r.value(depth + 1)
		if !isItemError(err, &bad) && err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	if err := errors.Join(r.in.Err(), r.in.StepOut()); err != nil {
		return nil, err
	}
	if bad != nil {
		return nil, bad
	}
	if kind == attribute.List {
		return attribute.NewList(elems), nil
	}
	if len(elems) == 0 {
		return nil, itemError("One or more parameter values were invalid: a set may not be empty")
	}
	for _, e := range elems {
		if e.Kind() != kind.Element() {
			return nil, itemError("a %v with an element of type %v", kind, e.Kind())
		}
	}
	set := attribute.NewSet(elems)
	if set.Count() != len(elems) {
		return nil, itemError("Input collection contains duplicates")
	}
	return set, nil
}

func (r *ionReader) structure(depth int) (attribute.Value, error) {
	var b attribute.MapBuilder
	var bad error
	seen := map[string]bool{}
	err := r.members(func(name string) error {
		v, err := r.value(depth + 1)
		if isItemError(err, &bad) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case seen[name]:
			bad = itemError("two attributes are named %q", name)
		case name == "":
			bad = itemError("%v", attribute.ErrNoName)
		default:
			seen[name] = true
			b.Add(name, v)
		}
		return nil
	})
	if err == nil {
		err = bad
	}
	if err != nil {
		return nil, err
	}
	return b.Value(), nil
}

// isItemError keeps the first error that leaves the reader where the next value begins.
func isItemError(err error, first *error) bool {
	var item *ItemError
	if !errors.As(err, &item) {
		return false
	}
	if *first == nil {
		*first = err
	}
	return true
}

// versionMarker begins each line.
const versionMarker = "$ion_1_0 "

func appendIonItem(dst *bytes.Buffer, item attribute.Value) error {
	w := beginIon(dst)
	w.begin("")
	w.value("Item", item)
	return w.end(dst)
}

func appendIonChange(dst *bytes.Buffer, c Change) error {
	w := beginIon(dst)
	w.begin("")
	w.begin("Record")
	w.value("Keys", c.Keys)
	w.begin("Metadata")
	w.value("WriteTimestampMicros", attribute.NewInt(c.Micros))
	w.do(w.out.EndStruct())
	if c.Old != nil {
		w.value("OldImage", c.Old)
	}
	if c.New != nil {
		w.value("NewImage", c.New)
	}
	w.do(w.out.EndStruct())
	return w.end(dst)
}

// ionWriter keeps the first error.
type ionWriter struct {
	out ion.Writer
	err error
}

func beginIon(dst *bytes.Buffer) *ionWriter {
	dst.WriteString(versionMarker)
	return &ionWriter{out: ion.NewTextWriterOpts(dst, ion.TextWriterQuietFinish)}
}

func (w *ionWriter) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *ionWriter) end(dst *bytes.Buffer) error {
	w.do(w.out.EndStruct())
	w.do(w.out.Finish())
	dst.WriteByte('\n')
	return w.err
}

func (w *ionWriter) name(name string) {
	if name != "" {
		w.do(w.out.FieldName(ion.NewSymbolTokenFromString(name)))
	}
}

func (w *ionWriter) begin(name string) {
	w.name(name)
	w.do(w.out.BeginStruct())
}

// value writes a value, as a member if name is not "".
func (w *ionWriter) value(name string, v attribute.Value) {
	w.name(name)
	switch k := v.Kind(); k {
	case attribute.Null:
		w.do(w.out.WriteNull())
	case attribute.Bool:
		w.do(w.out.WriteBool(v.Bool()))
	case attribute.String:
		w.do(w.out.WriteString(string(v.Text())))
	case attribute.Binary:
		w.do(w.out.WriteBlob(v.Text()))
	case attribute.Number:
		w.do(w.out.WriteDecimal(decimal(v.Number())))
	case attribute.Map:
		w.do(w.out.BeginStruct())
		for name, elem := range v.Fields() {
			w.value(string(name), elem)
		}
		w.do(w.out.EndStruct())
	default:
		if k.IsSet() {
			w.do(w.out.Annotations(ion.NewSymbolTokenFromString("$dynamodb_" + k.String())))
		}
		w.do(w.out.BeginList())
		for elem := range v.Elements() {
			w.value("", elem)
		}
		w.do(w.out.EndList())
	}
}

// decimal is a number as the exports write it: without zeros at the end, as in 6d2.
func decimal(n attribute.Num) *ion.Decimal {
	text := n.String()
	exponent := 0
	if whole, fraction, ok := strings.Cut(text, "."); ok {
		text, exponent = whole+fraction, -len(fraction)
	} else if short := strings.TrimRight(text, "0"); short != "" && short != "-" {
		text, exponent = short, len(text)-len(short)
	}
	i, _ := new(big.Int).SetString(text, 10) // a number prints as digits
	return ion.NewDecimal(i, int32(exponent), false)
}
