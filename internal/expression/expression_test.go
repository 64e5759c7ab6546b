package expression

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/statordb/stator/internal/attribute"
)

// script is what the lines of a test script have set up: the item and the placeholders stay until they are replaced.
type script struct {
	item   attribute.Value
	names  map[string]string
	values map[string]attribute.Value
}

// placeholders are those of one request: as real ones, they hold only what the text uses.
func (s *script) placeholders(text string) *Placeholders {
	ph := &Placeholders{Names: map[string]string{}, Values: map[string]attribute.Value{}}
	for pos := 0; pos < len(text); {
		tok := scan(text, pos)
		pos = max(tok.end, pos+1)
		word := text[tok.start:tok.end]
		if name, ok := s.names[word]; ok {
			ph.Names[word] = name
		}
		if v, ok := s.values[word]; ok {
			ph.Values[word] = v
		}
	}
	return ph
}

func (s *script) set(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "item":
		s.item = nil
		if d.Input != "" {
			s.item = mustItem(t, d.Input)
		}
	case "names":
		s.names = map[string]string{}
		if err := json.Unmarshal([]byte(d.Input), &s.names); err != nil {
			d.Fatalf(t, "%v", err)
		}
	case "values":
		s.values = map[string]attribute.Value{}
		for name, v := range mustItem(t, d.Input).Fields() {
			s.values[string(name)] = v
		}
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	return ""
}

func mustItem(t *testing.T, text string) attribute.Value {
	t.Helper()
	v, err := attribute.ParseItemJSON(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func isKey(name string) bool { return name == "Id" || name == "pk" || name == "sk" }

func role(name string) Role {
	switch {
	case isKey(name):
		return Key
	case name == "indexed":
		return IndexKey
	}
	return NoKey
}

// each runs one expression a line and puts the results after one another.
func each(text string, run func(string) (string, error)) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		result, err := run(line)
		if err != nil {
			result = "error: " + err.Error()
		}
		b.WriteString(line + "  ->  " + result + "\n")
	}
	return b.String()
}

// The scripts. Every command takes expressions, one a line, and prints each with its result:
//
//	condition, filter     true or false
//	update                the attributes that changed, and -name for those that went; with old or new, UPDATED_OLD or _NEW
//	project               the projected item
//	key                   the key range, on the key pk, sk, or what the arguments say
//	unused                what Placeholders.Check and Unused say after the expression
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &script{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "condition":
				return each(d.Input, func(text string) (string, error) { return s.condition(ConditionParam, text) })
			case "filter":
				return each(d.Input, func(text string) (string, error) { return s.condition(FilterParam, text) })
			case "update":
				return each(d.Input, func(text string) (string, error) { return s.update(text, d) })
			case "project":
				return each(d.Input, s.project)
			case "key":
				return each(d.Input, func(text string) (string, error) { return s.key(text, d) })
			case "unused":
				return each(d.Input, s.unused)
			case "legacy":
				return each(d.Input, func(text string) (string, error) { return s.legacy(t, text) })
			case "legacy-update":
				return each(d.Input, func(text string) (string, error) { return s.legacyUpdate(t, text) })
			}
			return s.set(t, d)
		})
	})
}

func (s *script) condition(param, text string) (string, error) {
	c, err := ParseCondition(param, text, s.placeholders(text))
	if err != nil {
		return "", err
	}
	if err = c.CheckKeys(role); err == nil && param == FilterParam {
		err = c.CheckFilter(isKey)
	}
	return fmt.Sprint(c.Eval(s.item)), err
}

func (s *script) update(text string, d *datadriven.TestData) (string, error) {
	u, err := ParseUpdate(text, s.placeholders(text))
	if err == nil {
		err = u.CheckKeys([]string{"Id", "pk", "sk"}, role)
	}
	if err != nil {
		return "", err
	}
	item, err := u.Apply(s.item)
	switch {
	case err != nil:
		return "", err
	case d.HasArg("old"):
		return itemJSON(u.Projection().Apply(s.item)), nil
	case d.HasArg("new"):
		return itemJSON(u.Projection().Apply(item)), nil
	}
	return changes(s.item, item), nil
}

