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

// signedIn gives the first Administrator of s a password, with which the flow's browsers sign in, each with a session of its own.
// It returns the endpoint.
func signedIn(t *testing.T, s *harness.Server) string {
	t.Helper()
	_, err := iam.NewFromConfig(s.Config).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{
		UserName: aws.String("Administrator"), Password: aws.String(password)})
	if err != nil {
		t.Fatal(err)
	}
	in, err := json.Marshal(map[string]string{"Type": "user", "Account": s.Account, "UserName": "Administrator", "Password": password})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STATOR_SIGN_IN", string(in))
	return s.Endpoint
}
