package federation

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// What a signature may be made with, by element. SHA-1 is not there: for it, documents of one digest can be made.
// Transforms that select or rewrite (XPath, XSLT) are not there: with them, the signed bytes are not the element.
var signatureAlgorithms = map[string][]string{
	"SignatureMethod": {dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod,
		dsig.ECDSASHA256SignatureMethod, dsig.ECDSASHA384SignatureMethod, dsig.ECDSASHA512SignatureMethod},
	"DigestMethod": {"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384",
		"http://www.w3.org/2001/04/xmlenc#sha512"},
	"Transform":              append([]string{string(dsig.EnvelopedSignatureAltorithmId)}, canonicalizations...),
	"CanonicalizationMethod": canonicalizations,
}

var canonicalizations = []string{
	string(dsig.CanonicalXML10ExclusiveAlgorithmId), string(dsig.CanonicalXML10ExclusiveWithCommentsAlgorithmId),
	string(dsig.CanonicalXML10RecAlgorithmId), string(dsig.CanonicalXML10WithCommentsAlgorithmId),
	string(dsig.CanonicalXML11AlgorithmId), string(dsig.CanonicalXML11WithCommentsAlgorithmId),
}

var errUnsigned = errors.New("not signed")

// verified returns el as one of the certificates signed it: parsed anew from the bytes whose digest is in the
// signature. Whatever else the document has, before, after or around el, is not in it, so that wrapping a signed
// element into another document gains nothing, and neither does a document that parses differently when it is written
// and read again.
//
// The signature is the one directly in el, and refers to el by its ID. The certificate is not taken from it: its
// KeyInfo is dropped unread. The error is errUnsigned if there is no signature.
func verified(el *etree.Element, certificates []*x509.Certificate) (*etree.Element, error) {
	context, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	// A copy that stands alone: canonicalization needs the namespaces declared around it.
	if el, err = etreeutils.NSDetatch(context, el); err != nil {
		return nil, err
	}
	signatures := children(el, nsSignature, "Signature")
	if len(signatures) == 0 {
		return nil, errUnsigned
	}
	if err := checkSignature(el, signatures); err != nil {
		return nil, err
	}
	for _, cert := range certificates {
		v := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
		v.Clock = dsig.NewFakeClockAt(cert.NotBefore) // see Metadata.certificates
		var signed *etree.Element
		if signed, err = v.Validate(el); err == nil {
			return signed, nil
		}
	}
	return nil, err
}

// checkSignature refuses all but the plainest form of a signature, and drops its KeyInfo.
func checkSignature(el *etree.Element, signatures []*etree.Element) error {
	if len(signatures) > 1 {
		return errors.New("more than one signature")
	}
	signature := signatures[0]
	for _, info := range children(signature, nsSignature, "KeyInfo") {
		signature.RemoveChild(info)
	}
	info := child(signature, nsSignature, "SignedInfo")
	if info == nil {
		return errors.New("no SignedInfo, or more than one")
	}
	reference, id := child(info, nsSignature, "Reference"), el.SelectAttrValue("ID", "")
	if reference == nil || id == "" || reference.SelectAttrValue("URI", "") != "#"+id {
		return errors.New("the signature does not refer to the element that it is in")
	}
	return checkAlgorithms(el)
}

// checkAlgorithms looks at every signature in el, not at its own alone: the library takes the first that refers to el,
// at any depth.
func checkAlgorithms(el *etree.Element) error {
	if accepted, ok := signatureAlgorithms[el.Tag]; ok && el.NamespaceURI() == nsSignature {
		if algorithm := el.SelectAttrValue("Algorithm", ""); !slices.Contains(accepted, algorithm) {
			return fmt.Errorf("%s %q is not accepted", el.Tag, algorithm)
		}
	}
	for _, c := range el.ChildElements() {
		// That of a key's encryption, RSA-OAEP, is of no signature, and SHA-1 is usual there and no harm.
		if is(el, nsEncryption, "EncryptionMethod") && is(c, nsSignature, "DigestMethod") {
			continue
		}
		if err := checkAlgorithms(c); err != nil {
			return err
		}
	}
	return nil
}
