package expression

import "github.com/statordb/stator/internal/attribute"

// KeyCondition is a KeyConditionExpression, or the KeyConditions that mean the same. What it asks for is known once
// it meets the key of a table or an index: see Bind.
type KeyCondition struct {
	root  *node // nil without text
	terms []namedTerm
	paths []Path
}

// KeyTerm is a condition on one attribute of a key. Upper is the second value of KeyBetween.
type KeyTerm struct {
	Op           KeyOp
	Value, Upper attribute.Value
}

// KeyOp is how a key attribute relates to the value of a KeyTerm.
type KeyOp byte

// The operators of a KeyTerm.
const (
	KeyEqual KeyOp = iota
	KeyLess
	KeyLessEqual
	KeyGreater
	KeyGreaterEqual
	KeyBetween
	KeyBeginsWith
)

type namedTerm struct {
	name string
	KeyTerm
}

// KeyAttribute is an attribute of a key, and its kind.
type KeyAttribute struct {
	Name string
	Kind attribute.Kind
}

// KeyRange is what a Query reads: one partition, and in it the sort keys that have the terms. There is a value for
// every partition attribute and a term for the first len(Sort) sort attributes: all equalities, except that the
// last may be a range.
type KeyRange struct {
	Partition []attribute.Value
	Sort      []KeyTerm
}

const keyParam = "KeyConditionExpression"

// ParseKeyCondition reads a KeyConditionExpression. Its grammar is that of every condition; Bind allows less.
func ParseKeyCondition(text string, ph *Placeholders) (*KeyCondition, error) {
	c, err := ParseCondition(keyParam, text, ph)
	if err != nil {
		return nil, err
	}
	return &KeyCondition{root: c.root, paths: c.paths}, nil
}

// LegacyKeyCondition is one element of KeyConditions, checked like one of Expected. The attributes of several are
// joined with Add.
func LegacyKeyCondition(name, operator string, values []attribute.Value) (*KeyCondition, error) {
	c, err := LegacyCondition(name, operator, values)
	if err != nil {
		return nil, err
	}
	o := c.root.op
	switch {
	case o < opEqual, o == opNotEqual, o == opIn, o.isFunction() && o != opBeginsWith:
		return nil, &Error{Message: "Attempted conditional constraint is not an indexable operation"}
	}
	k := &KeyCondition{}
	return k, k.collect(c.root)
}

// Add joins the terms of another legacy condition.
func (k *KeyCondition) Add(other *KeyCondition) { k.terms = append(k.terms, other.terms...) }

// Attributes returns the names of the attributes that the condition is on.
func (k *KeyCondition) Attributes() []string {
	if k.root != nil {
		return heads(k.paths)
	}
	all := make([]string, len(k.terms))
	for i, t := range k.terms {
		all[i] = t.name
	}
	return all
}

// Equal returns the value that the condition asks of an attribute, nil if it asks for none or for a range.
func (k *KeyCondition) Equal(name string) attribute.Value {
	if k.root != nil {
		return k.root.equal(name)
	}
	for _, t := range k.terms {
		if t.name == name && t.Op == KeyEqual {
			return t.Value
		}
	}
	return nil
}

// equal finds an equality of the attribute among what n joins with AND.
func (n *node) equal(name string) attribute.Value {
	switch n.op {
	case opAnd:
		if v := n.args[0].equal(name); v != nil {
			return v
		}
		return n.args[1].equal(name)
	case opEqual:
		for i, arg := range n.args {
			if other := n.args[1-i]; arg.op == opPath && len(arg.path) == 1 && arg.path[0].Name == name && other.op == opValue {
				return other.value
			}
		}
	}
	return nil
}

