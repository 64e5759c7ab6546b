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
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// toProvider begins to sign in, and returns the form that the provider has the browser send here.
func (b *browser) toProvider(t *testing.T, back string) url.Values {
	t.Helper()
	p := b.get("/sources/login?return=" + url.QueryEscape(back))
	if p.status != http.StatusSeeOther {
		t.Fatalf("login: %v\n%s", p, b.s.log)
	}
	p = b.get(p.to)
	f := form(p)
	if f.Get("SAMLResponse") == "" || f.Get("RelayState") == "" {
		t.Fatalf("the provider answers %v", p)
	}
	return f
}

func (b *browser) acs(f url.Values) page { return b.post(b.s.web.URL+acsPath, f) }

// follow goes where a page leads within the site.
func (b *browser) follow(p page) page {
	for p.status == http.StatusSeeOther && strings.HasPrefix(p.to, b.s.web.URL+"/sources/finish") {
		p = b.get(p.to)
	}
	return p
}

func TestSAML(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	id := s.use(idp.settings(nil))
	if kind, name, _, err := s.Source(t.Context()); kind != "saml" || name != "Example's IdP" || err != nil {
		t.Error(kind, name, err)
	}
	b := s.browser()
	f := b.toProvider(t, "/console/device?user_code=ABCD")
	// The provider has read our metadata, and encrypts.
	doc, _ := base64.StdEncoding.DecodeString(f.Get("SAMLResponse"))
	if !bytes.Contains(doc, []byte("EncryptedAssertion")) {
		t.Error("the assertion is not encrypted")
	}
	p := b.follow(b.acs(f))
	if p.status != http.StatusSeeOther || p.to != s.web.URL+"/console/device?user_code=ABCD" {
		t.Fatalf("%v\n%s", p, s.log)
	}
	b.isSignedIn("first", p, "alice")
	_, err := s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	b.isSignedIn("enabled, as it was", p, "alice")
	u := s.user("alice")
	if u.Emails[0].Value != "alice@example.com" || u.Name.GivenName != "Alice" || u.Name.FamilyName != "Archer" {
		t.Errorf("%+v", u)
	}
	s.isGroups("first", u.ID, "engineers", "staff")
	// Groups are as they are there, attributes too; some become session tags.
	idp.who.CustomAttributes = []saml.Attribute{{Name: accessControl + "CostCenter", Values: []saml.AttributeValue{{Type: "xs:string", Value: "42"}}}}
	idp.who.Groups, idp.who.UserSurname = []string{"staff"}, "Baker"
	p = b.follow(b.acs(b.toProvider(t, "https://evil.example.com/")))
	if p.to != s.web.URL+portalPage {
		t.Errorf("sent to %v", p)
	}
	if !slices.Equal(s.tags, []policy.Tag{{Key: "CostCenter", Value: "42"}}) {
		t.Errorf("tags: %v", s.tags)
	}
	if now := s.user("alice"); now.ID != u.ID || now.Name.FamilyName != "Baker" {
		t.Errorf("%+v", now)
	}
	s.isGroups("second", u.ID, "staff")
}

// TestSAMLPost is with a provider that takes forms alone.
func TestSAMLPost(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	idp.postOnly = true
	s.use(idp.settings(nil))
	b := s.browser()
	p := b.get("/sources/login")
	r := b.post(idp.web.URL+"/sso", form(p))
	p = b.follow(b.acs(form(r)))
	b.isSignedIn("with a form", p, "alice")
	to, err := s.SignOut(t.Context(), b.session())
	must(t, err)
	f := form(b.get(to))
	p = b.get(strings.Replace(to, "form=", "form=A", 1))
	b2 := s.browser()
	b2.isRefused("a form of nobody", b2.get(strings.Replace(to, "form=", "form=A", 1)))
	el := xmlOf(t, f.Get("SAMLRequest"))
	if el.Tag != "LogoutRequest" || el.FindElement("./NameID").Text() != "alice" || el.FindElement("./SessionIndex") == nil || el.FindElement("./Signature") == nil {
		t.Errorf("%v", p)
	}
}

func xmlOf(t *testing.T, encoded string) *etree.Element {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(encoded)
	must(t, err)
	doc := etree.NewDocument()
	if doc.ReadFromBytes(raw) != nil {
		if raw, err = io.ReadAll(flate.NewReader(bytes.NewReader(raw))); err == nil {
			err = doc.ReadFromBytes(raw)
		}
		must(t, err)
	}
	return doc.Root()
}

