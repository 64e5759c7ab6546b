package sdk

import (
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestPython runs python/resource_test.py, if boto3 is on the machine.
func TestPython(t *testing.T) {
	t.Parallel()
	python := harness.Boto3(t)
	harness.Run(t, harness.Shared(t).Env, "python", python, "-B", "resource_test.py")
}
