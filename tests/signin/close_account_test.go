package signin

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// A root user closes its own account, and nothing of it works any more ("Close an AWS account", AWS Account Management Reference
// Guide); but nobody closes the management account.
func TestCloseAccount(t *testing.T) {
	const mine = "owner@member.example.com"
	s := start(t)
	b, manager := s.browser(t), s.browser(t)
	manager.claim()
	token := b.ask("POST", "/signin/signup/verify", fields{"Id": b.signUp(mine), "Code": s.codeFor(t, mine)}).text("Token")
	if a := b.ask("POST", "/signin/signup/complete", fields{"Token": token, "Password": password}); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	id := b.ask("GET", "/signin/session", nil).text("Account")
	root := b.credentials()
	must(t, second(s.iam(root).CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("eve")})))
	must(t, second(s.iam(root).CreateLoginProfile(context.Background(), &iam.CreateLoginProfileInput{UserName: aws.String("eve"), Password: aws.String(password)})))
	key, err := s.iam(root).CreateAccessKey(context.Background(), &iam.CreateAccessKeyInput{UserName: aws.String("eve")})
	must(t, err)
	keys := aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
	eve, asEve := s.browser(t), asUser("eve", password).with("Account", id)
	eve.signIn("SignedIn", asEve)

	in := fields{"AccountId": id, "Password": password}
	for what, c := range map[string]struct {
		by   *browser
		in   fields
		code string
	}{
		"a stranger":             {s.browser(t), in, "NotSignedIn"},
		"a user":                 {eve, in, "AccessDenied"},
		"a wrong password":       {b, in.with("Password", "Wrong-Horse-1"), "AuthenticationFailed"},
		"another account":        {b, in.with("AccountId", account), "InvalidParameterValue"},
		"no account":             {b, in.with("AccountId", ""), "InvalidParameterValue"},
		"the management account": {manager, in.with("AccountId", account), "ConstraintViolationException"},
	} {
		if a := c.by.ask("POST", "/signin/account/close", c.in); a.text("Code") != c.code || a.status/100 != 4 {
			t.Errorf("%s: %d %s, want %s", what, a.status, a.raw, c.code)
		}
	}
	if !b.signedIn() || !eve.signedIn() {
		t.Fatal("a refusal has ended a session")
	}
	if a := b.ask("POST", "/signin/account/close", in); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	s.ends(t, "the root user of a closed account", root)
	s.ends(t, "a user of a closed account", keys)
	if b.signedIn() || eve.signedIn() {
		t.Error("somebody is signed in to a closed account")
	}
	b.signIn("AuthenticationFailed", fields{"Type": "root", "Email": mine, "Password": password})
	eve.signIn("AuthenticationFailed", asEve)
	s.mailed(t, mine, `(Your account has been closed)`)
	if n := len(s.events(t, "CloseAccount")); n != 5 { // a stranger and a user are refused before it is known whose account it is
		t.Errorf("%d events", n)
	}
	out, err := organizations.NewFromConfig(s.config(s.admin)).DescribeAccount(context.Background(), &organizations.DescribeAccountInput{AccountId: &id})
	if err != nil || out.Account.State != "CLOSED" {
		t.Errorf("the management account sees %v, %v", out, err)
	}
	if !manager.signedIn() {
		t.Error("the management account is closed")
	}
}
