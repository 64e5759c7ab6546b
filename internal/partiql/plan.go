package partiql

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// Schema is the key of a table or an index. Sort is nil if there is none.
type Schema struct {
	Partition expression.KeyAttribute
	Sort      *expression.KeyAttribute
}

// maxPartitions is how many partition keys IN takes (developer guide, "PartiQL operators").
const maxPartitions = 50

// maxReads bounds how many reads the conditions on the sort key make of a statement. Beyond that, whole partitions are read.
const maxReads = 100

// Plan is how a Select is read.
type Plan struct {
	// Scan is everything; otherwise Ranges are read, one after the other.
	Scan   bool
	Ranges []Range
	// Reverse is from the last sort key to the first.
	Reverse bool
}

// Range is one partition, or the items of it whose sort key has Sort. It holds at least what the statement asks for: the
// Filter decides.
type Range struct {
	Partition attribute.Value
	Sort      Bounds
}

// Bounds are a condition on a sort key: nil bounds nothing, Prefix is begins_with.
type Bounds struct {
	Equal, Low, High, Prefix attribute.Value
	LowOpen, HighOpen        bool
}

// Plan finds what a Select reads of what has this key: some partitions, if the WHERE clause fixes the partition key
// wherever it may be true, and everything otherwise.
func (s *Statement) Plan(key Schema) (*Plan, error) {
	b := brancher{s.terms, key}
	if s.where == nil || !b.pins(s.where) {
		if len(s.order) > 0 {
			return nil, fail("Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.")
		}
		return &Plan{Scan: true}, nil
	}
	branches, err := b.branches(s.where)
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	for _, branch := range branches {
		r, ok, err := b.rangeOf(branch)
		if err != nil {
			return nil, err
		}
		if ok {
			p.Ranges = append(p.Ranges, r)
		}
	}
	p.merge()
	return p, s.sort(p, key)
}

func isAttribute(p expression.Path, a expression.KeyAttribute) bool {
	return len(p) == 1 && p[0].Name == a.Name
}

// sort puts the ranges in the order that ORDER BY asks for. Without the partition key there, each is in order for itself.
func (s *Statement) sort(p *Plan, key Schema) error {
	if len(s.order) == 0 {
		return nil
	}
	byPartition, bySort, descending := false, false, false
	for _, o := range s.order {
		switch { // what is named again changes nothing
		case isAttribute(o.path, key.Partition):
			if !byPartition {
				byPartition, descending = true, o.descending
			}
		case key.Sort != nil && isAttribute(o.path, *key.Sort):
			if !bySort {
				bySort, p.Reverse = true, o.descending
			}
		default:
			return fail("Variable reference " + o.path[0].Name + " in ORDER BY clause must be part of the primary key")
		}
	}
	places := make(map[string]int, len(p.Ranges)) // where the partitions are first
	for i, r := range p.Ranges {
		if _, ok := places[string(r.Partition)]; !ok {
			places[string(r.Partition)] = i
		}
	}
	slices.SortStableFunc(p.Ranges, func(a, b Range) int {
		c := places[string(a.Partition)] - places[string(b.Partition)]
		if byPartition {
			c = attribute.Compare(a.Partition, b.Partition)
		}
		if descending {
			c = -c
		}
		if c == 0 {
			if c = compareLow(&a.Sort, &b.Sort); p.Reverse {
				c = -c
			}
		}
		return c
	})
	return nil
}

// merge makes one range, of the whole partition, of those that overlap: an item is read once.
func (p *Plan) merge() {
	sorted := make([]*Range, len(p.Ranges))
	for i := range p.Ranges {
		sorted[i] = &p.Ranges[i]
	}
	slices.SortFunc(sorted, func(a, b *Range) int {
		return cmp.Or(bytes.Compare(a.Partition, b.Partition), compareLow(&a.Sort, &b.Sort))
	})
	overlapping := map[string]bool{}   // by partition
	for i := 1; i < len(sorted); i++ { // if any two of a partition overlap, then two neighbours do
		if a, b := sorted[i-1], sorted[i]; bytes.Equal(a.Partition, b.Partition) && overlap(&a.Sort, &b.Sort) {
			overlapping[string(a.Partition)] = true
		}
	}
	var merged []Range
	done := map[string]bool{}
	for _, r := range p.Ranges {
		switch id := string(r.Partition); {
		case !overlapping[id]:
			merged = append(merged, r)
		case !done[id]:
			done[id] = true
			merged = append(merged, Range{Partition: r.Partition})
		}
	}
	p.Ranges = merged
}