// The request is signed with the key in our metadata, names the response's place, and says nothing that only the browser may know.
func TestAuthnRequest(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	s.use(idp.settings(nil))
	p := s.browser().get("/sources/login")
	u, err := url.Parse(p.to)
	must(t, err)
	signed, _, _ := strings.Cut(u.RawQuery, "&Signature=")
	sig, err := base64.StdEncoding.DecodeString(u.Query().Get("Signature"))
	must(t, err)
	md, err := idp.GetServiceProvider(nil, s.web.URL+metadataPath)
	must(t, err)
	sp := md.SPSSODescriptors[0]
	der, err := base64.StdEncoding.DecodeString(sp.KeyDescriptors[0].KeyInfo.X509Data.X509Certificates[0].Data)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	sum := sha256.Sum256([]byte(signed))
	must(t, rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], sig))
	el := xmlOf(t, u.Query().Get("SAMLRequest"))
	if el.SelectAttrValue("Destination", "") != idp.web.URL+"/sso" || el.SelectAttrValue("AssertionConsumerServiceURL", "") != s.web.URL+acsPath ||
		el.FindElement("./Issuer").Text() != s.web.URL+metadataPath || !*sp.AuthnRequestsSigned || len(sp.SingleLogoutServices) != 2 {
		t.Errorf("%+v", sp)
	}
	if state := u.Query().Get("RelayState"); len(state) > 80 { // SAML 2.0 Bindings, section 3.4.3
		t.Errorf("the state is of %d bytes", len(state))
	}
}

func TestSAMLRefused(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	id := s.use(idp.settings(nil))

	b := s.browser()
	f := b.toProvider(t, "")
	stranger := s.browser()
	p := stranger.acs(f)
	stranger.isRefused("another browser", stranger.follow(p))
	b.isRefused("a response used again", b.follow(b.acs(f)))

	f, g := b.toProvider(t, ""), b.toProvider(t, "")
	f.Set("RelayState", g.Get("RelayState"))
	b.isRefused("another trip's state", b.follow(b.acs(f)))
	f.Set("RelayState", "")
	b.isRefused("no state", b.follow(b.acs(f)))
	b.isRefused("nothing", b.acs(url.Values{}))
	b.isRefused("no XML", b.acs(url.Values{"SAMLResponse": {"AAAA"}, "RelayState": g["RelayState"]}))
	b.isRefused("finish alone", b.get("/sources/finish?state="+g.Get("RelayState")))
	b.isRefused("a callback of OpenID Connect", b.get("/sources/oidc/callback?code=x&state="+g.Get("RelayState")))

	f = b.toProvider(t, "")
	p = b.acs(f)
	s.forward(2 * arrivalTime)
	b.isRefused("too late", b.get(p.to))
	s.forward(-2 * arrivalTime)
	f = b.toProvider(t, "")
	s.forward(10 * time.Minute)
	b.isRefused("an old response", b.acs(f))
	s.forward(-10 * time.Minute)

	// For whom one provider has vouched, another one in its place has not.
	c, err := s.inUse(t.Context())
	must(t, err)
	p = b.acs(b.toProvider(t, ""))
	for _, entity := range []string{"https://idp.example.com/", idp.web.URL + "/metadata"} {
		doc := strings.ReplaceAll(c.SAML.Metadata, `entityID="`+idp.web.URL+`/metadata"`, `entityID="`+entity+`"`)
		_, err = s.call("UpdateExternalIdPConfigurationForDirectory",
			idp.settings(map[string]any{"ConfigurationId": id, "Saml": map[string]any{"Metadata": doc}}))
		must(t, err)
	}
	b.isRefused("another provider since", b.follow(p))

	// Another provider, which has the same name and another key.
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	idp.Key = key
	b.isRefused("a stranger's key", b.follow(b.acs(b.toProvider(t, ""))))
	idp.Key = rsaKey()
	if s.user("alice") != nil || !s.logged("Response signature invalid") {
		t.Error("somebody was made")
	}
	b.isRefused("unsolicited", b.follow(b.acs(idp.unsolicited(""))))
	if !s.logged("not to a request of this browser") {
		t.Errorf("the log: %s", s.log)
	}
	idp.who.NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	b.isRefused("a transient name", b.follow(b.acs(b.toProvider(t, ""))))
	idp.who.NameIDFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	p = b.follow(b.acs(b.toProvider(t, "")))
	b.isSignedIn("in the end", p, "alice")
}