func changes(before, after attribute.Value) string {
	var changed attribute.MapBuilder
	gone := ""
	for name, v := range after.Fields() {
		if !attribute.Equal(v, before.Field(string(name))) {
			changed.Add(string(name), v)
		}
	}
	if before != nil {
		for name := range before.Fields() {
			if after.Field(string(name)) == nil {
				gone += " -" + string(name)
			}
		}
	}
	return itemJSON(changed.Value()) + gone
}

func itemJSON(item attribute.Value) string {
	if item == nil {
		return "none"
	}
	return string(item.AppendItemJSON(nil))
}

func (s *script) project(text string) (string, error) {
	p, err := ParseProjection(text, s.placeholders(text))
	if err == nil {
		err = p.CheckKeys(role)
	}
	if err != nil {
		return "", err
	}
	return itemJSON(p.Apply(s.item)), nil
}

func (s *script) key(text string, d *datadriven.TestData) (string, error) {
	partition, sort := []KeyAttribute{{"pk", attribute.String}}, []KeyAttribute{{"sk", attribute.String}}
	for _, arg := range d.CmdArgs {
		var attrs []KeyAttribute
		for _, v := range arg.Vals {
			if v == "" {
				continue // sort=() is a key without a sort attribute
			}
			name, kind, _ := strings.Cut(v, ":")
			attrs = append(attrs, KeyAttribute{name, kindNamed(kind)})
		}
		if arg.Key == "sort" {
			sort = attrs
		} else {
			partition = attrs
		}
	}
	k, err := ParseKeyCondition(text, s.placeholders(text))
	if err != nil {
		return "", err
	}
	r, err := k.Bind(partition, sort)
	if err != nil {
		return "", err
	}
	out := ""
	for _, v := range r.Partition {
		out += v.String() + " "
	}
	for _, t := range r.Sort {
		out += "| " + [...]string{"=", "<", "<=", ">", ">=", "between", "begins with"}[t.Op] + " " + t.Value.String() + " "
		if t.Upper != nil {
			out += "and " + t.Upper.String() + " "
		}
	}
	return strings.TrimSpace(out), nil
}

func (s *script) unused(text string) (string, error) {
	ph := &Placeholders{Names: s.names, Values: s.values}
	for _, check := range []func() error{ph.CheckKeys, ph.CheckNames} {
		if err := check(); err != nil {
			return "", err
		}
	}
	if _, err := ParseCondition(FilterParam, text, ph); err != nil {
		return "", err
	}
	return "ok", ph.Unused()
}

// legacy reads lines like: attribute OPERATOR value value
func (s *script) legacy(t *testing.T, text string) (string, error) {
	words := strings.Fields(text)
	c, err := LegacyCondition(words[0], words[1], s.listed(t, words[2:]))
	if err != nil {
		return "", err
	}
	return fmt.Sprint(c.Eval(s.item)), nil
}

// legacyUpdate reads lines like: attribute ACTION value
func (s *script) legacyUpdate(t *testing.T, text string) (string, error) {
	words := strings.Fields(text)
	action := LegacyAction{Name: words[0], Action: words[1]}
	if len(words) > 2 {
		action.Value = s.listed(t, words[2:])[0]
	}
	u, err := LegacyUpdate([]LegacyAction{action})
	if err != nil {
		return "", err
	}
	item, err := u.Apply(s.item)
	if err != nil {
		return "", err
	}
	return changes(s.item, item), nil
}

func (s *script) listed(t *testing.T, words []string) []attribute.Value {
	var values []attribute.Value
	for _, w := range words {
		v, ok := s.values[w]
		if !ok {
			t.Fatalf("no value %s", w)
		}
		values = append(values, v)
	}
	return values
}
