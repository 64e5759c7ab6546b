package expression

import "github.com/statordb/stator/internal/attribute"

// op is what a node of a parsed expression does with its operands.
type op byte

const (
	opPath op = iota
	opValue
	opUnknown // a call of a function that does not exist
	opAnd
	opOr
	opNot
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opBetween
	opIn
	opPlus
	opMinus
	opAttributeExists
	opAttributeNotExists
	opAttributeType
	opBeginsWith
	opContains
	opSize
	opIfNotExists
	opListAppend
)

// The names are those of the messages; of a function, also that of the text: functions are case-sensitive.
var opNames = [...]string{opAnd: "AND", opOr: "OR", opNot: "NOT", opEqual: "=", opNotEqual: "<>", opLess: "<",
	opLessEqual: "<=", opGreater: ">", opGreaterEqual: ">=", opBetween: "BETWEEN", opIn: "IN", opPlus: "+", opMinus: "-",
	opAttributeExists: "attribute_exists", opAttributeNotExists: "attribute_not_exists",
	opAttributeType: "attribute_type", opBeginsWith: "begins_with", opContains: "contains", opSize: "size",
	opIfNotExists: "if_not_exists", opListAppend: "list_append"}

func (o op) String() string   { return opNames[o] }
func (o op) isFunction() bool { return o >= opAttributeExists }

// isCondition says whether the result is true or false, not a value.
func (o op) isCondition() bool {
	return opAnd <= o && o <= opIn || opAttributeExists <= o && o <= opContains
}

func (o op) operands() int {
	switch o {
	case opAttributeExists, opAttributeNotExists, opSize:
		return 1
	}
	return 2
}

func functionNamed(name string) op {
	for o := opAttributeExists; o <= opListAppend; o++ {
		if opNames[o] == name {
			return o
		}
	}
	return opUnknown
}

// node is a node of a parsed expression.
type node struct {
	op    op
	paren bool            // it is in parentheses of its own
	text  string          // the placeholder of an opValue, the name of an opUnknown
	value attribute.Value // of an opValue, once it is resolved
	path  Path            // of an opPath
	args  []*node
}

// arena allocates the nodes, the steps and the operands of one expression in a few pieces.
type arena struct {
	nodes []node
	steps []Step
	args  []*node
}

func (a *arena) node(n node) *node {
	if len(a.nodes) == cap(a.nodes) {
		a.nodes = make([]node, 0, max(8, 2*cap(a.nodes)))
	}
	a.nodes = append(a.nodes, n)
	return &a.nodes[len(a.nodes)-1]
}

func (a *arena) list(args ...*node) []*node {
	if len(args) > cap(a.args)-len(a.args) {
		a.args = make([]*node, 0, max(8, len(args), 2*cap(a.args)))
	}
	start := len(a.args)
	a.args = append(a.args, args...)
	return a.args[start:len(a.args):len(a.args)]
}
