package policy

import (
	"fmt"
	"strings"
	"testing"
)

const tableARN = "arn:aws:dynamodb:us-east-1:123456789012:table/Music"

func mustCompile(t testing.TB, kind Kind, document string) *Policy {
	t.Helper()
	p, err := Compile(kind, "p", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// address is a Context as a server would have one: it has its slices already.
type address struct{ ip []string }

func (a *address) Values(key string) ([]string, bool) {
	if key == "aws:sourceip" {
		return a.ip, true
	}
	return nil, false
}

type decision struct {
	name     string
	policies Policies
	request  Request
}

func decisions(t testing.TB) []decision {
	user := Principal{
		Type: User, ARN: "arn:aws:iam::123456789012:user/ann", Account: "123456789012", ID: "AIDAANN", Name: "ann",
		Tags: []Tag{{"cost", "1"}, {"Team", "Music"}},
	}
	get := Need{Action: "dynamodb:GetItem", Resource: tableARN}
	leading := get
	leading.Conditions = MapContext{"dynamodb:leadingkeys": {"ann"}, "dynamodb:attributes": {"a", "b"}}
	context := &address{[]string{"10.1.2.3"}}

	admin := mustCompile(t, Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	table := mustCompile(t, Identity, `{"Statement":[
		{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:GetItem"],"Resource":["`+tableARN+`","`+tableARN+`/index/*"]},
		{"Effect":"Deny","Action":"dynamodb:Delete*","Resource":"*"}]}`)
	conditions := mustCompile(t, Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}",
		"Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"${aws:username}","dynamodb:Attributes":["a","b","c"]},"IpAddress":{"aws:SourceIp":["192.168.0.0/16","10.0.0.0/8"]},
		"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"NumericLessThanEquals":{"k":"1"}}}}`)
	var many strings.Builder
	for i := range 50 {
		fmt.Fprintf(&many, `{"Effect":"Allow","Action":["s3:Action%d","iam:Action%d*"],"Resource":"*"},`, i, i)
	}
	large := mustCompile(t, Identity, `{"Statement":[`+many.String()+`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}`)
	resource := mustCompile(t, Resource, `{"Statement":{"Effect":"Allow","Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:user/ann"]},"Action":"dynamodb:*","Resource":"*"}}`)

	clock := MapContext{"aws:currenttime": {"2029-01-01T00:00:00Z"}, "k": {"0.5"}, "aws:sourceip": {"10.1.2.3"}}
	return []decision{
		{"administrator", Policies{Identity: []*Policy{admin}}, Request{Need: get, Principal: user, Context: context}},
		{"table", Policies{Identity: []*Policy{table}}, Request{Need: get, Principal: user, Context: context}},
		{"conditions", Policies{Identity: []*Policy{conditions}}, Request{Need: leading, Principal: user, Context: clock}},
		{"many statements", Policies{Identity: []*Policy{large, large}}, Request{Need: get, Principal: user, Context: context}},
		{"all types", Policies{Identity: []*Policy{table}, Boundary: admin, Session: []*Policy{table}, Resource: resource}, Request{Need: get, Principal: user, Context: context}},
	}
}

func TestDecidingDoesNotAllocate(t *testing.T) {
	for _, c := range decisions(t) {
		if n := testing.AllocsPerRun(100, func() {
			if d := Decide(&c.request, &c.policies); !d.Allowed {
				t.Fatalf("%s: %+v", c.name, d)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, c := range decisions(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := c.request // as a caller has it, on its stack
				if !Decide(&r, &c.policies).Allowed {
					b.Fatal("denied")
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	document := []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:GetItem"],"Resource":"` + tableARN + `","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("p", document); err != nil {
			b.Fatal(err)
		}
	}
}
