package signin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func TestPasswordChangeAtFirstSignIn(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, true)
	b := s.browser(t)
	in := asUser("ada", password)
	b.signIn("NewPasswordRequired", in)
	if b.signedIn() {
		t.Error("signed in without a new password")
	}
	b.signIn("AuthenticationFailed", in.with("Password", "Wrong-Horse-1").with("NewPassword", "Another-Horse-2"))
	b.signIn("PasswordPolicyViolation", in.with("NewPassword", "short"))
	b.signIn("PasswordPolicyViolation", in.with("NewPassword", password))
	b.signIn("PasswordPolicyViolation", in.with("NewPassword", strings.Repeat("Aa1-", 33)))
	b.signIn("SignedIn", in.with("NewPassword", "Another-Horse-2"))
	b.signIn("AuthenticationFailed", in)
	b.signIn("SignedIn", asUser("ada", "Another-Horse-2"))
}

// Whoever may not change the password can't at sign-in either: "IAM users must have permissions to change their own
// password" (Managing passwords for IAM users).
func TestPasswordChangeNeedsPermission(t *testing.T) {
	s := start(t)
	ctx, admin, name := context.Background(), s.iam(s.admin), aws.String("eve")
	_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	must(t, err)
	_, err = admin.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: name, Password: aws.String(password), PasswordResetRequired: true})
	must(t, err)
	b := s.browser(t)
	in := asUser("eve", password).with("NewPassword", "Another-Horse-2")
	b.signIn("AccessDenied", in)
	_, err = admin.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMUserChangePassword")})
	must(t, err)
	b.signIn("SignedIn", in)
}

