package dynamodb

import (
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// BenchmarkGetItem is a small GetItem as the front door makes it: decoded, decided on, run.
func BenchmarkGetItem(b *testing.B) {
	ops := operations(b)
	for _, made := range []struct{ op, body string }{
		{"CreateTable", plainTable},
		{"PutItem", `{"TableName":"tttt","Item":{"p":{"S":"0123456789abcdef"},"v":{"N":"1"}}}`},
	} {
		if _, err := call(b.Context(), ops[made.op], []byte(made.body)); err != nil {
			b.Fatal(err)
		}
	}
	allowed, err := policy.Parse("p", []byte(`{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/tttt"}}`))
	if err != nil {
		b.Fatal(err)
	}
	policies := policy.Policies{Identity: []*policy.Policy{allowed}}
	caller := &policy.Principal{Type: policy.User, Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/u", Name: "u", ID: "AIDAQAAAAAAAAAAAAAAAA"}
	req := &awsapi.Request{Caller: caller, Region: "us-east-1", Now: time.Now(), Body: []byte(`{"TableName":"tttt","Key":{"p":{"S":"0123456789abcdef"}}}`)}
	op := ops["GetItem"]
	var answer []byte
	b.ReportAllocs()
	for b.Loop() {
		call, err := op.Decode(req)
		if err != nil {
			b.Fatal(err)
		}
		question := policy.Request{Principal: *caller}
		for _, need := range call.Needs() {
			question.Need, policies.Resource = need, need.Policy
			if d := policy.Decide(&question, &policies); !d.Allowed {
				b.Fatal(d.Reason)
			}
		}
		if answer, err = call.Run(b.Context(), answer[:0]); err != nil {
			b.Fatal(err)
		}
	}
}
