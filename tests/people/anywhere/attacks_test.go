package anywhere

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
)

const (
	denied    = "AccessDeniedException"
	untrusted = "Untrusted Signing Certificate"
)

func TestCertificatesThatDoNotCount(t *testing.T) {
	w := newWorld(t)
	key := newKey(t)
	issue := func(change func(*x509.Certificate)) machine {
		c := template("host")
		change(c)
		return w.root.issue(t, c, key)
	}
	w.session(t, issue(func(*x509.Certificate) {}))
	w.refused(t, "expired", issue(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), request{}, denied, "it has expired")
	w.refused(t, "not yet valid", issue(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }), request{}, denied, "it is not valid yet")
	w.refused(t, "no digital signature", issue(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), request{}, denied, "Digital Signature")
	w.refused(t, "an authority's", issue(func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, c.KeyUsage|x509.KeyUsageCertSign }), request{}, denied, "authority")
	w.refused(t, "the anchor's own", machine{cert: w.root.cert, key: w.root.key}, request{}, denied, untrusted)

	other := newAuthority(t, "Root", nil) // by the same name
	w.refused(t, "of another authority", other.issue(t, template("host"), key), request{}, denied, untrusted)
	self := &authority{cert: template("host"), key: key}
	w.refused(t, "of itself", self.issue(t, template("host"), key), request{}, denied, untrusted)
	m := other.issue(t, template("host"), key)
	m.chain = []*x509.Certificate{w.root.cert}
	w.refused(t, "with a chain that does not fit", m, request{}, denied, untrusted)
	leaf := issue(func(*x509.Certificate) {})
	m = (&authority{leaf.cert, leaf.key}).issue(t, template("host"), key)
	m.chain = []*x509.Certificate{leaf.cert}
	w.refused(t, "signed by an end entity", m, request{}, denied, untrusted)

	// An authority between that has expired.
	old := template("Old")
	old.IsCA, old.KeyUsage, old.NotAfter = true, x509.KeyUsageCertSign, time.Now().Add(-time.Minute)
	between := &authority{key: newKey(t)}
	between.cert = w.root.sign(t, old, between.key.Public())
	m = between.issue(t, template("host"), key)
	m.chain = []*x509.Certificate{between.cert}
	w.refused(t, "below an expired authority", m, request{}, denied, untrusted)
}

func TestWeakKeys(t *testing.T) {
	w := newWorld(t)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	must(t, err)
	w.refused(t, "P-224", w.root.issue(t, template("host"), p224), request{}, "IncompleteSignatureException", "has to be RSA with 2048 to 8192 bits")
	t.Setenv("GODEBUG", "rsa1024min=0")
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	w.refused(t, "RSA with 1024 bits", w.root.issue(t, template("host"), small), request{}, "IncompleteSignatureException", "has to be RSA with 2048 to 8192 bits")
}

func TestAltered(t *testing.T) {
	w := newWorld(t)
	m, other := w.root.issue(t, template("host"), newKey(t)), w.root.issue(t, template("other"), newKey(t))
	w.session(t, m)
	mismatch := "InvalidSignatureException"
	for what, change := range map[string]func(*http.Request){
		"body": func(r *http.Request) {
			body := strings.Replace(string(readAll(t, r)), "machines", "managers", 1)
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		},
		"host":         func(r *http.Request) { r.Host = "example.com" },
		"content type": func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"date": func(r *http.Request) {
			r.Header.Set("X-Amz-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))
		},
		"query": func(r *http.Request) { r.URL.RawQuery = "roleArn=" + w.role },
		"signature": func(r *http.Request) {
			text := r.Header.Get("Authorization")
			r.Header.Set("Authorization", text[:len(text)-2]+"00")
		},
		"no hex": func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")+"zz") },
	} {
		q := request{sent: change}
		if what == "body" { // which names the role by its own name
			q.body = w.body("roleArn", w.role)
		}
		w.refused(t, what, m, q, mismatch, "")
	}
	w.refused(t, "another's certificate", m, request{sent: func(r *http.Request) {
		r.Header.Set("X-Amz-X509", base64.StdEncoding.EncodeToString(other.cert.Raw))
	}}, "IncompleteSignatureException", "serial number")
	// With the serial number too.
	stolen := machine{cert: other.cert, key: m.key}
	w.refused(t, "another's certificate and number", stolen, request{}, mismatch, "")
	w.refused(t, "a header that is not signed", m, request{unsigned: []string{"x-amz-x509"}}, mismatch, "")
	w.refused(t, "the host is not signed", m, request{unsigned: []string{"host"}}, mismatch, "")
	w.refused(t, "another algorithm", m, request{algorithm: "AWS4-X509-RSA-SHA256"}, mismatch, "")
	w.refused(t, "a weak algorithm", m, request{algorithm: "AWS4-X509-ECDSA-SHA1"}, "IncompleteSignatureException", "AWS4-X509-ECDSA-SHA1")
	w.refused(t, "an access key's algorithm", m, request{algorithm: "AWS4-HMAC-SHA256"}, "IncompleteSignatureException", "")
	w.refused(t, "no signature", m, request{sent: func(r *http.Request) { r.Header.Del("Authorization") }}, "MissingAuthenticationTokenException", "")
	w.refused(t, "no certificate", m, request{sent: func(r *http.Request) {
		r.Header.Del("X-Amz-X509")
	}}, "IncompleteSignatureException", "")
	w.refused(t, "a certificate that is none", m, request{signed: func(r *http.Request) { r.Header.Set("X-Amz-X509", "AAAA") }}, "IncompleteSignatureException", "is no certificate")
}

func readAll(t *testing.T, r *http.Request) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return b
}

