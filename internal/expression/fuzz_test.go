package expression

import (
	"errors"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/attribute"
)

func seeds(f *testing.F, texts ...string) {
	for _, text := range texts {
		f.Add(text)
	}
}

func fuzzItem(f *testing.F) attribute.Value {
	item, err := attribute.ParseItemJSON(`{"a":{"N":"5"},"s":{"S":"x"},"l":{"L":[{"N":"1"},{"M":{"k":{"S":"v"}}}]},"m":{"M":{"x":{"N":"1"},"l":{"L":[]}}},"t":{"SS":["a"]}}`)
	if err != nil {
		f.Fatal(err)
	}
	return item
}

func fuzzPlaceholders() *Placeholders {
	return &Placeholders{Names: map[string]string{"#a": "a", "#b": "weird.name"}, Values: testValues}
}

// checkError: whatever is wrong is the client's mistake, with a message.
func checkError(t *testing.T, err error) {
	var e *Error
	if !errors.As(err, &e) || strings.TrimSpace(e.Message) == "" {
		t.Fatalf("%T %v", err, err)
	}
}

func FuzzCondition(f *testing.F) {
	seeds(f, "a = :n", "NOT (a < :n OR #a IN (:n, :s)) AND size(l[1].k) BETWEEN :n AND :n", "((a))=", "contains(t, :s)", "a[0", "é")
	item := fuzzItem(f)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(ConditionParam, text, fuzzPlaceholders())
		if err != nil {
			checkError(t, err)
			return
		}
		got := c.Eval(item)
		if n, err := ParseCondition(ConditionParam, "NOT ("+text+")", fuzzPlaceholders()); err == nil && n.Eval(item) == got {
			t.Fatal("NOT does not turn it round")
		}
		if _, err := ParseKeyCondition(text, fuzzPlaceholders()); err != nil {
			t.Fatal(err)
		}
		c.Eval(nil)
	})
}

func FuzzKeyCondition(f *testing.F) {
	seeds(f, "a = :s AND s > :n", "begins_with(s, :s) AND #a = :s", ":s = a")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseKeyCondition(text, fuzzPlaceholders())
		if err == nil {
			var r *KeyRange
			r, err = k.Bind([]KeyAttribute{{"a", attribute.String}}, []KeyAttribute{{"s", attribute.Number}})
			if err == nil && (len(r.Partition) != 1 || r.Partition[0] == nil) {
				t.Fatal("no partition")
			}
		}
		if err != nil {
			checkError(t, err)
		}
	})
}

func FuzzUpdate(f *testing.F) {
	seeds(f, "SET a = a + :n, m.x = if_not_exists(m.y, :s) REMOVE l[0] ADD t :set DELETE s :set", "SET l[9] = list_append(l, :l)", "REMOVE m.l[3], l[1].k")
	item := fuzzItem(f)
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseUpdate(text, fuzzPlaceholders())
		if err != nil {
			checkError(t, err)
			return
		}
		for _, item := range []attribute.Value{item, nil} {
			after, err := u.Apply(item)
			if err != nil {
				checkError(t, err)
				continue
			}
			// What was made reads back as the same item.
			again, err := attribute.ParseItemJSON(string(after.AppendItemJSON(nil)))
			if err != nil || !attribute.Equal(again, after) {
				t.Fatal(after, err)
			}
			u.Projection().Apply(after)
		}
	})
}

func FuzzProjection(f *testing.F) {
	seeds(f, "a, m.x, l[1].k", "#b, #a", "l[1], l[0], m.l", "a.")
	item := fuzzItem(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProjection(text, fuzzPlaceholders())
		if err != nil {
			checkError(t, err)
			return
		}
		part := p.Apply(item)
		if _, err := attribute.ParseItemJSON(string(part.AppendItemJSON(nil))); err != nil {
			t.Fatal(err)
		}
	})
}
