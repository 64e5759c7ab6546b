package pebblekv_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/kv/pebblekv"
)

func TestOpenAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	for _, noSync := range []bool{false, true, false} {
		db, err := pebblekv.Open(dir, pebblekv.Options{NoSync: noSync})
		if err != nil {
			t.Fatal(err)
		}
		v, err := lookup(t.Context(), db, "k")
		if err != nil {
			t.Fatal(err)
		}
		mustSet(t, db, "k", v+"+")
		if m := db.Metrics(); m == nil {
			t.Error("no metrics")
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db, err := pebblekv.Open(dir, pebblekv.Options{})
	if v, err := lookup(t.Context(), opened(t, db, err), "k"); err != nil || v != "+++" {
		t.Errorf("k = %q, %v", v, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder can be read by others: %v, %v", info.Mode(), err)
	}
}

// inFolder makes this test binary a second process that opens the folder.
const inFolder = "PEBBLEKV_TEST_OPEN"

func TestOneProcessAtATime(t *testing.T) {
	if dir := os.Getenv(inFolder); dir != "" {
		_, err := pebblekv.Open(dir, pebblekv.Options{})
		if err == nil || !strings.Contains(err.Error(), "in use by another process") {
			t.Errorf("Open = %v", err)
		}
		return
	}
	dir := t.TempDir()
	db, err := pebblekv.Open(dir, pebblekv.Options{})
	opened(t, db, err)
	if _, err := pebblekv.Open(dir, pebblekv.Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("Open in this process = %v", err)
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOneProcessAtATime$")
	other.Env = append(os.Environ(), inFolder+"="+dir)
	if out, err := other.CombinedOutput(); err != nil {
		t.Errorf("the other process: %v\n%s", err, out)
	}
}

func TestOpenError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if _, err := pebblekv.Open(dir, pebblekv.Options{}); err == nil {
			t.Errorf("Open(%s) succeeded", dir)
		} else if strings.Contains(err.Error(), "in use") {
			t.Errorf("Open(%s) = %v, which is misleading", dir, err)
		}
	}
}
