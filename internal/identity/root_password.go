package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// resetRecord is a code with which a root user who has forgotten the password sets another one. It is too long to be
// guessed, so that nobody has to count wrong ones, and nobody can use them up for somebody else.
type resetRecord struct {
	Hash          []byte
	Sent, Expires time.Time
}

const (
	resetLifetime = time.Hour
	// resetPause is how long no other code is sent.
	resetPause = time.Minute
)

// Forgotten is a code for a root user who has forgotten the password.
type Forgotten struct {
	// Code is "" if there is no such root user, or one was sent just now. Whoever asks may not learn which.
	Code string
	// Email is the root user's own address, however the one that was asked for is written.
	Email     string
	Principal policy.Principal
}

// ForgotRootPassword makes a code with which the root user of an address can set a password.
func (s *Store) ForgotRootPassword(ctx context.Context, address string) (*Forgotten, error) {
	out := new(Forgotten)
	return out, s.db.Update(ctx, func(tx kv.Txn) error {
		*out = Forgotten{}
		v, w, err := s.signer(ctx, tx, &Attempt{Email: address})
		// The first account's is claimed, not recovered.
		if err != nil || w == nil || w.account.SetupHash != nil {
			return err
		}
		key := waitingKey(resetKind, v.account)
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		old, _, err := get[resetRecord](ctx, tx, key)
		now := s.now()
		if err != nil || now.Before(old.Sent.Add(resetPause)) {
			return err
		}
		*out = Forgotten{newToken(), w.account.Email, rootPrincipal(v.account).Principal}
		return put(tx, key, resetRecord{hashCode(v.account, out.Code), now, now.Add(resetLifetime)})
	})
}

// ResetRootPassword sets the password of a root user by a code, once, and ends its sessions.
func (s *Store) ResetRootPassword(ctx context.Context, address, code, password string) (who policy.Principal, err error) {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	may := func(r kv.Reader) (*view, *signer, error) {
		v, w, err := s.signer(ctx, r, &Attempt{Email: address})
		if err != nil {
			return nil, nil, err
		}
		if w == nil {
			return nil, nil, wrongMailedCode()
		}
		rec, ok, err := get[resetRecord](ctx, r, waitingKey(resetKind, v.account))
		if err == nil && (!ok || !s.now().Before(rec.Expires) || subtle.ConstantTimeCompare(rec.Hash, hashCode(v.account, code)) != 1) {
			err = wrongMailedCode()
		}
		return v, w, err
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		v, w, err := may(r)
		if err != nil {
			return err
		}
		who = rootPrincipal(v.account).Principal
		return checkRootPassword(password, w.account.Email, w.account.Name)
	})
	if err != nil {
		return who, err
	}
	l, err := s.firstLogin(ctx, password)
	if err != nil {
		return who, err
	}
	var told RootChange
	err = s.Change(ctx, func(tx kv.Txn) error {
		v, w, err := may(tx)
		if err != nil {
			return err
		}
		told.Email = w.account.Email
		return (&edit{v, tx, whole(s.now())}).setRootPassword(w.account, l, "")
	})
	if err == nil {
		s.changed(told)
	}
	return who, err
}

// setRootPassword makes l the login of the root user. Its sessions end, but for the one of an id, and no code that was sent
// before sets another password.
func (e *edit) setRootPassword(a *accountRecord, l *loginRecord, but string) error {
	l.Used = nil
	if old := a.Root; old != nil {
		l.Created, l.Used = old.Created, old.Used
	}
	a.Root = l
	if err := e.tx.Delete(waitingKey(resetKind, e.account)); err != nil {
		return err
	}
	if err := e.signOut(e.account, e.account, but); err != nil {
		return err
	}
	return put(e.tx, accountKey(e.account), *a)
}

// RootChange is what a root user is told of: another e-mail address if NewEmail is not "", that the account was closed, or else
// another password.
type RootChange struct {
	// Email is the address before the change.
	Email, NewEmail string
	Closed          bool
}

func rootOnly() *awsapi.Error {
	return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "Only the root user, signed in to the console, may do this."}
}

// asRoot runs fn with the account of the root user whose session of the console a token is: ErrNoConsole, AccessDenied.
func (s *Store) asRoot(ctx context.Context, token string, r kv.Reader, fn func(*view, *accountRecord) error) error {
	v := &view{ctx: ctx, r: r, s: s}
	c, err := v.liveConsole(consoleID(token))
	if err != nil {
		return err
	}
	v.account = c.Session.Account
	a, err := v.accountOf()
	switch {
	case err != nil:
		return err
	case a.Closed != nil:
		return ErrNoConsole
	case c.Owner != v.account || a.Root == nil:
		return rootOnly()
	}
	return fn(v, a)
}

// proveRoot checks the password of the root user whose session a token is, and returns its account as it is.
func (s *Store) proveRoot(ctx context.Context, token, password string) (a *accountRecord, who policy.Principal, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		return s.asRoot(ctx, token, r, func(v *view, found *accountRecord) error {
			a, who = found, rootPrincipal(v.account).Principal
			return nil
		})
	})
	if err != nil {
		return nil, who, err
	}
	return a, who, s.Hash(ctx, func() error {
		if !IsPassword(a.Root.Hash, password) {
			return errAuthenticationFailed()
		}
		return nil
	})
}

