package browser

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/harness"
)

// password is what users of these tests sign in with.
const password = "Correct-Horse-1"

// signedIn makes the flow's browsers sign in as the first Administrator of s. It returns the endpoint.
func signedIn(t *testing.T, s *harness.Server) string {
	t.Helper()
	return signedInAs(t, s, "Administrator")
}

// signedInAs gives a user of s a password, with which the flow's browsers sign in, each with a session of its own. It returns
// the endpoint.
func signedInAs(t *testing.T, s *harness.Server, user string) string {
	t.Helper()
	_, err := iam.NewFromConfig(s.Config).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{
		UserName: aws.String(user), Password: aws.String(password)})
	if err != nil {
		t.Fatal(err)
	}
	in, err := json.Marshal(map[string]string{"Type": "user", "Account": s.Account, "UserName": user, "Password": password})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STATOR_SIGN_IN", string(in))
	return s.Endpoint
}
