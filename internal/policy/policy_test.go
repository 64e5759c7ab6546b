package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestUnreadableDenies(t *testing.T) {
	all := mustCompile(t, Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	bad := Unreadable("bad")
	for _, need := range []Need{{Action: "dynamodb:GetItem", Resource: tableARN}, {Action: "dynamodb:ListTables", Resource: "*"}} {
		if d := Decide(&Request{Need: need}, &Policies{Identity: []*Policy{all, bad}}); !d.Denied || d.Policy != "bad" {
			t.Errorf("%+v", d)
		}
		for _, ps := range []Policies{{Boundary: bad}, {Session: []*Policy{bad}}, {Resource: bad}} {
			ps.Identity = []*Policy{all}
			if d := Decide(&Request{Need: need}, &ps); !d.Denied || d.Policy != "bad" {
				t.Errorf("%+v", d)
			}
		}
	}
	if d := Decide(&Request{Need: Need{Action: "dynamodb:GetItem", Resource: tableARN}}, &Policies{Identity: nil}); d.Allowed || d.Denied {
		t.Errorf("no policies: %+v", d)
	}
}

// A policy without principals names nobody, so it can't allow in the place of a resource's policy.
func TestIdentityPolicyIsNoResourcePolicy(t *testing.T) {
	all := mustCompile(t, Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	r := &Request{Need: Need{Action: "dynamodb:GetItem", Resource: tableARN}, Principal: Principal{Type: User, Account: "123456789012"}}
	if d := Decide(r, &Policies{Resource: all}); d.Allowed {
		t.Errorf("%+v", d)
	}
}

func TestOwner(t *testing.T) {
	all := mustCompile(t, Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	for _, c := range []struct {
		resource, owner string
		want            bool
	}{
		{tableARN, "", true},
		{tableARN, "222222222222", false},
		{"arn:aws:dynamodb:us-east-1:222222222222:table/t", "", false},
		{"arn:aws:s3:::bucket", "", true},
		{"arn:aws:s3:::bucket", "222222222222", false},
		{"arn:aws:iam::aws:policy/ReadOnlyAccess", "", true},
		{"*", "", true},
	} {
		r := &Request{Need: Need{Action: "a:b", Resource: c.resource}, Owner: c.owner, Principal: Principal{Type: User, Account: "123456789012"}}
		if d := Decide(r, &Policies{Identity: []*Policy{all}}); d.Allowed != c.want {
			t.Errorf("%s of %q: %+v", c.resource, c.owner, d)
		}
	}
}

func TestNeedConditions(t *testing.T) {
	p := mustCompile(t, Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"dynamodb:Select":"COUNT"}}}}`)
	need := Need{Action: "dynamodb:Query", Resource: tableARN, Conditions: MapContext{"x": {"y"}, "dynamodb:select": {"COUNT"}}}
	if d := Decide(&Request{Need: need}, &Policies{Identity: []*Policy{p}}); !d.Allowed {
		t.Errorf("%+v", d)
	}
	need.Conditions = MapContext{"dynamodb:select": {"ALL_ATTRIBUTES"}}
	if d := Decide(&Request{Need: need}, &Policies{Identity: []*Policy{p}}); d.Allowed {
		t.Errorf("%+v", d)
	}
}

func TestCompileRefuses(t *testing.T) {
	const allow = `"Effect":"Allow","Action":"*"`
	for _, c := range []struct {
		kind     Kind
		document string
	}{
		{Identity, ``}, {Identity, `null`}, {Identity, `[]`}, {Identity, `{}`}, {Identity, `{"Statement":[]}`},
		{Identity, `{"Version":"2020-01-01","Statement":{` + allow + `,"Resource":"*"}}`},
		{Identity, `{"Statement":{` + allow + `,"Resource":"*"}} {}`},
		{Identity, `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`},
		{Identity, `{"Statement":{` + allow + `}}`},
		{Identity, `{"Statement":{` + allow + `,"NotAction":"a:b","Resource":"*"}}`},
		{Identity, `{"Statement":{` + allow + `,"Resource":"*","NotResource":"*"}}`},
		{Identity, `{"Statement":{` + allow + `,"Resource":"*","Principal":"*"}}`},
		{Identity, `{"Statement":{` + allow + `,"Resource":"*","Condition":{"Whenever":{"a":"b"}}}}`},
		{Resource, `{"Statement":{` + allow + `,"Resource":"*"}}`},
		{Resource, `{"Statement":{` + allow + `,"Principal":"*"}}`},
		{Resource, `{"Statement":{` + allow + `,"Resource":"*","NotPrincipal":{"AWS":"*"}}}`},
		{Resource, `{"Statement":{` + allow + `,"Resource":"*","Principal":{"AWS":""}}}`},
		{Resource, `{"Statement":{` + allow + `,"Resource":"*","Principal":"*","NotPrincipal":"*"}}`},
		{Trust, `{"Statement":{` + allow + `,"Principal":"*","Resource":"*"}}`},
		{Trust, `{"Statement":{` + allow + `}}`},
		{Identity, strings.Repeat(" ", MaxDocument) + `{"Statement":{` + allow + `,"Resource":"*"}}`},
		{Identity, `{"Statement":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`},
	} {
		if p, err := Compile(c.kind, "p", []byte(c.document)); err == nil {
			t.Errorf("%.80s: %+v", c.document, p)
		}
	}
}

func TestValidateErrorType(t *testing.T) {
	var m *MalformedError
	if err := Validate(Identity, nil); !errors.As(err, &m) || m.Message != "Syntax errors in policy." {
		t.Errorf("%v", err)
	}
}

func TestMapPrincipals(t *testing.T) {
	d, err := ReadDocument([]byte(`{"Statement":[{"Principal":{"AWS":["arn:u","*"],"Service":"s"}},{"NotPrincipal":{"AWS":"arn:u"}},{"Principal":"*"},{}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.MapPrincipals(func(typ, value string) (string, error) {
		if typ == "AWS" && value == "arn:u" {
			return "AIDA", nil
		}
		return value, nil
	}); err != nil {
		t.Fatal(err)
	}
	got, err := d.MarshalJSON()
	want := `{"Statement":[{"Principal":{"AWS":["AIDA","*"],"Service":"s"}},{"NotPrincipal":{"AWS":"AIDA"}},{"Principal":"*"},{}]}`
	if err != nil || string(got) != want {
		t.Errorf("%s (%v)", got, err)
	}
	broken := errors.New("no such principal")
	if err := d.MapPrincipals(func(_, _ string) (string, error) { return "", broken }); err != broken {
		t.Errorf("%v", err)
	}
}

// A statement says where it is in the document, which simulators show.
func TestPositions(t *testing.T) {
	const first, second = `{"Effect":"Deny","Action":"a:b","Resource":"*"}`, `{ "Effect":"Allow", "Action":"*", "Resource":"*" }`
	document := `{"Statement": [ ` + first + ` , ` + second + `]}`
	x := Explain(&Request{Need: Need{Action: "a:b", Resource: "*"}}, &Policies{Identity: []*Policy{mustCompile(t, Identity, document)}})
	var got []string
	for _, m := range x.Matches {
		got = append(got, document[m.Start:m.End])
	}
	if !slices.Equal(got, []string{first, second}) {
		t.Errorf("%q", got)
	}
}

func TestSize(t *testing.T) {
	if n := Size("{ \"a\":\t\"é\"\r\n}"); n != 9 {
		t.Error(n)
	}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		decision Decision
		want     string
	}{
		{notAllowed(IdentityBased), "because no identity-based policy allows the a:b action"},
		{notAllowed(ResourceBased), "because no resource-based policy allows the a:b action"},
		{notAllowed(RoleTrust), "because no role trust policy allows the a:b action"},
		{notAllowed(PermissionsBoundary), "because no permissions boundary allows the a:b action"},
		{notAllowed(SessionPolicy), "because no session policy allows the a:b action"},
		{Decision{Denied: true, Reason: reason(IdentityBased, true)}, "with an explicit deny in an identity-based policy"},
		{Decision{Denied: true, Reason: reason(ResourceBased, true)}, "with an explicit deny in a resource-based policy"},
		{Decision{Denied: true, Reason: reason(RoleTrust, true)}, "with an explicit deny in the role trust policy"},
		{Decision{Denied: true, Reason: reason(PermissionsBoundary, true)}, "with an explicit deny in a permissions boundary"},
		{Decision{Denied: true, Reason: reason(SessionPolicy, true)}, "with an explicit deny in a session policy"},
	} {
		want := "User: arn:u is not authorized to perform: a:b on resource: r " + c.want
		if got := c.decision.Message("arn:u", "a:b", "r"); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	d := notAllowed(IdentityBased)
	if got := d.Message("arn:u", "a:b", ""); got != "User: arn:u is not authorized to perform: a:b because no identity-based policy allows the a:b action" {
		t.Error(got)
	}
}

func TestPrincipalKeys(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/r"
	for _, c := range []struct {
		who             Principal
		typ, arn, owner string
	}{
		{Principal{Type: Root, ARN: "arn:r", Account: "1"}, "Account", "arn:r", "1"},
		{Principal{Type: User, ARN: "arn:u", Account: "1"}, "User", "arn:u", "1"},
		{Principal{Type: RoleSession, ARN: "arn:s", Entity: role}, "AssumedRole", role, ""},
		{Principal{Type: FederatedUser, ARN: "arn:f", Entity: "arn:u"}, "FederatedUser", "arn:f", ""},
		{Principal{Type: Anonymous}, "Anonymous", "", ""},
		{Principal{}, "", "", ""},
	} {
		r := &Request{Principal: c.who}
		for key, want := range map[string]string{"aws:principaltype": c.typ, "aws:principalarn": c.arn, "aws:resourceaccount": c.owner} {
			if got := r.values(key); got.present != (want != "") || got.one != want {
				t.Errorf("%+v: %s is %+v, want %q", c.who, key, got, want)
			}
		}
	}
}
