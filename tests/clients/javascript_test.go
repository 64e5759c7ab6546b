package clients

import (
	"encoding/json"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestJavaScript runs js/credentials.test.mjs with the AWS SDK for JavaScript, installed in the user's cache.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	harness.JavaScript(t, scripted(t).env, "../sdk/js", "js/credentials.test.mjs")
}

// TestJavaScriptCloudWatch runs js/cloudwatch.test.mjs as a user who may read metrics.
func TestJavaScriptCloudWatch(t *testing.T) {
	t.Parallel()
	s, b := harness.Shared(t), create(t)
	u := user(t, "user", b.items(), allow("cloudwatch:GetMetricData cloudwatch:ListMetrics", "*"))
	text, err := json.Marshal(map[string]string{"endpoint": s.Endpoint, "region": region, "table": b.name, "key": u.creds.AccessKeyID, "secret": u.creds.SecretAccessKey})
	must(t, "encode", err)
	harness.JavaScript(t, newHome(t, "", "").with("STATOR_TEST="+string(text)).env, "../sdk/js", "js/cloudwatch.test.mjs")
}
