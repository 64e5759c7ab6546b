package portal

import (
	"context"
	"errors"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/signin"
)

// redirected is the state of an attempt by who has to sign in elsewhere.
const redirected identity.SignInState = "Redirect"

// loginPath is where that begins.
const loginPath = "/sources/login"

type signInOutput struct {
	State    identity.SignInState
	Location string `json:",omitempty"`
}

// signIn signs in with a password, or leads to where people come from.
func (p *Portal) signIn(x *signin.Call) (any, error) {
	var in directory.Attempt
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	in.UserName, in.MFACode = strings.TrimSpace(in.UserName), strings.TrimSpace(in.MFACode)
	ctx := x.Request().Context()
	source, err := p.Source(ctx)
	if err != nil {
		return nil, err
	}
	if source.Kind != directorySource && source.Password == nil {
		return signInOutput{redirected, loginPath}, nil
	}
	if in.UserName == "" {
		return nil, badPage("UserName is needed.")
	}
	guess, err := p.SignIn.Guess(x, "person/"+in.UserName)
	if err != nil {
		return nil, err
	}
	u, state, err := p.attempt(ctx, source, in)
	if err != nil {
		guess.Ended(err)
		if _, refused := errors.AsType[*awsapi.Error](err); refused {
			err = errors.Join(err, p.verified(x, "PASSWORD", nil, false))
		}
		return nil, err
	}
	switch state {
	case identity.MFAFailed: // a guess that counts
		return signInOutput{State: state}, p.verified(x, "TOTP", u, false)
	case identity.SignedIn:
		guess.Succeeded()
	default:
		guess.Right()
		return signInOutput{State: state}, nil
	}
	// Who has a device has shown it: nobody is signed in otherwise.
	mfa, err := p.hasDevice(ctx, u.ID)
	var token string
	if err == nil {
		token, _, err = p.Begin(ctx, Proof{User: u.ID, Source: source.Kind, Grant: source.Grant, MFA: mfa})
	}
	if err == nil {
		err = p.SetCookie(x, token)
	}
	if err == nil {
		err = p.verified(x, "PASSWORD", u, true)
	}
	if err != nil {
		return nil, err
	}
	return signInOutput{State: state}, p.log(x, "Authenticate", u, nil, nil)
}

// attempt asks where people come from whether the password is right, and here for a code of whoever has an MFA device.
func (p *Portal) attempt(ctx context.Context, source Source, a directory.Attempt) (*directory.User, identity.SignInState, error) {
	if source.Password == nil {
		return p.Directory.SignIn(ctx, a)
	}
	id, err := source.Password(ctx, a.UserName, a.Password)
	if err != nil {
		return nil, "", err
	}
	var u *directory.User
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		u, err = p.active(ctx, r, id)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if u == nil {
		return nil, "", &awsapi.Error{Code: "AuthenticationFailed", Status: 401, Message: "Your authentication information is incorrect. Please try again."}
	}
	has, err := p.hasDevice(ctx, id)
	if err != nil || !has {
		return u, identity.SignedIn, err
	}
	if a.MFACode == "" {
		return u, identity.MFARequired, nil
	}
	right, err := p.Directory.UseCode(ctx, id, a.MFACode)
	if err != nil || !right {
		return u, identity.MFAFailed, err
	}
	return u, identity.SignedIn, nil
}
