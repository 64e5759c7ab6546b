package sources

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/crewjam/saml"
)

// Single sign-on to the console without IAM Identity Center: "Enabling SAML 2.0 federated principals to access the AWS Management Console"
// (IAM User Guide).

const aws2 = "https://aws.amazon.com/SAML/Attributes/"

// samlSite is a server whose account has a SAML provider.
func samlSite(t *testing.T) (*site, *idp, string) {
	t.Helper()
	s, p := start(t), startIDP(t)
	made, err := s.iam().CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: aws.String("corp"), SAMLMetadataDocument: aws.String(p.document())})
	must(t, err)
	p.providers["urn:amazon:webservices"] = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:amazon:webservices">` +
		`<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService index="1" isDefault="true" ` +
		`Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + s.url + `/saml"/></md:SPSSODescriptor></md:EntityDescriptor>`
	return s, p, *made.SAMLProviderArn
}

func (s *site) role(t *testing.T, name, provider, condition string) string {
	t.Helper()
	made, err := s.iam().CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Federated":"` + provider + `"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":` + condition + `}]}`)})
	must(t, err)
	return *made.Role.Arn
}

// gives has the provider give roles.
func (p *idp) gives(pairs ...string) {
	attribute := func(name string, values ...string) saml.Attribute {
		a := saml.Attribute{Name: aws2 + name, NameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"}
		for _, v := range values {
			a.Values = append(a.Values, saml.AttributeValue{Type: "xs:string", Value: v})
		}
		return a
	}
	p.who.CustomAttributes = []saml.Attribute{attribute("Role", pairs...), attribute("RoleSessionName", "alice@example.com")}
}

func (b *browser) isNobody(what string, a answer) {
	b.s.t.Helper()
	if who := b.ask("GET", "/signin/session", nil); a.status < 400 || a.status >= 500 || who.body["SignedIn"] != false {
		b.s.t.Errorf("%s: %d %s %.200s: %s", what, a.status, a.to, a.text, who.text)
	}
}

func TestConsoleSAML(t *testing.T) {
	s, p, provider := samlSite(t)
	dev := s.role(t, "dev", provider, `{"StringEquals":{"SAML:aud":"`+s.url+`/saml"}}`)
	ops := s.role(t, "ops", provider, `{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}`)
	const service = "urn:amazon:webservices"

	// One role: signed in at once.
	p.gives(dev + "," + provider)
	for state, want := range map[string]string{"": "/console/", "/console/dynamodb/tables": "/console/dynamodb/tables", s.url + "/console/iam": "/console/iam",
		"https://evil.example.com/console/": "/console/", "//evil.example.com/": "/console/", `/\evil.example.com`: "/console/"} {
		b := s.browser()
		f := p.begun(service, state)
		a := b.post("/saml", f)
		if a.status != http.StatusSeeOther || a.to != want {
			t.Fatalf("%q: %d %s %s", state, a.status, a.to, a.text)
		}
		who := b.ask("GET", "/signin/session", nil)
		if who.str("Arn") != "arn:aws:sts::"+account+":assumed-role/dev/alice@example.com" || who.str("PrincipalType") != "AssumedRole" {
			t.Errorf("%s", who.text)
		}
		again := s.browser()
		again.isNobody("a response used again", again.post("/saml", f))
	}
	// Several: the person chooses, in this browser.
	p.gives(dev+","+provider, provider+","+ops, "arn:aws:iam::"+account+":role/gone,"+provider)
	b, stranger := s.browser(), s.browser()
	a := b.post("/saml", p.begun(service, "/console/dynamodb"))
	u, err := url.Parse(a.to)
	if err != nil || u.Path != "/console/saml" {
		t.Fatalf("%d %s %s", a.status, a.to, a.text)
	}
	id := u.Query().Get("id")
	stranger.isNobody("another browser", stranger.ask("GET", "/signin/saml?id="+id, nil))
	a = b.ask("GET", "/signin/saml?id="+id, nil)
	roles, _ := a.body["Roles"].([]any)
	if len(roles) != 2 || roles[0].(map[string]any)["RoleArn"] != dev || roles[1].(map[string]any)["Name"] != "ops" || roles[0].(map[string]any)["Account"] != account {
		t.Fatalf("%s", a.text)
	}
	b.isNobody("a role that was not given", b.ask("POST", "/signin/saml", map[string]string{"Id": id, "RoleArn": "arn:aws:iam::" + account + ":role/other"}))
	b.isNobody("a role that does not trust this endpoint", b.ask("POST", "/signin/saml", map[string]string{"Id": id, "RoleArn": ops}))
	if a = b.ask("POST", "/signin/saml", map[string]string{"Id": id, "RoleArn": dev}); a.str("Location") != "/console/dynamodb" {
		t.Errorf("%d %s", a.status, a.text)
	}
	if who := b.ask("GET", "/signin/session", nil); who.str("Name") != "dev/alice@example.com" {
		t.Errorf("%s", who.text)
	}
	if a = b.ask("POST", "/signin/saml", map[string]string{"Id": id, "RoleArn": dev}); a.status != http.StatusNotFound {
		t.Errorf("twice: %d %s", a.status, a.text)
	}
}

func TestConsoleSAMLRefused(t *testing.T) {
	s, p, provider := samlSite(t)
	dev := s.role(t, "dev", provider, `{"StringEquals":{"SAML:aud":"`+s.url+`/saml"}}`)
	ops := s.role(t, "ops", provider, `{"StringEquals":{"SAML:sub":"bob"}}`)
	const service = "urn:amazon:webservices"
	p.gives(dev + "," + provider)
	good := p.begun(service, "")
	other := startIDP(t)
	other.MetadataURL, other.providers = p.MetadataURL, p.providers
	other.gives(dev + "," + provider)
	response := func(f url.Values) url.Values { return url.Values{"SAMLResponse": f["SAMLResponse"]} }
	for what, f := range map[string]url.Values{
		"nothing":              {},
		"no XML":               {"SAMLResponse": {"AAAA"}},
		"a stranger's key":     response(other.begun(service, "")),
		"not the whole of it":  {"SAMLResponse": {good.Get("SAMLResponse")[:2000]}},
		"very long":            {"SAMLResponse": {strings.Repeat("A", 1<<20)}},
		"altered in transport": {"SAMLResponse": {strings.Replace(good.Get("SAMLResponse"), "A", "B", 1)}},
	} {
		b := s.browser()
		b.isNobody(what, b.post("/saml", f))
	}
	p.gives(ops + "," + provider)
	b := s.browser()
	b.isNobody("a trust policy with a condition", b.post("/saml", p.begun(service, "")))
	p.gives("arn:aws:iam::" + account + ":role/gone," + provider)
	b.isNobody("a role that is gone", b.post("/saml", p.begun(service, "")))
	p.gives(dev + ",arn:aws:iam::" + account + ":saml-provider/gone")
	b.isNobody("a provider that is gone", b.post("/saml", p.begun(service, "")))
	b.isNobody("GET", b.ask("GET", "/saml", nil))
	if a := b.post("/saml", good); a.status != http.StatusSeeOther {
		t.Errorf("in the end: %d %s", a.status, a.text)
	}
}
