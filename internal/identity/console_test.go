package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

func codeOf(err error) string {
	if e, ok := errors.AsType[*awsapi.Error](err); ok {
		return e.Code
	}
	return fmt.Sprint(err)
}

const (
	rootEmail    = "owner@example.com"
	goodPassword = "Correct-Horse-1"
)

// claimed is a store whose root user somebody has claimed, and that one's session.
func claimed(t *testing.T, db kv.DB, c *clock) (*Store, *SignIn) {
	t.Helper()
	s, first := begun(t, db, Options{MasterKey: NewMasterKey(), Now: c.now})
	in, err := s.ClaimRoot(t.Context(), &Claim{SetupToken: first.SetupToken, Email: rootEmail, AccountName: "Example", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	return s, in
}

func TestConsoleSessionsEnd(t *testing.T) {
	c := newClock(noon)
	s, in := claimed(t, memory(t), c)
	ctx := t.Context()
	works := func(k *ConsoleCredentials) error {
		_, _, err := s.Lookup(ctx, k.ID, k.SessionToken)
		return err
	}
	begun := c.now()
	var last *ConsoleCredentials
	for c.now().Sub(begun) < ConsoleSession-ConsoleIdle {
		c.pass(ConsoleIdle - 2*time.Minute)
		k, err := s.ConsoleCredentials(ctx, in.Token)
		if err != nil {
			t.Fatalf("after %v: %v", c.now().Sub(begun), err)
		}
		if err := works(k); err != nil {
			t.Fatalf("after %v: %v", c.now().Sub(begun), err)
		}
		last = k
	}
	if err := works(last); err != nil || last.Expires.Sub(c.now()) > consoleCredentials {
		t.Errorf("the credentials end %v from now (%v)", last.Expires.Sub(c.now()), err)
	}
	c.pass(begun.Add(ConsoleSession).Sub(c.now()) - time.Minute)
	k, err := s.ConsoleCredentials(ctx, in.Token)
	if err != nil || k.Expires.After(begun.Add(ConsoleSession)) {
		t.Errorf("a minute before the end: %v %v", k, err)
	}
	c.pass(time.Minute)
	if _, err := s.ConsoleCredentials(ctx, in.Token); !errors.Is(err, ErrNoConsole) {
		t.Errorf("after the end: %v", err)
	}
	if err := works(k); !errors.Is(err, ErrExpiredToken) {
		t.Errorf("the credentials after the end: %v", err)
	}

	// Asking who is signed in is no use.
	in, err = s.SignIn(ctx, &Attempt{Email: rootEmail, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	c.pass(ConsoleIdle - time.Second)
	if _, err := s.Console(ctx, in.Token); err != nil {
		t.Errorf("before it is idle: %v", err)
	}
	c.pass(2 * time.Second)
	if _, err := s.Console(ctx, in.Token); !errors.Is(err, ErrNoConsole) {
		t.Errorf("an idle session: %v", err)
	}
	if _, err := s.ConsoleCredentials(ctx, in.Token); !errors.Is(err, ErrNoConsole) {
		t.Errorf("credentials of an idle session: %v", err)
	}
}

// The engine has nothing that a browser could send, and what is over goes.
func TestConsoleRecords(t *testing.T) {
	c := newClock(noon)
	db := memory(t)
	s, in := claimed(t, db, c)
	ctx := t.Context()
	in2, err := s.BeginSignUp(ctx, "new@example.com", "New")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.BeginEmailChange(ctx, in.Token, goodPassword, "other@example.com"); err != nil {
		t.Fatal(err)
	}
	forgotten, err := s.ForgotRootPassword(ctx, strings.ToUpper(rootEmail))
	if err != nil || forgotten.Code == "" || forgotten.Email != rootEmail {
		t.Fatal(forgotten, err)
	}
	reset := forgotten.Code
	if again, err := s.ForgotRootPassword(ctx, rootEmail); err != nil || again.Code != "" {
		t.Errorf("another code at once: %q %v", again.Code, err)
	}
	waiting := func() (kinds []string) {
		start, end := keyspace.IdentityRange()
		err := db.View(ctx, func(r kv.Reader) error {
			return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
				for _, secret := range []string{in.Token, in2.Code, reset, goodPassword} {
					if bytes.Contains(value, []byte(`"`+secret+`"`)) || bytes.Contains(key, []byte(secret)) {
						t.Errorf("%s is in the engine: %s", secret, value)
					}
				}
				parts, _ := keyspace.ParseIdentity(key)
				switch parts[0] {
				case "console", "consoleof", signUpKind, resetKind, newEmailKind:
					kinds = append(kinds, parts[0])
				}
				return true, nil
			})
		})
		if err != nil {
			t.Error(err)
		}
		return kinds
	}
	if got := fmt.Sprint(waiting()); got != "[console consoleof newemail reset signup]" {
		t.Errorf("the engine has %s", got)
	}
	if err := s.sweep(ctx); err != nil || len(waiting()) != 5 {
		t.Errorf("swept too early: %v %v", waiting(), err)
	}
	c.pass(ConsoleIdle + time.Second)
	if err := s.sweep(ctx); err != nil || len(waiting()) != 0 {
		t.Errorf("after all is over: %v %v", waiting(), err)
	}
	if _, err := s.ResetRootPassword(ctx, rootEmail, reset, "Another-Horse-2"); codeOf(err) != "InvalidCode" {
		t.Errorf("an old code: %v", err)
	}
}

// One principal has so many sessions at most, and the one that was used longest ago goes.
func TestConsoleSessionsAreBounded(t *testing.T) {
	c := newClock(noon)
	s, in := claimed(t, memory(t), c)
	ctx := t.Context()
	begin := func() (token string) {
		err := s.edit(ctx, account, func(e *edit) (err error) {
			token, err = e.beginConsole(session{Account: account, Issued: e.now, Expires: e.now.Add(ConsoleSession)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	var tokens []string
	for range maxConsoles {
		c.pass(time.Second)
		tokens = append(tokens, begin())
	}
	if _, err := s.Console(ctx, in.Token); !errors.Is(err, ErrNoConsole) {
		t.Errorf("the first: %v", err)
	}
	for _, token := range tokens {
		if _, err := s.Console(ctx, token); err != nil {
			t.Errorf("another: %v", err)
		}
	}
}

// However a broker calls the sessions of a role, there are so many at most.
func TestConsoleSessionsOfARoleAreBounded(t *testing.T) {
	c := newClock(noon)
	s, in := claimed(t, memory(t), c)
	ctx := t.Context()
	var tokens []string
	for i := range maxConsolesOf + 20 {
		if i%100 == 0 {
			c.pass(time.Second)
		}
		var token string
		err := s.quietly(ctx, func(tx kv.Txn) (err error) {
			e := &edit{&view{ctx: ctx, r: tx, s: s, account: account}, tx, whole(c.now())}
			token, err = e.beginConsole(session{Account: account, Role: "AROA", Name: fmt.Sprint("session", i), Issued: e.now, Expires: e.now.Add(ConsoleSession)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	err := s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s, account: account}
		if n, err := v.count("consoleof", account, "AROA"); err != nil || n != maxConsolesOf {
			t.Errorf("%d sessions of the role, %v", n, err)
		}
		if n, err := v.count("console"); err != nil || n != maxConsolesOf+1 {
			t.Errorf("%d sessions, %v", n, err)
		}
		var gone []int
		for i, token := range tokens {
			if _, err := v.liveConsole(consoleID(token)); errors.Is(err, ErrNoConsole) {
				gone = append(gone, i)
			}
		}
		if len(gone) != 20 || gone[19] >= 100 { // of the oldest
			t.Errorf("%v are gone", gone)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Console(ctx, in.Token); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
}

// What a mail program would read as another address than it is, is none.
func TestEmailAddresses(t *testing.T) {
	for _, good := range []string{"a@b.co", "first.last+tag@mail.example.com", "o-neill_x@1.example", "!#$*+/=?^_`{}~-@example.com", strings.Repeat("a", 52) + "@example.com"} {
		if !validEmail(good) {
			t.Errorf("%s is refused", good)
		}
	}
	for _, bad := range []string{"", "a@b.c", "nobody", "@example.com", "a@example", "a@@example.com", "a@b@example.com", ".a@example.com", "a@-example.com", "a@example.com-", "a@example.com.",
		"a@.example.com", "me<you@example.com>", "me,you@example.com", "\"a b\"@example.com", "a b@example.com", "a@exam ple.com", "a\n@example.com", "a\x00@example.com", "a@example.com\r\n", "mi\u212ae@example.com",
		"a@exämple.com", "a(b)@example.com", "a:b@example.com", "a;b@example.com", "a\\b@example.com", "a'b@example.com", strings.Repeat("a", 53) + "@example.com"} {
		if validEmail(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestExpiredPasswords(t *testing.T) {
	c := newClock(noon)
	s, _ := claimed(t, memory(t), c)
	ctx := t.Context()
	hash := HashPassword(goodPassword)
	policies := func(p *passwordPolicy) {
		t.Helper()
		err := s.edit(ctx, account, func(e *edit) error {
			a, err := e.accountOf()
			if err != nil {
				return err
			}
			a.Passwords = p
			u, err := e.user(adminUser)
			if err != nil {
				return err
			}
			u.Login = &loginRecord{Created: e.now, Changed: whole(c.now()), Hash: hash}
			return or(put(e.tx, accountKey(account), *a), save(e, userKind, u))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	attempt := Attempt{Account: account, UserName: adminUser, Password: goodPassword, Context: policy.MapContext{}}
	try := func(newPassword string) string {
		t.Helper()
		a := attempt
		a.NewPassword = newPassword
		in, err := s.SignIn(ctx, &a)
		if err != nil {
			return codeOf(err)
		}
		return string(in.State)
	}
	p := passwordPolicy{MinimumPasswordLength: 6, MaxPasswordAge: aws.Int32(10), PasswordReusePrevention: aws.Int32(1)}
	policies(&p)
	c.pass(10*24*time.Hour - time.Minute)
	if got := try(""); got != "SignedIn" {
		t.Errorf("before: %s", got)
	}
	c.pass(time.Minute)
	for _, step := range []struct{ password, want string }{{"", "NewPasswordRequired"}, {"short", "PasswordPolicyViolation"}, {goodPassword, "PasswordPolicyViolation"}, {"Another-Horse-2", "SignedIn"}, {"", "AuthenticationFailed"}} {
		if got := try(step.password); got != step.want {
			t.Errorf("expired, %q: %s, want %s", step.password, got, step.want)
		}
	}
	p.HardExpiry = aws.Bool(true)
	policies(&p)
	c.pass(11 * 24 * time.Hour)
	if got := try("Another-Horse-2"); got != "PasswordExpired" {
		t.Errorf("a hard expiry: %s", got)
	}
	if in, err := s.SignIn(ctx, &Attempt{Email: rootEmail, Password: goodPassword}); err != nil || in.State != SignedIn {
		t.Errorf("the policy is not for the root user: %v %v", in, err)
	}
}

// Too many attempts at once are refused, and not kept waiting without end.
func TestHashingIsBounded(t *testing.T) {
	c := newClock(noon)
	s, _ := claimed(t, memory(t), c)
	if err := s.hashing.Acquire(t.Context(), maxHashing); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error)
	for range maxWaiting + 10 {
		go func() {
			_, err := s.SignIn(ctx, &Attempt{Email: rootEmail, Password: goodPassword})
			results <- err
		}()
	}
	for range 10 {
		if err := <-results; codeOf(err) != "Throttling" {
			t.Errorf("one too many: %v", err)
		}
	}
	cancel()
	for range maxWaiting {
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("one that waited: %v", err)
		}
	}
}

func TestSigninTokensEnd(t *testing.T) {
	c := newClock(noon)
	s, _ := claimed(t, memory(t), c)
	ctx := t.Context()
	var key AccessKey
	var token string
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		v := &view{ctx: ctx, r: r, s: s, account: account}
		now := whole(c.now())
		key, token, err = v.issue(&session{Account: account, Name: "fred", Issued: now, Expires: now.Add(20 * time.Minute)}, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	make := func() string {
		t.Helper()
		made, who, err := s.SigninToken(ctx, key, token, nil)
		if err != nil || who.Type != policy.FederatedUser {
			t.Fatal(who, err)
		}
		return made
	}
	first, second := make(), make()
	c.pass(signinTokenLifetime - time.Second)
	if in, err := s.SignInWithToken(ctx, first); err != nil || in.State != SignedIn {
		t.Errorf("in time: %v %v", in, err)
	}
	c.pass(time.Second)
	if _, err := s.SignInWithToken(ctx, second); codeOf(err) != "InvalidSigninToken" {
		t.Errorf("too late: %v", err)
	}
	c.pass(5 * time.Minute)
	if _, _, err := s.SigninToken(ctx, key, token, nil); codeOf(err) != "ExpiredToken" {
		t.Errorf("credentials that are over: %v", err)
	}
	if err := s.sweep(ctx); err != nil {
		t.Error(err)
	}
}

// However much is over, all of it goes.
func TestSweepOfMany(t *testing.T) {
	c, db, ctx := newClock(noon), memory(t), t.Context()
	s, _ := begun(t, db, Options{MasterKey: NewMasterKey(), Now: c.now})
	err := db.Update(ctx, func(tx kv.Txn) error {
		for i := range 2*maxSwept + 1 {
			if err := put(tx, waitingKey(usedKind, fmt.Sprint(i)), expiring{c.now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.sweep(ctx); err != nil {
		t.Error(err)
	}
	left, err := over(ctx, s, usedKind, func(*expiring) bool { return true })
	if err != nil || len(left) != 0 {
		t.Errorf("%d are left: %v", len(left), err)
	}
}

// Any server over the engine serves a session, and none does when one has ended it.
func TestConsoleSessionsOnSeveralServers(t *testing.T) {
	c, key, db, ctx := newClock(noon), NewMasterKey(), memory(t), t.Context()
	one, first := begun(t, db, Options{MasterKey: key, Now: c.now})
	two, err := Open(ctx, db, Options{MasterKey: key, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = one.ClaimRoot(ctx, &Claim{SetupToken: first.SetupToken, Email: rootEmail, AccountName: "Example", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	signIn := func(s *Store) (token string) {
		t.Helper()
		in, err := s.SignIn(ctx, &Attempt{Email: rootEmail, Password: goodPassword})
		if err != nil {
			t.Fatal(err)
		}
		return in.Token
	}
	for what, end := range map[string]func(token string) error{
		"sign-out":            func(token string) error { _, err := one.SignOut(ctx, token, false); return err },
		"sign-out everywhere": func(string) error { _, err := one.SignOut(ctx, signIn(one), true); return err },
		"a new password": func(string) error {
			_, err := one.ChangeRootPassword(ctx, signIn(one), goodPassword, "Another-Horse-2")
			return or(err, one.edit(ctx, account, func(e *edit) error { // the old one, for the next
				a, err := e.accountOf()
				if err != nil {
					return err
				}
				a.Root.Hash = HashPassword(goodPassword)
				return put(e.tx, accountKey(account), *a)
			}))
		},
		"too many sessions": func(string) error {
			for range maxConsoles {
				c.pass(time.Second)
				if err := one.quietly(ctx, func(tx kv.Txn) error {
					e := &edit{&view{ctx: ctx, r: tx, s: one, account: account}, tx, whole(c.now())}
					_, err := e.beginConsole(session{Account: account, Issued: e.now, Expires: e.now.Add(ConsoleSession)})
					return err
				}); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		token := signIn(two)
		k, err := two.ConsoleCredentials(ctx, token)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, s := range []*Store{one, two} {
			if _, p, err := s.Lookup(ctx, k.ID, k.SessionToken); err != nil || p.Type != policy.Root {
				t.Errorf("%s: before: %v", what, err)
			}
		}
		if err := end(token); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		c.pass(2 * time.Second)
		for i, s := range []*Store{one, two} {
			if _, _, err := s.Lookup(ctx, k.ID, k.SessionToken); !errors.Is(err, ErrExpiredToken) {
				t.Errorf("%s: server %d: %v", what, i+1, err)
			}
		}
	}
}
