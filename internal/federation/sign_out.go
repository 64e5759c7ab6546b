package federation

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// SignOut is a verified message of single log-out: a request of the provider to end sessions, or its answer to one of ours.
type SignOut struct {
	// Request says that it is a request.
	Request bool
	ID      string
	// Until is until when a request can be sent again, so that it has to be remembered.
	Until time.Time
	// Subject is whose sessions end, and SessionIndexes which ones, all if there are none. They are of requests.
	Subject        string
	SessionIndexes []string
	// InResponseTo is the id of the request of ours that an answer is to, and Success what it says.
	InResponseTo string
	Success      bool
}

// maxIndexes bounds the sessions that a request names.
const maxIndexes = 1000

// SignOut returns what a message says that came by HTTP POST. The message itself has to be signed. The error is an [*Error].
func (m *Metadata) SignOut(message string, p *ServiceProvider, now time.Time) (*SignOut, error) {
	if len(message) > maxAssertion {
		return nil, invalid(badSignOut, errors.New("too long"))
	}
	doc, err := base64.StdEncoding.DecodeString(message)
	if err != nil {
		return nil, invalid(badSignOut, err)
	}
	root, err := parseXML(doc)
	if err != nil {
		return nil, invalid(badSignOut, err)
	}
	if root, err = verified(root, m.certificates); err != nil {
		return nil, invalid(badSignOut, err)
	}
	return m.readSignOut(root, p, now)
}

const badSignOut = "Invalid SAML message"

// SignOutRedirected is SignOut for a message that came by HTTP redirect, in the query of a URL. Its signature is in the query, too, over
// the very bytes of the parts that are signed (SAML 2.0 Bindings, section 3.4.4.1).
func (m *Metadata) SignOutRedirected(rawQuery string, p *ServiceProvider, now time.Time) (*SignOut, error) {
	if len(rawQuery) > maxAssertion {
		return nil, invalid(badSignOut, errors.New("too long"))
	}
	parts := make(map[string]string)
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if _, twice := parts[name]; twice {
			return nil, invalid(badSignOut, fmt.Errorf("%s comes twice", name))
		}
		parts[name] = value
	}
	name := "SAMLRequest"
	if _, ok := parts[name]; !ok {
		name = "SAMLResponse"
	} else if _, both := parts["SAMLResponse"]; both {
		return nil, invalid(badSignOut, errors.New("a request and a response"))
	}
	signed := name + "=" + parts[name]
	if state, ok := parts["RelayState"]; ok {
		signed += "&RelayState=" + state
	}
	signed += "&SigAlg=" + parts["SigAlg"]
	if err := m.verifyDetached(signed, parts["SigAlg"], parts["Signature"]); err != nil {
		return nil, invalid(badSignOut, err)
	}
	root, err := inflate(parts[name])
	if err != nil {
		return nil, invalid(badSignOut, err)
	}
	return m.readSignOut(root, p, now)
}

// detached are the algorithms of signatures in queries, by their names.
var detached = map[string]crypto.Hash{
	dsig.RSASHA256SignatureMethod: crypto.SHA256, dsig.RSASHA384SignatureMethod: crypto.SHA384, dsig.RSASHA512SignatureMethod: crypto.SHA512,
	dsig.ECDSASHA256SignatureMethod: crypto.SHA256, dsig.ECDSASHA384SignatureMethod: crypto.SHA384, dsig.ECDSASHA512SignatureMethod: crypto.SHA512,
}

func (m *Metadata) verifyDetached(signed, algorithm, signature string) error {
	name, err := url.QueryUnescape(algorithm)
	if err != nil {
		return err
	}
	digest, ok := detached[name]
	if !ok {
		return fmt.Errorf("signature method %q is not accepted", name)
	}
	text, err := url.QueryUnescape(signature)
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	h := digest.New()
	h.Write([]byte(signed))
	sum := h.Sum(nil)
	for _, cert := range m.certificates {
		if verifies(cert, name, digest, sum, sig) {
			return nil
		}
	}
	return errors.New("the signature is not the provider's")
}

func verifies(cert *x509.Certificate, method string, digest crypto.Hash, sum, sig []byte) bool {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return strings.Contains(method, "#rsa-") && rsa.VerifyPKCS1v15(key, digest, sum, sig) == nil
	case *ecdsa.PublicKey:
		return strings.Contains(method, "#ecdsa-") && ecdsa.VerifyASN1(key, sum, sig)
	}
	return false
}

// inflate reads a message of the redirect binding.
func inflate(escaped string) (*etree.Element, error) {
	text, err := url.QueryUnescape(escaped)
	if err != nil {
		return nil, err
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	doc, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxAssertion+1))
	if err != nil {
		return nil, err
	}
	if len(doc) > maxAssertion {
		return nil, errors.New("too long")
	}
	return parseXML(doc)
}

// readSignOut reads a verified message.
func (m *Metadata) readSignOut(root *etree.Element, p *ServiceProvider, now time.Time) (*SignOut, error) {
	issued, err := timeOf(root, "IssueInstant")
	s := &SignOut{Request: is(root, nsProtocol, "LogoutRequest"), ID: root.SelectAttrValue("ID", ""), Until: issued.Add(redeemWithin + maxSkew)}
	switch {
	case !s.Request && !is(root, nsProtocol, "LogoutResponse"):
		return nil, invalid(badSignOut, errors.New("no message of single log-out"))
	case text(child(root, nsAssertion, "Issuer")) != m.EntityID:
		return nil, invalid("Issuer not present in specified provider", nil)
	case root.SelectAttrValue("Destination", "") != p.SLO:
		return nil, invalid("The SAML message's Destination is not this service", nil)
	case s.ID == "" || err != nil || issued.IsZero():
		return nil, malformed("ID or IssueInstant")
	case now.Sub(issued) > redeemWithin:
		return nil, late
	case issued.Sub(now) > maxSkew:
		return nil, notYet
	}
	if err := checkWindow(root, now); err != nil {
		return nil, err
	}
	if !s.Request {
		s.InResponseTo = root.SelectAttrValue("InResponseTo", "")
		code := child(child(root, nsProtocol, "Status"), nsProtocol, "StatusCode")
		s.Success = code != nil && code.SelectAttrValue("Value", "") == statusSuccess
		return s, nil
	}
	if s.Subject = text(child(root, nsAssertion, "NameID")); s.Subject == "" {
		return nil, invalid("The SAML request must contain a NameID", nil)
	}
	for _, el := range children(root, nsProtocol, "SessionIndex") {
		if s.SessionIndexes = append(s.SessionIndexes, text(el)); len(s.SessionIndexes) > maxIndexes {
			return nil, malformed("too many SessionIndex")
		}
	}
	return s, nil
}
