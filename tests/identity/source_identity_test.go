package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Monitor and control actions taken with assumed roles".

func source(name string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.SourceIdentity = &name }
}

const sourced = "sts:AssumeRole sts:SetSourceIdentity"

func TestSetSourceIdentityPermission(t *testing.T) {
	t.Parallel()
	able, unable := user(t, "able", allow(sourced, "*")), user(t, "unable", allow("sts:AssumeRole", "*"))
	for _, c := range []struct {
		name, trust string
		by          person
		ok          bool
	}{
		{"both allow", trusting("Allow", root, sourced, ""), able, true},
		{"the trust policy does not", trust(root), able, false},
		{"the user's policy does not", trusting("Allow", root, sourced, ""), unable, false},
		{"the trust policy names the user", trusting("Allow", unable.arn, sourced, ""), unable, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := role(t, "role", c.trust)
			session(t, c.by.creds, r.arn)
			out, err := assume(t, c.by.creds, r.arn, source("DiegoRamirez"))
			if !c.ok {
				denied(t, "with a source identity", err, "User: "+c.by.arn+" is not authorized to perform: sts:SetSourceIdentity on resource: "+r.arn)
				return
			}
			must(t, "with a source identity", err)
			if out.SourceIdentity == nil || *out.SourceIdentity != "DiegoRamirez" {
				t.Errorf("the answer has source identity %v", out.SourceIdentity)
			}
		})
	}
}

// The guide's example: the trust policy requires the user's own name.
func TestSourceIdentityInTrustPolicy(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow(sourced, "*"))
	r := role(t, "role", trusting("Allow", root, sourced, `{"StringLike":{"sts:SourceIdentity":"${aws:username}"}}`))
	session(t, u.creds, r.arn, source(u.name))
	_, err := assume(t, u.creds, r.arn, source("another"))
	denied(t, "another name", err)
	_, err = assume(t, u.creds, r.arn)
	denied(t, "none", err)
}

func TestSourceIdentityOfSession(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trusting("Allow", u.arn, sourced, ""),
		statement("Allow", "dynamodb:ListTables", "*", `{"StringEquals":{"aws:SourceIdentity":["DiegoRamirez","Saanvi"]}}`))
	works(t, "one that the policy names", listTables(t, session(t, u.creds, r.arn, source("Saanvi"))))
	deniedData(t, "another", listTables(t, session(t, u.creds, r.arn, source("saanvi"))))
	deniedData(t, "none", listTables(t, session(t, u.creds, r.arn)))
}

// Once set, it stays the same through a chain of roles, and every one of them must allow it to be set.
func TestSourceIdentityIsKept(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	ifSaanvi := statement("Allow", "dynamodb:ListTables", "*", `{"StringEquals":{"aws:SourceIdentity":"Saanvi"}}`)
	first := role(t, "first", trusting("Allow", u.arn, sourced, ""), allow(sourced, "*"))
	second := role(t, "second", trusting("Allow", root, sourced, ""), allow(sourced, "*"), ifSaanvi)
	third := role(t, "third", trusting("Allow", root, sourced, ""), ifSaanvi)
	closed := role(t, "closed", trust(root))

	a := session(t, u.creds, first.arn, source("Saanvi"))
	out, err := assume(t, a, second.arn)
	must(t, "chain", err)
	if out.SourceIdentity == nil || *out.SourceIdentity != "Saanvi" {
		t.Errorf("the chained session has source identity %v", out.SourceIdentity)
	}
	b := temporary(t, out.Credentials)
	works(t, "the second session", listTables(t, b))
	works(t, "the third session", listTables(t, session(t, b, third.arn)))

	_, err = assume(t, a, second.arn, source("Diego"))
	if got := answered(err); got.status/100 != 4 || !strings.Contains(got.message, "source identity is already set") {
		t.Errorf("another source identity: %v", err)
	}
	_, err = assume(t, a, closed.arn)
	denied(t, "a role that does not let it be set", err,
		"User: "+whoami(t, a)+" is not authorized to perform: sts:SetSourceIdentity on resource: "+closed.arn)
	session(t, session(t, u.creds, first.arn), closed.arn) // without one that is no matter
	session(t, session(t, u.creds, first.arn), second.arn, source("Diego"))
}
