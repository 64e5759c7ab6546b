package sources

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
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
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// idp is a SAML identity provider of another make, at a server of its own.
type idp struct {
	saml.IdentityProvider
	t   *testing.T
	s   *site
	web *httptest.Server
	// who is signed in there.
	who *saml.Session
	// binding is where people are sent: "" leaves both in the metadata.
	postOnly bool
	// encryptFor is which of the keys in our metadata it encrypts for.
	encryptFor int
}

func (p *idp) GetSession(http.ResponseWriter, *http.Request, *saml.IdpAuthnRequest) *saml.Session {
	return p.who
}

// GetServiceProvider reads the metadata of this server as any provider does.
func (p *idp) GetServiceProvider(_ *http.Request, id string) (*saml.EntityDescriptor, error) {
	if id != p.s.web.URL+metadataPath {
		return nil, os.ErrNotExist
	}
	resp, err := http.Get(id)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	d := new(saml.EntityDescriptor)
	if err := xml.NewDecoder(resp.Body).Decode(d); err != nil {
		return nil, err
	}
	sp, skip := &d.SPSSODescriptors[0], p.encryptFor
	sp.KeyDescriptors = slices.DeleteFunc(sp.KeyDescriptors, func(k saml.KeyDescriptor) bool {
		if k.Use == "encryption" {
			skip--
		}
		return k.Use == "encryption" && skip >= 0
	})
	return d, nil
}

func startIDP(t *testing.T, s *site) *idp {
	t.Helper()
	mux := http.NewServeMux()
	p := &idp{t: t, s: s, web: httptest.NewServer(mux)}
	t.Cleanup(p.web.Close)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &rsaKey().PublicKey, rsaKey())
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	at := func(path string) url.URL {
		u, err := url.Parse(p.web.URL + path)
		must(t, err)
		return *u
	}
	p.IdentityProvider = saml.IdentityProvider{Key: rsaKey(), Certificate: cert, Logger: log.New(io.Discard, "", 0), SignatureMethod: dsig.RSASHA256SignatureMethod,
		MetadataURL: at("/metadata"), SSOURL: at("/sso"), LogoutURL: at("/slo"), ServiceProviderProvider: p, SessionProvider: p}
	mux.HandleFunc("/metadata", func(w http.ResponseWriter, _ *http.Request) {
		m := p.Metadata()
		if p.postOnly {
			m.IDPSSODescriptors[0].SingleSignOnServices = m.IDPSSODescriptors[0].SingleSignOnServices[1:]
			m.IDPSSODescriptors[0].SingleLogoutServices = []saml.Endpoint{{Binding: saml.HTTPPostBinding, Location: p.web.URL + "/slo"}}
		}
		_ = xml.NewEncoder(w).Encode(m)
	})
	mux.HandleFunc("/sso", p.ServeSSO)
	p.who = &saml.Session{ID: "1", CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour), Index: "the-session", NameID: "alice",
		NameIDFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", UserEmail: "alice@example.com", UserGivenName: "Alice", UserSurname: "Archer",
		Groups: []string{"engineers", "staff"}}
	return p
}

func (p *idp) settings(more map[string]any) map[string]any {
	in := map[string]any{"Name": "Example's IdP", "Type": "SAML", "CreateUsers": true, "CreateGroups": true, "GroupAttribute": "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
		"Saml": map[string]any{"MetadataUrl": p.web.URL + "/metadata"}}
	for k, v := range more {
		in[k] = v
	}
	return in
}

var field = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

// form reads the one that a page has the browser send.
func form(p page) url.Values {
	v := url.Values{}
	for _, m := range field.FindAllStringSubmatch(p.body, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}
