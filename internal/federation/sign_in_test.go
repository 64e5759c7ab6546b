package federation

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	acs     = "https://db.example.com/sources/saml/acs"
	slo     = "https://db.example.com/sources/saml/slo"
	request = "_request"
)

func provider() *ServiceProvider {
	return &ServiceProvider{EntityID: "https://db.example.com/sources/saml/metadata", ACS: acs, SLO: slo, Keys: []*rsa.PrivateKey{otherRSA()}}
}

// forUs are the changes to the template that make it a response to our request.
func (p *idp) forUs(changes ...string) string {
	return p.changed(append([]string{
		"https://signin.aws.amazon.com/saml", acs,
		"urn:amazon:webservices<", provider().EntityID + "<",
		"<saml:SubjectConfirmationData ", `<saml:SubjectConfirmationData InResponseTo="` + request + `" `,
		`ID="_response"`, `ID="_response" InResponseTo="` + request + `"`,
		"<saml:AuthnStatement ", `<saml:AuthnStatement SessionIndex="_session" `,
	}, changes...)...)
}

const (
	atResponse  = "/samlp:Response"
	atAssertion = "/samlp:Response/saml:Assertion"
)

func (p *idp) signIn(doc string) (*SignedIn, error) {
	return p.metadata().SignIn(encode(doc), provider(), request, p.now)
}

func TestSignIn(t *testing.T) {
	p := newIDP(t)
	friendly := `<saml:Attribute Name="urn:oid:2.16.840.1.113730.3.1.241" FriendlyName="displayName"><saml:AttributeValue>Alice A</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>`
	for _, at := range []string{atResponse, atAssertion} {
		s, err := p.signIn(p.signed(p.forUs("</saml:AttributeStatement>", friendly), at))
		if err != nil {
			t.Fatal(err)
		}
		if s.Subject != "alice" || s.ID != "_assertion" || s.SessionIndex != "_session" || s.MFA || s.Until.Sub(p.now) < redeemWithin ||
			!slices.Equal(s.Attributes["displayName"], []string{"Alice A"}) || len(s.Attributes["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"]) != 2 {
			t.Errorf("%+v", s)
		}
	}
	s, err := p.signIn(p.signed(p.forUs(`SessionNotOnOrAfter="`+p.now.Add(8*time.Hour).Format(time.RFC3339)+`"/>`,
		`><saml:AuthnContext><saml:AuthnContextClassRef>https://refeds.org/profile/mfa</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`), atAssertion))
	if err != nil || !s.MFA {
		t.Error(s, err)
	}
}

func TestSignInRefused(t *testing.T) {
	p := newIDP(t)
	at := func(d time.Duration) string { return p.now.Add(d).Format(time.RFC3339) }
	issued := `ID="_assertion" Version="2.0" IssueInstant="` + at(0)
	for name, change := range map[string][]string{
		"AWS's audience":          {provider().EntityID + "<", "urn:amazon:webservices<"},
		"AWS's recipient":         {`Recipient="` + acs, `Recipient="https://signin.aws.amazon.com/saml`},
		"another recipient":       {`Recipient="` + acs, `Recipient="` + acs + `/`},
		"another destination":     {`Destination="` + acs, `Destination="https://evil.example.com/`},
		"another request":         {`Data InResponseTo="_request"`, `Data InResponseTo="_other"`},
		"no request":              {`Data InResponseTo="_request"`, `Data`},
		"another request outside": {`"_response" InResponseTo="_request"`, `"_response" InResponseTo="_other"`},
		"another issuer":          {entityID, "https://evil.example.com"},
		"old":                     {issued, `ID="_assertion" Version="2.0" IssueInstant="` + at(-redeemWithin-time.Second)},
		"expired":                 {at(5 * time.Minute), at(-2 * time.Minute)},
		"not yet":                 {`NotBefore="` + at(-time.Minute), `NotBefore="` + at(2*time.Minute)},
		"no statement":            {"saml:AuthnStatement", "saml:Other"},
		"an encrypted attribute":  {"<saml:AttributeStatement>", "<saml:AttributeStatement><saml:EncryptedAttribute/>"},
		"refused":                 {statusSuccess, "urn:oasis:names:tc:SAML:2.0:status:Responder"},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := p.signIn(p.signed(p.forUs(change...), atAssertion)); err == nil {
				t.Errorf("let in: %+v", s)
			}
		})
	}
	good := p.signed(p.forUs(), atAssertion)
	if s, err := p.metadata().SignIn(encode(good), provider(), "", p.now); err == nil {
		t.Errorf("a response to a request counts as the provider's own: %+v", s)
	}
	if s, err := p.signIn(p.forUs()); err == nil {
		t.Errorf("unsigned: %+v", s)
	}
	if s, err := p.signIn(strings.Replace(good, ">alice<", ">admin<", 1)); err == nil {
		t.Errorf("altered: %+v", s)
	}
	if s, err := p.signIn(p.signed(p.forUs(` Destination="`+acs+`"`, ""), atResponse)); err == nil {
		t.Errorf("signed without a destination: %+v", s)
	}
}

