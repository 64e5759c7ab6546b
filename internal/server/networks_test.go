package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
)

func prefixes(list ...string) (all []netip.Prefix) {
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

func startIn(t *testing.T, allowed, trusted []netip.Prefix) *fixture {
	t.Helper()
	h := New(Options{Operations: operations(nil), Auth: Open("us-east-1"), Region: "us-east-1", Metrics: true,
		AllowedNetworks: allowed, TrustedProxies: trusted})
	s := httptest.NewServer(h) // on 127.0.0.1
	t.Cleanup(s.Close)
	return &fixture{Server: s, handler: h}
}

func TestAllowedNetworks(t *testing.T) {
	const outside, from = "192.0.2.0/24", "Requests from your network address are not allowed: 127.0.0.1"
	for _, c := range []struct {
		name, method, path, contentType, target string
		status                                  int
		want, wantType                          string
	}{
		{"json", "POST", "/", jsonAWS, getItem, 400, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"` + from + `"}`, jsonAWS},
		{"json 1.1", "POST", "/", jsonAWS1, listAccounts, 400, `{"__type":"AccessDeniedException","Message":"` + from + `"}`, jsonAWS1},
		{"json, no target", "POST", "/", jsonPlain, "", 400, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"` + from + `"}`, jsonPlain},
		{"target, no type", "POST", "/", "", getItem, 400, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"` + from + `"}`, jsonAWS},
		{"query", "POST", "/", formType, "", 403, "<Code>AccessDenied</Code><Message>" + from + "</Message>", "text/xml"},
		{"presigned query", "GET", "/?Action=Say", "", "", 403, "<Code>AccessDenied</Code>", "text/xml"},
		{"browser's form", "POST", "/", "multipart/form-data", "", 403, "Forbidden\n", "text/plain"},
		{"page", "GET", "/", "", "", 403, "Forbidden\n", "text/plain"},
		{"metrics", "GET", "/metrics", "", "", 403, "Forbidden\n", "text/plain"},
		{"preflight", "OPTIONS", "/", "", "", 403, "Forbidden\n", "text/plain"},
		{"API at the path of a page", "POST", "/healthz", jsonAWS, getItem, 400, "AccessDenied", jsonAWS},
		{"health", "GET", "/healthz", "", "", 200, "ok\n", "text/plain"},
		{"readiness", "GET", "/readyz", "", "", 200, "ok\n", "text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := startIn(t, prefixes(outside), nil)
			req, _ := http.NewRequest(c.method, f.URL+c.path, strings.NewReader("{}"))
			req.Header.Set("Content-Type", c.contentType)
			if c.target != "" {
				req.Header.Set("X-Amz-Target", c.target)
			}
			res, body := do(t, req)
			if res.StatusCode != c.status || !strings.Contains(body, c.want) || res.Header.Get("Content-Type") != c.wantType {
				t.Errorf("%d %q %s", res.StatusCode, res.Header.Get("Content-Type"), body)
			}
			counted := c.status != 200
			if page := metricsPage(f.handler); strings.Contains(page, "stator_outside_requests_total 1") != counted {
				t.Error("not counted right")
			}
		})
	}
}

// metricsPage is what the metrics are, whoever may see them.
func metricsPage(h *Handler) string {
	w := httptest.NewRecorder()
	h.metrics.page().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestAllowedSources(t *testing.T) {
	for _, c := range []struct {
		name             string
		allowed, trusted []netip.Prefix
		forwarded        string
		want             bool
	}{
		{"no list", nil, nil, "", true},
		{"inside", prefixes("192.0.2.0/24", "127.0.0.0/8"), nil, "", true},
		{"inside, mapped", prefixes("::ffff:127.0.0.0/104"), nil, "", true},
		{"outside", prefixes("192.0.2.0/24"), nil, "", false},
		{"all of IPv6", prefixes("::/0"), nil, "", false},
		{"says that it is inside", prefixes("192.0.2.0/24"), nil, "192.0.2.1", false},
		{"a proxy says so", prefixes("192.0.2.0/24"), prefixes("127.0.0.0/8"), "192.0.2.1", true},
		{"a proxy says that it is outside", prefixes("127.0.0.0/8"), prefixes("127.0.0.0/8"), "192.0.2.1", false},
		{"said before the proxy", prefixes("192.0.2.0/24"), prefixes("127.0.0.0/8"), "192.0.2.1, 203.0.113.9", false},
	} {
		f := startIn(t, c.allowed, c.trusted)
		res, body := f.post(t, getItem, `{}`, "X-Forwarded-For", c.forwarded)
		if (res.StatusCode == 200) != c.want {
			t.Errorf("%s: %d %s", c.name, res.StatusCode, body)
		}
	}
}

// The answer does not wait for the body, and the connection ends after it.
func TestOutsideBodyIsNotRead(t *testing.T) {
	f := startIn(t, prefixes("192.0.2.0/24"), nil)
	c, in := f.dial(t)
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "+jsonAWS+"\r\nX-Amz-Target: "+getItem+"\r\nContent-Length: 1000\r\n\r\n{")
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != 400 || !res.Close {
		t.Fatalf("%v %v", res, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("the connection is open: %v", err)
	}
}

// What has no address is in no network.
func TestUnixSocket(t *testing.T) {
	for _, c := range []struct {
		allowed []netip.Prefix
		status  int
	}{{nil, 200}, {prefixes("0.0.0.0/0", "::/0"), 400}} {
		h := New(Options{Operations: operations(nil), Auth: Open("us-east-1"), AllowedNetworks: c.allowed})
		path := filepath.Join(t.TempDir(), "s")
		ln, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.Serve(ctx, ln, 0) }()
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: "+getItem+"\r\nContent-Type: "+jsonAWS+"\r\nContent-Length: 2\r\n\r\n{}")
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != c.status {
			t.Errorf("%v: %v %v", c.allowed, res, err)
		}
		conn.Close()
		stop()
		<-done
	}
}
