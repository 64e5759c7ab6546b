package expression

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

var (
	genName = rapid.SampledFrom([]string{"p", "q", "r", "s"})
	genLeaf = rapid.Custom(func(t *rapid.T) attribute.Value {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return attribute.NewString(rapid.SampledFrom([]string{"", "a", "ab", "b"}).Draw(t, "string"))
		case 1:
			return attribute.NewInt(rapid.Int64Range(-2, 2).Draw(t, "number"))
		case 2:
			return attribute.NewBool(rapid.Bool().Draw(t, "bool"))
		case 3:
			return attribute.NewSet([]attribute.Value{attribute.NewString("a"), attribute.NewString(genName.Draw(t, "element"))})
		}
		return attribute.NewNull()
	})
	genItem = rapid.Custom(func(t *rapid.T) attribute.Value { return drawMap(t, 3) })
)

func drawValue(t *rapid.T, depth int) attribute.Value {
	switch rapid.IntRange(0, 3).Draw(t, "shape") {
	case 0:
		if depth > 0 {
			return drawMap(t, depth-1)
		}
	case 1:
		if depth > 0 {
			elems := make([]attribute.Value, rapid.IntRange(0, 3).Draw(t, "length"))
			for i := range elems {
				elems[i] = drawValue(t, depth-1)
			}
			return attribute.NewList(elems)
		}
	}
	return genLeaf.Draw(t, "leaf")
}

func drawMap(t *rapid.T, depth int) attribute.Value {
	var b attribute.MapBuilder
	for _, name := range []string{"p", "q", "r", "s"} {
		if rapid.Bool().Draw(t, name) {
			b.Add(name, drawValue(t, depth))
		}
	}
	return b.Value()
}

func drawPath(t *rapid.T) string {
	var b strings.Builder
	b.WriteString(genName.Draw(t, "attribute"))
	for range rapid.IntRange(0, 3).Draw(t, "depth") {
		if rapid.Bool().Draw(t, "index") {
			fmt.Fprintf(&b, "[%d]", rapid.IntRange(0, 3).Draw(t, "at"))
		} else {
			b.WriteString("." + genName.Draw(t, "member"))
		}
	}
	return b.String()
}

func pathOf(t *rapid.T, text string) Path {
	p, err := newParser(projectionParam, text)
	if err != nil {
		t.Fatal(err)
	}
	path, err := p.path()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A value that was SET is there, unless the update was refused; appended to a list, it is the last element.
func TestSetThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item, text := genItem.Draw(t, "item"), drawPath(t)
		v := drawValue(t, 2)
		u, err := ParseUpdate("SET "+text+" = :v", &Placeholders{Values: map[string]attribute.Value{":v": v}})
		if err != nil {
			t.Fatal(err)
		}
		after, err := u.Apply(item)
		if err != nil {
			return
		}
		path := pathOf(t, text)
		if last := &path[len(path)-1]; last.IsIndex() {
			last.Index = min(last.Index, path[:len(path)-1].Find(item).Count())
		}
		if got := path.Find(after); !attribute.Equal(got, v) {
			t.Fatalf("%s of %s is %s, not %s", text, after, got, v)
		}
	})
}

// What a projection gives is in the item, at every path that asks for one thing alone.
func TestProjectionInventsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := genItem.Draw(t, "item")
		texts := []string{drawPath(t), drawPath(t), drawPath(t)}
		p, err := ParseProjection(strings.Join(texts, ", "), &Placeholders{})
		if err != nil {
			return // they overlap
		}
		part := p.Apply(item)
		within(t, part, item)
		for _, text := range texts {
			path := pathOf(t, text)
			if strings.Contains(text, "[") {
				continue // lists are made dense
			}
			if !attribute.Equal(path.Find(part), path.Find(item)) && path.Find(item) != nil {
				t.Fatalf("%s of %s is lost in %s", text, item, part)
			}
		}
	})
}

// within checks that every leaf of part is in whole; of lists, in the same order.
func within(t *rapid.T, part, whole attribute.Value) {
	switch part.Kind() {
	case attribute.Map:
		for name, v := range part.Fields() {
			within(t, v, whole.Field(string(name)))
		}
	case attribute.List:
		if part.Count() > whole.Count() {
			t.Fatalf("%s is longer than %s", part, whole)
		}
	default:
		if !attribute.Equal(part, whole) {
			t.Fatalf("%s is not %s", part, whole)
		}
	}
}