// What the provider begins itself is to no request.
func TestUnsolicited(t *testing.T) {
	p := newIDP(t)
	doc := p.signed(p.forUs(` InResponseTo="_request"`, ""), atAssertion)
	if s, err := p.metadata().SignIn(encode(doc), provider(), "", p.now); err != nil || s.Subject != "alice" {
		t.Error(s, err)
	}
	if s, err := p.signIn(doc); err == nil {
		t.Errorf("an answer of nobody's request is one to ours: %+v", s)
	}
}

// TestSignInWrapping is TestWrapping for this way in, with what can be encrypted besides.
func TestSignInWrapping(t *testing.T) {
	p := newIDP(t)
	genuine := p.signed(p.forUs(), atAssertion)
	const open, end = "<saml:Assertion ", "</saml:Assertion>"
	signed := open + between(genuine, open, end) + end
	signature := "<ds:Signature " + between(signed, "<ds:Signature ", "</ds:Signature>") + "</ds:Signature>"
	forged := strings.ReplaceAll(strings.Replace(signed, signature, "", 1), ">alice<", ">admin<")
	evil := strings.Replace(forged, `ID="_assertion"`, `ID="_evil"`, 1)
	in := func(assertions string) string { return strings.Replace(genuine, signed, assertions, 1) }
	alone := func(assertion string) string { // with its own declarations
		return strings.Replace(assertion, open, `<saml:Assertion xmlns:saml="`+nsAssertion+`" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `, 1)
	}
	for name, doc := range map[string]string{
		"forged first":           in(evil + signed),
		"forged last":            in(signed + evil),
		"same ID":                in(forged + signed),
		"in an extension":        in("<samlp:Extensions>" + signed + "</samlp:Extensions>" + evil),
		"in the forged":          in(strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signed, 1)),
		"in the signature":       in(strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+signed+"</ds:Object></ds:Signature>", 1), 1)),
		"signature moved":        in(signature + forged),
		"forged and encrypted":   in(encryptedAssertion(t, alone(evil), "gcm")),
		"encrypted beside":       in(signed + encryptedAssertion(t, alone(evil), "gcm")),
		"two encrypted":          in(encryptedAssertion(t, alone(signed), "gcm") + encryptedAssertion(t, alone(evil), "gcm")),
		"a response in it":       in(encryptedAssertion(t, strings.ReplaceAll(alone(evil), "saml:Assertion", "saml:Response"), "gcm")),
		"signed in an encrypted": in(encryptedAssertion(t, alone(strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signed, 1)), "gcm")),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := p.signIn(doc)
			if err == nil {
				t.Fatalf("%s is let in", s.Subject)
			}
		})
	}
}

