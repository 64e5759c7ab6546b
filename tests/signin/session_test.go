package signin

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator"
)

func TestClaimAndSignOut(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	before := b.ask("GET", "/signin/session", nil)
	if before.body["SignedIn"] != false || before.body["Claimed"] != false || before.body["SignUp"] != true || before.text("Region") != region || before.text("CodesBy") != "log" {
		t.Errorf("before: %s", before.raw)
	}
	wrong := fields{"SetupToken": "wrong", "Email": rootMail, "AccountName": "Example", "Password": password}
	if a := b.ask("POST", "/signin/claim", wrong); a.status != 401 {
		t.Errorf("a wrong token: %d %s", a.status, a.raw)
	}
	token, err := os.ReadFile(filepath.Join(s.data, "setup-token"))
	must(t, err)
	for field, bad := range map[string]string{"Email": "nobody", "AccountName": "", "Password": "short"} {
		in := wrong.with("SetupToken", string(token)).with(field, bad)
		if a := b.ask("POST", "/signin/claim", in); a.status != 400 {
			t.Errorf("%s=%q: %d %s", field, bad, a.status, a.raw)
		}
	}
	b.claim()
	if _, err := os.Stat(filepath.Join(s.data, "setup-token")); !os.IsNotExist(err) {
		t.Errorf("the setup token is still there: %v", err)
	}
	after := b.ask("GET", "/signin/session", nil)
	for name, want := range map[string]any{"SignedIn": true, "Claimed": true, "Account": account, "AccountName": "Example", "Email": rootMail,
		"Arn": "arn:aws:iam::" + account + ":root", "PrincipalType": "Root", "Name": "root", "MFA": false} {
		if after.body[name] != want {
			t.Errorf("%s is %v, want %v", name, after.body[name], want)
		}
	}
	if a := b.ask("POST", "/signin/claim", wrong.with("SetupToken", string(token))); a.status != 409 || a.text("Code") != "AlreadyClaimed" {
		t.Errorf("a second claim: %d %s", a.status, a.raw)
	}
	creds := b.credentials()
	if who, err := s.whoIs(creds); err != nil || who != "arn:aws:iam::"+account+":root" {
		t.Errorf("the credentials are of %s (%v)", who, err)
	}
	// What GetSessionToken's credentials may not: call IAM.
	out, err := s.iam(creds).GetUser(context.Background(), &iam.GetUserInput{})
	must(t, err)
	if out.User.PasswordLastUsed == nil {
		t.Error("the root user has not signed in, GetUser says")
	}
	if a := b.ask("DELETE", "/signin/session", nil); a.status != 200 {
		t.Errorf("signing out: %d %s", a.status, a.raw)
	}
	s.ends(t, "signed out", creds)
	if b.signedIn() {
		t.Error("still signed in")
	}
	if a := b.ask("GET", "/signin/credentials", nil); a.status != 401 || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("credentials of nobody: %d %s", a.status, a.raw)
	}
	b.signIn("SignedIn", asRoot(password))
	b.signIn("AuthenticationFailed", asRoot("Wrong-Horse-1"))
}

func TestCodesByMail(t *testing.T) {
	s := start(t, func(o *stator.Options) { o.SMTPURL, o.SMTPFrom = "smtps://mail.example.com", "stator@example.com" })
	if a := s.browser(t).ask("GET", "/signin/session", nil); a.text("CodesBy") != "mail" {
		t.Errorf("%s", a.raw)
	}
}

func TestUserSession(t *testing.T) {
	s := start(t)
	ctx, admin := context.Background(), s.iam(s.admin)
	s.user(t, "ada", password, false)
	_, err := admin.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("example")})
	must(t, err)
	b, other := s.browser(t), s.browser(t)
	b.signIn("SignedIn", asUser("ada", password))
	other.signIn("SignedIn", asUser("ada", password).with("Account", "example"))
	who := b.ask("GET", "/signin/session", nil)
	for name, want := range map[string]any{"Account": account, "AccountAlias": "example", "Name": "ada", "PrincipalType": "IAMUser"} {
		if who.body[name] != want {
			t.Errorf("%s is %v, want %v", name, who.body[name], want)
		}
	}
	creds := b.credentials()
	user, err := s.iam(creds).GetUser(ctx, &iam.GetUserInput{})
	must(t, err)
	if used := user.User.PasswordLastUsed; used == nil || time.Since(*used) > time.Minute {
		t.Errorf("the password was last used %v", used)
	}
	if _, err := s.sts(creds).GetSessionToken(ctx, &sts.GetSessionTokenInput{}); err == nil {
		t.Error("a session of the console gets another one that outlives it")
	}

	// A new password ends the other sessions, not the one that it was set in.
	_, err = s.iam(creds).ChangePassword(ctx, &iam.ChangePasswordInput{OldPassword: aws.String(password), NewPassword: aws.String("Another-Horse-2")})
	must(t, err)
	if !b.signedIn() || other.signedIn() {
		t.Errorf("signed in: %t where the password was changed, %t elsewhere", b.signedIn(), other.signedIn())
	}
	other.signIn("AuthenticationFailed", asUser("ada", password))
	other.signIn("SignedIn", asUser("ada", "Another-Horse-2"))

	otherCreds := other.credentials()
	if a := b.ask("DELETE", "/signin/sessions", nil); a.status != 200 {
		t.Errorf("signing out everywhere: %d %s", a.status, a.raw)
	}
	s.ends(t, "signed out everywhere", otherCreds)
	if other.signedIn() {
		t.Error("still signed in elsewhere")
	}

	b.signIn("SignedIn", asUser("ada", "Another-Horse-2"))
	creds = b.credentials()
	_, err = admin.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: aws.String("ada")})
	must(t, err)
	s.ends(t, "without a password", creds)
	b.signIn("AuthenticationFailed", asUser("ada", "Another-Horse-2"))
}

func TestSessionFixation(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	b := s.browser(t)
	// The cookie that somebody planted is not the one of the session.
	cookie := func(a answer) *http.Cookie {
		t.Helper()
		c := (&http.Response{Header: a.header}).Cookies()
		if len(c) != 1 {
			t.Fatalf("the cookies are %v", c)
		}
		return c[0]
	}
	first := cookie(b.signIn("SignedIn", asUser("ada", password)))
	if !first.HttpOnly || first.SameSite != http.SameSiteStrictMode || first.Secure || first.Path != "/" || first.Domain != "" || strings.HasPrefix(first.Name, "__Host-") {
		t.Errorf("the cookie is %v", first)
	}
	old := b.credentials()
	second := cookie(b.signIn("SignedIn", asUser("ada", password)))
	if second.Value == first.Value {
		t.Error("a second sign-in has the first one's session")
	}
	s.ends(t, "signed in again", old)
}
