package policy

import (
	"errors"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzDocument(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username, 'x'}*","Condition":{"ForAllValues:StringLikeIfExists":{"k":["a*",true,1.5]},"Null":{"k":"false"}}}]}`)
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["*","111111111111"],"Service":[]},"NotAction":["s3:Get*"],"NotResource":"*"}}`)
	f.Add(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"DateLessThan":{"k":"-292275054-01-01T"},"IpAddress":{"k":"::/0"},"BinaryEquals":{"k":"YQ=="}}}}`)
	f.Fuzz(func(t *testing.T, document string) {
		d, err := ReadDocument([]byte(document))
		if err != nil {
			var s *SyntaxError
			if !errors.As(err, &s) {
				t.Fatalf("%T", err)
			}
			for _, kind := range []Kind{Identity, Resource, Trust} {
				if Validate(kind, []byte(document)) == nil {
					t.Errorf("kind %d is valid, but can't be read", kind)
				}
			}
			return
		}
		text, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadDocument(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		second, err := again.MarshalJSON()
		if err != nil || string(second) != string(text) {
			t.Fatalf("%s\nis read as\n%s (%v)", text, second, err)
		}
		for _, kind := range []Kind{Identity, Resource, Trust} {
			p, err := Compile(kind, "p", []byte(document))
			if err != nil {
				if Validate(kind, []byte(document)) == nil {
					t.Errorf("kind %d is valid, but does not compile: %v", kind, err)
				}
				continue
			}
			q, err := Compile(kind, "p", text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			ContextKeys(p)
			r := &Request{
				Need:      Need{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/ann", Conditions: MapContext{"k": {"1", ""}}},
				Principal: Principal{Type: User, ARN: "arn:aws:iam::111111111111:user/ann", Account: "111111111111", Name: "ann"},
			}
			for _, ps := range [][2]Policies{{{Identity: []*Policy{p}}, {Identity: []*Policy{q}}}, {{Resource: p}, {Resource: q}}} {
				// The order of statements is the same, so even the one that decides is.
				if a, b := Decide(r, &ps[0]), Decide(r, &ps[1]); !reflect.DeepEqual(a, b) {
					t.Errorf("%s: %+v; printed %s: %+v", document, a, text, b)
				}
				Explain(r, &ps[0])
			}
		}
	})
}

// globReference is glob, written as its definition says.
func globReference(pattern, text []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return globReference(pattern[1:], text) || len(text) > 0 && globReference(pattern, text[1:])
	case len(text) == 0:
		return false
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && globReference(pattern[1:], text[1:])
}

func FuzzPattern(f *testing.F) {
	f.Add("a*b?c", "aXXbYc")
	f.Add("**a", "aaaa")
	f.Add("*ab*", "aab")
	f.Add("?é*", "xé")
	f.Fuzz(func(t *testing.T, s, text string) {
		if len(s) > 12 || len(text) > 12 || !utf8.ValidString(s) || !utf8.ValidString(text) {
			return
		}
		p := newPattern(s, wildcards)
		want := globReference([]rune(s), []rune(text))
		if got := p.match(text, nil); (got == yes) != want {
			t.Errorf("%q matches %q: %v", s, text, got)
		}
		folded := newPattern(lowered(s), wildcards)
		if want := globReference([]rune(lowered(s)), []rune(lowered(text))); folded.matchFold(text) != want {
			t.Errorf("%q matches %q in any case: %v", s, text, !want)
		}
	})
}

func FuzzInstant(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(951782400))
	f.Add(int64(-62135596800))
	f.Fuzz(func(t *testing.T, seconds int64) {
		at := time.Unix(seconds%(1<<36), seconds&0x3fffffff%1e9).UTC()
		if at.Year() < 1 || at.Year() > 9999 {
			return
		}
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 5*3600+1800), time.FixedZone("", -8*3600)} {
			text := at.In(zone).Format(time.RFC3339Nano)
			got, ok := parseInstant(text)
			if !ok || got.seconds != at.Unix() || got.nanos != int64(at.Nanosecond()) {
				t.Errorf("%s is %+v, %v", text, got, ok)
			}
		}
	})
}
