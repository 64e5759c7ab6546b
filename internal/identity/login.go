package identity

import (
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// loginRecord is the password of a user.
type loginRecord struct {
	Created time.Time
	// Hash is of argon2id, with its parameters and its salt.
	Hash string
	// Reset asks for a new password at the next sign-in.
	Reset bool `json:",omitempty"`
	// Changed is when the password was set, and Old are the hashes of those before, the latest first.
	Changed time.Time
	Old     []string `json:",omitempty"`
	// Used is when somebody last signed in with it.
	Used *time.Time `json:",omitempty"`
}

// passwordPolicy is what passwords have to be. The names are those of the API.
type passwordPolicy struct {
	MinimumPasswordLength                                                                  int32
	RequireSymbols, RequireNumbers, RequireUppercaseCharacters, RequireLowercaseCharacters bool
	AllowUsersToChangePassword                                                             bool
	MaxPasswordAge, PasswordReusePrevention                                                *int32
	HardExpiry                                                                             *bool
}

// maxOld is how many earlier passwords a policy can forbid.
const maxOld = 24

// set gives l another password, if the account's policy takes it.
func (l *loginRecord) set(p *passwordPolicy, password string, now time.Time) error {
	if err := p.check(password); err != nil {
		return err
	}
	if l.Hash != "" {
		l.Old = slices.Insert(l.Old, 0, l.Hash)
		l.Old = l.Old[:min(len(l.Old), maxOld)]
	}
	if p != nil && p.PasswordReusePrevention != nil {
		for _, old := range l.Old[:min(len(l.Old), int(*p.PasswordReusePrevention))] {
			if isPassword(old, password) {
				return badRequest("PasswordPolicyViolation", "Password should not be one of the passwords used before")
			}
		}
	}
	l.Hash, l.Changed = hashPassword(password), now
	return nil
}

func noLogin(name string) *awsapi.Error {
	return noSuch("Login Profile for User " + name + " cannot be found.")
}

func showLogin(u *userRecord) *types.LoginProfile {
	return &types.LoginProfile{UserName: aws.String(u.Name), CreateDate: aws.Time(u.Login.Created), PasswordResetRequired: u.Login.Reset}
}

// createLoginProfile decodes CreateLoginProfile.
func (s *Store) createLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateLoginProfileInput](req)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateLoginProfile", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		if in.Password == nil { // the model lets it be left out
			return nil, validationError("Must specify password")
		}
		u, err := e.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		if u.Login != nil {
			return nil, alreadyExists("Login Profile for user " + u.Name + " already exists.")
		}
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		u.Login = &loginRecord{Created: e.now, Reset: in.PasswordResetRequired}
		if err := u.Login.set(a.Passwords, *in.Password, e.now); err != nil {
			return nil, err
		}
		return &iam.CreateLoginProfileOutput{LoginProfile: showLogin(u)}, save(e, userKind, u)
	})
}

// getLoginProfile decodes GetLoginProfile.
func (s *Store) getLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetLoginProfileInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetLoginProfile", namedOrCaller(in.UserName), func(v *view) (any, error) {
		u, err := v.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		if u.Login == nil {
			return nil, noLogin(u.Name)
		}
		return &iam.GetLoginProfileOutput{LoginProfile: showLogin(u)}, nil
	})
}

// updateLoginProfile decodes UpdateLoginProfile.
func (s *Store) updateLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateLoginProfileInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateLoginProfile", named(userKind, in.UserName), func(e *edit) (any, error) {
		u, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		if u.Login == nil {
			return nil, noLogin(u.Name)
		}
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		if in.Password != nil {
			if err := u.Login.set(a.Passwords, *in.Password, e.now); err != nil {
				return nil, err
			}
		}
		if in.PasswordResetRequired != nil {
			u.Login.Reset = *in.PasswordResetRequired
		}
		return nil, save(e, userKind, u)
	})
}

// deleteLoginProfile decodes DeleteLoginProfile.
func (s *Store) deleteLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteLoginProfileInput](req)
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteLoginProfile", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, err := e.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		if u.Login == nil {
			return nil, noLogin(u.Name)
		}
		u.Login = nil
		return nil, save(e, userKind, u)
	})
}

// changePassword decodes ChangePassword: of the caller, who knows the old one.
func (s *Store) changePassword(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ChangePasswordInput](req, "OldPassword", "NewPassword")
	if err != nil {
		return nil, err
	}
	owner := func(v *view) (*userRecord, error) {
		if !v.isUser() {
			return nil, badRequest("InvalidUserType", "Only IAM Users can change their own password")
		}
		u, err := v.caller()
		if err == nil && u.Login == nil {
			err = noLogin(u.Name)
		}
		return u, err
	}
	var proven string // the hash that the old password is of
	c := &call{s: s, req: req, service: "iam", name: "ChangePassword", on: namedOrCaller(nil)}
	c.before = func(v *view) error {
		u, err := owner(v)
		if err != nil {
			return err
		}
		s.hashing.Lock()
		defer s.hashing.Unlock()
		if !isPassword(u.Login.Hash, *in.OldPassword) {
			return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "The old password was incorrect."}
		}
		proven = u.Login.Hash
		return nil
	}
	c.change = func(e *edit) (any, error) {
		u, err := owner(e.view)
		if err != nil {
			return nil, err
		}
		if u.Login.Hash != proven {
			return nil, concurrentModification()
		}
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		if err := u.Login.set(a.Passwords, *in.NewPassword, e.now); err != nil {
			return nil, err
		}
		u.Login.Reset = false
		return nil, save(e, userKind, u)
	}
	return c, mayCallIAM(req)
}
