package sources

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/statordb/stator/internal/directory"
)

// op is an OpenID Connect provider over TLS that does what the specifications say and no more: codes are for one client, one redirect URI
// and one PKCE verifier, once. What is wrong with its tokens is what a test has it do.
type op struct {
	t   *testing.T
	web *httptest.Server
	key *ecdsa.PrivateKey

	mu    sync.Mutex
	codes map[string]url.Values // the authorization requests
	asked map[string]int        // how often, by paths
	gone  bool                  // nothing is to be had of it
	// claims are those of who is signed in there; info those of the userinfo endpoint.
	claims, info map[string]any
	// change changes the claims of an ID token, and sign makes it, if they are there.
	change func(claims map[string]any)
	sign   func(claims map[string]any) string
	// discovery changes the discovery document.
	discovery map[string]any
	access    string
}

const (
	clientID     = "stator"
	clientSecret = "the client's secret"
)

func startOP(t *testing.T) *op {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	o := &op{t: t, key: key, codes: map[string]url.Values{}, asked: map[string]int{}, access: token(),
		claims: map[string]any{"sub": "4711", "preferred_username": "alice", "sid": "there", "amr": []string{"pwd", "mfa"}, "groups": []string{"engineers"}},
		info:   map[string]any{"sub": "4711", "email": "alice@example.com", "email_verified": true, "name": "Alice Archer", "given_name": "Alice"}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		d := map[string]any{"issuer": o.web.URL, "authorization_endpoint": o.web.URL + "/authorize", "token_endpoint": o.web.URL + "/token",
			"jwks_uri": o.web.URL + "/keys", "userinfo_endpoint": o.web.URL + "/userinfo", "end_session_endpoint": o.web.URL + "/logout?x=y",
			"authorization_response_iss_parameter_supported": true, "response_types_supported": []string{"code"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"ES256"}}
		maps.Copy(d, o.discovery)
		answer(w, 200, d)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		answer(w, 200, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &o.key.PublicKey, KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" ||
			q.Get("state") == "" || q.Get("nonce") == "" || !strings.Contains(" "+q.Get("scope")+" ", " openid ") {
			http.Error(w, "bad request: "+r.URL.RawQuery, 400)
			return
		}
		code := token()
		o.mu.Lock()
		o.codes[code] = q
		o.mu.Unlock()
		back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {o.web.URL}}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		o.mu.Lock()
		q := o.codes[r.FormValue("code")]
		delete(o.codes, r.FormValue("code"))
		o.mu.Unlock()
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		wanted, _ := url.QueryUnescape(secret)
		if id != clientID || wanted != clientSecret || q == nil || q.Get("redirect_uri") != r.FormValue("redirect_uri") ||
			r.FormValue("grant_type") != "authorization_code" || base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
			answer(w, 400, map[string]string{"error": "invalid_grant"})
			return
		}
		hash := sha256.Sum256([]byte(o.access))
		now := time.Now()
		claims := map[string]any{"iss": o.web.URL, "aud": clientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": q.Get("nonce"),
			"at_hash": base64.RawURLEncoding.EncodeToString(hash[:16])}
		maps.Copy(claims, o.claims)
		if o.change != nil {
			o.change(claims)
		}
		answer(w, 200, map[string]any{"access_token": o.access, "token_type": "Bearer", "expires_in": 60, "id_token": o.jwt(claims)})
	})
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+o.access {
			answer(w, 401, map[string]string{"error": "invalid_token"})
			return
		}
		answer(w, 200, o.info)
	})
	o.web = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked[r.URL.Path]++
		gone := o.gone
		o.mu.Unlock()
		if gone {
			http.Error(w, "gone", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(o.web.Close)
	return o
}

func (o *op) jwt(claims map[string]any) string {
	if o.sign != nil {
		return o.sign(claims)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return sign(o.t, jose.ES256, o.key, claims)
}

func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	must(t, err)
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	must(t, err)
	return text
}

func (o *op) ca() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.web.Certificate().Raw}))
}