func TestMFA(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, true)
	b := s.browser(t)
	// A code counts once, so that the new password is asked for before it.
	first := s.device(t, s.admin, aws.String("ada"), "first")
	seed := s.device(t, s.admin, aws.String("ada"), "second")
	in := asUser("ada", password)
	b.signIn("AuthenticationFailed", in.with("Password", "Wrong-Horse-1").with("MFACode", codeAt(t, seed, time.Now())))
	b.signIn("NewPasswordRequired", in)
	in = in.with("NewPassword", "Another-Horse-2")
	b.signIn("MFARequired", in)
	b.signIn("MFAFailed", in.with("MFACode", "000000"))
	b.signIn("MFAFailed", in.with("MFACode", "nonsense"))
	if b.signedIn() {
		t.Error("signed in without a device")
	}
	code := codeAt(t, seed, time.Now())
	b.signIn("SignedIn", in.with("MFACode", code))
	if a := b.ask("GET", "/signin/session", nil); a.body["MFA"] != true {
		t.Errorf("the session: %s", a.raw)
	}
	again := asUser("ada", "Another-Horse-2")
	b.signIn("MFAFailed", again.with("MFACode", code)) // replayed
	b.signIn("SignedIn", again.with("MFACode", codeAt(t, first, time.Now())))

	// The credentials say that a device was there: a policy that asks for one lets them through, and only them.
	ctx, admin := context.Background(), s.iam(s.admin)
	_, err := admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("ada"), PolicyName: aws.String("MFA"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}},` +
			`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"300"}}}]}`)})
	must(t, err)
	if _, err := s.iam(b.credentials()).ListUsers(ctx, &iam.ListUsersInput{}); err != nil {
		t.Errorf("with a device: %v", err)
	}
	key, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ada")})
	must(t, err)
	long := aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
	if _, err := s.iam(long).ListUsers(ctx, &iam.ListUsersInput{}); err == nil {
		t.Error("without a device: let through")
	}
}

func TestRootMFA(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	b.claim()
	seed := s.device(t, b.credentials(), nil, "root-device")
	b.ask("DELETE", "/signin/session", nil)
	b.signIn("MFARequired", asRoot(password))
	b.signIn("SignedIn", asRoot(password).with("MFACode", codeAt(t, seed, time.Now())))
}

// Guesses of a code are bounded although the password is known.
func TestMFAGuesses(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	seed := s.device(t, s.admin, aws.String("ada"), "first")
	b := s.browser(t)
	in := asUser("ada", password)
	for range 5 {
		b.signIn("MFAFailed", in.with("MFACode", "000000"))
	}
	b.signIn("MFAFailed", in.with("MFACode", codeAt(t, seed, time.Now()))) // the device is closed for a while
}

// What a stranger gets says nothing about who is there: every answer is the same to the byte, but for request ids.
func TestAnswersAreEqual(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	s.user(t, "mfa", password, false)
	s.device(t, s.admin, aws.String("mfa"), "first")
	_, err := s.iam(s.admin).CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("nologin")})
	must(t, err)
	b := s.browser(t)
	b.claim()
	var all []answer
	for _, in := range []fields{
		asUser("ada", "Wrong-Horse-1"), asUser("mfa", "Wrong-Horse-1"), asUser("nologin", "Wrong-Horse-1"), asUser("nobody", "Wrong-Horse-1"),
		asUser("ada", ""), asUser("ada", strings.Repeat("x", 10_000)), asUser(strings.Repeat("x", 10_000), password),
		asUser("ada", password).with("Account", "999988887777"), asUser("ada", password).with("Account", "noalias"),
		asRoot("Wrong-Horse-1"), asRoot("Wrong-Horse-1").with("Email", "nobody@example.com"),
	} {
		a := b.ask("POST", "/signin/session", in)
		if a.status != http.StatusUnauthorized {
			t.Errorf("%.100v: %d %s", in, a.status, a.raw)
		}
		all = append(all, a)
	}
	for _, a := range all[1:] {
		if a.raw != all[0].raw || len(a.header) != len(all[0].header) {
			t.Errorf("%s %v differs from %s %v", a.raw, a.header, all[0].raw, all[0].header)
		}
	}
}

// A user who is not there takes as long as a wrong password: the medians of alternating attempts are close. Without the
// hash of nobody one would take a hundredth of the other.
func TestTimesAreEqual(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	var there, nobody []time.Duration
	b := s.browser(t)
	for range 8 {
		for _, c := range []struct {
			name  string
			times *[]time.Duration
		}{{"ada", &there}, {"nobody", &nobody}} {
			begun := time.Now()
			b.signIn("AuthenticationFailed", asUser(c.name, "Wrong-Horse-1"))
			*c.times = append(*c.times, time.Since(begun))
		}
	}
	slices.Sort(there)
	slices.Sort(nobody)
	if a, b := there[4], nobody[4]; a > 4*b || b > 4*a {
		t.Errorf("a wrong password takes %v, nobody %v", a, b)
	}
}

// within says how many attempts there may have been: so many at once, and another one after each pause.
func within(burst int, pause time.Duration) (most func() int) {
	begun := time.Now()
	return func() int { return burst + int(time.Since(begun)/pause) + 1 }
}

// Guesses are bounded for each name, whether there is such a user or not, and for each source.
func TestLockOut(t *testing.T) {
	s := start(t, fromProxies)
	s.user(t, "ada", password, false)
	s.user(t, "bob", password, false)
	b := s.browser(t)
	at := func(source int) []string { return []string{"X-Forwarded-For", "192.0.2." + string(rune('0'+source))} }
	home := func(in fields) answer { return b.ask("POST", "/signin/session", in, at(9)...) }
	if a := home(asUser("ada", password)); a.text("State") != "SignedIn" {
		t.Fatalf("at home: %s", a.raw)
	}
	for _, name := range []string{"ada", "nobody"} {
		codes, most := map[string]int{}, within(10, time.Minute)
		for i := range 30 { // from several sources, in any case
			codes[b.ask("POST", "/signin/session", asUser([]string{name, strings.ToUpper(name)}[i%2], "Wrong-Horse-1"), at(i%3)...).text("Code")]++
		}
		if n := codes["AuthenticationFailed"]; n < 10 || n > most() || codes["TooManyAttempts"] != 30-n {
			t.Errorf("guesses of %s: %v", name, codes)
		}
	}
	if a := b.ask("POST", "/signin/session", asUser("ada", password), at(4)...); a.status != 429 {
		t.Errorf("the right password while locked: %d %s", a.status, a.raw)
	}
	if a := home(asUser("ada", password)); a.text("State") != "SignedIn" {
		t.Errorf("a stranger has locked ada out at home: %s", a.raw)
	}

	// Whoever shares the home has guesses of its own, and no more.
	seen, least := map[string]int{}, within(10, time.Minute)
	for range 20 {
		seen[home(asUser("ada", "Wrong-Horse-1")).text("Code")]++
	}
	if n := seen["AuthenticationFailed"]; n < 10 || n > least() || seen["TooManyAttempts"] != 20-n {
		t.Errorf("guesses at home: %v", seen)
	}

	codes, most := map[string]int{}, within(30, 10*time.Second)
	for i := range 40 { // one source, many names
		codes[b.ask("POST", "/signin/session", asUser("name"+string(rune('a'+i)), "Wrong-Horse-1"), at(5)...).text("Code")]++
	}
	if n := codes["AuthenticationFailed"]; n < 30 || n > most() || codes["TooManyAttempts"] != 40-n {
		t.Errorf("guesses of one source: %v", codes)
	}
	if a := b.ask("POST", "/signin/session", asUser("bob", password), at(5)...); a.status != 429 {
		t.Errorf("from a source that has guessed: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/session", asUser("bob", password), at(6)...); a.text("State") != "SignedIn" {
		t.Errorf("from another: %d %s", a.status, a.raw)
	}
}

// An account that has an alias has one name with two ways to write it.
func TestLockOutOfAlias(t *testing.T) {
	s := start(t)
	_, err := s.iam(s.admin).CreateAccountAlias(context.Background(), &iam.CreateAccountAliasInput{AccountAlias: aws.String("acme")})
	must(t, err)
	b := s.browser(t)
	wrong, most := 0, within(10, time.Minute)
	for i := range 20 {
		in := asUser("ada", "Wrong-Horse-1").with("Account", []string{account, "acme"}[i%2])
		if b.ask("POST", "/signin/session", in).text("Code") == "AuthenticationFailed" {
			wrong++
		}
	}
	if wrong < 10 || wrong > most() {
		t.Errorf("%d guesses", wrong)
	}
}

// Attempts that are made at once are bounded like others.
func TestGuessesAtOnce(t *testing.T) {
	s := start(t, fromProxies)
	b := s.browser(t)
	most := within(10, time.Minute)
	codes := make(chan string)
	for i := range 40 {
		go func() {
			codes <- b.ask("POST", "/signin/session", asUser("ada", "Wrong-Horse-1"), "X-Forwarded-For", "192.0.2."+string(rune('0'+i%10))).text("Code")
		}()
	}
	wrong := 0
	for range 40 {
		if <-codes == "AuthenticationFailed" {
			wrong++
		}
	}
	if wrong > most() {
		t.Errorf("%d guesses at once", wrong)
	}
}

// So are those of one source for many names: it can't try a password on everybody at once.
func TestNamesAtOnce(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	most := within(30, 10*time.Second)
	const all = 60
	codes := make(chan string)
	for i := range all {
		go func() {
			codes <- b.ask("POST", "/signin/session", asUser("name"+strconv.Itoa(i), "Wrong-Horse-1")).text("Code")
		}()
	}
	wrong := 0
	for range all {
		if <-codes == "AuthenticationFailed" {
			wrong++
		}
	}
	if wrong > most() {
		t.Errorf("%d guesses at once", wrong)
	}
}

// A header that nobody trusted has said is no other source.
func TestLockOutIgnoresForgedHeaders(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	codes, most := map[string]int{}, within(30, 10*time.Second)
	for i := range 40 {
		codes[b.ask("POST", "/signin/session", asUser("name"+string(rune('a'+i)), "Wrong-Horse-1"), "X-Forwarded-For", "192.0.2."+string(rune('0'+i%10))).text("Code")]++
	}
	if n := codes["AuthenticationFailed"]; n < 30 || n > most() || codes["TooManyAttempts"] != 40-n {
		t.Errorf("guesses: %v", codes)
	}
}

func TestRootPassword(t *testing.T) {
	s := start(t)
	b, other, stranger := s.browser(t), s.browser(t), s.browser(t)
	b.claim()
	other.signIn("SignedIn", asRoot(password))
	change := fields{"OldPassword": password, "NewPassword": "Another-Horse-2"}
	if a := stranger.ask("POST", "/signin/password", change); a.status != 401 {
		t.Errorf("a stranger: %d %s", a.status, a.raw)
	}
	s.user(t, "ada", password, false)
	stranger.signIn("SignedIn", asUser("ada", password))
	if a := stranger.ask("POST", "/signin/password", change); a.status != 403 {
		t.Errorf("a user: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/password", change.with("OldPassword", "Wrong-Horse-1")); a.status != 401 {
		t.Errorf("a wrong password: %d %s", a.status, a.raw)
	}
	for _, bad := range []string{"short", "alllowercase", rootMail, strings.Repeat("Aa1", 50)} {
		if a := b.ask("POST", "/signin/password", change.with("NewPassword", bad)); a.text("Code") != "PasswordPolicyViolation" {
			t.Errorf("%q: %d %s", bad, a.status, a.raw)
		}
	}
	if a := b.ask("POST", "/signin/password", change); a.status != 200 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if !b.signedIn() || other.signedIn() {
		t.Errorf("signed in: %t where the password was changed, %t elsewhere", b.signedIn(), other.signedIn())
	}
	other.signIn("AuthenticationFailed", asRoot(password))
	other.signIn("SignedIn", asRoot("Another-Horse-2"))
	s.mailed(t, rootMail, `(The password of your root user has been changed)`)
	if n := strings.Count(s.log.String(), "has been changed"); n != 1 {
		t.Errorf("the owner is told %d times", n)
	}
	if n := len(s.events(t, "PasswordUpdated")); n != 6 { // the stranger is nobody; the user no root user
		t.Errorf("%d events PasswordUpdated", n)
	}
}

func TestForgottenRootPassword(t *testing.T) {
	s := start(t)
	b, in := s.browser(t), s.browser(t)
	forgot := func(mail string) answer { return b.ask("POST", "/signin/password/forgot", fields{"Email": mail}) }
	first := forgot("root@localhost.localdomain") // the placeholder of a root user that nobody has claimed
	in.claim()
	creds := in.credentials()
	nobody, there := forgot("nobody@example.com"), forgot(rootMail)
	if first.raw != there.raw || nobody.raw != there.raw || there.status != 200 {
		t.Errorf("the answers are %s %s %s", first.raw, nobody.raw, there.raw)
	}
	code := s.mailed(t, rootMail, `code:\\n\\n *([A-Z2-7-]{20,})`)
	b.ask("POST", "/signin/password/forgot", fields{"Email": rootMail}, "Host", "evil.example.com", "Origin", "http://evil.example.com")
	if strings.Contains(s.log.String(), "evil.example.com") {
		t.Error("a mail sends people to where a header says")
	}
	if text := s.log.String(); strings.Contains(text, "to=nobody@") || strings.Contains(text, "to=root@localhost") {
		t.Error("a mail went to who has no root user")
	}
	reset := fields{"Email": rootMail, "Code": code, "Password": "Another-Horse-2"}
	for what, bad := range map[string]fields{"a wrong code": reset.with("Code", "AAAA"), "another address": reset.with("Email", "nobody@example.com")} {
		if a := b.ask("POST", "/signin/password/reset", bad); a.status != 400 || a.text("Code") != "InvalidCode" {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
	if a := b.ask("POST", "/signin/password/reset", reset.with("Password", "short")); a.text("Code") != "PasswordPolicyViolation" {
		t.Errorf("a bad password: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/password/reset", reset.with("Code", strings.ToLower(code))); a.status != 200 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	s.ends(t, "the password was reset", creds)
	s.mailed(t, rootMail, `(The password of your root user has been changed)`)
	if a := b.ask("POST", "/signin/password/reset", reset); a.text("Code") != "InvalidCode" {
		t.Errorf("a code used again: %d %s", a.status, a.raw)
	}
	b.signIn("AuthenticationFailed", asRoot(password))
	b.signIn("SignedIn", asRoot("Another-Horse-2"))
}

// A code goes to the root user's own address, and not to one that is only like it: Unicode has letters that are others in
// lower case, here KELVIN SIGN and LATIN CAPITAL LETTER I WITH DOT ABOVE.
func TestForgottenPasswordGoesHome(t *testing.T) {
	const mine = "mike@example.com"
	s := start(t)
	b := s.browser(t)
	token := b.ask("POST", "/signin/signup/verify", fields{"Id": b.signUp(mine), "Code": s.codeFor(t, mine)}).text("Token")
	b.ask("POST", "/signin/signup/complete", fields{"Token": token, "Password": password})
	for _, alike := range []string{"mi\u212ae@example.com", "m\u0130ke@example.com", "MIKE@example.com"} {
		if a := b.ask("POST", "/signin/password/forgot", fields{"Email": alike}); a.status != 200 {
			t.Errorf("%s: %d %s", alike, a.status, a.raw)
		}
	}
	s.mailed(t, mine, `(use this code)`)
	if n := strings.Count(s.log.String(), "use this code"); n != 1 {
		t.Errorf("%d codes were mailed:\n%s", n, s.log)
	}
}

// What was mailed before does nothing once the root user has another password, or another address.
func TestForgottenPasswordIsFound(t *testing.T) {
	for what, change := range map[string]func(s *site, b *browser) fields{
		"another password": func(_ *site, b *browser) fields {
			b.ask("POST", "/signin/password", fields{"OldPassword": password, "NewPassword": "Another-Horse-2"})
			return fields{"Email": rootMail}
		},
		"another address": func(s *site, b *browser) fields {
			b.ask("POST", "/signin/email", fields{"Email": newMail, "Password": password})
			b.ask("POST", "/signin/email/verify", fields{"Code": s.mailed(t, newMail, `the code (\d{6})`)})
			return fields{"Email": newMail}
		},
	} {
		s := start(t)
		b := s.browser(t)
		b.claim()
		b.ask("POST", "/signin/password/forgot", fields{"Email": rootMail})
		code := s.mailed(t, rootMail, `code:\\n\\n *([A-Z2-7-]{20,})`)
		in := change(s, b).with("Code", code).with("Password", "Third-Horse-3")
		if a := b.ask("POST", "/signin/password/reset", in); a.text("Code") != "InvalidCode" {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
}

func TestEmailChange(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	b.claim()
	change := fields{"Email": "new@example.com", "Password": password}
	if a := b.ask("POST", "/signin/email", change.with("Password", "Wrong-Horse-1")); a.status != 401 {
		t.Errorf("a wrong password: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/email", change); a.status != 200 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	code := s.mailed(t, "new@example.com", `the code (\d{6})`)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	if a := b.ask("POST", "/signin/email/verify", fields{"Code": wrong}); a.text("Code") != "InvalidCode" {
		t.Errorf("a wrong code: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/email/verify", fields{"Code": code}); a.status != 200 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	other := s.browser(t)
	other.signIn("AuthenticationFailed", asRoot(password))
	other.signIn("SignedIn", asRoot(password).with("Email", "NEW@example.com"))
	for _, to := range []string{rootMail, "new@example.com"} { // the old address is all that is left to somebody who was robbed
		s.mailed(t, to, `(e-mail address of your root user has been changed from `+rootMail+` to new@example.com)`)
	}
	if n := strings.Count(s.log.String(), "has been changed from"); n != 2 {
		t.Errorf("%d mails tell of one change", n)
	}

	// Few wrong codes, and the right one is wrong too.
	b.ask("POST", "/signin/email", fields{"Email": "third@example.com", "Password": password})
	code = s.mailed(t, "third@example.com", `the code (\d{6})`)
	for range 5 {
		b.ask("POST", "/signin/email/verify", fields{"Code": "x"})
	}
	if a := b.ask("POST", "/signin/email/verify", fields{"Code": code}); a.text("Code") != "InvalidCode" {
		t.Errorf("the right code after five wrong ones: %d %s", a.status, a.raw)
	}
}

func TestBillingAccess(t *testing.T) {
	s := start(t)
	b, user := s.browser(t), s.browser(t)
	b.claim()
	s.user(t, "ada", password, false)
	user.signIn("SignedIn", asUser("ada", password))
	on := fields{"Activated": true}
	if a := user.ask("POST", "/signin/billing-access", on); a.status != 403 {
		t.Errorf("a user: %d %s", a.status, a.raw)
	}
	if a := user.ask("GET", "/signin/billing-access", nil); a.body["Activated"] != false {
		t.Errorf("before: %d %s", a.status, a.raw)
	}
	if a := b.ask("POST", "/signin/billing-access", on); a.status != 200 {
		t.Errorf("the root user: %d %s", a.status, a.raw)
	}
	if a := user.ask("GET", "/signin/billing-access", nil); a.body["Activated"] != true {
		t.Errorf("after: %d %s", a.status, a.raw)
	}
}
