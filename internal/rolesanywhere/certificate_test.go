package rolesanywhere

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"maps"
	"math/big"
	"net/url"
	"testing"
	"time"
)

// sign makes the certificate that a template describes, signed by itself.
func sign(t testing.TB, c *x509.Certificate) *x509.Certificate {
	t.Helper()
	c, _ = signed(t, c)
	return c
}

// signed is sign with the key.
func signed(t testing.TB, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if c.SerialNumber == nil {
		c.SerialNumber = big.NewInt(1)
	}
	c.NotBefore, c.NotAfter = time.Unix(0, 0), time.Unix(1<<32, 0)
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c, key
}

// full is a certificate with something in every field that is mapped.
func full(t testing.TB) *x509.Certificate {
	t.Helper()
	directory, err := asn1.Marshal(pkix.Name{CommonName: "dir", OrganizationalUnit: []string{"x", "y"}}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	san, err := asn1.Marshal([]asn1.RawValue{
		{Class: 2, Tag: 2, Bytes: []byte("a.example.com")}, {Class: 2, Tag: 2, Bytes: []byte("b.example.com")},
		{Class: 2, Tag: 1, Bytes: []byte("mail@example.com")}, {Class: 2, Tag: 4, IsCompound: true, Bytes: directory},
		{Class: 2, Tag: 6, Bytes: []byte("spiffe://example.com/a")}})
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: "host", OrganizationalUnit: []string{"first", "second"}, SerialNumber: "7",
		ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, Value: "example"}, {Type: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: "own"}}},
		ExtraExtensions: []pkix.Extension{{Id: subjectAlternativeName, Value: san}}})
}

func TestTagsOf(t *testing.T) {
	c := full(t)
	for _, test := range []struct {
		mappings map[string][]string
		want     map[string]string
	}{
		{map[string][]string{}, map[string]string{}},
		{map[string][]string{subjectField: {"*"}}, map[string]string{"x509Subject/CN": "host", "x509Subject/OU": "first", "x509Subject/OU/1": "second",
			"x509Subject/SERIALNUMBER": "7", "x509Subject/DC": "example", "x509Subject/1.2.3.4": "own"}},
		{map[string][]string{subjectField: {"OU"}, issuerField: {"CN"}}, map[string]string{"x509Subject/OU": "first", "x509Issuer/CN": "host"}},
		{map[string][]string{sanField: usualMappings()[sanField]}, map[string]string{"x509SAN/DNS": "a.example.com", "x509SAN/URI": "spiffe://example.com/a",
			"x509SAN/Name/CN": "dir", "x509SAN/Name/OU": "x", "x509SAN/Name/OU/1": "y"}},
		{map[string][]string{sanField: {"DNS/1", "Name/CN"}}, map[string]string{"x509SAN/DNS/1": "b.example.com", "x509SAN/Name/CN": "dir"}},
	} {
		tags, unfit := tagsOf(c, test.mappings)
		if !maps.Equal(tags, test.want) || len(unfit) > 0 {
			t.Errorf("%v: %v %v, want %v", test.mappings, tags, unfit, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		serial       *big.Int
		name         string
		hex, session string
	}{
		{big.NewInt(1), "host-1.example.com", "01", "host-1.example.com"},
		{new(big.Int).SetBytes([]byte{0x61, 0xd5, 0x69, 0x2c}), "two words", "61d5692c", ""},
		{big.NewInt(0x100), "x", "0100", ""},
	} {
		c := sign(t, &x509.Certificate{SerialNumber: test.serial, Subject: pkix.Name{CommonName: test.name}})
		if got := serialName(c); got != test.hex {
			t.Errorf("%v is %s, want %s", test.serial, got, test.hex)
		}
		if got := commonName(c); got != test.session {
			t.Errorf("%s is %q, want %q", test.name, got, test.session)
		}
	}
}

func TestSpecifiers(t *testing.T) {
	for specifier, fields := range map[string][2]bool{ // of a subject, of an alternative name
		"*": {true, true}, "CN": {true, false}, "OU/1": {true, false}, "OU/0": {false, false}, "OU/x": {false, false}, "1.2.3.4": {true, false},
		"DNS": {false, true}, "DNS/2": {false, true}, "URI": {false, true}, "Name/*": {false, true}, "Name/OU/1": {false, true}, "Name/": {false, false},
		"": {false, false}, ".": {false, false}, "7": {false, false}, "EMAIL": {false, false},
	} {
		if got := [2]bool{validSpecifier(subjectField, specifier), validSpecifier(sanField, specifier)}; got != fields {
			t.Errorf("%q: %v, want %v", specifier, got, fields)
		}
	}
}

// FuzzCertificate reads what strangers send as certificates.
func FuzzCertificate(f *testing.F) {
	f.Add(full(f).Raw)
	f.Add(sign(f, &x509.Certificate{Subject: pkix.Name{CommonName: "a"}, URIs: []*url.URL{{Scheme: "a", Opaque: "b"}}}).Raw)
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		tags, _ := tagsOf(c, map[string][]string{subjectField: {"*"}, issuerField: {"*"}, sanField: {"*"}})
		for key, text := range tags {
			if !tagValue.Match(text) {
				t.Errorf("%s is %q", key, text)
			}
		}
		if name := serialName(c); len(name)%2 != 0 || name == "" {
			t.Errorf("the session is called %q", name)
		}
		chainsTo([]*x509.Certificate{c}, c, []*x509.Certificate{c}, time.Unix(1<<30, 0))
	})
}
