package federation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	dsig "github.com/russellhaering/goxmldsig"
)

func TestSAML(t *testing.T) {
	p := newIDP(t)
	for name, response := range map[string]string{
		"assertion signed": p.response(),
		"response signed":  encode(p.signed(p.template(), "/samlp:Response")),
		"both signed":      encode(p.signed(p.signed(p.template(), "/samlp:Response/saml:Assertion"), "/samlp:Response")),
		"inclusive": encode(p.signedWith(p.template(), "/samlp:Response/saml:Assertion", dsig.RSASHA512SignatureMethod,
			dsig.MakeC14N10RecCanonicalizer())),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := p.metadata().Verify(response, p.options())
			if err != nil {
				t.Fatal(err)
			}
			checkAssertion(t, p, a)
		})
	}
}

func checkAssertion(t *testing.T, p *idp, a *Assertion) {
	t.Helper()
	if a.Issuer != entityID || a.Subject != "alice" || a.SubjectType != "persistent" ||
		a.Recipient != "https://signin.aws.amazon.com/saml" || !a.IssuedAt.Equal(p.now) ||
		!a.SessionNotOnOrAfter.Equal(p.now.Add(8*time.Hour)) || a.RoleSessionName != "alice@example.com" ||
		a.SessionDuration != 30*time.Minute || a.SourceIdentity != "alice" ||
		!maps.Equal(a.Tags, map[string]string{"Team": "blue"}) || !slices.Equal(a.TransitiveTagKeys, []string{"Team"}) {
		t.Errorf("got %+v", a)
	}
	const provider = "arn:aws:iam::123456789012:saml-provider/idp"
	if want := []RolePair{{"arn:aws:iam::123456789012:role/dev", provider}, {"arn:aws:iam::123456789012:role/path/ops", provider}}; !slices.Equal(a.Roles, want) {
		t.Errorf("roles %v", a.Roles)
	}
	keys := a.ConditionKeys("123456789012", "idp")
	for key, want := range map[string][]string{
		"saml:aud": {a.Recipient}, "saml:iss": {entityID}, "saml:sub": {"alice"}, "saml:sub_type": {"persistent"},
		"saml:doc": {"123456789012/idp"}, "saml:namequalifier": {a.NameQualifier("123456789012", "idp")},
		"saml:edupersonaffiliation": {"staff", "member"}, "saml:mail": {"alice@example.com"},
	} {
		if !slices.Equal(keys[key], want) {
			t.Errorf("%s is %v, want %v", key, keys[key], want)
		}
		delete(keys, key)
	}
	if len(keys) != 0 {
		t.Errorf("and %v", keys)
	}
}

