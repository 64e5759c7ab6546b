package identity

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The federation endpoint ("Enable custom identity broker access to the AWS console", IAM User Guide): an identity broker has
// credentials of AssumeRole or one of its relatives, or of GetFederationToken, and gets a sign-in token for them, with which a
// browser signs in as that session.

// signinToken is what a sign-in token carries, sealed.
type signinToken struct {
	ID      string
	Session session
	// Seconds is how long the session of the console is to be; 0 for as long as the credentials.
	Seconds int
	Expires time.Time
}

const (
	// signinTokenLifetime: "The sign-in token is valid for 15 minutes."
	signinTokenLifetime = 15 * time.Minute
	// signinTokenName is what it is sealed under, which no access key is called.
	signinTokenName = "signin"
	// How long a session of the console may be, in seconds.
	minSessionDuration = 900
	maxSessionDuration = 43200
)

// SigninToken makes a sign-in token for temporary credentials. Seconds is the SessionDuration that was asked for, nil if
// none was. The error is an *awsapi.Error if it is the broker's.
func (s *Store) SigninToken(ctx context.Context, key AccessKey, sessionToken string, seconds *int) (token string, who *policy.Principal, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s}
		t, err := v.open(key.ID, sessionToken)
		if errors.Is(err, ErrInvalidToken) || err == nil && subtle.ConstantTimeCompare([]byte(t.Secret), []byte(key.Secret)) != 1 {
			return badRequest("InvalidClientTokenId", "The security token included in the request is invalid")
		}
		if err != nil {
			return err
		}
		if !s.now().Before(t.Expires) {
			return badRequest("ExpiredToken", "The security token included in the request is expired")
		}
		v.account = t.Account
		p, err := v.broughtAlong(t)
		if err != nil {
			return err
		}
		who = &p.Principal
		if err := t.mayLast(seconds); err != nil {
			return err
		}
		out := signinToken{ID: newToken(), Session: *t, Expires: s.now().Add(signinTokenLifetime)}
		out.Session.Secret = ""
		if seconds != nil {
			out.Seconds = *seconds
		}
		token, err = v.sealSigninToken(&out)
		return err
	})
	return token, who, err
}

// broughtAlong is who the session of somebody is that wants to have it in the console.
func (v *view) broughtAlong(t *session) (*Principal, error) {
	if t.Console != "" || t.Role == "" && t.Name == "" {
		return nil, badRequest("InvalidParameterValue", "The session has to be of AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity or GetFederationToken.")
	}
	p, err := v.sessionPrincipal(t)
	if errors.Is(err, ErrInvalidToken) || errors.Is(err, ErrExpiredToken) {
		err = badRequest("InvalidClientTokenId", "The security token included in the request is invalid")
	}
	return p, err
}

// mayLast says whether a session of the console may be given a length.
func (t *session) mayLast(seconds *int) error {
	switch {
	case seconds == nil:
	case *seconds < minSessionDuration || *seconds > maxSessionDuration:
		return badRequest("InvalidParameterValue", "SessionDuration has to be from 900 to 43200 seconds.")
	case t.Role == "":
		return badRequest("InvalidParameterValue", "SessionDuration can't be used with the credentials of GetFederationToken: the session lasts as long as they do.")
	case t.Chained:
		return badRequest("InvalidParameterValue", "SessionDuration can't be used with the credentials of a role that was assumed by role chaining.")
	}
	return nil
}

func (v *view) sealSigninToken(t *signinToken) (string, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	id, err := v.newestTokenKey()
	if err != nil {
		return "", err
	}
	seal, err := v.s.tokenSealer(v.ctx, v.r, id)
	if err != nil {
		return "", err
	}
	raw, err := hex.DecodeString(id)
	return base64.RawURLEncoding.EncodeToString(append(raw, seal.seal(pack(plain), signinTokenName)...)), err
}

// openSigninToken reads a sign-in token: ErrInvalidToken, ErrExpiredToken.
func (v *view) openSigninToken(token string) (*signinToken, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(token) > maxToken || len(raw) < tokenKeyID {
		return nil, ErrInvalidToken
	}
	seal, err := v.s.tokenSealer(v.ctx, v.r, hex.EncodeToString(raw[:tokenKeyID]))
	if err != nil {
		return nil, err
	}
	packed, err := seal.open(raw[tokenKeyID:], signinTokenName)
	if err != nil {
		return nil, ErrInvalidToken
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	t := new(signinToken)
	if err := json.Unmarshal(plain, t); err != nil {
		return nil, err
	}
	if !v.s.now().Before(t.Expires) {
		return nil, ErrExpiredToken
	}
	return t, nil
}

// SignInWithToken begins the session of the console that a sign-in token is for. Each begins one only: it stays in the
// browser's history.
func (s *Store) SignInWithToken(ctx context.Context, token string) (*SignIn, error) {
	out := new(SignIn)
	err := s.quietly(ctx, func(tx kv.Txn) error {
		e := &edit{&view{ctx: ctx, r: tx, s: s}, tx, whole(s.now())}
		t, err := e.openSigninToken(token)
		if err != nil {
			return err
		}
		e.account = t.Session.Account
		p, err := e.broughtAlong(&t.Session)
		if err != nil {
			return err
		}
		out.Principal, out.MFA = p.Principal, t.Session.MFA != nil
		key := waitingKey(usedKind, t.ID)
		if _, used, err := get[expiring](ctx, tx, key); err != nil || used {
			return or(err, ErrInvalidToken)
		}
		if err := put(tx, key, expiring{t.Expires}); err != nil {
			return err
		}
		if t.Seconds > 0 {
			t.Session.lastUntil(e.now.Add(time.Duration(t.Seconds) * time.Second))
		}
		out.Token, err = e.beginConsole(t.Session)
		return err
	})
	switch {
	case errors.Is(err, ErrInvalidToken), errors.Is(err, ErrExpiredToken):
		err = badRequest("InvalidSigninToken", "The sign-in token is not valid, or not any more: each can be used once, within 15 minutes.")
	case err == nil:
		out.State = SignedIn
	}
	return out, err
}
