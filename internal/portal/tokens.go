package portal

import (
	"context"
	"slices"
	"time"

	"github.com/statordb/stator/internal/kv"
)

const (
	// accessLife is how long an access token is good that can be refreshed. One that can't lasts as long as the session.
	accessLife = time.Hour
	// maxFamilies bounds the families of one person: beyond, the one that ends first ends.
	maxFamilies = 500
	// refreshLeeway is how long after the last refresh token has been used another use of it is taken for one of a second process that
	// shares it, which is refused and no more. Later it is somebody else's, and the family ends (RFC 9700, section 4.14.2).
	refreshLeeway = 30 * time.Second
)

// family is all the tokens that came of one consent: they end together.
type family struct {
	ending
	User, Session string
	// Client is the hash of the id of the client that they are for.
	Client, ClientName string
	Scopes             []string
	Began              time.Time
	// Application is the ARN of the application that the client is, "" for a tool. Tools that registered before there were scopes
	// have none, and may do what the only one allows.
	Application string `json:",omitempty"`
	// Turn counts the refresh tokens that have been used, and Turned is when the last of them was.
	Turn   int       `json:",omitempty"`
	Turned time.Time `json:",omitzero"`
}

// token is what an access token or a refresh token says, sealed. A tool may ask for as many as it likes, so that nothing is kept of one: it
// counts as long as its family does.
type token struct {
	Family  string    `json:"f"`
	Expires time.Time `json:"e"`
	// Turn is that of the family for which a refresh token is good.
	Turn int `json:"t,omitempty"`
}

// issued is what a client gets.
type issued struct {
	AccessToken  string `json:"accessToken"`
	TokenType    string `json:"tokenType"`
	ExpiresIn    int    `json:"expiresIn"`
	RefreshToken string `json:"refreshToken,omitempty"`
}

// begin begins a family for who has consented, and issues its first tokens. The session is read again: it may have ended since.
func (p *Portal) begin(ctx context.Context, tx kv.Txn, user, sessionID string, c *client, scopes []string) (id string, out *issued, err error) {
	h, err := p.holderOf(ctx, tx, sessionID)
	if err != nil {
		return "", nil, err
	}
	if h == nil || h.ID != user {
		return "", nil, invalidGrant("The session that this was allowed in has ended")
	}
	_, id = newSecret()
	f := &family{ending: ending{h.session.Expires}, User: user, Session: sessionID, Client: digest(c.id), ClientName: c.Name, Scopes: scopes, Began: p.now(), Application: c.application()}
	if may, err := p.mayHave(ctx, tx, f); err != nil || !may {
		return "", nil, or(err, invalidGrant("The user may not use the application any more"))
	}
	if err := p.add(ctx, tx, owner(user, f.Application), familyKind, id, f, maxFamilies); err != nil {
		return "", nil, err
	}
	out, err = p.issue(id, f, c)
	return id, out, err
}

// issue issues tokens of a family.
func (p *Portal) issue(id string, f *family, c *client) (_ *issued, err error) {
	now := p.now()
	out := &issued{TokenType: "Bearer"}
	ends := f.Expires
	if c.app != nil || c.may(refreshGrant) && len(f.Scopes) > 0 {
		if soon := now.Add(accessLife); soon.Before(ends) {
			ends = soon
		}
	}
	if c.may(refreshGrant) && (c.app != nil || len(f.Scopes) > 0) {
		if out.RefreshToken, err = p.sealed(sealedRefresh, &token{id, f.Expires, f.Turn}); err != nil {
			return nil, err
		}
	}
	out.ExpiresIn = int(ends.Sub(now) / time.Second)
	out.AccessToken, err = p.sealed(sealedAccess, &token{Family: id, Expires: ends})
	return out, err
}

// tokenOf reads a token of a kind; nil if there is no such token, or not any more.
func (p *Portal) tokenOf(kind, text string) *token {
	t := new(token)
	if len(text) > maxSecret || !p.unsealed(kind, text, t) || !p.now().Before(t.Expires) {
		return nil
	}
	return t
}

// familyOf reads the family of a token, and whose it is; nil if it counts for nothing any more.
func (p *Portal) familyOf(ctx context.Context, r kv.Reader, id string) (*family, *holder, error) {
	f, err := live[family](ctx, r, p.now(), familyKind, id)
	if err != nil || f == nil {
		return nil, nil, err
	}
	h, err := p.holderOf(ctx, r, f.Session)
	if err != nil || h == nil || h.ID != f.User {
		return nil, nil, err
	}
	if may, err := p.mayHave(ctx, r, f); err != nil || !may {
		return nil, nil, err
	}
	return f, h, nil
}

// owner is whose room tokens take, or a session that an application has begun: what an application asks for, as often as it likes, takes
// none of that which the person has for itself.
func owner(user, application string) string {
	if application == "" {
		return user
	}
	return user + " " + application
}

// mayHave says whether a person may use the application that tokens are for: a tool may be used by everybody.
func (p *Portal) mayHave(ctx context.Context, r kv.Reader, f *family) (bool, error) {
	if f.Application == "" {
		return true, nil
	}
	app, err := p.Center.Application(ctx, r, f.Application)
	if err != nil || app == nil || !app.Enabled {
		return false, err
	}
	return p.Center.MayUse(ctx, r, app, f.User)
}

// bearer is who has an access token that lets a tool see accounts, and the id of its family; nil if nobody has.
func (p *Portal) bearer(ctx context.Context, text string) (h *holder, familyID string, err error) {
	t := p.tokenOf(sealedAccess, text)
	if t == nil {
		return nil, "", nil
	}
	err = p.DB.View(ctx, func(r kv.Reader) error {
		h, familyID = nil, ""
		f, who, err := p.familyOf(ctx, r, t.Family)
		if err == nil && f != nil && (len(f.Scopes) == 0 && f.Application == "" || slices.Contains(f.Scopes, accountScope)) {
			h, familyID = who, t.Family
		}
		return err
	})
	return h, familyID, err
}

// refresh takes a refresh token, and issues tokens in its place. That it has been used already ends the family.
func (p *Portal) refresh(ctx context.Context, c *client, text string) (*issued, error) {
	t := p.tokenOf(sealedRefresh, text)
	if t == nil {
		return nil, invalidGrant("Invalid refresh token provided")
	}
	var out *issued
	var refused error
	err := p.DB.Update(ctx, func(tx kv.Txn) error {
		out, refused = nil, nil
		if err := tx.Lock(ctx, recordKey(familyKind, t.Family)); err != nil {
			return err
		}
		f, _, err := p.familyOf(ctx, tx, t.Family)
		if err != nil {
			return err
		}
		if f == nil || f.Client != digest(c.id) {
			return invalidGrant("Invalid refresh token provided")
		}
		now := p.now()
		if t.Turn != f.Turn {
			refused = invalidGrant("Invalid refresh token provided")
			if t.Turn == f.Turn-1 && now.Sub(f.Turned) < refreshLeeway {
				return nil
			}
			return remove(tx, owner(f.User, f.Application), familyKind, t.Family)
		}
		f.Turn, f.Turned = f.Turn+1, now
		if err := put(tx, recordKey(familyKind, t.Family), f); err != nil {
			return err
		}
		out, err = p.issue(t.Family, f, c)
		return err
	})
	if err == nil {
		err = refused
	}
	return out, err
}
