package policy

import (
	"strings"
	"testing"
)

const tableARN = "arn:aws:dynamodb:us-east-1:123456789012:table/Music"

func statements(s ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
}

const allowAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`

func TestEvaluate(t *testing.T) {
	for _, c := range []struct {
		name     string
		document string
		action   string
		resource string
		want     Decision // Policy and Reason are not compared
	}{
		{"nothing allows", statements(`{"Effect":"Allow","Action":"iam:*","Resource":"*"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"everything", statements(allowAll), "dynamodb:GetItem", tableARN, Decision{Allowed: true}},
		{"one statement, no list", `{"Statement":` + allowAll + `}`, "dynamodb:GetItem", "*", Decision{Allowed: true}},
		{"case of the action", statements(`{"Sid":"S","Effect":"Allow","Action":"DynamoDB:getitem","Resource":"*"}`), "dynamodb:GetItem", tableARN, Decision{Allowed: true, Statement: "S"}},
		{"case of the resource", statements(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:us-east-1:123456789012:table/music"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"deny wins over an earlier allow", statements(allowAll, `{"Sid":"D","Effect":"Deny","Action":"dynamodb:*","Resource":"*"}`), "dynamodb:GetItem", tableARN, Decision{Denied: true, Statement: "D"}},
		{"deny wins over a later allow", statements(`{"Sid":"D","Effect":"Deny","Action":"dynamodb:*","Resource":"*"}`, allowAll), "dynamodb:GetItem", tableARN, Decision{Denied: true, Statement: "D"}},
		{"deny of another resource", statements(allowAll, `{"Effect":"Deny","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/Other"}`), "dynamodb:GetItem", tableARN, Decision{Allowed: true}},
		{"NotAction", statements(`{"Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*"}`), "dynamodb:GetItem", tableARN, Decision{Allowed: true}},
		{"NotAction that names it", statements(`{"Effect":"Allow","NotAction":["iam:*","dynamodb:Get*"],"Resource":"*"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"NotResource", statements(`{"Effect":"Deny","Action":"*","NotResource":"arn:aws:dynamodb:*:*:table/Other"}`, allowAll), "dynamodb:GetItem", tableARN, Decision{Denied: true}},
		{"no resource in particular", statements(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:*:*"}`), "dynamodb:ListTables", "*", Decision{}},

		// Conditions are not understood yet.
		{"allow with a condition", statements(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"deny with a condition", statements(allowAll, `{"Effect":"Deny","Action":"dynamodb:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), "dynamodb:GetItem", tableARN, Decision{Denied: true}},
		{"deny of something else with a condition", statements(allowAll, `{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{}}`), "dynamodb:GetItem", tableARN, Decision{Allowed: true}},
		{"allow with an unknown element", statements(`{"Effect":"Allow","Action":"*","Resource":"*","Only":"Mondays"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"allow with a variable", statements(`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:username}"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"deny with a variable", statements(allowAll, `{"Effect":"Deny","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/${aws:username}"}`), "dynamodb:GetItem", tableARN, Decision{Denied: true}},
		{"allow but for a variable", statements(`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:dynamodb:*:*:table/${aws:username}"}`), "dynamodb:GetItem", tableARN, Decision{}},
		{"deny but for a variable", statements(allowAll, `{"Effect":"Deny","Action":"*","NotResource":["arn:aws:dynamodb:*:*:table/${aws:username}"]}`), "dynamodb:GetItem", tableARN, Decision{Denied: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Parse("P", []byte(c.document))
			if err != nil {
				t.Fatal(err)
			}
			got := Evaluate([]*Policy{p}, Need{Action: c.action, Resource: c.resource})
			if got.Reason == "" || (got.Policy == "P") != (c.want.Allowed || c.want.Denied) {
				t.Errorf("not explained: %+v", got)
			}
			if got.Allowed != c.want.Allowed || got.Denied != c.want.Denied || got.Statement != c.want.Statement {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestUnreadableDenies(t *testing.T) {
	all, err := Parse("all", []byte(statements(allowAll)))
	if err != nil {
		t.Fatal(err)
	}
	for _, need := range []Need{{Action: "dynamodb:GetItem", Resource: tableARN}, {Action: "dynamodb:ListTables", Resource: "*"}} {
		if d := Evaluate([]*Policy{all, Unreadable("bad")}, need); !d.Denied || d.Policy != "bad" {
			t.Errorf("%+v", d)
		}
	}
	if d := Evaluate(nil, Need{Action: "dynamodb:GetItem", Resource: tableARN}); d.Allowed || d.Denied {
		t.Errorf("no policies: %+v", d)
	}
}

func TestResource(t *testing.T) {
	for _, c := range []struct {
		pattern, arn string
		want         bool
	}{
		{tableARN, tableARN, true},
		{tableARN + "/*", tableARN, false},
		{tableARN + "/*", tableARN + "/index/I", true},
		{tableARN + "*", tableARN + "/index/I", true},
		{"arn:aws:dynamodb:*:123456789012:table/M?sic", tableARN, true},
		{"arn:aws:dynamodb:*:123456789012:table/M?ic", tableARN, false},
		{"arn:aws:dynamodb:*:123456789012:*/Music", tableARN, true},
		{"arn:aws:dynamodb:*:table/Music", tableARN, false}, // a wildcard stays within its field
		{"arn:aws:dynamodb:us-*", tableARN, true},           // the missing fields are wildcards
		{"arn:aws:dynamodb:eu-*", tableARN, false},
		{"arn:aws:dynamodb:us-east-1:123456789012:table/Music/stream/*", tableARN + "/stream/2026-01-01T00:00:00.000", true},
		{"arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:user/a/b", true},
		{"*", "*", true},
		{"arn:*", "*", false},
		{"arn:aws:dynamodb:*:*:table/*", "arn:aws:dynamodb", false},
	} {
		r, ok := newResource(c.pattern)
		if !ok || r.matches(c.arn) != c.want {
			t.Errorf("%s on %s: want %v", c.pattern, c.arn, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, document := range []string{
		``, `null`, `[]`, `"x"`, `{}`, `{"Statement":[]}`, `{"Statement":null}`, `{"Statement":"x"}`,
		`{"Version":"2020-01-01","Statement":` + allowAll + `}`,
		`{"Statements":` + allowAll + `}`,
		`{"Statement":` + allowAll + `} {}`,
		statements(`{"Effect":"allow","Action":"*","Resource":"*"}`),
		statements(`{"Action":"*","Resource":"*"}`),
		statements(`{"Effect":"Deny","Resource":"*"}`),
		statements(`{"Effect":"Deny","Action":"*"}`),
		statements(`{"Effect":"Deny","Action":[],"Resource":"*"}`),
		statements(`{"Effect":"Deny","Action":null,"Resource":"*"}`),
		statements(`{"Effect":"Deny","Action":"GetItem","Resource":"*"}`),
		statements(`{"Effect":"Deny","Action":"*","NotAction":"iam:*","Resource":"*"}`),
		statements(`{"Effect":"Deny","Action":"*","Resource":"*","NotResource":"arn:aws:s3:::b"}`),
		statements(`{"Effect":"Deny","Action":"*","Resource":"table/Music"}`),
		statements(`{"Effect":"Deny","Action":"*","Resource":[7]}`),
		statements(`{"Effect":"Deny","Action":"*","Resource":"*","Sid":7}`),
		strings.Repeat(" ", MaxDocument) + statements(allowAll),
	} {
		if p, err := Parse("P", []byte(document)); err == nil {
			t.Errorf("%.80s: %+v", document, p)
		}
	}
}

// globRef is glob, written as its definition says.
func globRef(pattern, text string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '*':
		return globRef(pattern[1:], text) || text != "" && globRef(pattern, text[1:])
	case text == "":
		return false
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && globRef(pattern[1:], text[1:])
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "aXXbYc")
	f.Add("**a", "aaaa")
	f.Add("*ab*", "aab")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 12 || len(text) > 12 {
			return
		}
		if glob(pattern, text, false) != globRef(pattern, text) {
			t.Errorf("glob(%q, %q)", pattern, text)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(statements(allowAll))
	f.Fuzz(func(t *testing.T, document string) {
		if p, err := Parse("P", []byte(document)); err == nil {
			Evaluate([]*Policy{p}, Need{Action: "dynamodb:GetItem", Resource: tableARN})
		}
	})
}

func BenchmarkEvaluate(b *testing.B) {
	p, err := Parse("P", []byte(statements(
		`{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:GetItem"],"Resource":["`+tableARN+`","`+tableARN+`/index/*"]}`,
		`{"Effect":"Deny","Action":"dynamodb:Delete*","Resource":"*"}`)))
	if err != nil {
		b.Fatal(err)
	}
	policies := []*Policy{p}
	b.ReportAllocs()
	for b.Loop() {
		if !Evaluate(policies, Need{Action: "dynamodb:GetItem", Resource: tableARN}).Allowed {
			b.Fatal("denied")
		}
	}
}