// unsolicited is a response that the provider begins itself.
func (p *idp) unsolicited(state string) url.Values {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	p.ServeIDPInitiated(w, r, p.s.web.URL+metadataPath, state)
	return form(page{body: w.Body.String()})
}

func TestSAMLUnsolicited(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	s.use(idp.settings(map[string]any{"Saml": map[string]any{"MetadataUrl": idp.web.URL + "/metadata", "AllowIdPInitiated": true}}))
	for state, want := range map[string]string{"": portalPage, "/console/dynamodb": "/console/dynamodb", "https://evil.example.com": portalPage,
		"//evil.example.com": portalPage, `/\evil.example.com`: portalPage, "/console/../../x": portalPage, strings.Repeat("a", len(token())): portalPage} {
		b := s.browser()
		f := idp.unsolicited(state)
		p := b.acs(f)
		b.isSignedIn(state, p, "alice")
		if p.to != s.web.URL+want {
			t.Errorf("%q leads to %v", state, p)
		}
		b = s.browser()
		b.isRefused("again", b.acs(f))
	}
	b := s.browser()
	b.isSignedIn("as usual", b.follow(b.acs(b.toProvider(t, ""))), "alice")
}

// Who is who: a name is that of the user here whom nobody else of the source has been.
func TestSAMLUsers(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	id := s.use(idp.settings(map[string]any{"CreateUsers": false, "CreateGroups": false, "GroupMappings": map[string]string{"engineers": "Developers"}}))
	signIn := func() (*browser, page) {
		b := s.browser()
		return b, b.follow(b.acs(b.toProvider(t, "")))
	}
	b, p := signIn()
	b.isRefused("nobody here", p)
	u := s.put(&directory.User{UserName: "alice", DisplayName: "Alice"})
	developers, staff := &directory.Group{DisplayName: "Developers"}, &directory.Group{DisplayName: "staff"}
	must(t, s.Directory.Change(t.Context(), func(tx kv.Txn) error {
		for _, g := range []*directory.Group{developers, staff} {
			if err := s.Directory.PutGroup(t.Context(), tx, g); err != nil {
				return err
			}
		}
		_, err := s.Directory.AddMember(t.Context(), tx, staff.ID, u.ID, "somebody")
		return err
	}))
	b, p = signIn()
	b.isSignedIn("known here", p, "alice")
	s.isGroups("a group of the source, and one of this server's own", u.ID, "Developers", "staff")
	idp.who.Groups = nil
	signIn()
	s.isGroups("out of the source's", u.ID, "staff")
	// Somebody else who has got the name.
	_, err := s.call("UpdateExternalIdPConfigurationForDirectory", idp.settings(map[string]any{"ConfigurationId": id, "Type": "",
		"AttributeMappings": map[string]string{"Subject": "urn:oid:0.9.2342.19200300.100.1.1", "UserName": "urn:oid:0.9.2342.19200300.100.1.1"}}))
	must(t, err)
	idp.who.UserName = "alice"
	b, p = signIn()
	b.isSignedIn("by another attribute", p, "alice") // the subject is alice there, too
	idp.who.UserName = "Alice"
	b, p = signIn()
	b.isRefused("another person of that name", p)
	idp.who.UserName = "alice"
	u = s.user("alice")
	u.Disabled = true
	s.put(u)
	b, p = signIn()
	b.isRefused("disabled here", p)
}

// slo is a message of single log-out from the provider, in a query.
func (p *idp) slo(name string, change func(*etree.Element)) string {
	p.t.Helper()
	k := &signer{key: rsaKey(), certificate: p.Certificate.Raw}
	el := message(name, "_"+token(), p.MetadataURL.String(), p.s.web.URL+sloPath, time.Now())
	change(el)
	parameter := "SAMLRequest"
	if name == "LogoutResponse" {
		parameter = "SAMLResponse"
	}
	address, err := k.redirected(parameter, el, "state there")
	must(p.t, err)
	return address
}

func of(name string, indexes ...string) func(*etree.Element) {
	return func(el *etree.Element) {
		el.CreateElement("saml:NameID").SetText(name)
		for _, i := range indexes {
			el.CreateElement("samlp:SessionIndex").SetText(i)
		}
	}
}

