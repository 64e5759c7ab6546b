package sigv4_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsv4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/cockroachdb/datadriven"

	"github.com/statordb/stator/internal/sigv4"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	isoBasic   = "20060102T150405Z"
)

// lookup knows AKIDEXAMPLE with any token and, for the errors of look-ups, a few tokens that are no good.
func lookup(_ context.Context, id, token string) (sigv4.Key[string], error) {
	switch {
	case id == "AKIDEMPTY":
		return sigv4.Key[string]{}, nil
	case id != testKey:
		return sigv4.Key[string]{}, sigv4.ErrUnknownKey
	case token == "expired":
		return sigv4.Key[string]{}, sigv4.ErrExpiredToken
	case token == "wrong":
		return sigv4.Key[string]{}, sigv4.ErrInvalidToken
	}
	return sigv4.Key[string]{Secret: testSecret, Principal: "tester"}, nil
}

// TestScripts runs testdata. Commands:
//
//	verify now=T [services=(a,b)]      verifies a raw request
//	skew now=T signed=T [expires=N]    signs with the AWS SDK, in the query if expires is given, and verifies
//	claimed                            prints what an unverified request claims
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		v := sigv4.New(lookup)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "verify":
				r, body := parseRequest(t, d.Input)
				id, err := v.Verify(t.Context(), r, body, argTime(t, d, "now"), argList(d, "services")...)
				return outcome(id, err)
			case "skew":
				return skew(t, v, d)
			case "claimed":
				r, _ := parseRequest(t, d.Input)
				c, err := sigv4.Claimed(r)
				if err != nil {
					return err.Error()
				}
				return fmt.Sprintf("%q", c)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

func skew(t *testing.T, v *sigv4.Verifier[string], d *datadriven.TestData) string {
	r, body := parseRequest(t, "POST / HTTP/1.1\nHost: localhost:8000\nContent-Length: 2\n\n{}")
	signed := argTime(t, d, "signed")
	if d.HasArg("expires") {
		var expires string
		d.ScanArgs(t, "expires", &expires)
		r.URL.RawQuery = "X-Amz-Expires=" + url.QueryEscape(expires)
		presign(t, r, body, "dynamodb", "us-east-1", "", signed)
	} else {
		sign(t, r, body, "dynamodb", "us-east-1", "", signed)
	}
	return outcome(v.Verify(t.Context(), r, body, argTime(t, d, "now")))
}

func outcome(id sigv4.Identity[string], err error) string {
	if err == nil {
		return "ok\n"
	}
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return "unexpected error: " + err.Error()
	}
	return fmt.Sprintf("%d %s\n%s|\n", e.Status, e.Code, e.Message)
}

func argTime(t *testing.T, d *datadriven.TestData, name string) time.Time {
	var s string
	d.ScanArgs(t, name, &s)
	at, err := time.Parse(isoBasic, s)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	return at
}

func argList(d *datadriven.TestData, name string) []string {
	a, _ := d.Arg(name)
	return a.Vals
}

// parseRequest makes of a raw request what Go's server makes of it. The request line is taken apart here,
// because the test suite has spaces in paths.
func parseRequest(t testing.TB, raw string) (*http.Request, []byte) {
	line, rest, _ := strings.Cut(raw, "\n")
	method, line, _ := strings.Cut(line, " ")
	target := line[:strings.LastIndex(line, " ")]
	if !strings.Contains(rest, "\n\n") {
		rest += "\n\n"
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " / HTTP/1.1\n" + rest)))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	if r.URL, err = url.ParseRequestURI(target); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r, body
}

// resend returns a request as the server at the other end of the wire gets it.
func resend(t testing.TB, r *http.Request, body []byte) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func sign(t testing.TB, r *http.Request, body []byte, service, region, token string, at time.Time) {
	creds := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: token}
	r.ContentLength = int64(len(body))
	if err := awsv4.NewSigner().SignHTTP(context.Background(), creds, r, hexSum(body), service, region, at); err != nil {
		t.Fatal(err)
	}
}

func presign(t testing.TB, r *http.Request, body []byte, service, region, token string, at time.Time) {
	creds := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: token}
	r.ContentLength = int64(len(body))
	signed, header, err := awsv4.NewSigner().PresignHTTP(context.Background(), creds, r, hexSum(body), service, region, at)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	r.URL = u
	header.Del("Host")
	r.Header = header
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func dynamoRequest(t testing.TB, body []byte) *http.Request {
	r, err := http.NewRequest(http.MethodPost, "http://localhost:8000/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Content-Type":          {"application/x-amz-json-1.0"},
		"X-Amz-Target":          {"DynamoDB_20120810.GetItem"},
		"Amz-Sdk-Invocation-Id": {"7f9c3b8e-9b0a-4bb7-9f0c-1c7d2d3f5a61"},
		"Amz-Sdk-Request":       {"attempt=1; max=3"},
		"Accept-Encoding":       {"identity"},
		"Content-Length":        {strconv.Itoa(len(body))},
		"User-Agent":            {"aws-sdk-go-v2/1.47.7 ua/2.1 os/linux lang/go#1.26 api/dynamodb#1.73.1"},
	}
	return r
}
