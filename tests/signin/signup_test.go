package signin

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	accounts "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/statordb/stator"
)

const newMail = "new@example.com"

// signUp begins a sign-up and returns its id.
func (b *browser) signUp(mail string) string {
	b.t.Helper()
	a := b.ask("POST", "/signin/signup", fields{"Email": mail, "AccountName": "Newcomers"})
	if a.status != 200 || a.text("Id") == "" {
		b.t.Fatalf("signing up: %d %s", a.status, a.raw)
	}
	return a.text("Id")
}

func (s *site) codeFor(t *testing.T, mail string) string { return s.mailed(t, mail, `code is (\d{6})`) }

func TestSignUp(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	id := b.signUp(newMail)
	mailed := s.codeFor(t, newMail)
	wrong := "000000"
	if mailed == wrong {
		wrong = "000001"
	}
	for what, in := range map[string]fields{"a wrong code": {"Id": id, "Code": wrong}, "another sign-up": {"Id": "x", "Code": mailed}} {
		if a := b.ask("POST", "/signin/signup/verify", in); a.text("Code") != "InvalidCode" {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
	a := b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": mailed})
	token := a.text("Token")
	if token == "" {
		t.Fatalf("the right code: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": mailed}); a.text("Code") != "InvalidCode" {
		t.Errorf("a code used again: %d %s", a.status, a.raw)
	}
	for in, want := range map[*fields]string{
		{"Token": token, "Password": "short"}:        "PasswordPolicyViolation",
		{"Token": token + "x", "Password": password}: "InvalidCode",
		{"Token": id + ".", "Password": password}:    "InvalidCode",
		{"Token": "", "Password": password}:          "InvalidCode",
	} {
		if a := b.ask("POST", "/signin/signup/complete", *in); a.text("Code") != want {
			t.Errorf("%v: %d %s", in, a.status, a.raw)
		}
	}
	done := fields{"Token": token, "Password": password}
	if a := b.ask("POST", "/signin/signup/complete", done); a.text("State") != "SignedIn" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/signup/complete", done); a.text("Code") != "InvalidCode" {
		t.Errorf("an account made again: %d %s", a.status, a.raw)
	}
	who := b.ask("GET", "/signin/session", nil)
	id = who.text("Account")
	if id == "" || id == account || who.text("AccountName") != "Newcomers" || who.text("Email") != newMail || who.text("PrincipalType") != "Root" {
		t.Errorf("the session: %s", who.raw)
	}
	ctx, creds := context.Background(), b.credentials()
	if _, err := s.iam(creds).CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ada")}); err != nil {
		t.Errorf("the new root user: %v", err)
	}

	// A stranger's account is not of the operator's organization: a policy for its members does not let it in.
	admin := s.iam(s.admin)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"Null":{"aws:PrincipalOrgID":"true"}}}]}`
	role, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("strangers"), AssumeRolePolicyDocument: &trust})
	must(t, err)
	made, err := s.iam(creds).CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ada")})
	must(t, err)
	_, err = s.iam(creds).PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("ada"), PolicyName: aws.String("all"), PolicyDocument: aws.String(everything)})
	must(t, err)
	stranger := aws.Credentials{AccessKeyID: *made.AccessKey.AccessKeyId, SecretAccessKey: *made.AccessKey.SecretAccessKey}
	if _, err := s.assume(stranger, *role.Role.Arn, 0); err != nil {
		t.Errorf("without an organization: %v", err)
	}
	if _, err := s.assume(s.admin, *role.Role.Arn, 0); err == nil {
		t.Error("a member of the organization is let in as if it were of none")
	}

	// Nor does the operator's account become its root user by giving it another address.
	manager := accounts.NewFromConfig(s.config(s.admin))
	for what, err := range map[string]error{
		"reads the address":   second(manager.GetPrimaryEmail(ctx, &accounts.GetPrimaryEmailInput{AccountId: &id})),
		"changes the address": second(manager.StartPrimaryEmailUpdate(ctx, &accounts.StartPrimaryEmailUpdateInput{AccountId: &id, PrimaryEmail: aws.String("other@example.com")})),
		"changes the name":    second(manager.PutAccountName(ctx, &accounts.PutAccountNameInput{AccountId: &id, AccountName: aws.String("Ours")})),
	} {
		if code(err) != "AccessDeniedException" {
			t.Errorf("the management account %s: %v", what, err)
		}
	}

	// The operator sees the account, and can close it.
	org := organizations.NewFromConfig(s.config(s.admin))
	_, err = org.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: &id})
	must(t, err)
	s.ends(t, "the account was closed", creds)
	b.signIn("AuthenticationFailed", fields{"Type": "root", "Email": newMail, "Password": password})
}

const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// Who asks for an account with an address that has one gets the same answers; the address's owner is told.
func TestSignUpWithAUsedAddress(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	b.claim()
	id := b.signUp("OWNER@example.com")
	s.mailed(t, "OWNER@example.com", `(has one already)`)
	for range 3 {
		if a := b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": ""}); a.status != 400 || a.text("Code") != "InvalidCode" {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}

	// The address can get an account while the code is on its way: who has the code owns the address, and may know.
	first, second := b.signUp(newMail), ""
	firstCode := s.codeFor(t, newMail)
	for second = b.signUp(newMail); s.codeFor(t, newMail) == firstCode; { // once in a million the codes are the same
	}
	var tokens []string
	for id, code := range map[string]string{first: firstCode, second: s.codeFor(t, newMail)} {
		tokens = append(tokens, b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": code}).text("Token"))
	}
	if a := b.ask("POST", "/signin/signup/complete", fields{"Token": tokens[0], "Password": password}); a.status != 200 {
		t.Errorf("the first: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/signup/complete", fields{"Token": tokens[1], "Password": password}); a.status != http.StatusConflict || a.text("Code") != "EmailInUse" {
		t.Errorf("the second: %d %s", a.status, a.raw)
	}
}

// A code may be wrong five times.
func TestSignUpGuesses(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	id := b.signUp(newMail)
	code := s.codeFor(t, newMail)
	for range 5 {
		b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": "x"})
	}
	if a := b.ask("POST", "/signin/signup/verify", fields{"Id": id, "Code": code}); a.text("Code") != "InvalidCode" {
		t.Errorf("the right code after five wrong ones: %d %s", a.status, a.raw)
	}
}

// A source can have few mails sent, and an address gets few.
func TestSignUpsAreBounded(t *testing.T) {
	s := start(t, fromProxies)
	b := s.browser(t)
	codes := map[string]int{}
	for i := range 12 {
		codes[b.ask("POST", "/signin/signup", fields{"Email": string(rune('a'+i)) + "@example.com", "AccountName": "x"}, "X-Forwarded-For", "192.0.2.1").text("Code")]++
	}
	for i := range 7 {
		codes[b.ask("POST", "/signin/signup", fields{"Email": newMail, "AccountName": "x"}, "X-Forwarded-For", "198.51.100."+string(rune('1'+i))).text("Code")]++
	}
	if codes[""] != 15 || codes["TooManyAttempts"] != 4 {
		t.Errorf("sign-ups: %v", codes)
	}
}

// So are those that are asked for at once.
func TestSignUpsAtOnce(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	most := within(10, time.Minute)
	const all = 60
	codes := make(chan string)
	for i := range all {
		go func() {
			codes <- b.ask("POST", "/signin/signup", fields{"Email": strconv.Itoa(i) + "@example.com", "AccountName": "x"}).text("Code")
		}()
	}
	mails := 0
	for range all {
		if <-codes == "" {
			mails++
		}
	}
	if mails > most() {
		t.Errorf("%d mails at once", mails)
	}
}

func TestSignUpClosed(t *testing.T) {
	s := start(t, func(o *stator.Options) { o.SignUp = false })
	b := s.browser(t)
	if a := b.ask("GET", "/signin/session", nil); a.body["SignUp"] != false {
		t.Errorf("the session: %s", a.raw)
	}
	for _, path := range []string{"/signin/signup", "/signin/signup/verify", "/signin/signup/complete"} {
		if a := b.ask("POST", path, fields{"Email": newMail, "AccountName": "x", "Password": password}); a.status != 403 || a.text("Code") != "SignUpClosed" {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
}
