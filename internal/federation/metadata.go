package federation

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
)

const (
	// maxMetadata is the longest SAMLMetadataDocument of CreateSAMLProvider, in bytes.
	maxMetadata = 10_000_000
	// maxCertificates bounds the signing certificates of a provider: each is tried with each signature.
	maxCertificates = 20
	// minSAMLBits is from the page "Troubleshoot SAML federation with IAM" (IAM User Guide).
	minSAMLBits = 1024
)

// Metadata is what a SAML identity provider says of itself in the document that CreateSAMLProvider takes. Whoever
// registers it vouches for it: its own signature, if there is one, is not looked at.
type Metadata struct {
	EntityID   string
	ValidUntil time.Time // zero if it does not say
	// certificates are those that the provider signs with. Their dates are not looked at: they carry keys and nothing
	// more, and AWS does not look at them either.
	certificates []*x509.Certificate
	// SignOnAt and SignOutAt are where the provider takes requests to sign people in and out.
	SignOnAt, SignOutAt []Endpoint
}

// The bindings of messages that are understood (SAML 2.0 Bindings, sections 3.4 and 3.5).
const (
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Endpoint is where messages of a binding are sent to.
type Endpoint struct {
	Binding, Location string
	// ResponseLocation is where answers go, "" if to Location.
	ResponseLocation string
}

// EndpointOf returns the first of the endpoints that has one of the bindings, in the order of these; nil if there is none.
func EndpointOf(all []Endpoint, bindings ...string) *Endpoint {
	for _, b := range bindings {
		for i := range all {
			if all[i].Binding == b {
				return &all[i]
			}
		}
	}
	return nil
}

// ParseMetadata reads a metadata document: one EntityDescriptor, with an IDPSSODescriptor that has a certificate for
// signing. The error is an [*Error] of kind [ErrInvalidMetadata].
func ParseMetadata(doc []byte) (*Metadata, error) {
	m, err := parseMetadata(doc)
	if err != nil {
		return nil, &Error{Kind: ErrInvalidMetadata, Message: "Could not parse metadata", cause: err}
	}
	return m, nil
}

func parseMetadata(doc []byte) (*Metadata, error) {
	if len(doc) > maxMetadata {
		return nil, errors.New("too long")
	}
	root, err := parseXML(doc)
	if err != nil {
		return nil, err
	}
	if !is(root, nsMetadata, "EntityDescriptor") {
		return nil, errors.New("the root is no EntityDescriptor")
	}
	m := &Metadata{EntityID: root.SelectAttrValue("entityID", "")}
	if m.EntityID == "" {
		return nil, errors.New("no entityID")
	}
	if m.ValidUntil, err = timeOf(root, "validUntil"); err != nil {
		return nil, err
	}
	for _, idp := range children(root, nsMetadata, "IDPSSODescriptor") {
		for _, key := range children(idp, nsMetadata, "KeyDescriptor") {
			if use := key.SelectAttrValue("use", "signing"); use != "signing" {
				continue
			}
			if err := m.addCertificates(key); err != nil {
				return nil, err
			}
		}
		m.SignOnAt = append(m.SignOnAt, endpoints(idp, "SingleSignOnService")...)
		m.SignOutAt = append(m.SignOutAt, endpoints(idp, "SingleLogoutService")...)
	}
	if len(m.certificates) == 0 {
		return nil, errors.New("no certificate for signing in an IDPSSODescriptor")
	}
	return m, nil
}

// AddCertificate adds a certificate, in DER, that the provider signs with besides those of the document.
func (m *Metadata) AddCertificate(der []byte) error {
	cert, err := parseCertificate(base64.StdEncoding.EncodeToString(der))
	if err != nil {
		return &Error{Kind: ErrInvalidMetadata, Message: "The certificate can't be used", cause: err}
	}
	m.certificates = append(m.certificates, cert)
	return nil
}

// Certificates are those that the provider signs with. They are not to be changed.
func (m *Metadata) Certificates() []*x509.Certificate { return m.certificates }

func (m *Metadata) addCertificates(key *etree.Element) error {
	for _, info := range children(key, nsSignature, "KeyInfo") {
		for _, data := range children(info, nsSignature, "X509Data") {
			for _, el := range children(data, nsSignature, "X509Certificate") {
				cert, err := parseCertificate(text(el))
				if err != nil {
					return err
				}
				if m.certificates = append(m.certificates, cert); len(m.certificates) > maxCertificates {
					return fmt.Errorf("more than %d certificates for signing", maxCertificates)
				}
			}
		}
	}
	return nil
}

func parseCertificate(encoded string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minSAMLBits {
			return nil, fmt.Errorf("a key of %d bits is too short", key.N.BitLen())
		}
	case *ecdsa.PublicKey:
	default:
		return nil, fmt.Errorf("a certificate has a key of type %T", key)
	}
	return cert, nil
}

// maxEndpoints bounds the endpoints of a kind. Others are left out.
const maxEndpoints = 20

// endpoints reads those of the bindings that are understood. What is at other addresses than web servers' is left out: a
// browser would run a javascript: URL.
func endpoints(idp *etree.Element, name string) (all []Endpoint) {
	for _, el := range children(idp, nsMetadata, name) {
		e := Endpoint{el.SelectAttrValue("Binding", ""), el.SelectAttrValue("Location", ""), el.SelectAttrValue("ResponseLocation", "")}
		if e.Binding != BindingRedirect && e.Binding != BindingPOST || !isWeb(e.Location) || e.ResponseLocation != "" && !isWeb(e.ResponseLocation) {
			continue
		}
		if all = append(all, e); len(all) == maxEndpoints {
			break
		}
	}
	return all
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http")
}
