package partiql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// mean is what a draft means, as far as that can be known without its table.
func (d *draft) mean(parameters []attribute.Value) (*Statement, error) {
	s := &Statement{Kind: d.kind, Returning: d.returning, where: d.where, terms: &translator{parameters}}
	if err := s.setSource(d.source); err != nil {
		return nil, err
	}
	var err error
	if d.where != nil {
		if s.Filter, err = s.terms.condition(d.where); err != nil {
			return nil, err
		}
	}
	switch d.kind {
	case Select, Exists:
		if err = s.setColumns(d); err == nil {
			err = s.setOrder(d.order)
		}
	case Insert:
		err = s.setItem(d)
	case Update:
		err = s.setUpdate(d.actions)
	case Delete:
		if d.returning > ReturnAllOld {
			err = fail("Invalid returning clause: RETURNING " + returningNames[d.returning] + " *. Only RETURNING ALL OLD * is allowed in DELETE statements.")
		}
	}
	return s, err
}

func (s *Statement) setSource(source []token) error {
	switch {
	case s.Kind == Insert && len(source) > 1:
		return fail("FROM clause may only contain a single table name in data manipulation statements")
	case len(source) > 2:
		return fail("A path may contain at most 2 components in the FROM clause")
	case len(source) == 2 && s.Kind != Select && s.Kind != Exists:
		return fail("This operation is not supported on an index")
	}
	s.Table = source[0].text
	if len(source) == 2 {
		s.Index = source[1].text
	}
	return nil
}

func (s *Statement) setColumns(d *draft) error {
	seen := map[string]bool{}
	for _, e := range d.columns {
		if e.kind != exprPath {
			return failAt("Unexpected path component", e.tok)
		}
		if e.wildcard != nil {
			return fail("Changing item's hierarchy while reading isn't supported")
		}
		if len(e.path) > maxDepth {
			return fail("The document path has too many nesting levels; nesting levels: " + strconv.Itoa(len(e.path)))
		}
		c := Column{Path: e.path}
		for _, step := range e.path {
			if step.IsIndex() {
				c.Name += "[" + strconv.Itoa(step.Index) + "]"
			} else {
				c.Name = step.Name
			}
		}
		if seen[c.Name] {
			return fail("Duplicate identifiers in select clause: " + c.Name)
		}
		seen[c.Name] = true
		s.Columns = append(s.Columns, c)
	}
	paths := make([]expression.Path, len(s.Columns))
	for i, c := range s.Columns {
		paths[len(paths)-1-i] = c.Path
	}
	return expression.CheckPaths(paths)
}

func (s *Statement) setOrder(order []draftOrder) error {
	if len(order) > 0 && s.where == nil {
		return fail("Must have WHERE clause in the statement when using ORDER BY clause.")
	}
	for _, o := range order {
		if o.by.kind != exprPath || len(o.by.path) > 1 {
			return fail("Argument to ORDER BY must be of type VariableReference. Type: " + o.by.shown())
		}
		if o.by.wildcard != nil {
			return o.by.wildcard
		}
		s.order = append(s.order, orderTerm{o.by.path, o.descending})
	}
	return nil
}

func (s *Statement) setItem(d *draft) error {
	if d.many {
		return errInsertMany
	}
	if d.item.kind != exprStruct {
		return failAt("Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.", d.item.tok)
	}
	var err error
	s.Item, err = s.terms.structure(d.item, "root", 0)
	return err
}

func (s *Statement) setUpdate(drafts []draftAction) error {
	actions := make([]expression.Action, len(drafts))
	for i, d := range drafts {
		a := expression.Action{Path: slices.Clone(d.path.path)}
		var err error
		switch name := d.setFunction(); {
		case d.remove:
			a.Kind = expression.RemoveAction
		case name != "":
			a.Kind = expression.AddAction
			if name == "SET_DELETE" {
				a.Kind = expression.DeleteAction
			}
			a.Value, err = s.terms.setOperand(name, d)
		default:
			a.Value, err = s.terms.setValue(d.value)
		}
		if err != nil {
			return err
		}
		actions[i] = a
	}
	var err error
	s.Update, err = expression.NewUpdate(actions)
	return err
}

// setFunction is SET_ADD or SET_DELETE if the action's value is a call of it.
func (d draftAction) setFunction() string {
	if d.value != nil && d.value.kind == exprCall && (d.value.text == "set_add" || d.value.text == "set_delete") {
		return strings.ToUpper(d.value.text)
	}
	return ""
}

// setOperand is the set that SET_ADD adds, or SET_DELETE removes.
func (t *translator) setOperand(name string, d draftAction) (expression.Term, error) {
	none := expression.Term{}
	args := d.value.args
	if len(args) != 2 {
		return none, failAt(name+" must have exactly two arguments", d.value.tok)
	}
	if args[0].kind != exprPath || args[0].wildcard != nil || !slices.Equal(args[0].path, d.path.path) {
		return none, fail("The first argument to " + name + " must equal the assignment value")
	}
	notSet := failAt("The second argument to "+name+" must be a value with type SET", args[0].tok)
	if args[1].kind != exprBag && args[1].kind != exprParameter {
		return none, notSet
	}
	v, err := t.value(args[1], "root", 0)
	if err != nil {
		return none, err
	}
	if !v.Kind().IsSet() {
		return none, notSet
	}
	return expression.ValueTerm(v), nil
}

// setValue is the value of a SET: a term, arithmetic, or LIST_APPEND.
func (t *translator) setValue(e *expr) (expression.Term, error) {
	none := expression.Term{}
	name := ""
	switch e.kind {
	case exprPath:
		return expression.PathTerm(slices.Clone(e.path)), e.wildcard
	case exprMissing:
		return none, errMissing
	case exprCall:
		if err := e.checkFunction(); err != nil {
			return none, err
		}
		name = e.text
	case exprOperator:
		switch e.text {
		case "+", "-":
			name = e.text
		case "IS":
			return none, fail("IS operator is not supported in update expressions")
		default:
			return none, fail("Unsupported operator in Update Expression. Operator: " + strings.ToLower(e.text))
		}
	default:
		v, err := t.value(e, "root", 0)
		return expression.ValueTerm(v), err
	}
	args := make([]expression.Term, len(e.args))
	for i, arg := range e.args {
		var err error
		if args[i], err = t.setValue(arg); err != nil {
			return none, err
		}
	}
	return expression.Operation(name, args...), nil
}
