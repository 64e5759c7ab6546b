package federation

import (
	"strings"
	"testing"
	"time"

	dsig "github.com/russellhaering/goxmldsig"
)

const badSignature = "Response signature invalid"

func TestUnsigned(t *testing.T) {
	p := newIDP(t)
	_, err := p.metadata().Verify(encode(p.template()), p.options())
	wantError(t, err, ErrInvalidToken, badSignature)
}

func TestTampering(t *testing.T) {
	p := newIDP(t)
	assertion := p.signed(p.template(), "/samlp:Response/saml:Assertion")
	response := p.signed(p.template(), "/samlp:Response")
	for name, doc := range map[string]string{
		"subject":            strings.Replace(assertion, ">alice<", ">admin<", 1),
		"role":               strings.Replace(assertion, "role/dev", "role/root", 1),
		"response's subject": strings.Replace(response, ">alice<", ">admin<", 1),
		"text added":         strings.Replace(assertion, ">alice<", ">alice x<", 1),
		"digest":             strings.Replace(assertion, "<ds:DigestValue>", "<ds:DigestValue>A", 1),
		"no value":           strings.Replace(assertion, "<ds:SignatureValue>", "<ds:SignatureValue></ds:SignatureValue><ds:SignatureValue>", 1),
		"reference":          strings.Replace(assertion, `URI="#_assertion"`, `URI=""`, 1),
		"no ID":              strings.Replace(strings.Replace(assertion, ` ID="_assertion"`, "", 1), `URI="#_assertion"`, `URI="#"`, 1),
	} {
		if doc == assertion || doc == response {
			t.Fatalf("%s: nothing changed", name)
		}
		t.Run(name, func(t *testing.T) {
			_, err := p.metadata().Verify(encode(doc), p.options())
			wantError(t, err, ErrInvalidToken, badSignature)
		})
	}
}

// The status of a response with a signed assertion may be anyone's, but can only turn a yes into a no.
func TestStatusOfSignedResponse(t *testing.T) {
	p := newIDP(t)
	doc := p.signed(p.changed(statusSuccess, "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"), "/samlp:Response")
	_, err := p.metadata().Verify(encode(doc), p.options())
	wantError(t, err, ErrRejected, "")
	_, err = p.metadata().Verify(encode(strings.Replace(doc, "status:AuthnFailed", "status:Success", 1)), p.options())
	wantError(t, err, ErrInvalidToken, badSignature)
}

func TestStrangersKey(t *testing.T) {
	p, stranger := newIDP(t), newIDP(t)
	stranger.key = otherRSA()
	stranger.cert = selfSigned(t, "idp", p.now, stranger.key)
	// The certificate in KeyInfo is the stranger's; then it is replaced by the right one.
	doc := stranger.signed(stranger.template(), "/samlp:Response/saml:Assertion")
	for _, doc := range []string{doc, replaceBetween(doc, "<ds:X509Certificate>", "</ds:X509Certificate>",
		between(p.signed(p.template(), "/samlp:Response"), "<ds:X509Certificate>", "</ds:X509Certificate>"))} {
		_, err := p.metadata().Verify(encode(doc), p.options())
		wantError(t, err, ErrInvalidToken, badSignature)
	}
	// A provider with two keys signs with either.
	m := p.metadata()
	m.certificates = append(m.certificates, stranger.cert)
	if _, err := m.Verify(encode(doc), p.options()); err != nil {
		t.Error(err)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func replaceBetween(s, from, to, with string) string {
	return strings.Replace(s, from+between(s, from, to), from+with, 1)
}

// Signature wrapping: a genuine signed assertion is somewhere in the document, and a forged one is where it is read.
func TestWrapping(t *testing.T) {
	p := newIDP(t)
	genuine := p.signed(p.template(), "/samlp:Response/saml:Assertion")
	const open, end = "<saml:Assertion ", "</saml:Assertion>"
	signed := open + between(genuine, open, end) + end
	signature := "<ds:Signature " + between(signed, "<ds:Signature ", "</ds:Signature>") + "</ds:Signature>"
	bare := strings.Replace(signed, signature, "", 1)
	forged := strings.ReplaceAll(bare, ">alice<", ">admin<")
	evil := strings.Replace(forged, `ID="_assertion"`, `ID="_evil"`, 1)
	withSignature := func(assertion, inside string) string {
		return strings.Replace(assertion, "</saml:Issuer>", "</saml:Issuer>"+
			strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+inside+"</ds:Object></ds:Signature>", 1), 1)
	}
	in := func(assertions string) string { return strings.Replace(genuine, signed, assertions, 1) }
	for name, doc := range map[string]string{
		"forged first":               in(evil + signed),
		"forged last":                in(signed + evil),
		"same ID first":              in(forged + signed),
		"same ID last":               in(signed + forged),
		"genuine in an extension":    in("<samlp:Extensions>" + signed + "</samlp:Extensions>" + evil),
		"genuine in the forged":      in(strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signed, 1)),
		"genuine in the signature":   in(withSignature(evil, bare)),
		"same ID, in the signature":  in(withSignature(forged, bare)),
		"genuine in an attribute":    in(strings.Replace(forged, ">staff<", ">"+signed+"<", 1)),
		"forged in another response": strings.Replace(genuine, signed, "<samlp:Response ID=\"_assertion\">"+signed+"</samlp:Response>"+evil, 1),
		"signature beside":           in(signature + forged),
		"signature on the response":  strings.Replace(in(forged), "<samlp:Status>", signature+"<samlp:Status>", 1),
		"response has that ID":       strings.Replace(strings.Replace(in(evil), `ID="_response"`, `ID="_assertion"`, 1), "<samlp:Status>", signature+"<samlp:Status>", 1),
		"two signatures":             in(strings.Replace(signed, signature, signature+signature, 1)),
		"two roots":                  in(evil) + genuine,
	} {
		if !strings.Contains(doc, ">admin<") && name != "two signatures" {
			t.Fatalf("%s: no attack", name)
		}
		t.Run(name, func(t *testing.T) {
			a, err := p.metadata().Verify(encode(doc), p.options())
			if err == nil {
				t.Fatalf("%s is let in", a.Subject)
			}
			wantError(t, err, ErrInvalidToken, "")
		})
	}
}

