// Package center administers IAM Identity Center as scripts do, with boto3.
package center

import (
	"testing"

	"github.com/statordb/stator/statortest"
	"github.com/statordb/stator/tests/harness"
)

func TestBoto3(t *testing.T) {
	t.Parallel()
	python := harness.Boto3(t)
	s := statortest.Start(t)
	env := append(harness.CleanEnv(), "AWS_ENDPOINT_URL="+s.URL, "AWS_REGION="+s.Config.Region, "AWS_DEFAULT_REGION="+s.Config.Region,
		"AWS_ACCESS_KEY_ID="+s.Credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+s.Credentials.SecretAccessKey)
	harness.Run(t, env, ".", python, "-B", "administer_test.py")
}
