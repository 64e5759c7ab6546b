package identity

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Methods to assume a role" and "Grant a user permissions to switch roles": in the role's own account,
// a user needs either a policy that allows sts:AssumeRole, if the role trusts the account, or to be named by the trust
// policy. STS API Reference, AssumeRole.

// noAssume is the message for a principal that may not assume a role.
func noAssume(principal, roleARN string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", principal, roleARN)
}

func TestTrustInTheAccount(t *testing.T) {
	t.Parallel()
	able := user(t, "able", allow("sts:AssumeRole", "*"))
	unable := user(t, "unable")
	forbidden := user(t, "forbidden", allow("sts:AssumeRole", "*"), deny("sts:AssumeRole", "*"))
	other := user(t, "other")
	for _, c := range []struct {
		name  string
		trust []string
		by    person
		ok    bool
	}{
		{"account, with a policy", []string{trust(root)}, able, true},
		{"account by its number", []string{trust(account)}, able, true},
		{"account, without a policy", []string{trust(root)}, unable, false},
		{"account, policy denies", []string{trust(root)}, forbidden, false},
		{"user, without a policy", []string{trust(unable.arn)}, unable, true},
		{"user, policy denies", []string{trust(forbidden.arn)}, forbidden, false},
		{"another user", []string{trust(other.arn)}, able, false},
		{"everybody, with a policy", []string{trust("*")}, able, true},
		{"user allowed, account denied", []string{trust(unable.arn), trusting("Deny", root, "sts:AssumeRole", "")}, unable, false},
		{"user allowed, user denied", []string{trust(root), trusting("Deny", able.arn, "sts:AssumeRole", "")}, able, false},
		{"account on a condition that holds",
			[]string{trusting("Allow", root, "sts:AssumeRole", `{"StringEquals":{"aws:username":"`+able.name+`"}}`)}, able, true},
		{"account on a condition that does not hold",
			[]string{trusting("Allow", root, "sts:AssumeRole", `{"StringEquals":{"aws:username":"nobody"}}`)}, able, false},
		{"principal on a condition",
			[]string{trusting("Allow", "*", "sts:AssumeRole", `{"ArnEquals":{"aws:PrincipalArn":"`+able.arn+`"}}`)}, able, true},
		{"only a service", []string{`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`}, able, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := role(t, "role", c.trust[0])
			r.trusts(t, c.trust...)
			out, err := assume(t, c.by.creds, r.arn)
			if !c.ok {
				denied(t, "assume", err, noAssume(c.by.arn, r.arn))
				return
			}
			must(t, "assume", err)
			temporary(t, out.Credentials)
		})
	}
}

func TestIdentityPolicyNamesTheRole(t *testing.T) {
	t.Parallel()
	mine := role(t, "mine", trust(root))
	others := role(t, "others", trust(root))
	u := user(t, "user", allow("sts:AssumeRole", mine.arn))
	session(t, u.creds, mine.arn)
	_, err := assume(t, u.creds, others.arn)
	denied(t, "a role that the policy does not name", err, noAssume(u.arn, others.arn))

	u.may(t, admin(), "own", allow("sts:AssumeRole", "arn:aws:iam::"+account+":role/mine-*"))
	session(t, u.creds, mine.arn)
	_, err = assume(t, u.creds, others.arn)
	denied(t, "a role that the pattern does not match", err)
}

func TestAssumedRoleAnswer(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	for _, path := range []string{"/", "/service/reports/"} {
		r := roleWith(t, &iam.CreateRoleInput{
			RoleName: aws.String(named(t, "role"+strings.ReplaceAll(path, "/", "-"))), Path: &path,
			AssumeRolePolicyDocument: aws.String(doc(trust(root))),
		})
		before := time.Now()
		out, err := assume(t, u.creds, r.arn, func(in *sts.AssumeRoleInput) { in.RoleSessionName = aws.String("Alice.A=1,@-_") })
		must(t, "assume", err)
		c := temporary(t, out.Credentials)
		// The role's path is not part of the session's ARN.
		want := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/Alice.A=1,@-_", account, r.name)
		if got := aws.ToString(out.AssumedRoleUser.Arn); got != want {
			t.Errorf("ARN %s, want %s", got, want)
		}
		if got, want := aws.ToString(out.AssumedRoleUser.AssumedRoleId), r.id+":Alice.A=1,@-_"; got != want {
			t.Errorf("id %s, want %s", got, want)
		}
		if !strings.HasPrefix(r.id, "AROA") {
			t.Errorf("role id %s", r.id)
		}
		expires(t, "the default", *out.Credentials.Expiration, before, time.Hour)
		//lint:ignore SA1019 programs still read it
		if n := out.PackedPolicySize; n != nil {
			t.Errorf("packed size %d without policies and tags", *n)
		}
		if out.SourceIdentity != nil {
			t.Errorf("source identity %q", *out.SourceIdentity)
		}
		if got := whoami(t, c); got != want {
			t.Errorf("the credentials are of %s, want %s", got, want)
		}
	}
}

