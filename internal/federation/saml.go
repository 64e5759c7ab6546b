package federation

import (
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

const (
	// maxAssertion is the longest SAMLAssertion that STS takes, in bytes of base64.
	maxAssertion = 100_000
	// redeemWithin is how long after its issuance an assertion is accepted ("Troubleshoot SAML federation with IAM" and
	// AWS's own message).
	redeemWithin = 5 * time.Minute
)

const statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"

// SAMLOptions are what an assertion is checked against.
type SAMLOptions struct {
	Now time.Time
	// Endpoints are URLs of this server that a provider may name as recipient and audience, besides those of AWS: a
	// provider that is configured for AWS works unchanged.
	Endpoints []string
}

// Assertion is what a verified SAML response says.
type Assertion struct {
	ID          string // of the assertion, which whoever takes one only once remembers
	Issuer      string
	Subject     string // the NameID
	SubjectType string // its format: persistent, transient, or a URI; the condition key saml:sub_type
	Recipient   string // the condition key saml:aud, and Audience in the answer of AssumeRoleWithSAML
	IssuedAt    time.Time
	// SessionNotOnOrAfter is when the user's session at the provider ends; zero if it does not say.
	SessionNotOnOrAfter time.Time

	Roles             []RolePair
	RoleSessionName   string
	SessionDuration   time.Duration // zero if it does not say
	Tags              map[string]string
	TransitiveTagKeys []string
	SourceIdentity    string

	keys map[string][]string // condition keys from attributes, in lower case
}

// RolePair is a role that the provider gives the user, and the SAML provider in IAM that it is given through.
type RolePair struct{ RoleARN, ProviderARN string }

// Verify returns what a SAMLAssertion parameter says: a Response in base64, itself signed or with a signed assertion in
// it, by one of the certificates of m, for this service, and valid now. The error is an [*Error].
//
// Within the five minutes an assertion may be used again, as on AWS: tools assume several roles with one.
func (m *Metadata) Verify(response string, o SAMLOptions) (*Assertion, error) {
	root, err := m.parse(response, o.Now)
	if err != nil {
		return nil, err
	}
	signed, err := m.assertion(root, nil)
	if err != nil {
		return nil, err
	}
	a, err := m.check(signed, o.expected())
	if err != nil {
		return nil, err
	}
	if err := a.readAttributes(signed); err != nil {
		return nil, err
	}
	return a, nil
}

// parse reads a response of a provider whose metadata are valid still.
func (m *Metadata) parse(response string, now time.Time) (*etree.Element, error) {
	root, err := parseResponse(response)
	if err != nil {
		return nil, invalid("Invalid SAML response", err)
	}
	if !m.ValidUntil.IsZero() && !now.Before(m.ValidUntil) {
		return nil, invalid("The SAML provider's metadata has expired", nil)
	}
	return root, nil
}

func parseResponse(response string) (*etree.Element, error) {
	if len(response) > maxAssertion {
		return nil, errors.New("too long")
	}
	doc, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		return nil, err
	}
	root, err := parseXML(doc)
	if err != nil {
		return nil, err
	}
	if !is(root, nsProtocol, "Response") {
		return nil, errors.New("the root is no Response")
	}
	return root, nil
}

// assertion returns the one assertion of a response, verified. If the response is signed, that signature counts and
// covers the assertion; else the assertion has one of its own. An encrypted one is read with one of the keys; without keys it is
// refused.
func (m *Metadata) assertion(response *etree.Element, keys []*rsa.PrivateKey) (*etree.Element, error) {
	whole, err := verified(response, m.certificates)
	switch {
	case err == nil:
		response = whole
	case !errors.Is(err, errUnsigned):
		return nil, invalid("Response signature invalid", err)
	}
	if err := checkStatus(response); err != nil {
		return nil, err
	}
	encrypted := children(response, nsAssertion, "EncryptedAssertion")
	if len(encrypted) > 0 && keys == nil {
		return nil, invalid("Encrypted SAML assertions are not supported", nil)
	}
	assertion := child(response, nsAssertion, "Assertion")
	if len(encrypted) > 0 {
		if assertion, err = decrypted(response, keys); err != nil {
			return nil, invalid(undecryptable, err)
		}
	}
	if assertion == nil {
		return nil, invalid("A SAML response must have exactly one assertion", nil)
	}
	if whole != nil {
		return assertion, nil
	}
	if assertion, err = verified(assertion, m.certificates); err != nil {
		return nil, invalid("Response signature invalid", err)
	}
	if !is(assertion, nsAssertion, "Assertion") {
		return nil, invalid("Response signature invalid", errors.New("what is signed is no assertion"))
	}
	return assertion, nil
}

// checkStatus makes an answer of no into one. It may be unsigned: a forged yes comes without a signed assertion.
func checkStatus(response *etree.Element) error {
	code := child(child(response, nsProtocol, "Status"), nsProtocol, "StatusCode")
	if code == nil {
		return invalid("Invalid SAML response", errors.New("no Status"))
	}
	if status := code.SelectAttrValue("Value", ""); status != statusSuccess {
		return &Error{Kind: ErrRejected, Message: "The identity provider did not authenticate the user",
			cause: fmt.Errorf("status %q", status)}
	}
	return nil
}

// NameQualifier is NameQualifier in the answer of AssumeRoleWithSAML, and the condition key saml:namequalifier. With
// the subject it identifies a user. The account is that of the provider in IAM, the name the last part of its ARN.
func (a *Assertion) NameQualifier(account, provider string) string {
	sum := sha1.Sum([]byte(a.Issuer + account + "/" + provider))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// ConditionKeys are the values of the condition keys of "Available keys for SAML-based AWS STS federation" (IAM User
// Guide), by key in lower case, saml: included. Its arguments are those of NameQualifier.
func (a *Assertion) ConditionKeys(account, provider string) map[string][]string {
	keys := map[string][]string{
		"saml:aud":           {a.Recipient},
		"saml:iss":           {a.Issuer},
		"saml:sub":           {a.Subject},
		"saml:sub_type":      {a.SubjectType},
		"saml:doc":           {account + "/" + provider},
		"saml:namequalifier": {a.NameQualifier(account, provider)},
	}
	for key, values := range a.keys {
		keys["saml:"+key] = values
	}
	return keys
}

// PeekSAML returns the roles that a response says it gives, for finding the provider. It proves nothing.
func PeekSAML(response string) ([]RolePair, error) {
	root, err := parseResponse(response)
	if err != nil {
		return nil, invalid("Invalid SAML response", err)
	}
	var roles []RolePair
	for _, statement := range children(child(root, nsAssertion, "Assertion"), nsAssertion, "AttributeStatement") {
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			if attribute.SelectAttrValue("Name", "") != awsAttribute+"Role" {
				continue
			}
			for _, v := range children(attribute, nsAssertion, "AttributeValue") {
				if pair, ok := rolePair(text(v)); ok {
					roles = append(roles, pair)
				}
			}
		}
	}
	return roles, nil
}
