package browser

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/statordb/stator/tests/harness"
)

func TestPolicies(t *testing.T) { flow(t, "policies.test.mjs", signedIn(t, harness.Start(t))) }

func TestRoles(t *testing.T) {
	s := harness.Start(t)
	flow(t, "roles.test.mjs", signedIn(t, s), "STATOR_OTHER_ACCOUNT="+otherAccount(t, s))
}

// otherAccount makes one more account, and returns its id.
func otherAccount(t *testing.T, s *harness.Server) string {
	t.Helper()
	c := organizations.NewFromConfig(s.Config)
	made, err := c.CreateAccount(t.Context(), &organizations.CreateAccountInput{
		AccountName: aws.String("Other"), Email: aws.String("other@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	for status := made.CreateAccountStatus; ; time.Sleep(50 * time.Millisecond) {
		if status.State == types.CreateAccountStateSucceeded {
			return *status.AccountId
		}
		if status.State == types.CreateAccountStateFailed {
			t.Fatal(status.FailureReason)
		}
		out, err := c.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id})
		if err != nil {
			t.Fatal(err)
		}
		status = out.CreateAccountStatus
	}
}
