package directory

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// people is a store whose clock a test moves, and that seals and mails.
type people struct {
	*Store
	t   *testing.T
	now time.Time

	mu    sync.Mutex
	mails []string // address, subject and text of each
}

func newPeople(t *testing.T) *people {
	p := &people{t: t, now: time.Unix(1_800_000_000, 0)}
	key := sha256.Sum256([]byte("key"))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	p.Store = openStore(t, Options{
		Now:       func() time.Time { return p.now },
		Seal:      func(plain []byte, name string) []byte { return aead.Seal(nil, nil, plain, []byte(name)) },
		Unseal:    func(sealed []byte, name string) ([]byte, error) { return aead.Open(nil, nil, sealed, []byte(name)) },
		PublicURL: "https://db.example.com/",
		Mail: func(_ context.Context, to, subject, text string) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.mails = append(p.mails, to+"\n"+subject+"\n"+text)
			return nil
		},
	})
	return p
}

const (
	goodPassword  = "Correct-Horse-1"
	otherPassword = "Battery-Staple-2"
)

// user makes a user, with a password if it is not "".
func (p *people) user(name, password string) *User {
	p.t.Helper()
	u := &User{UserName: name, DisplayName: name, Emails: []Email{{Value: name + "@example.com"}}}
	if c := putUser(p.t, p.Store, u); c != "" {
		p.t.Fatal(c)
	}
	if password != "" {
		token, err := p.Invite(p.t.Context(), u.ID)
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := p.SetPassword(p.t.Context(), token, password); err != nil {
			p.t.Fatal(err)
		}
	}
	return u
}

// signIn tries to, and returns the state or the code of the error.
func (p *people) signIn(a Attempt) string {
	p.t.Helper()
	in, state, err := p.SignIn(p.t.Context(), a)
	if err != nil {
		return code(p.t, err)
	}
	if (in.User != nil) != (state == identity.SignedIn) {
		p.t.Errorf("%s is %+v", state, in)
	}
	return string(state)
}

func (p *people) wants(what, got, want string) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (p *people) allMails() []string {
	p.jobs.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.mails
	p.mails = nil
	return all
}

// linkIn is the token of the link in a mail.
func linkIn(mail string) string {
	_, rest, _ := strings.Cut(mail, "https://db.example.com/console/people/set-password?token=")
	return strings.Fields(rest + " .")[0]
}

