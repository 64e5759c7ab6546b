package dynamodb

import (
	"errors"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
)

// reader reads the members of an input. A member that is null is as if it were not there, and one that the
// operation does not have is passed over, as AWS does.
type reader struct {
	attribute.Decoder
}

// text is a string member that may be missing.
type text struct {
	set   bool
	value string
}

// integer is a number member that may be missing.
type integer struct {
	set   bool
	value int64
}

// readBody reads a whole body: member is called for each member that is there.
func readBody(body []byte, member func(r *reader, name []byte) error) error {
	r := &reader{attribute.Decoder{Scan: jsonscan.New(body)}}
	if r.Scan.Peek() != jsonscan.Object {
		err := r.Scan.Skip()
		if err == nil {
			err = r.Scan.End()
		}
		if err == nil {
			err = &jsonscan.Error{Message: "Unexpected field type"}
		}
		return serialization(err)
	}
	err := r.members(func(name []byte) error { return member(r, name) })
	if err == nil {
		err = r.Scan.End()
	}
	return serialization(err)
}

// serialization turns the scanner's errors into what the client sees, and leaves others as they are.
func serialization(err error) error {
	var se *jsonscan.Error
	if errors.As(err, &se) {
		return awsapi.Serialization(se.Message)
	}
	return err
}

// member reads a member of a structure that is a structure itself, calling fn for the members that are not null.
func (r *reader) member(shape string, fn func(name []byte) error) error {
	if r.Scan.Peek() != jsonscan.Object {
		return r.Scan.MismatchMember(shape)
	}
	return r.members(fn)
}

// value reads a member of a structure that is an attribute value.
func (r *reader) value(dst *attribute.Value) (err error) {
	if r.Scan.Peek() != jsonscan.Object {
		return r.Scan.MismatchMember("AttributeValue")
	}
	*dst, err = r.Value()
	return err
}

// structure reads a structure in a list or a map, calling fn for the members that are not null.
func (r *reader) structure(shape string, fn func(name []byte) error) error {
	if r.Scan.Peek() != jsonscan.Object {
		return r.Scan.MismatchStruct(shape)
	}
	return r.members(fn)
}

// mapOf reads a map to values of a Java type, calling fn for the entries that are not null.
func (r *reader) mapOf(elem string, fn func(name []byte) error) error {
	return r.entries(elem, func(name []byte) error {
		if r.Scan.Peek() == jsonscan.Null {
			return r.Scan.Literal()
		}
		return fn(name)
	})
}

// entries reads a map to values of a Java type, calling fn for every entry.
func (r *reader) entries(elem string, fn func(name []byte) error) error {
	if r.Scan.Peek() != jsonscan.Object {
		return r.Scan.MismatchMap(elem)
	}
	return r.Scan.Object(fn)
}

func (r *reader) members(fn func(name []byte) error) error {
	return r.Scan.Object(func(name []byte) error {
		if r.Scan.Peek() == jsonscan.Null {
			return r.Scan.Literal()
		}
		return fn(name)
	})
}

// elements reads an array.
func (r *reader) elements(fn func() error) error {
	if r.Scan.Peek() != jsonscan.Array {
		return r.Scan.Mismatch("List")
	}
	return r.Scan.Array(fn)
}

func (r *reader) text(dst *text) error {
	if r.Scan.Peek() != jsonscan.String {
		return r.Scan.Mismatch("String")
	}
	t, err := r.Scan.Text()
	*dst = text{true, string(t)}
	return err
}

func (r *reader) boolean(dst *bool) error {
	b, err := r.Scan.Boolean()
	*dst = b
	return err
}

// optionalBoolean reads a boolean whose absence means something else than false.
func (r *reader) optionalBoolean(dst **bool) error {
	var b bool
	*dst = &b
	return r.boolean(&b)
}

func (r *reader) integer(dst *integer) error {
	if r.Scan.Peek() != jsonscan.Number {
		return r.Scan.Mismatch("Integer")
	}
	digits, err := r.Scan.Digits()
	if err != nil {
		return err
	}
	*dst = integer{true, awsapi.Truncate(digits, 32)}
	return nil
}

// item reads an item or a key, and what was invalid in it.
func (r *reader) item(dst *attribute.Value, invalid **attribute.Error) error {
	v, err := r.Item()
	*dst, *invalid = v, r.TakeInvalid()
	return err
}

// name reads a string in a list or a map: null is empty.
func (r *reader) name() (string, error) {
	var t text
	if r.Scan.Peek() == jsonscan.Null {
		return "", r.Scan.Literal()
	}
	err := r.text(&t)
	return t.value, err
}

// names reads ExpressionAttributeNames.
func (r *reader) names(dst *map[string]string) error {
	*dst = map[string]string{}
	return r.entries("java.lang.String", func(key []byte) error {
		name, err := r.name()
		(*dst)[string(key)] = name
		return err
	})
}

// texts reads a list of strings.
func (r *reader) texts(dst *[]string) error {
	*dst = []string{}
	return r.elements(func() error {
		name, err := r.name()
		*dst = append(*dst, name)
		return err
	})
}

// values reads ExpressionAttributeValues. What is invalid in one is reported with its name.
func (r *reader) values(dst *map[string]attribute.Value, invalid **attribute.Error) error {
	*dst = map[string]attribute.Value{}
	return r.entries(jsonscan.Class("AttributeValue"), func(name []byte) error {
		v, err := r.Value()
		if err != nil {
			return err
		}
		if bad := r.TakeInvalid(); bad != nil && *invalid == nil {
			*invalid = &attribute.Error{Message: "ExpressionAttributeValues contains invalid value: " + bad.Message + " for key " + string(name)}
		}
		(*dst)[string(name)] = v
		return nil
	})
}