func TestSAMLSignOut(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	s.use(idp.settings(nil))
	signIn := func(index string) *browser {
		idp.who.Index = index
		b := s.browser()
		b.isSignedIn(index, b.follow(b.acs(b.toProvider(t, ""))), idp.who.NameID)
		return b
	}
	a1, a2 := signIn("one"), signIn("two")
	idp.who.NameID, idp.who.UserEmail = "bob", "bob@example.com"
	bob := signIn("three")

	// The provider ends one session, and is told so.
	request := idp.slo("LogoutRequest", of("alice", "one"))
	p := s.browser().get(request)
	if a1.signedIn() != "" || a2.signedIn() == "" || bob.signedIn() == "" {
		t.Errorf("ended: %v %v %v: %v\n%s", a1.signedIn() == "", a2.signedIn() == "", bob.signedIn() == "", p, s.log)
	}
	u, err := url.Parse(p.to)
	must(t, err)
	answer := xmlOf(t, u.Query().Get("SAMLResponse"))
	if answer.Tag != "LogoutResponse" || u.Query().Get("RelayState") != "state there" || u.Query().Get("Signature") == "" ||
		answer.SelectAttrValue("InResponseTo", "") != xmlOf(t, mustQuery(t, request).Get("SAMLRequest")).SelectAttrValue("ID", "") {
		t.Errorf("%v", p)
	}
	// Forged, of another and again.
	for what, request := range map[string]string{
		"again":     request,
		"unsigned":  strings.Split(idp.slo("LogoutRequest", of("alice")), "&SigAlg")[0],
		"altered":   strings.Replace(idp.slo("LogoutRequest", of("alice")), "RelayState=state", "RelayState=other", 1),
		"elsewhere": strings.Replace(idp.slo("LogoutRequest", func(el *etree.Element) { of("alice")(el); el.CreateAttr("Destination", "https://evil.example.com") }), "https://evil.example.com", s.web.URL+sloPath, 1),
	} {
		if p := s.browser().get(request); p.status != http.StatusForbidden || a2.signedIn() == "" {
			t.Errorf("%s: %v", what, p)
		}
	}
	// All sessions of a person, by a form.
	k := &signer{key: rsaKey(), certificate: idp.Certificate.Raw}
	el := message("LogoutRequest", "_"+token(), idp.MetadataURL.String(), s.web.URL+sloPath, time.Now())
	of("alice")(el)
	f, err := k.posted("SAMLRequest", el, "")
	must(t, err)
	s.browser().post(s.web.URL+sloPath, url.Values{f.Parameter: {f.Message}})
	if a2.signedIn() != "" || bob.signedIn() == "" {
		t.Error("alice is signed in, or bob is not")
	}
	// Here first.
	to, err := s.SignOut(t.Context(), bob.session())
	must(t, err)
	el = xmlOf(t, mustQuery(t, to).Get("SAMLRequest"))
	if !strings.HasPrefix(to, idp.web.URL+"/slo?") || el.Tag != "LogoutRequest" || el.FindElement("./NameID").Text() != "bob" || el.FindElement("./SessionIndex").Text() != "three" {
		t.Errorf("%s", to)
	}
	if to, err := s.SignOut(t.Context(), bob.session()); to != "" || err != nil {
		t.Errorf("twice: %s, %v", to, err)
	}
	p = bob.get(idp.slo("LogoutResponse", func(el *etree.Element) {
		el.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")
	}))
	if p.to != s.web.URL+portalPage {
		t.Errorf("in the end: %v", p)
	}
}

func mustQuery(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u.Query()
}

// What is known of a session is forgotten when it ends, and not before.
func TestSessionEnds(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	s.use(idp.settings(nil))
	b := s.browser()
	b.isSignedIn("now", b.follow(b.acs(b.toProvider(t, ""))), "alice")
	for _, known := range []bool{true, false} {
		s.forward(sessionTime / 2)
		must(t, s.tend(t.Context()))
		must(t, s.db.View(t.Context(), func(r kv.Reader) error {
			of, err := get[sessionRecord](t.Context(), r, sessionKey(b.session()))
			if (of != nil) != known {
				t.Errorf("known: %v, want %v", of, known)
			}
			return err
		}))
	}
	for _, kind := range []string{"session", "sessionof", "used", "arrival"} {
		must(t, s.db.View(t.Context(), func(r kv.Reader) error {
			left, err := lasts(t.Context(), r, kind)
			if len(left) > 0 {
				t.Errorf("%d records of %s are left", len(left), kind)
			}
			return err
		}))
	}
}

