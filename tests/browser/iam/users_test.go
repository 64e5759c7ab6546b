// Package iam follows administrators through users, policies and roles.
package iam

import (
	"path/filepath"
	"testing"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// A user, from Create user to the first command of the AWS CLI with the key that was downloaded.
func TestIAMUsers(t *testing.T) {
	t.Parallel()
	path := harness.CLI(t)
	s := harness.Start(t)
	browser.Flow(t, "iam_users.test.mjs", browser.SignedIn(t, s), "STATOR_ACCOUNT="+s.Account, "PATH="+path)
}

// Groups, settings and reports of an account, and its root user.
func TestIAMAccount(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	browser.Flow(t, "iam_account.test.mjs", browser.SignedIn(t, s), "STATOR_ACCOUNT="+s.Account, "STATOR_SETUP_TOKEN="+filepath.Join(s.Data, "setup-token"))
}