func TestTimes(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	for _, d := range []time.Duration{-14 * time.Minute, 14 * time.Minute} {
		if a := m.ask(t, w.URL, request{body: w.body(), at: time.Now().Add(d)}); a.status != http.StatusCreated {
			t.Errorf("signed %v from now: %s %s", d, a.code, a.message)
		}
	}
	w.refused(t, "signed long ago", m, request{at: time.Now().Add(-16 * time.Minute)}, "InvalidSignatureException", "Signature expired")
	w.refused(t, "signed in the future", m, request{at: time.Now().Add(16 * time.Minute)}, "InvalidSignatureException", "Signature not yet current")
	w.refused(t, "signed for another region", m, request{region: "us-west-2"}, "ValidationException", "us-west-2")
}

func TestManyCertificates(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	for range 5 {
		m.chain = append(m.chain, newAuthority(t, "Between", w.root).cert)
	}
	w.session(t, m)
	m.chain = append(m.chain, m.chain[0])
	w.refused(t, "six in the chain", m, request{}, "IncompleteSignatureException", "too many certificates")
	m.chain = nil
	w.refused(t, "thousands in the chain", m, request{signed: func(r *http.Request) {
		r.Header.Set("X-Amz-X509-Chain", strings.Repeat("MII,", 15_000))
	}}, "IncompleteSignatureException", "too many certificates")
	huge := template("huge")
	for range 1000 {
		huge.DNSNames = append(huge.DNSNames, strings.Repeat("a", 20)+".example.com")
	}
	w.refused(t, "a huge one", w.root.issue(t, huge, newKey(t)), request{}, "IncompleteSignatureException", "is no certificate")
}

func TestRevoked(t *testing.T) {
	w := newWorld(t)
	m, other := w.root.issue(t, template("stolen"), newKey(t)), w.root.issue(t, template("good"), newKey(t))
	before, conf := w.session(t, m)
	crl, err := w.api.ImportCrl(t.Context(), &rolesanywhere.ImportCrlInput{Name: aws.String("list"), CrlData: w.root.revoke(t, m.cert), TrustAnchorArn: w.anchor.TrustAnchorArn, Enabled: aws.Bool(true)})
	must(t, err)
	w.refused(t, "revoked", m, request{}, denied, "Certificate revoked")
	w.session(t, other)
	if got := whoami(t, conf); got != before.Set[0].User.ARN { // what has begun goes on, as on AWS
		t.Error(got)
	}
	_, err = w.api.DisableCrl(t.Context(), &rolesanywhere.DisableCrlInput{CrlId: crl.Crl.CrlId})
	must(t, err)
	w.session(t, m)
	_, err = w.api.EnableCrl(t.Context(), &rolesanywhere.EnableCrlInput{CrlId: crl.Crl.CrlId})
	must(t, err)
	w.refused(t, "revoked again", m, request{}, denied, "Certificate revoked")
	_, err = w.api.UpdateCrl(t.Context(), &rolesanywhere.UpdateCrlInput{CrlId: crl.Crl.CrlId, CrlData: w.root.revoke(t, other.cert)})
	must(t, err)
	w.session(t, m)
	w.refused(t, "revoked in its place", other, request{}, denied, "Certificate revoked")
	_, err = w.api.DeleteCrl(t.Context(), &rolesanywhere.DeleteCrlInput{CrlId: crl.Crl.CrlId})
	must(t, err)
	w.session(t, other)

	// A list of an authority between: of its certificates, and of its own.
	below := newAuthority(t, "Below", w.root)
	low := below.issue(t, template("low"), newKey(t))
	low.chain = []*x509.Certificate{below.cert}
	w.session(t, low)
	for _, list := range [][]byte{below.revoke(t, low.cert), w.root.revoke(t, below.cert)} {
		crl, err := w.api.ImportCrl(t.Context(), &rolesanywhere.ImportCrlInput{Name: aws.String("list"), CrlData: list, TrustAnchorArn: w.anchor.TrustAnchorArn, Enabled: aws.Bool(true)})
		must(t, err)
		w.refused(t, "revoked below", low, request{}, denied, "Certificate revoked")
		_, err = w.api.DeleteCrl(t.Context(), &rolesanywhere.DeleteCrlInput{CrlId: crl.Crl.CrlId})
		must(t, err)
	}
	// An authority that has got another certificate in the place of one that is revoked.
	again := *below.cert
	again.SerialNumber = template("").SerialNumber
	renewed := w.root.sign(t, &again, below.key.Public())
	_, err = w.api.ImportCrl(t.Context(), &rolesanywhere.ImportCrlInput{Name: aws.String("list"), CrlData: w.root.revoke(t, below.cert), TrustAnchorArn: w.anchor.TrustAnchorArn, Enabled: aws.Bool(true)})
	must(t, err)
	w.refused(t, "with the certificate that is revoked", low, request{}, denied, "Certificate revoked")
	low.chain = []*x509.Certificate{below.cert, renewed}
	w.session(t, low)

	forged := &authority{w.root.cert, newKey(t)}
	if _, err := w.api.ImportCrl(t.Context(), &rolesanywhere.ImportCrlInput{Name: aws.String("list"), CrlData: forged.list(t), TrustAnchorArn: w.anchor.TrustAnchorArn}); err == nil || !strings.Contains(err.Error(), "not signed by the authority") {
		t.Errorf("a forged list: %v", err)
	}
}

