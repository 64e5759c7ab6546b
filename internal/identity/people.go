package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// People are not IAM users: others know them, and say whether their sessions are still allowed (Options.Person). They get
// sessions of reserved roles.

// PersonRef is whose session one is, and why. It is carried by the session, and by those of the roles that are assumed with it.
type PersonRef = policy.PersonRef

// PersonSession is a session to be begun for a person.
type PersonSession struct {
	PersonRef
	// Role is the name of a reserved role of the account, and Name that of the session.
	Role, Name string
	Duration   time.Duration
	// Tags are session tags.
	Tags []policy.Tag
}

// PersonCredentials are temporary credentials of a person.
type PersonCredentials struct {
	AccessKey
	SessionToken string
	// ARN is of the session.
	ARN     string
	Expires time.Time
}

// ErrNotAllowed: there is no such role for the person, or not any more.
var ErrNotAllowed = errors.New("identity: the person may not have this role")

// CredentialsForPerson makes credentials for a person. The error is ErrNotAllowed, or an *awsapi.Error if the tags are too large for a token.
func (s *Store) CredentialsForPerson(ctx context.Context, of PersonSession) (*PersonCredentials, error) {
	var made *PersonCredentials
	err := s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s, account: of.Account}
		t, p, err := v.personSession(&of)
		if err != nil {
			return err
		}
		key, err := v.credentials(t, nil)
		if err == nil {
			made = &PersonCredentials{AccessKey{*key.AccessKeyId, *key.SecretAccessKey}, *key.SessionToken, p.ARN, t.Expires}
		}
		return err
	})
	return made, err
}

// ConsoleForPerson begins a session of the console for a person, and returns its token: ErrNotAllowed.
func (s *Store) ConsoleForPerson(ctx context.Context, of PersonSession) (token string, err error) {
	err = s.quietly(ctx, func(tx kv.Txn) error {
		e := &edit{&view{ctx: ctx, r: tx, s: s, account: of.Account}, tx, whole(s.now())}
		t, _, err := e.personSession(&of)
		if err != nil {
			return err
		}
		token, err = e.beginConsole(*t)
		return err
	})
	return token, err
}

// personSession is a session that begins, and who has it.
func (v *view) personSession(of *PersonSession) (*session, *Principal, error) {
	r, err := byName[roleRecord](v, roleKind, of.Role)
	if err != nil || r == nil || !r.reserved() {
		return nil, nil, or(err, ErrNotAllowed)
	}
	t := &session{Account: v.account, Role: r.ID, Name: of.Name, Person: &of.PersonRef}
	for _, g := range of.Tags {
		t.Tags = append(t.Tags, tag(g))
	}
	t.Issued = whole(v.s.now())
	t.lastUntil(t.Issued.Add(min(of.Duration, time.Duration(r.MaxSession)*time.Second)))
	p, err := v.sessionPrincipal(t)
	if errors.Is(err, ErrInvalidToken) || errors.Is(err, ErrExpiredToken) {
		err = ErrNotAllowed
	}
	return t, p, err
}

// checkPerson returns ErrExpiredToken for a session of a person who may not have it any more: clients then ask for another.
func (v *view) checkPerson(t *session) error {
	if t.Person == nil {
		return nil
	}
	ok, err := v.s.person(v.ctx, v.r, *t.Person)
	if err == nil && !ok {
		err = ErrExpiredToken
	}
	return err
}

// Member is an account of the organization.
type Member struct {
	ID, Name, Email string
	// Open says that it is not closed.
	Open bool
}

// ManagementAccount is the id of the organization's management account; "" if there is no organization.
func (s *Store) ManagementAccount(ctx context.Context, r kv.Reader) (string, error) {
	m, _, err := get[markRecord](ctx, r, markKey())
	return m.Account, err
}

// Members returns those of the accounts that are in the organization, by their ids.
func (s *Store) Members(ctx context.Context, r kv.Reader, ids ...string) (map[string]*Member, error) {
	var keys [][]byte
	for _, id := range ids {
		keys = append(keys, accountKey(id))
	}
	values, err := r.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	all := map[string]*Member{}
	for i, value := range values {
		if value == nil {
			continue
		}
		var a accountRecord
		if err := json.Unmarshal(value, &a); err != nil {
			return nil, fmt.Errorf("identity: the account %s can't be read: %w", ids[i], err)
		}
		if !a.SignedUp {
			all[ids[i]] = &Member{ID: ids[i], Name: a.Name, Email: a.Email, Open: a.Closed == nil}
		}
	}
	return all, nil
}

// Member returns an account of the organization, nil if there is none.
func (s *Store) Member(ctx context.Context, r kv.Reader, id string) (*Member, error) {
	all, err := s.Members(ctx, r, id)
	return all[id], err
}
