package server

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestBodyLimit(t *testing.T) {
	f := start(t, nil)
	head := `{"a":"`
	full := head + strings.Repeat("x", MaxBody-len(head)-2) + `"}`
	if res, body := f.post(t, getItem, full); res.StatusCode != 200 || body != full {
		t.Errorf("a body of the limit: %d, %d bytes", res.StatusCode, len(body))
	}
	for _, chunked := range []bool{false, true} {
		req, _ := http.NewRequest("POST", f.URL, io.MultiReader(strings.NewReader(full), strings.NewReader("x")))
		req.Header.Set("Content-Type", jsonAWS)
		req.Header.Set("X-Amz-Target", getItem)
		if !chunked {
			req.ContentLength = MaxBody + 1
		}
		req.Header.Set("Expect", "100-continue") // so that the answer comes before the body is sent
		c := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 413 || !strings.Contains(string(body), "RequestEntityTooLargeException") {
			t.Errorf("chunked %v: %d %s", chunked, res.StatusCode, body)
		}
	}
}

// Clients that do not ask first send their whole body before they read.
func TestTooLargeBodyIsAnswered(t *testing.T) {
	f := start(t, nil)
	c, in := f.dial(t)
	body := strings.Repeat("x", MaxBody+MaxBody/2)
	if _, err := fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: %s\r\nContent-Length: %d\r\n\r\n%s", getItem, len(body), body); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 413 {
		t.Errorf("got %d", res.StatusCode)
	}
}

// dial returns a connection to the server that a test writes to by hand.
func (f *fixture) dial(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", f.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c, bufio.NewReader(c)
}

func TestRawHTTP(t *testing.T) {
	f := start(t, nil)
	head := "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: " + getItem + "\r\n"
	c, in := f.dial(t)

	// Two requests on one connection, the first in chunks.
	fmt.Fprint(c, head+"Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")
	expectAnswer(t, in, 200, `{"a":1}`)
	fmt.Fprint(c, head+"Content-Length: 2\r\n\r\n{}")
	res := expectAnswer(t, in, 200, `{}`)
	if got := res.Header.Get("Connection"); got != "keep-alive" {
		t.Errorf("Connection: %q", got)
	}

	// The server asks for the body.
	fmt.Fprint(c, head+"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("%q %v", line, err)
	}
	_, _ = in.ReadString('\n')
	fmt.Fprint(c, "{}")
	expectAnswer(t, in, 200, `{}`)

	// HEAD has no body.
	fmt.Fprint(c, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
	res, err := http.ReadResponse(in, &http.Request{Method: "HEAD"})
	if err != nil || res.StatusCode != 200 || res.ContentLength != 42 {
		t.Errorf("HEAD: %v %v", res, err)
	}

	// Half a body, then nothing.
	fmt.Fprint(c, head+"Content-Length: 10\r\n\r\n{}")
	_ = c.(*net.TCPConn).CloseWrite()
	res, err = http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != http.StatusRequestTimeout || !res.Close {
		t.Errorf("half a body: %v %v", res, err)
	}
}

func expectAnswer(t *testing.T, in *bufio.Reader, status int, want string) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status || string(body) != want {
		t.Fatalf("%d %s %v", res.StatusCode, body, err)
	}
	return res
}

func zip(t testing.TB, text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return b.String()
}

func TestGzipRequest(t *testing.T) {
	f := start(t, IAM(one{t, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}))
	encoded := func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }
	if _, body := f.signed(t, keyID, secret, "", zip(t, `{"a":1}`), encoded); body != `{"a":1}` {
		t.Error(body)
	}
	if res, body := f.signed(t, keyID, secret, "", zip(t, strings.Repeat("x", MaxBody+1)), encoded); res.StatusCode != 413 {
		t.Errorf("bomb: %d %s", res.StatusCode, body)
	}
	for _, bad := range []string{"hi", zip(t, `{"a":1}`)[:12]} {
		if res, body := f.signed(t, keyID, secret, "", bad, encoded); res.StatusCode != 400 || !strings.Contains(body, "#SerializationException") {
			t.Errorf("%q: %d %s", bad, res.StatusCode, body)
		}
	}
}

