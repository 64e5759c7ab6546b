package repo

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxLines bounds a file. One that is longer has more than one subject.
const maxLines = 600

// vague are names of packages that say nothing about what is in them.
var vague = []string{"util", "utils", "common", "helpers", "types", "models", "misc"}

func TestPackagesAreDocumentedOnce(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if slices.Contains(vague, p.Name) {
			t.Errorf("%s: the name says nothing", p.ImportPath)
		}
		docs := 0
		for _, file := range p.GoFiles {
			if f := parse(t, filepath.Join(p.Dir, file)); f.Doc != nil {
				docs++
			}
		}
		if docs > 1 {
			t.Errorf("%s has %d package comments", p.ImportPath, docs)
		}
	}
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNoInit(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.GoFiles {
			for _, decl := range parse(t, filepath.Join(p.Dir, file)).Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: %s has an init function", p.ImportPath, file)
				}
			}
		}
	}
}

// tracked are the files of the repository, by path from its root; outside a checkout there are none.
func tracked(t *testing.T) (root string, files []string) {
	t.Helper()
	out, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Skip("not in a git checkout: there is no list of files")
	}
	root = strings.TrimSpace(string(out))
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	if out, err = cmd.Output(); err != nil {
		t.Fatal(err)
	}
	return root, strings.Fields(string(out))
}

func TestGoFilesAreShortAndFormatted(t *testing.T) {
	root, files := tracked(t)
	for _, file := range files {
		if !strings.HasSuffix(file, ".go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, file))
		if os.IsNotExist(err) {
			continue // deleted, not committed yet
		} else if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(src, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", file, n, maxLines)
		}
		if formatted, err := format.Source(src); err != nil || !bytes.Equal(src, formatted) {
			t.Errorf("%s is not formatted (%v)", file, err)
		}
	}
}

// Lock files name packages, not the place that they came from: that is each machine's own setting.
func TestLockFilesNameNoRegistry(t *testing.T) {
	root, files := tracked(t)
	resolved := regexp.MustCompile(`"resolved":|https?://registry`)
	for _, file := range files {
		if filepath.Base(file) != "package-lock.json" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if m := resolved.Find(src); m != nil {
			t.Errorf("%s has %s", file, m)
		}
	}
}
