package browser

import (
	"encoding/json"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// hold keeps a server for development: go test ./tests/browser -run TestHold -timeout 0 -hold 127.0.0.1:8000
var hold = flag.String("hold", "", "serve a signed-in console on this address until the test is stopped")

// signedIn is s behind a proxy with whose sign-in endpoints everyone is the first Administrator.
func signedIn(t *testing.T, s *harness.Server) string {
	t.Helper()
	front := httptest.NewServer(signedInHandler(t, s))
	t.Cleanup(front.Close)
	return front.URL
}

func signedInHandler(t *testing.T, s *harness.Server) http.Handler {
	t.Helper()
	back, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	creds, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /signin/session", answer(map[string]any{
		"SignedIn": true, "SignUp": true, "Claimed": true, "Region": s.Config.Region, "Version": "test",
		"Account": s.Account, "Arn": "arn:aws:iam::" + s.Account + ":user/Administrator",
		"PrincipalType": "IAMUser", "Name": "Administrator",
	}))
	mux.HandleFunc("GET /signin/credentials", answer(map[string]any{
		"AccessKeyId": creds.AccessKeyID, "SecretAccessKey": creds.SecretAccessKey,
		"Expiration": "2100-01-01T00:00:00Z", "AccountId": s.Account, "Region": s.Config.Region,
	}))
	// The host is signed, so it stays the one that the browser named.
	mux.Handle("/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(back)
		r.Out.Host = r.In.Host
	}})
	return mux
}

func TestHold(t *testing.T) {
	if *hold == "" {
		t.Skip("it is for development: see -hold")
	}
	ln, err := net.Listen("tcp", *hold)
	if err != nil {
		t.Fatal(err)
	}
	s := harness.Start(t)
	t.Logf("http://%s/console/ for %s", ln.Addr(), s.Endpoint)
	t.Fatal(http.Serve(ln, signedInHandler(t, s)))
}
