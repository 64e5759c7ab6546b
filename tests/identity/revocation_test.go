package identity

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Revoke IAM role temporary security credentials", "Disable permissions for temporary security
// credentials", and "AWS JSON policy elements: Principal".

// older denies everything to sessions begun before at: the policy that the console calls AWSRevokeOlderSessions.
func older(at time.Time) string {
	return `{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"` +
		at.UTC().Format("2006-01-02T15:04:05.000Z") + `"}}}`
}

func TestRevokeOlderSessions(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), everything)
	old := session(t, u.creds, r.arn)
	r.may(t, "AWSRevokeOlderSessions", older(time.Now().Add(-time.Hour)))
	works(t, "a session after the time", listTables(t, old))

	at := time.Now().Add(time.Second).Truncate(time.Second)
	r.may(t, "AWSRevokeOlderSessions", older(at))
	deniedData(t, "a session before the time", listTables(t, old), "with an explicit deny in an identity-based policy")
	denied(t, "a session before the time", listUsers(t, old))
	if got := whoami(t, old); !strings.HasSuffix(got, "/"+r.name+"/session") { // GetCallerIdentity needs no permission
		t.Errorf("the session is of %s", got)
	}
	time.Sleep(time.Until(at.Add(50 * time.Millisecond)))
	works(t, "a new session", listTables(t, session(t, u.creds, r.arn)))
	deniedData(t, "still the old one", listTables(t, old))
}

// Sessions of GetSessionToken and GetFederationToken are revoked by the user's policies; requests with the user's own
// key have no issue time.
func TestRevokeSessionsOfUser(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	token, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	must(t, "get session token", err)
	federated, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("Bob"), Policy: aws.String(doc(everything)),
	})
	must(t, "get federation token", err)
	a, b := temporary(t, token.Credentials), temporary(t, federated.Credentials)
	works(t, "session token", listTables(t, a))
	works(t, "federation token", listTables(t, b))
	u.may(t, admin(), "AWSRevokeOlderSessions", older(time.Now().Add(time.Hour)))
	deniedData(t, "session token", listTables(t, a))
	deniedData(t, "federation token", listTables(t, b))
	works(t, "the user's own key", listTables(t, u.creds))
}

// refused expects that credentials are no longer good for anything, whether they are unknown or may do nothing.
func refused(t *testing.T, what string, c aws.Credentials) {
	t.Helper()
	if a := answered(listTables(t, c)); !slices.Contains([]string{"UnrecognizedClientException", "AccessDeniedException", "ExpiredTokenException", "InvalidClientTokenId"}, a.code) {
		t.Errorf("%s: DynamoDB answers %+v", what, a)
	}
	if a := answered(listUsers(t, c)); a.status != 403 || !slices.Contains([]string{"InvalidClientTokenId", "AccessDenied", "ExpiredToken"}, a.code) {
		t.Errorf("%s: IAM answers %+v", what, a)
	}
}

func TestDeletedRole(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(root), everything)
	old := session(t, u.creds, r.arn)
	works(t, "before", listTables(t, old))
	r.remove(t)
	refused(t, "the role is deleted", old)
	_, err := assume(t, u.creds, r.arn)
	denied(t, "assume a deleted role", err, noAssume(u.arn, r.arn))
	_, err = assume(t, old, r.arn)
	if err == nil {
		t.Error("a session of a deleted role assumed a role")
	}

	again := role(t, "role", trust(root), everything)
	if again.name != r.name || again.id == r.id {
		t.Fatalf("made %+v again as %+v", r, again)
	}
	refused(t, "the role is made again", old)
	works(t, "a session of the new role", listTables(t, session(t, u.creds, again.arn)))
}

