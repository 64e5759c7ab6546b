package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	return Visit{s.Endpoint, SignIn(t, s.Config, s.Account, user)}
}

// SignIn gives a user of an account a password, as an administrator of the account whose configuration cfg is. It returns
// the body of the request that signs in.
func SignIn(t *testing.T, cfg aws.Config, account, user string) string {
	t.Helper()
	_, err := iam.NewFromConfig(cfg).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{
		UserName: aws.String(user), Password: aws.String(Password)})
	if err != nil {
		t.Fatal(err)
	}
	return object(t, map[string]string{"Type": "user", "Account": account, "UserName": user, "Password": Password})
}

// SignedInAsRoot claims s with its setup token; the flow's browsers sign in as the root user.
func SignedInAsRoot(t *testing.T, s *harness.Server) Visit {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(s.Data, "setup-token"))
	if err != nil {
		t.Fatal(err)
	}
	const email = "root@example.com"
	claim := object(t, map[string]string{"SetupToken": string(token), "Email": email, "AccountName": "Example", "Password": Password})
	post(t, s.Endpoint+"/signin/claim", claim)
	return Visit{s.Endpoint, object(t, map[string]string{"Type": "root", "Email": email, "Password": Password})}
}

func object(t *testing.T, v map[string]string) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
