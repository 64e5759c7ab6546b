package dynamodb

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/policy"
)

// BenchmarkGetItem is a small GetItem as the front door makes it: decoded, decided on, run.
func BenchmarkGetItem(b *testing.B) {
	const tttt = "arn:aws:dynamodb:us-east-1:123456789012:table/tttt"
	for _, c := range []struct{ name, identity, resource string }{
		{"measured", `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/tttt"}}`, ``},
		{"plain", `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/tttt"}}`, ``},
		{"tags", `{"Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"music"}}}}`, ``},
		{"policy", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
			`{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:user/u\"},\"Action\":\"dynamodb:*\",\"Resource\":\"` + tttt + `\"}}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			ops := operations(b, func(s *Service) {
				if c.name == "measured" {
					s.Meter(meter.New(time.Now))
				}
			})
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
	var outcome awsapi.Outcome
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
		outcome = awsapi.Outcome{Caller: caller, Region: req.Region, Now: req.Now, Call: call, Took: time.Millisecond}
		op.Observe(&outcome)
	}
}

// BenchmarkPutItem is a small PutItem, in a table without Time To Live and in one with it, where its item's time moves.
func BenchmarkPutItem(b *testing.B) {
	for _, ttl := range []bool{false, true} {
		b.Run(map[bool]string{false: "plain", true: "ttl"}[ttl], func(b *testing.B) {
			ops := operations(b)
			made := [][2]string{{"CreateTable", plainTable}}
			if ttl {
				made = append(made, [2]string{"UpdateTimeToLive", `{"TableName":"tttt","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}`})
			}
			for _, m := range made {
				if _, err := call(b.Context(), ops[m[0]], []byte(m[1])); err != nil {
					b.Fatal(err)
				}
			}
			for ttl {
				answer, err := call(b.Context(), ops["DescribeTimeToLive"], []byte(`{"TableName":"tttt"}`))
				if err != nil {
					b.Fatal(err)
				}
				if strings.Contains(string(answer), "ENABLED") {
					break
				}
			}
			var bodies [][]byte
			for i := range 1000 {
				bodies = append(bodies, fmt.Appendf(nil, `{"TableName":"tttt","Item":{"p":{"S":"0123456789-%d"},"v":{"N":"1"},"t":{"N":"%d"}}}`,
					i%499, time.Now().Unix()+100_000+int64(i)))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := call(b.Context(), ops["PutItem"], bodies[i%len(bodies)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPutItemStream is a PutItem of 1 KB that changes an item, without a stream and with one.
func BenchmarkPutItemStream(b *testing.B) {
	for _, view := range []string{"no stream", "KEYS_ONLY", "NEW_IMAGE", "NEW_AND_OLD_IMAGES"} {
		b.Run(view, func(b *testing.B) {
			ops := operations(b)
			made := plainTable
			if view != "no stream" {
				made = strings.TrimSuffix(plainTable, "}") + `,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"` + view + `"}}`
			}
			if _, err := call(b.Context(), ops["CreateTable"], []byte(made)); err != nil {
				b.Fatal(err)
			}
			var bodies [][]byte
			for i := range 2 {
				bodies = append(bodies, fmt.Appendf(nil, `{"TableName":"tttt","Item":{"p":{"S":"0123456789abcdef"},"v":{"N":"%d"},"t":{"S":%q}}}`, i, strings.Repeat("x", 1000)))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := call(b.Context(), ops["PutItem"], bodies[i%2]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
