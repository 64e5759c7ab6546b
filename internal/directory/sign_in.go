package directory

import (
	"context"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// Attempt is an attempt to sign in with a password.
type Attempt struct {
	UserName, Password string
	// MFACode is needed of who has an MFA device, NewPassword of whose password is good for one time.
	MFACode, NewPassword string
}

// maxUserNameBytes bounds the names that are looked up. None is as long.
const maxUserNameBytes = 4 * maxUserName

func authenticationFailed() *awsapi.Error {
	return &awsapi.Error{Code: "AuthenticationFailed", Status: http.StatusUnauthorized,
		Message: "Your authentication information is incorrect. Please try again."}
}

// Proven is who has signed in with a password.
type Proven struct {
	*User
	// Changed is when the password was set that was proven, or that was set by it: see Store.StillPassword.
	Changed time.Time
	// MFA says that a code was given of an MFA device.
	MFA bool
}

// proof is what SignIn finds of a user.
type proof struct {
	user    *User
	login   *loginRecord
	devices []device
}

func (s *Store) proof(ctx context.Context, r kv.Reader, u *User) (*proof, error) {
	p := &proof{user: u}
	if u == nil || u.Disabled {
		return p, nil
	}
	var err error
	if p.login, err = find[loginRecord](ctx, r, loginKey(u.ID)); err != nil {
		return nil, err
	}
	p.devices, err = s.devices(ctx, r, u.ID, true)
	return p, err
}

// SignIn tries to sign in with a password. The states are those of identity: with MFARequired and NewPasswordRequired the password
// was right, and the same attempt is to be made again with what is needed; the user is nil until the state is SignedIn. The error is
// AuthenticationFailed, equal in words and time for wrong passwords, users that are disabled and users that are not there, or a
// PasswordPolicyViolation. Wrong codes are counted here; whoever calls SignIn bounds how often passwords can be guessed.
func (s *Store) SignIn(ctx context.Context, a Attempt) (in Proven, state identity.SignInState, err error) {
	var p *proof
	err = s.View(ctx, func(r kv.Reader) (err error) {
		var u *User
		if len(a.UserName) <= maxUserNameBytes {
			if u, err = s.UserByName(ctx, r, a.UserName); err != nil {
				return err
			}
		}
		p, err = s.proof(ctx, r, u)
		return err
	})
	if err != nil {
		return in, "", err
	}
	right, err := s.isPassword(ctx, p.login, a.Password)
	if err != nil {
		return in, "", err
	}
	if !right {
		return in, "", authenticationFailed()
	}
	var becomes *loginRecord
	if p.login.Once {
		if a.NewPassword == "" {
			return in, identity.NewPasswordRequired, nil
		}
		if becomes, err = s.newLogin(ctx, p.user, p.login, a.NewPassword); err != nil {
			return in, "", err
		}
	}
	// The code comes last: it counts once, and must not be used up before all else is as it has to be.
	if len(p.devices) > 0 {
		if a.MFACode == "" {
			return in, identity.MFARequired, nil
		}
		if ok, err := s.UseCode(ctx, p.user.ID, a.MFACode); err != nil {
			return in, "", err
		} else if !ok {
			return in, identity.MFAFailed, nil
		}
	}
	if becomes != nil {
		err = s.Change(ctx, func(tx kv.Txn) error { return s.putLogin(ctx, tx, p.user.ID, p.login, becomes) })
		if err != nil {
			return in, "", err
		}
		p.login = becomes
	}
	return Proven{p.user, p.login.Changed, len(p.devices) > 0}, identity.SignedIn, nil
}

// ChangePassword sets another password of a user who knows the old one, and returns when it was set. The errors are those of SignIn. Whoever calls it bounds how
// often the old one can be guessed.
func (s *Store) ChangePassword(ctx context.Context, userID, old, password string) (changed time.Time, err error) {
	var p *proof
	err = s.View(ctx, func(r kv.Reader) error {
		u, err := s.User(ctx, r, userID)
		if err != nil {
			return err
		}
		p, err = s.proof(ctx, r, u)
		return err
	})
	if err != nil {
		return changed, err
	}
	right, err := s.isPassword(ctx, p.login, old)
	if err != nil {
		return changed, err
	}
	if !right {
		return changed, authenticationFailed()
	}
	becomes, err := s.newLogin(ctx, p.user, p.login, password)
	if err != nil {
		return changed, err
	}
	err = s.Change(ctx, func(tx kv.Txn) error { return s.putLogin(ctx, tx, userID, p.login, becomes) })
	return becomes.Changed, err
}
