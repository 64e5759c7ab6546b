package federation

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	dsig "github.com/russellhaering/goxmldsig"
)

// fixedKey is the same in every process of a fuzzer, so that what one signs another accepts. It signs nothing else.
func fixedKey() *ecdsa.PrivateKey {
	return must(ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32)))
}

// FuzzToken: no token panics, every refusal is an *Error, and what is accepted says only what its issuer signed.
func FuzzToken(f *testing.F) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := Provider{URL: "https://idp.example.com", ClientIDs: []string{"client"}}
	// The keys are in the cache, so nothing is fetched.
	o := NewOIDC(Options{Now: func() time.Time { return now }})
	o.cache.put(p.cacheKey(), &cachedKeys{at: now, keys: []jose.JSONWebKey{{Key: fixedKey().Public(), KeyID: "one"}}})
	token := func(aud any) string {
		return sign(f, jose.ES256, fixedKey(), "one", map[string]any{"iss": p.URL, "sub": "user", "aud": aud,
			"iat": now.Unix(), "exp": now.Unix() + 60, flatTag + "k": "v"})
	}
	good := token("client")
	if _, err := o.Verify(f.Context(), p, good); err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, token([]string{"a", "client"}), token("stranger"), "", "..",
		"eyJhbGciOiJub25lIn0.e30.", good[:len(good)-2], strings.Replace(good, ".", "..", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		got, err := o.Verify(t.Context(), p, token)
		if err == nil {
			if got.Subject != "user" || got.Issuer != p.URL {
				t.Fatalf("%+v", got)
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind == nil || e.Message == "" {
			t.Fatal(err)
		}
	})
}

// FuzzKeys: no JWK Set panics, and all keys taken from one can verify.
func FuzzKeys(f *testing.F) {
	key := jose.JSONWebKey{Key: fixedKey().Public(), KeyID: "one"}
	f.Add([]byte(`{"keys":[` + string(must(key.MarshalJSON())) + `]}`))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","x5c":["AAAA"]},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		keys, err := parseKeys(doc)
		if err == nil && len(keys) == 0 {
			t.Fatal("no keys, no error")
		}
		for _, k := range keys {
			if !k.Valid() || !k.IsPublic() {
				t.Fatalf("%+v", k)
			}
		}
	})
}

// FuzzSAML: no response panics or takes long, every refusal is an *Error, and whatever is accepted is alice, whom alone
// the provider signed for. It is slow to start unless minimizing is kept short: -fuzzminimizetime 10x.
func FuzzSAML(f *testing.F) {
	p := newIDP(f)
	p.key = fixedKey()
	p.cert = selfSigned(f, "idp", p.now, p.key)
	m := p.metadata()
	signed := func(doc, path string) string {
		return p.signedWith(doc, path, dsig.ECDSASHA256SignatureMethod, dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""))
	}
	f.Add(p.template())
	f.Add(signed(p.template(), "/samlp:Response"))
	f.Add(signed(p.template(), "/samlp:Response/saml:Assertion"))
	f.Add(signed(signed(p.template(), "/samlp:Response/saml:Assertion"), "/samlp:Response"))
	f.Add(`<Response xmlns="` + nsProtocol + `"><Assertion xmlns="` + nsAssertion + `" ID="a"/></Response>`)
	f.Fuzz(func(t *testing.T, doc string) {
		start := time.Now()
		a, err := m.Verify(encode(doc), p.options())
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
		if err == nil {
			if a.Subject != "alice" || a.Issuer != entityID || len(a.Roles) != 2 {
				t.Fatalf("%+v", a)
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind == nil || e.Message == "" {
			t.Fatal(err)
		}
	})
}

// FuzzMetadata: no document panics, and one that is accepted has what Verify needs.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte(newIDP(f).document()))
	f.Add([]byte("<md:EntityDescriptor/>"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, err := ParseMetadata(doc)
		if err != nil {
			if !errors.Is(err, ErrInvalidMetadata) {
				t.Fatal(err)
			}
			return
		}
		if m.EntityID == "" || len(m.certificates) == 0 {
			t.Fatalf("%+v", m)
		}
	})
}
