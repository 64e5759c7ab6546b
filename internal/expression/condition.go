package expression

import (
	"bytes"

	"github.com/statordb/stator/internal/attribute"
)

// Condition is a checked ConditionExpression or FilterExpression, or the legacy parameters that mean the same. It may be
// evaluated on any number of items, by any number of goroutines.
type Condition struct {
	root  *node
	paths []Path
}

// The parameters whose text is a condition.
const (
	ConditionParam = "ConditionExpression"
	FilterParam    = "FilterExpression"
)

// ParseCondition reads the condition that is the text of the parameter param.
func ParseCondition(param, text string, ph *Placeholders) (*Condition, error) {
	p, err := newParser(param, text)
	if err != nil {
		return nil, err
	}
	root, err := p.or(false)
	if err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	c := checker{param: param, ph: ph}
	if err := c.names(root, asCondition); err != nil {
		return nil, err
	}
	if err := c.operands(root); err != nil {
		return nil, err
	}
	return newCondition(root), nil
}

func newCondition(root *node) *Condition {
	return &Condition{root, root.appendPaths(make([]Path, 0, 4))}
}

func (n *node) appendPaths(paths []Path) []Path {
	if n.op == opPath {
		return append(paths, n.path)
	}
	for _, arg := range n.args {
		paths = arg.appendPaths(paths)
	}
	return paths
}

// Attributes returns the names of the attributes that the condition reads.
func (c *Condition) Attributes() []string { return heads(c.paths) }

// CheckKeys refuses a condition that looks inside a key attribute.
func (c *Condition) CheckKeys(role func(name string) Role) error {
	return checkScalarKeys(c.paths, role)
}

// CheckFilter refuses a FilterExpression of a Query that names a key attribute of the table or index that is queried.
func (c *Condition) CheckFilter(isKey func(name string) bool) error {
	for _, p := range c.paths {
		if isKey(p[0].Name) {
			return &Error{Message: "Filter Expression can only contain non-primary key attributes: Primary key attribute: " + p[0].Name}
		}
	}
	return nil
}

// Eval says whether the condition holds for the item; nil is no item. A path that leads nowhere is equal to
// nothing, not even to another, is neither less nor greater, and is no error.
func (c *Condition) Eval(item attribute.Value) bool { return c.root.holds(item) }

func (n *node) holds(item attribute.Value) bool {
	switch n.op {
	case opAnd:
		return n.args[0].holds(item) && n.args[1].holds(item)
	case opOr:
		return n.args[0].holds(item) || n.args[1].holds(item)
	case opNot:
		return !n.args[0].holds(item)
	case opAttributeExists:
		return n.args[0].eval(item) != nil
	case opAttributeNotExists:
		return n.args[0].eval(item) == nil
	}
	left, right := n.args[0].eval(item), n.args[1].eval(item)
	switch n.op {
	case opEqual:
		return same(left, right)
	case opNotEqual:
		return !same(left, right)
	case opLess, opLessEqual, opGreater, opGreaterEqual:
		return ordered(left, n.op, right)
	case opBetween:
		return ordered(left, opGreaterEqual, right) && ordered(left, opLessEqual, n.args[2].eval(item))
	case opIn:
		for _, arg := range n.args[1:] {
			if same(left, arg.eval(item)) {
				return true
			}
		}
		return false
	case opAttributeType:
		return left != nil && left.Kind().String() == string(right.Text())
	case opBeginsWith:
		return isText(left) && left.Kind() == right.Kind() && bytes.HasPrefix(left.Text(), right.Text())
	case opContains:
		return contains(left, right)
	}
	return false
}

// eval returns the value of an operand of a condition, nil if there is none.
func (n *node) eval(item attribute.Value) attribute.Value {
	switch n.op {
	case opValue:
		return n.value
	case opPath:
		return n.path.Find(item)
	case opSize:
		return sizeOf(n.args[0].eval(item))
	}
	if n.op.isCondition() { // only in what was built: no text of ours has it
		return attribute.NewBool(n.holds(item))
	}
	return nil
}

func same(a, b attribute.Value) bool { return a != nil && b != nil && attribute.Equal(a, b) }

func ordered(a attribute.Value, o op, b attribute.Value) bool {
	if a.Kind() != b.Kind() || !isText(a) && a.Kind() != attribute.Number {
		return false
	}
	switch cmp := attribute.Compare(a, b); o {
	case opLess:
		return cmp < 0
	case opLessEqual:
		return cmp <= 0
	case opGreater:
		return cmp > 0
	default:
		return cmp >= 0
	}
}

func isText(v attribute.Value) bool {
	return v.Kind() == attribute.String || v.Kind() == attribute.Binary
}

func contains(v, part attribute.Value) bool {
	switch {
	case part == nil:
		return false
	case isText(v):
		return v.Kind() == part.Kind() && bytes.Contains(v.Text(), part.Text())
	case v.Kind().IsSet():
		return v.Contains(part)
	case v.Kind() == attribute.List:
		for elem := range v.Elements() {
			if attribute.Equal(elem, part) {
				return true
			}
		}
	}
	return false
}

// sizeOf is the function size: the length of a string, in UTF-16 as AWS counts it, or of a binary, the count of a
// collection. Numbers and the rest have none: comparing it is then false.
func sizeOf(v attribute.Value) attribute.Value {
	switch kind := v.Kind(); {
	case kind == attribute.String:
		return attribute.NewInt(int64(utf16Length(v.Text())))
	case kind == attribute.Binary:
		return attribute.NewInt(int64(len(v.Text())))
	case kind.IsSet(), kind == attribute.List, kind == attribute.Map:
		return attribute.NewInt(int64(v.Count()))
	}
	return nil
}