// expires checks that credentials asked for at before last so long.
func expires(t *testing.T, what string, got, before time.Time, lifetime time.Duration) {
	t.Helper()
	if d := got.Sub(before) - lifetime; d < -2*time.Second || d > 10*time.Second {
		t.Errorf("%s: expires after %v, want %v", what, got.Sub(before), lifetime)
	}
}

// Two sessions of one name are two sessions: their keys and tokens differ.
func TestSessionsAreApart(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), allow("dynamodb:ListTables", "*"))
	a, b := session(t, u.creds, r.arn), session(t, u.creds, r.arn)
	if a.AccessKeyID == b.AccessKeyID || a.SecretAccessKey == b.SecretAccessKey || a.SessionToken == b.SessionToken {
		t.Error("two sessions share a secret")
	}
	works(t, "list tables in the first", listTables(t, a))
	works(t, "list tables in the second", listTables(t, b))
}

// The session has the role's permissions and none of the user's.
func TestSessionHasTheRolesPermissions(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole iam:ListUsers", "*"))
	r := role(t, "role", trust(root), allow("dynamodb:ListTables", "*"))
	s := session(t, u.creds, r.arn)
	works(t, "what the role may", listTables(t, s))
	denied(t, "what the user may", listUsers(t, s),
		"User: "+whoami(t, s)+" is not authorized to perform: iam:ListUsers on resource: ",
		"because no identity-based policy allows the iam:ListUsers action")
	deniedData(t, "what neither may", describeLimits(t, s))
	works(t, "the user's own key", listUsers(t, u.creds))

	// Changes of the role's policies are seen by sessions that run.
	r.may(t, "own", allow("iam:ListUsers", "*"))
	works(t, "what the role may now", listUsers(t, s))
	deniedData(t, "what the role may no more", listTables(t, s))
}

func TestExternalID(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trusting("Allow", root, "sts:AssumeRole", `{"StringEquals":{"sts:ExternalId":"12345"}}`))
	open := role(t, "open", trust(root))
	with := func(id string) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) { in.ExternalId = &id }
	}
	session(t, u.creds, r.arn, with("12345"))
	session(t, u.creds, open.arn, with("anything"))
	_, err := assume(t, u.creds, r.arn)
	denied(t, "no external id", err, noAssume(u.arn, r.arn))
	_, err = assume(t, u.creds, r.arn, with("54321"))
	denied(t, "another external id", err, noAssume(u.arn, r.arn))
	session(t, u.creds, open.arn, with(`Az09_+=,.@:/-`))
	for name, id := range map[string]string{"short": "1", "of characters that may not be": "a b", "long": strings.Repeat("x", 1225)} {
		_, err = assume(t, u.creds, open.arn, with(id))
		fails(t, "an external id that is "+name, err, 400, "ValidationError", "'externalId' failed to satisfy constraint")
	}
}

// The identity policy may hold the user to a session name: IAM User Guide, sts:RoleSessionName.
func TestRoleSessionNameCondition(t *testing.T) {
	t.Parallel()
	r := role(t, "role", trusting("Allow", root, "sts:AssumeRole", `{"StringLike":{"sts:RoleSessionName":"${aws:username}"}}`))
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	session(t, u.creds, r.arn, func(in *sts.AssumeRoleInput) { in.RoleSessionName = &u.name })
	_, err := assume(t, u.creds, r.arn)
	denied(t, "another name", err, noAssume(u.arn, r.arn))
}

func TestRoleThatIsNotThere(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:*", "*"))
	arn := "arn:aws:iam::" + account + ":role/nobody-made-this"
	_, err := assume(t, u.creds, arn)
	denied(t, "no such role", err, noAssume(u.arn, arn))

	// A path is part of the name.
	r := role(t, "role", trust(root))
	arn = "arn:aws:iam::" + account + ":role/path/" + r.name
	_, err = assume(t, u.creds, arn)
	denied(t, "no such path", err, noAssume(u.arn, arn))

	// No such account looks the same.
	_, err = assume(t, u.creds, "arn:aws:iam::999999999999:role/"+r.name)
	denied(t, "no such account", err)
}

// The SDK's own provider, as programs use it.
func TestAssumeRoleProvider(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), allow("dynamodb:ListTables", "*"))
	provider := stscreds.NewAssumeRoleProvider(stsOf(u.creds), r.arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.Duration = "provider", 15*time.Minute
	})
	c, err := aws.NewCredentialsCache(provider).Retrieve(t.Context())
	must(t, "retrieve", err)
	works(t, "list tables", listTables(t, c))
	if want := "arn:aws:sts::" + account + ":assumed-role/" + r.name + "/provider"; whoami(t, c) != want {
		t.Errorf("%s, want %s", whoami(t, c), want)
	}
	if c.AccountID != account {
		t.Errorf("account %s", c.AccountID)
	}
}
