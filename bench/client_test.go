package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func testCredentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}
}

func TestAnswerReader(t *testing.T) {
	checksum := fmt.Sprint(crc32.ChecksumIEEE([]byte("{}")))
	tests := []struct {
		name, text string
		body       string
		fails      string
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}", ""},
		{"empty", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "", ""},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "{}", ""},
		{"checksum", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Amz-Crc32: " + checksum + "\r\n\r\n{}", "{}", ""},
		{"wrong checksum", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Amz-Crc32: 1\r\n\r\n{}", "", "x-amz-crc32"},
		{"no length", "HTTP/1.1 200 OK\r\n\r\n{}", "", "neither"},
		{"bad length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}", "", "content-length"},
		{"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "", "chunk size"},
		{"long chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n", "", "after a chunk"},
		{"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "", "EOF"},
		{"other protocol", "SSH-2.0-OpenSSH_9.2\r\n", "", "status line"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := newAnswerReader(strings.NewReader(test.text)).read()
			switch {
			case test.fails == "" && err != nil:
				t.Fatal(err)
			case test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)):
				t.Fatalf("error %v, want one about %q", err, test.fails)
			case test.fails == "" && (a.status != 200 || string(a.body) != test.body):
				t.Fatalf("%d %q", a.status, a.body)
			}
		})
	}
}

func TestAnswerReaderTakesOneAnswerAtATime(t *testing.T) {
	big := strings.Repeat("x", 100_000)
	text := "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na" +
		fmt.Sprintf("HTTP/1.1 400 Bad Request\r\nA: b\r\nContent-Length: %d\r\n\r\n%s", len(big), big) +
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nc"
	r := newAnswerReader(strings.NewReader(text))
	for _, want := range []struct {
		status int
		body   string
	}{{200, "a"}, {400, big}, {200, "c"}} {
		a, err := r.read()
		if err != nil || a.status != want.status || string(a.body) != want.body {
			t.Fatalf("%d, %d bytes, %v", a.status, len(a.body), err)
		}
	}
	if _, err := r.read(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last answer: %v", err)
	}
}

// The signature is made again from what arrives, so it covers the bytes that were sent and not those that were meant.
func TestSignedRequestsArriveAsSigned(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verify(r, body); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"got":"`+r.Header.Get("X-Amz-Target")+`"}`)
	}))
	defer server.Close()
	s := newSigner(strings.TrimPrefix(server.URL, "http://"), testCredentials())

	for _, op := range operations() {
		a, err := call(t.Context(), s, op.target, op.body(1))
		if err != nil || a.status != 200 || string(a.body) != `{"got":"`+targetPrefix+op.target+`"}` {
			t.Errorf("%s: %d %s %v", op.name, a.status, a.body, err)
		}
	}
}

func verify(r *http.Request, body []byte) error {
	given := r.Header.Get("Authorization")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	again := r.Clone(context.Background())
	again.URL.Scheme, again.URL.Host, again.RequestURI = "http", r.Host, ""
	again.Header.Del("Authorization")
	again.Body = io.NopCloser(bytes.NewReader(body))
	if err := v4.NewSigner().SignHTTP(context.Background(), testCredentials(), again, digest(string(body)), "dynamodb", region, at); err != nil {
		return err
	}
	if again.Header.Get("Authorization") != given {
		return fmt.Errorf("signed as %s, arrived as %s", given, again.Header.Get("Authorization"))
	}
	return nil
}

// The bare handler is measured in this test's own process: what counts here is that a cell is driven and checked.
func TestMeasureBareHandler(t *testing.T) {
	answers := canned{"GetItem": {Header: map[string]string{"X-Amzn-Requestid": "A"}, Body: []byte(`{"Item":{}}`)}}
	s := testServer(t, bareHandler(answers))
	s.answers = answers
	found, err := measure(t.Context(), s.driven(), operations()[0], 4, 0, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if found.requests < fewestAnswers || found.latency.quantile(0.99) <= 0 || found.rate() <= 0 {
		t.Errorf("%d requests, p99 %s", found.requests, found.latency.quantile(0.99))
	}
}

func TestMeasureStopsAtAWrongAnswer(t *testing.T) {
	var count atomic.Int64
	s := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if count.Add(1) == 20 {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	_, err := measure(t.Context(), s.driven(), operations()[1], 4, 0, time.Minute)
	if err == nil || !strings.Contains(err.Error(), "status 500") {
		t.Fatalf("error %v", err)
	}
}

// testServer is a server in this process; its processor time is that of a child that does nothing.
func testServer(t *testing.T, handler http.Handler) *server {
	t.Helper()
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	child, err := startProcess(t.Context(), t.TempDir(), t.TempDir()+"/log", "sleep", "60")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := child.stop(); err != nil {
			t.Error(err)
		}
	})
	return &server{process: child, address: strings.TrimPrefix(listening.URL, "http://"), signer: newSigner(strings.TrimPrefix(listening.URL, "http://"), testCredentials())}
}
