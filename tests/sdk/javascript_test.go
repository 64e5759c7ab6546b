package sdk

import (
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestJavaScript runs js/dynamodb.test.mjs with the AWS SDK for JavaScript, installed in the user's cache.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	harness.JavaScript(t, harness.Shared(t).Env, "js", "js/dynamodb.test.mjs")
}
