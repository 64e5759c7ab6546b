package attribute

import (
	"strings"
	"testing"

	"github.com/statordb/stator/internal/jsonscan"
)

func TestRoundTripAndSize(t *testing.T) {
	for _, c := range []struct {
		in, want string // want "" means unchanged
		size     int
	}{
		{`{"S":"héllo"}`, "", 6},
		{`{"S":""}`, "", 0},
		{`{"N":"1.50"}`, `{"N":"1.5"}`, 3},
		{`{"B":"AAEC"}`, "", 3},
		{`{"BOOL":false}`, "", 1},
		{`{"NULL":true}`, "", 1},
		{`{"SS":["b","a"]}`, `{"SS":["a","b"]}`, 2},
		{`{"NS":["10","-2","3.0"]}`, `{"NS":["-2","3","10"]}`, 3 + 2 + 2},
		{`{"SS":["a",""]}`, `{"SS":["","a"]}`, 1},
		{`{"BOOL":"true"}`, `{"BOOL":true}`, 1},
		{`{"BS":["Ag==","AQ=="]}`, `{"BS":["AQ==","Ag=="]}`, 2},
		{`{"L":[]}`, "", 3},
		{`{"L":[{"S":"a"},{"L":[{"N":"1"}]}]}`, "", 3 + 2 + 1 + 3 + 1 + 2},
		{`{"M":{}}`, "", 3},
		{`{"M":{"k":{"S":"v"},"l":{"M":{"x":{"NULL":true}}}}}`, "", 3 + 2 + 2 + 1 + 3 + 1 + 2},
		{`{"S":"x","N":null}`, `{"S":"x"}`, 1},
	} {
		v, err := ParseJSON(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		want := c.want
		if want == "" {
			want = c.in
		}
		if v.String() != want || v.Size() != c.size {
			t.Errorf("%s: got %s of %d bytes, want %s of %d", c.in, v, v.Size(), want, c.size)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{}`, errEmpty.Message},
		{`{"X":"1"}`, errEmpty.Message},
		{`{"S":null}`, errEmpty.Message},
		{`{"S":"a","N":"1"}`, errSeveral.Message},
		{`{"NULL":false}`, errNull.Message},
		{`{"N":"x"}`, "The parameter cannot be converted to a numeric value: x"},
		{`{"SS":[]}`, "One or more parameter values were invalid: An string set  may not be empty"},
		{`{"SS":["a","a"]}`, "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
		{`{"NS":["1","1.0"]}`, "Input collection contains duplicates"},
		{`{"NS":["1","y"]}`, "The parameter cannot be converted to a numeric value: y"},
		{`{"BS":["Ag==","Ag=="]}`, "One or more parameter values were invalid: Input collection [Ag==, Ag==]of type BS contains duplicates."},
		{`{"L":[{"L":[{}]}]}`, errEmpty.Message},
		{strings.Repeat(`{"L":[`, 34) + strings.Repeat(`]}`, 34), errNesting.Message},
		{`{"N":1}`, "NUMBER_VALUE cannot be converted to String"},
		{`{"S":{}}`, "Start of structure or map found where not expected"},
		{`"a"`, "Unexpected value type in payload"},
		{`{"M":"a"}`, "Unexpected field type"},
		{`{"B":"abc"}`, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
		{`{"BOOL":"on"}`, "Unexpected token received from parser"},
		{`{"L":{}}`, "Start of structure or map found where not expected"},
	} {
		if v, err := ParseJSON(c.in); err == nil || err.Error() != c.want {
			t.Errorf("%.60s: got %s (%v), want %s", c.in, v, err, c.want)
		}
	}
}

func TestEqual(t *testing.T) {
	a, _ := ParseJSON(`{"M":{"a":{"L":[{"M":{"x":{"N":"1"},"y":{"SS":["p","q"]}}}]},"b":{"S":"s"}}}`)
	b, _ := ParseJSON(`{"M":{"b":{"S":"s"},"a":{"L":[{"M":{"y":{"SS":["q","p"]},"x":{"N":"1.0"}}}]}}}`)
	c, _ := ParseJSON(`{"M":{"b":{"S":"s"},"a":{"L":[{"M":{"y":{"SS":["q","r"]},"x":{"N":"1.0"}}}]}}}`)
	if !Equal(a, b) || Equal(a, c) {
		t.Errorf("equal: %v %v", Equal(a, b), Equal(a, c))
	}
}

func FuzzItem(f *testing.F) {
	f.Add([]byte(`{"a":{"S":"x"},"b":{"L":[{"N":"1"},{"BS":["AA=="]}]},"c":{"M":{"d":{"NS":["1","2"]}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Decoder{Scan: jsonscan.New(data)}
		item, err := d.Item()
		if err != nil || d.Invalid != nil {
			return
		}
		again, err := ParseItemJSON(string(item.AppendItemJSON(nil)))
		if err != nil {
			t.Fatalf("%s: %v", item, err)
		}
		if !Equal(item, again) || ItemSize(item) != ItemSize(again) {
			t.Fatalf("%s became %s", item, again)
		}
	})
}

// What the decoder refuses as nested too deeply is what TooDeep finds, at the limit exactly.
func TestTooDeep(t *testing.T) {
	nested := func(depth int) string {
		return `{"a":` + strings.Repeat(`{"L":[`, depth) + strings.Repeat(`]}`, depth) + `}`
	}
	item, err := ParseItemJSON(nested(MaxDepth - 1)) // the item is the first level
	if err != nil || TooDeep(item) {
		t.Errorf("%d deep: %v", MaxDepth, err)
	}
	if _, err := ParseItemJSON(nested(MaxDepth)); err != errNesting {
		t.Errorf("%d deep: %v", MaxDepth+1, err)
	}
	if deeper := NewMap([]string{"a"}, []Value{NewList([]Value{item.Field("a")})}); !TooDeep(deeper) {
		t.Errorf("%s is not too deep", deeper)
	}
}
