package partiql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// script is what the lines of a test script have set up.
type script struct {
	item       attribute.Value
	parameters []attribute.Value
	key        Schema
}

func kindNamed(t *testing.T, name string) attribute.Kind {
	for k := attribute.Null; k <= attribute.Map; k++ {
		if k.String() == name {
			return k
		}
	}
	t.Fatalf("no kind %s", name)
	return 0
}

// schema reads a key: name:type, and name:type of the sort key.
func schema(t *testing.T, text string) Schema {
	var attrs []expression.KeyAttribute
	for _, word := range strings.Fields(text) {
		name, kind, _ := strings.Cut(word, ":")
		attrs = append(attrs, expression.KeyAttribute{Name: name, Kind: kindNamed(t, kind)})
	}
	s := Schema{Partition: attrs[0]}
	if len(attrs) > 1 {
		s.Sort = &attrs[1]
	}
	return s
}

// The scripts. item, parameters and key set up what the statements that follow work on; parameters are kept until there
// are others. Every other command takes statements, one a line (\n in one is a line feed), and prints each with its result:
//
//	parse    what the statement says, without a table
//	select   the item as the statement shows it, if its filter holds
//	plan     what is read of a table with the key
//	one      the key of the one item that a Select names
//	target   the key of the item that is written, and whether the condition on it holds for the item
//	update   the item after the update
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &script{key: schema(t, "pk:S sk:S")}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "item":
				s.item = parseItem(t, d.Input)
				return ""
			case "parameters":
				s.parameters = nil
				for line := range strings.Lines(d.Input) {
					v, err := attribute.ParseJSON(strings.TrimSpace(line))
					if err != nil {
						t.Fatal(err)
					}
					s.parameters = append(s.parameters, v)
				}
				return ""
			case "key":
				s.key = schema(t, d.Input)
				return ""
			}
			run, ok := map[string]func(*Statement) (string, error){"parse": s.parse, "select": s.selects, "plan": s.plan, "one": s.one,
				"target": s.target, "update": s.update}[d.Cmd]
			if !ok {
				d.Fatalf(t, "no command %s", d.Cmd)
			}
			var b strings.Builder
			for line := range strings.Lines(d.Input) {
				line = strings.TrimSuffix(line, "\n")
				text := strings.ReplaceAll(line, `\n`, "\n")
				var parameters []attribute.Value
				if n := strings.Count(text, "?"); n <= len(s.parameters) {
					parameters = s.parameters[:n]
				}
				result := ""
				st, err := Parse(text, parameters)
				if err == nil {
					result, err = run(st)
				}
				if err != nil {
					result = "error: " + err.Error()
				}
				b.WriteString(line + "\n   " + result + "\n")
			}
			return b.String()
		})
	})
}

func parseItem(t *testing.T, text string) attribute.Value {
	t.Helper()
	v, err := attribute.ParseItemJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func show(v attribute.Value) string {
	if v == nil {
		return "none"
	}
	if v.Kind() == attribute.Map {
		return string(v.AppendItemJSON(nil))
	}
	return v.String()
}

func (s *script) parse(st *Statement) (string, error) {
	kind := [...]string{"SELECT", "INSERT", "UPDATE", "DELETE", "EXISTS"}[st.Kind]
	out := kind + " " + st.Table
	if st.Index != "" {
		out += " index " + st.Index
	}
	for _, c := range st.Columns {
		out += fmt.Sprintf(" %s=%s", c.Name, c.Path)
	}
	if st.Item != nil {
		out += " " + show(st.Item)
	}
	if st.Update != nil {
		out += fmt.Sprintf(" changes %v reads %v", st.Update.Attributes(), st.Update.Reads())
	}
	if st.Filter != nil {
		out += fmt.Sprintf(" where %v", st.Filter.Attributes())
	}
	if st.Returning != ReturnNothing {
		out += " returning " + returningNames[st.Returning]
	}
	return out, nil
}

func (s *script) selects(st *Statement) (string, error) {
	if st.Filter != nil && !st.Filter.Eval(s.item) {
		return "no", nil
	}
	return show(st.Projected(s.item)), nil
}

func (s *script) plan(st *Statement) (string, error) {
	p, err := st.Plan(s.key)
	if err != nil {
		return "", err
	}
	if p.Scan {
		return "scan", nil
	}
	out := fmt.Sprintf("%d ranges", len(p.Ranges))
	if p.Reverse {
		out += " reverse"
	}
	for _, r := range p.Ranges {
		out += " | " + show(r.Partition)
		b := r.Sort
		for _, c := range []struct {
			name string
			v    attribute.Value
			open bool
		}{{"=", b.Equal, true}, {">", b.Low, b.LowOpen}, {"<", b.High, b.HighOpen}, {"begins", b.Prefix, true}} {
			if c.v == nil {
				continue
			}
			name := c.name
			if !c.open {
				name += "="
			}
			out += " " + name + " " + show(c.v)
		}
	}
	return out, nil
}

func (s *script) one(st *Statement) (string, error) {
	v, err := st.Key(s.key)
	return show(v), err
}

func (s *script) target(st *Statement) (string, error) {
	key, condition, err := st.Target(s.key)
	if err != nil {
		return "", err
	}
	out := show(key)
	if condition != nil {
		out += fmt.Sprintf(" if %v: %v", condition.Attributes(), condition.Eval(s.item))
	}
	return out, nil
}

func (s *script) update(st *Statement) (string, error) {
	v, err := st.Update.Apply(s.item)
	return show(v), err
}
