package browser

import (
	"testing"

	"github.com/statordb/stator/tests/harness"
)

func TestPolicies(t *testing.T) {
	t.Parallel()
	flow(t, "policies.test.mjs", signedIn(t, harness.Start(t)))
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	flow(t, "roles.test.mjs", signedIn(t, s), "STATOR_OTHER_ACCOUNT="+otherAccount(t, s)["AccountId"])
}
