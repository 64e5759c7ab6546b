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
		return nil, fail("Nesting Levels have exceeded supported limits under " + at)
	}
	switch e.kind {
	case exprString:
		return attribute.NewString(e.text), nil
	case exprNumber:
		n, err := attribute.ParseNumber(e.text)
		if err != nil {
			return nil, fail(err.Error() + " under " + at)
		}
		return attribute.NewNumber(n), nil
	case exprBool:
		return attribute.NewBool(e.text == "true"), nil
	case exprNull:
		return attribute.NewNull(), nil
	case exprMissing:
		return nil, fail("MISSING must be compared using IS operator")
	case exprIon:
		return nil, failAt("Ion Literals are not supported: "+e.text+" under key "+at, e.tok)
	case exprParameter:
		if depth > 0 {
			return nil, unsupported("Parameter", at, e.tok)
		}
		return t.parameters[e.index], nil
	case exprList:
		elems := make([]attribute.Value, len(e.args))
		for i, arg := range e.args {
			var err error
			if elems[i], err = t.value(arg, at+"["+strconv.Itoa(i)+"]", depth+1); err != nil {
				return nil, err
			}
		}
		return attribute.NewList(elems), nil
	case exprBag:
		return t.set(e, at)
	case exprStruct:
		return t.structure(e, at, depth+1)
	case exprCall:
		return nil, unsupported(e.text, at, e.tok)
	case exprPath:
		return nil, unsupported("VariableReference", at, e.tok)
	}
	return nil, unsupported(e.text, at, e.tok)
}

func unsupported(what, at string, tok token) error {
	return failAt("Unsupported data type: "+what+" under key "+at, tok)
}

// structure is the map of a struct, or an item, whose members are depth deep.
func (t *translator) structure(e *expr, at string, depth int) (attribute.Value, error) {
	var b attribute.MapBuilder
	seen := make(map[string]bool, len(e.keys))
	for i, key := range e.keys {
		if key.kind != exprString {
			return nil, failAt("Tuple keys must be of type String. Actual type: "+kindName(key)+" under "+at, key.tok)
		}
		if key.text == "" {
			return nil, fail("Path component cannot be an empty string")
		}
		if seen[key.text] {
			return nil, failAt("Duplicate keys in tuple. Key: "+key.text+" under "+at, key.tok)
		}
		seen[key.text] = true
		inside := at
		if depth > 0 {
			inside += "." + key.text
		}
		v, err := t.value(e.args[i], inside, depth)
		if err != nil {
			return nil, err
		}
		b.Add(key.text, v)
	}
	return b.Value(), nil
}

func kindName(e *expr) string {
	return [...]string{exprPath: "VariableReference", exprString: "String", exprNumber: "Number", exprBool: "Boolean", exprNull: "Null",
		exprMissing: "Missing", exprIon: "Ion", exprParameter: "Parameter", exprList: "List", exprBag: "Bag", exprStruct: "Struct",
		exprOperator: "Operator", exprCall: "Call"}[e.kind]
}

// set is the set of a bag: all strings or all numbers.
func (t *translator) set(e *expr, at string) (attribute.Value, error) {
	if len(e.args) == 0 {
		return nil, fail("Empty bags are not supported")
	}
	elems := make([]attribute.Value, len(e.args))
	texts := make([]string, len(e.args))
	seen := make(map[string]bool, len(e.args))
	repeats := false
	for i, arg := range e.args {
		if arg.kind == exprParameter {
			return nil, unsupported("Parameter", at+"["+strconv.Itoa(i)+"]", arg.tok)
		}
		if arg.kind != e.args[0].kind || arg.kind != exprString && arg.kind != exprNumber {
			return nil, fail("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
		}
		var err error
		if elems[i], err = t.value(arg, at, 0); err != nil {
			return nil, err
		}
		texts[i] = arg.text
		repeats = repeats || seen[string(elems[i])]
		seen[string(elems[i])] = true
	}
	if repeats {
		message := "One or more parameter values were invalid: Input collection [" + strings.Join(texts, ", ") + "] contains duplicates"
		if e.args[0].kind == exprNumber {
			return nil, fail(message + "! under " + at)
		}
		return nil, fail(message + ".")
	}
	return attribute.NewSet(elems), nil
}
