package identity

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Attempt is an attempt to sign in to the console with a password: of the root user with this Email, or of the user with
// this name in Account, an id or an alias.
type Attempt struct {
	Email, Account, UserName string
	Password                 string
	// MFACode is needed of who has an MFA device, NewPassword of whose password has to be another one.
	MFACode, NewPassword string
	// Context is the request, for the policies that say who may change a password.
	Context policy.Context
}

// SignInState is what came of an attempt.
type SignInState string

// The states of an attempt with the right password. What is needed comes with the same attempt, made again.
const (
	SignedIn            SignInState = "SignedIn"
	MFARequired         SignInState = "MFARequired"
	MFAFailed           SignInState = "MFAFailed"
	NewPasswordRequired SignInState = "NewPasswordRequired"
)

// SignIn is the outcome of an attempt.
type SignIn struct {
	State SignInState
	// Token is the one of the session, if State is SignedIn.
	Token string
	// Principal is who it is, or is to be, as far as there is such a user: nothing is proven before State says so.
	Principal policy.Principal
	// MFA says that the user has an MFA device. Device is the ARN of the one whose code was right, "" if none was.
	MFA    bool
	Device string
}

// errAuthenticationFailed is what all attempts get that have no right password, for whatever reason.
func errAuthenticationFailed() *awsapi.Error {
	return &awsapi.Error{Code: "AuthenticationFailed", Status: http.StatusUnauthorized,
		Message: "Your authentication information is incorrect. Please try again."}
}

// signer is who can sign in with a password: a user, or the root user if user is nil.
type signer struct {
	account *accountRecord
	user    *userRecord
	// owner is the id of the user, the account for the root user.
	owner string
}

func (w *signer) login() *loginRecord {
	if w.user != nil {
		return w.user.Login
	}
	return w.account.Root
}

// policy is the one for its passwords. That of the account is not for the root user ("Root user password requirements").
func (w *signer) policy() *passwordPolicy {
	if w.user != nil {
		return w.account.Passwords
	}
	return nil
}

func (v *view) principalOf(w *signer) policy.Principal {
	if w.user == nil {
		return rootPrincipal(v.account).Principal
	}
	return policy.Principal{Type: policy.User, Account: v.account, ARN: w.user.arn(v.account, userKind), ID: w.user.ID, Name: w.user.Name}
}

// signer finds who an attempt is for, nil if there is no such user, and the account that was meant, "" if there is none.
func (s *Store) signer(ctx context.Context, r kv.Reader, a *Attempt) (v *view, w *signer, err error) {
	v = &view{ctx: ctx, r: r, s: s}
	if max(len(a.Email), len(a.Account), len(a.UserName)) > maxSignInName {
		return v, nil, nil
	}
	switch {
	case a.Email != "":
		v.account, _, err = get[string](ctx, r, emailKey(a.Email))
	case CheckAccount(a.Account) == nil:
		v.account = a.Account
	default:
		v.account, _, err = get[string](ctx, r, aliasKey(a.Account))
	}
	if err != nil || v.account == "" {
		return v, nil, err
	}
	account, ok, err := get[accountRecord](ctx, r, accountKey(v.account))
	if err != nil || !ok || account.Closed != nil {
		return v, nil, err
	}
	w = &signer{account: &account, owner: v.account}
	if a.Email != "" {
		return v, w, nil
	}
	if w.user, err = byName[userRecord](v, userKind, a.UserName); err != nil || w.user == nil {
		return v, nil, err
	}
	w.owner = w.user.ID
	return v, w, nil
}

// AccountOf returns the id of the account that has an alias, and what is no alias as it is: so that one account has one name.
func (s *Store) AccountOf(ctx context.Context, name string) (id string, err error) {
	if CheckAccount(name) == nil || len(name) > maxSignInName {
		return name, nil
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		var there bool
		if id, there, err = get[string](ctx, r, aliasKey(name)); !there {
			id = name
		}
		return err
	})
	return id, err
}

// maxSignInName bounds the names that are looked up. None is as long.
const maxSignInName = 512

