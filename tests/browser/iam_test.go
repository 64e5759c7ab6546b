package browser

import (
	"path/filepath"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// A user, from Create user to the first command of the AWS CLI with the key that was downloaded.
func TestIAMUsers(t *testing.T) {
	t.Parallel()
	path := harness.CLI(t)
	s := harness.Start(t)
	flow(t, "iam_users.test.mjs", signedIn(t, s), "STATOR_ACCOUNT="+s.Account, "PATH="+path)
}

// Groups, settings and reports of an account, and its root user.
func TestIAMAccount(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	flow(t, "iam_account.test.mjs", signedIn(t, s), "STATOR_ACCOUNT="+s.Account, "STATOR_SETUP_TOKEN="+filepath.Join(s.Data, "setup-token"))
}