// brancher takes a WHERE clause apart into what it may be true by.
type brancher struct {
	terms *translator
	key   Schema
}

// pins says whether e can be true only for certain values of the partition key.
func (b *brancher) pins(e *expr) bool {
	switch {
	case e.isOperator("AND"):
		return b.pins(e.args[0]) || b.pins(e.args[1])
	case e.isOperator("OR"):
		return b.pins(e.args[0]) && b.pins(e.args[1])
	case e.isOperator("IN"):
		return b.isKey(e.args[0], false) && !slices.ContainsFunc(e.args[1:], func(arg *expr) bool { return !arg.constant() })
	}
	path, _, name := e.comparison()
	return name == "=" && path != nil && b.isKey(path, false)
}

func (b *brancher) isKey(e *expr, sort bool) bool {
	if e.kind != exprPath {
		return false
	}
	if sort {
		return b.key.Sort != nil && isAttribute(e.path, *b.key.Sort)
	}
	return isAttribute(e.path, b.key.Partition)
}

// mentions says whether an attribute of the key is somewhere in e.
func (b *brancher) mentions(e *expr) bool {
	return b.isKey(e, true) || b.isKey(e, false) || slices.ContainsFunc(e.args, b.mentions)
}

// constant says whether e is a value.
func (e *expr) constant() bool {
	return e.kind != exprPath && e.kind != exprOperator && e.kind != exprCall
}

var reversed = map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// comparison is the path, the value and the operator of a comparison of one with the other; path is nil if e is none.
func (e *expr) comparison() (path, value *expr, name string) {
	if e.kind != exprOperator || reversed[e.text] == "" {
		return nil, nil, ""
	}
	left, right := e.args[0], e.args[1]
	switch {
	case left.kind == exprPath && right.constant():
		return left, right, e.text
	case right.kind == exprPath && left.constant():
		return right, left, reversed[e.text]
	}
	return nil, nil, ""
}

// branches are conjunctions, one of which is true if e is. What says nothing of the key stays in one piece, and so does what
// would make too many reads, if it does not fix the partition key.
func (b *brancher) branches(e *expr) ([][]*expr, error) {
	switch {
	case e.isOperator("AND"):
		conjuncts := e.conjuncts(nil)
		product := [][]*expr{nil}
		if i := slices.IndexFunc(conjuncts, b.pins); i > 0 {
			conjuncts[0], conjuncts[i] = conjuncts[i], conjuncts[0]
		}
		for i, c := range conjuncts {
			more, err := b.branches(c)
			if err != nil {
				return nil, err
			}
			if i > 0 && len(more) > 1 && len(product)*len(more) > maxReads {
				more = [][]*expr{{c}}
			}
			next := make([][]*expr, 0, len(product)*len(more))
			for _, l := range product {
				for _, r := range more {
					next = append(next, slices.Concat(l, r))
				}
			}
			product = next
		}
		return product, nil
	case e.isOperator("OR") && b.mentions(e):
		left, err := b.branches(e.args[0])
		if err != nil {
			return nil, err
		}
		right, err := b.branches(e.args[1])
		if err != nil {
			return nil, err
		}
		return append(left, right...), nil
	case e.isOperator("IN") && (b.isKey(e.args[0], false) || b.isKey(e.args[0], true)):
		if n := len(e.args) - 1; n > maxPartitions && b.isKey(e.args[0], false) {
			return nil, fail("The IN operator is provided with too many operands; number of operands: " + strconv.Itoa(n))
		}
		var alternatives [][]*expr
		for _, v := range e.args[1:] {
			alternatives = append(alternatives, []*expr{operator(e.tok, "=", e.args[0], v)})
		}
		return alternatives, nil
	}
	return [][]*expr{{e}}, nil
}

