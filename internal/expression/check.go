package expression

import (
	"strconv"

	"github.com/statordb/stator/internal/attribute"
)

// position is where a function is called.
type position byte

const (
	asCondition  position = iota // where true or false is expected
	asOperand                    // of an operator or a function of a condition
	asSetValue                   // the whole value of a SET action
	asSetOperand                 // a part of it
)

// checker checks an expression after its syntax.
type checker struct {
	param     string
	ph        *Placeholders
	operators int
}

// names checks literal names, list indexes, and which functions are called where, from left to right.
func (c *checker) names(n *node, at position) error {
	switch {
	case n.op == opPath:
		return n.path.check(c.param)
	case n.op == opUnknown:
		return fail(c.param, "Invalid function name; function: "+n.text)
	case n.op.isFunction():
		if err := c.allowed(n.op, at); err != nil {
			return err
		}
	}
	inside := asOperand
	switch {
	case at >= asSetValue:
		inside = asSetOperand
	case n.op == opAnd, n.op == opOr, n.op == opNot:
		inside = asCondition
	}
	for _, arg := range n.args {
		if err := c.names(arg, inside); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) allowed(f op, at position) error {
	ofUpdate := f == opIfNotExists || f == opListAppend
	switch {
	case ofUpdate && at < asSetValue:
		return fail(c.param, "The function is not allowed in a condition expression; function: "+f.String())
	case !ofUpdate && at >= asSetValue:
		return fail(c.param, "The function is not allowed in an update expression; function: "+f.String())
	case f == opListAppend && at == asSetOperand,
		f == opSize && at == asCondition,
		f.isCondition() && at == asOperand:
		return fail(c.param, "The function is not allowed to be used this way in an expression; function: "+f.String())
	}
	return nil
}

// operands resolves the placeholders and checks the operands of every operator, operands first.
func (c *checker) operands(n *node) error {
	switch n.op {
	case opPath:
		return n.path.resolve(c.param, c.ph)
	case opValue:
		if n.value != nil {
			return nil // it came without text
		}
		var ok bool
		if n.value, ok = c.ph.value(n.text); !ok {
			return fail(c.param, "An expression attribute value used in expression is not defined; attribute value: "+n.text)
		}
		return nil
	}
	for _, arg := range n.args {
		if err := c.operands(arg); err != nil {
			return err
		}
	}
	if err := c.operator(n); err != nil {
		return err
	}
	if c.operators++; c.operators > maxOperators {
		return tooManyOperators(c.param)
	}
	return nil
}

func (c *checker) operator(n *node) error {
	if n.op.isFunction() && len(n.args) != n.op.operands() {
		return fail(c.param, "Incorrect number of operands for operator or function; operator or function: "+n.op.String()+
			", number of operands: "+strconv.Itoa(len(n.args)))
	}
	switch n.op {
	case opAnd, opOr, opNot:
		return nil
	case opAttributeExists, opAttributeNotExists, opIfNotExists:
		if n.args[0].op != opPath {
			return fail(c.param, "Operator or function requires a document path; operator or function: "+n.op.String())
		}
	case opAttributeType:
	default:
		for _, arg := range n.args {
			if kind := arg.kind(); kind != 0 && !n.op.takes(kind) {
				return c.badOperand(n.op, kind.String())
			}
		}
	}
	if n.op == opPlus || n.op == opMinus || n.op == opListAppend {
		return nil
	}
	for _, arg := range n.args[1:] {
		if arg.op == opPath && n.args[0].op == opPath && arg.path.equal(n.args[0].path) {
			return fail(c.param, "The first operand must be distinct from the remaining operands for this operator or function; operator: "+
				n.op.String()+", first operand: "+arg.path.String())
		}
	}
	switch {
	case n.op == opIn && len(n.args)-1 > maxIn:
		return fail(c.param, "The IN operator is provided with too many operands; number of operands: "+strconv.Itoa(len(n.args)-1))
	case n.op == opAttributeType:
		return c.typeName(n.args[1])
	case n.op == opBetween:
		return c.bounds(n.args[1], n.args[2])
	}
	return nil
}

// takes says whether a value of this kind may be an operand.
func (o op) takes(kind attribute.Kind) bool {
	switch o {
	case opLess, opLessEqual, opGreater, opGreaterEqual, opBetween:
		return kind == attribute.String || kind == attribute.Number || kind == attribute.Binary
	case opBeginsWith:
		return kind == attribute.String || kind == attribute.Binary
	case opSize:
		return kind != attribute.Number && kind != attribute.Bool && kind != attribute.Null
	case opPlus, opMinus:
		return kind == attribute.Number
	case opListAppend:
		return kind == attribute.List
	}
	return true
}

// kind returns the kind that a node will surely have, 0 if that depends on the item.
func (n *node) kind() attribute.Kind {
	switch n.op {
	case opValue:
		return n.value.Kind()
	case opSize:
		return attribute.Number
	}
	if n.op.isCondition() {
		return attribute.Bool
	}
	return 0
}

func (c *checker) badOperand(o op, kind string) error {
	return fail(c.param, "Incorrect operand type for operator or function; operator or function: "+o.String()+", operand type: "+kind)
}

// typeName checks the second operand of attribute_type. The order of the names in the messages is AWS's.
func (c *checker) typeName(n *node) error {
	kind := n.kind()
	switch {
	case kind == 0:
		return c.badOperand(opAttributeType, "{S,L,HD,FS,DICT,SS,DOUBLESET,BOOL,BS,DECIMAL,FLOAT,INT,B,N,NS,INTSET,HDS,DECIMALSET,NULL,DOUBLE,M}")
	case kind != attribute.String:
		return c.badOperand(opAttributeType, kind.String())
	}
	name := string(n.value.Text())
	if kindNamed(name) == 0 {
		return fail(c.param, "Invalid attribute type name found; type: "+name+", valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}")
	}
	return nil
}

func kindNamed(name string) attribute.Kind {
	for k := attribute.Null; k <= attribute.Map; k++ {
		if k.String() == name {
			return k
		}
	}
	return 0
}

func (c *checker) bounds(low, high *node) error {
	if low.op != opValue || high.op != opValue {
		return nil
	}
	how := ""
	switch {
	case low.value.Kind() != high.value.Kind():
		how = "same data type for lower and upper bounds"
	case attribute.Compare(low.value, high.value) > 0:
		how = "upper bound to be greater than or equal to lower bound"
	default:
		return nil
	}
	return fail(c.param, "The BETWEEN operator requires "+how+"; lower bound operand: AttributeValue: "+show(low.value)+
		", upper bound operand: AttributeValue: "+show(high.value))
}

// show renders a String, a Number or a Binary as AWS's implementation prints it.
func show(v attribute.Value) string {
	switch v.Kind() {
	case attribute.Number:
		return "{N:" + v.Number().String() + "}"
	case attribute.Binary:
		n := strconv.Itoa(len(v.Text()))
		return "{B:java.nio.HeapByteBuffer[pos=0 lim=" + n + " cap=" + n + "]}"
	}
	return "{S:" + string(v.Text()) + "}"
}
