package linear_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// modelOf makes a model of the one right answer to a request. An answer of nil is one that nobody got.
func modelOf[S, I, O comparable](apply func(S, I) (O, S)) porcupine.Model {
	return porcupine.Model{
		Init: func() any { var s S; return s },
		Step: func(state, input, output any) (bool, any) {
			out, next := apply(state.(S), input.(I))
			return output == nil || output == any(out), next
		},
		DescribeOperation: describe,
	}
}

func describe(input, output any) string {
	if output == nil {
		return fmt.Sprintf("%v → ?", input)
	}
	return fmt.Sprintf("%v → %v", input, output)
}

// thinking is how long porcupine may take. It says nothing about the server.
const thinking = 30 * time.Second

// check checks the history.
func (e *exercise) check() {
	e.t.Helper()
	judge(e.t, e.subject.model(), e.history)
	if e.t.Failed() {
		e.t.FailNow()
	}
}

func judge(t *testing.T, model porcupine.Model, history []porcupine.Operation) {
	t.Helper()
	switch porcupine.CheckOperationsTimeout(model, history, thinking) {
	case porcupine.Ok:
	case porcupine.Unknown:
		t.Errorf("the test is at fault: its history of %d operations is too large to be checked; see %s", len(history), keep(t, model, history))
	case porcupine.Illegal:
		t.Errorf("not linearizable: no order of these %d operations gives these answers; see %s", len(history), keep(t, model, history))
	}
}

// keep writes the history into a folder that stays, as a text and as a page with the longest orders that were found.
func keep(t *testing.T, model porcupine.Model, history []porcupine.Operation) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "stator-linear-")
	if err != nil {
		t.Fatal(err)
	}
	history = slices.Clone(history)
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var lines strings.Builder
	for i, op := range history {
		if op.Return == never {
			fmt.Fprintf(&lines, "%6d        client %2d  %s\n", op.Call, op.ClientId, describe(op.Input, nil))
			history[i].Return = int64(2*len(history) + 1) // for the page
			continue
		}
		fmt.Fprintf(&lines, "%6d %6d client %2d  %s\n", op.Call, op.Return, op.ClientId, describe(op.Input, op.Output))
	}
	if err := os.WriteFile(filepath.Join(dir, "history.txt"), []byte(lines.String()), 0o600); err != nil {
		t.Error(err)
	}
	_, info := porcupine.CheckOperationsVerbose(model, history, thinking)
	if err := porcupine.VisualizePath(model, info, filepath.Join(dir, "history.html")); err != nil {
		t.Error(err)
	}
	return dir
}