// encryptedAssertion encrypts for our key. The kind is cbc or gcm, or what is not accepted.
func encryptedAssertion(t *testing.T, plain, kind string) string {
	t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	block := must(aes.NewCipher(secret))
	var data []byte
	method, transport := nsEncryption+"aes256-cbc", oaepMGF1
	wrapped := must(rsa.EncryptOAEP(crypto.SHA1.New(), rand.Reader, &otherRSA().PublicKey, secret, nil))
	switch kind {
	case "gcm":
		method = ns11 + "aes256-gcm"
		data = must(cipher.NewGCMWithRandomNonce(block)).Seal(nil, nil, []byte(plain), nil)
	case "pkcs1":
		transport = nsEncryption + "rsa-1_5"
		//lint:ignore SA1019 it is what is refused
		wrapped = must(rsa.EncryptPKCS1v15(rand.Reader, &otherRSA().PublicKey, secret))
	case "3des":
		method = nsEncryption + "tripledes-cbc"
	}
	if data == nil {
		n := aes.BlockSize - len(plain)%aes.BlockSize
		padded := append([]byte(plain), make([]byte, n)...)
		padded[len(padded)-1] = byte(n)
		data = make([]byte, aes.BlockSize+len(padded))
		rand.Read(data[:aes.BlockSize])
		cipher.NewCBCEncrypter(block, data[:aes.BlockSize]).CryptBlocks(data[aes.BlockSize:], padded)
	}
	if kind == "cut" {
		data = data[:len(data)-3]
	}
	b := base64.StdEncoding.EncodeToString
	return `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="` + nsEncryption + `"><xenc:EncryptionMethod Algorithm="` + method + `"/>` +
		`<ds:KeyInfo xmlns:ds="` + nsSignature + `"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="` + transport + `"><ds:DigestMethod Algorithm="` + nsSignature + `sha1"/></xenc:EncryptionMethod>` +
		`<xenc:CipherData><xenc:CipherValue>` + b(wrapped) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>` +
		`<xenc:CipherData><xenc:CipherValue>` + b(data) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`
}

func TestEncrypted(t *testing.T) {
	p := newIDP(t)
	const open, end = "<saml:Assertion ", "</saml:Assertion>"
	encrypt := func(doc, kind string) string {
		plain := open + between(doc, open, end) + end
		return strings.Replace(doc, plain, encryptedAssertion(t, strings.Replace(plain, open, `<saml:Assertion xmlns:saml="`+nsAssertion+
			`" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `, 1), kind), 1)
	}
	for _, kind := range []string{"cbc", "gcm"} {
		// Signed, then encrypted; and encrypted in what is signed as a whole.
		for how, doc := range map[string]string{
			"inside":  encrypt(p.signed(p.forUs(), atAssertion), kind),
			"outside": p.signed(encrypt(p.forUs(), kind), atResponse),
		} {
			if s, err := p.signIn(doc); err != nil || s.Subject != "alice" {
				t.Errorf("%s, signed %s: %+v, %v", kind, how, s, err)
			}
		}
	}
	for _, kind := range []string{"pkcs1", "3des", "cut"} {
		_, err := p.signIn(encrypt(p.signed(p.forUs(), atAssertion), kind))
		wantError(t, err, ErrInvalidToken, undecryptable)
	}
	_, err := p.signIn(encrypt(p.forUs(), "gcm"))
	wantError(t, err, ErrInvalidToken, badSignature)
	// For AWS there are no keys.
	_, err = p.metadata().Verify(encode(encrypt(p.signed(p.template(), atAssertion), "gcm")), p.options())
	wantError(t, err, ErrInvalidToken, "Encrypted SAML assertions are not supported")
	stranger := provider()
	stranger.Keys = []*rsa.PrivateKey{rsaKey()}
	_, err = p.metadata().SignIn(encode(encrypt(p.signed(p.forUs(), atAssertion), "gcm")), stranger, request, p.now)
	wantError(t, err, ErrInvalidToken, undecryptable)
}
