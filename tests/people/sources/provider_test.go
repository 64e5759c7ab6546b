package sources

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	clientID     = "stator"
	clientSecret = "the client's secret: äöü&="
)

// provider is an OpenID Connect provider of another make, over TLS: it insists on what the specifications say of clients, codes, PKCE and
// log-out. The tests give it people, clients and keys.
type provider struct {
	*storage.Storage
	t       *testing.T
	web     *httptest.Server
	callFor func(ctx context.Context, id string) string

	mu     sync.Mutex
	keys   []*signingKey // the first signs, the second will, and both are published
	groups []string      // of who signs in
	back   string        // where its client's people go once they have signed out
	// machine is whom its machine tokens are of, and more what else they say.
	machine string
	more    map[string]any
}

// startProvider starts one whose clients are at a server: confidential, and public with PKCE alone.
func startProvider(t *testing.T, server string) *provider {
	t.Helper()
	p := &provider{t: t, groups: []string{"engineers"}, back: server + "/console/portal"}
	p.keys = []*signingKey{p.newKey(), p.newKey()}
	people := person{ID: "4711", Username: "alice", Password: "alice's password", FirstName: "Alice", LastName: "Archer", Email: "alice@example.com", EmailVerified: true}
	p.Storage = storage.NewStorageWithClients(people, map[string]*storage.Client{
		clientID: storage.WebClient(clientID, clientSecret, server+"/sources/oidc/callback"),
		"public": storage.NativeClient("public", server+"/sources/oidc/callback"),
	})
	mux := http.NewServeMux()
	p.web = httptest.NewTLSServer(mux)
	t.Cleanup(p.web.Close)
	var secret [32]byte
	rand.Read(secret[:])
	made, err := op.NewProvider(&op.Config{CryptoKey: secret, CodeMethodS256: true}, p, op.StaticIssuer(p.web.URL))
	must(t, err)
	p.callFor = op.AuthCallbackURL(made)
	// Its page to sign in is what whoever uses the library makes.
	mux.Handle("/login/username", op.NewIssuerInterceptor(made.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("authRequestID")
		if err := p.CheckUsernamePassword(r.PostFormValue("username"), r.PostFormValue("password"), id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, p.callFor(r.Context(), id), http.StatusSeeOther)
	}))
	mux.Handle("/", made)
	return p
}

// person is the only one whom the provider knows.
type person storage.User

func (u person) GetUserByID(id string) *storage.User         { return u.is(id == u.ID) }
func (u person) GetUserByUsername(name string) *storage.User { return u.is(name == u.Username) }
func (u person) ExampleClientID() string                     { return "service" }

func (u person) is(it bool) *storage.User {
	if !it {
		return nil
	}
	return (*storage.User)(&u)
}

// signingKey is a key of the provider, which is published as publicKey.
type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

func (k *signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k *signingKey) Key() any                                    { return k.key }
func (k *signingKey) ID() string                                  { return k.id }

type publicKey struct{ of *signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Key() any                           { return k.of.key.Public() }
func (k publicKey) ID() string                         { return k.of.id }
func (k publicKey) Use() string                        { return "sig" }

func (p *provider) newKey() *signingKey {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(p.t, err)
	return &signingKey{rand.Text(), key}
}

// rotate has the provider sign with the key that it has announced. The old one counts no more, and a new one is announced.
func (p *provider) rotate() {
	p.t.Helper()
	next := p.newKey()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = []*signingKey{p.keys[1], next}
}

func (p *provider) SigningKey(context.Context) (op.SigningKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[0], nil
}

func (p *provider) KeySet(context.Context) (all []op.Key, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.keys {
		all = append(all, publicKey{k})
	}
	return all, nil
}

func (p *provider) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	p.mu.Lock()
	info.AppendClaims("groups", p.groups)
	p.mu.Unlock()
	return p.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin)
}

// client is one whose people may come back to the server once they have signed out.
type client struct {
	op.Client
	back string
}

func (c client) PostLogoutRedirectURIs() []string { return []string{c.back} }

func (p *provider) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := p.Storage.GetClientByClientID(ctx, id)
	return client{c, p.back}, err
}

// machineClient gets signed tokens for what runs without a person.
type machineClient struct{ *storage.Client }

func (machineClient) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeJWT }
func (machineClient) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeClientCredentials}
}

func (p *provider) ClientCredentials(_ context.Context, id, secret string) (op.Client, error) {
	if id != "runner" || secret != "the runner's secret" {
		return nil, errors.New("no such machine")
	}
	return machineClient{storage.WebClient(id, secret)}, nil
}

func (p *provider) ClientCredentialsTokenRequest(_ context.Context, _ string, scopes []string) (op.TokenRequest, error) {
	return &oidc.JWTTokenRequest{Subject: p.machine, Audience: []string{"sts.amazonaws.com"}, Scopes: scopes}, nil
}

func (p *provider) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return p.more, nil
}

// machineToken is a token that the provider gives a machine.
func (p *provider) machineToken(subject string, more map[string]any) string {
	p.t.Helper()
	p.machine, p.more = subject, more
	r, err := http.NewRequest(http.MethodPost, p.web.URL+"/oauth/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	must(p.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("runner", url.QueryEscape("the runner's secret"))
	a := p.do(r)
	if a.str("access_token") == "" {
		p.t.Fatalf("%d %s", a.status, a.text)
	}
	return a.str("access_token")
}

// do is a request to the provider, which goes nowhere by itself.
func (p *provider) do(r *http.Request) answer {
	p.t.Helper()
	c := *p.web.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return read(p.t, &c, r)
}

// signIn is what a person's browser does there: from the authorization request until it is sent back.
func (p *provider) signIn(to, password string) answer {
	p.t.Helper()
	get := func(to string) answer {
		r, err := http.NewRequest(http.MethodGet, to, nil)
		must(p.t, err)
		return p.do(r)
	}
	page := get(to)
	if !strings.HasPrefix(page.to, "/login/username?") {
		p.t.Fatalf("%s: %d %s %s", to, page.status, page.to, page.text)
	}
	form := url.Values{"username": {"alice"}, "password": {password}}
	r, err := http.NewRequest(http.MethodPost, p.web.URL+page.to, strings.NewReader(form.Encode()))
	must(p.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := p.do(r)
	if a.to == "" {
		return a
	}
	return get(a.to)
}

func (p *provider) ca() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.web.Certificate().Raw}))
}

// thumbprint is how IAM knows the provider's certificate.
func (p *provider) thumbprint() string {
	sum := sha1.Sum(p.web.Certificate().Raw)
	return hex.EncodeToString(sum[:])
}

var _ op.ClientCredentialsStorage = (*provider)(nil)
