package keyspace

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// anyText likes what an encoding may trip over.
func anyText() *rapid.Generator[string] {
	b := rapid.OneOf(rapid.SampledFrom([]byte{0, 1, 2, 0x7f, 0xfe, 0xff, 'a', 'b'}), rapid.Byte())
	return rapid.Map(rapid.SliceOfN(b, 0, 8), func(b []byte) string { return string(b) })
}

func anyNumber() *rapid.Generator[attribute.Value] {
	return rapid.Custom(func(t *rapid.T) attribute.Value {
		text := fmt.Sprintf("%d", rapid.Int64().Draw(t, "digits"))
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			text = fmt.Sprintf("%d", rapid.IntRange(-12, 12).Draw(t, "small"))
		case 1:
			text += fmt.Sprintf("e%d", rapid.IntRange(-100, 100).Draw(t, "exponent"))
		case 2:
			text = fmt.Sprintf("%de%d", rapid.IntRange(-9, 9).Draw(t, "digit"), rapid.IntRange(-3, 3).Draw(t, "exponent"))
		}
		n, err := attribute.ParseNumber(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return attribute.NewNumber(n)
	})
}

func anyValue(kind attribute.Kind) *rapid.Generator[attribute.Value] {
	switch kind {
	case attribute.Number:
		return anyNumber()
	case attribute.String:
		return rapid.Map(anyText(), attribute.NewString)
	}
	return rapid.Map(anyText(), func(s string) attribute.Value { return attribute.NewBinary([]byte(s)) })
}

var anyKind = rapid.SampledFrom([]attribute.Kind{attribute.String, attribute.Number, attribute.Binary})

func compareAll(a, b []attribute.Value) int {
	for i := range a {
		if c := attribute.Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// TestEntriesSortByValue compares the order of the keys of two entries with the order of their values.
func TestEntriesSortByValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SliceOfN(anyKind, 0, 4).Draw(t, "kinds")
		partition := []attribute.Value{attribute.NewString("p")}
		tableKey := func(label string) attribute.Value { return anyValue(attribute.String).Draw(t, label) }
		draw := func(label string) (vs []attribute.Value) {
			for _, k := range kinds {
				vs = append(vs, anyValue(k).Draw(t, label))
			}
			return vs
		}
		a, b := draw("a"), draw("b")
		if len(a) > 1 && rapid.Bool().Draw(t, "same first") {
			b[0] = a[0]
		}
		pa, pb, sa, sb := tableKey("pa"), tableKey("pb"), tableKey("sa"), tableKey("sb")
		x := AppendGlobal(nil, 7, partition, a, pa, sa)
		y := AppendGlobal(nil, 7, partition, b, pb, sb)
		got := bytes.Compare(x, y)
		if want := compareAll(a, b); want != 0 && cmp.Compare(want, 0) != got {
			t.Fatalf("%v and %v: keys compare %d, values %d", a, b, got, want)
		}
		same := compareAll(a, b) == 0 && bytes.Equal(pa, pb) && bytes.Equal(sa, sb)
		if same != (got == 0) {
			t.Fatalf("%v %v %v and %v %v %v: keys compare %d", a, pa, sa, b, pb, sb, got)
		}

		kind := anyKind.Draw(t, "local kind")
		a, b = []attribute.Value{anyValue(kind).Draw(t, "la"), sa}, []attribute.Value{anyValue(kind).Draw(t, "lb"), sb}
		got = bytes.Compare(AppendLocal(nil, 7, pa, a[0], a[1]), AppendLocal(nil, 7, pa, b[0], b[1]))
		if want := cmp.Compare(compareAll(a, b), 0); want != got {
			t.Fatalf("local %v and %v: keys compare %d, values %d", a, b, got, want)
		}
	})
}

// TestWithin compares ranges with what a condition means.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := anyKind.Draw(t, "kind")
		last := rapid.Bool().Draw(t, "last")
		p := attribute.NewString("p")
		prefix := Items(3).AppendPartition(nil, p)
		key := func(v attribute.Value) []byte { return AppendItem(nil, 3, p, v) }
		if !last {
			prefix = Entries(3, true).AppendPartition(nil, p)
			key = func(v attribute.Value) []byte {
				return AppendLocal(nil, 3, p, v, anyValue(attribute.Binary).Draw(t, "table sort"))
			}
		}
		var b Bounds
		if kind != attribute.Number && rapid.Bool().Draw(t, "begins with") {
			b.Prefix = anyValue(kind).Draw(t, "prefix")
		} else {
			if rapid.Bool().Draw(t, "has low") {
				b.Low, b.LowOpen = anyValue(kind).Draw(t, "low"), rapid.Bool().Draw(t, "open")
			}
			if rapid.Bool().Draw(t, "has high") {
				b.High, b.HighOpen = anyValue(kind).Draw(t, "high"), rapid.Bool().Draw(t, "open")
			}
		}
		start, end := Within(prefix, last, &b)
		vs := rapid.SliceOfN(anyValue(kind), 1, 8).Draw(t, "values")
		for _, v := range []attribute.Value{b.Low, b.High, b.Prefix} {
			if v != nil {
				vs = append(vs, v)
			}
		}
		for _, v := range vs {
			want := b.Prefix == nil || strings.HasPrefix(string(v.Text()), string(b.Prefix.Text()))
			if b.Low != nil {
				c := attribute.Compare(v, b.Low)
				want = want && (c > 0 || c == 0 && !b.LowOpen)
			}
			if b.High != nil {
				c := attribute.Compare(v, b.High)
				want = want && (c < 0 || c == 0 && !b.HighOpen)
			}
			k := key(v)
			if got := bytes.Compare(start, k) <= 0 && bytes.Compare(k, end) < 0; got != want {
				t.Fatalf("%v in %+v: %v, want %v\nkey %x\nfrom %x\nto %x", v, b, got, want, k, start, end)
			}
		}
	})
}

