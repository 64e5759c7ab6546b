package federation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
)

// IDToken is what a verified ID token says.
type IDToken struct {
	Issuer  string
	Subject string
	// Audience is the client ID that matched, the value of the condition key aud: azp, if the token has it, else the
	// aud that is one of the provider's client IDs.
	Audience string
	// Audiences are all values of aud. If the token has azp, they are the value of the condition key oaud.
	Audiences         []string
	AuthorizedParty   string   // azp, or ""
	AMR               []string // authentication methods
	Email             string
	IssuedAt, Expiry  time.Time
	Tags              map[string]string // session tags by key
	TransitiveTagKeys []string
	SourceIdentity    string
}

// claims are the claims that are read, under their names in the token. The decoder is exact: names are
// case-sensitive and none may come twice.
type claims struct {
	Issuer          string           `json:"iss"`
	Subject         string           `json:"sub"`
	Audience        jwt.Audience     `json:"aud"`
	Expiry          *jwt.NumericDate `json:"exp"`
	NotBefore       *jwt.NumericDate `json:"nbf"`
	IssuedAt        *jwt.NumericDate `json:"iat"`
	AuthorizedParty string           `json:"azp"`
	AMR             jwt.Audience     `json:"amr"` // like aud, one string or several
	Email           string           `json:"email"`
	SourceIdentity  string           `json:"https://aws.amazon.com/source_identity"`
	Tags            sessionTags      `json:"https://aws.amazon.com/tags"`
	// TransitiveTagKeys is the flattened form of the member of Tags. So are the claims under flatTag.
	TransitiveTagKeys jwt.Audience `json:"https://aws.amazon.com/tags/transitive_tag_keys"`
}

// sessionTags is from the page "Pass session tags in AWS STS" (IAM User Guide). A tag's value is an array there, but
// must be a single one.
type sessionTags struct {
	PrincipalTags     map[string]jwt.Audience `json:"principal_tags"`
	TransitiveTagKeys jwt.Audience            `json:"transitive_tag_keys"`
}

// flatTag, with a tag's key after it, is the name of a claim with the tag's value. It is for providers that cannot
// nest claims.
const flatTag = "https://aws.amazon.com/tags/principal_tags/"

func missing(claim string) *Error { return invalid("Missing a required claim: "+claim, nil) }

// readToken checks the claims of a verified payload.
func readToken(payload []byte, p Provider, now time.Time) (*IDToken, error) {
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, invalid(notJWT, err)
	}
	switch {
	case c.Issuer != p.URL:
		return nil, invalid("The token was not issued by the identity provider", nil)
	case c.Subject == "":
		return nil, missing("sub")
	case len(c.Audience) == 0:
		return nil, missing("aud")
	case c.Expiry == nil:
		return nil, missing("exp")
	case c.IssuedAt == nil:
		return nil, missing("iat")
	case !now.Before(c.Expiry.Time()):
		// The space is missing in AWS's message too.
		return nil, &Error{Kind: ErrExpired, Message: fmt.Sprintf(
			"Token expired: current date/time %d must be before the expiration date/time%d", now.Unix(), *c.Expiry)}
	case c.IssuedAt.Time().After(now.Add(maxSkew)), c.NotBefore != nil && c.NotBefore.Time().After(now.Add(maxSkew)):
		return nil, invalid("The token is not valid yet", nil)
	}
	t := &IDToken{Issuer: c.Issuer, Subject: c.Subject, Audiences: c.Audience, AuthorizedParty: c.AuthorizedParty,
		AMR: c.AMR, Email: c.Email, IssuedAt: c.IssuedAt.Time(), Expiry: c.Expiry.Time(), SourceIdentity: c.SourceIdentity,
		TransitiveTagKeys: slices.Concat(c.Tags.TransitiveTagKeys, c.TransitiveTagKeys)}
	var ok bool
	if t.Audience, ok = c.audience(p.ClientIDs); !ok {
		return nil, invalid("Incorrect token audience", nil)
	}
	var err error
	if t.Tags, err = c.tags(payload); err != nil {
		return nil, err
	}
	return t, nil
}

// audience returns the client ID that the token is for. If there is an authorized party, it is that one's: aud may then
// name other services as well ("Available keys for AWS OIDC federation", IAM User Guide).
func (c *claims) audience(clientIDs []string) (id string, ok bool) {
	candidates := []string(c.Audience)
	if c.AuthorizedParty != "" {
		candidates = []string{c.AuthorizedParty}
	}
	i := slices.IndexFunc(candidates, func(a string) bool { return slices.Contains(clientIDs, a) })
	if i < 0 {
		return "", false
	}
	return candidates[i], true
}

// tags returns the session tags, nested and flattened.
func (c *claims) tags(payload []byte) (map[string]string, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(payload, &all); err != nil {
		return nil, invalid(notJWT, err)
	}
	tags := make(map[string]string)
	add := func(key string, values jwt.Audience) error {
		if _, twice := tags[key]; twice || len(values) != 1 {
			return invalid("Session tags must have exactly one value", nil)
		}
		tags[key] = values[0]
		return nil
	}
	for key, values := range c.Tags.PrincipalTags {
		if err := add(key, values); err != nil {
			return nil, err
		}
	}
	for name, raw := range all {
		key, ok := strings.CutPrefix(name, flatTag)
		if !ok {
			continue
		}
		var values jwt.Audience
		if err := json.Unmarshal(raw, &values); err != nil {
			return nil, invalid(notJWT, err)
		}
		if err := add(key, values); err != nil {
			return nil, err
		}
	}
	return tags, nil
}
