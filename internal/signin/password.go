package signin

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// asSignedIn is an error as who was signed in gets it.
func asSignedIn(err error) error {
	if errors.Is(err, identity.ErrNoConsole) {
		return notSignedIn()
	}
	return err
}

// rootName is who the session of the browser is counted for when its password is asked for again.
func (h *Handler) rootName(x *Call) (string, error) {
	c, err := h.SignedIn(x)
	switch {
	case err != nil:
		return "", err
	case c == nil:
		return "", notSignedIn()
	}
	return "root/" + c.Email, nil
}

// changePassword sets another password of the root user who is signed in. Users do it with iam:ChangePassword.
func (h *Handler) changePassword(x *Call) (any, error) {
	var in struct{ OldPassword, NewPassword string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	name, err := h.rootName(x)
	if err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, name)
	if err != nil {
		return nil, err
	}
	who, err := h.Identities.ChangeRootPassword(x.r.Context(), x.token(), in.OldPassword, in.NewPassword)
	guess.Ended(err)
	return h.done(x, "PasswordUpdated", who, err)
}

// done answers what a root user has done, and logs it.
func (h *Handler) done(x *Call, event string, who policy.Principal, err error) (any, error) {
	if err != nil {
		if who.Type == policy.Root {
			h.event(x, event, who, failed, nil)
		}
		return nil, asSignedIn(err)
	}
	h.event(x, event, who, succeeded, nil)
	return struct{}{}, nil
}

// forgotPassword mails a code to the root user of an address. All of it is done later: how long it takes would tell
// whether there is one.
func (h *Handler) forgotPassword(x *Call) (any, error) {
	var in struct{ Email string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	if err := h.mayMail(x); err != nil {
		return nil, err
	}
	return struct{}{}, h.outbox.do(func(ctx context.Context) error {
		out, err := h.Identities.ForgotRootPassword(ctx, in.Email)
		if err != nil || out.Code == "" {
			return err
		}
		h.event(x, "PasswordRecoveryRequested", out.Principal, succeeded, nil)
		return h.Mail.Send(ctx, Mail{To: out.Email, Subject: "Your root user password for Stator", Text: "To set another password" + h.here() + ", use this code:\n\n" +
			"    " + grouped(out.Code) + "\n\nIt is valid for one hour. If you did not ask for it, do nothing.\n"})
	})
}

// grouped is a code as it is easy to read.
func grouped(code string) string {
	text := ""
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			text += "-"
		}
		text += string(c)
	}
	return text
}

// resetPassword sets a password by such a code. It signs nobody in: that takes the MFA device too, if there is one.
func (h *Handler) resetPassword(x *Call) (any, error) {
	var in struct{ Email, Code, Password string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	who, err := h.Identities.ResetRootPassword(x.r.Context(), in.Email, in.Code, in.Password)
	guess.Ended(err)
	return h.done(x, "PasswordRecoveryCompleted", who, err)
}

// changeEmail mails a code to what is to be the address of the root user who is signed in.
func (h *Handler) changeEmail(x *Call) (any, error) {
	var in struct{ Email, Password string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	name, err := h.rootName(x)
	if err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, name)
	if err != nil {
		return nil, err
	}
	if err := h.mayMail(x); err != nil {
		return nil, err
	}
	code, _, err := h.Identities.BeginEmailChange(x.r.Context(), x.token(), in.Password, in.Email)
	guess.Ended(err)
	if err != nil {
		return nil, asSignedIn(err)
	}
	return struct{}{}, h.MailNewEmail(in.Email, code)
}

// verifyEmail takes the code.
func (h *Handler) verifyEmail(x *Call) (any, error) {
	var in struct{ Code string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	who, err := h.Identities.EndEmailChange(x.r.Context(), x.token(), in.Code)
	guess.Ended(err)
	return h.done(x, "EmailUpdated", who, err)
}

type billingAccess struct{ Activated bool }

// getBillingAccess says whether users and roles may see billing information.
func (h *Handler) getBillingAccess(x *Call) (any, error) {
	c, err := h.SignedIn(x)
	switch {
	case err != nil:
		return nil, err
	case c == nil:
		return nil, notSignedIn()
	}
	on, err := h.Identities.BillingAccess(x.r.Context(), c.Principal.Account)
	return billingAccess{on}, err
}

// setBillingAccess changes that: the root user alone may.
func (h *Handler) setBillingAccess(x *Call) (any, error) {
	var in billingAccess
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	who, err := h.Identities.SetBillingAccess(x.r.Context(), x.token(), in.Activated)
	return h.done(x, "SetBillingAccess", who, err)
}