// rangeOf is what a branch reads; it is not ok if that is nothing.
func (b *brancher) rangeOf(branch []*expr) (r Range, ok bool, err error) {
	for _, e := range branch {
		path, value, name := e.comparison()
		switch {
		case path != nil && b.isKey(path, false):
			if name != "=" {
				continue
			}
			v, err := b.keyValue(value, b.key.Partition)
			if err != nil {
				return r, false, err
			}
			if r.Partition != nil && !attribute.Equal(r.Partition, v) {
				return r, false, nil
			}
			r.Partition = v
		case path != nil && b.isKey(path, true) && name != "<>":
			v, err := b.keyValue(value, *b.key.Sort)
			if err != nil {
				return r, false, err
			}
			r.Sort.narrow(name, v)
		case e.isOperator("BETWEEN") && b.isKey(e.args[0], true) && e.args[1].constant() && e.args[2].constant():
			for i, name := range []string{">=", "<="} {
				v, err := b.keyValue(e.args[1+i], *b.key.Sort)
				if err != nil {
					return r, false, err
				}
				r.Sort.narrow(name, v)
			}
		case e.kind == exprCall && e.text == "begins_with" && b.isKey(e.args[0], true) && e.args[1].constant():
			v, err := b.keyValue(e.args[1], *b.key.Sort)
			if err != nil {
				return r, false, err
			}
			r.Sort.Prefix = v
		}
	}
	r.Sort.simplify()
	return r, r.Partition != nil, nil
}

func (b *brancher) keyValue(e *expr, a expression.KeyAttribute) (attribute.Value, error) {
	v, err := b.terms.value(e, "root", 0)
	if err == nil && v.Kind() != a.Kind {
		err = errKeyKind(a)
	}
	return v, err
}

// narrow adds a condition. The range may stay wider than the conditions together are.
func (b *Bounds) narrow(name string, v attribute.Value) {
	switch name {
	case "=":
		if b.Equal == nil {
			b.Equal = v
		}
	case ">", ">=":
		if b.Low == nil || attribute.Compare(v, b.Low) > 0 {
			b.Low, b.LowOpen = v, name == ">"
		}
	case "<", "<=":
		if b.High == nil || attribute.Compare(v, b.High) < 0 {
			b.High, b.HighOpen = v, name == "<"
		}
	}
}

// simplify leaves one sort of condition.
func (b *Bounds) simplify() {
	switch {
	case b.Equal != nil:
		*b = Bounds{Equal: b.Equal}
	case b.Low != nil || b.High != nil:
		b.Prefix = nil
	}
}

// low is the least that is in the bounds, nil for no bound, and whether that itself is out; high is the most.
func (b *Bounds) low() (attribute.Value, bool) {
	switch {
	case b.Equal != nil:
		return b.Equal, false
	case b.Prefix != nil:
		return b.Prefix, false
	}
	return b.Low, b.LowOpen
}

func (b *Bounds) high() (attribute.Value, bool) {
	if b.Equal != nil {
		return b.Equal, false
	}
	return b.High, b.HighOpen
}

// compareLow compares where bounds begin.
func compareLow(a, b *Bounds) int {
	x, xOpen := a.low()
	y, yOpen := b.low()
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return -1
	case y == nil:
		return 1
	}
	c := attribute.Compare(x, y)
	switch {
	case c != 0 || xOpen == yOpen:
		return c
	case xOpen:
		return 1
	}
	return -1
}

// overlap says whether a value may be in both bounds.
func overlap(a, b *Bounds) bool { return !before(a, b) && !before(b, a) }

// before says whether all of a is before all of b.
func before(a, b *Bounds) bool {
	low, lowOpen := b.low()
	if low == nil {
		return false
	}
	if a.Prefix != nil {
		return attribute.Compare(low, a.Prefix) > 0 && !bytes.HasPrefix(low.Text(), a.Prefix.Text())
	}
	high, highOpen := a.high()
	if high == nil {
		return false
	}
	c := attribute.Compare(high, low)
	return c < 0 || c == 0 && (lowOpen || highOpen)
}
