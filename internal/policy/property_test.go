package policy

import (
	"testing"

	"pgregory.net/rapid"
)

// Few different words, so that random policies have to do with random requests.
var (
	genAction   = rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "sts:AssumeRole", "S3:getobject"})
	genPattern  = rapid.SampledFrom([]string{"s3:GetObject", "S3:getobject", "s3:Get*", "s3:?utObject", "*", "sts:*", "sts:AssumeRole", "*:*Object"})
	genResource = rapid.SampledFrom([]string{
		"*", "arn:aws:s3:::b/ann/x", "arn:aws:x:r:111111111111:t/ann", "arn:aws:x:r:222222222222:t/a*", "arn:aws:x:r:111111111111:t/a:b",
	})
	genResources = rapid.SampledFrom([]string{
		"*", "arn:aws:s3:::*", "arn:aws:s3:::b/${aws:username}/*", "arn:aws:x:*:111111111111:t/*", "arn:aws:x:r:*:t/a*",
		"arn:aws:x:r:*:t/${aws:PrincipalTag/team}", "arn:aws:x:r:*:t/${aws:PrincipalTag/team, 'ann'}", "arn:aws:x:r:*:t/a${*}", "arn:aws:x",
		"arn:*:x:r:?11111111111:t/a?b", "arn:aws:x:r:111111111111:t/ann",
	})
	genKey   = rapid.SampledFrom([]string{"k", "K", "l", "aws:username", "aws:PrincipalTag/Team", "aws:principalarn"})
	genValue = rapid.SampledFrom([]string{
		"", "a", "A", "ab", "a*", "true", "false", "1", "2", "1.50", "1.5", "-3", "86400", "1970-01-02", "1970-01-02T00:00:00Z", "1970-01-02T01:00:01+01:00",
		"10.0.0.1", "10.0.0.2", "2001:db8::1", "YQ==", "arn:aws:x:r:111111111111:t/ann", "arn:aws:iam::111111111111:user/ann",
	})
	genWant = rapid.OneOf(genValue, rapid.SampledFrom([]string{
		"*", "a?", "${aws:username}", "${l}", "${l, 'a'}", "10.0.0.0/24", "2001:db8::/32", "arn:aws:*:*:*:*/${aws:username}", "arn:aws:x", "${*}", "a${*}",
	}))
	genOperator = rapid.Custom(func(t *rapid.T) string {
		o := rapid.SampledFrom([]string{
			"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
			"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
			"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
			"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
		}).Draw(t, "operator")
		o += rapid.SampledFrom([]string{"", "", "IfExists"}).Draw(t, "suffix")
		if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
			o = "Null"
		}
		return rapid.SampledFrom([]string{"", "", "ForAllValues:", "ForAnyValue:"}).Draw(t, "set") + o
	})
	genPrincipal = rapid.SampledFrom([]PrincipalMember{
		{"AWS", "*"}, {"AWS", "111111111111"}, {"AWS", "arn:aws:iam::111111111111:root"}, {"AWS", "arn:aws:iam::222222222222:root"},
		{"AWS", "arn:aws:iam::111111111111:user/ann"}, {"AWS", "AIDAANN"}, {"AWS", "arn:aws:iam::111111111111:role/r"}, {"AWS", "AROAR"},
		{"AWS", "arn:aws:sts::111111111111:assumed-role/r/s"}, {"Federated", "accounts.google.com"}, {"Service", "ec2.amazonaws.com"}, {"Federated", "*"},
	})
	genWho = rapid.SampledFrom([]Principal{
		{Type: Root, ARN: "arn:aws:iam::111111111111:root", Account: "111111111111", ID: "111111111111"},
		{Type: User, ARN: "arn:aws:iam::111111111111:user/ann", Account: "111111111111", ID: "AIDAANN", Name: "ann", Tags: []Tag{{"Team", "a"}}},
		{Type: RoleSession, ARN: "arn:aws:sts::111111111111:assumed-role/r/s", Entity: "arn:aws:iam::111111111111:role/r", Account: "111111111111", ID: "AROAR:s", EntityID: "AROAR", Tags: []Tag{{"team", "ann"}}},
		{Type: FederatedUser, ARN: "arn:aws:sts::111111111111:federated-user/f", Entity: "arn:aws:iam::111111111111:user/ann", Account: "111111111111", ID: "111111111111:f", EntityID: "AIDAANN"},
		{Type: WebOrSAML, Provider: "accounts.google.com"},
		{Type: Service, Provider: "ec2.amazonaws.com"},
		{Type: Anonymous},
	})
)

