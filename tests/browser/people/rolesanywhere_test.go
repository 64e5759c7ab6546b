package people

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

// From an account that knows no certificates to a machine that has a role by one, until it has none any more.
func TestRolesAnywhere(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	api := iam.NewFromConfig(s.Config)
	if _, err := api.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("Reports"), AssumeRolePolicyDocument: aws.String(browser.MachineTrust)}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("nobody")}); err != nil {
		t.Fatal(err)
	}
	m := browser.NewMachine(t)
	asks, err := json.Marshal(append([]string{harness.Binary(t)}, m.Asks(s)...))
	if err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "rolesanywhere.test.mjs", browser.SignedIn(t, s), "STATOR_ACCOUNT="+s.Account, "STATOR_AUTHORITY="+m.Authority, "STATOR_REVOKED="+m.Revoked,
		"STATOR_MACHINE="+string(asks), "STATOR_NOBODY="+browser.SignIn(t, s.Config, s.Account, "nobody"))
}
