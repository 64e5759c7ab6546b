package keyspace

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// TestSegments: each partition is in one segment, and its keys are in that segment's range.
func TestSegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 1_000_000).Draw(t, "total")
		if rapid.Bool().Draw(t, "few") {
			total = total%20 + 1
		}
		p := anyValue(anyKind.Draw(t, "kind")).Draw(t, "partition")
		key := AppendItem(nil, 5, p, attribute.NewString("s"))
		_, hash := bytes.CutPrefix(key, Items(5).append(nil))
		if !hash {
			t.Fatal("key outside its space")
		}
		in := func(segment int) bool {
			start, end := Items(5).Segment(segment, total)
			got := bytes.Compare(start, key) <= 0 && bytes.Compare(key, end) < 0
			if got != InSegment(segment, total, p) {
				t.Fatalf("segment %d of %d: InSegment says otherwise", segment, total)
			}
			return got
		}
		count := 0
		if total <= 20 {
			for i := range total {
				if in(i) {
					count++
				}
			}
		} else {
			// The segment is about where the hash is.
			guess := int(float64(total) * float64(key[9]) / 256)
			for i := max(0, guess-1); i < min(total, guess+total/256+2); i++ {
				if in(i) {
					count++
				}
			}
		}
		if count != 1 {
			t.Fatalf("in %d of %d segments", count, total)
		}
	})
	for _, total := range []int{1, 2, 3, 7, 1_000_000} {
		start, _ := Items(5).Range()
		for i := range min(total, 1000) {
			s, e := Items(5).Segment(i, total)
			if !bytes.Equal(s, start) || bytes.Compare(s, e) >= 0 {
				t.Fatalf("segment %d of %d does not follow the one before", i, total)
			}
			start = e
		}
		_, end := Items(5).Range()
		if _, e := Items(5).Segment(total-1, total); !bytes.Equal(e, end) {
			t.Errorf("the last segment of %d is not the end", total)
		}
	}
}

// TestUnique: what differs in any value has another key, also where values are long.
func TestUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := rapid.Map(rapid.IntRange(250, 260), func(n int) attribute.Value {
			return attribute.NewString(strings.Repeat("x", n))
		})
		text := rapid.OneOf(long, anyValue(attribute.String))
		n := rapid.IntRange(1, 4).Draw(t, "attributes")
		draw := func(label string) []attribute.Value {
			return rapid.SliceOfN(text, n, n).Draw(t, label)
		}
		a, b := draw("a"), draw("b")
		same := slices.EqualFunc(a, b, func(v, w attribute.Value) bool { return bytes.Equal(v, w) })
		x, y := Entries(1, false).AppendPartition(nil, a...), Entries(1, false).AppendPartition(nil, b...)
		if bytes.Equal(x, y) != same || !same && (bytes.HasPrefix(x, y) || bytes.HasPrefix(y, x)) {
			t.Fatalf("%v and %v:\n%x\n%x", a, b, x, y)
		}
	})
}

// TestLargestKey is the worst that DynamoDB allows, all of it escaped.
func TestLargestKey(t *testing.T) {
	const limit = 16 << 10 // kv.MaxKeySize
	p, s := attribute.NewBinary(make([]byte, 2048)), attribute.NewBinary(make([]byte, 1024))
	key := AppendGlobal(nil, 1, []attribute.Value{p, p, p, p}, []attribute.Value{s, s, s, s}, p, s)
	if len(key) > limit {
		t.Errorf("key of %d bytes", len(key))
	}
}

// TestDigest: a value whose length would be the mark of a digest is one.
func TestDigest(t *testing.T) {
	for n, want := range map[int]int{0: 1, 254: 255, 255: 33, 256: 33, 2048: 33} {
		if got := len(appendEqual(nil, attribute.NewString(strings.Repeat("x", n)))); got != want {
			t.Errorf("a value of %d bytes has %d in a key, want %d", n, got, want)
		}
	}
}

// TestKnown keeps the list of prefixes true: each is there once, and what is between them is unknown.
func TestKnown(t *testing.T) {
	if s := []byte(known); !slices.IsSorted(s) || len(slices.Compact(s)) != len(known) {
		t.Errorf("%q is not sorted", known)
	}
	keys := [][]byte{Format(), Counter(), Table("a", "r", "t"), Job(1), Token("a", "r", "t"), Expiry(1, Token("a", "r", "t")),
		Identity("x"), People("x"), AppendItem(nil, 1, attribute.NewString("p"), nil),
		AppendLocal(nil, 1, attribute.NewString("p"), attribute.NewString("s"), attribute.NewString("t")),
		AppendGlobal(nil, 1, []attribute.Value{attribute.NewString("p")}, nil, attribute.NewString("t"), nil),
		Lease("l"), QueueTable(1)}
	for _, c := range []byte{prefixBackup, prefixStream, prefixStats} {
		keys = append(keys, []byte{c})
	}
	seen := map[byte]bool{}
	for _, k := range keys {
		if seen[k[0]] || !strings.Contains(known, string(k[:1])) {
			t.Errorf("prefix %q is shared or not known", k[0])
		}
		seen[k[0]] = true
	}
	unknown := 0
	Unknown(func(start, end []byte) {
		unknown += int(end[0]) - int(start[0])
		for _, k := range keys {
			if bytes.Compare(start, k) <= 0 && bytes.Compare(k, end) < 0 {
				t.Errorf("%q is in an unknown range", k)
			}
		}
	})
	if unknown != 255-len(known) {
		t.Errorf("%d prefixes unknown, %d known", unknown, len(known))
	}
}

// TestKinds: every key but the format and the leases is in one kind.
func TestKinds(t *testing.T) {
	kinds := Kinds()
	for c := range 255 { // no key begins with 0xff
		in := 0
		for _, k := range kinds {
			if key := []byte{byte(c), 1}; bytes.Compare(k.Start, key) <= 0 && bytes.Compare(key, k.End) < 0 {
				in++
			}
		}
		want := 1
		if c == prefixFormat || c == prefixLease {
			want = 0
		}
		if in != want {
			t.Errorf("%q is in %d kinds, want %d", byte(c), in, want)
		}
	}
	if !slices.IsSortedFunc(kinds, func(a, b Kind) int { return bytes.Compare(a.End, b.Start) }) {
		t.Error("kinds are not in order, or overlap")
	}
}