func (o *op) settings(more map[string]any) map[string]any {
	in := map[string]any{"Name": "Example's provider", "Type": "OIDC", "CreateUsers": true, "CreateGroups": true,
		"Oidc": map[string]any{"Issuer": o.web.URL, "ClientId": clientID, "ClientSecret": clientSecret, "CertificateAuthority": o.ca()}}
	maps.Copy(in, more)
	return in
}

// round goes to the provider and comes back with what it answers, changed.
func (b *browser) round(o *op, change func(q url.Values)) page {
	b.t.Helper()
	p := b.get("/sources/login?return=/console/portal?x")
	if p.status != http.StatusSeeOther {
		return p
	}
	client := *o.web.Client()
	client.CheckRedirect = b.client.CheckRedirect
	resp, err := client.Get(p.to)
	must(b.t, err)
	_ = resp.Body.Close()
	u, err := url.Parse(resp.Header.Get("Location"))
	must(b.t, err)
	if resp.StatusCode != http.StatusFound {
		b.t.Fatalf("the provider answers %s to %s", resp.Status, p.to)
	}
	q := u.Query()
	if change != nil {
		change(q)
	}
	u.RawQuery = q.Encode()
	return b.get(u.String())
}

func TestOIDC(t *testing.T) {
	s, o := start(t), startOP(t)
	id := s.use(o.settings(nil))
	b := s.browser()
	p := b.round(o, nil)
	b.isSignedIn("first", p, "alice")
	u := s.user("alice")
	if p.to != s.web.URL+"/console/portal?x" || u.Emails[0].Value != "alice@example.com" || u.DisplayName != "Alice Archer" || !s.mfa {
		t.Errorf("%v: %+v, MFA %v", p, u, s.mfa)
	}
	s.isGroups("first", u.ID, "engineers")
	out, err := s.call("DescribeExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	if text, _ := json.Marshal(out); strings.Contains(string(text), clientSecret) || !strings.Contains(string(text), clientID) {
		t.Errorf("shown: %s", text)
	}
	// The name there may change; who it is does not.
	o.claims["preferred_username"], o.claims["groups"] = "alicia", []string{}
	b = s.browser()
	b.isSignedIn("renamed", b.round(o, nil), "alicia")
	if s.user("alicia").ID != u.ID {
		t.Error("a renamed person is another user")
	}
	s.isGroups("renamed", u.ID)
}

