package partiql

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// contains says whether a sort key is in the bounds.
func (b *Bounds) contains(v attribute.Value) bool {
	switch {
	case b.Equal != nil:
		return attribute.Equal(b.Equal, v)
	case b.Prefix != nil:
		return bytes.HasPrefix(v.Text(), b.Prefix.Text())
	}
	if b.Low != nil {
		if c := attribute.Compare(v, b.Low); c < 0 || c == 0 && b.LowOpen {
			return false
		}
	}
	if b.High != nil {
		if c := attribute.Compare(v, b.High); c > 0 || c == 0 && b.HighOpen {
			return false
		}
	}
	return true
}

// where is a random WHERE clause over the attributes pk, sk and x, whose values are a, aa, b and c.
func where(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		value := rapid.SampledFrom([]string{"'a'", "'aa'", "'b'", "'c'"})
		name := rapid.SampledFrom([]string{"pk", "pk", "sk", "x"}).Draw(t, "name")
		kind := rapid.IntRange(0, 8).Draw(t, "kind")
		if depth > 0 && kind < 5 {
			left, right := where(depth-1).Draw(t, "left"), where(depth-1).Draw(t, "right")
			switch kind {
			case 0, 1, 2:
				return "(" + left + " AND " + right + ")"
			case 3:
				return "(" + left + " OR " + right + ")"
			}
			return "NOT (" + left + ")"
		}
		switch kind {
		case 5:
			return name + " IN [" + strings.Join(rapid.SliceOfNDistinct(value, 1, 3, rapid.ID).Draw(t, "list"), ",") + "]"
		case 6:
			return "begins_with(" + name + "," + value.Draw(t, "prefix") + ")"
		case 7:
			return name + " BETWEEN 'a' AND " + value.Draw(t, "upper")
		case 8:
			op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "<>"}).Draw(t, "op")
			if rapid.Bool().Draw(t, "reverse") {
				return value.Draw(t, "value") + op + name
			}
			return name + op + value.Draw(t, "value")
		}
		return name + "=" + value.Draw(t, "value")
	})
}

// Whatever the WHERE clause: an item for which it holds is in exactly one of the ranges that are read.
func TestPlansReadWhatIsAskedForOnce(t *testing.T) {
	key := schema(t, "pk:S sk:S")
	values := []string{"a", "aa", "ab", "b", "c", "d"}
	planned := 0
	rapid.Check(t, func(t *rapid.T) {
		text := "SELECT * FROM T WHERE " + where(4).Draw(t, "where")
		s, err := Parse(text, nil)
		if err != nil {
			t.Skip(err)
		}
		p, err := s.Plan(key)
		if err != nil || p.Scan {
			t.Skip("no ranges")
		}
		planned++
		one, err := s.Key(key)
		if err != nil {
			t.Fatalf("%s has a plan, but as one item %v", text, err)
		}
		for _, pk := range values {
			for _, sk := range values {
				for _, x := range values {
					item := attribute.NewMap([]string{"pk", "sk", "x"}, []attribute.Value{attribute.NewString(pk), attribute.NewString(sk), attribute.NewString(x)})
					in := 0
					for _, r := range p.Ranges {
						if attribute.Equal(r.Partition, item.Field("pk")) && r.Sort.contains(item.Field("sk")) {
							in++
						}
					}
					holds := s.Filter.Eval(item)
					if holds && in != 1 || in > 1 {
						t.Fatalf("%s: %v is in %d ranges of %+v", text, item, in, p.Ranges)
					}
					named := one != nil && attribute.Equal(one.Field("pk"), item.Field("pk")) && attribute.Equal(one.Field("sk"), item.Field("sk"))
					if one != nil && named != holds {
						t.Fatalf("%s names %v, but holds for %v: %v", text, one, item, holds)
					}
				}
			}
		}
	})
	if planned == 0 {
		t.Error("no statement had a plan")
	}
}

// What an Update or a Delete does to its item depends on the same as the whole clause does.
func TestTargetsAreTheWholeClause(t *testing.T) {
	key := schema(t, "pk:S sk:S")
	rapid.Check(t, func(t *rapid.T) {
		text := "DELETE FROM T WHERE pk = 'a' AND " + where(2).Draw(t, "where") + " AND sk = 'b'"
		s, err := Parse(text, nil)
		if err != nil {
			t.Skip(err)
		}
		item, condition, err := s.Target(key)
		if err != nil {
			t.Skip(err)
		}
		for _, x := range []string{"a", "aa", "b", "z"} {
			whole := attribute.NewMap([]string{"pk", "sk", "x"}, []attribute.Value{item.Field("pk"), item.Field("sk"), attribute.NewString(x)})
			if got := condition == nil || condition.Eval(whole); got != s.Filter.Eval(whole) {
				t.Fatalf("%s: %v for %v, %v", text, got, whole, condition)
			}
		}
	})
}

// Whatever the text, it is read or refused, and what was read can be used.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`SELECT a.b[0], "c" FROM "T"."i" WHERE pk = ? AND (sk > 'a' OR NOT begins_with(sk, 'b')) ORDER BY pk DESC, sk`,
		`SELECT * FROM T WHERE pk IN ['a', ?] AND a IS NOT MISSING AND size(b) BETWEEN 1 AND 2 -- c`,
		`INSERT INTO T VALUE {'pk':'a', 'sk': ?, 'l':[1, <<'a'>>, {'x': null}], 'n': -1.5e3}`,
		`UPDATE T SET a = b + 1, s = set_add(s, <<1>>) REMOVE c[2] WHERE pk = 'a' AND sk = 'b' RETURNING MODIFIED NEW *`,
		`EXISTS(SELECT * FROM T WHERE pk = 'a' AND sk = ? AND x = 1)`, `DELETE FROM T WHERE pk = 'a' /* c */ AND sk = 'b';`,
		`FROM T WHERE pk = ? SET l = list_append(l, [1])`,
	} {
		f.Add(seed)
	}
	keys := []Schema{schema(&testing.T{}, "pk:S sk:S"), schema(&testing.T{}, "pk:N"), schema(&testing.T{}, "pk:B sk:N")}
	item, err := attribute.ParseItemJSON(`{"pk":{"S":"a"},"sk":{"S":"b"},"a":{"N":"1"},"b":{"N":"2"},"l":{"L":[]},"s":{"NS":["1"]},"c":{"L":[{"S":"x"}]}}`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parameters := make([]attribute.Value, strings.Count(text, "?"))
		for i := range parameters {
			parameters[i] = attribute.NewString(fmt.Sprint(i))
		}
		s, err := Parse(text, parameters)
		if err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("%q: %T", text, err)
			}
			return
		}
		s.Projected(item)
		s.Attributes()
		if s.Filter != nil {
			s.Filter.Eval(item)
			s.Filter.Eval(attribute.NewMap(nil, nil))
		}
		if s.Update != nil {
			_, _ = s.Update.Apply(item)
		}
		for _, key := range keys {
			switch s.Kind {
			case Select:
				_, _ = s.Plan(key)
				_, _ = s.Key(key)
			case Update, Delete, Exists:
				_, condition, err := s.Target(key)
				if err == nil && condition != nil {
					condition.Eval(item)
				}
			}
		}
	})
}
