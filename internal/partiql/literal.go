package partiql

import (
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/attribute"
)

// maxDepth is how deep lists and structs may be nested in a value.
const maxDepth = 32

// translator makes values and terms out of what was parsed.
type translator struct {
	parameters []attribute.Value
}

// value is the value of a literal or a parameter. At is where it is in the whole value, as messages show it; depth is how
// many steps that is.
func (t *translator) value(e *expr, at string, depth int) (attribute.Value, error) {
	if depth >= maxDepth {
		return nil, fail("Nesting Levels have exceeded supported limits")
	}
	switch e.kind {
	case exprString:
		return attribute.NewString(e.text), nil
	case exprNumber:
		n, err := attribute.ParseNumber(e.text)
		if err != nil {
			return nil, numberError(err)
		}
		return attribute.NewNumber(n), nil
	case exprBool:
		return attribute.NewBool(e.text == "true"), nil
	case exprNull:
		return attribute.NewNull(), nil
	case exprIon:
		return nil, errIon(e, at)
	case exprParameter:
		if depth > 0 {
			return nil, unsupported("Parameter", at, e.tok)
		}
		return t.parameters[e.index], nil
	case exprList:
		elems := make([]attribute.Value, len(e.args))
		for i, arg := range e.args {
			var err error
			if elems[i], err = t.value(arg, at+"."+strconv.Itoa(i), depth+1); err != nil {
				return nil, err
			}
		}
		return attribute.NewList(elems), nil
	case exprBag:
		return t.set(e)
	case exprStruct:
		return t.structure(e, at, depth+1)
	}
	if depth > 0 {
		return nil, unsupported(kindName(e), at, e.place())
	}
	return nil, unsupported(e.shown(), at, e.place())
}

// numberError is the error of a number in a statement.
func numberError(err error) error {
	if err.Error() == "Attempting to store more than 38 significant digits in a Number" {
		return fail("DynamoDB only supports precision up to 38 digits")
	}
	return err
}

func errIon(e *expr, at string) error {
	return failAt("Ion Literals are not supported: "+ionType(e.text)+" under key "+at, e.tok)
}

// ionType is about the type of a value that is written in Ion (its specification names them).
func ionType(text string) string {
	text = strings.TrimSpace(text)
	for _, t := range [...]struct{ prefix, name string }{{"{{", "BLOB"}, {"{", "STRUCT"}, {"[", "LIST"}, {"(", "SEXP"}, {`"`, "STRING"},
		{"true", "BOOL"}, {"false", "BOOL"}, {"null", "NULL"}} {
		if strings.HasPrefix(text, t.prefix) {
			return t.name
		}
	}
	digits := strings.TrimPrefix(text, "-")
	switch {
	case digits == "" || !isDigit(digits[0]):
		return "SYMBOL"
	case len(digits) > 4 && (digits[4] == '-' || digits[4] == 'T'):
		return "TIMESTAMP"
	case strings.ContainsAny(digits, "eE"):
		return "FLOAT"
	case strings.ContainsAny(digits, ".dD"):
		return "DECIMAL"
	}
	return "INT"
}

func unsupported(what, at string, tok token) error {
	return failAt("Unsupported data type: "+what+" under key "+at, tok)
}

// structure is the map of a struct, or an item, whose members are depth deep.
func (t *translator) structure(e *expr, at string, depth int) (attribute.Value, error) {
	var b attribute.MapBuilder
	seen := make(map[string]bool, len(e.keys))
	for i, key := range e.keys {
		if key.kind == exprIon {
			return nil, errIon(key, at)
		}
		if key.kind != exprString {
			return nil, failAt("Tuple keys must be of type String. Actual type: "+kindName(key)+" under "+at, key.place())
		}
		if key.text == "" {
			return nil, fail("Path component cannot be an empty string")
		}
		inside := at
		if depth > 0 {
			inside += "." + key.text
		}
		v, err := t.value(e.args[i], inside, depth)
		if err != nil {
			return nil, err
		}
		if seen[key.text] {
			where := e.tok
			if depth == 0 { // the item itself
				where = key.tok
			}
			return nil, failAt("Duplicate keys in tuple. Key: "+key.text+" under "+at, where)
		}
		seen[key.text] = true
		b.Add(key.text, v)
	}
	return b.Value(), nil
}

// kindName is what messages call the kind of e.
func kindName(e *expr) string {
	switch {
	case e.kind == exprPath && len(e.path) > 1:
		return "Path"
	case e.kind == exprNumber && strings.ContainsAny(e.text, ".eE"):
		return "DECIMAL"
	}
	return [...]string{exprPath: "VariableReference", exprString: "STRING", exprNumber: "INT", exprBool: "BOOL", exprNull: "NULL",
		exprMissing: "LiteralMissing", exprParameter: "Parameter", exprList: "Seq", exprBag: "Seq", exprStruct: "Struct",
		exprOperator: "NAry", exprCall: "NAry"}[e.kind]
}

// place is where e is in messages; a path has no place.
func (e *expr) place() token {
	if e.kind == exprPath && len(e.path) > 1 {
		return token{}
	}
	return e.tok
}

// shown is e as messages show what they did not expect: its name if it has one, or its kind.
func (e *expr) shown() string {
	switch e.kind {
	case exprPath:
		if len(e.path) > 1 {
			return "PATH"
		}
		return e.path[0].Name
	case exprString:
		return strconv.Quote(e.text)
	case exprParameter:
		return "PARAMETER"
	case exprList:
		return "LIST"
	case exprBag:
		return "BAG"
	case exprStruct:
		return "STRUCT"
	case exprMissing:
		return "MISSING"
	}
	return strings.ToLower(e.text)
}

// set is the set of a bag: all strings or all numbers.
func (t *translator) set(e *expr) (attribute.Value, error) {
	if len(e.args) == 0 {
		return nil, failAt("Empty bags are not supported", e.tok)
	}
	const mixed = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"
	if first := e.args[0]; first.kind != exprString && first.kind != exprNumber {
		return nil, failAt(mixed, first.tok)
	}
	elems := make([]attribute.Value, len(e.args))
	seen := make(map[string]bool, len(e.args))
	repeats := false
	for i, arg := range e.args {
		var err error
		if elems[i], err = t.value(arg, "root", 1); err != nil {
			return nil, err
		}
		switch {
		case arg.kind == e.args[0].kind:
		case e.args[0].kind == exprNumber:
			return nil, fail(mixed)
		default:
			return nil, failAt(mixed, arg.tok)
		}
		repeats = repeats || seen[string(elems[i])]
		seen[string(elems[i])] = true
	}
	if repeats {
		return nil, fail("Input collection contains duplicates")
	}
	return attribute.NewSet(elems), nil
}