func TestOIDCRefused(t *testing.T) {
	s, o := start(t), startOP(t)
	s.use(o.settings(nil))
	other := startOP(t)
	der, err := json.Marshal(jose.JSONWebKey{Key: &o.key.PublicKey})
	must(t, err)
	claim := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	for what, change := range map[string]func(map[string]any){
		"expired":             claim("exp", time.Now().Add(-time.Minute).Unix()),
		"no expiry":           claim("exp", nil),
		"another audience":    claim("aud", "another"),
		"several audiences":   claim("aud", []string{clientID, "another"}),
		"another party":       claim("azp", "another"),
		"another issuer":      claim("iss", other.web.URL),
		"another nonce":       claim("nonce", "x"),
		"no nonce":            claim("nonce", nil),
		"another access hash": claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"no subject":          claim("sub", nil),
		"another subject":     claim("sub", "0815"), // than the userinfo's
		"the future":          claim("iat", time.Now().Add(time.Hour).Unix()),
	} {
		o.change = change
		b := s.browser()
		b.isRefused(what, b.round(o, nil))
	}
	o.change = nil
	for what, made := range map[string]func(map[string]any) string{
		"another key": func(c map[string]any) string { return sign(t, jose.ES256, other.key, c) },
		"a shared secret, which is the public key": func(c map[string]any) string { return sign(t, jose.HS256, der, c) },
		"a shared secret":                          func(c map[string]any) string { return sign(t, jose.HS256, []byte(strings.Repeat(clientSecret, 2)), c) },
		"none": func(c map[string]any) string {
			text, _ := json.Marshal(c)
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
		},
		"altered": func(c map[string]any) string {
			parts := strings.Split(sign(t, jose.ES256, o.key, c), ".")
			c["preferred_username"] = "admin"
			text, _ := json.Marshal(c)
			return parts[0] + "." + base64.RawURLEncoding.EncodeToString(text) + "." + parts[2]
		},
		"nothing": func(map[string]any) string { return "" },
	} {
		o.sign = made
		b := s.browser()
		b.isRefused(what, b.round(o, nil))
	}
	o.sign = nil
	for what, change := range map[string]func(url.Values){
		"another state":        func(q url.Values) { q.Set("state", token()) },
		"no state":             func(q url.Values) { q.Del("state") },
		"another issuer's":     func(q url.Values) { q.Set("iss", other.web.URL) },
		"nobody's":             func(q url.Values) { q.Del("iss") },
		"an invented code":     func(q url.Values) { q.Set("code", token()) },
		"an error":             func(q url.Values) { q.Set("error", "access_denied"); q.Del("code") },
		"a code, and an error": func(q url.Values) { q.Set("error", "access_denied") },
	} {
		b := s.browser()
		b.isRefused(what, b.round(o, change))
	}
	// Another browser: whoever has somebody come back with a code of their own signs nobody in.
	var code url.Values
	b, stranger := s.browser(), s.browser()
	b.round(o, func(q url.Values) { code = maps.Clone(q); q.Set("code", "x") })
	stranger.isRefused("another browser", stranger.get(callbackPath+"?"+code.Encode()))
	b.isRefused("a trip that has ended", b.get(callbackPath+"?"+code.Encode()))
	// A code that was spent, in a trip that has not.
	b = s.browser()
	b.round(o, func(q url.Values) { code = maps.Clone(q) })
	b = s.browser()
	b.isRefused("a code again", b.round(o, func(q url.Values) { q.Set("code", code.Get("code")) }))
	s.forward(2 * tripTime)
	b = s.browser()
	b.isRefused("expired by then", b.round(o, nil))
	s.forward(-2 * tripTime)
	if !s.logged("another nonce") || !s.logged("the code is of the issuer") || s.user("admin") != nil {
		t.Errorf("the log: %s", s.log)
	}
	b = s.browser()
	b.isSignedIn("in the end", b.round(o, nil), "alice")
}

// Whose address is not verified is nobody by it.
func TestOIDCEmail(t *testing.T) {
	s, o := start(t), startOP(t)
	s.use(o.settings(map[string]any{"CreateUsers": false, "MatchBy": "Email"}))
	s.put(&directory.User{UserName: "boss", DisplayName: "Boss", Emails: []directory.Email{{Value: "Alice@example.com"}}})
	o.info["email_verified"] = false
	b := s.browser()
	b.isRefused("not verified", b.round(o, nil))
	o.info["email_verified"] = "true"
	delete(o.info, "email_verified")
	b.isRefused("not said", b.round(o, nil))
	o.info["email_verified"] = true
	o.claims["preferred_username"] = "boss"
	b.isSignedIn("verified", b.round(o, nil), "boss")
}

