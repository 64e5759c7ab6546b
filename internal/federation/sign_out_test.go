package federation

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	dsig "github.com/russellhaering/goxmldsig"
)

func (p *idp) logout(name, inside string, after time.Duration) string {
	return `<samlp:` + name + ` xmlns:samlp="` + nsProtocol + `" xmlns:saml="` + nsAssertion + `" ID="_logout" Version="2.0" IssueInstant="` +
		p.now.Add(after).Format(time.RFC3339) + `" Destination="` + slo + `" InResponseTo="_ours"><saml:Issuer>` + entityID + `</saml:Issuer>` + inside + `</samlp:` + name + `>`
}

const whose = `<saml:NameID>alice</saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex>`

// redirected is a message in a query, signed.
func (p *idp) redirected(t *testing.T, name, doc, method string) string {
	t.Helper()
	var packed bytes.Buffer
	w := must(flate.NewWriter(&packed, 9))
	_, _ = w.Write([]byte(doc))
	_ = w.Close()
	q := name + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes())) + "&RelayState=x&SigAlg=" + url.QueryEscape(method)
	sum := sha256.Sum256([]byte(q))
	sig := must(rsa.SignPKCS1v15(rand.Reader, p.key.(*rsa.PrivateKey), crypto.SHA256, sum[:]))
	return q + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig))
}

func TestSignOut(t *testing.T) {
	p := newIDP(t)
	doc := p.logout("LogoutRequest", whose, 0)
	m := p.metadata()
	for how, read := range map[string]func(string) (*SignOut, error){
		"POST": func(doc string) (*SignOut, error) {
			return m.SignOut(encode(p.signed(doc, "/samlp:LogoutRequest")), provider(), p.now)
		},
		"redirect": func(doc string) (*SignOut, error) {
			return m.SignOutRedirected(p.redirected(t, "SAMLRequest", doc, dsig.RSASHA256SignatureMethod), provider(), p.now)
		},
	} {
		t.Run(how, func(t *testing.T) {
			s, err := read(doc)
			if err != nil || !s.Request || s.Subject != "alice" || len(s.SessionIndexes) != 1 || s.SessionIndexes[0] != "_session" || s.ID != "_logout" {
				t.Fatalf("%+v, %v", s, err)
			}
			for what, bad := range map[string]string{
				"another destination": strings.Replace(doc, slo, acs, 1),
				"another issuer":      strings.Replace(doc, entityID, "https://evil.example.com", 1),
				"no name":             strings.Replace(doc, "<saml:NameID>alice</saml:NameID>", "", 1),
				"old":                 p.logout("LogoutRequest", whose, -redeemWithin-time.Second),
				"from the future":     p.logout("LogoutRequest", whose, 2*time.Minute),
				"over":                strings.Replace(doc, "Version=", `NotOnOrAfter="`+p.now.Add(-2*time.Minute).Format(time.RFC3339)+`" Version=`, 1),
				"no ID":               strings.Replace(doc, ` ID="_logout"`, "", 1),
			} {
				if how == "POST" && what == "no ID" {
					continue // nothing can be signed that has none
				}
				if s, err := read(bad); err == nil {
					t.Errorf("%s: %+v", what, s)
				}
			}
		})
	}
	answer := p.logout("LogoutResponse", `<samlp:Status><samlp:StatusCode Value="`+statusSuccess+`"/></samlp:Status>`, 0)
	s, err := m.SignOut(encode(p.signed(answer, "/samlp:LogoutResponse")), provider(), p.now)
	if err != nil || s.Request || s.InResponseTo != "_ours" || !s.Success {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSignOutForged(t *testing.T) {
	p := newIDP(t)
	m := p.metadata()
	doc := p.logout("LogoutRequest", whose, 0)
	good := p.redirected(t, "SAMLRequest", doc, dsig.RSASHA256SignatureMethod)
	other := p.redirected(t, "SAMLRequest", strings.Replace(doc, "alice", "admin", 1), dsig.RSASHA256SignatureMethod)
	message := func(q string) string { return between(q, "SAMLRequest=", "&") }
	for name, q := range map[string]string{
		"unsigned":        good[:strings.Index(good, "&SigAlg")],
		"another message": strings.Replace(good, message(good), message(other), 1),
		"another state":   strings.Replace(good, "RelayState=x", "RelayState=y", 1),
		"both":            good + "&SAMLResponse=" + message(other),
		"twice":           good + "&SAMLRequest=" + message(other),
		"SHA-1":           p.redirected(t, "SAMLRequest", doc, dsig.RSASHA1SignatureMethod),
		"no algorithm":    p.redirected(t, "SAMLRequest", doc, ""),
		"nothing":         "",
		"a bomb":          p.redirected(t, "SAMLRequest", "<a>"+strings.Repeat(" ", 10<<20)+"</a>", dsig.RSASHA256SignatureMethod),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := m.SignOutRedirected(q, provider(), p.now)
			wantError(t, err, ErrInvalidToken, badSignOut)
		})
	}
	for name, doc := range map[string]string{
		"unsigned": doc,
		"altered":  strings.Replace(p.signed(doc, "/samlp:LogoutRequest"), "alice", "admin", 1),
		"wrapped":  strings.Replace(doc, "<saml:NameID>", "<samlp:Extensions>"+p.signed(doc, "/samlp:LogoutRequest")+"</samlp:Extensions><saml:NameID>", 1),
	} {
		_, err := m.SignOut(encode(doc), provider(), p.now)
		wantError(t, err, ErrInvalidToken, badSignOut)
		_ = name
	}
}