// Keys of parts sort by these, in turn, and give them back; a range has those that begin with its parts.
func TestParts(t *testing.T) {
	for name, of := range map[string]struct {
		key    func(...string) []byte
		within func(...string) (start, end []byte)
		parse  func([]byte) ([]string, bool)
	}{"identity": {Identity, IdentityRange, ParseIdentity}, "people": {People, PeopleRange, ParsePeople}} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			draw := rapid.SliceOfN(anyText(), 0, 4)
			a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
			x, y := of.key(a...), of.key(b...)
			if got, want := bytes.Compare(x, y), slices.Compare(a, b); got != want {
				t.Fatalf("%q and %q: keys compare %d, parts %d", a, b, got, want)
			}
			parts, ok := of.parse(x)
			if !ok || !slices.Equal(parts, a) {
				t.Fatalf("%q became %q", a, parts)
			}
			start, end := of.within(b...)
			in := bytes.Compare(start, x) <= 0 && bytes.Compare(x, end) < 0
			if want := len(a) >= len(b) && slices.Equal(a[:len(b)], b); in != want {
				t.Fatalf("%q in the range of %q: %v", a, b, in)
			}
		}))
	}
}

func TestTablesAndTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) [3]string {
			return [3]string{anyText().Draw(t, label), anyText().Draw(t, label), anyText().Draw(t, label)}
		}
		a, b := draw("a"), draw("b")
		if rapid.Bool().Draw(t, "same scope") {
			b[0], b[1] = a[0], a[1]
		}
		x, y := Table(a[0], a[1], a[2]), Table(b[0], b[1], b[2])
		if got, want := bytes.Compare(x, y), slices.Compare(a[:], b[:]); got != want {
			t.Fatalf("%q and %q: keys compare %d, names %d", a, b, got, want)
		}
		account, region, name, ok := ParseTable(x)
		if !ok || [3]string{account, region, name} != a {
			t.Fatalf("%q became %q %q %q", a, account, region, name)
		}
		start, end := Tables(b[0], b[1], b[2])
		in := bytes.Compare(start, x) <= 0 && bytes.Compare(x, end) < 0
		if want := a[0] == b[0] && a[1] == b[1] && (b[2] == "" || a[2] > b[2]); in != want {
			t.Fatalf("%q after %q: %v", a, b, in)
		}

		at := rapid.Int64Range(0, 1<<62).Draw(t, "time")
		token := Token(a[0], a[1], a[2])
		gotAt, gotToken, ok := ParseExpiry(Expiry(at, token))
		if !ok || gotAt != at || !bytes.Equal(gotToken, token) {
			t.Fatalf("%d %q became %d %q", at, token, gotAt, gotToken)
		}
		limit := rapid.Int64Range(0, 1<<62).Draw(t, "limit")
		start, end = Expiries(limit)
		key := Expiry(at, token)
		if in := bytes.Compare(start, key) <= 0 && bytes.Compare(key, end) < 0; in != (at < limit) {
			t.Fatalf("expiry %d before %d: %v", at, limit, in)
		}
	})
}

// FuzzParse gives the parsers anything: what they take, they built.
func FuzzParse(f *testing.F) {
	f.Add(Identity("a", "b\x00"))
	f.Add(People("a", "b\x00"))
	f.Add(Table("1", "r", "t"))
	f.Add(Expiry(5, Token("1", "r", "x")))
	f.Add(Job(9))
	f.Add(Backup("1", "r", "t", "x"))
	f.Add(AppendImage(nil, 3, append(Items(1).append(nil), 0, 1), 5))
	f.Fuzz(func(t *testing.T, key []byte) {
		if parts, ok := ParseIdentity(key); ok && !bytes.Equal(Identity(parts...), key) {
			t.Errorf("%x: %q", key, parts)
		}
		if parts, ok := ParsePeople(key); ok && !bytes.Equal(People(parts...), key) {
			t.Errorf("%x: %q", key, parts)
		}
		if a, r, n, ok := ParseTable(key); ok && !bytes.Equal(Table(a, r, n), key) {
			t.Errorf("%x: %q %q %q", key, a, r, n)
		}
		if at, token, ok := ParseExpiry(key); ok && !bytes.Equal(Expiry(at, token), key) {
			t.Errorf("%x: %d %q", key, at, token)
		}
		if id, ok := ParseJob(key); ok && !bytes.Equal(Job(id), key) {
			t.Errorf("%x: %d", key, id)
		}
		if a, r, n, id, ok := ParseBackup(key); ok && !bytes.Equal(Backup(a, r, n, id), key) {
			t.Errorf("%x: %q %q %q %q", key, a, r, n, id)
		}
		if id, item, at, _, ok := ParseImage(key, 1); ok && !bytes.Equal(AppendImage(nil, id, item, at), key) {
			t.Errorf("%x: %d %x %d", key, id, item, at)
		}
		if s, _, ok := ParseSpace(key); ok && !bytes.HasPrefix(key, s.append(nil)) {
			t.Errorf("%x: %v", key, s)
		}
	})
}