// SignIn tries to sign in with a password. The error is an *awsapi.Error if it is the attempt's: AuthenticationFailed,
// equal in words and time for wrong passwords and users that are not there; PasswordExpired, AccessDenied or
// PasswordPolicyViolation, which only who has the password gets to see. The outcome is not nil, whatever the error.
func (s *Store) SignIn(ctx context.Context, a *Attempt) (*SignIn, error) {
	out := new(SignIn)
	var who *signer
	err := s.db.View(ctx, func(r kv.Reader) error {
		v, w, err := s.signer(ctx, r, a)
		out.Principal = policy.Principal{Account: v.account}
		if who = w; err != nil || w == nil {
			return err
		}
		out.Principal = v.principalOf(w)
		n, err := v.count("device", v.account, w.owner)
		out.MFA = n > 0
		return err
	})
	if err != nil {
		return out, err
	}
	var was *loginRecord
	if who != nil {
		was = who.login()
	}
	right, hash := false, nobodysHash()
	if was != nil {
		hash = was.Hash
	}
	err = s.Hash(ctx, func() error {
		right = IsPassword(hash, a.Password)
		return nil
	})
	if err != nil {
		return out, err
	}
	if was == nil || !right {
		return out, errAuthenticationFailed()
	}
	becomes, err := s.newLogin(ctx, who, a, out)
	if err != nil || out.State != "" {
		return out, err
	}
	// The code comes last: it counts once, and must not be used up before all else is as it has to be.
	var mfa *time.Time
	if out.MFA {
		if a.MFACode == "" {
			out.State = MFARequired
			return out, nil
		}
		if out.Device, err = s.useAnyMFA(ctx, out.Principal.Account, who.owner, a.MFACode); err != nil {
			return out, err
		}
		if out.Device == "" {
			out.State = MFAFailed
			return out, nil
		}
		now := whole(s.now())
		mfa = &now
	}
	out.Token, err = s.begin(ctx, a, was, becomes, mfa)
	if err == nil {
		out.State = SignedIn
	}
	return out, err
}

// newLogin is what the login becomes of somebody who has to have a new password; it is what it was if that is not so. The
// outcome has a state if a new password has to come first.
func (s *Store) newLogin(ctx context.Context, who *signer, a *Attempt, out *SignIn) (*loginRecord, error) {
	l := *who.login()
	p := who.policy()
	expired := p != nil && p.MaxPasswordAge != nil && !s.now().Before(l.Changed.AddDate(0, 0, int(*p.MaxPasswordAge)))
	switch {
	case !expired && !l.Reset:
		return &l, nil
	case expired && !l.Reset && p.HardExpiry != nil && *p.HardExpiry:
		return nil, &awsapi.Error{Code: "PasswordExpired", Status: http.StatusForbidden,
			Message: "Your password has expired. An administrator of the account has to set a new one."}
	case a.NewPassword == "":
		out.State = NewPasswordRequired
		return &l, nil
	}
	if err := s.mayChangePassword(ctx, &out.Principal, a.Context); err != nil {
		return nil, err
	}
	switch {
	case utf8.RuneCountInString(a.NewPassword) > maxPassword:
		return nil, passwordTooLong()
	case a.NewPassword == a.Password:
		return nil, badRequest("PasswordPolicyViolation", "The new password is the old one")
	}
	return &l, s.Hash(ctx, func() error {
		l.Reset, l.Old = false, append([]string(nil), l.Old...)
		return l.set(p, a.NewPassword, whole(s.now()))
	})
}

// mayChangePassword returns the error for a user who may not change its own password.
func (s *Store) mayChangePassword(ctx context.Context, who *policy.Principal, request policy.Context) error {
	return s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s, account: who.Account}
		u, err := byID[userRecord](v, userKind, who.ID)
		if err != nil || u == nil {
			return or(err, errAuthenticationFailed())
		}
		p, err := v.userPrincipal(u)
		if err == nil {
			err = v.join(p)
		}
		if err != nil {
			return err
		}
		question := policy.Request{Principal: p.Principal, Context: request,
			Need: policy.Need{Action: "iam:ChangePassword", Resource: p.ARN}}
		if d := policy.Decide(&question, &p.Policies); !d.Allowed {
			return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: d.Message(p.ARN, "iam:ChangePassword", p.ARN)}
		}
		return nil
	})
}

