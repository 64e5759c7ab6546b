// Package harness runs the real stator binary for black-box tests: built once for all test processes, started on its own
// data folder and a free port, gone when the test ends.
//
// It imports the AWS SDK and nothing of this module but what starts engines, so that a test built on it knows no more than a user does.
// The main rule: whatever it tells a test (endpoint, region, credentials) comes from what the binary printed or wrote.
//
//	func TestMain(m *testing.M) { harness.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		s := harness.Start(t) // or harness.Shared(t)
//		client := dynamodb.NewFromConfig(s.Config)
//		...
//		s.Kill()    // as a crash does
//		s.Restart() // the same data and the same endpoint
//	}
//
// Environment variables change what is run: STATOR_TEST_BINARY names a binary to use as it is, STATOR_TEST_BUILDFLAGS gives
// flags for go build, such as -race, and STATOR_TEST_ENGINE the engine of all servers that do not choose one; see package engine.
package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/statordb/stator/tests/engine"
)

// process is what lives as long as the test process.
type process struct {
	binary func() (string, error)

	mu      sync.Mutex
	temp    string // "" until something needs it
	shared  *Server
	aws     string // the folder of the AWS CLI, "" until something needs it
	stopAWS func()

	placing sync.Mutex
	places  map[string][]string // the flags for engines, by data folder
}

var this = func() *process {
	p := &process{places: make(map[string][]string)}
	p.binary = sync.OnceValues(p.build)
	return p
}()

// Main runs the tests of a package, then stops the shared server and removes the binary. A package that uses this
// one calls it from TestMain.
func Main(m *testing.M) {
	// What the shell has for another server, as "stator env" sets it, is not for the clients of tests; what a test gives
	// to a child of its own is.
	_, child := os.LookupEnv("STATOR_TEST_CHILD")
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !child && strings.HasPrefix(name, "AWS_") {
			_ = os.Unsetenv(name)
		}
	}
	status := m.Run()
	if err := this.close(); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		if status == 0 {
			status = 1
		}
	}
	os.Exit(status)
}

// Binary is the path of the stator binary, built from this tree at the first call.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := this.binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (p *process) build() (string, error) {
	if given := os.Getenv("STATOR_TEST_BINARY"); given != "" {
		return filepath.Abs(given)
	}
	dir, err := p.folder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "stator")
	kept, err := keptBinary()
	if err != nil {
		return "", err
	}
	_ = os.Link(kept, path) // what go build finds to be up to date it leaves, and anything else it replaces
	before, _ := os.Stat(path)
	args := append([]string{"build", "-o", path}, strings.Fields(os.Getenv("STATOR_TEST_BUILDFLAGS"))...)
	out, err := exec.Command("go", append(args, "github.com/statordb/stator/cmd/stator")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, bytes.TrimSpace(out))
	}
	if after, err := os.Stat(path); err != nil {
		return "", err
	} else if !os.SameFile(before, after) {
		keep(path, kept)
	}
	return path, sources()
}

// keptBinary is where the binary is kept that was built last, for the next test process: to link it takes longer than many a test.
func keptBinary() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "stator-tests")
	return filepath.Join(dir, "stator"), os.MkdirAll(dir, 0o700)
}

// keep has a binary be the one that is kept. Where it can't be, as on another file system, every test process links its own.
func keep(path, kept string) {
	next := fmt.Sprint(kept, ".", os.Getpid())
	if os.Link(path, next) == nil && os.Rename(next, kept) != nil {
		_ = os.Remove(next)
	}
}

// sources looks at what the binary is built from. The test process does not read it, so that go test would give a result
// of before a change from its cache: it runs a test again when a file or folder that the test looked at has changed.
func sources() error {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}{{range .GoFiles}}\n{{.}}{{end}}\ngo.mod", "github.com/statordb/stator").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	root, files, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	for file := range strings.SplitSeq(files, "\n") {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			return err
		}
	}
	for _, folder := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return err
		}
	}
	return nil
}

// folder is a temporary folder that Main removes.
func (p *process) folder() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.temp == "" {
		dir, err := os.MkdirTemp("", "stator-harness-")
		if err != nil {
			return "", err
		}
		p.temp = dir
	}
	return p.temp, nil
}

// engineArgs are the flags for the engine of a server on a data folder, the same when it is started again.
func (p *process) engineArgs(data string, args []string) ([]string, error) {
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--engine") }) {
		return nil, nil
	}
	p.placing.Lock()
	defer p.placing.Unlock()
	flags, there := p.places[data]
	if there {
		return flags, nil
	}
	name, url, err := engine.New()
	if err != nil {
		return nil, err
	}
	if name != "" {
		flags = []string{"--engine=" + string(name), "--engine-url=" + url}
	}
	p.places[data] = flags
	return flags, nil
}

func (p *process) close() (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shared != nil {
		err = p.shared.stop()
	}
	if p.aws != "" {
		p.stopAWS()
	}
	err = errors.Join(err, engine.Close())
	if p.temp != "" {
		_ = os.RemoveAll(p.temp)
	}
	return err
}

// Shared is one server for all tests of the package that ask for it. It must not be killed; a test gives its tables
// names that no other test uses.
func Shared(t testing.TB) *Server {
	t.Helper()
	binary := Binary(t)
	dir, err := this.folder()
	if err != nil {
		t.Fatal(err)
	}
	this.mu.Lock()
	defer this.mu.Unlock()
	if this.shared == nil {
		s := &Server{Data: filepath.Join(dir, "shared"), binary: binary}
		if err := s.launch("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		this.shared = s
	}
	return this.shared
}
