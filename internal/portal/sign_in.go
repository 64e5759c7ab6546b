package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
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
	// Device is one to be registered.
	Device *newDevice `json:",omitempty"`
}

// registering is the state of an attempt by who has to register an MFA device before: the same is sent again with its id and a code,
// and after a NewPassword with that as the Password.
const registering identity.SignInState = "MFARegistrationRequired"

// signIn signs in with a password, or leads to where people come from.
func (p *Portal) signIn(x *signin.Call) (any, error) {
	var in attempt
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
		return signInOutput{State: redirected, Location: loginPath}, nil
	}
	if in.UserName == "" {
		return nil, badPage("UserName is needed.")
	}
	guess, err := p.SignIn.Guess(x, "person/"+in.UserName)
	if err != nil {
		return nil, err
	}
	proven, state, err := p.attempt(ctx, source, in.Attempt)
	if err != nil {
		guess.Ended(err)
		if _, refused := errors.AsType[*awsapi.Error](err); refused {
			err = errors.Join(err, p.verified(x, "PASSWORD", nil, false))
		}
		return nil, err
	}
	u := proven.User
	switch state {
	case identity.MFAFailed: // a guess that counts
		return signInOutput{State: state}, p.verified(x, "TOTP", u, false)
	case identity.SignedIn:
	default:
		guess.Right()
		return signInOutput{State: state}, nil
	}
	mfa := proven.MFA
	if !mfa {
		// The first device may have come since it was asked for a code.
		if has, err := p.hasDevice(ctx, u.ID); err != nil || has {
			guess.Right()
			return signInOutput{State: identity.MFARequired}, err
		}
		var m *newDevice
		if m, mfa, err = p.enrol(ctx, u, &in); err == nil && m != nil {
			guess.Right()
			return signInOutput{State: registering, Device: m}, nil
		}
	}
	if err != nil {
		guess.Ended(err)
		if _, refused := errors.AsType[*awsapi.Error](err); refused {
			err = errors.Join(err, p.verified(x, "TOTP", u, false))
		}
		return nil, err
	}
	guess.Succeeded()
	token, _, err := p.Begin(ctx, Proof{User: u.ID, Source: source.Kind, Grant: source.Grant, Password: proven.Changed, MFA: mfa})
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

// attempt is an attempt to sign in. The last two are of a device that is registered with it.
type attempt struct {
	directory.Attempt
	DeviceID   string `json:"DeviceId"`
	DeviceName string
}

// enrol does what the instance wants of who has given a right password, and has no MFA device: it lets in, has a device registered, or
// keeps out. The device that it returns is to be registered; mfa says that one has been.
func (p *Portal) enrol(ctx context.Context, u *directory.User, in *attempt) (m *newDevice, mfa bool, err error) {
	i, err := p.instance(ctx)
	switch {
	case err != nil || i == nil || i.WithoutDevice == center.LetIn:
		return nil, false, err
	case i.WithoutDevice == center.KeepOut:
		return nil, false, &awsapi.Error{Code: "MFADeviceRequired", Status: http.StatusForbidden, Message: "You need an MFA device to sign in, and have none. Contact your administrator."}
	case in.DeviceID == "":
		m, err = p.begun(ctx, u.ID, false)
		return m, false, err
	}
	err = p.Directory.ConfirmMFA(ctx, u.ID, in.DeviceID, in.MFACode, in.DeviceName)
	return nil, err == nil, err
}

// attempt asks where people come from whether the password is right, and here for a code of whoever has an MFA device.
func (p *Portal) attempt(ctx context.Context, source Source, a directory.Attempt) (in directory.Proven, state identity.SignInState, err error) {
	if source.Password == nil {
		return p.Directory.SignIn(ctx, a)
	}
	id, err := source.Password(ctx, a.UserName, a.Password)
	if err != nil {
		return in, "", err
	}
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		in.User, err = p.active(ctx, r, id)
		return err
	})
	if err != nil {
		return in, "", err
	}
	if in.User == nil {
		return in, "", &awsapi.Error{Code: "AuthenticationFailed", Status: 401, Message: "Your authentication information is incorrect. Please try again."}
	}
	has, err := p.hasDevice(ctx, id)
	if err != nil || !has {
		return in, identity.SignedIn, err
	}
	if a.MFACode == "" {
		return in, identity.MFARequired, nil
	}
	right, err := p.Directory.UseCode(ctx, id, a.MFACode)
	if err != nil || !right {
		return in, identity.MFAFailed, err
	}
	in.MFA = true
	return in, identity.SignedIn, nil
}