// Bind finds what the condition asks of a key: at most four attributes of either sort, one unless the index has a
// key of several attributes. The values have the kinds of the attributes; whether they can be keys is not looked at.
func (k *KeyCondition) Bind(partition, sort []KeyAttribute) (*KeyRange, error) {
	role := func(name string) Role {
		for _, attrs := range [][]KeyAttribute{partition, sort} {
			for _, a := range attrs {
				if a.Name == name {
					return Key
				}
			}
		}
		return NoKey
	}
	if err := checkScalarKeys(k.paths, role); err != nil {
		return nil, err
	}
	if k.root != nil {
		collected := KeyCondition{terms: make([]namedTerm, 0, 2)}
		if err := collected.collect(k.root); err != nil {
			return nil, err
		}
		k = &collected
	}
	if len(k.terms) > max(2, len(partition)+len(sort)) {
		return nil, &Error{Message: "Conditions can be of length 1 or 2 only"}
	}
	r := &KeyRange{Partition: make([]attribute.Value, 0, len(partition))}
	for _, attr := range partition {
		t, err := k.term(attr)
		switch {
		case err != nil:
			return nil, err
		case t.Op != KeyEqual:
			return nil, notSupported()
		}
		r.Partition = append(r.Partition, t.Value)
	}
	left := len(k.terms) - len(partition)
	if left > len(sort) {
		return nil, notSupported()
	}
	for i, attr := range sort[:left] {
		t, err := k.term(attr)
		switch {
		case err != nil:
			return nil, err
		case t.Op != KeyEqual && i < left-1:
			return nil, notSupported()
		}
		r.Sort = append(r.Sort, t)
	}
	return r, nil
}

func notSupported() error { return &Error{Message: "Query key condition not supported"} }

// term returns the condition on the attribute.
func (k *KeyCondition) term(attr KeyAttribute) (KeyTerm, error) {
	for _, t := range k.terms {
		switch {
		case t.name != attr.Name:
		case t.Value.Kind() != attr.Kind:
			return KeyTerm{}, &Error{Message: "One or more parameter values were invalid: Condition parameter type does not match schema type"}
		default:
			return t.KeyTerm, nil
		}
	}
	return KeyTerm{}, &Error{Message: "Query condition missed key schema element: " + attr.Name}
}

// collect appends the terms that n joins with AND.
func (k *KeyCondition) collect(n *node) error {
	if n.op == opAnd {
		if err := k.collect(n.args[0]); err != nil {
			return err
		}
		return k.collect(n.args[1])
	}
	t, err := n.keyTerm()
	if err != nil {
		return err
	}
	for _, other := range k.terms {
		if other.name == t.name {
			return &Error{Message: "KeyConditionExpressions must only contain one condition per key"}
		}
	}
	k.terms = append(k.terms, t)
	return nil
}

func (n *node) keyTerm() (namedTerm, error) {
	op, ok := n.op.keyOp()
	if !ok {
		return namedTerm{}, &Error{Message: "Invalid operator used in KeyConditionExpression: " + n.op.String()}
	}
	if n.args[0].op == opValue && (op == KeyBetween || op == KeyBeginsWith) {
		return namedTerm{}, &Error{Message: "Invalid condition in KeyConditionExpression: " + n.op.String() +
			" operator must have the key attribute as its first operand"}
	}
	t := namedTerm{KeyTerm: KeyTerm{Op: op}}
	for i, arg := range n.args {
		switch {
		case arg.op.isFunction():
			return t, &Error{Message: "KeyConditionExpressions cannot contain nested operations"}
		case arg.op == opPath && t.name != "":
			return t, &Error{Message: "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"}
		case arg.op == opPath && len(arg.path) > 1:
			return t, &Error{Message: "KeyConditionExpressions cannot have conditions on nested attributes"}
		case arg.op == opPath:
			t.name = arg.path[0].Name
			if i > 0 {
				t.Op = op.reverse()
			}
		case t.Value == nil:
			t.Value = arg.value
		default:
			t.Upper = arg.value
		}
	}
	if t.name == "" {
		return t, &Error{Message: "Invalid condition in KeyConditionExpression: No key attribute specified"}
	}
	return t, nil
}

func (o op) keyOp() (KeyOp, bool) {
	switch o {
	case opEqual:
		return KeyEqual, true
	case opLess:
		return KeyLess, true
	case opLessEqual:
		return KeyLessEqual, true
	case opGreater:
		return KeyGreater, true
	case opGreaterEqual:
		return KeyGreaterEqual, true
	case opBetween:
		return KeyBetween, true
	case opBeginsWith:
		return KeyBeginsWith, true
	}
	return 0, false
}

// reverse is the operator for the operands the other way round: the attribute may come second.
func (o KeyOp) reverse() KeyOp {
	switch o {
	case KeyLess:
		return KeyGreater
	case KeyLessEqual:
		return KeyGreaterEqual
	case KeyGreater:
		return KeyLess
	case KeyGreaterEqual:
		return KeyLessEqual
	}
	return o
}
