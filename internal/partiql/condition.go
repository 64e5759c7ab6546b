package partiql

import (
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// condition is what a WHERE clause, or a part of it, means.
func (t *translator) condition(e *expr) (*expression.Condition, error) {
	term, err := t.term(e)
	if err != nil {
		return nil, err
	}
	if !term.IsCondition() {
		return nil, fail("WHERE clause must contain an expression that resolves to a boolean")
	}
	return expression.NewCondition(term)
}

// functions are those of conditions and updates.
var functions = []string{"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size", "if_not_exists",
	"list_append"}

var errMissing = fail("MISSING must be compared using IS operator")

// checkFunction refuses the call of a function that DynamoDB does not have.
func (e *expr) checkFunction() error {
	switch {
	case aggregates[e.text]:
		return failAt("Unsupported token in expression: "+e.text, e.tok)
	case !slices.Contains(functions, e.text):
		return fail("Unrecognized function: " + e.text)
	}
	return nil
}

// term is a part of a condition.
func (t *translator) term(e *expr) (expression.Term, error) {
	none := expression.Term{}
	switch e.kind {
	case exprPath:
		return expression.PathTerm(slices.Clone(e.path)), e.wildcard
	case exprMissing:
		return none, errMissing
	case exprCall:
		if err := e.checkFunction(); err != nil {
			return none, err
		}
		if e.text == "if_not_exists" || e.text == "list_append" {
			return none, fail("The function is not allowed in a condition expression; function: " + e.text)
		}
	case exprOperator:
		switch e.text {
		case "IS":
			return t.typeTest(e)
		case "IN":
			if len(e.args) < 2 {
				return none, fail("IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member")
			}
		case "+", "-", "*", "/", "%", "||", "LIKE":
			return none, fail("Unsupported operator in Condition Expression. Operator: " + strings.ToLower(e.text))
		}
	default:
		v, err := t.value(e, "root", 0)
		return expression.ValueTerm(v), err
	}
	args := make([]expression.Term, len(e.args))
	for i, arg := range e.args {
		var err error
		if args[i], err = t.term(arg); err != nil {
			return none, err
		}
		if args[i].IsCondition() || e.kind != exprOperator {
			continue
		}
		if arg.kind == exprCall && (e.text == "AND" || e.text == "OR" || e.text == "NOT") {
			return none, fail("Incorrect operand type for operator or function; operator or function: " + e.text + ", operand type: N")
		}
		switch e.text {
		case "AND", "OR":
			return none, fail("The arguments to AND/OR must be Expressions")
		case "NOT":
			return none, fail("The argument to NOT must be a Type or Expression")
		}
	}
	return expression.Operation(e.text, args...), nil
}

// typeTest is an IS: what is there, or what kind of value it is.
func (t *translator) typeTest(e *expr) (expression.Term, error) {
	none := expression.Term{}
	left, name := e.args[0], e.keys[0].text
	switch left.kind {
	case exprOperator, exprCall, exprParameter, exprMissing, exprList, exprBag, exprStruct:
		return none, fail("The left hand side argument to IS must be a Variable Reference, Literal, or Path")
	}
	if !isKind(name) {
		return none, failAt("Unsupported data type for IS operator: "+name+
			". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]", e.tok)
	}
	operand, err := t.term(left)
	if err != nil {
		return none, err
	}
	if name == "MISSING" {
		return expression.Operation("attribute_not_exists", operand), nil
	}
	return expression.Operation("attribute_type", operand, expression.ValueTerm(attribute.NewString(name))), nil
}

// isKind says whether name is one of the kinds of typeNames.
func isKind(name string) bool { return slices.Contains(slices.Collect(maps.Values(typeNames)), name) }
