package awsapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// sdkServer is a service that reads one request of the SDK and gives it the answer it is told.
type sdkServer struct {
	action, version, namespace string
	in                         any    // what to read into
	out                        any    // the answer, or
	fail                       *Error // the error
	err                        error  // what went wrong with the request
}

func (s *sdkServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f, err := ParseForm(r.URL.RawQuery, body)
	if err == nil && (f.Action() != s.action || f.Version() != s.version) {
		err = fmt.Errorf("action %q, version %q", f.Action(), f.Version())
	}
	if err == nil {
		err = DecodeQuery(f, s.in, policyIdentifiers...)
	}
	s.err = err
	w.Header().Set("Content-Type", ContentTypeXML)
	if s.fail != nil {
		w.WriteHeader(s.fail.Status)
		_, _ = w.Write(s.fail.AppendXML(nil, s.namespace, "request-id"))
		return
	}
	_, _ = w.Write(AppendXML(nil, s.action, s.namespace, s.out, "request-id"))
}

var policyIdentifiers = []any{(*types.PolicyIdentifierMemberPolicyArn)(nil), (*types.PolicyIdentifierMemberPolicyType)(nil),
	(*types.PolicyIdentifierMemberInlinePolicyIdentifier)(nil)}

func sdkConfig(t *testing.T, s *sdkServer) aws.Config {
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return aws.Config{
		Region:       "us-east-1",
		HTTPClient:   ownBody{},
		BaseEndpoint: aws.String(srv.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// ownBody sends a copy of the body. The SDK takes its own away as soon as an answer comes. If net/http has not yet
// looked whether there is more of it, which happens with a server as near as this one, it takes that for a failure and
// closes the connection in the middle of the answer.
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

// TestRoundTrip sends every operation of IAM and STS with the SDK's own serializer, and has its answer read by the
// SDK's own deserializer.
func TestRoundTrip(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	fill := filler{rand.New(rand.NewPCG(seed, 0))}
	s := new(sdkServer)
	cfg := sdkConfig(t, s)
	for _, c := range []struct {
		client             any
		version, namespace string
		least              int
	}{
		{iam.NewFromConfig(cfg), "2010-05-08", iamNamespace, 160},
		{sts.NewFromConfig(cfg), "2011-06-15", stsNamespace, 8},
	} {
		n := 0
		client := reflect.ValueOf(c.client)
		for i := range client.NumMethod() {
			call := client.Method(i)
			if call.Type().NumIn() != 3 || call.Type().NumOut() != 2 {
				continue // Options
			}
			n++
			name := client.Type().Method(i).Name
			s.action, s.version, s.namespace = name, c.version, c.namespace
			for _, rate := range []float64{1, 1, .8, .5} {
				if !sdkRoundTrip(t, s, call, fill, rate) {
					t.Fatalf("%s failed with seed %d", name, seed)
				}
			}
		}
		if n < c.least {
			t.Errorf("%T has %d operations only", c.client, n)
		}
	}
}

// sdkRoundTrip makes one call, of an input and an output of which the members are there with a probability of rate.
func sdkRoundTrip(t *testing.T, s *sdkServer, call reflect.Value, fill filler, rate float64) bool {
	in := reflect.New(call.Type().In(1).Elem())
	fill.value(in.Elem(), rate)
	out := reflect.New(call.Type().Out(0).Elem())
	fill.value(out.Elem(), rate)
	s.in, s.out, s.err = reflect.New(in.Type().Elem()).Interface(), out.Interface(), errors.New("no request came")
	results := call.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	err, _ := results[1].Interface().(error)
	var invalid smithy.InvalidParamsError
	if rate < 1 && errors.As(err, &invalid) {
		return true // the SDK itself asks for what is not there
	}
	if err != nil || s.err != nil {
		t.Errorf("the SDK says %v, the server says %v", err, s.err)
		return false
	}
	if got := reflect.ValueOf(s.in); !reflect.DeepEqual(got.Interface(), in.Interface()) {
		t.Errorf("sent\n%s\nread\n%s", show(in), show(got))
		return false
	}
	got := results[0]
	got.Elem().FieldByName(resultMetadata).SetZero()
	if !reflect.DeepEqual(got.Interface(), out.Interface()) {
		t.Errorf("answered\n%s\nthe SDK read\n%s", show(out), show(got))
		return false
	}
	return true
}

func show(v reflect.Value) string { return string(AppendXML(nil, "x", "", v.Interface(), "")) }

func TestErrorsOfTheSDK(t *testing.T) {
	s := new(sdkServer)
	client := iam.NewFromConfig(sdkConfig(t, s))
	s.action, s.version, s.namespace = "GetUser", "2010-05-08", iamNamespace
	for _, want := range []*Error{
		{Code: "NoSuchEntity", Status: 404, Message: "The user with name <bob> & \"co\" cannot be found."},
		{Code: "ServiceFailure", Status: 500, Message: "no"},
		{Code: "AccessDenied", Status: 403, Message: "User: x is not authorized"},
		{Code: "ValidationError", Status: 400, Message: "1 validation error detected: Value 'ü' at 'userName'"},
		{Code: "Throttling", Status: 400, Message: "Rate exceeded"},
	} {
		s.fail, s.in = want, new(iam.GetUserInput)
		_, err := client.GetUser(context.Background(), &iam.GetUserInput{})
		var e smithy.APIError
		if !errors.As(err, &e) || e.ErrorMessage() != want.Message || !strings.HasPrefix(e.ErrorCode(), want.Code) {
			t.Errorf("%v became %v", want, err)
			continue
		}
		var id interface{ ServiceRequestID() string }
		if !errors.As(err, &id) || id.ServiceRequestID() != "request-id" {
			t.Errorf("%v has no request id", err)
		}
		var missing *types.NoSuchEntityException
		if errors.As(err, &missing) != (want.Code == "NoSuchEntity") {
			t.Errorf("%v became a %T", want, e)
		}
		fault := map[string]smithy.ErrorFault{"NoSuchEntity": smithy.FaultClient, "ServiceFailure": smithy.FaultServer}[want.Code]
		if e.ErrorFault() != fault {
			t.Errorf("%v is the fault of the %v", want, e.ErrorFault())
		}
	}
}

// TestPresigned has a request whose parameters are all in its query string.
func TestPresigned(t *testing.T) {
	s := &sdkServer{action: "GetCallerIdentity", version: "2011-06-15", namespace: stsNamespace, in: new(sts.GetCallerIdentityInput),
		out: &sts.GetCallerIdentityOutput{Account: aws.String("123456789012")}}
	client := sts.NewPresignClient(sts.NewFromConfig(sdkConfig(t, s)))
	r, err := client.PresignGetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(strings.Replace(r.URL, "https://", "http://", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if s.err != nil || res.StatusCode != 200 {
		t.Errorf("%s: %v, %v", r.URL, s.err, res.Status)
	}
}

// filler fills the SDK's structures with values that the protocol can carry. What it can't is an empty structure.
type filler struct{ *rand.Rand }

func (f filler) value(v reflect.Value, rate float64) {
	switch t := v.Type(); {
	case t == timeType:
		v.Set(reflect.ValueOf(time.UnixMilli(f.Int64N(4e12)).UTC()))
	case t == blobType:
		v.SetBytes([]byte(f.text()))
	case t == reflect.TypeFor[middleware.Metadata]():
	case t == reflect.TypeFor[types.PolicyIdentifier]():
		member := reflect.New(reflect.TypeOf(policyIdentifiers[f.IntN(len(policyIdentifiers))]).Elem())
		f.value(member.Elem(), 1)
		v.Set(member)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		f.value(v.Elem(), rate)
	case v.Kind() == reflect.Struct:
		f.members(v, rate)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(t, f.IntN(4), 4))
		if f.IntN(20) == 0 { // indexes of two digits
			v.Set(reflect.MakeSlice(t, 12, 12))
		}
		for i := range v.Len() {
			f.value(v.Index(i), rate)
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range 1 + f.IntN(3) {
			key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			f.value(key, rate)
			f.value(elem, rate)
			v.SetMapIndex(key, elem)
		}
	case v.Kind() == reflect.String:
		v.SetString(f.text())
	case v.Kind() == reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case v.Kind() == reflect.Int32, v.Kind() == reflect.Int64:
		v.SetInt(int64(int32(f.Uint32())))
	default:
		panic("no values for " + t.String())
	}
}

// members fills a structure. If it leaves all members out, it fills the first.
func (f filler) members(v reflect.Value, rate float64) {
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() && f.Float64() < rate {
			f.value(v.Field(i), rate)
		}
	}
	for i := 0; v.IsZero() && i < v.NumField(); i++ {
		if v.Type().Field(i).IsExported() {
			f.value(v.Field(i), 1)
		}
	}
}

// text returns a text that is not empty: an empty enumeration is one that is not there.
func (f filler) text() string {
	runes := []rune("aZ09 +&=%./-_~\"'<>\t\r\nüß中😀\u2028\uFFFD")
	s := make([]rune, 1+f.IntN(12))
	for i := range s {
		s[i] = runes[f.IntN(len(runes))]
	}
	return string(s)
}
