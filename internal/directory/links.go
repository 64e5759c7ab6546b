package directory

import (
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// linkRecord is a link with which a user can set a password once: an invitation, or one for who has forgotten it. It is under the
// digest of its token, which is random and long, so that nobody who reads the store can use it.
type linkRecord struct {
	User    string
	Created time.Time
	Expires time.Time
}

func linkKey(token string) []byte { return key("link", digest(token)) }

// linkOf is what a link of a user is for. The user has one of each at the most: another one takes its place. So nobody puts one that is
// good for an hour in the place of an invitation, by saying that the password was forgotten.
type linkOf string

const (
	invitation linkOf = "linkof"
	reset      linkOf = "resetof"
)

// key leads to the link of a user.
func (l linkOf) key(user string) []byte { return key(string(l), user) }

// How long links are good, and how long somebody who has just got one by saying that the password was forgotten gets no other.
const (
	invitationLifetime = 7 * 24 * time.Hour // "Email address verification", IAM Identity Center User Guide
	resetLifetime      = time.Hour
	resetPause         = time.Minute
)

// setPasswordPath is the page that links lead to.
const setPasswordPath = "/console/people/set-password?token="

// How many mails may wait, and how many are sent at a time, each for so long.
const (
	maxMails, maxBusyMails = 100, 4
	mailTimeout            = 30 * time.Second
)

// outbox sends mails when their turn comes. What it has no room for is refused.
type outbox struct{ room, busy *semaphore.Weighted }

func newOutbox() outbox {
	return outbox{semaphore.NewWeighted(maxMails), semaphore.NewWeighted(maxBusyMails)}
}

// later does a job, such as sending a mail, when nobody waits for it.
func (s *Store) later(job func(ctx context.Context) error) error {
	if !s.outbox.room.TryAcquire(1) {
		return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many mails are being sent. Try again in some minutes."}
	}
	s.jobs.Go(func() {
		defer s.outbox.room.Release(1)
		ctx, cancel := context.WithTimeout(context.Background(), mailTimeout)
		defer cancel()
		err := s.outbox.busy.Acquire(ctx, 1)
		if err == nil {
			defer s.outbox.busy.Release(1)
			err = job(ctx)
		}
		if err != nil {
			s.opts.Logger.Error("directory: a mail could not be sent", "error", err)
		}
	})
	return nil
}

// newLink makes a link for a user, in the place of the one before.
func (s *Store) newLink(ctx context.Context, tx kv.Txn, of linkOf, userID string, lifetime time.Duration) (token string, err error) {
	if err := s.forgetLink(ctx, tx, of, userID); err != nil {
		return "", err
	}
	token = newToken()
	now := s.now()
	if err := put(tx, linkKey(token), linkRecord{userID, now, now.Add(lifetime)}); err != nil {
		return "", err
	}
	return token, put(tx, of.key(userID), digest(token))
}

// forgetLink deletes a link of a user, if it has one.
func (s *Store) forgetLink(ctx context.Context, tx kv.Txn, of linkOf, userID string) error {
	if err := tx.Lock(ctx, of.key(userID)); err != nil {
		return err
	}
	sum, ok, err := get[string](ctx, tx, of.key(userID))
	if err != nil || !ok {
		return err
	}
	if err := tx.Delete(key("link", sum)); err != nil {
		return err
	}
	return tx.Delete(of.key(userID))
}

// forgetLinks deletes all links of a user.
func (s *Store) forgetLinks(ctx context.Context, tx kv.Txn, userID string) error {
	for _, of := range []linkOf{invitation, reset} {
		if err := s.forgetLink(ctx, tx, of, userID); err != nil {
			return err
		}
	}
	return nil
}

// Link is the address at which a user sets a password with a token of Invite.
func (s *Store) Link(token string) string {
	return strings.TrimSuffix(s.opts.PublicURL, "/") + setPasswordPath + token
}

// Invite makes a token with which a user sets its first password, or another one, once within seven days, and mails the user the
// link if it has an address. The error is ResourceNotFoundException, or TooManyAttempts if there are too many mails.
func (s *Store) Invite(ctx context.Context, userID string) (token string, err error) {
	var u *User
	err = s.Update(ctx, func(tx kv.Txn) (err error) {
		if err := tx.Lock(ctx, userKey(userID), invitation.key(userID)); err != nil {
			return err
		}
		if u, err = s.user(ctx, tx, userID); err != nil {
			return err
		}
		token, err = s.newLink(ctx, tx, invitation, userID, invitationLifetime)
		return err
	})
	if err != nil || u.email() == "" {
		return token, err
	}
	return token, s.later(func(ctx context.Context) error {
		return s.opts.Mail(ctx, u.email(), "Invitation to sign in", "Hello "+u.DisplayName+",\n\nyou can sign in as "+u.UserName+
			". Choose your password here:\n\n    "+s.Link(token)+"\n\nThe link is valid for seven days, once.\n")
	})
}

// email is where a user gets mail, "" if nowhere.
func (u *User) email() string {
	if len(u.Emails) == 0 {
		return ""
	}
	return u.Emails[0].Value
}

// ForgotPassword mails a link to the user of a name, if there is one who can sign in with a password. All of it is done later:
// how long it takes would tell whether there is. The error is that there are too many mails.
func (s *Store) ForgotPassword(ctx context.Context, userName string) error {
	return s.later(func(ctx context.Context) error {
		var u *User
		token := ""
		err := s.Update(ctx, func(tx kv.Txn) (err error) {
			token = ""
			if len(userName) > maxUserNameBytes {
				return nil
			}
			if u, err = s.UserByName(ctx, tx, userName); err != nil || u == nil {
				return err
			}
			if err := tx.Lock(ctx, userKey(u.ID), reset.key(u.ID)); err != nil {
				return err
			}
			if u, err = s.User(ctx, tx, u.ID); err != nil || u == nil || u.Disabled || u.email() == "" {
				return err
			}
			if sum, ok, err := get[string](ctx, tx, reset.key(u.ID)); err != nil {
				return err
			} else if ok {
				l, _, err := get[linkRecord](ctx, tx, key("link", sum))
				if err != nil || s.now().Before(l.Created.Add(resetPause)) {
					return err
				}
			}
			token, err = s.newLink(ctx, tx, reset, u.ID, resetLifetime)
			return err
		})
		if err != nil || token == "" {
			return err
		}
		return s.opts.Mail(ctx, u.email(), "Your password", "Hello "+u.DisplayName+",\n\nto choose another password for "+u.UserName+", go here:\n\n    "+
			s.Link(token)+"\n\nThe link is valid for one hour, once. If you did not ask for it, do nothing.\n")
	})
}

// SetPassword sets the password of the user whom a link was made for, and returns the user. It signs nobody in: that takes the MFA
// device too, if there is one. The error is InvalidToken, equal for all tokens that are good for nothing, or a
// PasswordPolicyViolation, after which the token is still good.
func (s *Store) SetPassword(ctx context.Context, token, password string) (*User, error) {
	var p *proof
	check := func(r kv.Reader) error {
		p = nil
		if len(token) > 4*len(newToken()) {
			return nil
		}
		l, ok, err := get[linkRecord](ctx, r, linkKey(token))
		if err != nil || !ok || !s.opts.Now().Before(l.Expires) {
			return err
		}
		u, err := s.User(ctx, r, l.User)
		if err != nil || u == nil || u.Disabled {
			return err
		}
		p, err = s.proof(ctx, r, u)
		return err
	}
	refused := &awsapi.Error{Code: "InvalidToken", Status: http.StatusBadRequest, Message: "The link is not valid, or not any more. Ask for another one."}
	if err := s.View(ctx, check); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, refused
	}
	was := p.login
	becomes, err := s.newLogin(ctx, p.user, was, password)
	if err != nil {
		return nil, err
	}
	err = s.Change(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, linkKey(token)); err != nil {
			return err
		}
		if err := check(tx); err != nil {
			return err
		}
		if p == nil {
			return refused
		}
		return s.putLogin(ctx, tx, p.user.ID, was, becomes)
	})
	if err != nil {
		return nil, err
	}
	return p.user, nil
}

// NewOncePassword makes a password for a user that an administrator hands on: good for seven days, and for setting another one.
func (s *Store) NewOncePassword(ctx context.Context, userID string) (password string, err error) {
	password = newOncePassword()
	var hash string
	err = s.opts.Hash(ctx, func() error {
		hash = identity.HashPassword(password)
		return nil
	})
	if err != nil {
		return "", err
	}
	return password, s.Change(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, userKey(userID), loginKey(userID)); err != nil {
			return err
		}
		if _, err := s.user(ctx, tx, userID); err != nil {
			return err
		}
		l, _, err := get[loginRecord](ctx, tx, loginKey(userID))
		if err != nil {
			return err
		}
		if l.Hash != "" && !l.Once {
			l.Old = append([]string{l.Hash}, l.Old...)
			l.Old = l.Old[:min(len(l.Old), oldPasswords)]
		}
		now := s.now()
		l.Hash, l.Once, l.Changed, l.Expires = hash, true, now, now.Add(onceLifetime)
		if err := s.forgetLinks(ctx, tx, userID); err != nil {
			return err
		}
		return put(tx, loginKey(userID), l)
	})
}
