package sigv4

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzParseAuthorization: parsing never panics, and a header put together again from its parts gives the same.
func FuzzParseAuthorization(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5f")
	f.Add("AWS4-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=b")
	f.Add("AWS4- Signature=b Credential=a")
	f.Add("AWS4-X Credential")
	f.Add("AWS4-X ,, \t=, Credential==")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := parseAuthorization(header)
		if err != nil {
			if err.Code != codeIncomplete {
				t.Fatal(err)
			}
			return
		}
		again, err := parseAuthorization(a.algorithm + " Credential=" + a.credential + ", SignedHeaders=" +
			a.signedHeaders + ",Signature=" + a.signature)
		a.hasSignedHeaders = true
		if err != nil || again != a {
			t.Fatalf("%+v, again %+v, %v", a, again, err)
		}
		c, term, ok := parseCredential(a.credential)
		if ok && strings.TrimRight(a.credential, "/") != c.AccessKeyID+"/"+c.Date+"/"+c.Region+"/"+c.Service+"/"+term {
			t.Fatalf("credential %q parsed as %+v %q", a.credential, c, term)
		}
	})
}

// FuzzVerify: no request panics, none verifies without the key, and every refusal is an *Error.
func FuzzVerify(f *testing.F) {
	const auth = "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, " +
		"Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
	f.Add("/", "localhost", auth, "20150830T123600Z", "", "")
	f.Add("/a/../%2e//b?x=%41+&&=;", "localhost", auth, "Sun, 30 Aug 2015 12:36:00 GMT", "t", "{}")
	f.Add("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20150830%2Fr%2Fdynamodb%2Faws4_request&"+
		"X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host;x&X-Amz-Expires=3600&X-Amz-Signature="+
		strings.Repeat("0", 64), "h", "", "", "t", "")
	f.Add("/?X-Amz-Algorithm&%zz", "h", "", "", "", "")
	// A secret nobody else has: were it guessable, the fuzzer could in principle sign.
	v := New(func(context.Context, string, string) (Key[int], error) {
		return Key[int]{Secret: "9d0b1e0e-5c1f-4f0b-8f6b-0a9c8c9e2f11"}, nil
	})
	now := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, target, host, auth, date, token, body string) {
		h := http.Header{}
		for name, value := range map[string]string{"Authorization": auth, "X-Amz-Date": date, "X-Amz-Security-Token": token} {
			if value != "" {
				h.Set(name, value)
			}
		}
		r := fuzzRequest("POST", target, host, h)
		if r == nil {
			return
		}
		id, err := v.Verify(t.Context(), r, []byte(body), now, "dynamodb")
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%+v, %v", id, err)
		}
		if e.Code == "" || e.Status < 400 || e.Message == "" {
			t.Fatalf("%+v", e)
		}
		_, _ = Claimed(r)
	})
}

// FuzzVerifyX509: no request panics, none verifies without the key, and every refusal is an *Error.
func FuzzVerifyX509(f *testing.F) {
	const auth = "AWS4-X509-ECDSA-SHA256 Credential=1/20150830/us-east-1/rolesanywhere/aws4_request, SignedHeaders=host;x-amz-date;x-amz-x509, " +
		"Signature=3006020101020101"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	certificate := base64.StdEncoding.EncodeToString(der)
	f.Add(auth, certificate, "", "{}")
	f.Add(auth, certificate, certificate+","+certificate, "")
	f.Add(auth, "AAAA", ",,,,,,,", "")
	now := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, auth, certificate, chain, body string) {
		h := http.Header{}
		for name, value := range map[string]string{"Authorization": auth, "X-Amz-Date": "20150830T123600Z", "X-Amz-X509": certificate, "X-Amz-X509-Chain": chain} {
			if value != "" {
				h.Set(name, value)
			}
		}
		r := fuzzRequest("POST", "/sessions", "localhost", h)
		if r == nil {
			return
		}
		signer, err := VerifyX509(r, []byte(body), now, "rolesanywhere")
		if e, ok := errors.AsType[*Error](err); !ok || e.Code == "" || e.Status < 400 || e.Message == "" {
			t.Fatalf("%+v, %v", signer, err)
		}
	})
}

// FuzzPath: the canonical path starts with a slash, has no empty or dot segments, and is plain ASCII.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"", "/", "//a//", "/a/../..", "/./a/.", "/%2e%2e/x", "a/../b", "/ሴ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := string(appendPath([]byte("GET\n"), path))
		p, ok := strings.CutPrefix(got, "GET\n/")
		if !ok {
			t.Fatalf("%q: %q", path, got)
		}
		for _, s := range strings.Split(strings.TrimSuffix(p, "/"), "/") {
			if s == "." || s == ".." || s == "" && p != "" {
				t.Fatalf("%q: %q", path, got)
			}
		}
		for _, c := range p {
			if c >= utf8.RuneSelf || c <= ' ' {
				t.Fatalf("%q: %q", path, got)
			}
		}
	})
}

func fuzzRequest(method, target, host string, h http.Header) *http.Request {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil
	}
	return &http.Request{Method: method, URL: u, Host: host, Header: h}
}
