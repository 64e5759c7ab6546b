package expression

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/statordb/stator/internal/attribute"
)

// Term is a part of a condition or an update that is built and not parsed: what another language's text means. The
// names in it are literal. Mistakes are found, and worded, as in parsed text, but no parameter is named.
type Term struct{ n *node }

// PathTerm is the value at a path.
func PathTerm(p Path) Term { return Term{&node{op: opPath, path: p}} }

// ValueTerm is a value.
func ValueTerm(v attribute.Value) Term { return Term{&node{op: opValue, value: v}} }

// Operation is an operator or a function, by its name in an expression, over its operands: BETWEEN and IN have all of
// theirs in one list.
func Operation(name string, operands ...Term) Term {
	n := &node{op: opUnknown, text: name, args: make([]*node, len(operands))}
	for i, t := range operands {
		n.args[i] = t.n
	}
	if i := slices.Index(opNames[:], name); i > 0 {
		n.op = op(i)
	}
	return Term{n}
}

// IsCondition says whether the term is true or false, and not a value or an unknown function.
func (t Term) IsCondition() bool { return t.n.op.isCondition() }

// NewCondition is the condition that a term is. Unlike in text, a condition may be compared, as a Bool.
func NewCondition(t Term) (*Condition, error) {
	if err := t.n.checkBuilt(true); err != nil {
		return nil, err
	}
	c := checker{}
	if err := c.operands(t.n); err != nil {
		return nil, err
	}
	return newCondition(t.n), nil
}

// checkBuilt checks what the grammar sees to in text: conditions are where they must be, and calls are known.
func (n *node) checkBuilt(condition bool) error {
	switch {
	case n.op == opUnknown:
		return fail("", "Invalid function name; function: "+n.text)
	case condition && !n.op.isCondition():
		return fail("", "The function is not allowed to be used this way in an expression; function: "+n.op.String())
	}
	inside := n.op == opAnd || n.op == opOr || n.op == opNot
	least := 0
	switch n.op {
	case opNot:
		least = 1
	case opBetween:
		least = 3
	case opPath, opValue:
	default:
		if !n.op.isFunction() {
			least = 2
		}
	}
	if len(n.args) < least {
		return fail("", "Incorrect number of operands for operator or function; operator or function: "+n.op.String())
	}
	for _, arg := range n.args {
		if err := arg.checkBuilt(inside); err != nil {
			return err
		}
	}
	return nil
}

// checkBuiltValue is checkBuilt for the value of an action.
func (n *node) checkBuiltValue() error {
	switch n.op {
	case opPath, opValue, opPlus, opMinus, opListAppend, opIfNotExists:
	default:
		return fail("", "The function is not allowed in an update expression; function: "+cmp.Or(n.text, n.op.String()))
	}
	if n.op != opPath && n.op != opValue && len(n.args) != 2 {
		return fail("", "Incorrect number of operands for operator or function; operator or function: "+n.op.String()+
			", number of operands: "+strconv.Itoa(len(n.args)))
	}
	for _, arg := range n.args {
		if err := arg.checkBuiltValue(); err != nil {
			return err
		}
	}
	return nil
}

// ActionKind is what an Action does.
type ActionKind byte

// The kinds of Action: those of UpdateExpression's sections.
const (
	SetAction ActionKind = iota
	RemoveAction
	AddAction
	DeleteAction
)

// Action is one change of a built update. Value is any term for SetAction, a value for AddAction and DeleteAction, and not
// looked at for RemoveAction.
type Action struct {
	Kind  ActionKind
	Path  Path
	Value Term
}

// NewUpdate is the update that makes the changes.
func NewUpdate(actions []Action) (*Update, error) {
	u := &Update{}
	for _, built := range actions {
		a := action{section: tokenSet + tokenKind(built.Kind)}
		if built.Kind != RemoveAction {
			a.value = built.Value.n
			if err := a.value.checkBuiltValue(); err != nil {
				return nil, err
			}
		}
		u.actions = append(u.actions, a)
		u.paths = append(u.paths, built.Path)
	}
	if err := resolvePaths("", nil, u.paths); err != nil {
		return nil, err
	}
	c := checker{}
	for _, a := range slices.Backward(u.actions) {
		if a.value == nil {
			continue
		}
		if err := c.operands(a.value); err != nil {
			return nil, err
		}
		if kind := a.value.value.Kind(); a.section != tokenSet && !kind.IsSet() && (kind != attribute.Number || a.section != tokenAdd) {
			return nil, fail("", "An operand in the update expression has an incorrect data type")
		}
	}
	u.plant()
	return u, nil
}
