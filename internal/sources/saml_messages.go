package sources

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/statordb/stator/internal/federation"
)

// The namespaces of what is sent.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// message begins one of the protocol, from this server to an endpoint.
func message(name, id, entityID, to string, now time.Time) *etree.Element {
	el := etree.NewElement("samlp:" + name)
	el.CreateAttr("xmlns:samlp", nsProtocol)
	el.CreateAttr("xmlns:saml", nsAssertion)
	el.CreateAttr("ID", id)
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", instant(now))
	el.CreateAttr("Destination", to)
	el.CreateElement("saml:Issuer").SetText(entityID)
	return el
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// authnRequest asks a provider to sign somebody in.
func authnRequest(id string, p *federation.ServiceProvider, to string, now time.Time) *etree.Element {
	el := message("AuthnRequest", id, p.EntityID, to, now)
	el.CreateAttr("AssertionConsumerServiceURL", p.ACS)
	el.CreateAttr("ProtocolBinding", federation.BindingPOST)
	el.CreateElement("samlp:NameIDPolicy").CreateAttr("AllowCreate", "true")
	return el
}

// logoutRequest asks a provider to end its session with somebody.
func logoutRequest(id string, p *federation.ServiceProvider, to string, of *Session, now time.Time) *etree.Element {
	el := message("LogoutRequest", id, p.EntityID, to, now)
	el.CreateAttr("NotOnOrAfter", instant(now.Add(5*time.Minute)))
	name := el.CreateElement("saml:NameID")
	for attr, value := range map[string]string{"Format": formatURI(of.Format), "NameQualifier": of.Qualifier, "SPNameQualifier": of.SPQualifier} {
		if value != "" {
			name.CreateAttr(attr, value)
		}
	}
	name.SetText(of.Subject)
	if of.Index != "" {
		el.CreateElement("samlp:SessionIndex").SetText(of.Index)
	}
	return el
}

func formatURI(format string) string {
	if format == "persistent" || format == "transient" {
		return "urn:oasis:names:tc:SAML:2.0:nameid-format:" + format
	}
	return format
}

// logoutResponse says that the sessions of somebody have ended.
func logoutResponse(id string, p *federation.ServiceProvider, to, request string, now time.Time) *etree.Element {
	el := message("LogoutResponse", id, p.EntityID, to, now)
	el.CreateAttr("InResponseTo", request)
	el.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	return el
}

// redirected is a message in a URL, signed (SAML 2.0 Bindings, section 3.4.4.1). The parameter is SAMLRequest or SAMLResponse.
func (k *signer) redirected(parameter string, el *etree.Element, state string) (string, error) {
	doc, err := write(el)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(doc); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	query := parameter + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if state != "" {
		query += "&RelayState=" + url.QueryEscape(state)
	}
	query += "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(query))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	to := el.SelectAttrValue("Destination", "")
	if strings.Contains(to, "?") {
		to += "&"
	} else {
		to += "?"
	}
	return to + query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}

func write(el *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	return doc.WriteToBytes()
}

// posted is a message in a form, signed.
type posted struct {
	To, Parameter, Message, State string
	Expires                       time.Time
}

func (k *signer) posted(parameter string, el *etree.Element, state string) (*posted, error) {
	signing, err := dsig.NewSigningContext(k.key, [][]byte{k.certificate})
	if err != nil {
		return nil, err
	}
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := signing.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, err
	}
	signature, err := signing.ConstructSignature(el, true)
	if err != nil {
		return nil, err
	}
	el.InsertChildAt(1, signature) // after the Issuer, as the schema has it
	doc, err := write(el)
	return &posted{To: el.SelectAttrValue("Destination", ""), Parameter: parameter,
		Message: base64.StdEncoding.EncodeToString(doc), State: state}, err
}

const formPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>One moment</title></head>
<body><form method="post" action="%s"><input type="hidden" name="%s" value="%s">%s
<noscript><p>You are sent to your organization's sign-in.</p><button>Continue</button></noscript></form>
<script nonce="%s">document.forms[0].submit()</script></body></html>
`

// post has a browser send a form.
func (x *call) post(p *posted) error {
	nonce := token()
	x.w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; script-src 'nonce-"+nonce+"'")
	x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	state := ""
	if p.State != "" {
		state = `<input type="hidden" name="RelayState" value="` + html.EscapeString(p.State) + `">`
	}
	_, err := fmt.Fprintf(x.w, formPage, html.EscapeString(p.To), html.EscapeString(p.Parameter), html.EscapeString(p.Message), state, nonce)
	return err
}

// logoutName is what forms for later are sealed under.
const logoutName = "sources logout"

// later is a form that the browser is to send when it comes to this address.
func (s *Service) later(p *posted) (string, error) {
	p.Expires = s.Now().Add(tripTime)
	plain, err := json.Marshal(p)
	return "/sources/logout?form=" + encode(s.Seal(plain, logoutName)), err
}

// logout sends such a form.
func (s *Service) logout(x *call) error {
	sealed, err := decode(x.r.URL.Query().Get("form"))
	if err != nil {
		return bad("There is nothing to send.")
	}
	plain, err := s.Unseal(sealed, logoutName)
	if err != nil {
		return bad("There is nothing to send.")
	}
	var p posted
	if err := json.Unmarshal(plain, &p); err != nil {
		return err
	}
	if !s.Now().Before(p.Expires) {
		return x.redirect(portalPage)
	}
	return x.post(&p)
}

// ownMetadata are this server's, for the provider.
func (k *signer) ownMetadata(p *federation.ServiceProvider) ([]byte, error) {
	root := etree.NewElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("entityID", p.EntityID)
	sp := root.CreateElement("md:SPSSODescriptor")
	sp.CreateAttr("AuthnRequestsSigned", "true")
	sp.CreateAttr("WantAssertionsSigned", "true")
	sp.CreateAttr("protocolSupportEnumeration", nsProtocol)
	for _, use := range []string{"signing", "encryption"} {
		for _, certificate := range k.published {
			describeKey(sp, use, certificate)
		}
	}
	for _, binding := range []string{federation.BindingRedirect, federation.BindingPOST} {
		slo := sp.CreateElement("md:SingleLogoutService")
		slo.CreateAttr("Binding", binding)
		slo.CreateAttr("Location", p.SLO)
	}
	for _, format := range []string{"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"} {
		sp.CreateElement("md:NameIDFormat").SetText(format)
	}
	acs := sp.CreateElement("md:AssertionConsumerService")
	acs.CreateAttr("Binding", federation.BindingPOST)
	acs.CreateAttr("Location", p.ACS)
	acs.CreateAttr("index", "0")
	acs.CreateAttr("isDefault", "true")
	return write(root)
}

func describeKey(sp *etree.Element, use string, certificate []byte) {
	descriptor := sp.CreateElement("md:KeyDescriptor")
	descriptor.CreateAttr("use", use)
	info := descriptor.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsSignature)
	info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(certificate))
	if use != "encryption" {
		return
	}
	for _, method := range []string{"http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm",
		"http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"} {
		descriptor.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", method)
	}
}
