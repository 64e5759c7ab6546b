package acceptance

import (
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestBoto3 runs python/acceptance_test.py, if boto3 is on the machine.
func TestBoto3(t *testing.T) {
	t.Parallel()
	python := harness.Boto3(t)
	harness.Run(t, harness.Shared(t).Env, "python", python, "-B", "acceptance_test.py")
}
