package browser

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/tests/harness"
)

// OtherAccount makes an account beside the first one. It returns its id, and the configuration of its administrator.
func OtherAccount(t *testing.T, s *harness.Server) (string, aws.Config) {
	t.Helper()
	orgs := organizations.NewFromConfig(s.Config)
	out, err := orgs.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("other"), Email: aws.String("other@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	status := out.CreateAccountStatus
	for status.State == orgtypes.CreateAccountStateInProgress {
		time.Sleep(10 * time.Millisecond)
		again, err := orgs.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id})
		if err != nil {
			t.Fatal(err)
		}
		status = again.CreateAccountStatus
	}
	role := "arn:aws:iam::" + aws.ToString(status.AccountId) + ":role/OrganizationAccountAccessRole"
	cfg := s.Config.Copy()
	cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(s.Config), role))
	return *status.AccountId, cfg
}
