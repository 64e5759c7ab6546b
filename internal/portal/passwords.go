package portal

import (
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/signin"
)

// done is the answer of what says nothing.
type done struct{}

// ownPasswords refuses what is about passwords that are kept elsewhere.
func (p *Portal) ownPasswords(x *signin.Call) error {
	source, err := p.Source(x.Request().Context())
	if err == nil && source.Kind != directorySource {
		err = &awsapi.Error{Code: "NotHere", Status: http.StatusBadRequest, Message: "Your password is not kept here. Ask whoever gave it to you."}
	}
	return err
}

// forgotPassword mails a link to whoever has that name, and answers the same if nobody has.
func (p *Portal) forgotPassword(x *signin.Call) (any, error) {
	var in struct{ UserName string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	if err := p.ownPasswords(x); err != nil {
		return nil, err
	}
	// It counts, right or not: everyone gets mails of it.
	if _, err := p.SignIn.Guess(x, "forgot/"+in.UserName); err != nil {
		return nil, err
	}
	return done{}, p.Directory.ForgotPassword(x.Request().Context(), in.UserName)
}

// setPassword sets the password of whom a link was made for. It signs nobody in.
func (p *Portal) setPassword(x *signin.Call) (any, error) {
	var in struct{ Token, Password string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	guess, err := p.SignIn.Guess(x, "")
	if err != nil {
		return nil, err
	}
	u, err := p.Directory.SetPassword(x.Request().Context(), in.Token, in.Password)
	if guess.Ended(err); err != nil {
		return nil, err
	}
	return done{}, p.log(x, "UpdatePassword", u, nil, nil)
}

// changePassword sets another password of who is signed in. All other sessions of the person end, and this one is another, which
// lasts no longer.
func (p *Portal) changePassword(x *signin.Call) (any, error) {
	var in struct{ OldPassword, NewPassword string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	h, err := p.caller(x)
	if err == nil {
		err = p.ownPasswords(x)
	}
	if err != nil {
		return nil, err
	}
	guess, err := p.SignIn.Guess(x, "person/"+h.UserName)
	if err != nil {
		return nil, err
	}
	ctx := x.Request().Context()
	changed, err := p.Directory.ChangePassword(ctx, h.ID, in.OldPassword, in.NewPassword)
	guess.Ended(err)
	if err := p.log(x, "UpdatePassword", h.User, nil, err); err != nil {
		return nil, err
	}
	token, _, err := p.Begin(ctx, Proof{User: h.ID, Source: h.session.Source, Password: changed, MFA: h.session.MFA, Until: h.session.Expires})
	if err != nil {
		return nil, err
	}
	return done{}, p.SetCookie(x, token)
}
