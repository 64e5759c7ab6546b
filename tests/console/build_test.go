// Package console checks the source of the console, and that the committed build is of it.
package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

const folder = "../../internal/console"

func TestBuildIsOfSource(t *testing.T) {
	npm := harness.Tool(t, "npm")
	modules := harness.NodeModules(t, filepath.Join(folder, "app"))
	app := filepath.Join(t.TempDir(), "app")
	for name, body := range files(t, filepath.Join(folder, "app")) {
		path := filepath.Join(app, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(modules, filepath.Join(app, "node_modules")); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"check", "test", "build"} {
		harness.Run(t, os.Environ(), app, npm, "run", script)
	}
	want, got := files(t, filepath.Join(app, "..", "dist")), files(t, filepath.Join(folder, "dist"))
	names := slices.Sorted(maps.Keys(want))
	if committed := slices.Sorted(maps.Keys(got)); !slices.Equal(names, committed) {
		t.Fatalf("dist has\n%s\nand its source makes\n%s\nRun make console.", strings.Join(committed, "\n"), strings.Join(names, "\n"))
	}
	for _, name := range names {
		if !bytes.Equal(want[name], got[name]) {
			t.Errorf("dist/%s is not what its source makes. Run make console.", name)
		}
	}
}

// files are those below dir but packages, by name. What is compressed is decompressed: how well it is is zlib's matter.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && strings.HasSuffix(name, ".gz") {
			body, err = decompressed(body)
		}
		all[name] = body
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func decompressed(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