// list is an empty revocation list whose signature is the key's, whatever the certificate says.
func (a *authority) list(t *testing.T) []byte {
	t.Helper()
	c := *a.cert
	c.PublicKey = a.key.Public()
	return (&authority{&c, a.key}).revoke(t)
}

func TestDisabledAndGone(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	_, conf := w.session(t, m)
	_, err := w.api.DisableTrustAnchor(t.Context(), &rolesanywhere.DisableTrustAnchorInput{TrustAnchorId: w.anchor.TrustAnchorId})
	must(t, err)
	w.refused(t, "the anchor is disabled", m, request{}, denied, untrusted)
	_, err = w.api.EnableTrustAnchor(t.Context(), &rolesanywhere.EnableTrustAnchorInput{TrustAnchorId: w.anchor.TrustAnchorId})
	must(t, err)
	_, err = w.api.DisableProfile(t.Context(), &rolesanywhere.DisableProfileInput{ProfileId: w.profile.ProfileId})
	must(t, err)
	w.refused(t, "the profile is disabled", m, request{}, denied, "The profile is not there, or disabled")
	_, err = w.api.EnableProfile(t.Context(), &rolesanywhere.EnableProfileInput{ProfileId: w.profile.ProfileId})
	must(t, err)
	w.session(t, m)
	_, err = w.api.UpdateTrustAnchor(t.Context(), &rolesanywhere.UpdateTrustAnchorInput{TrustAnchorId: w.anchor.TrustAnchorId, Source: bundleOf(newAuthority(t, "Next", nil).pem())})
	must(t, err)
	w.refused(t, "the authority is another", m, request{}, denied, untrusted)
	_, err = w.api.UpdateTrustAnchor(t.Context(), &rolesanywhere.UpdateTrustAnchorInput{TrustAnchorId: w.anchor.TrustAnchorId, Source: bundleOf(w.root.pem())})
	must(t, err)
	_, err = w.api.DeleteProfile(t.Context(), &rolesanywhere.DeleteProfileInput{ProfileId: w.profile.ProfileId})
	must(t, err)
	w.refused(t, "the profile is gone", m, request{}, denied, "The profile is not there, or disabled")
	_, err = w.api.DeleteTrustAnchor(t.Context(), &rolesanywhere.DeleteTrustAnchorInput{TrustAnchorId: w.anchor.TrustAnchorId})
	must(t, err)
	w.refused(t, "the anchor is gone", m, request{}, denied, untrusted)
	whoami(t, conf) // what has begun goes on, as on AWS
}

func TestBadBodies(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	bad := "ValidationException"
	w.refused(t, "nothing", m, request{body: map[string]any{}}, bad, "3 validation errors detected: Value null at 'profileArn'")
	w.refused(t, "another type", m, request{body: w.body("durationSeconds", "long")}, bad, "durationSeconds")
	w.refused(t, "another ARN", m, request{body: w.body("trustAnchorArn", w.role)}, bad, "The trustAnchorArn is not")
	w.refused(t, "another account's profile", m, request{body: w.body("profileArn", strings.Replace(*w.profile.ProfileArn, w.Credentials.Account, "111111111111", 1))}, bad, "The profileArn is not")
	w.refused(t, "an anchor nobody has", m, request{body: w.body("trustAnchorArn", (*w.anchor.TrustAnchorArn)[:len(*w.anchor.TrustAnchorArn)-12]+"000000000000")}, denied, untrusted)
	for _, body := range []string{"", "[", "null", "[]", `{"roleArn":{}}`, strings.Repeat("[", 100_000)} {
		raw := func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
		}
		a := m.ask(t, w.URL, request{body: w.body(), sent: raw})
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%.20s: %d %s", body, a.status, a.message)
		}
	}
}
