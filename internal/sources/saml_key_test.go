package sources

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// signs says which of the certificates the request in an address was signed for; -1 for none.
func signs(t *testing.T, address string, certificates []string) int {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	signed, _, _ := strings.Cut(u.RawQuery, "&Signature=")
	signature, err := base64.StdEncoding.DecodeString(u.Query().Get("Signature"))
	must(t, err)
	sum := sha256.Sum256([]byte(signed))
	return slices.IndexFunc(certificates, func(text string) bool {
		der, err := base64.StdEncoding.DecodeString(text)
		must(t, err)
		cert, err := x509.ParseCertificate(der)
		must(t, err)
		return rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], signature) == nil
	})
}

// The first thing that is ever done with the key may be a rotation.
func TestFirstKeyRotation(t *testing.T) {
	s := start(t)
	_, err := s.call("RotateAWSSPKeyForDirectory", map[string]any{"Step": "Publish"})
	must(t, err)
	k, err := s.signer(t.Context())
	must(t, err)
	if len(k.published) != 2 || bytes.Equal(k.published[0], k.published[1]) {
		t.Error("the next key is the one in use")
	}
}

// A key gives way to another one without a moment in which nobody can sign in: providers know the next one before it signs, and what was
// encrypted with the one before can be read.
func TestKeyRotation(t *testing.T) {
	s := start(t)
	idp := startIDP(t, s)
	s.use(idp.settings(nil))
	// published are the certificates that our metadata have for a use.
	published := func(use string) (all []string) {
		t.Helper()
		md, err := idp.GetServiceProvider(nil, s.web.URL+metadataPath)
		must(t, err)
		for _, k := range md.SPSSODescriptors[0].KeyDescriptors {
			if k.Use == use {
				all = append(all, k.KeyInfo.X509Data.X509Certificates[0].Data)
			}
		}
		return all
	}
	rotate := func(step, fails string, uses ...string) {
		t.Helper()
		out, err := s.call("RotateAWSSPKeyForDirectory", map[string]any{"Step": step})
		if code(err) != fails {
			t.Fatalf("%s: %v", step, err)
		}
		if err != nil {
			return
		}
		sp, err := s.call("GetAWSSPConfigurationForDirectory", map[string]any{})
		must(t, err)
		for _, answer := range []map[string]any{out, sp} {
			var got []string
			for _, c := range answer["Certificates"].([]any) {
				got = append(got, c.(map[string]any)["Use"].(string))
			}
			if !slices.Equal(got, uses) {
				t.Errorf("%s: %v, want %v", step, got, uses)
			}
		}
	}
	signIn := func(what string) {
		t.Helper()
		b := s.browser()
		b.isSignedIn(what, b.follow(b.acs(b.toProvider(t, ""))), "alice")
	}
	request := func() string { return s.browser().get("/sources/login").to }

	first := published("signing")
	slow, slower := s.browser(), s.browser()
	slowForm, slowerForm := slow.toProvider(t, ""), slower.toProvider(t, "")
	rotate("Use", "ConflictException")
	rotate("Cancel", "ConflictException")
	rotate("Sign", "ValidationException")
	rotate("Publish", "", "Signing", "Next")
	rotate("Publish", "ConflictException")
	both := published("signing")
	if len(both) != 2 || both[0] != first[0] || !slices.Equal(published("encryption"), both) || signs(t, request(), both) != 0 {
		t.Errorf("published: %d certificates", len(both))
	}
	signIn("published")
	// A provider may take either of them to encrypt.
	idp.encryptFor = 1
	signIn("encrypted for the next one")
	idp.encryptFor = 0
	rotate("Use", "", "Signing", "Previous")
	if now := published("signing"); len(now) != 1 || now[0] != both[1] || signs(t, request(), both) != 1 {
		t.Errorf("in use: %d certificates", len(now))
	}
	signIn("in use")
	slow.isSignedIn("encrypted before", slow.follow(slow.acs(slowForm)), "alice")
	rotate("Publish", "", "Signing", "Next", "Previous")
	rotate("Cancel", "", "Signing", "Previous")
	rotate("Publish", "", "Signing", "Next", "Previous")
	rotate("Use", "", "Signing", "Previous")
	slower.isRefused("encrypted two keys ago", slower.follow(slower.acs(slowerForm)))
	signIn("twice")
}