func TestOIDCSignOut(t *testing.T) {
	s, o := start(t), startOP(t)
	s.use(o.settings(nil))
	signIn := func(sid string) *browser {
		o.claims["sid"] = sid
		b := s.browser()
		b.isSignedIn(sid, b.round(o, nil), "alice")
		return b
	}
	b := signIn("one")
	to, err := s.SignOut(t.Context(), b.session())
	must(t, err)
	q := mustQuery(t, to)
	if !strings.HasPrefix(to, o.web.URL+"/logout?") || q.Get("x") != "y" || q.Get("post_logout_redirect_uri") != s.web.URL+portalPage ||
		q.Get("client_id") != clientID || len(strings.Split(q.Get("id_token_hint"), ".")) != 3 {
		t.Errorf("%s", to)
	}
	two, three := signIn("two"), signIn("three")
	logout := func(claims map[string]any) page {
		all := map[string]any{"iss": o.web.URL, "aud": clientID, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "jti": token(),
			"sub": "4711", "events": map[string]any{backchannelEvent: map[string]any{}}}
		for name, value := range claims {
			if all[name] = value; value == nil {
				delete(all, name)
			}
		}
		return s.browser().post(s.web.URL+"/sources/oidc/backchannel", url.Values{"logout_token": {o.jwt(all)}})
	}
	for what, claims := range map[string]map[string]any{
		"a nonce":          {"nonce": "x"},
		"no event":         {"events": map[string]any{}},
		"another audience": {"aud": "another"},
		"another issuer":   {"iss": "https://evil.example.com"},
		"nobody":           {"sub": nil},
		"old":              {"iat": time.Now().Add(-time.Hour).Unix()},
		"no id":            {"jti": nil},
	} {
		if p := logout(claims); p.status != 400 || two.signedIn() == "" {
			t.Errorf("%s: %v", what, p)
		}
	}
	if p := logout(map[string]any{"sid": "two", "sub": nil, "jti": "once"}); p.status != 200 || two.signedIn() != "" || three.signedIn() == "" {
		t.Errorf("one session: %v", p)
	}
	if p := logout(map[string]any{"jti": "once"}); p.status != 400 || three.signedIn() == "" {
		t.Errorf("again: %v", p)
	}
	if p := logout(nil); p.status != 200 || three.signedIn() != "" {
		t.Errorf("all sessions: %v", p)
	}
}

