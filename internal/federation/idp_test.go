package federation

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// certificate is one that signed itself, valid for a day.
func certificate(t testing.TB, host string, now time.Time) *x509.Certificate {
	return selfSigned(t, host, now, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
}

func selfSigned(t testing.TB, host string, now time.Time, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host},
		DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return must(x509.ParseCertificate(der))
}

const entityID = "https://idp.example.com/saml"

// idp is a SAML identity provider. Its responses are templates: a test changes the text, then signs.
type idp struct {
	t    testing.TB
	now  time.Time
	key  crypto.Signer
	cert *x509.Certificate
}

func newIDP(t testing.TB) *idp {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &idp{t: t, now: now, key: rsaKey(), cert: selfSigned(t, "idp", now, rsaKey())}
}

func (p *idp) document() string {
	return fmt.Sprintf(`<?xml version="1.0"?><md:EntityDescriptor xmlns:md="%s" entityID="%s">`+
		`<md:IDPSSODescriptor protocolSupportEnumeration="%s"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="%s">`+
		`<ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`+
		`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s"/>`+
		`</md:IDPSSODescriptor></md:EntityDescriptor>`, nsMetadata, entityID, nsProtocol, nsSignature,
		base64.StdEncoding.EncodeToString(p.cert.Raw), entityID)
}

func (p *idp) metadata() *Metadata {
	p.t.Helper()
	m, err := ParseMetadata([]byte(p.document()))
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *idp) options() SAMLOptions { return SAMLOptions{Now: p.now} }

// template is a response that, signed, is good.
func (p *idp) template() string {
	at := func(d time.Duration) string { return p.now.Add(d).Format(time.RFC3339) }
	return `<samlp:Response xmlns:samlp="` + nsProtocol + `" xmlns:saml="` + nsAssertion + `" ` +
		`xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
		`ID="_response" Version="2.0" IssueInstant="` + at(0) + `" Destination="https://signin.aws.amazon.com/saml">` +
		`<saml:Issuer>` + entityID + `</saml:Issuer>` +
		`<samlp:Status><samlp:StatusCode Value="` + statusSuccess + `"/></samlp:Status>` +
		`<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="` + at(0) + `">` +
		`<saml:Issuer>` + entityID + `</saml:Issuer>` +
		`<saml:Subject><saml:NameID Format="` + formatPrefix + `persistent">alice</saml:NameID>` +
		`<saml:SubjectConfirmation Method="` + bearer + `"><saml:SubjectConfirmationData NotOnOrAfter="` + at(5*time.Minute) +
		`" Recipient="https://signin.aws.amazon.com/saml"/></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="` + at(-time.Minute) + `" NotOnOrAfter="` + at(10*time.Minute) + `">` +
		`<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
		`<saml:AuthnStatement AuthnInstant="` + at(0) + `" SessionNotOnOrAfter="` + at(8*time.Hour) + `"/>` +
		`<saml:AttributeStatement>` +
		attribute(awsAttribute+"Role", "arn:aws:iam::123456789012:role/dev,arn:aws:iam::123456789012:saml-provider/idp",
			" arn:aws:iam::123456789012:saml-provider/idp , arn:aws:iam::123456789012:role/path/ops", "nonsense") +
		attribute(awsAttribute+"RoleSessionName", "alice@example.com") +
		attribute(awsAttribute+"SessionDuration", "1800") +
		attribute(awsAttribute+"SourceIdentity", "alice") +
		attribute(awsAttribute+"PrincipalTag:Team", "blue") +
		attribute(awsAttribute+"TransitiveTagKeys", "Team") +
		attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "staff", "member") +
		attribute("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "alice@example.com") +
		attribute("0.9.2342.19200300100.1.3", "second@example.com") +
		`</saml:AttributeStatement></saml:Assertion></samlp:Response>`
}

func attribute(name string, values ...string) string {
	s := `<saml:Attribute Name="` + name + `">`
	for _, v := range values {
		s += `<saml:AttributeValue xsi:type="xs:string">` + v + `</saml:AttributeValue>`
	}
	return s + `</saml:Attribute>`
}

// signed signs the element at path (an etree path from the document), in place.
func (p *idp) signed(doc, path string) string {
	p.t.Helper()
	return p.signedWith(doc, path, dsig.RSASHA256SignatureMethod, dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""))
}

func (p *idp) signedWith(doc, path, method string, c dsig.Canonicalizer) string {
	p.t.Helper()
	tree := etree.NewDocument()
	if err := tree.ReadFromString(doc); err != nil {
		p.t.Fatal(err)
	}
	el := tree.FindElement(path)
	if el == nil {
		p.t.Fatalf("nothing at %s", path)
	}
	context := must(dsig.NewSigningContext(p.key, [][]byte{p.cert.Raw}))
	context.Canonicalizer = c
	if err := context.SetSignatureMethod(method); err != nil {
		p.t.Fatal(err)
	}
	// What is signed stands alone, with the namespaces that it uses.
	alone := el.Copy()
	for _, a := range tree.Root().Attr {
		if a.Space == "xmlns" && el != tree.Root() {
			alone.CreateAttr("xmlns:"+a.Key, a.Value)
		}
	}
	sig, err := context.ConstructSignature(alone, true)
	if err != nil {
		p.t.Fatal(err)
	}
	el.InsertChildAt(1, sig) // after the Issuer
	return must(tree.WriteToString())
}

// response is the template, changed by old-new pairs, with a signed assertion.
func (p *idp) response(changes ...string) string {
	p.t.Helper()
	return encode(p.signed(p.changed(changes...), "/samlp:Response/saml:Assertion"))
}

func (p *idp) changed(changes ...string) string {
	p.t.Helper()
	doc := p.template()
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(doc, changes[i]) {
			p.t.Fatalf("nothing to change: %s", changes[i])
		}
		doc = strings.ReplaceAll(doc, changes[i], changes[i+1])
	}
	return doc
}

func encode(doc string) string { return base64.StdEncoding.EncodeToString([]byte(doc)) }