func drawStatement(t *rapid.T, kind Kind) Statement {
	s := Statement{Effect: rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect")}
	list := func(g *rapid.Generator[string], least int) []string {
		return append([]string{}, rapid.SliceOfN(g, least, 3).Draw(t, "list")...)
	}
	if s.Action = list(genPattern, 1); rapid.IntRange(0, 4).Draw(t, "not") == 0 {
		s.Action, s.NotAction = nil, s.Action
	}
	if kind != Trust {
		if s.Resource = list(genResources, 1); rapid.IntRange(0, 4).Draw(t, "not") == 0 {
			s.Resource, s.NotResource = nil, s.Resource
		}
	}
	if kind != Identity {
		s.Principal = &Principals{Any: rapid.IntRange(0, 9).Draw(t, "everybody") == 0}
		if !s.Principal.Any {
			s.Principal.Members = rapid.SliceOfN(genPrincipal, 1, 3).Draw(t, "principals")
		}
		if s.Effect == "Deny" && rapid.IntRange(0, 2).Draw(t, "not") == 0 {
			s.Principal, s.NotPrincipal = nil, s.Principal
		}
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 1, 2}).Draw(t, "conditions") {
		c := Condition{Operator: genOperator.Draw(t, "operator"), Key: genKey.Draw(t, "key"), Values: list(genWant, 0)}
		if len(s.Conditions) == 0 || s.Conditions[0].Operator != c.Operator || s.Conditions[0].Key != c.Key {
			s.Conditions = append(s.Conditions, c)
		}
	}
	return s
}

func drawDocument(t *rapid.T, kind Kind) *Document {
	d := &Document{Version: rapid.SampledFrom([]string{version2012, version2012, version2012, version2008, ""}).Draw(t, "version")}
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		d.Statements = append(d.Statements, drawStatement(t, kind))
	}
	return d
}

func drawPolicies(t *rapid.T, kind Kind, most int) (naive []naivePolicy, compiled []*Policy) {
	for range rapid.IntRange(0, most).Draw(t, "policies") {
		d := drawDocument(t, kind)
		text, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		p, err := Compile(kind, "p", text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		t.Logf("%s", text)
		naive, compiled = append(naive, naivePolicy{kind, d}), append(compiled, p)
	}
	return naive, compiled
}

func drawRequest(t *rapid.T) *Request {
	c := MapContext{}
	for _, key := range []string{"k", "l"} {
		if rapid.IntRange(0, 3).Draw(t, "has "+key) > 0 {
			c[key] = rapid.SliceOfN(genValue, 0, 3).Draw(t, key)
		}
	}
	return &Request{
		Need:      Need{Action: genAction.Draw(t, "action"), Resource: genResource.Draw(t, "resource")},
		Principal: genWho.Draw(t, "who"), Context: c,
	}
}

func last(list []*Policy) *Policy {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

func TestAgreesWithNaiveEvaluator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var naive naivePolicies
		var p Policies
		var one []*Policy
		naive.identity, p.Identity = drawPolicies(t, Identity, 2)
		naive.boundary, one = drawPolicies(t, Identity, 1)
		p.Boundary = last(one)
		naive.session, p.Session = drawPolicies(t, Identity, 2)
		naive.resource, one = drawPolicies(t, rapid.SampledFrom([]Kind{Resource, Resource, Trust}).Draw(t, "kind"), 1)
		p.Resource = last(one)
		for range 10 {
			agree(t, drawRequest(t), &p, naive)
		}
	})
}

func agree(t *rapid.T, r *Request, p *Policies, naive naivePolicies) {
	d := Decide(r, p)
	allowed, denied := naive.decide(r)
	if d.Allowed != allowed || d.Denied != denied {
		t.Fatalf("%+v: %+v; the naive evaluator says allowed %v, denied %v", r, d, allowed, denied)
	}
	x := Explain(r, p)
	if x.Decision != d {
		t.Fatalf("%+v: %+v is explained as %+v", r, d, x.Decision)
	}
	found := d.Number == 0
	for _, m := range x.Matches {
		found = found || m.Number == d.Number && m.Deny == d.Denied && m.Type == d.Type
	}
	if !found || d.Reason == "" {
		t.Fatalf("%+v: the statement of %+v does not match", r, d)
	}
}

// What is written is read back as it was.
func TestDocumentRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t, rapid.SampledFrom([]Kind{Identity, Resource, Trust}).Draw(t, "kind"))
		text, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadDocument(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if second, _ := again.MarshalJSON(); string(second) != string(text) {
			t.Fatalf("%s\nis read as\n%s", text, second)
		}
	})
}
