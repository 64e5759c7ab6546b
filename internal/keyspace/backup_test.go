package keyspace

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// Images of a day sort by their items as these do, then by time, and say whose they are; a range of days has those of its days.
func TestImages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const table, journal = 7, 8
		anyItem := func(label string) []byte {
			rest := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 0x7f, 0xfe, 0xff}), 8, 12).Draw(t, label)
			return append(Items(table).append(nil), rest...)
		}
		a, b := anyItem("a"), anyItem("b")
		day := rapid.Uint32Range(0, 1<<16).Draw(t, "day")
		anyTime := func(label string) int64 {
			return int64(day)*dayNanos + rapid.Int64Range(0, dayNanos-1).Draw(t, label)
		}
		at, bt := anyTime("time of a"), anyTime("time of b")
		ka, kb := AppendImage(nil, journal, a, at), AppendImage(nil, journal, b, bt)
		want := bytes.Compare(a, b)
		if want == 0 {
			want = int(min(1, max(-1, at-bt)))
		}
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("%x and %x compare as %d, their items as %d", ka, kb, got, want)
		}
		id, item, nanos, rest, ok := ParseImage(ka, table)
		if !ok || id != journal || !bytes.Equal(item, a) || nanos != at || !bytes.Equal(rest, AppendImages(nil, journal, day, a)) {
			t.Fatalf("%x is of %d, %x, %d, %x, %v", ka, id, item, nanos, rest, ok)
		}
		if id, d, image, ok := ParseJournal(ka); !ok || !image || id != journal || d != day {
			t.Fatalf("%x is in %d on %d", ka, id, d)
		}
		// Images of one item are between what they start with and its successor; of others they are not.
		if in := bytes.HasPrefix(kb, rest); in != bytes.Equal(a, b) {
			t.Fatalf("%x starts with %x", kb, rest)
		}
		if bytes.Compare(Successor(rest), kb) <= 0 != (bytes.Compare(a, b) < 0) {
			t.Fatalf("%x after %x", kb, rest)
		}
		first := rapid.Uint32Range(0, 1<<16).Draw(t, "first")
		end := rapid.Uint32Range(0, 1<<16).Draw(t, "end")
		from, to := JournalDays(journal, first, end)
		if in := bytes.Compare(from, ka) <= 0 && bytes.Compare(ka, to) < 0; in != (first <= day && day < end) {
			t.Fatalf("day %d from %d to %d: %v", day, first, end, in)
		}
		whole, past := JournalRange(journal)
		if bytes.Compare(whole, ka) >= 0 || bytes.Compare(ka, past) >= 0 || !bytes.Equal(whole, Journal(journal)) {
			t.Fatalf("%x is not in its journal", ka)
		}
		if got := MoveItem(nil, 9, a); !bytes.Equal(got[itemHead:], a[itemHead:]) || !bytes.HasPrefix(got, Items(9).append(nil)) {
			t.Fatalf("%x moved is %x", a, got)
		}
	})
}

// Backups sort by their table and their id, those of one table and those after one are ranges, and a key tells whose it is.
func TestBackups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, other := rapid.StringN(1, 4, -1).Draw(t, "table"), rapid.StringN(1, 4, -1).Draw(t, "other")
		id, after := rapid.StringN(1, 4, -1).Draw(t, "id"), rapid.StringN(1, 4, -1).Draw(t, "after")
		key := Backup("1", "r", table, id)
		if a, r, n, i, ok := ParseBackup(key); !ok || a != "1" || r != "r" || n != table || i != id {
			t.Fatalf("%x is %q %q %q %q", key, a, r, n, i)
		}
		in := func(start, end []byte) bool { return bytes.Compare(start, key) <= 0 && bytes.Compare(key, end) < 0 }
		if !in(Backups("1", "r", "", "", "")) || !in(AllBackups()) || in(Backups("2", "r", "", "", "")) {
			t.Fatal("not in its account")
		}
		if in(Backups("1", "r", other, "", "")) != (table == other) {
			t.Fatalf("table %q among those of %q", table, other)
		}
		if in(Backups("1", "r", table, table, after)) != (id > after) {
			t.Fatalf("%q after %q", id, after)
		}
		if in(Backups("1", "r", "", other, after)) != (table > other || table == other && id > after) {
			t.Fatalf("%q %q after %q %q", table, id, other, after)
		}
	})
}

// No two kinds of keys of backups are in one range, and what is in none is unknown.
func TestBackupRanges(t *testing.T) {
	keys := [][]byte{Backup("1", "r", "t", "i"), Hold(1), Journal(1), AppendImage(nil, 1, AppendItem(nil, 1, anyValue(1).Example(), nil), 1), JournalMark()}
	BackupRest(func(start, end []byte) {
		for _, key := range keys {
			if bytes.Compare(start, key) <= 0 && bytes.Compare(key, end) < 0 {
				t.Errorf("%x is unknown", key)
			}
		}
		keys = append(keys, start)
	})
	if len(keys) != 5+5 {
		t.Errorf("%d ranges", len(keys)-5)
	}
	for _, nanos := range []int64{0, 1, 1 << 62} {
		if got, ok := DecodeNanos(EncodeNanos(nanos)); !ok || got != nanos {
			t.Errorf("%d is %d", nanos, got)
		}
	}
}
