package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// listing is an operation of Organizations that answers with the region that it is asked in, or as the body says.
type listing struct{ r *awsapi.Request }

func (l *listing) Needs() []policy.Need {
	return []policy.Need{{Action: "organizations:ListAccounts", Resource: "*"}}
}

func (l *listing) Run(_ context.Context, dst []byte) ([]byte, error) {
	if string(l.r.Body) == `"unused"` {
		return nil, &awsapi.Error{Code: "AWSOrganizationsNotInUseException", Status: 400, Message: "not a member"}
	}
	return append(dst, `{"Accounts":[]}`...), nil
}

const listAccounts = "AWSOrganizationsV20161128.ListAccounts"

func startOrganizations(t *testing.T, auth Auth) *fixture {
	t.Helper()
	h := New(Options{Auth: auth, Operations: append(operations(nil),
		awsapi.Operation{Service: "organizations", Name: "ListAccounts", Decode: func(r *awsapi.Request) (awsapi.Call, error) {
			if string(r.Body) == `"invalid"` {
				return nil, awsapi.Validation("bad")
			}
			return &listing{r}, nil
		}},
		awsapi.Operation{Service: "organizations", Name: "CreateAccount"})})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &fixture{Server: s, handler: h}
}

func TestJSON11(t *testing.T) {
	f := startOrganizations(t, Open("eu-west-1"))
	for _, c := range []struct {
		name, target, contentType, body string
		status                          int
		want, wantType                  string
	}{
		{"answer", listAccounts, jsonAWS1, `{}`, 200, `{"Accounts":[]}`, jsonAWS1},
		{"charset", listAccounts, jsonAWS1 + "; charset=utf-8", `{}`, 200, `{"Accounts":[]}`, jsonAWS1},
		{"plain JSON", listAccounts, jsonPlain, `{}`, 200, `{"Accounts":[]}`, jsonPlain},
		{"the service's error", listAccounts, jsonAWS1, `"unused"`, 400, `{"__type":"AWSOrganizationsNotInUseException","Message":"not a member"}`, jsonAWS1},
		{"a common error", listAccounts, jsonAWS1, `"invalid"`, 400, `{"__type":"ValidationException","message":"bad"}`, jsonAWS1},
		{"not JSON", listAccounts + "s", jsonAWS1, `hi`, 400, `{"__type":"SerializationException"}`, jsonAWS1},
		{"unknown operation", listAccounts + "s", jsonAWS1, `{}`, 400, `{"__type":"UnknownOperationException"}`, jsonAWS1},
		{"not there yet", "AWSOrganizationsV20161128.CreateAccount", jsonAWS1, `{}`, 400,
			`{"__type":"UnknownOperationException","message":"Stator does not have the operation CreateAccount yet"}`, jsonAWS1},
		{"wrong content type", listAccounts, jsonAWS, `{}`, 404, "<UnknownOperationException/>\n", ""},
		{"too large", listAccounts, jsonAWS1, strings.Repeat(" ", MaxBody+1), 413,
			`{"__type":"RequestEntityTooLargeException","Message":"Request body is larger than 16777216 bytes"}`, jsonAWS1},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := f.post(t, c.target, c.body, "Content-Type", c.contentType, "Expect", "100-continue")
			if res.StatusCode != c.status || body != c.want || res.Header.Get("Content-Type") != c.wantType {
				t.Errorf("%d %q %s", res.StatusCode, res.Header.Get("Content-Type"), body)
			}
			if id := res.Header.Get("X-Amzn-Requestid"); !uuidForm.MatchString(id) || res.Header.Get("X-Amz-Crc32") != "" {
				t.Errorf("request id %s, crc32 %s", id, res.Header.Get("X-Amz-Crc32"))
			}
		})
	}
	// The others are as they were.
	if res, body := f.post(t, getItem, `{"a":1}`); res.StatusCode != 200 || body != `{"a":1}` || !idForm.MatchString(res.Header.Get("X-Amzn-Requestid")) {
		t.Errorf("DynamoDB: %d %s", res.StatusCode, body)
	}
}

// Requests are signed for organizations, in any region, and count for us-east-1.
func TestJSON11Conditions(t *testing.T) {
	send := func(document, service string) (*http.Response, string) {
		f := startOrganizations(t, IAM(one{t, document}))
		req, _ := http.NewRequest("POST", f.URL, strings.NewReader(`{}`))
		req.Header.Set("Content-Type", jsonAWS1)
		req.Header.Set("X-Amz-Target", listAccounts)
		sum := sha256.Sum256([]byte(`{}`))
		err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret},
			req, hex.EncodeToString(sum[:]), service, "eu-north-1", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return do(t, req)
	}
	const allow = `{"Statement":{"Effect":"Allow","Action":"organizations:List*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}}`
	if res, body := send(allow, "organizations"); res.StatusCode != 200 {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if _, body := send(allow, "dynamodb"); !strings.Contains(body, `{"__type":"InvalidSignatureException","message":"Credential should be scoped to correct service: 'organizations'.`) {
		t.Error(body)
	}
	if _, body := send(`{"Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`, "organizations"); body != `{"__type":"AccessDeniedException","Message":"User: arn:aws:iam::123456789012:user/u is not authorized to perform: organizations:ListAccounts on resource: * because no identity-based policy allows the organizations:ListAccounts action"}` {
		t.Error(body)
	}
}

// The table names each API once, and no operation that another row has.
func TestAPIs(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range apis {
		for _, a := range append([]*api{a}, a.also...) {
			// Paths name the operations of REST.
			if name := a.target + a.version; (name == "") != (a.protocol == awsapi.REST) || seen[name] {
				t.Errorf("%s: %q is not the API's own", a.service, name)
			} else if name != "" {
				seen[name] = true
			}
			if (a.version != "") != a.query() || a.query() == (a.contentType != "") {
				t.Errorf("%s is of two protocols, or of none", a.service)
			}
		}
		for _, op := range a.data {
			if apiOf(a.service, op) != a {
				t.Errorf("%s of %s is of another API", op, a.service)
			}
		}
		if !slices.IsSorted(a.data) || !slices.IsSorted(a.only) {
			t.Errorf("%s: not in order", a.service)
		}
	}
}
