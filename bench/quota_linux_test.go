package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestQuotaHoldsAProcess(t *testing.T) {
	q, err := newQuota(0.5)
	if err != nil {
		t.Skip("only a system that lets this user make control groups: ", err)
	}
	child, err := startProcess(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "log"), "sh", "-c", "sleep 60 & wait")
	if err != nil {
		t.Fatal(err)
	}
	if err := q.hold(child.cmd.Process.Pid); err != nil {
		t.Error(err)
	}
	held, err := os.ReadFile(filepath.Join(q.folder, "cgroup.procs"))
	if err != nil || !slices.Contains(strings.Fields(string(held)), strconv.Itoa(child.cmd.Process.Pid)) {
		t.Errorf("the group has %q, %v", held, err)
	}
	grandchildren := children(child.cmd.Process.Pid)
	if err := child.stop(); err != nil {
		t.Error(err)
	}
	for _, pid := range grandchildren {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
	if err := q.remove(); err != nil {
		t.Error(err)
	}
}
