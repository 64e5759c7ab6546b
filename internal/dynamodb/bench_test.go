package dynamodb

import (
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// BenchmarkGetItem is a small GetItem as the front door makes it: decoded, decided on, run.
func BenchmarkGetItem(b *testing.B) {
	const tttt = "arn:aws:dynamodb:us-east-1:123456789012:table/tttt"
	for _, c := range []struct{ name, identity, resource string }{
		{"plain", `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/tttt"}}`, ``},
		{"tags", `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"music"}}}}`, ``},
		{"policy", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
			`{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:user/u\"},\"Action\":\"dynamodb:*\",\"Resource\":\"` + tttt + `\"}}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			ops := operations(b)
			made := [][2]string{{"CreateTable", plainTable}, {"PutItem", `{"TableName":"tttt","Item":{"p":{"S":"0123456789abcdef"},"v":{"N":"1"}}}`},
				{"TagResource", `{"ResourceArn":"` + tttt + `","Tags":[{"Key":"Team","Value":"music"},{"Key":"Title","Value":"x"}]}`}}
			if c.resource != "" {
				made = append(made, [2]string{"PutResourcePolicy", `{"ResourceArn":"` + tttt + `","Policy":"` + c.resource + `"}`})
			}
			for _, m := range made {
				if _, err := call(b.Context(), ops[m[0]], []byte(m[1])); err != nil {
					b.Fatal(err)
				}
			}
			benchmarkGetItem(b, ops["GetItem"], c.identity)
		})
	}
}

func benchmarkGetItem(b *testing.B, op awsapi.Operation, identity string) {
	allowed, err := policy.Parse("p", []byte(identity))
	if err != nil {
		b.Fatal(err)
	}
	policies := policy.Policies{Identity: []*policy.Policy{allowed}}
	caller := &policy.Principal{Type: policy.User, Account: "123456789012", ARN: "arn:aws:iam::123456789012:user/u", Name: "u", ID: "AIDAQAAAAAAAAAAAAAAAA"}
	req := &awsapi.Request{Caller: caller, Region: "us-east-1", Now: time.Now(), Body: []byte(`{"TableName":"tttt","Key":{"p":{"S":"0123456789abcdef"}}}`)}
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
