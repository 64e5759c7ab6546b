package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// nothing is an operation that does nothing: what is left is what the server costs.
type nothing struct{ needs []policy.Need }

func (n *nothing) Needs() []policy.Need { return n.needs }

func (n *nothing) Run(_ context.Context, dst []byte) ([]byte, error) {
	return append(dst, `{"Item":{"pk":{"S":"0123456789abcdef"}}}`...), nil
}

// bare answers the same without any of it.
func bare(w http.ResponseWriter, r *http.Request) {
	_, _ = io.ReadAll(r.Body)
	const answer = `{"Item":{"pk":{"S":"0123456789abcdef"}}}`
	w.Header().Set("Content-Type", jsonAWS)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = io.WriteString(w, answer)
}

// sink takes an answer and forgets it, as a connection does.
type sink struct{ h http.Header }

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

func BenchmarkHandler(b *testing.B) {
	const body = `{"TableName":"T","Key":{"pk":{"S":"0123456789abcdef"}}}`
	req, _ := http.NewRequest("POST", "http://127.0.0.1:8000/", nil)
	req.Header.Set("Content-Type", jsonAWS)
	req.Header.Set("X-Amz-Target", getItem)
	req.ContentLength = int64(len(body))
	sum := sha256.Sum256([]byte(body))
	err := v4.NewSigner().SignHTTP(b.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret},
		req, hex.EncodeToString(sum[:]), "dynamodb", "us-east-1", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	p, err := policy.Parse("p", []byte(`{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/T"}}`))
	if err != nil {
		b.Fatal(err)
	}
	principal := &identity.Principal{Principal: policy.Principal{Type: policy.User, Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/u", Name: "u"},
		Policies: policy.Policies{Identity: []*policy.Policy{p}}}
	call := &nothing{[]policy.Need{{Action: "dynamodb:GetItem", Resource: table}}}
	operations := []awsapi.Operation{{Service: "dynamodb", Name: "GetItem",
		Decode: func(*awsapi.Request) (awsapi.Call, error) { return call, nil }}}
	conditional, err := policy.Parse("p", []byte(`{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{
		"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}}`))
	if err != nil {
		b.Fatal(err)
	}
	// The door is guarded, and somebody else has just failed to get in.
	guarded := New(Options{Operations: operations, Auth: IAM(fixed{principal}), AllowedNetworks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")}})
	guarded.failures.Failed(netip.MustParseAddr("192.0.2.1"), time.Now())
	limited := *principal
	limited.Policies = policy.Policies{Identity: []*policy.Policy{conditional}}
	for _, c := range []struct {
		name    string
		handler http.Handler
	}{
		{"bare", http.HandlerFunc(bare)},
		{"open", New(Options{Operations: operations, Auth: Open("us-east-1")})},
		{"iam", New(Options{Operations: operations, Auth: IAM(fixed{principal})})},
		{"guarded", guarded},
		{"recorded", New(Options{Operations: operations, Auth: IAM(fixed{principal}), Recorder: forgetful{}})},
		{"conditions", New(Options{Operations: operations, Auth: IAM(fixed{&limited}), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("127.0.0.0/8")}})},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := &sink{http.Header{}}
			in := strings.NewReader(body)
			r := req.Clone(b.Context())
			r.Body = io.NopCloser(in)
			r.RemoteAddr = "10.0.0.1:1234"
			b.ReportAllocs()
			for b.Loop() {
				in.Reset(body)
				clear(w.h)
				c.handler.ServeHTTP(w, r)
			}
		})
		b.Run("http/"+c.name, func(b *testing.B) {
			s := httptest.NewServer(c.handler)
			defer s.Close()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := req.Clone(b.Context())
					r.URL.Host = strings.TrimPrefix(s.URL, "http://")
					r.Host = "127.0.0.1:8000" // which is signed
					r.Header.Set("X-Forwarded-For", "10.0.0.1")
					r.Body = io.NopCloser(strings.NewReader(body))
					res, err := s.Client().Do(r)
					if err != nil {
						b.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
					if res.StatusCode != 200 {
						b.Fatal(res.Status)
					}
				}
			})
		})
	}
}

// forgetful is a Recorder that takes everything and keeps nothing.
type forgetful struct{}

func (forgetful) Wants(bool) bool { return true }
func (forgetful) Record(*Record)  {}

// fixed knows one key.
type fixed struct{ p *identity.Principal }

func (f fixed) Lookup(context.Context, string, string) (string, *identity.Principal, error) {
	return secret, f.p, nil
}

// BenchmarkQuery is a small request of the query protocol.
func BenchmarkQuery(b *testing.B) {
	const body = "Action=Say&Version=2010-05-08"
	req, _ := http.NewRequest("POST", "http://127.0.0.1:8000/", nil)
	req.Header.Set("Content-Type", formType)
	req.ContentLength = int64(len(body))
	sum := sha256.Sum256([]byte(body))
	err := v4.NewSigner().SignHTTP(b.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret},
		req, hex.EncodeToString(sum[:]), "iam", "us-east-1", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	call := &nothing{}
	h := New(Options{Auth: IAM(fixed{&identity.Principal{}}), Operations: []awsapi.Operation{{Service: "iam", Name: "Say",
		Decode: func(*awsapi.Request) (awsapi.Call, error) { return call, nil }}}})
	in := strings.NewReader(body)
	req.Body = io.NopCloser(in)
	w := &sink{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(body)
		clear(w.h)
		h.ServeHTTP(w, req)
	}
}