func TestInvitation(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", "")
	p.wants("without a password", p.signIn(Attempt{UserName: "ada", Password: ""}), "AuthenticationFailed")
	first, err := p.Invite(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Invite(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	set := func(token, password string) string {
		_, err := p.SetPassword(t.Context(), token, password)
		return code(t, err)
	}
	p.wants("an older invitation", set(first, goodPassword), "InvalidToken")
	p.now = p.now.Add(resetPause)
	if err := p.ForgotPassword(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "Short-1", "alllowercase-1", "ALLUPPERCASE-1", "No-Numbers-Here", "NoSymbols123", strings.Repeat("aB1-", 17), "\xffaB1-aB1-aB1-"} {
		p.wants("password "+bad, set(token, bad), "PasswordPolicyViolation")
	}
	mails := p.allMails()
	if len(mails) != 3 || !strings.HasPrefix(mails[0], "ada@example.com\n") || !slices.ContainsFunc(mails, func(m string) bool { return linkIn(m) == token }) {
		t.Errorf("%q", mails)
	}
	p.now = p.now.Add(invitationLifetime - resetPause - time.Second)
	p.wants("the invitation, though the password was said to be forgotten", set(token, goodPassword), "")
	for _, m := range mails {
		p.wants("any other link", set(linkIn(m), otherPassword), "InvalidToken")
	}
	p.wants("once more", set(token, otherPassword), "InvalidToken")
	p.wants("sign-in", p.signIn(Attempt{UserName: "ADA", Password: goodPassword}), "SignedIn")
	p.wants("another password", p.signIn(Attempt{UserName: "ada", Password: otherPassword}), "AuthenticationFailed")
	p.wants("nobody", p.signIn(Attempt{UserName: "bob", Password: goodPassword}), "AuthenticationFailed")
	p.wants("a long name", p.signIn(Attempt{UserName: strings.Repeat("x", 10_000), Password: strings.Repeat("x", 10_000)}), "AuthenticationFailed")
	if token, err = p.Invite(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(invitationLifetime)
	p.wants("an expired invitation", set(token, otherPassword), "InvalidToken")
	if _, err := p.Invite(t.Context(), newID()); code(t, err) != "ResourceNotFoundException" {
		t.Error(err)
	}
}

// A mail may have gone to a stranger, because of a slip in the address.
func TestInvitationToAnAddressThatWasWrong(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", "")
	token, err := p.Invite(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	put := func(change func(*User)) {
		t.Helper()
		change(u)
		if err := p.Change(t.Context(), func(tx kv.Txn) error { return p.PutUser(t.Context(), tx, u) }); err != nil {
			t.Fatal(err)
		}
	}
	set := func(password string) string {
		_, err := p.SetPassword(t.Context(), token, password)
		return code(t, err)
	}
	put(func(u *User) { u.Title = "Countess" })
	p.wants("after another change", set("short"), "PasswordPolicyViolation")
	put(func(u *User) { u.Emails = []Email{{Value: "ada.lovelace@example.com", Type: "work", Primary: true}} })
	p.wants("after another address", set(goodPassword), "InvalidToken")
}

func TestForgottenPassword(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	p.allMails()
	forget := func(name string) []string {
		t.Helper()
		if err := p.ForgotPassword(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		return p.allMails()
	}
	if mails := forget("nobody"); mails != nil {
		t.Errorf("%q", mails)
	}
	mails := forget("Ada")
	if len(mails) != 1 || len(linkIn(mails[0])) != len(newToken()) {
		t.Fatalf("%q", mails)
	}
	if again := forget("ada"); again != nil {
		t.Errorf("two mails within a minute: %q", again)
	}
	if _, err := p.SetPassword(t.Context(), linkIn(mails[0]), goodPassword); code(t, err) != "PasswordPolicyViolation" {
		t.Errorf("the same password again: %v", err)
	}
	if _, err := p.SetPassword(t.Context(), linkIn(mails[0]), otherPassword); err != nil {
		t.Fatal(err)
	}
	p.wants("the old password", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "AuthenticationFailed")
	p.wants("the new one", p.signIn(Attempt{UserName: "ada", Password: otherPassword}), "SignedIn")
	if err := p.View(t.Context(), func(r kv.Reader) error {
		for began, want := range map[time.Time]bool{p.now.Add(-time.Millisecond): true, p.now: false} {
			if over, err := p.Over(t.Context(), r, u, began); err != nil || over != want {
				t.Errorf("what began at %v is over: %v, %v", began, over, err)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	mails = forget("ada")
	p.now = p.now.Add(resetLifetime)
	if _, err := p.SetPassword(t.Context(), linkIn(mails[0]), "Third-Password-3"); code(t, err) != "InvalidToken" {
		t.Errorf("after an hour: %v", err)
	}
	mails = forget("ada")
	u.Disabled = true
	if c := putUser(t, p.Store, u); c != "" {
		t.Fatal(c)
	}
	if _, err := p.SetPassword(t.Context(), linkIn(mails[0]), "Third-Password-3"); code(t, err) != "InvalidToken" {
		t.Errorf("of a disabled user: %v", err)
	}
	p.now = p.now.Add(resetPause)
	if mails := forget("ada"); mails != nil {
		t.Errorf("mails to a disabled user: %q", mails)
	}
	p.wants("a disabled user", p.signIn(Attempt{UserName: "ada", Password: otherPassword}), "AuthenticationFailed")
}

func TestOncePassword(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	once, err := p.NewOncePassword(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPassword(once, "ada"); err != nil {
		t.Errorf("%s: %v", once, err)
	}
	p.wants("the old password", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "AuthenticationFailed")
	p.wants("the new one", p.signIn(Attempt{UserName: "ada", Password: once}), "NewPasswordRequired")
	for _, bad := range []string{once, goodPassword, "x"} {
		p.wants("with "+bad, p.signIn(Attempt{UserName: "ada", Password: once, NewPassword: bad}), "PasswordPolicyViolation")
	}
	p.wants("with another", p.signIn(Attempt{UserName: "ada", Password: once, NewPassword: otherPassword}), "SignedIn")
	p.wants("the password of an administrator", p.signIn(Attempt{UserName: "ada", Password: once, NewPassword: "Third-Password-3"}), "AuthenticationFailed")
	p.wants("its own", p.signIn(Attempt{UserName: "ada", Password: otherPassword}), "SignedIn")
	if once, err = p.NewOncePassword(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(onceLifetime)
	p.wants("after a week", p.signIn(Attempt{UserName: "ada", Password: once}), "AuthenticationFailed")
}

func TestChangePassword(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	change := func(id, old, password string) string {
		_, err := p.ChangePassword(t.Context(), id, old, password)
		return code(t, err)
	}
	p.wants("a wrong password", change(u.ID, otherPassword, otherPassword), "AuthenticationFailed")
	p.wants("nobody's", change(newID(), goodPassword, otherPassword), "AuthenticationFailed")
	p.wants("a bad one", change(u.ID, goodPassword, "x"), "PasswordPolicyViolation")
	for i, next := range []string{otherPassword, "Third-Password-3", "Fourth-Password-4"} {
		old := []string{goodPassword, otherPassword, "Third-Password-3"}[i]
		p.wants("change", change(u.ID, old, next), "")
	}
	p.wants("one of the last three", change(u.ID, "Fourth-Password-4", otherPassword), "PasswordPolicyViolation")
	p.wants("an older one", change(u.ID, "Fourth-Password-4", goodPassword), "")
}

// TestProvenPassword: what proves a password does not count once there is another one, and what has begun until then is over.
func TestProvenPassword(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	still := func(what string, changed time.Time, want bool) {
		t.Helper()
		err := p.Update(t.Context(), func(tx kv.Txn) error {
			is, err := p.StillPassword(t.Context(), tx, u.ID, changed)
			if is != want {
				t.Errorf("%s is still that: %v", what, is)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	proven := func(a Attempt) time.Time {
		t.Helper()
		in, _, err := p.SignIn(t.Context(), a)
		if err != nil || in.User == nil {
			t.Fatal(in, err)
		}
		return in.Changed
	}
	first := proven(Attempt{UserName: "ada", Password: goodPassword})
	still("the first password", first, true)
	hash, began := p.opts.Hash, p.now
	p.opts.Hash = func(ctx context.Context, fn func() error) error { // it takes long
		err := hash(ctx, fn)
		p.now = p.now.Add(time.Second)
		began = p.now.Add(-time.Millisecond)
		return err
	}
	second, err := p.ChangePassword(t.Context(), u.ID, goodPassword, otherPassword)
	if err != nil {
		t.Fatal(err)
	}
	still("the first password", first, false)
	still("the second one", second, true)
	err = p.View(t.Context(), func(r kv.Reader) error {
		over, err := p.Over(t.Context(), r, u, began)
		if !over {
			t.Error("what began while the password was being changed is not over")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	once, err := p.NewOncePassword(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	still("the second one", second, false)
	still("that of a sign-in that set it", proven(Attempt{UserName: "ada", Password: once, NewPassword: "Third-Password-3"}), true)
}

func (p *people) codeAt(secret string, at time.Time) string {
	p.t.Helper()
	c, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func TestMFA(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	forgotten, err := p.BeginMFA(t.Context(), u.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.BeginMFA(t.Context(), u.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.QRCode) == 0 || len(m.Secret) != 32 {
		t.Errorf("%+v", m)
	}
	confirm := func(id, c, name string) string { return code(t, p.ConfirmMFA(t.Context(), u.ID, id, c, name)) }
	p.wants("one that was begun before", confirm(forgotten.ID, p.codeAt(forgotten.Secret, p.now), ""), "ResourceNotFoundException")
	p.wants("a wrong code", confirm(m.ID, "000000", ""), "InvalidCode")
	p.wants("a long name", confirm(m.ID, p.codeAt(m.Secret, p.now), strings.Repeat("x", 129)), "ValidationException")
	p.wants("sign-in before", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "SignedIn")
	p.wants("the code", confirm(m.ID, p.codeAt(m.Secret, p.now), "phone"), "")
	p.wants("twice", confirm(m.ID, p.codeAt(m.Secret, p.now.Add(30*time.Second)), "phone"), "ResourceNotFoundException")
	p.wants("without a code", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "MFARequired")
	p.wants("the code that registered it", p.signIn(Attempt{UserName: "ada", Password: goodPassword, MFACode: p.codeAt(m.Secret, p.now)}), "MFAFailed")
	p.now = p.now.Add(time.Minute)
	right := p.codeAt(m.Secret, p.now)
	p.wants("a code with a wrong password", p.signIn(Attempt{UserName: "ada", Password: otherPassword, MFACode: right}), "AuthenticationFailed")
	p.wants("the code", p.signIn(Attempt{UserName: "ada", Password: goodPassword, MFACode: right}), "SignedIn")
	p.wants("the code again", p.signIn(Attempt{UserName: "ada", Password: goodPassword, MFACode: right}), "MFAFailed")

	// Guesses close the device, for right codes too, and for all servers.
	p.now = p.now.Add(time.Hour)
	for range 5 {
		p.wants("a guess", p.signIn(Attempt{UserName: "ada", Password: goodPassword, MFACode: "x"}), "MFAFailed")
	}
	p.wants("the right code after guesses", p.signIn(Attempt{UserName: "ada", Password: goodPassword, MFACode: p.codeAt(m.Secret, p.now)}), "MFAFailed")
	p.now = p.now.Add(time.Hour)

	// At the same moment, one code signs in once.
	right = p.codeAt(m.Secret, p.now)
	states := make(chan string)
	for range 4 {
		go func() {
			_, state, err := p.SignIn(t.Context(), Attempt{UserName: "ada", Password: goodPassword, MFACode: right})
			if err != nil {
				t.Error(err)
			}
			states <- string(state)
		}()
	}
	in := 0
	for range 4 {
		if <-states == string(identity.SignedIn) {
			in++
		}
	}
	if in != 1 {
		t.Errorf("one code signed in %d times", in)
	}
	p.wants("rename", code(t, p.RenameMFA(t.Context(), u.ID, m.ID, "tablet")), "")
	p.wants("delete of another's", code(t, p.DeleteMFA(t.Context(), newID(), m.ID)), "ResourceNotFoundException")
	p.wants("delete", code(t, p.DeleteMFA(t.Context(), u.ID, m.ID)), "")
	p.wants("after it", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "SignedIn")
	for i := range maxDevices + 1 {
		m, err := p.BeginMFA(t.Context(), u.ID, i > 0)
		if i == maxDevices {
			p.wants("one too many", code(t, err), "ServiceQuotaExceededException")
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		p.wants("registration", confirm(m.ID, p.codeAt(m.Secret, p.now), ""), "")
	}
}

// TestNothingStays: of a user that is deleted nothing is left, neither password nor devices nor links.
func TestNothingStays(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	m, err := p.BeginMFA(t.Context(), u.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ConfirmMFA(t.Context(), u.ID, m.ID, p.codeAt(m.Secret, p.now), ""); err != nil {
		t.Fatal(err)
	}
	token, err := p.Invite(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ForgotPassword(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	p.allMails()
	if err := p.Change(t.Context(), func(tx kv.Txn) error { return p.DeleteUser(t.Context(), tx, u.ID) }); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SetPassword(t.Context(), token, otherPassword); code(t, err) != "InvalidToken" {
		t.Error(err)
	}
	p.wants("sign-in", p.signIn(Attempt{UserName: "ada", Password: goodPassword}), "AuthenticationFailed")
	err = p.View(t.Context(), func(r kv.Reader) error {
		start := key()
		return r.Scan(t.Context(), kv.Range{Start: start, End: next(start)}, func(k, _ []byte) (bool, error) {
			if strings.Contains(string(k), u.ID) || strings.Contains(string(k), "link") {
				t.Errorf("%q", k)
			}
			return true, nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSecretsAreHashed: neither passwords nor tokens nor seeds are in the store as they are.
func TestSecretsAreHashed(t *testing.T) {
	p := newPeople(t)
	u := p.user("ada", goodPassword)
	m, err := p.BeginMFA(t.Context(), u.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	link, err := p.Invite(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	var bearer string
	err = p.Update(t.Context(), func(tx kv.Txn) error {
		tenant, err := p.CreateTenant(t.Context(), tx, "")
		if err == nil {
			bearer, _, err = p.CreateBearerToken(t.Context(), tx, tenant.ID, "")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = p.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(t.Context(), kv.Range{Start: []byte{0}}, func(k, v []byte) (bool, error) {
			for _, secret := range []string{goodPassword, m.Secret, link, bearer} {
				if strings.Contains(string(k)+string(v), secret) {
					t.Errorf("%q has a secret: %q", k, v)
				}
			}
			return true, nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// TestBearerTokensExpire: a token is good for a year, and is then none.
func TestBearerTokensExpire(t *testing.T) {
	p := newPeople(t)
	var tenant *Tenant
	var token string
	err := p.Update(t.Context(), func(tx kv.Txn) (err error) {
		if tenant, err = p.CreateTenant(t.Context(), tx, ""); err == nil {
			token, _, err = p.CreateBearerToken(t.Context(), tx, tenant.ID, "")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		good  bool
	}{{0, true}, {bearerLifetime - time.Second, true}, {time.Second, false}} {
		p.now = p.now.Add(c.after)
		err := p.View(t.Context(), func(r kv.Reader) error {
			got, err := p.TenantOf(t.Context(), r, tenant.ID, token)
			if (got != nil) != c.good {
				t.Errorf("at %v: %+v", p.now, got)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestHome: the identity store is in one region, and one account's.
func TestHome(t *testing.T) {
	account, region := "111122223333", "eu-west-1"
	s := openStore(t, Options{Home: func(context.Context, kv.Reader) (string, string, error) { return account, region, nil }})
	var list awsapi.Operation
	for _, op := range s.Operations() {
		if op.Name == "ListUsers" {
			list = op
		}
	}
	ask := func(account, region string) string {
		req := &awsapi.Request{Caller: &policy.Principal{Account: account}, Region: region, Body: []byte(`{"IdentityStoreId":"` + s.ID() + `"}`)}
		c, err := list.Decode(req)
		if err == nil {
			_, err = c.Run(t.Context(), nil)
		}
		return code(t, err)
	}
	for _, c := range []struct{ account, region, want string }{
		{"111122223333", "eu-west-1", ""},
		{"111122223333", "us-east-1", "ResourceNotFoundException"},
		{"444455556666", "eu-west-1", "AccessDeniedException"},
		{"444455556666", "us-east-1", "AccessDeniedException"},
	} {
		if got := ask(c.account, c.region); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	region = ""
	if got := ask("111122223333", "us-east-1"); got != "" {
		t.Errorf("in all regions: %q", got)
	}
	account = ""
	if got := ask("111122223333", "us-east-1"); got != "ResourceNotFoundException" {
		t.Errorf("without a store: %q", got)
	}
}
