package signin

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/statordb/stator"
)

// fromProxies has a server believe what is said of where requests come from.
func fromProxies(o *stator.Options) {
	o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// A page of another site can make a browser send much, but nothing that does anything.
func TestCrossSiteRequests(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	b := s.browser(t)
	b.signIn("SignedIn", asUser("ada", password))
	for what, headers := range map[string][]string{
		"no header of ours":        {"X-Stator-Console", ""},
		"another origin":           {"Origin", "https://evil.example.com"},
		"another port":             {"Origin", "http://127.0.0.1:1"},
		"no origin at all":         {"Origin", "null"},
		"another site":             {"Sec-Fetch-Site", "cross-site"},
		"another of the same site": {"Sec-Fetch-Site", "same-site"},
		"by hand":                  {"Sec-Fetch-Site", "none"},
		"a rebound name":           {"Host", "evil.example.com"},
	} {
		for _, to := range [][2]string{{"POST", "/signin/session"}, {"DELETE", "/signin/session"}, {"DELETE", "/signin/sessions"}, {"POST", "/signin/claim"},
			{"POST", "/signin/signup"}, {"POST", "/signin/password"}, {"POST", "/signin/password/forgot"}} {
			if a := b.ask(to[0], to[1], asUser("ada", password), headers...); a.status != 403 || a.text("Code") != "CrossSiteRequest" {
				t.Errorf("%s: %v: %d %s", what, to, a.status, a.raw)
			}
		}
	}
	for _, site := range []string{"cross-site", "same-site"} {
		if a := b.ask("GET", "/signin/credentials", nil, "Sec-Fetch-Site", site); a.status != 403 {
			t.Errorf("credentials for a page of a %s: %d", site, a.status)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
		if a := b.ask("POST", "/signin/session", asUser("ada", password), "Content-Type", kind); a.status != http.StatusUnsupportedMediaType {
			t.Errorf("as %q: %d %s", kind, a.status, a.raw)
		}
	}
	preflight := b.ask("OPTIONS", "/signin/session", nil, "Origin", "https://evil.example.com", "Access-Control-Request-Method", "POST")
	if preflight.status < 400 || preflight.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin may: %d %v", preflight.status, preflight.header)
	}
	if a := b.ask("GET", "/signin/session", nil); a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("another origin may read: %v", a.header)
	}
	if !b.signedIn() {
		t.Error("a page of another site has signed the user out")
	}
}

func TestBadRequests(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	before := s.log.String()
	for what, c := range map[string]struct {
		method, path string
		in           any
		status       int
	}{
		"no JSON":        {"POST", "/signin/session", "{", 400},
		"nobody":         {"POST", "/signin/session", "{}", 400},
		"another type":   {"POST", "/signin/session", `{"Type":"user","Account":1}`, 400},
		"a large body":   {"POST", "/signin/session", `"` + strings.Repeat("x", 20_000) + `"`, 413},
		"a wrong method": {"PUT", "/signin/session", "{}", 405},
		"a wrong path":   {"GET", "/signin/nothing", nil, 404},
		"no path":        {"GET", "/signin", nil, 404},
	} {
		if a := b.ask(c.method, c.path, c.in); a.status != c.status || a.text("Code") == "" || a.header.Get("X-Amzn-Requestid") == "" {
			t.Errorf("%s: %d %s", what, a.status, a.raw)
		}
	}
	if more := strings.TrimPrefix(s.log.String(), before); strings.Contains(more, "/signin") || strings.Contains(more, "level=ERROR") {
		t.Errorf("a client's mistake is logged: %s", more)
	}
}

// Over TLS, here up to a proxy, the cookie is one that only this server can have set, and no other counts.
func TestCookieOverTLS(t *testing.T) {
	s := start(t, fromProxies)
	s.user(t, "ada", password, false)
	b := s.browser(t)
	tls := []string{"X-Forwarded-Proto", "https", "Origin", strings.Replace(s.url, "http:", "https:", 1)}
	a := b.ask("POST", "/signin/session", asUser("ada", password), tls...)
	c := (&http.Response{Header: a.header}).Cookies()
	if len(c) != 1 || c[0].Name != "__Host-stator-session" || !c[0].Secure || !c[0].HttpOnly || c[0].Path != "/" || c[0].Domain != "" || c[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("the cookie is %v", c)
	}
	plain := b.ask("POST", "/signin/session", asUser("ada", password))
	p := (&http.Response{Header: plain.header}).Cookies()
	ask := func(cookie string, headers ...string) bool {
		a := s.browser(t).ask("GET", "/signin/session", nil, append([]string{"Cookie", cookie}, headers...)...)
		return a.body["SignedIn"] == true
	}
	if !ask(c[0].Name+"="+c[0].Value, tls...) {
		t.Error("the cookie is none")
	}
	if ask(p[0].Name+"="+p[0].Value, tls...) || ask("stator-session="+c[0].Value, tls...) {
		t.Error("over TLS a cookie counts that anybody on the network may have set")
	}
	if ask(c[0].Name + "=" + c[0].Value) {
		t.Error("a cookie of TLS counts without")
	}
	if a := b.ask("POST", "/signin/session", asUser("ada", password), "X-Forwarded-Proto", "https"); a.status != 403 {
		t.Errorf("a page without TLS sends to one with it: %d", a.status)
	}
}

