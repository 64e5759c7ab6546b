package expression

import (
	"slices"

	"github.com/statordb/stator/internal/attribute"
)

// The mistakes that only an item shows. AWS puts no parameter's name before these.
var (
	errInvalidPath = &Error{Message: "The document path provided in the update expression is invalid for update"}
	errNoAttribute = &Error{Message: "The provided expression refers to an attribute that does not exist in the item"}
	errBadType     = &Error{Message: "An operand in the update expression has an incorrect data type"}
	errLegacyType  = &Error{Message: "Type mismatch for attribute to update"} // AttributeUpdates' errBadType
)

// Apply returns the item as the update makes it. The item, nil if there is none, is not changed: every operand is
// read, and every index of a list counted, in the item as it was. The attributes that the update does not
// touch are copied as bytes.
func (u *Update) Apply(item attribute.Value) (attribute.Value, error) {
	if item == nil {
		item = attribute.NewMap(nil, nil)
	}
	var buf [8]attribute.Value
	results := buf[:]
	if len(u.actions) > len(buf) {
		results = make([]attribute.Value, len(u.actions))
	}
	// From the last to the first, as AWS does: it shows when several fail.
	for i, a := range slices.Backward(u.actions) {
		path := u.paths[i]
		if !path.fits(item) {
			return nil, errInvalidPath
		}
		v, err := a.result(item, path)
		if err != nil {
			if u.legacy && err == error(errBadType) {
				err = errLegacyType
			}
			return nil, err
		}
		results[i] = v
	}
	return u.root.rewrite(item, results), nil
}

// fits says whether the path leads to a place that is there or can be made: a member of a map, an element of a list.
func (p Path) fits(item attribute.Value) bool {
	if len(p) == 1 {
		return true
	}
	last := len(p) - 1
	kind := attribute.Map
	if p[last].IsIndex() {
		kind = attribute.List
	}
	return p[:last].Find(item).Kind() == kind
}

// result is what the action leaves at path, nil if nothing.
func (a action) result(item attribute.Value, path Path) (attribute.Value, error) {
	switch a.section {
	case tokenSet:
		return a.value.compute(item)
	case tokenAdd:
		return add(path.Find(item), a.value.value)
	case tokenDelete:
		return subtract(path.Find(item), a.value.value)
	}
	return nil, nil
}

// add is ADD: a number to a number, a set to a set, and for the legacy parameter a list to a list.
func add(old, v attribute.Value) (attribute.Value, error) {
	switch {
	case old == nil:
		return v, nil
	case old.Kind() != v.Kind():
		return nil, errBadType
	case v.Kind() == attribute.Number:
		return arithmetic(opPlus, old, v)
	case v.Kind() == attribute.List:
		return appendLists(old, v), nil
	}
	return attribute.NewSet(appendElements(appendElements(nil, old), v)), nil
}

// subtract is DELETE: a set from a set. A set that becomes empty is no attribute any more.
func subtract(old, v attribute.Value) (attribute.Value, error) {
	switch {
	case old == nil:
		return nil, nil
	case old.Kind() != v.Kind():
		return nil, errBadType
	}
	left := make([]attribute.Value, 0, old.Count())
	gone := appendElements(nil, v) // in order, as those of old are
	for elem := range old.Elements() {
		for len(gone) > 0 && attribute.Compare(gone[0], elem) < 0 {
			gone = gone[1:]
		}
		if len(gone) == 0 || attribute.Compare(gone[0], elem) != 0 {
			left = append(left, elem)
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	return attribute.NewSet(left), nil
}

// compute returns the value of a SET action, or of an operand in it. It has no result but an error if a
// path leads nowhere.
func (n *node) compute(item attribute.Value) (attribute.Value, error) {
	switch n.op {
	case opValue:
		return n.value, nil
	case opPath:
		if v := n.path.Find(item); v != nil {
			return v, nil
		}
		return nil, errNoAttribute
	case opIfNotExists:
		// The second operand must have a value even where it is not needed.
		v, err := n.args[1].compute(item)
		if err != nil {
			return nil, err
		}
		if old := n.args[0].path.Find(item); old != nil {
			v = old
		}
		return v, nil
	}
	kind := attribute.Number
	if n.op == opListAppend {
		kind = attribute.List
	}
	var values [2]attribute.Value
	for i, arg := range n.args {
		v, err := arg.compute(item)
		switch {
		case err != nil:
			return nil, err
		case v.Kind() != kind:
			return nil, errBadType
		}
		values[i] = v
	}
	if n.op == opListAppend {
		return appendLists(values[0], values[1]), nil
	}
	return arithmetic(n.op, values[0], values[1])
}

func arithmetic(o op, a, b attribute.Value) (attribute.Value, error) {
	var sum attribute.Num
	var err error
	if o == opMinus {
		sum, err = a.Number().Sub(b.Number())
	} else {
		sum, err = a.Number().Add(b.Number())
	}
	if err != nil {
		return nil, err
	}
	return attribute.NewNumber(sum), nil
}

func appendElements(elems []attribute.Value, v attribute.Value) []attribute.Value {
	elems = slices.Grow(elems, v.Count())
	for elem := range v.Elements() {
		elems = append(elems, elem)
	}
	return elems
}

func appendLists(a, b attribute.Value) attribute.Value {
	return attribute.NewList(appendElements(appendElements(nil, a), b))
}

// rewrite returns v, whose kind fits the tree, with the results of the actions put in, nil taking away.
func (b *branch) rewrite(v attribute.Value, results []attribute.Value) attribute.Value {
	if b.leaf {
		return results[b.action]
	}
	if b.intoList() {
		return b.rewriteList(v, results)
	}
	var made attribute.MapBuilder
	made.Grow(len(v) + 64)
	for name, elem := range v.Fields() {
		if n := b.member(name); n != nil {
			elem = n.rewrite(elem, results)
		}
		if elem != nil {
			made.Add(string(name), elem)
		}
	}
	for i := range b.next {
		if n := &b.next[i]; n.leaf && results[n.action] != nil && v.Field(n.step.Name) == nil {
			made.Add(n.step.Name, results[n.action])
		}
	}
	return made.Value()
}

func (b *branch) rewriteList(v attribute.Value, results []attribute.Value) attribute.Value {
	elems := make([]attribute.Value, 0, v.Count()+len(b.next))
	i, next := 0, b.next
	for elem := range v.Elements() {
		if len(next) > 0 && next[0].step.Index == i {
			elem = next[0].rewrite(elem, results)
			next = next[1:]
		}
		if elem != nil {
			elems = append(elems, elem)
		}
		i++
	}
	// An index beyond the end adds to the end, however far it is.
	for j := range next {
		if n := &next[j]; results[n.action] != nil {
			elems = append(elems, results[n.action])
		}
	}
	return attribute.NewList(elems)
}