// ChangeRootPassword sets another password of the root user whose session of the console a token is, and ends its other
// sessions.
func (s *Store) ChangeRootPassword(ctx context.Context, token, old, password string) (policy.Principal, error) {
	was, who, err := s.proveRoot(ctx, token, old)
	if err == nil {
		err = checkRootPassword(password, was.Email, was.Name)
	}
	if err != nil {
		return who, err
	}
	l, err := s.firstLogin(ctx, password)
	if err != nil {
		return who, err
	}
	err = s.Change(ctx, func(tx kv.Txn) error {
		return s.asRoot(ctx, token, tx, func(v *view, a *accountRecord) error {
			if !a.Root.same(was.Root) {
				return concurrentModification()
			}
			return (&edit{v, tx, whole(s.now())}).setRootPassword(a, l, consoleID(token))
		})
	})
	if err == nil {
		s.changed(RootChange{Email: was.Email})
	}
	return who, err
}

// newEmailRecord is an e-mail address that is to become an account's.
type newEmailRecord struct {
	Email string
	mailedCode
}

// BeginEmailChange returns a code that is to be mailed to what is to be the address of the root user whose session a token
// is; "" if the address is another account's, which only its owner may learn.
func (s *Store) BeginEmailChange(ctx context.Context, token, password, address string) (code string, who policy.Principal, err error) {
	if !validEmail(address) {
		return "", who, invalidParameter("Email")
	}
	_, who, err = s.proveRoot(ctx, token, password)
	if err != nil {
		return "", who, err
	}
	err = s.edit(ctx, who.Account, func(e *edit) error {
		code, err = e.beginEmailChange(address)
		return err
	})
	return code, who, err
}

func (e *edit) beginEmailChange(address string) (code string, err error) {
	code = newCode()
	r := newEmailRecord{address, mailedCode{Hash: hashCode(e.account, code), Expires: e.now.Add(codeLifetime)}}
	_, there, err := get[string](e.ctx, e.r, emailKey(address))
	if err != nil {
		return "", err
	}
	if there {
		r.Hash, code = nil, ""
	}
	return code, put(e.tx, waitingKey(newEmailKind, e.account), r)
}

// EndEmailChange takes the code, and the address becomes the root user's.
func (s *Store) EndEmailChange(ctx context.Context, token, code string) (who policy.Principal, err error) {
	var refused error
	var told RootChange
	err = s.Change(ctx, func(tx kv.Txn) error {
		return s.asRoot(ctx, token, tx, func(v *view, a *accountRecord) error {
			who = rootPrincipal(v.account).Principal
			e := &edit{v, tx, whole(s.now())}
			told.Email = a.Email
			refused = e.endEmailChange(a, "", code)
			told.NewEmail = a.Email
			return unkept(&refused)
		})
	})
	if err = or(err, refused); err == nil {
		s.changed(told)
	}
	return who, err
}

// unkept is the error of a change that undoes it: not one whose traces are kept, of which err becomes the reason.
func unkept(err *error) error {
	if k, ok := errors.AsType[kept](*err); ok {
		*err = k.error
		return nil
	}
	return *err
}

// endEmailChange gives the account the address that waits for a code; it has to be address, if that is not "".
func (e *edit) endEmailChange(a *accountRecord, address, code string) error {
	key := waitingKey(newEmailKind, e.account)
	r, ok, err := get[newEmailRecord](e.ctx, e.r, key)
	if err != nil {
		return err
	}
	if !ok || address != "" && !strings.EqualFold(address, r.Email) {
		return wrongMailedCode()
	}
	if !r.take(e.account, code, e.now) {
		return or(put(e.tx, key, r), kept{wrongMailedCode()})
	}
	if err := e.setEmail(a, r.Email); err != nil {
		return err
	}
	if err := e.tx.Delete(key); err != nil {
		return err
	}
	return put(e.tx, accountKey(e.account), *a)
}

// BillingAccess says whether users and roles of an account may see its billing information, as far as their policies let
// them ("IAM user and role access to Billing information"). The root user always may.
func (s *Store) BillingAccess(ctx context.Context, account string) (on bool, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		a, _, err := get[accountRecord](ctx, r, accountKey(account))
		on = a.Billing
		return err
	})
	return on, err
}

// SetBillingAccess sets BillingAccess for the account of the root user whose session of the console a token is.
func (s *Store) SetBillingAccess(ctx context.Context, token string, on bool) (who policy.Principal, err error) {
	err = s.Change(ctx, func(tx kv.Txn) error {
		return s.asRoot(ctx, token, tx, func(v *view, a *accountRecord) error {
			who = rootPrincipal(v.account).Principal
			a.Billing = on
			return put(tx, accountKey(v.account), *a)
		})
	})
	return who, err
}
