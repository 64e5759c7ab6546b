package sigv4_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/sigv4"
)

var signedAt = time.Date(2026, 3, 1, 23, 59, 50, 0, time.UTC)

// request is a random request that an SDK could sign.
type request struct {
	method, target, token, service, region string
	header                                 http.Header
	body                                   []byte
}

// segment has no dots: the SDK signs dot segments as they are, AWS and we normalize.
var segment = rapid.StringOfN(rapid.RuneFrom([]rune("abzAZ09-_~ %+&=?/#:@!$'()*,;ሴé\"<>[]^|")), 1, 6, -1)

func drawRequest(t *rapid.T) request {
	q := request{
		method:  rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE"}).Draw(t, "method"),
		token:   rapid.SampledFrom([]string{"", "FwoGZXIvYXdzE+/=="}).Draw(t, "token"),
		service: rapid.SampledFrom([]string{"dynamodb", "sts", "iam"}).Draw(t, "service"),
		region:  rapid.SampledFrom([]string{"us-east-1", "local", "EU_1"}).Draw(t, "region"),
		body:    rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "body"),
		header:  http.Header{},
	}
	for _, s := range rapid.SliceOfN(segment, 0, 4).Draw(t, "path") {
		q.target += "/" + url.PathEscape(s)
	}
	if q.target == "" || rapid.Bool().Draw(t, "slash") {
		q.target += "/"
	}
	query := url.Values{}
	for _, k := range rapid.SliceOfN(segment, 0, 3).Draw(t, "names") {
		query[k] = rapid.SliceOfN(rapid.OneOf(segment, rapid.Just("")), 1, 3).Draw(t, "values")
	}
	if len(query) > 0 {
		q.target += "?" + query.Encode()
	}
	value := rapid.StringMatching(`[a-z"] {0,3}[a-zA-Z0-9=;,/ ]{0,10}[a-z]`)
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"X-Amz-Target", "Content-Type", "My-Header1",
		"X-Amz-Content-Sha256", "Amz-Sdk-Request", "A_b", "Range"}), 0, 4, rapid.ID).Draw(t, "headers") {
		q.header[name] = rapid.SliceOfN(value, 1, 3).Draw(t, name)
	}
	return q
}

