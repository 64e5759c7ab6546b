package identity

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// temporary credentials as the cache has them.
type temporaryCredentials struct {
	token   string
	expires time.Time
}

// check says whether a token is the one of the credentials, and not over.
func (c *cached) check(token string, now time.Time) error {
	switch {
	case subtle.ConstantTimeCompare([]byte(c.token), []byte(token)) != 1:
		return ErrInvalidToken
	case !c.expires.IsZero() && !now.Before(c.expires):
		return ErrExpiredToken
	}
	return nil
}

// loadSession reads the principal of temporary credentials in one snapshot.
func (s *Store) loadSession(ctx context.Context, id, token string) (*cached, error) {
	var c *cached
	err := s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: s}
		t, err := v.open(id, token)
		if err != nil {
			return err
		}
		v.account = t.Account
		p, err := v.sessionPrincipal(t)
		if err == nil {
			c = &cached{secret: t.Secret, principal: p, temporaryCredentials: temporaryCredentials{token, t.Expires}}
		}
		return err
	})
	return c, err
}

// sessionPrincipal is who a session is, with what it may do now. It is ErrInvalidToken if its user or role is gone.
func (v *view) sessionPrincipal(t *session) (p *Principal, err error) {
	if open, err := v.isOpen(); err != nil || !open {
		return nil, or(err, ErrInvalidToken)
	}
	if err := v.checkConsole(t); err != nil {
		return nil, err
	}
	if err := v.checkPerson(t); err != nil {
		return nil, err
	}
	if t.Role != "" {
		p, err = v.rolePrincipal(t)
	} else {
		p, err = v.ownSession(t)
	}
	if err == nil {
		err = v.join(p)
	}
	if err != nil {
		return nil, err
	}
	p.Session = &policy.Session{Issued: t.Issued, Expires: t.Expires, SourceIdentity: t.SourceIdentity, Transitive: t.Transitive, Keys: t.Keys,
		Console: t.Console, Person: t.Person}
	if t.MFA != nil {
		p.Session.MFA = *t.MFA
	}
	if t.Policy != "" {
		p.Policies.Session = append(p.Policies.Session, compile("session policy", t.Policy))
	}
	for _, arn := range t.PolicyARNs {
		c, err := v.compiled(arn)
		if err != nil {
			return nil, err
		}
		p.Policies.Session = append(p.Policies.Session, c)
	}
	return p, nil
}

func (v *view) rolePrincipal(t *session) (*Principal, error) {
	r, err := byID[roleRecord](v, roleKind, t.Role)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, ErrInvalidToken
	}
	p := &Principal{Principal: policy.Principal{
		Type: policy.RoleSession, Account: v.account, ARN: sessionARN(v.account, "assumed-role/"+r.Name, t.Name), ID: r.ID + ":" + t.Name,
		Entity: r.arn(v.account, roleKind), EntityID: r.ID, Tags: withTags(policyTags(r.Tags), t.Tags),
	}}
	return p, v.grant(p, &r.grants)
}

// ownSession is the session of a user or of the root user, or a federated user who has a part of its permissions.
func (v *view) ownSession(t *session) (p *Principal, err error) {
	if t.User == "" {
		p = rootPrincipal(v.account)
	} else {
		u, err := byID[userRecord](v, userKind, t.User)
		if err != nil {
			return nil, err
		}
		if u == nil {
			return nil, ErrInvalidToken
		}
		if p, err = v.userPrincipal(u); err != nil {
			return nil, err
		}
	}
	if t.Name == "" {
		return p, nil
	}
	if p.Type == policy.Root { // it has no policies, but its account allows it everything
		p.Policies.Identity = []*policy.Policy{compile(administratorAccess, awsManaged(administratorAccess).document())}
	}
	p.Type, p.Entity, p.EntityID, p.Name = policy.FederatedUser, p.ARN, p.ID, ""
	p.ARN, p.ID = sessionARN(v.account, "federated-user", t.Name), v.account+":"+t.Name
	p.Tags = withTags(p.Tags, t.Tags)
	return p, nil
}

func rootPrincipal(account string) *Principal {
	return &Principal{Principal: policy.Principal{Type: policy.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root", ID: account}}
}

func sessionARN(account, of, name string) string {
	return "arn:aws:sts::" + account + ":" + of + "/" + name
}

// withTags are the tags of a user or role and those of a session of it, which win.
func withTags(tags []policy.Tag, session []tag) []policy.Tag {
	tags = slices.DeleteFunc(tags, func(t policy.Tag) bool {
		return slices.ContainsFunc(session, func(s tag) bool { return strings.EqualFold(s.Key, t.Key) })
	})
	return append(tags, policyTags(session)...)
}
