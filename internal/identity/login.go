package identity

import (
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/time/rate"

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

// same says whether nothing but its use has happened to a login: either may be nil.
func (l *loginRecord) same(other *loginRecord) bool {
	if l == nil || other == nil {
		return l == other
	}
	return l.Hash == other.Hash && l.Reset == other.Reset && l.Changed.Equal(other.Changed)
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
			if IsPassword(old, password) {
				return badRequest("PasswordPolicyViolation", "Password should not be one of the passwords used before")
			}
		}
	}
	l.Hash, l.Changed = HashPassword(password), now
	return nil
}

func noLogin(name string) *awsapi.Error {
	return noSuch("Login Profile for User " + name + " cannot be found.")
}

func showLogin(u *userRecord) *types.LoginProfile {
	return &types.LoginProfile{UserName: aws.String(u.Name), CreateDate: aws.Time(u.Login.Created), PasswordResetRequired: u.Login.Reset}
}

// loginCall is a call that changes the login profile of a user. Hashing takes long, on purpose: next, which says what the
// profile becomes, is asked before the transaction that all other changes wait for.
func (s *Store) loginCall(req *awsapi.Request, name string, on resource, find func(*view) (*userRecord, error),
	next func(*view, *userRecord) (*loginRecord, error), show func(*userRecord) any) (awsapi.Call, error) {
	var was, becomes *loginRecord
	c := &call{s: s, req: req, service: "iam", name: name, on: on}
	c.before = func(v *view) error {
		u, err := find(v)
		if err != nil {
			return err
		}
		was = u.Login
		return s.Hash(v.ctx, func() (err error) {
			becomes, err = next(v, u)
			return err
		})
	}
	c.change = func(e *edit) (any, error) {
		u, err := find(e.view)
		if err != nil {
			return nil, err
		}
		if !u.Login.same(was) {
			return nil, concurrentModification()
		}
		if was != nil && was.Hash != becomes.Hash {
			if err := e.signOut(u.ID, u.ID, e.console()); err != nil {
				return nil, err
			}
		}
		if was != nil {
			becomes.Used = u.Login.Used
		}
		u.Login = becomes
		return show(u), save(e, userKind, u)
	}
	return c, mayCallIAM(req)
}

// changed is what a profile becomes with another password, if the account's policy takes it.
func (v *view) changed(l loginRecord, password string) (*loginRecord, error) {
	a, err := v.accountOf()
	if err != nil {
		return nil, err
	}
	l.Old = slices.Clone(l.Old)
	return &l, l.set(a.Passwords, password, whole(v.s.now()))
}

func nothing(*userRecord) any { return nil }

// createLoginProfile decodes CreateLoginProfile.
func (s *Store) createLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateLoginProfileInput](req)
	if err != nil {
		return nil, err
	}
	find := func(v *view) (*userRecord, error) {
		if in.Password == nil { // the model lets it be left out
			return nil, validationError("Must specify password")
		}
		u, err := v.userOrCaller(in.UserName)
		if err == nil && u.Login != nil {
			err = alreadyExists("Login Profile for user " + u.Name + " already exists.")
		}
		return u, err
	}
	return s.loginCall(req, "CreateLoginProfile", namedOrCaller(in.UserName), find,
		func(v *view, _ *userRecord) (*loginRecord, error) {
			return v.changed(loginRecord{Created: whole(s.now()), Reset: in.PasswordResetRequired}, *in.Password)
		},
		func(u *userRecord) any { return &iam.CreateLoginProfileOutput{LoginProfile: showLogin(u)} })
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

// withLogin is a user who has a login profile.
func withLogin(u *userRecord, err error) (*userRecord, error) {
	if err == nil && u.Login == nil {
		err = noLogin(u.Name)
	}
	return u, err
}

// updateLoginProfile decodes UpdateLoginProfile.
func (s *Store) updateLoginProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateLoginProfileInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	find := func(v *view) (*userRecord, error) { return withLogin(v.user(*in.UserName)) }
	return s.loginCall(req, "UpdateLoginProfile", named(userKind, in.UserName), find,
		func(v *view, u *userRecord) (*loginRecord, error) {
			l := *u.Login
			if in.PasswordResetRequired != nil {
				l.Reset = *in.PasswordResetRequired
			}
			if in.Password == nil {
				return &l, nil
			}
			return v.changed(l, *in.Password)
		}, nothing)
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
		if err := e.signOut(u.ID, u.ID, ""); err != nil {
			return nil, err
		}
		return nil, save(e, userKind, u)
	})
}

// changePassword decodes ChangePassword: of the caller, who knows the old one.
func (s *Store) changePassword(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ChangePasswordInput](req, "OldPassword", "NewPassword")
	if err != nil {
		return nil, err
	}
	find := func(v *view) (*userRecord, error) {
		if !v.isUser() {
			return nil, badRequest("InvalidUserType", "Only IAM Users can change their own password")
		}
		return withLogin(v.caller())
	}
	return s.loginCall(req, "ChangePassword", namedOrCaller(nil), find,
		func(v *view, u *userRecord) (*loginRecord, error) {
			right, err := s.isOldPassword(u, *in.OldPassword)
			if err != nil {
				return nil, err
			}
			if !right {
				return nil, &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "The old password was incorrect."}
			}
			l := *u.Login
			l.Reset = false
			return v.changed(l, *in.NewPassword)
		}, nothing)
}

// How often a user may give a wrong old password: as often as anybody may guess it at sign-in. Who has got hold of an access key,
// or of a browser that is signed in, must not find out the password with it.
const (
	oldPasswordBurst  = 10
	oldPasswordSecond = 1.0 / 60
	guessingUsers     = 10_000
)

// isOldPassword says whether a password is the user's. The error is that there were too many wrong ones.
func (s *Store) isOldPassword(u *userRecord, password string) (right bool, err error) {
	left := rate.NewLimiter(oldPasswordSecond, oldPasswordBurst)
	if known, there, _ := s.oldPasswords.PeekOrAdd(u.ID, left); there {
		left = known
	}
	now := s.now()
	try := left.ReserveN(now, 1)
	if try.DelayFrom(now) > 0 {
		try.CancelAt(now)
		return false, badRequest("Throttling", "Rate exceeded")
	}
	if right = IsPassword(u.Login.Hash, password); right {
		try.CancelAt(now)
	}
	return right, nil
}
