package signin

import (
	"context"
	"net/http"

	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// mayMail counts a mail that a source causes. The error is that there were too many.
func (h *Handler) mayMail(x *Call) error {
	left := rate.NewLimiter(lettersSecond, letterBurst)
	if known, there, _ := h.letters.PeekOrAdd(sourceOf(x), left); there {
		left = known
	}
	if !left.AllowN(x.Time, 1) {
		return tooMany()
	}
	return nil
}

func signUpClosed() *awsapi.Error {
	return &awsapi.Error{Code: "SignUpClosed", Status: http.StatusForbidden, Message: "New accounts are made by the administrator of this server alone."}
}

// signUp begins a sign-up: a code goes to the address. Whoever has an account already is told so by mail.
func (h *Handler) signUp(x *Call) (any, error) {
	var in struct{ Email, AccountName string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	if !h.SignUp {
		return nil, signUpClosed()
	}
	if err := h.mayMail(x); err != nil {
		return nil, err
	}
	begun, err := h.Identities.BeginSignUp(x.r.Context(), in.Email, in.AccountName)
	if err != nil {
		return nil, err
	}
	m := Mail{To: in.Email, Subject: "Your sign-up for Stator", Text: "Your verification code is " + begun.Code + ". It is valid for 15 minutes.\n\n" +
		"If you did not ask for an account" + h.here() + ", somebody has typed your address by mistake. Do nothing.\n"}
	if begun.Code == "" {
		m.Text = "Somebody, probably you, has asked for an account" + h.here() + " with this address. It has one already: sign in as its root user, " +
			"and if you have forgotten the password, ask for another one there.\n"
	}
	return struct {
		ID string `json:"Id"`
	}{begun.ID}, h.outbox.do(func(ctx context.Context) error { return h.Mail.Send(ctx, m) })
}

// verifySignUp takes the code.
func (h *Handler) verifySignUp(x *Call) (any, error) {
	var in struct{ ID, Code string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	if !h.SignUp {
		return nil, signUpClosed()
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	token, err := h.Identities.VerifySignUp(x.r.Context(), in.ID, in.Code)
	guess.Ended(err)
	if err != nil {
		return nil, err
	}
	return struct{ Token string }{token}, nil
}

// completeSignUp makes the account, and signs in.
func (h *Handler) completeSignUp(x *Call) (any, error) {
	var in struct{ Token, Password string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	if !h.SignUp {
		return nil, signUpClosed()
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	out, err := h.Identities.CompleteSignUp(x.r.Context(), in.Token, in.Password)
	guess.Ended(err)
	if err != nil {
		return nil, err
	}
	h.event(x, "CreateAccount", out.Principal, succeeded, nil)
	h.Enter(x, out.Token)
	h.logIn(x, rootType, out, true)
	return signInOutput{identity.SignedIn}, nil
}
