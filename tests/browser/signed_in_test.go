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

// visit is a server as a flow sees it: its endpoint, and what the flow's browsers sign in with, if they do.
type visit struct{ endpoint, signIn string }

// signedIn makes the flow's browsers sign in as the first Administrator of s.
func signedIn(t *testing.T, s *harness.Server) visit {
	t.Helper()
	return signedInAs(t, s, "Administrator")
}

// signedInAs gives a user of s a password, with which the flow's browsers sign in, each with a session of its own.
func signedInAs(t *testing.T, s *harness.Server, user string) visit {
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
	return visit{s.Endpoint, string(in)}
}
