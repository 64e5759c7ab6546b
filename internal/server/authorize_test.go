package server

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// parts is a Batch of as many parts as it has actions: it answers with those that were not refused.
type parts []string

func (p parts) Needs() []policy.Need {
	var needs []policy.Need
	for _, action := range p {
		needs = append(needs, policy.Need{Action: "dynamodb:" + action, Resource: table})
	}
	return needs
}

func (p parts) Refuse(need int, err *awsapi.Error) { p[need] = err.Code + " " + err.Message }

func (p parts) Run(_ context.Context, dst []byte) ([]byte, error) {
	return append(dst, strings.Join(p, "; ")...), nil
}

// A Batch is told what is refused, and runs; the record has the last refusal.
func TestRefusedParts(t *testing.T) {
	document, err := policy.Parse("p", []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:Get*","Resource":"*"}}`))
	if err != nil {
		t.Fatal(err)
	}
	u := identity.Principal{Principal: policy.Principal{Type: policy.User, Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/u"}}
	u.Policies.Identity = []*policy.Policy{document}
	for _, c := range []struct {
		unlimited bool
		want      string
	}{
		{true, "GetOne; PutOne; GetTwo; PutTwo"},
		{false, "GetOne; AccessDeniedException User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:PutOne on resource: " + table +
			" because no identity-based policy allows the dynamodb:PutOne action; GetTwo; AccessDeniedException User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:PutTwo on resource: " + table +
			" because no identity-based policy allows the dynamodb:PutTwo action"},
	} {
		b := &book{}
		h := New(Options{Auth: &asking{caller{principal: &u, region: "eu-west-1", unlimited: c.unlimited}}, Recorder: b,
			Operations: []awsapi.Operation{{Service: "dynamodb", Name: "GetItem",
				Decode: func(*awsapi.Request) (awsapi.Call, error) { return parts{"GetOne", "PutOne", "GetTwo", "PutTwo"}, nil }}}})
		r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
		r.Header.Set("Content-Type", jsonAWS)
		r.Header.Set("X-Amz-Target", getItem)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.String() != c.want {
			t.Errorf("unlimited %v: %d %s", c.unlimited, w.Code, w.Body)
		}
		if d := b.last.Decision; c.unlimited != (d == nil) || d != nil && d.Allowed || b.last.ErrorCode != "" || len(b.last.Resources) != 4 {
			t.Errorf("unlimited %v: recorded %+v of %v, error %q", c.unlimited, d, b.last.Resources, b.last.ErrorCode)
		}
	}
}