func TestOIDCSettings(t *testing.T) {
	s, o := start(t), startOP(t)
	other := startOP(t)
	for what, in := range map[string]map[string]any{
		"no TLS":            {"Issuer": "http://op.example.com", "ClientId": "x"},
		"a password in it":  {"Issuer": "https://a:b@op.example.com", "ClientId": "x"},
		"no client":         {"Issuer": o.web.URL},
		"another authority": {"Issuer": o.web.URL, "ClientId": "x"},
		"not there":         {"Issuer": o.web.URL + "/x", "ClientId": "x", "CertificateAuthority": o.ca()},
		"no authority":      {"Issuer": o.web.URL, "ClientId": "x", "CertificateAuthority": "x"},
	} {
		out, err := s.call("CreateExternalIdPConfigurationForDirectory", o.settings(map[string]any{"Oidc": in}))
		if err == nil {
			_, err = s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": out["ConfigurationId"]})
		}
		if code(err) != "ValidationException" {
			t.Errorf("%s: %v", what, err)
		}
	}
	// A discovery document of another issuer, and endpoints without TLS.
	for what, d := range map[string]map[string]any{
		"another issuer":               {"issuer": other.web.URL},
		"a token endpoint without TLS": {"token_endpoint": "http://op.example.com/token"},
	} {
		o.discovery = d
		out, err := s.call("CreateExternalIdPConfigurationForDirectory", o.settings(nil))
		must(t, err)
		if _, err = s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": out["ConfigurationId"]}); code(err) != "ValidationException" {
			t.Errorf("%s: %v", what, err)
		}
	}
	o.discovery = nil
	id := s.use(o.settings(nil))
	// The secret stays when it is left out, but goes to no other provider.
	in := o.settings(map[string]any{"ConfigurationId": id})
	delete(in["Oidc"].(map[string]any), "ClientSecret")
	_, err := s.call("UpdateExternalIdPConfigurationForDirectory", in)
	must(t, err)
	b := s.browser()
	b.isSignedIn("with the old secret", b.round(o, nil), "alice")
	for name, value := range map[string]string{"Issuer": other.web.URL, "CertificateAuthority": other.ca() + o.ca(), "ClientId": "another"} {
		changed := maps.Clone(in)
		changed["Oidc"] = maps.Clone(in["Oidc"].(map[string]any))
		changed["Oidc"].(map[string]any)[name] = value
		_, err = s.call("UpdateExternalIdPConfigurationForDirectory", changed)
		c, failed := s.inUse(t.Context())
		must(t, failed)
		if name == "ClientId" && (err != nil || len(c.OIDC.Secret) != 0) || name != "ClientId" && (code(err) != "ValidationException" || len(c.OIDC.Secret) == 0) {
			t.Errorf("another %s: %v, the secret has %d bytes", name, err, len(c.OIDC.Secret))
		}
		_, err = s.call("UpdateExternalIdPConfigurationForDirectory", o.settings(map[string]any{"ConfigurationId": id}))
		must(t, err)
	}
	// With the secret it may be anywhere.
	moved := other.settings(map[string]any{"ConfigurationId": id})
	_, err = s.call("UpdateExternalIdPConfigurationForDirectory", moved)
	must(t, err)
	_, err = s.call("DisableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	b = s.browser()
	b.isRefused("disabled", b.get("/sources/login"))
	if kind, _, _, err := s.Source(t.Context()); kind != "directory" || err != nil {
		t.Error(kind, err)
	}
	_, err = s.call("DeleteExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
}

// Whoever comes while the provider is gone, or with tokens of invented keys, does not turn this server on it.
func TestOIDCAskedSparingly(t *testing.T) {
	s, o := start(t), startOP(t)
	s.use(o.settings(nil))
	count := func(path string) int {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.asked[path]
	}
	const discovery, keys = "/.well-known/openid-configuration", "/keys"
	b := s.browser()
	b.isSignedIn("at first", b.round(o, nil), "alice")
	before := count(keys)
	good := o.key
	stranger := startOP(t)
	forge := func() {
		t.Helper()
		for range 5 {
			claims := map[string]any{"iss": o.web.URL, "aud": clientID, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "jti": token(), "sub": "4711"}
			p := s.browser().post(s.web.URL+"/sources/oidc/backchannel", url.Values{"logout_token": {sign(t, jose.ES256, stranger.key, claims)}})
			if p.status != http.StatusBadRequest {
				t.Fatal(p)
			}
		}
	}
	forge()
	s.forward(askAgain)
	forge()
	if n := count(keys) - before; n > 2 {
		t.Errorf("the keys were fetched %d times", n)
	}
	// A new key counts, if not at once.
	o.mu.Lock()
	o.key = stranger.key
	o.mu.Unlock()
	b = s.browser()
	b.isRefused("a moment after", b.round(o, nil))
	s.forward(askAgain)
	b.isSignedIn("a new key", b.round(o, nil), "alice")
	o.mu.Lock()
	o.key, o.gone = good, true
	o.mu.Unlock()

	s.forward(2 * discoveryFor)
	before = count(discovery)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if p := s.browser().get("/sources/login"); p.status != http.StatusForbidden {
				t.Error(p)
			}
		})
	}
	all.Wait()
	if n := count(discovery) - before; n != 1 {
		t.Errorf("it was asked %d times what it is", n)
	}
	o.mu.Lock()
	o.gone = false
	o.mu.Unlock()
	s.forward(askAgain)
	b = s.browser()
	if p := b.get("/sources/login"); p.status != http.StatusSeeOther {
		t.Errorf("it is there again: %v", p)
	}
	// What was remembered by a clock that was ahead is not remembered until then.
	gone := func(is bool, ahead time.Duration) {
		o.mu.Lock()
		o.gone = is
		o.mu.Unlock()
		s.forward(ahead)
	}
	gone(true, 2*discoveryFor)
	if p := b.get("/sources/login"); p.status != http.StatusForbidden {
		t.Errorf("it is gone: %v", p)
	}
	gone(false, -2*discoveryFor)
	if p := b.get("/sources/login"); p.status != http.StatusSeeOther {
		t.Errorf("the clock was set back: %v", p)
	}
}
