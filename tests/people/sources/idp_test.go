package sources

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/xml"
	"html"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
)

// idp is a SAML identity provider of another make, which signs in whoever comes as who.
type idp struct {
	saml.IdentityProvider
	t         *testing.T
	web       *httptest.Server
	providers map[string]string // metadata of services by their names
	who       *saml.Session
	ends      time.Time // of its sessions, if it says so
}

// MakeAssertion has the assertion say when the session there ends.
func (p *idp) MakeAssertion(r *saml.IdpAuthnRequest, who *saml.Session) error {
	if err := (saml.DefaultAssertionMaker{}).MakeAssertion(r, who); err != nil || p.ends.IsZero() {
		return err
	}
	r.Assertion.AuthnStatements[0].SessionNotOnOrAfter = &p.ends
	return nil
}

func (p *idp) GetSession(http.ResponseWriter, *http.Request, *saml.IdpAuthnRequest) *saml.Session {
	return p.who
}

func (p *idp) GetServiceProvider(_ *http.Request, id string) (*saml.EntityDescriptor, error) {
	doc, ok := p.providers[id]
	if !ok {
		return nil, os.ErrNotExist
	}
	d := new(saml.EntityDescriptor)
	return d, xml.Unmarshal([]byte(doc), d)
}

func startIDP(t *testing.T) *idp {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	mux := http.NewServeMux()
	p := &idp{t: t, web: httptest.NewServer(mux), providers: map[string]string{}}
	t.Cleanup(p.web.Close)
	at := func(path string) url.URL {
		u, err := url.Parse(p.web.URL + path)
		must(t, err)
		return *u
	}
	p.IdentityProvider = saml.IdentityProvider{Key: key, Certificate: cert, Logger: log.New(io.Discard, "", 0), SignatureMethod: dsig.RSASHA256SignatureMethod,
		MetadataURL: at("/metadata"), SSOURL: at("/sso"), LogoutURL: at("/slo"), ServiceProviderProvider: p, SessionProvider: p, AssertionMaker: p}
	mux.HandleFunc("/sso", p.ServeSSO)
	p.who = &saml.Session{ID: "1", CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour), Index: "the-session", NameID: "alice",
		NameIDFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", UserEmail: "alice@example.com", UserGivenName: "Alice", UserSurname: "Archer",
		Groups: []string{"readers"}}
	return p
}

func (p *idp) document() string {
	p.t.Helper()
	doc, err := xml.Marshal(p.Metadata())
	must(p.t, err)
	return string(doc)
}

var field = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

func form(page string) url.Values {
	v := url.Values{}
	for _, m := range field.FindAllStringSubmatch(page, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// begun is the form of a response that the provider begins itself, for a service.
func (p *idp) begun(service, state string) url.Values {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	p.ServeIDPInitiated(w, r, service, state)
	return form(w.Body.String())
}

// logout is a request to end a session, as the redirect binding has it.
func (p *idp) logout(to, name, index string) string {
	p.t.Helper()
	doc := `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_` + rand.Text() +
		`" Version="2.0" IssueInstant="` + time.Now().UTC().Format(time.RFC3339) + `" Destination="` + to + `"><saml:Issuer>` + p.MetadataURL.String() +
		`</saml:Issuer><saml:NameID>` + name + `</saml:NameID><samlp:SessionIndex>` + index + `</samlp:SessionIndex></samlp:LogoutRequest>`
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	must(p.t, err)
	_, _ = io.WriteString(w, doc)
	must(p.t, w.Close())
	q := "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes())) + "&SigAlg=" + url.QueryEscape(dsig.RSASHA256SignatureMethod)
	sum := sha256.Sum256([]byte(q))
	sig, err := rsa.SignPKCS1v15(rand.Reader, p.Key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	must(p.t, err)
	return to + "?" + q + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig))
}
