package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool finds a program of another language, or skips the test. Where CI is set it is an error that one is missing.
func Tool(t testing.TB, name string) string {
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

// Boto3 is a Python that has boto3, or skips the test.
func Boto3(t testing.TB) string {
	t.Helper()
	python := Tool(t, "python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import boto3").CombinedOutput(); err != nil {
		t.Skipf("%s has no boto3: %s", python, out)
	}
	return python
}

// Python is a Python that has boto3 and the packages of a requirements file, installed in the user's cache, or skips the test.
func Python(t testing.TB, requirements string) string {
	t.Helper()
	python := Boto3(t)
	dir := cached(t, "python", []string{requirements}, func(dir string) {
		Run(t, os.Environ(), "", python, "-m", "venv", "--system-site-packages", dir)
		Run(t, os.Environ(), "", filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
	})
	return filepath.Join(dir, "bin", "python")
}

// JavaScript runs a test in JavaScript: script, beside the modules of ours that it imports, with the packages that are
// locked in the folder locks. Without node and npm the test is skipped.
func JavaScript(t testing.TB, env []string, locks, script string, imports ...string) {
	t.Helper()
	node, packages := Tool(t, "node"), NodeModules(t, locks)
	// The script is run from beside node_modules, which is where it looks for packages.
	dir := t.TempDir()
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied(t, dir, append(imports, filepath.Join(locks, "package.json"), script)...)
	Run(t, env, dir, node, "--test", filepath.Base(script))
}

// NodeModules is a folder node_modules with the packages that are locked in the folder locks, installed in the user's
// cache. Without npm the test is skipped.
func NodeModules(t testing.TB, locks string) string {
	t.Helper()
	npm := Tool(t, "npm")
	locked := []string{filepath.Join(locks, "package.json"), filepath.Join(locks, "package-lock.json")}
	dir := cached(t, "js", locked, func(dir string) {
		copied(t, dir, locked...)
		Run(t, os.Environ(), dir, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
	return filepath.Join(dir, "node_modules")
}

// Command is a program in dir with an environment, to be run by the test.
func Command(t testing.TB, env []string, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, env
	return cmd
}

// Run runs a program in dir with an environment, and fails the test with what it wrote if it fails.
func Run(t testing.TB, env []string, dir, program string, args ...string) {
	t.Helper()
	out, err := Command(t, env, dir, program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(program), args, err, out)
	}
	if testing.Verbose() { // what it measured, say
		t.Logf("%s", out)
	}
}

// cached is a folder that outlives the test, for what make puts there. The name changes with the content of files.
func cached(t testing.TB, name string, files []string, make func(dir string)) string {
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

// copied copies files into dir.
func copied(t testing.TB, dir string, files ...string) {
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
