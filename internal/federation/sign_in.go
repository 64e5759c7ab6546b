package federation

import (
	"crypto/rsa"
	"errors"
	"slices"
	"time"

	"github.com/beevik/etree"
)

// ServiceProvider is what this server is to SAML providers that sign people in to it, and not to AWS: what they send is checked against
// that.
type ServiceProvider struct {
	// EntityID is its name, which is the audience.
	EntityID string
	// ACS and SLO are the URLs where it takes responses, and requests and answers of single log-out.
	ACS, SLO string
	// Keys read encrypted assertions.
	Keys []*rsa.PrivateKey
}

// SignedIn is what a verified response says of a person.
type SignedIn struct {
	// ID is that of the assertion. It is good once: whoever takes it remembers it until Until.
	ID    string
	Until time.Time

	// SubjectFormat is persistent, transient, or a URI. The qualifiers are those of the NameID, "" if it has none.
	Issuer, Subject, SubjectFormat string
	Qualifier, SPQualifier         string
	// SessionIndex is the session at the provider, which single log-out names; "" if it does not say.
	SessionIndex string
	// SessionNotOnOrAfter is when that ends; zero if it does not say.
	SessionNotOnOrAfter time.Time
	// MFA says that the provider says that the person has shown more than a password.
	MFA bool
	// Attributes are the values of attributes by name, and by friendly name where no other has that name.
	Attributes map[string][]string
}

// maxAttributes bounds the values of all attributes of an assertion.
const maxAttributes = 10_000

const multipleAuthn = "http://schemas.microsoft.com/claims/multipleauthn"

// mfaContexts are the authentication contexts that stand for more than a password: REFEDS', Microsoft's, and those of SAML 2.0
// Authentication Context.
var mfaContexts = []string{"https://refeds.org/profile/mfa", multipleAuthn,
	"urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
	"urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"}

// SignIn returns whom a SAMLResponse says that the provider has signed in, for the request of an id; "" if the provider may begin by
// itself. What is signed has to be the response or the assertion, encrypted or not. The error is an [*Error].
func (m *Metadata) SignIn(response string, p *ServiceProvider, request string, now time.Time) (*SignedIn, error) {
	root, err := m.parse(response, now)
	if err != nil {
		return nil, err
	}
	// All of it is in the assertion too, whose signature is looked at. These only keep a mix-up from going on.
	if issuer := child(root, nsAssertion, "Issuer"); issuer != nil && text(issuer) != m.EntityID {
		return nil, invalid("Issuer not present in specified provider", nil)
	}
	signed := len(children(root, nsSignature, "Signature")) > 0
	if to := root.SelectAttrValue("Destination", ""); to != p.ACS && (to != "" || signed) {
		return nil, invalid("The SAML response's Destination is not this service", nil)
	}
	if root.SelectAttrValue("InResponseTo", request) != request {
		return nil, wrongRequest
	}
	assertion, err := m.assertion(root, p.Keys)
	if err != nil {
		return nil, err
	}
	a, err := m.check(assertion, expected{now: now, request: &request,
		audience:  func(name string) bool { return name == p.EntityID },
		recipient: func(url string) bool { return url == p.ACS }})
	if err != nil {
		return nil, err
	}
	s := &SignedIn{ID: assertion.SelectAttrValue("ID", ""), Until: a.IssuedAt.Add(redeemWithin + maxSkew),
		Issuer: a.Issuer, Subject: a.Subject, SubjectFormat: a.SubjectType, SessionNotOnOrAfter: a.SessionNotOnOrAfter}
	if s.ID == "" {
		return nil, malformed("no ID")
	}
	id := child(child(assertion, nsAssertion, "Subject"), nsAssertion, "NameID")
	s.Qualifier, s.SPQualifier = id.SelectAttrValue("NameQualifier", ""), id.SelectAttrValue("SPNameQualifier", "")
	statements := children(assertion, nsAssertion, "AuthnStatement")
	if len(statements) == 0 { // SAML 2.0 Profiles, section 4.1.4.2
		return nil, malformed("no AuthnStatement")
	}
	for _, statement := range statements {
		if index := statement.SelectAttrValue("SessionIndex", ""); index != "" {
			s.SessionIndex = index
		}
		class := text(child(child(statement, nsAssertion, "AuthnContext"), nsAssertion, "AuthnContextClassRef"))
		s.MFA = s.MFA || slices.Contains(mfaContexts, class)
	}
	return s, s.readAttributes(assertion)
}

func (s *SignedIn) readAttributes(assertion *etree.Element) error {
	s.Attributes = make(map[string][]string)
	friendly := make(map[string][]string)
	n := 0
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		if len(children(statement, nsAssertion, "EncryptedAttribute")) > 0 {
			return invalid("Encrypted SAML attributes are not supported", nil)
		}
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			name, short := attribute.SelectAttrValue("Name", ""), attribute.SelectAttrValue("FriendlyName", "")
			for _, el := range children(attribute, nsAssertion, "AttributeValue") {
				if n++; n > maxAttributes {
					return invalid("Invalid SAML response", errors.New("too many attributes"))
				}
				value := text(el)
				s.Attributes[name] = append(s.Attributes[name], value)
				if short != "" && short != name {
					friendly[short] = append(friendly[short], value)
				}
				// Microsoft Entra says it in an attribute.
				if value == multipleAuthn && name == "http://schemas.microsoft.com/claims/authnmethodsreferences" {
					s.MFA = true
				}
			}
		}
	}
	for name, values := range friendly {
		if _, ok := s.Attributes[name]; !ok {
			s.Attributes[name] = values
		}
	}
	return nil
}
