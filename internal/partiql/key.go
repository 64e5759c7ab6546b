package partiql

import (
	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// attributes are those of the key, in order.
func (k Schema) attributes() []expression.KeyAttribute {
	if k.Sort == nil {
		return []expression.KeyAttribute{k.Partition}
	}
	return []expression.KeyAttribute{k.Partition, *k.Sort}
}

// Key returns the key of the one item that a Select names, nil if it does not name one or asks for anything besides.
func (s *Statement) Key(key Schema) (attribute.Value, error) {
	return s.keyOf(s.where.conjuncts(nil), key, nil)
}

// keyOf is the key that the equalities among terms make. What is no such equality, or a second one with another value, is
// given to rest; without that, there is no key then.
func (s *Statement) keyOf(terms []*expr, key Schema, rest func(e *expr, again *expression.KeyAttribute) error) (attribute.Value, error) {
	attrs := key.attributes()
	values := make([]attribute.Value, len(attrs))
terms:
	for _, e := range terms {
		var again *expression.KeyAttribute
		if path, value, name := e.comparison(); name == "=" {
			for i, a := range attrs {
				if !isAttribute(path.path, a) {
					continue
				}
				v, err := s.terms.value(value, "root", 0)
				if err != nil {
					return nil, err
				}
				if values[i] == nil {
					values[i] = v
				}
				if attribute.Equal(values[i], v) {
					continue terms
				}
				again = &a
			}
		}
		if rest == nil {
			return nil, nil
		}
		if err := rest(e, again); err != nil {
			return nil, err
		}
	}
	var made attribute.MapBuilder
	for i, a := range attrs {
		if values[i] == nil {
			return nil, nil
		}
		made.Add(a.Name, values[i])
	}
	for i, a := range attrs {
		if err := s.checkKind(a, values[i]); err != nil {
			return nil, err
		}
	}
	return made.Value(), nil
}

// checkKind checks that a value for a key is of the key's kind.
func (s *Statement) checkKind(a expression.KeyAttribute, v attribute.Value) error {
	k := v.Kind()
	switch {
	case k == a.Kind:
		return nil
	case (s.Kind == Update || s.Kind == Delete) && k != attribute.String && k != attribute.Number && k != attribute.Binary:
		return fail("Key value must be of type S, N, or B. Key name: " + a.Name + ", Key type: " + k.String())
	}
	return errKeyKind(a)
}

var errIncompleteKey = fail("Where clause does not contain a mandatory equality on all key attributes")

// Target returns the key of the item that an Update, a Delete or an Exists names, and what else its WHERE clause asks
// for, nil if nothing.
func (s *Statement) Target(key Schema) (attribute.Value, *expression.Condition, error) {
	var others *expr
	item, err := s.keyOf(s.where.conjuncts(nil), key, func(e *expr, again *expression.KeyAttribute) error {
		if again != nil && s.Kind != Exists {
			return fail("Multiple conditions on same key " + again.Name + ". Only single item Update/Insert/Delete are supported")
		}
		if others == nil {
			others = e
		} else {
			others = operator(e.tok, "AND", others, e)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, nil, err
	case s.Kind == Exists && (item == nil || others == nil):
		return nil, nil, fail("EXISTS() must contain a single item read with additional condition")
	case item == nil:
		return nil, nil, errIncompleteKey
	case others == nil:
		return item, nil, nil
	}
	condition, err := s.terms.condition(others)
	return item, condition, err
}

// conjuncts are what AND joins, appended to list.
func (e *expr) conjuncts(list []*expr) []*expr {
	switch {
	case e == nil:
		return list
	case e.isOperator("AND"):
		return e.args[1].conjuncts(e.args[0].conjuncts(list))
	}
	return append(list, e)
}

func errKeyKind(a expression.KeyAttribute) error {
	return fail("Key attribute's data type should match its data type in table's schema: Key " + a.Name)
}

// CheckItem checks that what an Insert inserts has a key.
func (s *Statement) CheckItem(key Schema) error {
	for _, a := range key.attributes() {
		switch v := s.Item.Field(a.Name); {
		case v == nil:
			return fail("Key attribute should be present in the item: Key " + a.Name)
		case v.Kind() != a.Kind:
			return errKeyKind(a)
		}
	}
	return nil
}
