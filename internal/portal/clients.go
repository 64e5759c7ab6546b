package portal

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
)

// clientLife: registrations are good for 90 days, as AWS's are.
const clientLife = 90 * 24 * time.Hour

// The grants, as OAuth names them.
const (
	codeGrant    = "authorization_code"
	deviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	refreshGrant = "refresh_token"
)

// accountScope lets a tool see accounts and get credentials. It is the only one that there is for what registers itself.
const accountScope = "sso:account:access"

// client is a tool that has registered itself. Anybody may, so that nothing is kept of it: it is in its id, sealed.
type client struct {
	Name      string    `json:"n"`
	Scopes    []string  `json:"s,omitempty"`
	Redirects []string  `json:"r,omitempty"`
	Grants    []string  `json:"g,omitempty"`
	Expires   time.Time `json:"e"`

	id string
	// app is the application that it is, nil for a tool that has registered itself.
	app *center.Application
}

// application is the ARN of the application that the client is, "" for a tool.
func (c *client) application() string {
	if c.app == nil {
		return ""
	}
	return c.app.ARN
}

// clientSecret is what the secret of a client is, sealed.
type clientSecret struct {
	// Client is the hash of its id.
	Client  string    `json:"c"`
	Expires time.Time `json:"e"`
}

// The names that ids and secrets of clients, authorization requests and tokens are sealed under.
const (
	sealedClient       = "client"
	sealedClientSecret = "clientsecret"
	sealedRequest      = "request"
	sealedLogin        = "login"
	sealedAccess       = "access"
	sealedRefresh      = "refresh"
)

// clientOf reads the id of a client; nil if there is no such client any more.
func (p *Portal) clientOf(id string) *client {
	c := &client{id: id}
	if len(id) > maxClient || !p.unsealed(sealedClient, id, c) || !p.now().Before(c.Expires) {
		return nil
	}
	return c
}

// proven returns the client that knows its secret.
func (p *Portal) proven(id, secret *string) (*client, *awsapi.Error) {
	if id == nil || *id == "" || secret == nil || *secret == "" {
		return nil, invalidRequest("Missing client credentials")
	}
	var s clientSecret
	c := p.clientOf(*id)
	if c == nil || !p.unsealed(sealedClientSecret, *secret, &s) || s.Client != digest(*id) || !p.now().Before(s.Expires) {
		return nil, oauthError("InvalidClientException", "Invalid client provided")
	}
	return c, nil
}

// may says whether the client has registered for a grant. One that has named none may use device codes, and what they lead to.
func (c *client) may(grant string) bool {
	if len(c.Grants) == 0 && c.app == nil {
		return grant == deviceGrant || grant == refreshGrant && len(c.Scopes) > 0
	}
	return slices.Contains(c.Grants, grant)
}

// takes says whether the client has registered for a redirect URI. The port of a loopback address counts for nothing: it is the one
// that the system gave the tool (RFC 8252, section 7.3). An application has told exactly where it is.
func (c *client) takes(redirect string) bool {
	if c.app != nil {
		return slices.Contains(c.Redirects, redirect)
	}
	plain, ok := loopback(redirect)
	return ok && slices.ContainsFunc(c.Redirects, func(registered string) bool {
		r, ok := loopback(registered)
		return ok && r == plain
	})
}

// loopback is a redirect URI to this very machine of the person, without its port; ok is false for any other. It has the address
// of the loopback interface, as names may lead elsewhere.
func loopback(redirect string) (plain string, ok bool) {
	u, err := url.Parse(redirect)
	if err != nil || len(redirect) > maxRedirect || u.Scheme != "http" || u.User != nil || u.Fragment != "" || strings.Contains(redirect, "#") || u.Opaque != "" {
		return "", false
	}
	switch host := u.Hostname(); host {
	case "127.0.0.1", "::1":
		u.Host = host
	default:
		return "", false
	}
	return u.String(), true
}
