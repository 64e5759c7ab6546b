package iam

import (
	"testing"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestPolicies(t *testing.T) {
	t.Parallel()
	browser.Flow(t, "policies.test.mjs", browser.SignedIn(t, harness.Start(t)))
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	other, _ := browser.OtherAccount(t, s)
	browser.Flow(t, "roles.test.mjs", browser.SignedIn(t, s), "STATOR_OTHER_ACCOUNT="+other)
}
