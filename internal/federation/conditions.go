package federation

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
)

const (
	bearer       = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	formatPrefix = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
)

// expected is what an assertion is checked against.
type expected struct {
	now time.Time
	// audience and recipient say whether a name is one of this service, and a URL where its responses go.
	audience, recipient func(string) bool
	// request is the id of the request that a response has to be to; nil if that is not looked at, "" if to none.
	request *string
}

// check reads all of a verified assertion but its attributes, and says whether it holds here and now.
func (m *Metadata) check(assertion *etree.Element, o expected) (*Assertion, error) {
	a := &Assertion{ID: assertion.SelectAttrValue("ID", ""), Issuer: text(child(assertion, nsAssertion, "Issuer"))}
	if a.Issuer != m.EntityID {
		return nil, invalid("Issuer not present in specified provider", nil)
	}
	if v := assertion.SelectAttrValue("Version", ""); v != "2.0" {
		return nil, malformed("version " + v)
	}
	var err error
	if a.IssuedAt, err = timeOf(assertion, "IssueInstant"); err != nil || a.IssuedAt.IsZero() {
		return nil, malformed("IssueInstant")
	}
	switch {
	case o.now.Sub(a.IssuedAt) > redeemWithin:
		return nil, &Error{Kind: ErrExpired, Message: "Token must be redeemed within 5 minutes of issuance"}
	case a.IssuedAt.Sub(o.now) > maxSkew:
		return nil, notYet
	}
	if err := checkConditions(assertion, o); err != nil {
		return nil, err
	}
	if err := a.readSubject(assertion, o); err != nil {
		return nil, err
	}
	for _, statement := range children(assertion, nsAssertion, "AuthnStatement") {
		end, err := timeOf(statement, "SessionNotOnOrAfter")
		if err != nil {
			return nil, malformed("SessionNotOnOrAfter")
		}
		if !end.IsZero() && (a.SessionNotOnOrAfter.IsZero() || end.Before(a.SessionNotOnOrAfter)) {
			a.SessionNotOnOrAfter = end
		}
	}
	if !a.SessionNotOnOrAfter.IsZero() && !o.now.Before(a.SessionNotOnOrAfter) {
		return nil, late
	}
	return a, nil
}

var (
	notYet = invalid("The SAML assertion is not valid yet", nil)
	late   = &Error{Kind: ErrExpired, Message: "The SAML assertion has expired"}
)

func malformed(what string) *Error { return invalid("Invalid SAML response", errors.New(what)) }

// checkWindow checks NotBefore and NotOnOrAfter of el.
func checkWindow(el *etree.Element, now time.Time) error {
	from, err := timeOf(el, "NotBefore")
	if err != nil {
		return malformed("NotBefore")
	}
	until, err := timeOf(el, "NotOnOrAfter")
	if err != nil {
		return malformed("NotOnOrAfter")
	}
	if now.Add(maxSkew).Before(from) {
		return notYet
	}
	if !until.IsZero() && !now.Add(-maxSkew).Before(until) {
		return late
	}
	return nil
}

// checkConditions wants this service among the audience of each AudienceRestriction, of which there is one at least
// (SAML 2.0 Core, section 2.5.1). It refuses conditions that it does not know.
func checkConditions(assertion *etree.Element, o expected) error {
	conditions := child(assertion, nsAssertion, "Conditions")
	if conditions == nil {
		return malformed("no Conditions, or more than one")
	}
	if err := checkWindow(conditions, o.now); err != nil {
		return err
	}
	restricted := false
	for _, c := range conditions.ChildElements() {
		switch {
		case is(c, nsAssertion, "AudienceRestriction"):
			restricted = true
			if !slices.ContainsFunc(children(c, nsAssertion, "Audience"), func(el *etree.Element) bool {
				return o.audience(text(el))
			}) {
				return wrongAudience
			}
		case is(c, nsAssertion, "OneTimeUse"), is(c, nsAssertion, "ProxyRestriction"):
			// Neither restricts who may be let in: see Metadata.Verify for the first.
		default:
			return malformed("unknown condition " + c.Tag)
		}
	}
	if !restricted {
		return wrongAudience
	}
	return nil
}

var wrongAudience = invalid("Response does not contain the required audience", nil)

// readSubject wants one bearer confirmation with a recipient and an end, as the page "Configure SAML assertions for
// the authentication response" does.
func (a *Assertion) readSubject(assertion *etree.Element, o expected) error {
	subject := child(assertion, nsAssertion, "Subject")
	if subject == nil {
		return malformed("no Subject, or more than one")
	}
	if len(children(subject, nsAssertion, "EncryptedID")) > 0 {
		return invalid("Encrypted SAML assertions are not supported", nil)
	}
	id := child(subject, nsAssertion, "NameID")
	if a.Subject = text(id); a.Subject == "" {
		return invalid("The SAML response must contain a Subject with a NameID", nil)
	}
	a.SubjectType = id.SelectAttrValue("Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
	if short := strings.TrimPrefix(a.SubjectType, formatPrefix); short == "persistent" || short == "transient" {
		a.SubjectType = short
	}
	confirmation := child(subject, nsAssertion, "SubjectConfirmation")
	data := child(confirmation, nsAssertion, "SubjectConfirmationData")
	if data == nil || confirmation.SelectAttrValue("Method", "") != bearer ||
		data.SelectAttrValue("NotOnOrAfter", "") == "" {
		return malformed("no single bearer SubjectConfirmation with NotOnOrAfter")
	}
	if a.Recipient = data.SelectAttrValue("Recipient", ""); !o.recipient(a.Recipient) {
		return invalid("The SAML response's Recipient is not an endpoint of this service", nil)
	}
	if o.request != nil && data.SelectAttrValue("InResponseTo", "") != *o.request {
		return wrongRequest
	}
	return checkWindow(data, o.now)
}

var wrongRequest = invalid("The SAML response is not to a request of this browser", nil)

// awsAudience matches the name of AWS as a service provider, alone or with that of a partition's region.
var awsAudience = regexp.MustCompile(`^urn:amazon:webservices(:[a-z0-9-]+)?$`)

// awsSignIn matches AWS's sign-in hosts: the global one, the regional ones, and those of the other partitions.
var awsSignIn = regexp.MustCompile(`^([a-z0-9-]+\.)?signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$`)

func (o *SAMLOptions) expected() expected {
	return expected{now: o.Now, recipient: o.accepts,
		audience: func(name string) bool { return o.accepts(name) || awsAudience.MatchString(name) }}
}

// accepts says whether a URL is an endpoint that SAML responses for us are sent to.
func (o *SAMLOptions) accepts(endpoint string) bool {
	if slices.Contains(o.Endpoints, endpoint) {
		return true
	}
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == "https" && u.User == nil && u.RawQuery == "" && u.Fragment == "" &&
		awsSignIn.MatchString(u.Host) && (u.Path == "/saml" || u.Path == "/static/saml")
}
