package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"
)

// The standard library is the reference: what it refuses we refuse, and what we accept it accepts.
func FuzzSkip(f *testing.F) {
	for _, seed := range []string{`{}`, `[1,2,{"a":"\u00e9\ud83d\ude00"}]`, `{"a":1,"a":2}`, `"\ud800"`, `-0.5e+10`, `01`, ` true `, `[`, `{"a":}`, "\"\x01\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(data)
		err := s.Skip()
		if err == nil {
			err = s.End()
		}
		if err == nil && !json.Valid(data) {
			t.Fatalf("accepted %q", data)
		}
		if err == errSyntax && json.Valid(data) {
			t.Fatalf("refused %q", data)
		}
	})
}

func FuzzStringRoundTrip(f *testing.F) {
	f.Add("a\"b\\c\n\x00é😀")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		encoded := AppendString(nil, text)
		var want string
		if err := json.Unmarshal(encoded, &want); err != nil || want != text {
			t.Fatalf("%q became %q (%v)", text, encoded, err)
		}
		got, err := New(encoded).Text()
		if err != nil || string(got) != text {
			t.Fatalf("read back %q as %q (%v)", text, got, err)
		}
	})
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"a":1,"a":2}`, "Duplicate field 'a'"},
		{`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"i":1}`, "Duplicate field 'i'"},
		{`{"a":1,}`, "malformed JSON"},
		{`nul`, "malformed JSON"},
		{``, "malformed JSON"},
		{"\"\xff\"", "invalid UTF-8 in a JSON string"},
		{`"\ud800x"`, "invalid UTF-8 in a JSON string"},
		{strings.Repeat("[", 1e6), "JSON nested too deeply"},
	} {
		if err := New([]byte(c.in)).Skip(); err == nil || err.Error() != c.want {
			t.Errorf("%.40q: got %v, want %s", c.in, err, c.want)
		}
	}
}

func TestMismatch(t *testing.T) {
	for _, c := range []struct{ in, kind, want string }{
		{`1`, "String", "NUMBER_VALUE cannot be converted to String"},
		{`1.5`, "String", "DECIMAL_VALUE cannot be converted to String"},
		{`true`, "String", "TRUE_VALUE cannot be converted to String"},
		{`[]`, "String", "Unrecognized collection type class java.lang.String"},
		{`{}`, "String", "Start of structure or map found where not expected"},
		{`"x"`, "Integer", "STRING_VALUE cannot be converted to Integer"},
		{`"x"`, "List", "Unexpected field type"},
		{`1`, "ByteBuffer", "only base-64-encoded strings are convertible to bytes"},
	} {
		if got := New([]byte(c.in)).Mismatch(c.kind).Error(); got != c.want {
			t.Errorf("%s for %s: got %q, want %q", c.in, c.kind, got, c.want)
		}
	}
}
