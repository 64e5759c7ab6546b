package itemfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// all reads a file: its items, one to a line, with what is wrong in between.
func all(t testing.TB, content []byte, o Options) string {
	t.Helper()
	var b strings.Builder
	r, err := NewReader(bytes.NewReader(content), o)
	if err != nil {
		return "broken: " + err.Error() + "\n"
	}
	defer r.Close()
	for {
		item, err := r.Next()
		var one *ItemError
		switch {
		case errors.Is(err, io.EOF):
			return b.String()
		case errors.As(err, &one):
			fmt.Fprintf(&b, "error: %v\n", err)
		case err != nil:
			fmt.Fprintf(&b, "broken: %v\n", err)
			return b.String()
		default:
			fmt.Fprintf(&b, "%s\n", item.AppendItemJSON(nil))
		}
	}
}

func item(t testing.TB, text string) attribute.Value {
	t.Helper()
	v, err := attribute.ParseItemJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The item of the developer guide ("DynamoDB table export output format", "Amazon S3 import formats for DynamoDB").
const book = `{"Authors":{"SS":["Author1","Author2"]},"Dimensions":{"S":"8.5 x 11.0 x 1.5"},"ISBN":{"S":"333-3333333333"},"Id":{"N":"103"},"InPublication":{"BOOL":false},"PageCount":{"N":"600"},"Price":{"N":"2000"},"ProductCategory":{"S":"Book"},"Title":{"S":"Book 103 Title"}}`

const ionBook = `$ion_1_0 {Item:{Authors:$dynamodb_SS::["Author1","Author2"],Dimensions:"8.5 x 11.0 x 1.5",ISBN:"333-3333333333",Id:103.,InPublication:false,PageCount:6d2,Price:2d3,ProductCategory:"Book",Title:"Book 103 Title"}}`

func TestGuidesItem(t *testing.T) {
	var b bytes.Buffer
	if err := AppendItem(&b, JSON, item(t, book)); err != nil || b.String() != `{"Item":`+book+"}\n" {
		t.Errorf("JSON: %s (%v)", b.String(), err)
	}
	b.Reset()
	if err := AppendItem(&b, Ion, item(t, book)); err != nil || b.String() != ionBook+"\n" {
		t.Errorf("Ion: %s (%v)\nwant %s", b.String(), err, ionBook)
	}
	spread := strings.NewReplacer("{", "{\n  ", ",", ",\n ").Replace(ionBook)
	for name, c := range map[string]struct {
		content string
		o       Options
	}{
		"JSON":           {`{"Item":` + book + "}\n\n", Options{Format: JSON}},
		"JSON list":      {`[{"Item":` + book + "}]", Options{Format: JSON}},
		"Ion":            {ionBook, Options{Format: Ion}},
		"Ion spread out": {spread, Options{Format: Ion}},
		"Ion list":       {"$ion_1_0\n[\n" + strings.TrimPrefix(ionBook, "$ion_1_0 ") + "\n]", Options{Format: Ion}},
	} {
		if got := all(t, []byte(c.content), c.o); got != book+"\n" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestGuidesCSV(t *testing.T) {
	keys := map[string]attribute.Kind{"id": attribute.Number, "raw": attribute.Binary}
	for _, c := range []struct {
		content string
		o       Options
		want    string
	}{
		{"id,value\n1,a\n2,b\n", Options{}, "{\"id\":{\"N\":\"1\"},\"value\":{\"S\":\"a\"}}\n{\"id\":{\"N\":\"2\"},\"value\":{\"S\":\"b\"}}\n"},
		// "Escaping double quotes".
		{"key,value\n\"\"\"123\"\"\",Women's Full Lenth Dress\n", Options{}, `{"key":{"S":"\"123\""},"value":{"S":"Women's Full Lenth Dress"}}` + "\n"},
		{"a;b\n1;\"x;y\nz\"\n", Options{Delimiter: ';'}, `{"a":{"S":"1"},"b":{"S":"x;y\nz"}}` + "\n"},
		{"1\t\n", Options{Delimiter: '\t', Header: []string{"id", "v"}}, `{"id":{"N":"1"},"v":{"S":""}}` + "\n"},
		{"\uFEFFid,v\r\n1,a\r\n", Options{}, `{"id":{"N":"1"},"v":{"S":"a"}}` + "\n"},
		{"id,v\nx,a\n1\n2,b,c\n3,d\n", Options{}, "error: id: The parameter cannot be converted to a numeric value: x\nerror: 1 fields in a file of 2 columns\nerror: 3 fields in a file of 2 columns\n" + `{"id":{"N":"3"},"v":{"S":"d"}}` + "\n"},
		{"raw\nAAE=\nx\n", Options{}, `{"raw":{"B":"AAE="}}` + "\nerror: raw: illegal base64 data at input byte 0\n"},
		{"id,v\n1,a\"b\n2,c\n", Options{}, "error: parse error on line 2, column 4: bare \" in non-quoted-field\n" + `{"id":{"N":"2"},"v":{"S":"c"}}` + "\n"},
		{"a,a\n", Options{}, "broken: a name of a column is empty, there twice, or not UTF-8\n"},
		{"", Options{}, ""},
		{"v\n\xff\n", Options{}, "error: v: the text is not UTF-8\n"},
	} {
		c.o.Format, c.o.Kinds = CSV, keys
		if got := all(t, []byte(c.content), c.o); got != c.want {
			t.Errorf("%q: %s\nwant %s", c.content, got, c.want)
		}
	}
}

func TestBroken(t *testing.T) {
	ok := `{"Item":{"id":{"S":"1"}}}`
	for _, c := range []struct {
		format  Format
		content string
		want    []string // the beginnings of the lines
	}{
		{JSON, ok + "\nnonsense\n" + ok, []string{"{", "error", "{"}},
		{JSON, `{"item":{}}` + "\n" + `{"Item":{"id":{"S":1}}}` + "\n" + `{"Item":{"id":{"N":"x"}}}` + "\n" + `{"Item":{"id":{}}}` + "\n5\n[1]\n" + ok, []string{"error", "error", "error", "error", "error", "error", "{"}},
		{JSON, strings.Repeat("x", maxRecord+1) + "\n" + ok, []string{"broken"}},
		{JSON, strings.Repeat("[", 1<<20), []string{"error"}},
		{Ion, `{Item:{id:"1"}} {Item:{id:'symbol'}} {Item:{id:2020T}} {Item:{a:1.5e0}} {Item:{id:"2"}}`, []string{"{", "error", "error", "error", "{"}},
		{Ion, `{Item:{s:$dynamodb_NS::[]}} {Item:{s:$dynamodb_NS::[1,1.0]}} {Item:{s:$dynamodb_NS::["1"]}} {Item:{a:1,a:2}} {item:{}} {Item:{n:1d300}} {Item:{id:null.string}}`,
			[]string{"error", "error", "error", "error", "error", "error", "{"}},
		{Ion, `{Item:{id:"1"}} {Item:`, []string{"{", "broken"}},
		{Ion, `{Item:{id:"1"}} nonsense {Item:{id:"1"}}`, []string{"{", "broken"}},
		{Ion, `{Item:{a:(1 2)}}`, []string{"broken"}},
		{Ion, "\xe0\x01\x00\xea", []string{"broken"}},
		{Ion, strings.Repeat("[", 1<<20), []string{"broken"}},
		{Ion, "{Item:{a:" + strings.Repeat("[", 1<<20), []string{"broken"}},
		{Ion, "{other:" + strings.Repeat("{a:", 1<<20), []string{"broken"}},
		{Ion, strings.Repeat("(", 1<<20), []string{"broken"}},
		{Ion, strings.Repeat("a::", 1<<10), []string{""}},
		{Ion, `{Item:{n:` + strings.Repeat("9", 1<<20) + `}}`, []string{"error"}},
		{CSV, "a,b\n\"" + strings.Repeat("x", 2*maxRecord), []string{"broken"}},
	} {
		got := strings.Split(strings.TrimSpace(all(t, []byte(c.content), Options{Format: c.format})), "\n")
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("%s %.80q: %.300q, want %q", c.format, c.content, got, c.want)
				break
			}
		}
	}
}

func compressed(t testing.TB, c Compression, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch c {
	case GZIP:
		w = gzip.NewWriter(&b)
	case ZSTD:
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return content
	}
	_, err := w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompression(t *testing.T) {
	content := []byte(strings.Repeat(`{"Item":`+book+"}\n", 100))
	for _, c := range []Compression{None, GZIP, ZSTD} {
		packed := compressed(t, c, content)
		o := Options{Format: JSON, Compression: c}
		if got := all(t, packed, o); got != strings.Repeat(book+"\n", 100) {
			t.Errorf("%s: %d bytes", c, len(got))
		}
		r, err := NewReader(bytes.NewReader(packed), o)
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
		if r.Size() != int64(len(content)) {
			t.Errorf("%s: size %d of %d", c, r.Size(), len(content))
		}
		r.Close()
		if got := all(t, nil, o); got != "" {
			t.Errorf("%s of nothing: %s", c, got)
		}
		if c == None {
			continue
		}
		if got := all(t, packed[:len(packed)/2], o); !strings.Contains(got, "broken") {
			t.Errorf("half of %s: %.300s", c, got)
		}
		if got := all(t, content, o); !strings.HasPrefix(got, "broken") {
			t.Errorf("plain text as %s: %.300s", c, got)
		}
	}
}

func TestChanges(t *testing.T) {
	keys, old, next := item(t, `{"id":{"S":"1"}}`), item(t, `{"id":{"S":"1"},"v":{"N":"1"}}`), item(t, `{"id":{"S":"1"},"v":{"N":"20"}}`)
	for _, c := range []struct {
		format   Format
		old, new attribute.Value
		want     string
	}{
		{JSON, old, next, `{"Metadata":{"WriteTimestampMicros":{"N":"1680109764000000"}},"Keys":{"id":{"S":"1"}},"OldImage":{"id":{"S":"1"},"v":{"N":"1"}},"NewImage":{"id":{"S":"1"},"v":{"N":"20"}}}`},
		{JSON, nil, nil, `{"Metadata":{"WriteTimestampMicros":{"N":"1680109764000000"}},"Keys":{"id":{"S":"1"}}}`},
		{Ion, old, next, `$ion_1_0 {Record:{Keys:{id:"1"},Metadata:{WriteTimestampMicros:1680109764d6},OldImage:{id:"1",v:1.},NewImage:{id:"1",v:2d1}}}`},
	} {
		var b bytes.Buffer
		if err := AppendChange(&b, c.format, Change{keys, c.old, c.new, 1680109764000000}); err != nil || b.String() != c.want+"\n" {
			t.Errorf("%s (%v)\nwant %s", b.String(), err, c.want)
		}
	}
}

// values draws values of all kinds.
func values(depth int) *rapid.Generator[attribute.Value] {
	return rapid.Custom(func(t *rapid.T) attribute.Value {
		text := rapid.StringN(0, 8, -1)
		number := rapid.Custom(func(t *rapid.T) attribute.Value {
			n, err := attribute.ParseNumber(fmt.Sprintf("%de%d", rapid.Int64().Draw(t, "digits"), rapid.IntRange(-120, 100).Draw(t, "exponent")))
			if err != nil {
				t.Fatal(err)
			}
			return attribute.NewNumber(n)
		})
		str := rapid.Map(text, attribute.NewString)
		bin := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), attribute.NewBinary)
		kinds := 8
		if depth < 3 {
			kinds = 10
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return attribute.NewNull()
		case 1:
			return attribute.NewBool(rapid.Bool().Draw(t, "bool"))
		case 2:
			return number.Draw(t, "n")
		case 3:
			return bin.Draw(t, "b")
		case 4:
			return attribute.NewSet(rapid.SliceOfN(str, 1, 4).Draw(t, "ss"))
		case 5:
			return attribute.NewSet(rapid.SliceOfN(number, 1, 4).Draw(t, "ns"))
		case 6:
			return attribute.NewSet(rapid.SliceOfN(bin, 1, 4).Draw(t, "bs"))
		case 7:
			return str.Draw(t, "s")
		case 8:
			return attribute.NewList(rapid.SliceOfN(values(depth+1), 0, 4).Draw(t, "l"))
		}
		return maps(depth+1).Draw(t, "m")
	})
}

