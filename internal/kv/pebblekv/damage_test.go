package pebblekv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

// A damaged block is an error of the read that meets it, and of nothing else.
func TestDamageIsAnError(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("k"), []byte(strings.Repeat("v", 1000))) }); err != nil {
		t.Fatal(err)
	}
	if err := db.pebble.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables (%v)", err)
	}
	for _, table := range tables {
		b, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		copy(b[8:], "damage")
		if err := os.WriteFile(table, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if db, err = Open(dir, Options{}); err != nil {
		return // found at once: good as well
	}
	read := func(r kv.Reader) error {
		v, err := r.Get(t.Context(), []byte("k"))
		if err == nil {
			t.Errorf("read %q from a damaged block", v)
		}
		return err
	}
	if err := db.View(t.Context(), read); err == nil {
		t.Error("no error")
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
