package crash_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// findings are what is not as it has to be.
type findings struct {
	mu   sync.Mutex
	list []string
}

func (f *findings) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

func (f *findings) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.list
}

const shownFindings = 12

// report fails the test with the first findings; all are written to a file in dir.
func (f *findings) report(t *testing.T, dir string) {
	t.Helper()
	list := f.all()
	if len(list) == 0 {
		return
	}
	file := filepath.Join(dir, "findings.txt")
	if err := os.WriteFile(file, []byte(strings.Join(list, "\n\n")+"\n"), 0o600); err != nil {
		t.Error(err)
	}
	for _, one := range list[:min(len(list), shownFindings)] {
		t.Error(one)
	}
	t.Errorf("%d findings in all, see %s", len(list), file)
}
