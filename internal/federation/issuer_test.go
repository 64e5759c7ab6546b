package federation

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// issuer is an OpenID Connect provider with a real server and real keys.
type issuer struct {
	t       testing.TB
	server  *httptest.Server
	mu      sync.Mutex
	keys    []jose.JSONWebKey // private
	fetches int               // of the JWK Set
	// answer, if not nil, answers in the place of the provider.
	answer http.HandlerFunc
	now    time.Time
}

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t, now: time.Now()}
	i.server = httptest.NewTLSServer(i)
	t.Cleanup(i.server.Close)
	i.rotate("one", rsaKey())
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	answer := i.answer
	i.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	i.serve(w, r)
}

func (i *issuer) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case discoveryPath:
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.server.URL, i.server.URL+"/keys")
	case "/keys":
		i.mu.Lock()
		defer i.mu.Unlock()
		i.fetches++
		set := jose.JSONWebKeySet{}
		for _, k := range i.keys {
			set.Keys = append(set.Keys, k.Public())
		}
		_ = json.NewEncoder(w).Encode(set)
	default:
		http.NotFound(w, r)
	}
}

func (i *issuer) rotate(kid string, key crypto.PrivateKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = []jose.JSONWebKey{{Key: key, KeyID: kid, Use: "sig"}}
}

func (i *issuer) answerWith(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = h
}

// oidc is a verifier that trusts the issuer's server, with the issuer's clock.
func (i *issuer) oidc() *OIDC {
	return NewOIDC(Options{Transport: i.server.Client().Transport.(*http.Transport), Now: func() time.Time { return i.now }})
}

func (i *issuer) provider() Provider {
	return Provider{URL: i.server.URL, ClientIDs: []string{"client", "other"}}
}

// claims are those of a good token; change overrides them, nil removes.
func (i *issuer) claims(change map[string]any) map[string]any {
	c := map[string]any{"iss": i.server.URL, "sub": "user", "aud": "client", "iat": i.now.Unix(), "exp": i.now.Add(time.Hour).Unix()}
	for name, v := range change {
		if c[name] = v; v == nil {
			delete(c, name)
		}
	}
	return c
}

// token signs with the first key.
func (i *issuer) token(change map[string]any) string {
	alg := jose.RS256
	if _, ok := i.keys[0].Key.(*ecdsa.PrivateKey); ok {
		alg = jose.ES384
	}
	return sign(i.t, alg, i.keys[0].Key, i.keys[0].KeyID, i.claims(change))
}

func sign(t testing.TB, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	opts := &jose.SignerOptions{}
	if kid != "" {
		opts.WithHeader("kid", kid)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(must(json.Marshal(claims)))
	if err != nil {
		t.Fatal(err)
	}
	return must(jws.CompactSerialize())
}

// wantError checks that err is an *Error of the kind and, if message is not "", with that message.
func wantError(t *testing.T, err, kind error, message string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, kind) || message != "" && e.Message != message {
		t.Fatalf("got %v, want %v: %s", err, kind, message)
	}
}
