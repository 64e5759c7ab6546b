package expression

import (
	"slices"

	"github.com/statordb/stator/internal/attribute"
)

// Update is a checked UpdateExpression, or the AttributeUpdates that mean the same. It may be applied to any number
// of items, by any number of goroutines.
type Update struct {
	actions []action
	paths   []Path // of the actions
	root    branch // the paths as a tree
	legacy  bool   // it is AttributeUpdates, which have a message of their own
}

// action is one change: of a SET, REMOVE, ADD or DELETE section.
type action struct {
	section tokenKind
	value   *node // nil for REMOVE
}

const updateParam = "UpdateExpression"

// ParseUpdate reads an UpdateExpression.
func ParseUpdate(text string, ph *Placeholders) (*Update, error) {
	p, err := newParser(updateParam, text)
	if err != nil {
		return nil, err
	}
	u := &Update{}
	twice := ""
	if err := p.sections(u, &twice); err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	c := checker{param: updateParam, ph: ph}
	for i, a := range u.actions {
		if err := u.paths[i].check(updateParam); err != nil {
			return nil, err
		}
		if a.value != nil {
			if err := c.names(a.value, asSetValue); err != nil {
				return nil, err
			}
		}
	}
	if twice != "" {
		return nil, fail(updateParam, `The "`+twice+`" section can only be used once in an update expression;`)
	}
	if err := resolvePaths(updateParam, ph, u.paths); err != nil {
		return nil, err
	}
	for _, a := range slices.Backward(u.actions) {
		if err := c.action(a); err != nil {
			return nil, err
		}
	}
	u.plant()
	return u, nil
}

// sections reads the whole text. In twice it leaves the name of the first section that is there twice.
func (p *parser) sections(u *Update, twice *string) error {
	seen := [...]bool{tokenDelete: false}
	for first := true; first || p.tok.kind != tokenEnd; first = false {
		kind := p.tok.kind
		if kind < tokenSet || kind > tokenDelete {
			return p.unexpected()
		}
		if seen[kind] && *twice == "" {
			*twice = sectionName(kind)
		}
		seen[kind] = true
		p.next()
		for {
			if err := p.action(u, kind); err != nil {
				return err
			}
			if !p.take(tokenComma) {
				break
			}
		}
	}
	return nil
}

func sectionName(kind tokenKind) string {
	return [...]string{"SET", "REMOVE", "ADD", "DELETE"}[kind-tokenSet]
}

func (p *parser) action(u *Update, section tokenKind) error {
	path, err := p.path()
	if err != nil {
		return err
	}
	a := action{section: section}
	switch section {
	case tokenSet:
		if err := p.expect(tokenEqual); err != nil {
			return err
		}
		if a.value, err = p.setValue(); err != nil {
			return err
		}
	case tokenAdd, tokenDelete:
		if p.tok.kind != tokenValue {
			return p.unexpected()
		}
		a.value = p.arena.node(node{op: opValue, text: p.word()})
		p.next()
	}
	u.actions = append(u.actions, a)
	u.paths = append(u.paths, path)
	return nil
}

// setValue reads the value of a SET action: an operand, or the sum or difference of two. Parentheses may be around
// either, but a sum cannot be an operand.
func (p *parser) setValue() (*node, error) {
	var left *node
	var err error
	if p.take(tokenOpen) {
		if left, err = p.setValue(); err == nil {
			err = p.closeParen(left)
		}
		if err == nil {
			err = p.checkParens()
		}
		if err == nil && (left.op == opPlus || left.op == opMinus) {
			return left, nil
		}
	} else {
		left, err = p.operand()
	}
	if err != nil || p.tok.kind != tokenPlus && p.tok.kind != tokenMinus {
		return left, err
	}
	n := node{op: opPlus + op(p.tok.kind-tokenPlus)}
	p.next()
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	n.args = p.list(left, right)
	return p.arena.node(n), nil
}

func (c *checker) action(a action) error {
	if a.value == nil {
		return nil
	}
	if err := c.operands(a.value); err != nil {
		return err
	}
	kind := a.value.value.Kind()
	if a.section == tokenSet || kind.IsSet() || a.section == tokenAdd && kind == attribute.Number {
		return nil
	}
	name := sectionName(a.section)
	return fail(updateParam, "Incorrect operand type for operator or function; operator: "+name+
		", operand type: "+longName(kind)+", typeSet: ALLOWED_FOR_"+name+"_OPERAND")
}

// longName is what AWS calls a kind in the messages about ADD and DELETE.
func longName(kind attribute.Kind) string {
	return [...]string{attribute.Null: "NULL", attribute.Bool: "BOOLEAN", attribute.String: "STRING", attribute.Number: "NUMBER",
		attribute.Binary: "BINARY", attribute.StringSet: "STRING_SET", attribute.NumberSet: "NUMBER_SET",
		attribute.BinarySet: "BINARY_SET", attribute.List: "LIST", attribute.Map: "MAP"}[kind]
}

// plant makes the tree of the paths.
func (u *Update) plant() {
	order := make([]int, len(u.paths))
	for i := range order {
		order[i] = i
	}
	// In order, every branch is added at the end of its siblings.
	slices.SortFunc(order, func(i, j int) int { return u.paths[i].compare(u.paths[j]) })
	for _, i := range order {
		b := u.root.grow(u.paths[i])
		b.leaf, b.action = true, i
	}
}

// Attributes returns the names of the attributes that the update changes.
func (u *Update) Attributes() []string { return heads(u.paths) }

func (u *Update) operandPaths() []Path {
	var paths []Path
	for _, a := range u.actions {
		if a.value != nil {
			paths = a.value.appendPaths(paths)
		}
	}
	return paths
}

// Reads returns the names of the attributes whose values the update reads.
func (u *Update) Reads() []string { return heads(u.operandPaths()) }

// OnlyTakes says whether all that the update does is to take something away. Such an update does not make an item that is
// not there (API reference, AttributeUpdates: DELETE "causes nothing to happen"); one that does nothing at all makes it.
func (u *Update) OnlyTakes() bool {
	for _, a := range u.actions {
		if a.section != tokenRemove && a.section != tokenDelete {
			return false
		}
	}
	return len(u.actions) > 0
}

// Changes says whether the update changes the attribute.
func (u *Update) Changes(name string) bool {
	return slices.ContainsFunc(u.paths, func(p Path) bool { return p[0].Name == name })
}

// CheckKeys refuses an update of an attribute of the table's key, of which keys are the names, in order, and one that
// looks inside a key attribute.
func (u *Update) CheckKeys(keys []string, role func(name string) Role) error {
	for _, name := range keys {
		if u.Changes(name) {
			return &Error{Message: invalidParameter + "Cannot update attribute " + name + ". This attribute is part of the key"}
		}
	}
	if err := checkScalarKeys(u.paths, role); err != nil {
		return err
	}
	return checkScalarKeys(u.operandPaths(), role)
}

// Projection is the parts of an item that the update changes: applied to the item before and after, it is
// UPDATED_OLD and UPDATED_NEW.
func (u *Update) Projection() *Projection { return &Projection{u.paths, u.root} }