// Metadata are fetched again, as long as they are the provider's; further certificates count too.
func TestSAMLMetadata(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	id := s.use(idp.settings(nil))
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "new"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	idp.Key, idp.Certificate = key, cert
	b := s.browser()
	b.isRefused("a new key", b.follow(b.acs(b.toProvider(t, ""))))
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	_, err = s.call("ImportExternalIdPCertificate", map[string]any{"ConfigurationId": id, "Certificate": text})
	must(t, err)
	b.isSignedIn("imported", b.follow(b.acs(b.toProvider(t, ""))), "alice")
	out, err := s.call("ListExternalIdPCertificates", map[string]any{"ConfigurationId": id})
	must(t, err)
	all := out["Certificates"].([]any)
	if len(all) != 2 {
		t.Fatal(out)
	}
	_, err = s.call("DeleteExternalIdPCertificate", map[string]any{"ConfigurationId": id, "CertificateId": all[1].(map[string]any)["CertificateId"]})
	must(t, err)
	b = s.browser()
	b.isRefused("deleted", b.follow(b.acs(b.toProvider(t, ""))))
	s.forward(25 * time.Hour)
	must(t, s.tend(t.Context()))
	s.forward(-25 * time.Hour)
	b.isSignedIn("fetched", b.follow(b.acs(b.toProvider(t, ""))), "alice")
	c, err := s.inUse(t.Context())
	must(t, err)
	good := c.SAML.Metadata
	idp.MetadataURL.Path = "/another"
	s.forward(50 * time.Hour)
	must(t, s.tend(t.Context()))
	if c, err = s.inUse(t.Context()); err != nil || c.SAML.Metadata != good {
		t.Error("another provider is believed", err)
	}
	// What was imported for one provider says nothing of another.
	other, err := s.call("CreateExternalIdPConfigurationForDirectory", idp.settings(map[string]any{"Saml": map[string]any{"Metadata": good}}))
	must(t, err)
	reference := map[string]any{"ConfigurationId": other["ConfigurationId"]}
	_, err = s.call("ImportExternalIdPCertificate", map[string]any{"ConfigurationId": other["ConfigurationId"], "Certificate": text})
	must(t, err)
	for _, is := range []struct {
		entity       string
		certificates int
	}{{idp.web.URL + "/metadata", 2}, {"https://idp.example.com/", 1}} {
		in := idp.settings(map[string]any{"ConfigurationId": other["ConfigurationId"],
			"Saml": map[string]any{"Metadata": strings.ReplaceAll(good, `entityID="`+idp.web.URL+`/metadata"`, `entityID="`+is.entity+`"`)}})
		_, err = s.call("UpdateExternalIdPConfigurationForDirectory", in)
		must(t, err)
		if out, err = s.call("ListExternalIdPCertificates", reference); err != nil || len(out["Certificates"].([]any)) != is.certificates {
			t.Errorf("%s: %v, %v", is.entity, out, err)
		}
	}
	for what, in := range map[string]map[string]any{
		"no metadata":        {"Metadata": "<a/>"},
		"nothing":            {},
		"both":               {"Metadata": good, "MetadataUrl": idp.web.URL + "/metadata"},
		"not there":          {"MetadataUrl": idp.web.URL + "/x"},
		"no URL":             {"MetadataUrl": "file:///etc/passwd"},
		"without TLS":        {"MetadataUrl": "http://idp.example.com/metadata"},
		"without a sign-on":  {"Metadata": strings.ReplaceAll(good, "SingleSignOnService", "Other")},
		"script as endpoint": {"Metadata": strings.ReplaceAll(good, idp.web.URL+"/sso", "javascript:alert(1)")},
	} {
		if _, err := s.call("CreateExternalIdPConfigurationForDirectory", idp.settings(map[string]any{"Saml": in})); code(err) != "ValidationException" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if m, err := federation.ParseMetadata([]byte(good)); err != nil || len(m.SignOutAt) == 0 {
		t.Error(m, err)
	}
	sp, err := s.call("GetAWSSPConfigurationForDirectory", map[string]any{})
	if err != nil || sp["AcsUrl"] != s.web.URL+acsPath || sp["EntityId"] != s.web.URL+metadataPath || !strings.Contains(sp["Metadata"].(string), "SPSSODescriptor") {
		t.Error(sp, err)
	}
	if _, err := s.call("ListExternalIdPConfigurationsForDirectory", map[string]any{"IdentityStoreId": "d-0000000000"}); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
}