// The inputs are those of the pseudocode in the STS API Reference, the sum is sha1sum's and base64's.
func TestNameQualifier(t *testing.T) {
	a := &Assertion{Issuer: "https://example.com/saml"}
	if got, want := a.NameQualifier("123456789012", "MySAMLIdP"), "1uAJanUnBc2XeUkHURMht+xam2c="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSAMLRefused(t *testing.T) {
	p := newIDP(t)
	at := func(d time.Duration) string { return p.now.Add(d).Format(time.RFC3339) }
	const audience, recipient = "<saml:Audience>urn:amazon:webservices</saml:Audience>", `Recipient="https://signin.aws.amazon.com/saml"`
	const noAudience = "Response does not contain the required audience"
	issued := `ID="_assertion" Version="2.0" IssueInstant="` + at(0)
	for _, c := range []struct {
		name     string
		old, new string
		kind     error
		message  string
	}{
		{"status", statusSuccess, "urn:oasis:names:tc:SAML:2.0:status:Responder", ErrRejected, ""},
		{"no status", "samlp:Status>", "samlp:Other>", ErrInvalidToken, ""},
		{"issuer", entityID, "https://evil.example.com", ErrInvalidToken, "Issuer not present in specified provider"},
		{"version", `ID="_assertion" Version="2.0"`, `ID="_assertion" Version="1.1"`, ErrInvalidToken, ""},
		{"old", issued, `ID="_assertion" Version="2.0" IssueInstant="` + at(-redeemWithin-time.Second), ErrExpired,
			"Token must be redeemed within 5 minutes of issuance"},
		{"from the future", issued, `ID="_assertion" Version="2.0" IssueInstant="` + at(2*time.Minute), ErrInvalidToken, ""},
		{"no time", issued, `ID="_assertion" Version="2.0" IssueInstant="soon`, ErrInvalidToken, ""},
		{"not before", `NotBefore="` + at(-time.Minute), `NotBefore="` + at(2*time.Minute), ErrInvalidToken, ""},
		{"conditions expired", at(10 * time.Minute), at(-2 * time.Minute), ErrExpired, ""},
		{"confirmation expired", at(5 * time.Minute), at(-2 * time.Minute), ErrExpired, ""},
		{"session over", at(8 * time.Hour), at(-time.Minute), ErrExpired, ""},
		{"broken time", at(10 * time.Minute), "tomorrow", ErrInvalidToken, ""},
		{"no conditions", "saml:Conditions", "saml:Other", ErrInvalidToken, ""},
		{"unknown condition", "<saml:AudienceRestriction>", "<saml:Unknown/><saml:AudienceRestriction>", ErrInvalidToken, ""},
		{"audience", audience, "<saml:Audience>https://example.com</saml:Audience>", ErrInvalidToken, noAudience},
		{"no audience", "<saml:AudienceRestriction>" + audience + "</saml:AudienceRestriction>", "", ErrInvalidToken, noAudience},
		{"second restriction", "<saml:AudienceRestriction>",
			"<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction><saml:AudienceRestriction>", ErrInvalidToken, noAudience},
		{"recipient", recipient, `Recipient="https://signin.aws.amazon.com.example.com/saml"`, ErrInvalidToken, ""},
		{"recipient's path", recipient, `Recipient="https://signin.aws.amazon.com/oauth"`, ErrInvalidToken, ""},
		{"recipient's host", recipient, `Recipient="https://user@signin.aws.amazon.com/saml"`, ErrInvalidToken, ""},
		{"no recipient", recipient, "", ErrInvalidToken, ""},
		{"confirmation without end", `NotOnOrAfter="` + at(5*time.Minute) + `"`, "", ErrInvalidToken, ""},
		{"holder of key", bearer, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", ErrInvalidToken, ""},
		{"no subject", "saml:Subject>", "saml:Other>", ErrInvalidToken, ""},
		{"no name", "alice</saml:NameID>", "</saml:NameID>", ErrInvalidToken, ""},
		{"encrypted name", "<saml:Subject>", "<saml:Subject><saml:EncryptedID/>", ErrInvalidToken, "Encrypted SAML assertions are not supported"},
		{"encrypted attribute", "<saml:AttributeStatement>", "<saml:AttributeStatement><saml:EncryptedAttribute/>", ErrInvalidToken,
			"Encrypted SAML assertions are not supported"},
		{"no session name", "Attributes/RoleSessionName", "Attributes/Other", ErrInvalidToken, "RoleSessionName is required in AuthnResponse"},
		{"session name", ">alice@example.com<", ">Alice Smith<", ErrInvalidToken,
			"RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"},
		{"source identity", ">alice</saml:AttributeValue>", ">aws:x</saml:AttributeValue>", ErrInvalidToken, ""},
		{"duration", ">1800<", ">899<", ErrInvalidToken, ""},
		{"no number", ">1800<", ">long<", ErrInvalidToken, ""},
		{"tag without value", "PrincipalTag:Team\"><saml:AttributeValue xsi:type=\"xs:string\">blue</saml:AttributeValue>", "PrincipalTag:Team\">",
			ErrInvalidToken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := p.metadata().Verify(p.response(c.old, c.new), p.options())
			wantError(t, err, c.kind, c.message)
		})
	}
}

// A provider may be configured for this server instead of AWS.
func TestOwnEndpoint(t *testing.T) {
	p := newIDP(t)
	response := p.response("https://signin.aws.amazon.com/saml", "https://stator.example.com/saml",
		"urn:amazon:webservices<", "https://stator.example.com/saml<")
	_, err := p.metadata().Verify(response, p.options())
	wantError(t, err, ErrInvalidToken, "Response does not contain the required audience")
	o := p.options()
	o.Endpoints = []string{"https://stator.example.com/saml"}
	a, err := p.metadata().Verify(response, o)
	if err != nil || a.Recipient != "https://stator.example.com/saml" {
		t.Fatal(a, err)
	}
}

func TestAWSEndpoints(t *testing.T) {
	for _, url := range []string{"https://us-east-1.signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/static/saml",
		"https://signin.amazonaws.cn/saml", "https://signin.amazonaws-us-gov.com/saml"} {
		if !(&SAMLOptions{}).accepts(url) {
			t.Error(url)
		}
	}
}

func TestECDSA(t *testing.T) {
	p := newIDP(t)
	p.key = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	p.cert = selfSigned(t, "idp", p.now, p.key)
	doc := p.signedWith(p.template(), "/samlp:Response", dsig.ECDSASHA256SignatureMethod,
		dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""))
	if _, err := p.metadata().Verify(encode(doc), p.options()); err != nil {
		t.Fatal(err)
	}
}

