package sdk

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// tool finds a program of another language, or skips the test. Where CI is set it is an error that one is missing.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skipf("%v; it is needed for this test", err)
	return ""
}

// cached is a folder that outlives the test, for what make puts there. The name changes with the content of files.
func cached(t *testing.T, name string, files []string, make func(dir string)) string {
	t.Helper()
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(text)
	}
	dir := filepath.Join(base, "stator-tests", name+"-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	// Whoever is first to rename it has made it.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), name+"-new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	make(temp)
	if err := os.Rename(temp, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a program in dir with an environment that reaches the server, and fails the test with what it wrote if it
// fails.
func run(t *testing.T, s *harness.Server, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, s.Env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(program), args, err, out)
	}
}

// copied copies files into dir.
func copied(t *testing.T, dir string, files ...string) {
	t.Helper()
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(f)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestJavaScript runs js/dynamodb.test.mjs with the AWS SDK for JavaScript, installed in the user's cache.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	node, npm := tool(t, "node"), tool(t, "npm")
	s := harness.Shared(t)
	locked := []string{"js/package.json", "js/package-lock.json"}
	modules := cached(t, "js", locked, func(dir string) {
		copied(t, dir, locked...)
		run(t, s, dir, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
	// The script is run from beside node_modules, which is where it looks for the SDK.
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied(t, dir, "js/package.json", "js/dynamodb.test.mjs")
	run(t, s, dir, node, "--test", "dynamodb.test.mjs")
}
