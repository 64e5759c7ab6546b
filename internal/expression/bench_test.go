package expression

import (
	"fmt"
	"testing"

	"github.com/statordb/stator/internal/attribute"
)

func benchItem(b *testing.B) attribute.Value {
	var m attribute.MapBuilder
	for i := range 20 {
		m.Add(fmt.Sprintf("attribute%02d", i), attribute.NewInt(int64(i)))
	}
	m.Add("parts", attribute.NewList([]attribute.Value{attribute.NewInt(1), attribute.NewString("x")}))
	b.ReportAllocs()
	return m.Value()
}

func benchPlaceholders() *Placeholders {
	return &Placeholders{
		Names:  map[string]string{"#n": "attribute07"},
		Values: map[string]attribute.Value{":n": attribute.NewInt(7), ":m": attribute.NewInt(9)},
	}
}

func BenchmarkParseCondition(b *testing.B) {
	b.ReportAllocs()
	ph := benchPlaceholders()
	for b.Loop() {
		if _, err := ParseCondition(ConditionParam, "attribute_exists(attribute03) AND #n BETWEEN :n AND :m", ph); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	item := benchItem(b)
	c, err := ParseCondition(ConditionParam, "attribute_exists(attribute03) AND #n BETWEEN :n AND :m", benchPlaceholders())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !c.Eval(item) {
			b.Fatal("false")
		}
	}
}

func BenchmarkParseUpdate(b *testing.B) {
	b.ReportAllocs()
	ph := benchPlaceholders()
	for b.Loop() {
		if _, err := ParseUpdate("SET #n = #n + :n, attribute03 = :m", ph); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	item := benchItem(b)
	u, err := ParseUpdate("SET #n = #n + :n, attribute03 = :m", benchPlaceholders())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := u.Apply(item); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProject(b *testing.B) {
	item := benchItem(b)
	p, err := ParseProjection("attribute03, parts[1]", benchPlaceholders())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if p.Apply(item) == nil {
			b.Fatal("nothing")
		}
	}
}
