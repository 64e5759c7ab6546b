package identity

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// idp is a SAML 2.0 identity provider: its metadata, and responses with an assertion that it signs.
type idp struct {
	entity, name string // its own name and IAM's
	key          *rsa.PrivateKey
	cert         []byte
}

func newIDP(t *testing.T) idp {
	t.Helper()
	key := rsaKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, "make a certificate", err)
	name := named(t, "idp")
	return idp{"https://idp.example.com/" + name, name, key, cert}
}

func (p idp) metadata() string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + p.entity + `">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(p.cert) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="` + p.entity + `/sso"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + p.entity + `/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`
}

func (p idp) arn() string { return "arn:aws:iam::" + account + ":saml-provider/" + p.name }

// register makes IAM know the provider.
func (p idp) register(t *testing.T) {
	t.Helper()
	metadata := p.metadata()
	out, err := admin().CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: &p.name, SAMLMetadataDocument: &metadata})
	must(t, "create SAML provider", err)
	if *out.SAMLProviderArn != p.arn() {
		t.Errorf("provider %s, want %s", *out.SAMLProviderArn, p.arn())
	}
}

// trusting is a trust policy's statement for the provider.
func (p idp) trusting(actions, condition string) string {
	s := `{"Effect":"Allow","Principal":{"Federated":"` + p.arn() + `"},"Action":["` + strings.Join(strings.Fields(actions), `","`) + `"]`
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}

// assertion is what a response says; its zero value is completed by response.
type assertion struct {
	issuer, subject, audience, recipient string
	roles                                []string            // each "role,provider"
	session                              string              // RoleSessionName
	attributes                           map[string][]string // further ones
	valid                                time.Duration       // from now until NotOnOrAfter; 0 is five minutes
}

// response is a signed response in base64.
func (p idp) response(t *testing.T, a assertion) string {
	t.Helper()
	return p.responseSignedBy(t, a, p.key, nil)
}

// responseSignedBy signs with another key, and lets tamper change the response after that.
func (p idp) responseSignedBy(t *testing.T, a assertion, key crypto.Signer, tamper func(*etree.Element)) string {
	t.Helper()
	signing, err := dsig.NewSigningContext(key, [][]byte{p.cert})
	must(t, "make a signing context", err)
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signedAssertion := p.assertion(t, a)
	signature, err := signing.ConstructSignature(signedAssertion, true)
	must(t, "sign", err)
	signedAssertion.InsertChildAt(1, signature) // the schema has it after the issuer

	doc := etree.NewDocument()
	r := doc.CreateElement("samlp:Response")
	r.CreateAttr("xmlns:samlp", "urn:oasis:names:tc:SAML:2.0:protocol")
	r.CreateAttr("xmlns:saml", "urn:oasis:names:tc:SAML:2.0:assertion")
	r.CreateAttr("ID", "_response")
	r.CreateAttr("Version", "2.0")
	r.CreateAttr("IssueInstant", stamp(0))
	r.CreateAttr("Destination", orElse(a.recipient, signIn))
	r.CreateElement("saml:Issuer").SetText(orElse(a.issuer, p.entity))
	r.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	r.AddChild(signedAssertion)
	if tamper != nil {
		tamper(r)
	}
	var out bytes.Buffer
	_, err = doc.WriteTo(&out)
	must(t, "write the response", err)
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

const (
	signIn   = "https://signin.aws.amazon.com/saml"
	roleURI  = "https://aws.amazon.com/SAML/Attributes/Role"
	nameURI  = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"
	tagURI   = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:"
	transURI = "https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"
	sourceID = "https://aws.amazon.com/SAML/Attributes/SourceIdentity"
	lastsURI = "https://aws.amazon.com/SAML/Attributes/SessionDuration"
)

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func stamp(after time.Duration) string {
	return time.Now().Add(after).UTC().Format("2006-01-02T15:04:05.000Z")
}

func (p idp) assertion(t *testing.T, a assertion) *etree.Element {
	t.Helper()
	valid := a.valid
	if valid == 0 {
		valid = 5 * time.Minute
	}
	issued := min(0, valid-5*time.Minute)
	attributes := map[string][]string{roleURI: a.roles, nameURI: {orElse(a.session, "alice")}}
	for name, values := range a.attributes {
		attributes[name] = values
	}
	var statement strings.Builder
	for name, values := range attributes {
		fmt.Fprintf(&statement, `<saml:Attribute Name=%q>`, name)
		for _, v := range values {
			fmt.Fprintf(&statement, `<saml:AttributeValue>%s</saml:AttributeValue>`, v)
		}
		statement.WriteString(`</saml:Attribute>`)
	}
	text := `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0" IssueInstant="` + stamp(issued) + `">` +
		`<saml:Issuer>` + orElse(a.issuer, p.entity) + `</saml:Issuer>` +
		`<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">` + orElse(a.subject, "alice-subject") + `</saml:NameID>` +
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="` + stamp(valid) +
		`" Recipient="` + orElse(a.recipient, signIn) + `"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="` + stamp(issued-time.Minute) + `" NotOnOrAfter="` + stamp(valid) + `"><saml:AudienceRestriction><saml:Audience>` +
		orElse(a.audience, "urn:amazon:webservices") + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
		`<saml:AuthnStatement AuthnInstant="` + stamp(issued) + `" SessionIndex="_session"><saml:AuthnContext><saml:AuthnContextClassRef>` +
		`urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
		`<saml:AttributeStatement>` + statement.String() + `</saml:AttributeStatement></saml:Assertion>`
	doc := etree.NewDocument()
	must(t, "parse the assertion", doc.ReadFromString(text))
	return doc.Root()
}
