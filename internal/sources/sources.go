// Package sources is where people come from who are not in the built-in directory alone: SAML 2.0 identity providers, OpenID
// Connect providers, LDAP directories and Active Directory. It signs people in who have proven there who they are, keeps what the
// directory knows of them as it is there, and signs them out on both sides.
//
// It exists so that the rest knows people of the directory only, wherever they come from. It imports directory; federation, which
// verifies what providers sign; keyspace, kv, awsapi and policy. How a session of the access portal begins and ends is given to it
// as functions.
//
// The main rules: a provider is believed about people only, each provider about those whose external id it gave; who is gone or
// disabled there is disabled here within a sync, and nobody is because a provider can't be reached; what a browser brings back counts in
// the browser that left with it, and once; nobody is sent to another server than the provider's.
package sources

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Options configure a Service.
type Options struct {
	Directory *directory.Store
	// Manages says whether an account may see and change where people come from; nil lets every account.
	Manages func(ctx context.Context, r kv.Reader, account string) (bool, error)
	// Seal encrypts a secret that is bound to a name, and Unseal is the inverse. They are identity.Store's.
	Seal   func(plain []byte, name string) []byte
	Unseal func(sealed []byte, name string) ([]byte, error)
	// Begin begins a session of the access portal, and returns its token, and when it ends if nobody ends it before.
	Begin func(ctx context.Context, by Proof) (token string, ends time.Time, err error)
	// Enter gives a browser the token.
	Enter func(w http.ResponseWriter, r *http.Request, token string) error
	// End ends a session of the access portal, by its id ([SessionID]), and what was begun from it. It is no error if there is none.
	End func(ctx context.Context, session string) error
	// Leased takes or keeps the right to do a named piece of background work, and says whether this server has it; nil if there are no
	// other servers.
	Leased func(ctx context.Context, name string) (bool, error)
	// PublicURL is how browsers reach the server, "" if nobody has said: then as the request does.
	PublicURL string
	// Transport is how providers are reached over HTTP; nil is the default one, which does not connect to link-local addresses.
	Transport *http.Transport
	// AllowLoopbackHTTP lets providers be at http:// URLs on this machine, and LDAP servers there without TLS.
	AllowLoopbackHTTP bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger gets why people could not sign in, and what goes wrong in the background; nil drops it.
	Logger *slog.Logger
}

// Proof is what a source says of somebody for whom a session of the access portal begins.
type Proof struct {
	// User is who it is, by the id in the directory, and Source the kind of the source: saml, oidc, ldap.
	User, Source string
	// Grant is what the source vouches with: the session ends when [Service.Vouches] says that it does not any more.
	Grant string
	// MFA says that the source has seen more than a password.
	MFA bool
	// Tags are for the sessions of roles that begin from it.
	Tags []policy.Tag
	// Until is when the source's own session ends, zero if it does not say: the one that begins does not last longer.
	Until time.Time
}

// Service is the outside sources of the people in one engine. It is safe for concurrent use.
type Service struct {
	Options
	db     kv.DB
	routes map[string]func(*call) error
	client *http.Client
	pools  pools
	docs   providers
	swept  time.Time // when what was over was removed last
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// New returns a service. Start it, to keep people as they are there, and Close it in the end.
func New(db kv.DB, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Leased == nil {
		o.Leased = func(context.Context, string) (bool, error) { return true, nil }
	}
	if o.Manages == nil {
		o.Manages = func(context.Context, kv.Reader, string) (bool, error) { return true, nil }
	}
	if o.End == nil {
		o.End = func(context.Context, string) error { return nil }
	}
	s := &Service{Options: o, db: db}
	s.client = newClient(o.Transport)
	s.pools.init()
	s.routes = map[string]func(*call) error{
		"GET /sources/login":             s.login,
		"GET /sources/finish":            s.finish,
		"GET /sources/logout":            s.logout,
		"GET /sources/saml/metadata":     s.samlMetadata,
		"POST /sources/saml/acs":         s.samlResponse,
		"GET /sources/saml/slo":          s.samlSignOut,
		"POST /sources/saml/slo":         s.samlSignOut,
		"GET /sources/oidc/callback":     s.oidcCallback,
		"POST /sources/oidc/backchannel": s.oidcBackchannel,
	}
	return s
}

// Close ends what is done in the background.
func (s *Service) Close() error {
	if s.stop != nil {
		s.stop()
	}
	s.work.Wait()
	s.pools.close()
	return nil
}

// SessionID is how the session of a token is called: its SHA-256 in hexadecimal.
func SessionID(token string) string { return digest(token) }

// word is the first part of all keys of this package.
const word = "sources"

func key(parts ...string) []byte { return keyspace.People(append([]string{word}, parts...)...) }

// digest makes a text short enough for a key. Of a random token, nobody can tell it from its digest.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// token makes 32 random bytes of text.
func token() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// get reads a record, nil if there is none.
func get[T any](ctx context.Context, r kv.Reader, key []byte) (*T, error) {
	value, err := r.Get(ctx, key)
	if err != nil || value == nil {
		return nil, err
	}
	record := new(T)
	if err := json.Unmarshal(value, record); err != nil {
		return nil, fmt.Errorf("sources: unreadable record at %x: %w", key, err)
	}
	return record, nil
}

func put(tx kv.Txn, key []byte, record any) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return tx.Set(key, value)
}

// errUnknown is for whoever is signed in there, and nobody here.
var errUnknown = errors.New("the person is not known here, and the source may not make users")

// refused is what a person is told who can't sign in. It says nothing of why: that is in the log.
func refused(cause error) *awsapi.Error {
	return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Cause: cause,
		Message: "You could not be signed in. Try again; if it goes on, ask your administrator, who finds the reason in the server's log."}
}

// isPath says whether an address is one of this server: what browsers are sent to afterwards.
func isPath(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t\x00") &&
		!strings.Contains(address, "/../") && !strings.HasSuffix(address, "/..")
}
