package sigv4

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// The algorithms of signatures by the key of a certificate.
const (
	algorithmRSA   = "AWS4-X509-RSA-SHA256"
	algorithmECDSA = "AWS4-X509-ECDSA-SHA256"
)

// What a request may bring in certificates: they are read before it is known who sent it.
const (
	maxCertificate = 16 << 10 // bytes in base64
	maxChain       = 5        // certificates beside the signer's own
)

// The keys that signatures are verified with: what is smaller is too weak, what is larger takes too long.
const (
	minRSA, maxRSA     = 2048, 8192
	minCurve, maxCurve = 256, 521
)

// Signer is who signed a request with the key of a certificate. That it has the key is proven; whether anybody trusts the
// certificate is for the caller to find out.
type Signer struct {
	Certificate *x509.Certificate
	// Chain are the other certificates that the request brings, which lead to one that the caller trusts.
	Chain []*x509.Certificate
	// Region is the one of the credential scope.
	Region string
}

// VerifyX509 proves that a request is signed with the key of the certificate in its header X-Amz-X509 ("The IAM Roles
// Anywhere authentication signing process", IAM Roles Anywhere User Guide). It is the process of [Verifier.Verify] in the
// header form, with another key: the credential is the certificate's serial number, and the signature is RSA with the padding of
// PKCS #1 v1.5, or ECDSA in ASN.1. The parameters are as there, and the error is an [*Error].
func VerifyX509(r *http.Request, body []byte, now time.Time, services ...string) (Signer, error) {
	c, bad := readClaim(r)
	if bad == nil && c.presigned {
		bad = ErrMissing
	}
	if bad == nil {
		bad = c.checkDate(now)
	}
	if bad != nil {
		return Signer{}, bad
	}
	if !listed(c.signedHeaders, "host") && !listed(c.signedHeaders, ":authority") {
		return Signer{}, errNoHost
	}
	if name := unsignedHeader(r.Header, c.signedHeaders); name != "" {
		return Signer{}, notSigned(name)
	}
	if c.algorithm != algorithmRSA && c.algorithm != algorithmECDSA {
		return Signer{}, badAlgorithm(c.algorithm)
	}
	cred, terminator, ok := parseCredential(c.credential)
	if !ok {
		return Signer{}, badCredential(c.credential)
	}
	if bad := scopeErrors(cred, terminator, services, c.date); bad != nil {
		return Signer{}, bad
	}
	s := Signer{Region: cred.Region}
	if s.Certificate, s.Chain, bad = certificates(r.Header); bad != nil {
		return Signer{}, bad
	}
	if s.Certificate.SerialNumber.String() != cred.AccessKeyID {
		return Signer{}, incomplete("The credential is not the serial number of the certificate in X-Amz-X509.")
	}
	if bad := c.checkX509(s.Certificate, cred, r, body); bad != nil {
		return Signer{}, bad
	}
	return s, nil
}

// certificates reads the certificates that a request brings.
func certificates(h http.Header) (own *x509.Certificate, chain []*x509.Certificate, bad *Error) {
	text, ok := first(h, "X-Amz-X509")
	if !ok {
		return nil, nil, incomplete("Authorization requires the header X-Amz-X509.")
	}
	if own = certificate(text); own == nil {
		return nil, nil, incomplete("The header X-Amz-X509 is no certificate: it has to be in DER, and that in base64.")
	}
	text, ok = first(h, "X-Amz-X509-Chain")
	if !ok {
		return own, nil, nil
	}
	list := strings.SplitN(text, ",", maxChain+2)
	if len(list) > maxChain {
		return nil, nil, incomplete("The header X-Amz-X509-Chain has too many certificates.")
	}
	for _, text := range list {
		c := certificate(text)
		if c == nil {
			return nil, nil, incomplete("The header X-Amz-X509-Chain is no list of certificates: each has to be in DER, and that in base64, with commas between them.")
		}
		chain = append(chain, c)
	}
	return own, chain, nil
}

// certificate is nil if the text is none.
func certificate(text string) *x509.Certificate {
	if len(text) > maxCertificate {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return c
}

// checkX509 verifies the signature with the key of a certificate.
func (c *claim) checkX509(by *x509.Certificate, cred Credential, r *http.Request, body []byte) *Error {
	signature, err := hex.DecodeString(c.signature)
	if err != nil {
		return ErrMismatch
	}
	request, bad := c.appendCanonicalRequest(nil, r, body)
	if bad != nil {
		return bad
	}
	sum := sha256.Sum256(request)
	text := c.algorithm + "\n" + c.date + "\n" + strings.Join([]string{cred.Date, cred.Region, cred.Service, scopeEnd}, "/") + "\n" + hex.EncodeToString(sum[:])
	sum = sha256.Sum256([]byte(text))
	good := false
	switch key := by.PublicKey.(type) {
	case *rsa.PublicKey:
		size := key.N.BitLen()
		if size < minRSA || size > maxRSA {
			return errWeakKey
		}
		good = c.algorithm == algorithmRSA && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PublicKey:
		size := key.Curve.Params().BitSize
		if size < minCurve || size > maxCurve {
			return errWeakKey
		}
		good = c.algorithm == algorithmECDSA && ecdsa.VerifyASN1(key, sum[:], signature)
	default:
		return errWeakKey
	}
	if !good {
		return ErrMismatch
	}
	return nil
}

var errWeakKey = incomplete("The key of the certificate in X-Amz-X509 has to be RSA with 2048 to 8192 bits, or on the elliptic curve P-256, P-384 or P-521.")
