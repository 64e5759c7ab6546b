package expression

import (
	"slices"

	"github.com/statordb/stator/internal/attribute"
)

// Projection is a checked ProjectionExpression, or what else says which parts of an item are wanted.
type Projection struct {
	paths []Path
	root  branch
}

const projectionParam = "ProjectionExpression"

// ParseProjection reads a ProjectionExpression.
func ParseProjection(text string, ph *Placeholders) (*Projection, error) {
	p, err := newParser(projectionParam, text)
	if err != nil {
		return nil, err
	}
	paths, err := p.paths(make([]Path, 0, 8))
	if err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := path.check(projectionParam); err != nil {
			return nil, err
		}
	}
	if err := resolvePaths(projectionParam, ph, paths); err != nil {
		return nil, err
	}
	return NewProjection(paths...), nil
}

// paths reads paths with commas between them.
func (p *parser) paths(paths []Path) ([]Path, error) {
	for {
		path, err := p.path()
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
		if !p.take(tokenComma) {
			return paths, nil
		}
	}
}

// NewProjection is the projection to paths, none of which contains another: for AttributesToGet, the attributes of
// an index, and the attributes that an update touched.
func NewProjection(paths ...Path) *Projection {
	p := &Projection{paths: paths}
	// In order, every branch is added at the end of its siblings.
	for _, path := range slices.SortedFunc(slices.Values(paths), Path.compare) {
		p.root.grow(path).leaf = true
	}
	return p
}

// Attributes returns the names of the attributes that the projection reads.
func (p *Projection) Attributes() []string { return heads(p.paths) }

// CheckKeys refuses a projection that looks inside a key attribute.
func (p *Projection) CheckKeys(role func(name string) Role) error {
	return checkScalarKeys(p.paths, role)
}

// Apply returns the parts of item that the projection names. A part keeps its place in maps; the wanted elements of
// a list are a list without gaps. Apply of no item is no item; of one that has none of the parts, an empty one.
func (p *Projection) Apply(item attribute.Value) attribute.Value {
	if item == nil {
		return nil
	}
	if v := p.root.project(item); v != nil {
		return v
	}
	return attribute.NewMap(nil, nil)
}

// branch is a tree of paths: a step, and the steps that follow it.
type branch struct {
	step   Step
	leaf   bool // a path ends here
	action int  // of an update: which one, if a path ends here
	next   []branch
}

// many is from how many branches on they are sorted, to be searched.
const many = 16

// grow adds path to the tree and returns its end. The pointer is good until the next grow.
func (b *branch) grow(path Path) *branch {
	for _, step := range path {
		i, found := b.find(step)
		if !found {
			b.next = slices.Insert(b.next, i, branch{step: step})
		}
		b = &b.next[i]
	}
	return b
}

// find returns the branch of a step, or where it would be: they are in order, which lists need.
func (b *branch) find(step Step) (int, bool) {
	return slices.BinarySearchFunc(b.next, step, func(n branch, s Step) int { return n.step.compare(s) })
}

// member returns the branch of a map's member.
func (b *branch) member(name []byte) *branch {
	if len(b.next) < many {
		for i := range b.next {
			if b.next[i].step.Name == string(name) {
				return &b.next[i]
			}
		}
		return nil
	}
	if i, found := b.find(Step{Name: string(name)}); found {
		return &b.next[i]
	}
	return nil
}

// project returns the parts of v that are in the tree, nil if there are none.
func (b *branch) project(v attribute.Value) attribute.Value {
	switch isList := b.intoList(); {
	case b.leaf:
		return v
	case v.Kind() == attribute.Map && !isList:
		var kept attribute.MapBuilder
		for name, elem := range v.Fields() {
			if n := b.member(name); n != nil {
				if part := n.project(elem); part != nil {
					kept.Add(n.step.Name, part)
				}
				if kept.Count() == len(b.next) {
					break
				}
			}
		}
		if kept.Count() > 0 {
			return kept.Value()
		}
	case v.Kind() == attribute.List && isList:
		var kept []attribute.Value
		i, wanted := 0, b.next
		for elem := range v.Elements() {
			if len(wanted) == 0 {
				break
			}
			if wanted[0].step.Index == i {
				if part := wanted[0].project(elem); part != nil {
					kept = append(kept, part)
				}
				wanted = wanted[1:]
			}
			i++
		}
		if len(kept) > 0 {
			return attribute.NewList(kept)
		}
	}
	return nil
}

// intoList says whether the steps after this one are indexes: they are all of one sort.
func (b *branch) intoList() bool { return len(b.next) > 0 && b.next[0].step.IsIndex() }