// begin begins the session of who has signed in, if nothing has changed since that was found out.
func (s *Store) begin(ctx context.Context, a *Attempt, was, becomes *loginRecord, mfa *time.Time) (token string, err error) {
	err = s.quietly(ctx, func(tx kv.Txn) error {
		v, w, err := s.signer(ctx, tx, a)
		if err != nil {
			return err
		}
		if w == nil || !w.login().same(was) {
			return concurrentModification()
		}
		e := &edit{v, tx, whole(s.now())}
		l := *becomes
		l.Used = &e.now
		if l.Hash != was.Hash {
			if err := e.signOut(w.owner, w.owner, ""); err != nil {
				return err
			}
		}
		token, err = e.enter(w, &l, mfa)
		return err
	})
	return token, err
}

// enter begins a session of a user or the root user, and keeps what its login has become.
func (e *edit) enter(w *signer, l *loginRecord, mfa *time.Time) (token string, err error) {
	t := session{Account: e.account, Issued: e.now, Expires: e.now.Add(ConsoleSession), MFA: mfa}
	if w.user != nil {
		t.User, w.user.Login = w.user.ID, l
		err = save(e, userKind, w.user)
	} else {
		w.account.Root = l
		err = put(e.tx, accountKey(e.account), *w.account)
	}
	if err != nil {
		return "", err
	}
	return e.beginConsole(t)
}

// useAnyMFA takes a code of any device of a user, or of the root user, whose id is the account, and returns the ARN of that device.
// A code that is of none, "", counts as wrong for each. Like useMFA it is a transaction of its own.
func (s *Store) useAnyMFA(ctx context.Context, account, owner, code string) (device string, err error) {
	var ids []string
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		v := &view{ctx: ctx, r: r, s: s, account: account}
		ids, err = v.lasts("device", account, owner)
		return err
	})
	if err != nil {
		return "", err
	}
	keys := make([][]byte, len(ids))
	for i, id := range ids {
		keys[i] = entityKey(account, mfaKind, id)
	}
	now := s.now()
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		device = ""
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		changed := map[int]mfaRecord{}
		for i, key := range keys {
			d, ok, err := get[mfaRecord](ctx, tx, key)
			if err != nil {
				return err
			}
			if !ok || d.Owner != owner {
				continue
			}
			seed, err := s.seal.open(d.Seed, mfaSeedName(ids[i]))
			if err != nil {
				return err
			}
			before := d.MFACodes
			if d.Use(string(seed), code, now) {
				device = d.arn(account, mfaKind)
				return put(tx, key, d)
			}
			if d.MFACodes != before {
				changed[i] = d
			}
		}
		for i, d := range changed {
			if err := put(tx, keys[i], d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		device = ""
	}
	return device, err
}

// maxPassword is the longest password, in characters.
const maxPassword = 128

func passwordTooLong() *awsapi.Error {
	return badRequest("PasswordPolicyViolation", "Password should have a maximum length of 128")
}

// checkRootPassword says whether a root user may have a password: "a minimum of 8 and a maximum of 128 characters", three
// of four sorts of them, and neither its e-mail address nor the name of its account (Change the root user password).
func checkRootPassword(password, email, name string) error {
	bad := func(message string) error { return badRequest("PasswordPolicyViolation", message) }
	if err := (*passwordPolicy)(nil).check(password); err != nil {
		return err
	}
	switch {
	case utf8.RuneCountInString(password) > maxPassword:
		return passwordTooLong()
	case strings.EqualFold(password, email), strings.EqualFold(password, name):
		return bad("Password should be neither the e-mail address nor the name of the account")
	}
	return nil
}