// The dates of a certificate mean nothing in metadata; the document's own do.
func TestMetadataValidity(t *testing.T) {
	p := newIDP(t)
	p.cert = selfSigned(t, "idp", p.now.Add(-1000*time.Hour), p.key)
	m := p.metadata()
	if _, err := m.Verify(p.response(), p.options()); err != nil {
		t.Fatal(err)
	}
	m.ValidUntil = p.now
	_, err := m.Verify(p.response(), p.options())
	wantError(t, err, ErrInvalidToken, "")
}

func TestParseMetadata(t *testing.T) {
	p := newIDP(t)
	good := p.document()
	m, err := ParseMetadata([]byte(strings.Replace(good, "entityID=", `validUntil="2030-01-02T03:04:05Z" entityID=`, 1)))
	if err != nil || m.EntityID != entityID || !m.ValidUntil.Equal(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Fatalf("%+v, %v", m, err)
	}
	if m, err := ParseMetadata([]byte(strings.Replace(good, `use="signing"`, "", 1))); err != nil || len(m.certificates) != 1 {
		t.Fatalf("%+v, %v", m, err)
	}
	key := good[strings.Index(good, "<md:KeyDescriptor") : strings.Index(good, "</md:KeyDescriptor>")+len("</md:KeyDescriptor>")]
	for name, doc := range map[string]string{
		"empty":           "",
		"no XML":          "hello",
		"another root":    strings.ReplaceAll(good, "EntityDescriptor", "EntitiesDescriptor"),
		"no entity":       strings.Replace(good, "entityID", "id", 1),
		"service":         strings.ReplaceAll(good, "IDPSSODescriptor", "SPSSODescriptor"),
		"encryption only": strings.Replace(good, "signing", "encryption", 1),
		"broken":          strings.Replace(good, "<ds:X509Certificate>", "<ds:X509Certificate>AAAA", 1),
		"date":            strings.Replace(good, "entityID=", `validUntil="never" entityID=`, 1),
		"many":            strings.Replace(good, key, strings.Repeat(key, maxCertificates+1), 1),
		"document type":   strings.Replace(good, "<md:Entity", `<!DOCTYPE x [<!ENTITY e "x">]><md:Entity`, 1),
		"byte order mark": "\ufeff" + good,
		"long":            good + strings.Repeat(" ", maxMetadata),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMetadata([]byte(doc))
			wantError(t, err, ErrInvalidMetadata, "Could not parse metadata")
		})
	}
}