func (q request) build(t *rapid.T, presigned bool) *http.Request {
	target := q.target
	if presigned {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		target += sep + "X-Amz-Expires=60"
	}
	r, err := http.NewRequest(q.method, "http://localhost:8000"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = q.header.Clone()
	return r
}

// TestSDKRoundTrip: what the AWS SDK signs and a Go server receives is verified, in both forms.
func TestSDKRoundTrip(t *testing.T) {
	v := sigv4.New(lookup)
	rapid.Check(t, func(rt *rapid.T) {
		q := drawRequest(rt)
		presigned := rapid.Bool().Draw(rt, "presigned")
		r := q.build(rt, presigned)
		if presigned {
			presign(t, r, q.body, q.service, q.region, q.token, signedAt)
		} else {
			sign(t, r, q.body, q.service, q.region, q.token, signedAt)
		}
		got := resend(t, r, q.body)
		id, err := v.Verify(rt.Context(), got, q.body, signedAt.Add(30*time.Second), q.service)
		if err != nil {
			rt.Fatalf("%s %s %q: %v", got.Method, got.URL, got.Header, err)
		}
		want := sigv4.Identity[string]{
			Credential: sigv4.Credential{AccessKeyID: testKey, Date: "20260301", Region: q.region, Service: q.service, SessionToken: q.token},
			Principal:  "tester",
		}
		if id != want {
			rt.Fatalf("got %+v, want %+v", id, want)
		}
		if c, err := sigv4.Claimed(got); err != nil || c != want.Credential {
			rt.Fatalf("claimed %+v, %v", c, err)
		}
	})
}

// TestEveryBitCounts: a request with any one bit of a signed part flipped is refused.
func TestEveryBitCounts(t *testing.T) {
	v := sigv4.New(lookup)
	for _, presigned := range []bool{false, true} {
		body := []byte(`{"TableName":"Music","Key":{"Artist":{"S":"Acme"}}}`)
		build := func() *http.Request {
			r := dynamoRequest(t, body)
			r.URL.Path, r.URL.RawQuery = "/tables/music", "name=value&other=x"
			return r
		}
		r := build()
		if presigned {
			r.URL.RawQuery += "&X-Amz-Expires=60"
			presign(t, r, body, "dynamodb", "us-east-1", "", signedAt)
		} else {
			sign(t, r, body, "dynamodb", "us-east-1", "", signedAt)
		}
		verify := func(r *http.Request, body []byte) error {
			_, err := v.Verify(t.Context(), r, body, signedAt, "dynamodb")
			return err
		}
		good := resend(t, r, body)
		if err := verify(good, body); err != nil {
			t.Fatalf("presigned=%v: %v", presigned, err)
		}
		canonical := good.URL.Query().Encode()
		flips := 0
		each := func(part, s string, with func(r *http.Request, s string) bool) {
			for i := range 8 * len(s) {
				b := []byte(s)
				b[i/8] ^= 1 << (i % 8)
				r := good.Clone(t.Context())
				if !with(r, string(b)) {
					continue
				}
				flips++
				if err := verify(r, body); err == nil {
					t.Errorf("presigned=%v: verified with %s changed from %q to %q", presigned, part, s, b)
				}
			}
		}
		each("method", good.Method, func(r *http.Request, s string) bool { r.Method = s; return true })
		each("host", good.Host, func(r *http.Request, s string) bool { r.Host = s; return true })
		each("target", good.URL.RequestURI(), func(r *http.Request, s string) bool {
			u, err := url.ParseRequestURI(s)
			if err != nil {
				return false // the server refuses it
			}
			r.URL = u
			// %2f for %2F is the same request.
			return u.Path != good.URL.Path || u.Query().Encode() != canonical
		})
		for _, name := range []string{"X-Amz-Target", "Content-Type", "X-Amz-Date", "Authorization", "Content-Length"} {
			if values := good.Header[name]; len(values) > 0 {
				each(name, values[0], func(r *http.Request, s string) bool {
					r.Header[name] = []string{s}
					return true
				})
			}
		}
		for i := range 8 * len(body) {
			b := bytes.Clone(body)
			b[i/8] ^= 1 << (i % 8)
			flips++
			if verify(good, b) == nil {
				t.Errorf("presigned=%v: verified with body %q", presigned, b)
			}
		}
		if err := verify(good, body); err != nil {
			t.Errorf("presigned=%v: the unchanged request: %v", presigned, err)
		}
		t.Logf("presigned=%v: %d changes refused", presigned, flips)
	}
}

// TestTokenAddedAfterSigning: header and query forms both pass with a token that the signature does not cover;
// the look-up still sees it.
func TestTokenAddedAfterSigning(t *testing.T) {
	v := sigv4.New(lookup)
	body := []byte("{}")
	for _, token := range []string{"good", "expired"} {
		header := dynamoRequest(t, body)
		sign(t, header, body, "dynamodb", "us-east-1", "", signedAt)
		header.Header.Set("X-Amz-Security-Token", token)

		query := dynamoRequest(t, body)
		presign(t, query, body, "dynamodb", "us-east-1", "", signedAt)
		query.URL.RawQuery += "&X-Amz-Security-Token=" + token

		for _, r := range []*http.Request{header, query} {
			id, err := v.Verify(t.Context(), resend(t, r, body), body, signedAt)
			switch {
			case token == "expired" && err != error(sigv4.ErrExpiredToken):
				t.Errorf("token %s: %v", token, err)
			case token == "good" && (err != nil || id.SessionToken != token):
				t.Errorf("token %s: %+v, %v", token, id, err)
			}
		}
	}
}

// TestServerQuirks: headers that Go's server moves, and a body that a proxy sent on in chunks.
func TestServerQuirks(t *testing.T) {
	v := sigv4.New(lookup)
	body := []byte("{}")
	r := dynamoRequest(t, body)
	sign(t, r, body, "dynamodb", "us-east-1", "", signedAt)
	if !strings.Contains(r.Header.Get("Authorization"), "content-length") {
		t.Fatal("the SDK no longer signs content-length")
	}
	got := resend(t, r, body)
	got.Header.Del("Content-Length")
	got.ContentLength, got.TransferEncoding = -1, []string{"chunked"}
	if _, err := v.Verify(t.Context(), got, body, signedAt); err != nil {
		t.Error(err)
	}
	if _, err := v.Verify(t.Context(), got, append(body, ' '), signedAt); err == nil {
		t.Error("verified a longer body")
	}
	got = resend(t, r, body)
	got.Header.Add("X-Amz-Target", "DynamoDB_20120810.DeleteItem")
	if _, err := v.Verify(t.Context(), got, body, signedAt); err == nil {
		t.Error("verified with a second X-Amz-Target")
	}
	got = resend(t, r, body)
	got.URL.RawPath = "/elsewhere" // not what Path says: must not be what is verified
	got.URL.Path = "/"
	if _, err := v.Verify(t.Context(), got, body, signedAt); err != nil {
		t.Error(err)
	}
}
