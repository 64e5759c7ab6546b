package clients

import (
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestJavaScript runs js/credentials.test.mjs with the AWS SDK for JavaScript, installed in the user's cache.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	harness.JavaScript(t, scripted(t).env, "../sdk/js", "js/credentials.test.mjs")
}
