package sdk

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item, a key, or the values of an expression.
type Item = map[string]types.AttributeValue

// item reads an item in plain JSON. What JSON has no type for is a map of one member: {"$B": "base64"},
// {"$SS": [...]}, {"$NS": [...]}, {"$BS": [...]}.
func item(text string) Item {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var plain map[string]any
	if err := d.Decode(&plain); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return value(plain).(*types.AttributeValueMemberM).Value
}

// value is what a decoded JSON value stands for.
func value(plain any) types.AttributeValue {
	switch v := plain.(type) {
	case nil:
		return &types.AttributeValueMemberNULL{Value: true}
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}
	case json.Number:
		return &types.AttributeValueMemberN{Value: v.String()}
	case string:
		return &types.AttributeValueMemberS{Value: v}
	case []any:
		list := []types.AttributeValue{}
		for _, e := range v {
			list = append(list, value(e))
		}
		return &types.AttributeValueMemberL{Value: list}
	case map[string]any:
		if len(v) == 1 {
			for name, content := range v {
				if strings.HasPrefix(name, "$") {
					return special(name, content)
				}
			}
		}
		m := Item{}
		for name, e := range v {
			m[name] = value(e)
		}
		return &types.AttributeValueMemberM{Value: m}
	}
	panic(fmt.Sprintf("no attribute value for %T", plain))
}

func special(kind string, content any) types.AttributeValue {
	var texts []string
	if kind == "$B" {
		return &types.AttributeValueMemberB{Value: raw(content.(string))}
	}
	for _, e := range content.([]any) {
		texts = append(texts, fmt.Sprint(e))
	}
	switch kind {
	case "$SS":
		return &types.AttributeValueMemberSS{Value: texts}
	case "$NS":
		return &types.AttributeValueMemberNS{Value: texts}
	case "$BS":
		var set [][]byte
		for _, e := range texts {
			set = append(set, raw(e))
		}
		return &types.AttributeValueMemberBS{Value: set}
	}
	panic("no attribute value for " + kind)
}

func raw(base string) []byte {
	b, err := base64.StdEncoding.DecodeString(base)
	if err != nil {
		panic(err)
	}
	return b
}

// show writes a value in the notation of item, members and the elements of sets sorted.
func show(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberBOOL:
		return strconv.FormatBool(v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberS:
		return quoted(v.Value)
	case *types.AttributeValueMemberB:
		return `{"$B":` + encoded(v.Value) + `}`
	case *types.AttributeValueMemberL:
		return "[" + joined(v.Value, show) + "]"
	case *types.AttributeValueMemberSS:
		return set("SS", v.Value, quoted)
	case *types.AttributeValueMemberNS:
		return set("NS", v.Value, func(n string) string { return n })
	case *types.AttributeValueMemberBS:
		return set("BS", v.Value, encoded)
	case *types.AttributeValueMemberM:
		return showItem(v.Value)
	}
	return fmt.Sprintf("(%T)", v)
}

func showItem(m Item) string {
	return "{" + joined(slices.Sorted(maps.Keys(m)), func(name string) string { return quoted(name) + ":" + show(m[name]) }) + "}"
}

func joined[E any](list []E, write func(E) string) string {
	var texts []string
	for _, e := range list {
		texts = append(texts, write(e))
	}
	return strings.Join(texts, ",")
}

func set[E any](kind string, elements []E, write func(E) string) string {
	var texts []string
	for _, e := range elements {
		texts = append(texts, write(e))
	}
	slices.Sort(texts)
	return `{"$` + kind + `":[` + strings.Join(texts, ",") + `]}`
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func encoded(b []byte) string { return quoted(base64.StdEncoding.EncodeToString(b)) }

// same expects an item, given in plain JSON; "" is no item.
func same(t *testing.T, what string, got Item, want string) {
	t.Helper()
	if want == "" {
		if len(got) != 0 {
			t.Errorf("%s: %s, want nothing", what, showItem(got))
		}
		return
	}
	if g, w := showItem(got), showItem(item(want)); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// sameItems expects those items in that order.
func sameItems(t *testing.T, what string, got []Item, want ...string) {
	t.Helper()
	g := joined(got, func(i Item) string { return "\n     " + showItem(i) })
	w := joined(want, func(text string) string { return "\n     " + showItem(item(text)) })
	if g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// sameSet expects those items in any order.
func sameSet(t *testing.T, what string, got []Item, want ...string) {
	t.Helper()
	byText := func(a, b Item) int { return strings.Compare(showItem(a), showItem(b)) }
	sorted := slices.SortedFunc(slices.Values(got), byText)
	var wanted []Item
	for _, w := range want {
		wanted = append(wanted, item(w))
	}
	slices.SortFunc(wanted, byText)
	var texts []string
	for _, w := range wanted {
		texts = append(texts, showItem(w))
	}
	sameItems(t, what, sorted, texts...)
}

// namesIn are those of the placeholders for names that occur in an expression.
func namesIn(expression string, names map[string]string) map[string]string {
	var used map[string]string
	for placeholder, name := range names {
		if strings.Contains(expression, placeholder) {
			if used == nil {
				used = map[string]string{}
			}
			used[placeholder] = name
		}
	}
	return used
}