func maps(depth int) *rapid.Generator[attribute.Value] {
	return rapid.Custom(func(t *rapid.T) attribute.Value {
		name := rapid.OneOf(rapid.StringN(1, 6, -1), rapid.SampledFrom([]string{"$10", "$ion_1_0", "null", "true", "a b", "'", "Item", "$ion_symbol_table", "nan", "1"}))
		names := rapid.SliceOfNDistinct(name, 0, 5, rapid.ID[string]).Draw(t, "names")
		elems := make([]attribute.Value, len(names))
		for i := range elems {
			elems[i] = values(depth).Draw(t, "value")
		}
		return attribute.NewMap(names, elems)
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(maps(0), 0, 5).Draw(t, "items")
		for _, f := range []Format{JSON, Ion} {
			var b bytes.Buffer
			for _, item := range items {
				if err := AppendItem(&b, f, item); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Count(b.String(), "\n") != len(items) {
				t.Fatalf("not a line each: %q", b.String())
			}
			r, err := NewReader(&b, Options{Format: f})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range items {
				got, err := r.Next()
				if err != nil || !attribute.Equal(got, want) {
					t.Fatalf("%s: %s became %s (%v)", f, want, got, err)
				}
			}
			if _, err := r.Next(); !errors.Is(err, io.EOF) {
				t.Fatalf("at the end: %v", err)
			}
			r.Close()
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"Item":`+book+"}\n"), byte(0))
	f.Add([]byte(ionBook), byte(1))
	f.Add([]byte("id,v\n1,\"a\"\"b\"\n"), byte(2))
	f.Add(compressed(f, GZIP, []byte(ionBook)), byte(4))
	f.Add(compressed(f, ZSTD, []byte(ionBook)), byte(7))
	f.Fuzz(func(t *testing.T, content []byte, how byte) {
		o := Options{Format: []Format{JSON, Ion, CSV}[how%3], Compression: []Compression{None, GZIP, ZSTD}[how/3%3]}
		if len(content) < 1<<16 {
			all(t, content, o)
		}
	})
}
