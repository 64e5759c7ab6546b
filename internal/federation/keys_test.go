package federation

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestKeyRotation(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	verify := func() error {
		_, err := o.Verify(t.Context(), i.provider(), i.token(nil))
		return err
	}
	for range 3 {
		if err := verify(); err != nil {
			t.Fatal(err)
		}
	}
	if i.fetches != 1 {
		t.Fatalf("%d fetches for one key", i.fetches)
	}
	old := i.token(nil)
	i.rotate("two", otherRSA())
	wantError(t, verify(), ErrInvalidToken, noKey) // the provider was asked just now
	i.now = i.now.Add(refetchAfter)
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	// Unknown key IDs do not make for more requests than one every few seconds.
	for n := range 20 {
		_, err := o.Verify(t.Context(), i.provider(), sign(t, jose.RS256, rsaKey(), fmt.Sprint(n), i.claims(nil)))
		wantError(t, err, ErrInvalidToken, noKey)
	}
	if i.fetches != 2 {
		t.Fatalf("%d fetches", i.fetches)
	}
	// A key that the provider withdrew is good no longer.
	_, err := o.Verify(t.Context(), i.provider(), old)
	wantError(t, err, ErrInvalidToken, noKey)
}

// Keys are fetched again when they are old, whether or not the token's key is among them.
func TestKeysExpire(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	token := i.token(nil)
	if _, err := o.Verify(t.Context(), i.provider(), token); err != nil {
		t.Fatal(err)
	}
	i.rotate("two", otherRSA())
	i.now = i.now.Add(keysFor)
	_, err := o.Verify(t.Context(), i.provider(), token)
	wantError(t, err, ErrInvalidToken, noKey)
}

func TestBadProviders(t *testing.T) {
	reached := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("redirect followed") }))
	defer reached.Close()
	for name, answer := range map[string]http.HandlerFunc{
		"error":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret", http.StatusInternalServerError) },
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, reached.URL, http.StatusFound) },
		"redirect down": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>secret") },
		"another issuer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"issuer":"https://example.com","jwks_uri":"https://example.com/keys"}`)
		},
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, io.LimitReader(zeros{}, maxDocument+1))
		},
		"huge header": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 2*maxHeader)) },
		"deep": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("[", maxDocument))
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			i.answerWith(answer)
			_, err := i.oidc().Verify(t.Context(), i.provider(), i.token(nil))
			wantError(t, err, ErrUnreachable, noKey)
		})
	}
	for name, keys := range map[string]string{
		"plain http": "http://example.com/keys", "file": "file:///etc/passwd", "nothing": "", "password": "https://a:b@example.com",
	} {
		t.Run("keys at "+name, func(t *testing.T) {
			i := newIssuer(t)
			i.answerWith(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.server.URL, keys)
			})
			_, err := i.oidc().Verify(t.Context(), i.provider(), i.token(nil))
			wantError(t, err, ErrUnreachable, noKey)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A failure is remembered for as long as a success, so that a provider that is down is not asked by every request.
func TestFailuresAreRemembered(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	asked := 0
	i.answerWith(func(w http.ResponseWriter, _ *http.Request) { asked++; http.Error(w, "", 500) })
	for range 3 {
		_, err := o.Verify(t.Context(), i.provider(), i.token(nil))
		wantError(t, err, ErrUnreachable, noKey)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	i.answerWith(nil)
	i.now = i.now.Add(refetchAfter)
	if _, err := o.Verify(t.Context(), i.provider(), i.token(nil)); err != nil {
		t.Fatal(err)
	}
}

// Who gives up waiting does so at once; the fetch goes on for the others.
func TestSlowProvider(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	asked, release := make(chan struct{}, 2), make(chan struct{})
	i.answerWith(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-release
		i.serve(w, r)
	})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := o.Verify(ctx, i.provider(), i.token(nil)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	<-asked
	cancel()
	wg.Wait()
	close(release)
	if _, err := o.Verify(t.Context(), i.provider(), i.token(nil)); err != nil {
		t.Fatal(err)
	}
	if i.fetches != 1 {
		t.Errorf("%d fetches", i.fetches)
	}
}

func TestServerCertificate(t *testing.T) {
	i := newIssuer(t)
	sum := sha1.Sum(i.server.Certificate().Raw)
	thumbprint := strings.ToUpper(hex.EncodeToString(sum[:]))
	stranger := Options{Transport: &http.Transport{}, Now: func() time.Time { return i.now }} // trusts the system's authorities
	p := i.provider()
	const message = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
	o := NewOIDC(stranger)
	_, err := o.Verify(t.Context(), p, i.token(nil))
	wantError(t, err, ErrInvalidToken, message)
	p.Thumbprints = []string{strings.Repeat("0", 40), thumbprint}
	if _, err := o.Verify(t.Context(), p, i.token(nil)); err != nil {
		t.Fatal(err)
	}
	// Keys that one account fetched with its thumbprints are not there for another.
	_, err = o.Verify(t.Context(), i.provider(), i.token(nil))
	wantError(t, err, ErrInvalidToken, message)
}

// Over HTTP/2, requests that trust different servers could share a connection.
func TestNoHTTP2(t *testing.T) {
	i := newIssuer(t)
	i.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Error(r.Proto)
		}
		i.serve(w, r)
	}))
	i.server.EnableHTTP2 = true
	i.server.StartTLS()
	defer i.server.Close()
	if _, err := i.oidc().Verify(t.Context(), i.provider(), i.token(nil)); err != nil {
		t.Fatal(err)
	}
}