func TestGzipAnswer(t *testing.T) {
	f := start(t, nil)
	large := `{"a":"` + strings.Repeat("x", gzipFrom) + `"}`
	for _, c := range []struct {
		accept, body string
		zipped       bool
	}{
		{"gzip", large, true}, {"deflate, gzip;q=0.5", large, true}, {"gzip", `{}`, false},
		{"identity", large, false}, {"gzip;q=0", large, false},
	} {
		res, body := f.post(t, getItem, c.body, "Accept-Encoding", c.accept)
		if got := res.Header.Get("X-Amz-Crc32"); got != strconv.Itoa(int(crc32.ChecksumIEEE([]byte(body)))) {
			t.Errorf("%s: the checksum is not of the bytes sent", c.accept)
		}
		if zipped := res.Header.Get("Content-Encoding") == "gzip"; zipped != c.zipped {
			t.Fatalf("%s: zipped %v", c.accept, zipped)
		}
		if c.zipped {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			plain, _ := io.ReadAll(z)
			body = string(plain)
		}
		if body != c.body {
			t.Errorf("%s: %d bytes", c.accept, len(body))
		}
	}
}

func TestHTTP2(t *testing.T) {
	h, _, _ := newHandler(t, nil)
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	req, _ := http.NewRequest("POST", s.URL, strings.NewReader(`{"a":1}`))
	req.Header.Set("Content-Type", jsonAWS)
	req.Header.Set("X-Amz-Target", getItem)
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.ProtoMajor != 2 || string(body) != `{"a":1}` || res.Header.Get("Connection") != "" {
		t.Errorf("%s %s %v", res.Proto, body, res.Header)
	}
}

func TestCORS(t *testing.T) {
	f := start(t, nil)
	req, _ := http.NewRequest("OPTIONS", f.URL, nil)
	req.Header.Set("Origin", "https://console.example")
	req.Header.Set("Access-Control-Request-Headers", "a, b, c")
	req.Header.Set("Access-Control-Request-Method", "POST")
	res, body := do(t, req)
	if res.StatusCode != 200 || body != "" || res.Header.Get("Content-Length") != "0" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "a, b, c",
		"Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "172800",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	res, _ = f.post(t, getItem, `{}`, "Origin", "null")
	if res.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(res.Header.Get("Access-Control-Expose-Headers"), "x-amzn-RequestId") {
		t.Error(res.Header)
	}
}

func (f *fixture) get(t *testing.T, path string) (int, string) {
	t.Helper()
	req, _ := http.NewRequest("GET", f.URL+path, nil)
	res, body := do(t, req)
	return res.StatusCode, body
}

func TestPages(t *testing.T) {
	f := start(t, nil)
	f.post(t, getItem, `{}`)
	f.post(t, getItem, `"validation"`)
	f.post(t, "nonsense", `{}`)
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := f.get(t, path); status != 200 || body != "ok\n" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := f.get(t, "/nothing"); status != 404 {
		t.Errorf("%d", status)
	}
	status, body := f.get(t, "/metrics")
	for _, line := range []string{
		`stator_requests_total{code="OK",operation="GetItem",service="dynamodb"} 1`,
		`stator_requests_total{code="ValidationException",operation="GetItem",service="dynamodb"} 1`,
		`stator_requests_total{code="UnknownOperationException",operation="",service=""} 1`,
		`stator_request_duration_seconds_count{operation="GetItem",service="dynamodb"} 2`,
		`stator_requests_in_flight 1`,
	} {
		if status != 200 || !strings.Contains(body, line+"\n") {
			t.Errorf("no %s", line)
		}
	}
	f.handler.page = nil
	if status, _ := f.get(t, "/metrics"); status != 404 {
		t.Errorf("/metrics is served: %d", status)
	}
	f.handler.ready = func(context.Context) error { return errors.New("no disk") }
	if status, body := f.get(t, "/readyz"); status != 503 || strings.Contains(body, "disk") {
		t.Errorf("%d %s", status, body)
	}
	f.handler.Drain()
	if status, body := f.get(t, "/readyz"); status != 503 || body != "shutting down\n" {
		t.Errorf("%d %s", status, body)
	}
}

