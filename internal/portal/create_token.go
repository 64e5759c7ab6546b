package portal

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

type createTokenInput struct {
	ClientID     *string `json:"clientId"`
	ClientSecret *string `json:"clientSecret"`
	GrantType    *string `json:"grantType"`
	DeviceCode   *string `json:"deviceCode"`
	Code         *string `json:"code"`
	RefreshToken *string `json:"refreshToken"`
	RedirectURI  *string `json:"redirectUri"`
	CodeVerifier *string `json:"codeVerifier"`
}

// createToken decodes CreateToken.
func (p *Portal) createToken(req *awsapi.Request) (awsapi.Call, error) {
	in := new(createTokenInput)
	if err := readOAuth(req, in); err != nil {
		return nil, err
	}
	if in.GrantType == nil {
		return nil, invalidRequest("Missing grant type")
	}
	c, bad := p.proven(in.ClientID, in.ClientSecret)
	if bad != nil {
		return refused(bad), nil
	}
	kind, proof, take := "", in.DeviceCode, p.takeDevice
	switch *in.GrantType {
	case deviceGrant:
		kind = deviceKind
	case codeGrant:
		kind, proof, take = codeKind, in.Code, func(ctx context.Context, c *client, code string) (*issued, error) {
			return p.takeCode(ctx, c, code, in.RedirectURI, in.CodeVerifier)
		}
	case refreshGrant:
		kind, proof, take = sealedRefresh, in.RefreshToken, p.refresh
	default:
		return nil, oauthError("UnsupportedGrantTypeException", "Unsupported grant type provided")
	}
	if proof == nil || *proof == "" {
		return nil, invalidRequest("Missing what the grant type needs")
	}
	return &unsigned{
		who: func(ctx context.Context) (*policy.Principal, error) { return p.whose(ctx, kind, *proof) },
		run: func(ctx context.Context) (any, error) {
			if !c.may(*in.GrantType) {
				return nil, oauthError("UnauthorizedClientException", "The client is not registered for this grant type")
			}
			return take(ctx, c, *proof)
		},
	}, nil
}

// whose is the person that a device code, an authorization code or a refresh token is of, for the audit log: nothing is proven by
// it. Nobody is anonymous.
func (p *Portal) whose(ctx context.Context, kind, text string) (*policy.Principal, error) {
	var u *directory.User
	err := p.DB.View(ctx, func(r kv.Reader) (err error) {
		user, now := "", p.now()
		switch kind {
		case deviceKind:
			if d, err := live[device](ctx, r, now, kind, digest(text)); err == nil && d != nil {
				user = d.User
			}
		case codeKind:
			if c, err := live[code](ctx, r, now, kind, digest(text)); err == nil && c != nil {
				user = c.User
			}
		case sealedRefresh:
			if t := p.tokenOf(kind, text); t != nil {
				if f, err := live[family](ctx, r, now, familyKind, t.Family); err == nil && f != nil {
					user = f.User
				}
			}
		}
		if user != "" {
			u, err = p.Directory.User(ctx, r, user)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.principal(ctx, u)
}

// takeDevice gives a tool the tokens of a device code that somebody has allowed.
func (p *Portal) takeDevice(ctx context.Context, c *client, text string) (out *issued, err error) {
	hash := digest(text)
	var refused error
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		out, refused = nil, nil
		if err := tx.Lock(ctx, recordKey(deviceKind, hash)); err != nil {
			return err
		}
		now := p.now()
		d, err := live[device](ctx, tx, now, deviceKind, hash)
		switch {
		case err != nil:
			return err
		case d == nil || d.Client != digest(c.id):
			return invalidGrant("Invalid device code provided")
		case d.State == deviceUsed:
			return invalidGrant("The device code has been used")
		case !now.Before(d.Until):
			return oauthError("ExpiredTokenException", "The device code has expired")
		case d.Next.Sub(now) > deviceInterval:
			return oauthError("SlowDownException", "The device code was asked for too often")
		}
		switch d.State {
		case deviceDenied:
			return oauthError("AccessDeniedException", "The authorization was denied")
		case devicePending:
			if d.Next.Before(now) {
				d.Next = now
			}
			d.Next = d.Next.Add(deviceInterval)
			refused = oauthError("AuthorizationPendingException", "")
		default:
			d.State = deviceUsed
			if d.Family, out, err = p.begin(ctx, tx, d.User, d.Session, c, d.Scopes); err != nil {
				return err
			}
		}
		return put(tx, recordKey(deviceKind, hash), d)
	})
	if err == nil {
		err = refused
	}
	return out, err
}

// code is an authorization code. It is kept until it ends, so that a second use is known to be one.
type code struct {
	ending
	User, Session       string
	Client, ClientName  string
	Scopes              []string
	Redirect, Challenge string
	Used                bool
	// Family is that of the tokens it was taken for.
	Family string
}

const (
	codeLife = 5 * time.Minute
	maxCodes = 100
)

// takeCode gives a tool the tokens of an authorization code. A code is good for one attempt: after a second one, and after one
// without the verifier, nobody has anything of it.
func (p *Portal) takeCode(ctx context.Context, c *client, text string, redirect, verifier *string) (out *issued, err error) {
	if redirect == nil || verifier == nil && c.app == nil {
		return nil, invalidRequest("Missing redirect URI or code verifier")
	}
	hash := digest(text)
	var refused error
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		out, refused = nil, nil
		if err := tx.Lock(ctx, recordKey(codeKind, hash)); err != nil {
			return err
		}
		a, err := live[code](ctx, tx, p.now(), codeKind, hash)
		switch {
		case err != nil:
			return err
		case a == nil || a.Client != digest(c.id):
			return invalidGrant("Invalid authorization code provided")
		case a.Used:
			refused = invalidGrant("The authorization code has been used")
			if a.Family == "" {
				return nil
			}
			return remove(tx, owner(a.User, c.application()), familyKind, a.Family)
		}
		a.Used = true
		switch {
		case a.Redirect != *redirect:
			refused = invalidGrant("Invalid redirect URI provided")
		case !a.verified(verifier):
			refused = invalidGrant("Invalid code verifier provided")
		default:
			if a.Family, out, err = p.begin(ctx, tx, a.User, a.Session, c, a.Scopes); err != nil {
				return err
			}
		}
		return put(tx, recordKey(codeKind, hash), a)
	})
	if err == nil {
		err = refused
	}
	return out, err
}

// verified says whether a code verifier is right. A code that an application has asked for without a challenge has none.
func (a *code) verified(verifier *string) bool {
	if a.Challenge == "" || verifier == nil {
		return a.Challenge == "" && verifier == nil
	}
	return verifies(*verifier, a.Challenge)
}

// The length of a code verifier (RFC 7636, section 4.1).
const minVerifier, maxVerifier = 43, 128

// verifies says whether a code verifier is the one of a challenge of S256 (RFC 7636, section 4.6).
func verifies(verifier, challenge string) bool {
	if len(verifier) < minVerifier || len(verifier) > maxVerifier {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}
