package identity

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// door is the smallest front door that the real SDK's client can use: it verifies signatures, authorises and runs.
type door struct {
	s        *Store
	ops      map[string]awsapi.Operation
	verifier *sigv4.Verifier[*Principal]
	srv      *httptest.Server
}

func openDoor(t testing.TB, s *Store) *door {
	d := &door{s: s, ops: map[string]awsapi.Operation{}}
	for _, op := range s.Operations() {
		d.ops[op.Name] = op
	}
	d.verifier = sigv4.New(func(ctx context.Context, id, token string) (sigv4.Key[*Principal], error) {
		secret, p, err := s.Lookup(ctx, id, token)
		if errors.Is(err, ErrUnknownKey) {
			err = sigv4.ErrUnknownKey
		}
		return sigv4.Key[*Principal]{Secret: secret, Principal: p}, err
	})
	d.srv = httptest.NewServer(d)
	t.Cleanup(d.srv.Close)
	return d
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	out, err := d.answer(r, body)
	w.Header().Set("Content-Type", awsapi.ContentTypeXML)
	if err != nil {
		var e *awsapi.Error
		if !errors.As(err, &e) {
			e = awsapi.Internal(err).ForQuery()
			e.Message = err.Error()
		}
		w.WriteHeader(e.Status)
		out = e.AppendXML(nil, namespace, "request-id")
	}
	if err := xml.Unmarshal(out, new(struct{})); err != nil {
		panic(err)
	}
	_, _ = w.Write(out)
}

func (d *door) answer(r *http.Request, body []byte) ([]byte, error) {
	id, err := d.verifier.Verify(r.Context(), r, body, time.Now(), "iam")
	if err != nil {
		return nil, &awsapi.Error{Code: "InvalidClientTokenId", Status: http.StatusForbidden, Message: err.Error()}
	}
	form, err := awsapi.ParseForm(r.URL.RawQuery, body)
	if err != nil {
		return nil, err
	}
	op := d.ops[form.Action()]
	if op.Decode == nil {
		return nil, &awsapi.Error{Code: "NotImplemented", Status: http.StatusNotImplemented}
	}
	p := id.Principal
	p.Use(ActivityOf("iam", form.Action()), id.Region, d.s.now())
	call, err := op.Decode(&awsapi.Request{ID: "request-id", Caller: &p.Principal, Region: id.Region, Now: time.Now(), Form: form})
	if err != nil {
		return nil, err
	}
	for _, need := range call.Needs() {
		d := policy.Decide(&policy.Request{Need: need, Principal: p.Principal}, &p.Policies)
		if !d.Allowed {
			return nil, &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: d.Message(p.ARN, need.Action, need.Resource)}
		}
	}
	return call.Run(r.Context(), nil)
}

// as is the SDK's client with an access key.
func (d *door) as(id, secret string) *iam.Client {
	return iam.New(iam.Options{
		Region: "us-east-1", HTTPClient: ownBody{}, BaseEndpoint: aws.String(d.srv.URL),
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""), Retryer: aws.NopRetryer{},
	})
}

// ownBody sends a copy of the body: the SDK takes its own away as soon as an answer comes, which net/http may take for
// a failure of the connection.
type ownBody struct{}

func (ownBody) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(r)
}

// admin is a store after its first start, and the client of its administrator.
func admin(t testing.TB) (*iam.Client, *door) {
	t.Helper()
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey()})
	d := openDoor(t, s)
	return d.as(first.Key.ID, first.Key.Secret), d
}

// fails checks that a call fails with an error, written as code: message.
func fails(t testing.TB, want string) func(out any, err error) {
	t.Helper()
	return func(_ any, err error) {
		t.Helper()
		var api smithy.APIError
		switch {
		case err == nil:
			t.Errorf("succeeded, want %s", want)
		case !errors.As(err, &api):
			t.Errorf("got %v, want %s", err, want)
		default:
			if got := api.ErrorCode() + ": " + api.ErrorMessage(); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
	}
}

// must checks that a call succeeds, and returns its output.
func must[T any](t testing.TB) func(out T, err error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// ok is must for outputs that nobody looks at.
func ok(t testing.TB) func(out any, err error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

const allowGet = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}`

// decide says whether a principal may do something to a resource that nothing is known of.
func decide(p *Principal, action string) policy.Decision {
	return policy.Decide(&policy.Request{Need: policy.Need{Action: action, Resource: "*"}}, &p.Policies)
}
