package browser

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/harness"
)

// Password is what users of these tests sign in with.
const Password = "Correct-Horse-1"

// Visit is a server as a flow sees it: its endpoint, and what the flow's browsers sign in with, if they do.
type Visit struct{ Endpoint, signIn string }

// SignedIn makes the flow's browsers sign in as the first Administrator of s.
func SignedIn(t *testing.T, s *harness.Server) Visit {
	t.Helper()
	return SignedInAs(t, s, "Administrator")
}

// SignedInAs gives a user of s a password, with which the flow's browsers sign in, each with a session of its own.
func SignedInAs(t *testing.T, s *harness.Server, user string) Visit {
	t.Helper()
	_, err := iam.NewFromConfig(s.Config).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{
		UserName: aws.String(user), Password: aws.String(Password)})
	if err != nil {
		t.Fatal(err)
	}
	in, err := json.Marshal(map[string]string{"Type": "user", "Account": s.Account, "UserName": user, "Password": Password})
	if err != nil {
		t.Fatal(err)
	}
	return Visit{s.Endpoint, string(in)}
}
