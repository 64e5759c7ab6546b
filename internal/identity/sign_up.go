package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// How many sign-ups may wait for their code, in all and for one address. Anybody can begin one.
const (
	maxSignUps      = 1000
	maxSignUpsEmail = 5
)

// signUpRecord is somebody who wants an account.
type signUpRecord struct {
	Email, Name string
	mailedCode
	// Token is the hash of what was given for the right code, nil before.
	Token []byte `json:",omitempty"`
}

// SignUp is a sign-up that has begun.
type SignUp struct {
	ID string
	// Code is to be mailed to the address; "" if it has an account already, which only its owner may learn.
	Code string
}

// BeginSignUp begins a sign-up. What it returns and how long it takes is the same whether the address has an account or not,
// but for the code.
func (s *Store) BeginSignUp(ctx context.Context, address, name string) (*SignUp, error) {
	if err := checkOwner(address, name); err != nil {
		return nil, err
	}
	out := new(SignUp)
	return out, s.db.Update(ctx, func(tx kv.Txn) error {
		out.ID, out.Code = newToken(), newCode()
		now := s.now()
		all, same := 0, 0
		start, end := keyspace.IdentityRange(signUpKind)
		err := tx.Scan(ctx, kv.Range{Start: start, End: end}, func(key, _ []byte) (bool, error) {
			r, _, err := get[signUpRecord](ctx, tx, key)
			if all++; strings.EqualFold(r.Email, address) && now.Before(r.Expires) {
				same++
			}
			return true, err
		})
		if err != nil {
			return err
		}
		if all >= maxSignUps || same >= maxSignUpsEmail {
			return tooManyRequests()
		}
		r := signUpRecord{Email: address, Name: name, mailedCode: mailedCode{Hash: hashCode(out.ID, out.Code), Expires: now.Add(codeLifetime)}}
		_, there, err := get[string](ctx, tx, emailKey(address))
		if err != nil {
			return err
		}
		if there {
			r.Hash, out.Code = nil, ""
		}
		return put(tx, waitingKey(signUpKind, out.ID), r)
	})
}

// VerifySignUp takes the code of a sign-up, and returns the token that completes it.
func (s *Store) VerifySignUp(ctx context.Context, id, code string) (token string, err error) {
	if len(id) > maxSignInName {
		return "", wrongMailedCode()
	}
	right := false
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		right = false
		key := waitingKey(signUpKind, id)
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		r, ok, err := get[signUpRecord](ctx, tx, key)
		if err != nil || !ok {
			return err
		}
		if right = r.take(id, code, s.now()); right {
			secret := newToken()
			sum := sha256.Sum256([]byte(secret))
			r.Hash, r.Token, r.Expires = nil, sum[:], s.now().Add(codeLifetime)
			token = id + "." + secret
		}
		return put(tx, key, r)
	})
	if err == nil && !right {
		return "", wrongMailedCode()
	}
	return token, err
}

// CompleteSignUp makes the account of a sign-up, and signs its root user in. It is in no organization.
func (s *Store) CompleteSignUp(ctx context.Context, token, password string) (*SignIn, error) {
	out := &SignIn{Principal: policy.Principal{Type: policy.Root}}
	id, secret, _ := strings.Cut(token, ".")
	if len(id) > maxSignInName {
		return out, wrongMailedCode()
	}
	sum := sha256.Sum256([]byte(secret))
	may := func(r kv.Reader) (signUpRecord, error) {
		rec, ok, err := get[signUpRecord](ctx, r, waitingKey(signUpKind, id))
		if err == nil && (!ok || rec.Token == nil || !s.now().Before(rec.Expires) || subtle.ConstantTimeCompare(rec.Token, sum[:]) != 1) {
			err = wrongMailedCode()
		}
		return rec, err
	}
	err := s.db.View(ctx, func(r kv.Reader) error {
		rec, err := may(r)
		if err == nil {
			err = checkRootPassword(password, rec.Email, rec.Name)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	l, err := s.firstLogin(ctx, password)
	if err != nil {
		return out, err
	}
	err = s.Change(ctx, func(tx kv.Txn) error {
		rec, err := may(tx)
		if err != nil {
			return err
		}
		e := &edit{&view{ctx: ctx, r: tx, s: s}, tx, whole(s.now())}
		a := accountRecord{Created: e.now, Name: rec.Name, Request: newID(""), SignedUp: true}
		if e.account, err = e.newAccount(&a, rec.Email); err != nil {
			if e, ok := errors.AsType[*awsapi.Error](err); ok && e.Code == tooManyAccounts().Code {
				err = tooManyRequests()
			}
			return err
		}
		out.Principal = rootPrincipal(e.account).Principal
		out.Token, err = e.enter(&signer{account: &a, owner: e.account}, l, nil)
		if err != nil {
			return err
		}
		return tx.Delete(waitingKey(signUpKind, id))
	})
	if err == nil {
		out.State = SignedIn
	}
	return out, err
}

// firstLogin is the login of somebody who has just chosen a password.
func (s *Store) firstLogin(ctx context.Context, password string) (*loginRecord, error) {
	now := whole(s.now())
	l := &loginRecord{Created: now, Changed: now, Used: &now}
	return l, s.Hash(ctx, func() error {
		l.Hash = HashPassword(password)
		return nil
	})
}

// expiring is what the records that wait for a code have in common.
type expiring struct{ Expires time.Time }
