package sdk

import (
	"os/exec"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestPython runs python/resource_test.py, if boto3 is on the machine.
func TestPython(t *testing.T) {
	t.Parallel()
	python := tool(t, "python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import boto3").CombinedOutput(); err != nil {
		t.Skipf("%s has no boto3: %s", python, out)
	}
	run(t, harness.Shared(t), "python", python, "-B", "resource_test.py")
}
