package agent

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const token = "0123456789abcdef0123456789abcdef"

// newTestHandler has credentials, unless the source is down.
func newTestHandler(t *testing.T, s *source) http.Handler {
	t.Helper()
	k := NewKeeper(s, 0, slog.New(slog.DiscardHandler))
	_ = k.try(context.Background()) // the test's own requests say how it went
	return NewHandler(Options{Keeper: k, RoleARN: "arn:aws:iam::123456789012:role/path/machines", Region: "eu-west-1", Token: token, Metadata: true, Logger: slog.New(slog.DiscardHandler)})
}

// send sends a request with headers, given as names and values in turn.
func send(t *testing.T, h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:9911"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestContainer(t *testing.T) {
	h := newTestHandler(t, &source{good: time.Hour})
	w := send(t, h, "GET", CredentialsPath, "Authorization", token)
	var got map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || got["AccessKeyId"] != "ASIA" || got["SecretAccessKey"] != "the-secret" || got["Token"] != "the-token" || got["Expiration"] == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("it may be cached")
	}
	for what, headers := range map[string][]string{
		"no token":     nil,
		"empty":        {"Authorization", ""},
		"wrong":        {"Authorization", strings.Replace(token, "0", "1", 1)},
		"begun":        {"Authorization", token[:31]},
		"longer":       {"Authorization", token + "0"},
		"another name": {"X-Authorization", token},
	} {
		if w := send(t, h, "GET", CredentialsPath, headers...); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), token[:8]) {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	// A page of the web whose name leads to this host.
	if w := send(t, h, "GET", CredentialsPath, "Authorization", token, "Host", "evil.example.com:9911"); w.Code != http.StatusForbidden {
		t.Errorf("another host: %d", w.Code)
	}
	for _, host := range []string{"localhost:9911", "[::1]:9911", "127.0.0.1"} {
		if w := send(t, h, "GET", CredentialsPath, "Authorization", token, "Host", host); w.Code != 200 {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
}

func TestMetadata(t *testing.T) {
	h := newTestHandler(t, &source{good: time.Hour})
	const base = "/latest/meta-data/iam/security-credentials/"
	given := send(t, h, "PUT", "/latest/api/token", headerTTL, "60")
	if given.Code != 200 || given.Header().Get(headerTTL) != "60" {
		t.Fatalf("%d %s", given.Code, given.Body)
	}
	with := []string{headerToken, given.Body.String()}
	if w := send(t, h, "GET", base, with...); w.Code != 200 || w.Body.String() != "machines" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var got map[string]string
	w := send(t, h, "GET", base+"machines", with...)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got["Code"] != "Success" || got["Token"] != "the-token" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := send(t, h, "GET", base+"other", with...); w.Code != 404 {
		t.Errorf("another role: %d", w.Code)
	}
	if w := send(t, h, "GET", "/latest/meta-data/placement/region", with...); w.Body.String() != "eu-west-1" {
		t.Errorf("%d %s", w.Code, w.Body)
	}

	// Version 1 of the service, which asks for no token, is not there.
	old := (&handler{}).sign(time.Now().Add(time.Minute))
	for what, bad := range map[string]string{"none": "", "no token": "x", "of another start": old, "altered": "B" + given.Body.String()[1:]} {
		if w := send(t, h, "GET", base+"machines", headerToken, bad); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	if w := send(t, h, "PUT", "/latest/api/token", headerTTL, "60", "X-Forwarded-For", "10.0.0.1"); w.Code != http.StatusForbidden {
		t.Errorf("through a proxy: %d", w.Code)
	}
	for _, ttl := range []string{"", "0", "-1", "21601", "x"} {
		if w := send(t, h, "PUT", "/latest/api/token", headerTTL, ttl); w.Code != http.StatusBadRequest {
			t.Errorf("a token for %q seconds: %d", ttl, w.Code)
		}
	}
	if w := send(t, h, "GET", "/latest/api/token", headerTTL, "60"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
	hd := &handler{}
	if hd.good(hd.sign(time.Now().Add(-time.Second))) || !hd.good(hd.sign(time.Now().Add(time.Minute))) {
		t.Error("the end of a token does not count")
	}
}

func TestNoCredentials(t *testing.T) {
	s := &source{}
	s.down.Store(true)
	h := newTestHandler(t, s)
	r, cancel := context.WithCancel(t.Context())
	cancel() // nobody waits
	req := httptest.NewRequestWithContext(r, "GET", "http://127.0.0.1"+CredentialsPath, nil)
	req.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "the server is away") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "token")
	made, err := ReadToken(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if again, err := ReadToken(path); err != nil || again != made {
		t.Errorf("it is another one the next time: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadToken(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("others may read it: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "short", strings.Repeat("a b", 20)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadToken(path); err == nil {
			t.Errorf("%q is taken for a token", text)
		}
	}
}
