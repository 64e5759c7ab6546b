package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// written writes so many events to a log of small files, and returns the log and its folder.
func written(t *testing.T, events int) (*Log, string) {
	t.Helper()
	folder := t.TempDir()
	l := open(t, Options{Path: filepath.Join(folder, "audit.log"), MaxSizeMB: 1})
	for i := range events {
		l.Write(&Event{Time: issued, Service: "iam", Operation: fmt.Sprintf("Op%d", i), Principal: alice,
			Parameters: FromValue(map[string]string{"Filler": string(bytes.Repeat([]byte{'x'}, 900+i%100))})})
	}
	return l, folder
}

// backward reads the whole log in parts, of up to n lines each.
func backward(t *testing.T, l *Log, n int, limit int64) (names []string, parts int) {
	t.Helper()
	for at := (Place{}); ; parts++ {
		left := n
		next, more, err := l.Backward(at, limit, func(line []byte) bool {
			var r record
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			names = append(names, r.Name)
			left--
			return left > 0
		})
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return names, parts
		}
		at = next
	}
}

func TestBackwardReadsAllFilesFromTheEnd(t *testing.T) {
	const events = 2500
	l, folder := written(t, events)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, c := range []struct {
		n     int
		limit int64
	}{{events + 1, 1 << 30}, {7, 1 << 30}, {1000, 1}, {50, 100 << 10}} {
		names, parts := backward(t, l, c.n, c.limit)
		if len(names) != events {
			t.Fatalf("%+v: %d events", c, len(names))
		}
		for i, name := range names {
			if want := fmt.Sprintf("Op%d", events-1-i); name != want {
				t.Fatalf("%+v: event %d is %s, want %s", c, i, name, want)
			}
		}
		if c.limit == 1 && parts < 5 {
			t.Errorf("%d parts: the limit of bytes is not kept", parts)
		}
	}
}

// Reading goes on where it was, in a file that has got another name meanwhile, and says so if that is gone.
func TestBackwardGoesOnAfterRotation(t *testing.T) {
	l, folder := written(t, 10)
	seen := ""
	at, more, err := l.Backward(Place{}, 1<<20, func(line []byte) bool {
		seen = string(line)
		return false
	})
	if err != nil || !more || !bytes.Contains([]byte(seen), []byte(`"Op9"`)) {
		t.Fatal(more, err, seen)
	}
	if err := os.Rename(filepath.Join(folder, "audit.log"), filepath.Join(folder, "audit-2026-01-01T00-00-00.000-size.log")); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Write(&Event{Time: issued, Service: "iam", Operation: "Later", Principal: alice})
	if _, _, err := l.Backward(at, 1<<20, func(line []byte) bool {
		seen = string(line)
		return false
	}); err != nil || !bytes.Contains([]byte(seen), []byte(`"Op8"`)) {
		t.Error(err, seen)
	}
	if err := os.Remove(filepath.Join(folder, "audit-2026-01-01T00-00-00.000-size.log")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Backward(at, 1<<20, func([]byte) bool { return true }); !errors.Is(err, ErrNoPlace) {
		t.Error(err)
	}
}

// What is no file, or has no lines yet, is read as well.
func TestBackwardOfNothing(t *testing.T) {
	var none *Log
	for _, l := range []*Log{none, open(t, Options{Path: "-", Writer: &bytes.Buffer{}}), open(t, Options{Path: filepath.Join(t.TempDir(), "a.log")})} {
		at, more, err := l.Backward(Place{}, 1<<20, func([]byte) bool { t.Error("a line"); return true })
		if at != (Place{}) || more || err != nil {
			t.Error(at, more, err)
		}
	}
}

// A line without an end, and one that is too long, are passed over or shown as they are, and reading goes on.
func TestBackwardOfTornLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	first := append(bytes.Repeat([]byte{'a'}, 300), '\n')
	long := append(bytes.Repeat([]byte{'b'}, 3*maxLine), '\n')
	if err := os.WriteFile(path, bytes.Join([][]byte{first, long, []byte("\n\nc\n"), []byte("torn")}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, Options{Path: path})
	var got []string
	if _, more, err := l.Backward(Place{}, 1<<30, func(line []byte) bool {
		if len(line) < 400 {
			got = append(got, string(line[:1]))
		}
		return true
	}); more || err != nil {
		t.Fatal(more, err)
	}
	if fmt.Sprint(got) != "[t c a]" {
		t.Error(got)
	}
}