// A proxy may give the server another name than browsers know.
func TestPublicURL(t *testing.T) {
	s := start(t, fromProxies, func(o *stator.Options) { o.PublicURL = "https://db.example.com" })
	s.user(t, "ada", password, false)
	b := s.browser(t)
	for origin, want := range map[string]int{"https://db.example.com": 200, "https://evil.example.com": 403, "http://db.example.com": 403} {
		if a := b.ask("POST", "/signin/session", asUser("ada", password), "Origin", origin, "X-Forwarded-Proto", "https"); a.status != want {
			t.Errorf("from %s: %d %s", origin, a.status, a.raw)
		}
	}
}

// Who is no trusted proxy can't say that a request came over TLS.
func TestForgedProto(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	a := s.browser(t).ask("POST", "/signin/session", asUser("ada", password), "X-Forwarded-Proto", "https")
	if c := a.header.Get("Set-Cookie"); strings.Contains(c, "__Host-") || strings.Contains(c, "Secure") {
		t.Errorf("the cookie is %s", c)
	}
}

func TestBrowsersAreSentToTheConsole(t *testing.T) {
	s := start(t)
	b := s.browser(t)
	page := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}
	for _, path := range []string{"/", "/nothing", "/consoles"} {
		if a := b.ask("GET", path, nil, page...); a.status != 302 || a.header.Get("Location") != "/console/" {
			t.Errorf("a browser at %s: %d %v", path, a.status, a.header)
		}
	}
	if a := b.ask("GET", "/nothing", nil, "Accept", "*/*"); a.status != 404 {
		t.Errorf("a tool at a path that is not there: %d", a.status)
	}
	if a := b.ask("GET", "/healthz", nil, page...); a.status != 200 {
		t.Errorf("a browser at a health check: %d", a.status)
	}
	for what, headers := range map[string][]string{"a health check": {"Accept", "*/*"}, "a signed request": {"Accept", "text/html", "Authorization", "AWS4-HMAC-SHA256 x"}} {
		if a := b.ask("GET", "/", nil, headers...); a.status == 302 {
			t.Errorf("%s is sent away", what)
		}
	}
	if a := b.ask("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", nil, page...); a.status == 302 {
		t.Error("a request of the query protocol is sent away")
	}
}

// Who has come over TLS is told to come no other way; who has not must not be, nor by the name that every machine gives itself.
func TestStrictTransport(t *testing.T) {
	s := start(t, fromProxies)
	over := httptest.NewTLSServer(s.server)
	defer over.Close()
	direct := *s
	direct.url = over.URL
	secure := direct.browser(t)
	secure.http.Transport = over.Client().Transport
	for _, page := range []string{"/", "/console/", "/signin/session", "/federation?Action=login"} {
		headers := []string{"Accept", "text/html", "Host", "db.example.com", "Origin", ""}
		for what, c := range map[string]struct {
			a    answer
			want string
		}{
			"over TLS":             {secure.ask("GET", page, nil, headers...), "max-age=31536000"},
			"over a proxy's TLS":   {s.browser(t).ask("GET", page, nil, append(headers, "X-Forwarded-Proto", "https")...), "max-age=31536000"},
			"without":              {s.browser(t).ask("GET", page, nil, headers...), ""},
			"over a proxy without": {s.browser(t).ask("GET", page, nil, append(headers, "X-Forwarded-Proto", "http")...), ""},
			"on this machine":      {secure.ask("GET", page, nil, append(headers, "Host", "localhost:8000")...), ""},
		} {
			if got := c.a.header.Get("Strict-Transport-Security"); got != c.want {
				t.Errorf("%s %s: %q", page, what, got)
			}
		}
	}
	if a := start(t).browser(t).ask("GET", "/console/", nil, "Host", "db.example.com", "X-Forwarded-Proto", "https"); a.header.Get("Strict-Transport-Security") != "" {
		t.Error("a stranger can say that there is TLS")
	}
}

func TestNetworks(t *testing.T) {
	s := start(t, func(o *stator.Options) { o.AllowedNetworks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	for _, path := range []string{"/signin/session", "/federation?Action=login", "/console/"} {
		if a := s.browser(t).ask("GET", path, nil); a.status != 403 || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s from outside: %d %s", path, a.status, a.raw)
		}
	}
}

func TestOpenAuth(t *testing.T) {
	s := start(t, func(o *stator.Options) { o.Auth = stator.AuthOpen; o.Account = "" })
	b := s.browser(t)
	if a := b.ask("GET", "/signin/session", nil); a.body["OpenAuth"] != true || a.body["SignedIn"] != false {
		t.Errorf("%d %s", a.status, a.raw)
	}
	for _, path := range []string{"/signin/session", "/signin/claim", "/signin/signup"} {
		if a := b.ask("POST", path, fields{}); a.status != 403 || a.text("Code") != "OpenAuth" {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	if a := b.ask("GET", "/signin/credentials", nil); a.status != 401 {
		t.Errorf("credentials: %d %s", a.status, a.raw)
	}
}
