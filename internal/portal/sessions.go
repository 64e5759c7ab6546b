package portal

import (
	"context"
	"time"

	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// maxSessions is how many sessions somebody may have: beyond, the one that ends first ends.
const maxSessions = 100

// session is that of a person in the access portal.
type session struct {
	ending
	User string
	// Source is the kind of the source that the person was proven by, MFA says that an MFA device was shown to be at hand.
	Source string
	MFA    bool
	Began  time.Time
	// Grant is Proof's.
	Grant string `json:",omitempty"`
	// Tags are session tags that the source gave.
	Tags []policy.Tag `json:",omitempty"`
}

// holder is who has a session, or a token of one.
type holder struct {
	*directory.User
	// id is the session's.
	id      string
	session *session
}

// Proof is what a source says of somebody who signs in.
type Proof struct {
	// User is who it is, by the id, and Source the kind of the source.
	User, Source string
	// Grant is what an outside source vouches with, "" for the built-in directory: the session ends when the source does not any more.
	Grant string
	// Password is, from the built-in directory, when the password was set that was proven, zero for who has none: the session does not
	// begin if it is another one meanwhile.
	Password time.Time
	// MFA says that an MFA device was shown to be at hand.
	MFA bool
	// Tags are session tags that the source gave, for the sessions of roles.
	Tags []policy.Tag
	// Until is when the source's own session ends, zero if it does not say: ours does not last longer.
	Until time.Time
}

// Begin begins a session of a user whom a source has proven. It returns the token for the browser's cookie, SetCookie, and when the
// session ends if nobody ends it before.
func (p *Portal) Begin(ctx context.Context, by Proof) (token string, ends time.Time, err error) {
	i, err := p.instance(ctx)
	if err == nil && i == nil {
		err = noInstance()
	}
	if err != nil {
		return "", time.Time{}, err
	}
	token, id := newSecret()
	begin := func(tx kv.Txn) error {
		if err := tx.Lock(ctx, recordKey(sessionKind, id)); err != nil {
			return err
		}
		u, err := p.active(ctx, tx, by.User)
		if err != nil {
			return err
		}
		if u == nil {
			return notSignedIn()
		}
		if by.Source == directorySource {
			if still, err := p.Directory.StillPassword(ctx, tx, by.User, by.Password); err != nil || !still {
				return or(err, notSignedIn())
			}
		}
		now := p.now()
		ends = now.Add(i.Portal)
		if !by.Until.IsZero() && by.Until.Before(ends) {
			ends = by.Until
		}
		s := &session{ending: ending{ends}, User: by.User, Source: by.Source, MFA: by.MFA, Began: now, Grant: by.Grant, Tags: by.Tags}
		return p.add(ctx, tx, by.User, sessionKind, id, s, maxSessions)
	}
	full := false
	err = p.DB.Update(ctx, func(tx kv.Txn) (err error) {
		if full, err = p.full(ctx, tx, by.User, sessionKind, maxSessions); err != nil || full {
			return err
		}
		return begin(tx)
	})
	if err == nil && full { // one ends that makes room, as with End
		err = p.Change(ctx, begin)
	}
	return token, ends, err
}

// instance is the instance of IAM Identity Center, nil if there is none.
func (p *Portal) instance(ctx context.Context) (i *center.Instance, err error) {
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		i, err = p.Center.Instance(ctx, r)
		return err
	})
	return i, err
}

// active is a user who may sign in; nil if there is none.
func (p *Portal) active(ctx context.Context, r kv.Reader, id string) (*directory.User, error) {
	u, err := p.Directory.User(ctx, r, id)
	if err != nil || u == nil || u.Disabled {
		return nil, err
	}
	return u, nil
}

// holderOf returns who has a session; nil if it has ended, for whatever reason.
func (p *Portal) holderOf(ctx context.Context, r kv.Reader, id string) (*holder, error) {
	s, err := live[session](ctx, r, p.now(), sessionKind, id)
	if err != nil || s == nil {
		return nil, err
	}
	u, err := p.active(ctx, r, s.User)
	if err != nil || u == nil {
		return nil, err
	}
	if over, err := p.Directory.Over(ctx, r, u, s.Began); err != nil || over {
		return nil, err
	}
	if s.Grant != "" {
		if vouched, err := p.Vouches(ctx, r, s.Grant); err != nil || !vouched {
			return nil, err
		}
	}
	return &holder{u, id, s}, nil
}

// asks is who asks for a role.
func (h *holder) asks() center.Caller {
	return center.Caller{User: h.ID, Name: h.UserName, Began: h.session.Began, Grant: h.session.Grant, Tags: h.session.Tags,
		Portal: h.id, Until: h.session.Expires}
}

// Alive says whether a session, by the id that center.Store.RoleConsole was given, has not ended.
func (p *Portal) Alive(ctx context.Context, r kv.Reader, id string) (bool, error) {
	h, err := p.holderOf(ctx, r, id)
	return h != nil, err
}

// signedIn returns who the token of a browser is of; nil if of nobody.
func (p *Portal) signedIn(ctx context.Context, token string) (h *holder, err error) {
	if token == "" {
		return nil, nil
	}
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		h, err = p.holderOf(ctx, r, digest(token))
		return err
	})
	return h, err
}

// End ends a session, and with it all its tokens and the sessions of the console that began from it.
func (p *Portal) End(ctx context.Context, id string) error {
	return p.Change(ctx, func(tx kv.Txn) error {
		s, err := live[session](ctx, tx, p.now(), sessionKind, id)
		if err != nil || s == nil {
			return err
		}
		return remove(tx, s.User, sessionKind, id)
	})
}

// principal is a person as the audit log names it. Nobody is anonymous.
func (p *Portal) principal(ctx context.Context, u *directory.User) (*policy.Principal, error) {
	if u == nil {
		return &policy.Principal{Type: policy.Anonymous}, nil
	}
	i, err := p.instance(ctx)
	if err != nil {
		return nil, err
	}
	who := &policy.Principal{Type: policy.IdentityCenterUser, ID: u.ID}
	if i != nil {
		who.Account, who.Provider = i.OwnerAccount, "arn:aws:identitystore::"+i.OwnerAccount+":identitystore/"+i.IdentityStoreID
	}
	return who, nil
}