func TestClientGone(t *testing.T) {
	f := start(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "POST", f.URL, strings.NewReader(`"wait"`))
	req.Header.Set("Content-Type", jsonAWS)
	req.Header.Set("X-Amz-Target", getItem)
	time.AfterFunc(50*time.Millisecond, cancel)
	if res, err := http.DefaultClient.Do(req); err == nil {
		t.Fatal(res.Status)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, body := f.get(t, "/metrics"); strings.Contains(body, `{code="ClientGone",operation="GetItem",service="dynamodb"} 1`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the operation was not cancelled")
		}
	}
	if log := f.log.String(); log != "" {
		t.Error(log)
	}
}

func TestServe(t *testing.T) {
	h, _, block := newHandler(t, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx, ln, time.Minute) }()

	f := &fixture{Server: &httptest.Server{URL: "http://" + ln.Addr().String()}}
	answered := make(chan string, 1)
	go func() {
		_, body := f.post(t, getItem, `"wait"`)
		answered <- body
	}()
	// The request is in flight when the end begins.
	for !strings.Contains(scrape(h), "stator_requests_in_flight 1\n") {
		time.Sleep(time.Millisecond)
	}
	cancel()
	for !h.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-served:
		t.Fatalf("Serve returned with a request in flight: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(block)
	if body := <-answered; body != `"wait"` {
		t.Error(body)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

// A client that sends its header or its body slowly is cut off, one that only keeps a connection is not.
func TestSlowClients(t *testing.T) {
	h, _, _ := newHandler(t, nil)
	srv := h.httpServer()
	if srv.ReadHeaderTimeout == 0 || srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 || srv.MaxHeaderBytes == 0 {
		t.Error("a limit is missing")
	}
	srv.ReadHeaderTimeout, srv.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(ln)
	defer srv.Close()
	f := &fixture{Server: &httptest.Server{Listener: ln}}
	head := "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: " + getItem + "\r\n"
	request := head + "Content-Length: 2\r\n\r\n{}"

	c, in := f.dial(t)
	fmt.Fprint(c, head)
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 && !strings.HasPrefix(string(rest), "HTTP/1.1 4") {
		t.Errorf("half a header: %q %v", rest, err)
	}
	c, in = f.dial(t)
	fmt.Fprint(c, head+"Content-Length: 100\r\n\r\n{")
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != http.StatusRequestTimeout {
		t.Errorf("half a body: %v %v", res, err)
	}
	c, in = f.dial(t)
	fmt.Fprint(c, request)
	expectAnswer(t, in, 200, `{}`)
	time.Sleep(300 * time.Millisecond)
	fmt.Fprint(c, request)
	expectAnswer(t, in, 200, `{}`)
}

// Its own server has the time that it takes to send it.
func TestHugeHeader(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h, _, _ := newHandler(t, nil)
	srv := h.httpServer()
	go srv.Serve(ln)
	defer srv.Close()
	c, in := (&fixture{Server: &httptest.Server{Listener: ln}}).dial(t)
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 2*maxHeader)+"\r\n\r\n")
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a huge header: %v %v", res, err)
	}
}

func scrape(h *Handler) string {
	w := httptest.NewRecorder()
	h.metrics.page().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// A grace period ends also when a request does not.
func TestServeGrace(t *testing.T) {
	h, _, block := newHandler(t, nil)
	defer close(block)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx, ln, 20*time.Millisecond) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\nContent-Length: 6\r\n\r\n\"wait\"", jsonAWS, getItem)
	for !strings.Contains(scrape(h), "stator_requests_in_flight 1\n") {
		time.Sleep(time.Millisecond)
	}
	cancel()
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still serving")
	}
}

// Strangers who announce large bodies and do not send them keep nobody else from sending one.
func TestAnnouncedBodiesHoldNothing(t *testing.T) {
	f := start(t, nil)
	for range 2 * largeMemory / MaxBody {
		c, _ := f.dial(t)
		if _, err := fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n{", MaxBody); err != nil {
			t.Fatal(err)
		}
	}
	large := `{"a":"` + strings.Repeat("x", MaxBody/2) + `"}`
	if res, body := f.post(t, getItem, large); res.StatusCode != 200 || body != large {
		t.Errorf("%d %.200s", res.StatusCode, body)
	}
}
