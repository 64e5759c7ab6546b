package expression

import "github.com/statordb/stator/internal/attribute"

// LegacyCondition is one element of Expected, QueryFilter or ScanFilter: a ComparisonOperator, which is one that
// exists, on the attribute name. It differs from an expression in what values it takes and in one meaning:
// NOT_CONTAINS is false if there is no attribute. See the developer guide, "Writing conditions with legacy parameters".
func LegacyCondition(name, operator string, values []attribute.Value) (*Condition, error) {
	if err := checkLegacy(operator, values); err != nil {
		return nil, err
	}
	args := make([]*node, 1, 1+len(values))
	args[0] = &node{op: opPath, path: Path{{Name: name}}}
	for _, v := range values {
		args = append(args, &node{op: opValue, value: v})
	}
	n := &node{args: args}
	switch operator {
	case "EQ":
		n.op = opEqual
	case "NE":
		n.op = opNotEqual
	case "LE":
		n.op = opLessEqual
	case "LT":
		n.op = opLess
	case "GE":
		n.op = opGreaterEqual
	case "GT":
		n.op = opGreater
	case "IN":
		n.op = opIn
	case "BETWEEN":
		n.op = opBetween
	case "BEGINS_WITH":
		n.op = opBeginsWith
	case "NULL":
		n.op = opAttributeNotExists
	case "NOT_NULL":
		n.op = opAttributeExists
	case "CONTAINS":
		n.op = opContains
	default: // NOT_CONTAINS
		n.op = opContains
		exists := &node{op: opAttributeExists, args: args[:1]}
		n = &node{op: opAnd, args: []*node{exists, {op: opNot, args: []*node{n}}}}
	}
	return newCondition(n), nil
}

const invalidParameter = "One or more parameter values were invalid: "

func checkLegacy(operator string, values []attribute.Value) error {
	least, most := 1, 1
	switch operator {
	case "NULL", "NOT_NULL":
		least, most = 0, 0
	case "BETWEEN":
		least, most = 2, 2
	case "IN":
		most = len(values)
	}
	switch {
	case len(values) < least, len(values) > most:
		return &Error{Message: invalidParameter + "Invalid number of argument(s) for the " + operator + " ComparisonOperator"}
	}
	for _, v := range values {
		if !legacyTakes(operator, v.Kind()) {
			return &Error{Message: invalidParameter + "ComparisonOperator " + operator + " is not valid for " + v.Kind().String() + " AttributeValue type"}
		}
	}
	for _, v := range values {
		if v.Kind() != values[0].Kind() {
			return &Error{Message: invalidParameter + "AttributeValues inside AttributeValueList must be of same type"}
		}
	}
	if operator == "BETWEEN" && attribute.Compare(values[0], values[1]) > 0 {
		return &Error{Message: "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"}
	}
	return nil
}

func legacyTakes(operator string, kind attribute.Kind) bool {
	switch operator {
	case "EQ", "NE":
		return true
	case "CONTAINS", "NOT_CONTAINS":
		return !kind.IsSet() && kind != attribute.List && kind != attribute.Map
	case "BEGINS_WITH":
		return kind == attribute.String || kind == attribute.Binary
	}
	return kind == attribute.String || kind == attribute.Number || kind == attribute.Binary
}

// All is true if all of the conditions are, one or more.
func All(conditions ...*Condition) *Condition { return join(opAnd, conditions) }

// Any is true if any of the conditions is, of one or more.
func Any(conditions ...*Condition) *Condition { return join(opOr, conditions) }

func join(o op, conditions []*Condition) *Condition {
	root := conditions[0].root
	for _, c := range conditions[1:] {
		root = &node{op: o, args: []*node{root, c.root}}
	}
	return newCondition(root)
}

// LegacyAction is one element of AttributeUpdates: PUT, ADD or DELETE on an attribute. Value is nil if there is none.
type LegacyAction struct {
	Name, Action string
	Value        attribute.Value
}

// LegacyUpdate is AttributeUpdates. It differs from an expression in that ADD also appends a list to a list, and in
// what it says of an attribute of another type.
func LegacyUpdate(actions []LegacyAction) (*Update, error) {
	u := &Update{legacy: true}
	for _, l := range actions {
		a := action{section: tokenSet}
		kind := l.Value.Kind()
		switch {
		case kind == 0 && l.Action != "DELETE":
			return nil, &Error{Message: invalidParameter + "Only DELETE action is allowed when no attribute value is specified"}
		case kind == 0:
			a.section = tokenRemove
		case l.Action == "DELETE":
			if a.section = tokenDelete; !kind.IsSet() {
				return nil, &Error{Message: invalidParameter + "DELETE action with value is not supported for the type " + longName(kind)}
			}
		case l.Action == "ADD":
			if a.section = tokenAdd; kind != attribute.Number && kind != attribute.List && !kind.IsSet() {
				return nil, &Error{Message: invalidParameter + "ADD action is not supported for the type " + longName(kind)}
			}
		}
		if kind != 0 {
			a.value = &node{op: opValue, value: l.Value}
		}
		u.actions = append(u.actions, a)
		u.paths = append(u.paths, Path{{Name: l.Name}})
	}
	u.plant()
	return u, nil
}