// A server that sends a copy of the right certificate after its own does not have its key.
func TestThumbprintAloneProvesNothing(t *testing.T) {
	now := time.Now()
	genuine := certificate(t, "idp.example.com", now)
	impostor := certificate(t, "idp.example.com", now)
	sum := sha1.Sum(genuine.Raw)
	prints := []string{hex.EncodeToString(sum[:])}
	check := func(host string, at time.Time, chain ...*x509.Certificate) error {
		return checkServer(chain, host, x509.NewCertPool(), prints, at)
	}
	if err := check("idp.example.com", now, genuine); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"copy":         check("idp.example.com", now, impostor, genuine),
		"another host": check("example.com", now, genuine),
		"expired":      check("idp.example.com", now.Add(48*time.Hour), genuine),
		"none":         check("idp.example.com", now),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestURLs(t *testing.T) {
	plain, local := NewOIDC(Options{}), NewOIDC(Options{AllowLoopbackHTTP: true})
	for _, c := range []struct {
		url          string
		plain, local bool
	}{
		{"https://example.com/path", true, true},
		{"http://example.com", false, false},
		{"http://127.0.0.1:8080", false, true},
		{"http://[::1]/", false, true},
		{"http://localhost", false, true},
		{"http://localhost.example.com", false, false},
		{"ftp://127.0.0.1", false, false},
		{"https://user@example.com", false, false},
		{"https://", false, false},
		{"example.com", false, false},
		{"https://exa mple", false, false},
	} {
		if got := plain.checkURL(c.url) == nil; got != c.plain {
			t.Errorf("%s: %v", c.url, got)
		}
		if got := local.checkURL(c.url) == nil; got != c.local {
			t.Errorf("%s on loopback: %v", c.url, got)
		}
	}
	_, err := plain.Verify(t.Context(), Provider{URL: "https://example.com/?x"}, "")
	wantError(t, err, ErrInvalidToken, "")
}

func TestLoopbackHTTP(t *testing.T) {
	i := newIssuer(t)
	i.server = httptest.NewServer(i)
	defer i.server.Close()
	if _, err := NewOIDC(Options{AllowLoopbackHTTP: true}).Verify(t.Context(), i.provider(), i.token(nil)); err != nil {
		t.Fatal(err)
	}
}

// The metadata service of clouds is at a link-local address.
func TestDialerStaysAway(t *testing.T) {
	for _, address := range []string{"169.254.169.254:443", "[fe80::1]:443", "0.0.0.0:443", "224.0.0.1:443"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := defaultTransport().DialContext(ctx, "tcp", address)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "no identity provider") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestParseKeys(t *testing.T) {
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	set := func(keys ...jose.JSONWebKey) []byte {
		docs := []string{`{"kty":"unknown"}`, `{"kty":"oct","k":"c2VjcmV0"}`, `7`}
		for _, k := range keys {
			docs = append(docs, string(must(k.MarshalJSON())))
		}
		return []byte(`{"keys":[` + strings.Join(docs, ",") + `]}`)
	}
	keys, err := parseKeys(set(
		jose.JSONWebKey{Key: &small.PublicKey, KeyID: "small"},
		jose.JSONWebKey{Key: &rsaKey().PublicKey, KeyID: "enc", Use: "enc"},
		jose.JSONWebKey{Key: rsaKey(), KeyID: "private"},
		jose.JSONWebKey{Key: &ecKey().PublicKey, KeyID: "good"}))
	if err != nil || len(keys) != 1 || keys[0].KeyID != "good" {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := parseKeys(set()); err == nil {
		t.Error("no keys, no error")
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := keyCache{entries: make(map[string]*cachedKeys)}
	start := time.Now()
	for n := range maxProviders + 1 {
		c.put(fmt.Sprint(n), &cachedKeys{at: start.Add(time.Duration(n))})
	}
	if len(c.entries) != maxProviders || c.get("0") != nil || c.get(fmt.Sprint(maxProviders)) == nil {
		t.Errorf("%d entries", len(c.entries))
	}
}