// A comment is not signed with most canonicalizations, so anyone can put one anywhere. It must not cut a value.
func TestComments(t *testing.T) {
	p := newIDP(t)
	for name, c := range map[string]dsig.Canonicalizer{
		"dropped": dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""),
		"signed":  dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(""),
	} {
		t.Run(name, func(t *testing.T) {
			doc := p.changed(">alice</saml:NameID>", ">admin<!-- -->.evil</saml:NameID>")
			a, err := p.metadata().Verify(encode(p.signedWith(doc, "/samlp:Response/saml:Assertion", dsig.RSASHA256SignatureMethod, c)), p.options())
			if err != nil || a.Subject != "admin.evil" {
				t.Fatalf("%+v, %v", a, err)
			}
		})
	}
	doc := p.signed(p.changed(">alice</saml:NameID>", ">admin.evil</saml:NameID>"), "/samlp:Response/saml:Assertion")
	a, err := p.metadata().Verify(encode(strings.Replace(doc, "admin.evil", "admin<!-- -->.evil", 1)), p.options())
	if err != nil || a.Subject != "admin.evil" {
		t.Fatalf("%+v, %v", a, err)
	}
}

func TestWeakAlgorithms(t *testing.T) {
	p := newIDP(t)
	c := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	doc := p.signedWith(p.template(), "/samlp:Response/saml:Assertion", dsig.RSASHA1SignatureMethod, c)
	_, err := p.metadata().Verify(encode(doc), p.options())
	wantError(t, err, ErrInvalidToken, badSignature)
	if !strings.Contains(err.Error(), "not accepted") {
		t.Error(err)
	}
	good := p.signed(p.template(), "/samlp:Response/saml:Assertion")
	xslt := strings.Replace(good, string(dsig.EnvelopedSignatureAltorithmId), "http://www.w3.org/TR/1999/REC-xslt-19991116", 1)
	_, err = p.metadata().Verify(encode(xslt), p.options())
	wantError(t, err, ErrInvalidToken, badSignature)
}

func TestEncryptedAssertion(t *testing.T) {
	p := newIDP(t)
	doc := p.changed("<saml:Assertion ", "<saml:EncryptedAssertion/><saml:Assertion ")
	for _, doc := range []string{doc, p.signed(doc, "/samlp:Response"), p.signed(doc, "/samlp:Response/saml:Assertion")} {
		_, err := p.metadata().Verify(encode(doc), p.options())
		wantError(t, err, ErrInvalidToken, "Encrypted SAML assertions are not supported")
	}
}

func TestStrictXML(t *testing.T) {
	p := newIDP(t)
	good := p.signed(p.template(), "/samlp:Response/saml:Assertion")
	for name, doc := range map[string]string{
		"entities":        `<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>` + good,
		"entity":          strings.Replace(good, ">alice<", ">&b;<", 1),
		"instruction":     strings.Replace(good, "<samlp:Status>", "<?php?><samlp:Status>", 1),
		"deep":            strings.Replace(good, "<samlp:Status>", strings.Repeat("<a>", maxDepth)+strings.Repeat("</a>", maxDepth)+"<samlp:Status>", 1),
		"attribute twice": strings.Replace(good, `ID="_response"`, `ID="_response" ID="_assertion"`, 1),
		"encoding":        `<?xml version="1.0" encoding="UTF-16"?>` + good,
		"text after":      good + "x",
		"cut off":         good[:len(good)-10],
		"another root":    strings.ReplaceAll(good, "samlp:Response", "samlp:ArtifactResponse"),
		"no prefix":       strings.Replace(good, `xmlns:saml="`, `xmlns:other="`, 1),
		"many elements":   strings.Replace(good, "<samlp:Status>", strings.Repeat("<a/>", 5000)+"<samlp:Status>", 1),
		"long":            good + strings.Repeat(" ", maxAssertion),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := p.metadata().Verify(encode(doc), p.options())
			wantError(t, err, ErrInvalidToken, "")
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	_, err := p.metadata().Verify("no base64!", p.options())
	wantError(t, err, ErrInvalidToken, "")
}
