// Package portal is what people of IAM Identity Center have once they have signed in: their session in the access portal, the
// tokens that tools get for it, and the credentials that come of both. It is also the OpenID Connect API of IAM Identity Center
// (sso-oauth), the API of the access portal (sso), and the sign-in service of "aws login" (signin): one file for each operation.
//
// It exists so that one place says who may still use what was handed out. It imports directory, for who people are; center, for
// what they may be; identity, for sessions of the console; federation, for tokens of others; signin, for pages; keyspace, kv, awsapi, policy, audit, and of server
// what that knows of a request.
//
// The main rules: of a code or a browser's token only the hash is kept, and nothing at all of what anybody can ask for without limit, as clients
// and tools can for tokens: that is in what they get, sealed. A token counts only as long as its family, the session that it came from, and the person.
package portal

import (
	"context"
	"log/slog"
	"net/netip"
	"net/url"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/signin"
)

// Source is where the people come from.
type Source struct {
	// Kind is directory, saml, oidc or ldap, Name what an administrator has called it, and Grant what it vouches for people with now:
	// see Proof.
	Kind, Name, Grant string
	// Password proves who somebody is by a password, and returns the id of the user. It is nil if that is asked of the directory,
	// or of an identity provider with pages of its own.
	Password func(ctx context.Context, userName, password string) (user string, err error)
	// SignOut is where a browser goes that has signed out here, "" if nowhere. It may be nil.
	SignOut func(ctx context.Context, session string) (location string, err error)
}

// directorySource is the kind of the built-in directory.
const directorySource = "directory"

// Options configure a Portal.
type Options struct {
	DB         kv.DB
	Identities *identity.Store
	Directory  *directory.Store
	Center     *center.Store
	// OIDC verifies what trusted token issuers have signed; nil is one with the defaults.
	OIDC *federation.OIDC
	// Source says where people come from now; nil is the built-in directory.
	Source func(ctx context.Context) (Source, error)
	// Vouches says whether an outside source still vouches for whom it has vouched for with a grant; nil says that none does.
	Vouches func(ctx context.Context, r kv.Reader, grant string) (bool, error)
	// Change is identity.Store.Change: after it no server believes what it has cached of anybody's sessions. Seal and Unseal are
	// identity.Store's.
	Change func(ctx context.Context, fn func(kv.Txn) error) error
	Seal   func(plain []byte, name string) []byte
	Unseal func(sealed []byte, name string) ([]byte, error)
	// Leased takes or keeps the right to do a named piece of background work; nil if there are no other servers.
	Leased func(ctx context.Context, name string) (bool, error)
	// SignIn has the pages of the console, to which the portal adds its own. It may be nil in tests.
	SignIn *signin.Handler
	// PublicURL is how clients reach the server, "" if nobody has said: then it is where their requests went.
	PublicURL string
	// Region is the one of credentials of "aws login".
	Region string
	// Audit is the audit log, nil if there is none.
	Audit *audit.Log
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger gets what goes wrong in the background; nil drops it.
	Logger *slog.Logger
}

// Portal is the sessions and tokens of people. It is safe for concurrent use.
type Portal struct {
	Options
	host string // of PublicURL
	// starts has a token for each device authorization that a source may still begin, allStarts one for each that all together may.
	starts    *lru.Cache[netip.Prefix, *rate.Limiter]
	allStarts *rate.Limiter
	crowded   rate.Sometimes // says that these together were too many
	stop      context.CancelFunc
	tidy      sync.WaitGroup
}

// New returns a Portal, which answers the pages below /signin/people and /signin/login from now on.
func New(opts Options) *Portal {
	if opts.Change == nil {
		opts.Change = opts.DB.Update
	}
	if opts.Leased == nil {
		opts.Leased = func(context.Context, string) (bool, error) { return true, nil }
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.OIDC == nil {
		opts.OIDC = federation.NewOIDC(federation.Options{Now: opts.Now})
	}
	if opts.Source == nil {
		opts.Source = func(context.Context) (Source, error) { return Source{Kind: directorySource}, nil }
	}
	if opts.Vouches == nil {
		opts.Vouches = func(context.Context, kv.Reader, string) (bool, error) { return false, nil }
	}
	p := &Portal{Options: opts, starts: newest[netip.Prefix, *rate.Limiter](startingSources), allStarts: rate.NewLimiter(allStartsSecond, allStartsBurst),
		crowded: rate.Sometimes{Interval: time.Minute}}
	if u, err := url.Parse(opts.PublicURL); err == nil {
		p.host = u.Host
	}
	if opts.SignIn != nil {
		p.addPages(opts.SignIn)
	}
	return p
}

// newest makes a cache that keeps what was used last.
func newest[K comparable, V any](size int) *lru.Cache[K, V] {
	c, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // the sizes are constants
	}
	return c
}

// now is the time, as records have it.
func (p *Portal) now() time.Time { return p.Now().UTC().Truncate(time.Millisecond) }

// public is how clients reach the server: as the operator says, or as this request did.
func (p *Portal) public(secure bool, host string) string {
	switch {
	case p.host != "":
		u, _ := url.Parse(p.PublicURL) // it was read before
		return u.Scheme + "://" + u.Host
	case secure:
		return "https://" + host
	}
	return "http://" + host
}