// A user's sessions end with the user; those of roles that the user assumed do not.
func TestDeletedUser(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	r := role(t, "role", trust(u.arn), everything)
	token, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	must(t, "get session token", err)
	federated, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("Bob"), Policy: aws.String(doc(everything)),
	})
	must(t, "get federation token", err)
	a, b, c := temporary(t, token.Credentials), temporary(t, federated.Credentials), session(t, u.creds, r.arn)

	removeUser(t, u)
	refused(t, "session token of a deleted user", a)
	refused(t, "federation token of a deleted user", b)
	works(t, "a role's session outlives who assumed it", listTables(t, c))

	again := user(t, "user", everything)
	if again.name != u.name {
		t.Fatalf("made %s again as %s", u.name, again.name)
	}
	refused(t, "session token, the user is made again", a)
	refused(t, "federation token, the user is made again", b)
}

func removeUser(t *testing.T, u person) {
	t.Helper()
	_, err := admin().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &u.name, AccessKeyId: &u.creds.AccessKeyID})
	must(t, "delete access key", err)
	list, err := admin().ListUserPolicies(t.Context(), &iam.ListUserPoliciesInput{UserName: &u.name})
	must(t, "list user policies", err)
	for _, policy := range list.PolicyNames {
		_, err = admin().DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{UserName: &u.name, PolicyName: &policy})
		must(t, "delete user policy", err)
	}
	_, err = admin().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: &u.name})
	must(t, "delete user", err)
}

// A trust policy keeps the user's unique id, so a new user of the same name does not inherit the trust.
func TestTrustInDeletedPrincipal(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), everything)
	session(t, u.creds, r.arn)
	removeUser(t, u)
	if got := trustOf(t, r); !strings.Contains(got, `"`+u.id+`"`) || strings.Contains(got, u.arn) || !strings.HasPrefix(u.id, "AIDA") {
		t.Errorf("trust policy %s, want %s in it", got, u.id)
	}
	again := user(t, "user")
	_, err := assume(t, again.creds, r.arn)
	denied(t, "a new user of that name", err, noAssume(again.arn, r.arn))
	if got := trustOf(t, r); !strings.Contains(got, `"`+u.id+`"`) {
		t.Errorf("trust policy %s after a new user of that name", got)
	}
	r.trusts(t, trust(again.arn))
	session(t, again.creds, r.arn)
	if got := trustOf(t, r); !strings.Contains(got, again.arn) {
		t.Errorf("trust policy %s, want %s in it", got, again.arn)
	}

	// The same for a role.
	first := role(t, "first", trust(again.arn), allow("sts:AssumeRole", "*"))
	second := role(t, "second", trust(first.arn), everything)
	session(t, session(t, again.creds, first.arn), second.arn)
	first.remove(t)
	if got := trustOf(t, second); !strings.Contains(got, `"`+first.id+`"`) || strings.Contains(got, first.arn) {
		t.Errorf("trust policy %s, want %s in it", got, first.id)
	}
	first = role(t, "first", trust(again.arn), everything)
	_, err = assume(t, session(t, again.creds, first.arn), second.arn)
	denied(t, "a new role of that name", err)
}

func trustOf(t *testing.T, r part) string {
	t.Helper()
	out, err := admin().GetRole(t.Context(), &iam.GetRoleInput{RoleName: &r.name})
	must(t, "get role", err)
	return unescaped(t, *out.Role.AssumeRolePolicyDocument)
}

func TestTrustInNobody(t *testing.T) {
	t.Parallel()
	for i, principal := range []string{
		"arn:aws:iam::" + account + ":user/nobody-made-this",
		"arn:aws:iam::" + account + ":role/nobody-made-this",
		"arn:aws:sts::" + account + ":assumed-role/nobody-made-this/*",
		"AIDAIDAIDAIDAIDAIDAID",
		"not a principal",
	} {
		_, err := admin().CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: aws.String(named(t, fmt.Sprint("role", i))), AssumeRolePolicyDocument: aws.String(doc(trust(principal))),
		})
		fails(t, principal, err, 400, "MalformedPolicyDocument")
	}
}