// Updates of different attributes give the same item in either order, and in one.
func TestDisjointUpdatesCommute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := genItem.Draw(t, "item")
		ph := &Placeholders{Values: map[string]attribute.Value{":v": drawValue(t, 1), ":w": drawValue(t, 1)}}
		one, two := "p"+drawPath(t)[1:], "q"+drawPath(t)[1:]
		apply := func(item attribute.Value, texts ...string) attribute.Value {
			for _, text := range texts {
				u, err := ParseUpdate(text, ph)
				if err != nil {
					t.Fatal(err)
				}
				if item, err = u.Apply(item); err != nil {
					return nil
				}
			}
			return item
		}
		a := apply(item, "SET "+one+" = :v", "REMOVE "+two)
		b := apply(item, "REMOVE "+two, "SET "+one+" = :v")
		c := apply(item, "SET "+one+" = :v REMOVE "+two)
		if !attribute.Equal(a, b) || !attribute.Equal(a, c) { // refused is nil, and equal too
			t.Fatalf("%s\n%s\n%s", a, b, c)
		}
	})
}

// An update changes nothing but what it says: Attributes has all of it, and the item given stays as it was.
func TestUpdateTouchesItsAttributes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := genItem.Draw(t, "item")
		before := attribute.Value(append([]byte(nil), item...))
		u, err := ParseUpdate(drawUpdate(t), &Placeholders{Values: testValues})
		if err != nil {
			return
		}
		after, err := u.Apply(item)
		if string(before) != string(item) {
			t.Fatal("the item was changed in place")
		}
		if err != nil {
			return
		}
		for _, name := range []string{"p", "q", "r", "s"} {
			touched := strings.Contains(strings.Join(u.Attributes(), " "), name)
			if !touched && string(item.Field(name)) != string(after.Field(name)) {
				t.Fatalf("%s was touched: %s", name, after)
			}
		}
	})
}

var testValues = map[string]attribute.Value{
	":n": attribute.NewInt(1), ":s": attribute.NewString("a"), ":l": attribute.NewList([]attribute.Value{attribute.NewInt(1)}),
	":set": attribute.NewSet([]attribute.Value{attribute.NewString("a")}),
}

func drawUpdate(t *rapid.T) string {
	var sections []string
	for _, s := range []string{"SET %s = %s", "REMOVE %s", "ADD %s :n", "DELETE %s :set"} {
		if rapid.Bool().Draw(t, "section") {
			s = strings.Replace(s, "%s", drawPath(t), 1)
			sections = append(sections, strings.Replace(s, "%s", drawOperand(t), 1))
		}
	}
	return strings.Join(sections, " ")
}

func drawOperand(t *rapid.T) string {
	switch rapid.IntRange(0, 3).Draw(t, "operand") {
	case 0:
		return drawPath(t)
	case 1:
		return "if_not_exists(" + drawPath(t) + ", :n) + :n"
	case 2:
		return "list_append(:l, " + drawPath(t) + ")"
	}
	return ":s"
}

func drawCondition(t *rapid.T, depth int) string {
	switch rapid.IntRange(0, 7).Draw(t, "condition") {
	case 0:
		return "attribute_exists(" + drawPath(t) + ")"
	case 1:
		return "contains(" + drawPath(t) + ", :s)"
	case 2:
		return "size(" + drawPath(t) + ") > :n"
	case 3:
		if depth > 0 {
			return "(" + drawCondition(t, depth-1) + ") AND NOT (" + drawCondition(t, depth-1) + ")"
		}
	case 4:
		if depth > 0 {
			return "(" + drawCondition(t, depth-1) + ") OR (" + drawCondition(t, depth-1) + ")"
		}
	}
	op := rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "operator")
	return drawPath(t) + " " + op + " " + rapid.SampledFrom([]string{":n", ":s"}).Draw(t, "value")
}

// Logic: NOT NOT is nothing, and De Morgan's law holds, whatever is missing.
func TestLogic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := genItem.Draw(t, "item")
		a, b := drawCondition(t, 2), drawCondition(t, 2)
		eval := func(text string) bool {
			c, err := ParseCondition(ConditionParam, text, &Placeholders{Values: testValues})
			if err != nil {
				t.Fatal(text, err)
			}
			return c.Eval(item)
		}
		if eval("NOT NOT ("+a+")") != eval(a) {
			t.Fatal("NOT NOT", a)
		}
		if eval("NOT (("+a+") AND ("+b+"))") != eval("(NOT ("+a+")) OR (NOT ("+b+"))") {
			t.Fatal("De Morgan", a, b)
		}
	})
}
