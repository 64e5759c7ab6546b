package rolesanywhere

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"time"
)

// maxAuthorities is how many certificates a trust anchor has at the most (quota "Certificates per trust anchor").
const maxAuthorities = 2

// authorities reads the bundle of a trust anchor: certificates of authorities in PEM. A certificate has to be one that signs
// others, by a signature of today ("The IAM Roles Anywhere trust model", IAM Roles Anywhere User Guide).
func authorities(bundle string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for rest := []byte(bundle); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			if len(bytes.TrimSpace(rest)) > 0 || len(all) == 0 {
				return nil, validation("Incorrect certificate data: x509CertificateData has to be certificates in PEM, and nothing else.")
			}
			return all, nil
		}
		if block.Type != "CERTIFICATE" {
			return nil, validation("Incorrect certificate data: x509CertificateData has a " + block.Type + ", which is no certificate.")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, validation("Incorrect certificate data: a certificate of x509CertificateData can't be read: " + err.Error() + ".")
		}
		if wrong := notAuthority(c); wrong != "" {
			return nil, validation("Incorrect certificate data: the certificate of " + c.Subject.String() + " " + wrong + ".")
		}
		if all = append(all, c); len(all) > maxAuthorities {
			return nil, tooMany(maxAuthorities, "certificates in x509CertificateData")
		}
	}
}

// notAuthority says why a certificate can't be that of an authority, "" if it can.
func notAuthority(c *x509.Certificate) string {
	switch {
	case c.Version != 3:
		return "is no X.509 certificate of version 3"
	case !c.BasicConstraintsValid || !c.IsCA:
		return "is not that of an authority: its basic constraints do not have CA:TRUE"
	case c.KeyUsage&x509.KeyUsageCertSign == 0:
		return "is not for signing certificates: its key usage does not have Certificate Sign"
	case !strong(c.SignatureAlgorithm):
		return "is signed by an algorithm that is weaker than SHA-256"
	}
	return ""
}

// notEndEntity says why a certificate can't be that of who asks for a session, "" if it can (as above).
func notEndEntity(c *x509.Certificate) string {
	switch {
	case c.Version != 3:
		return "it is no X.509 certificate of version 3"
	case c.IsCA:
		return "it is that of an authority"
	case c.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return "its key usage does not have Digital Signature"
	case !strong(c.SignatureAlgorithm):
		return "it is signed by an algorithm that is weaker than SHA-256"
	}
	return ""
}

func strong(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512:
		return true
	}
	return false
}

// chainsTo finds the chains of certificates from own, which is the first of each, to one of the anchor's. It says why there is none.
func chainsTo(anchor []*x509.Certificate, own *x509.Certificate, others []*x509.Certificate, now time.Time) (chains [][]*x509.Certificate, wrong string) {
	if wrong := notEndEntity(own); wrong != "" {
		return nil, wrong
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range anchor {
		roots.AddCert(c)
	}
	for _, c := range others {
		if notAuthority(c) == "" { // what is not can't be between
			between.AddCert(c)
		}
	}
	chains, err := own.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	switch {
	case now.After(own.NotAfter):
		return nil, "it has expired"
	case now.Before(own.NotBefore):
		return nil, "it is not valid yet"
	case err != nil:
		return nil, "no chain of valid certificates leads from it to the trust anchor"
	}
	return chains, ""
}

// revokedBy says whether a revocation list has one of the certificates of a chain. The list was imported by the account, so that
// it counts for whatever has its issuer, also when the time of its next update is over: nothing that was revoked comes back.
func revokedBy(list *x509.RevocationList, chain []*x509.Certificate) bool {
	for _, c := range chain {
		if !bytes.Equal(c.RawIssuer, list.RawIssuer) {
			continue
		}
		for i := range list.RevokedCertificateEntries {
			if list.RevokedCertificateEntries[i].SerialNumber.Cmp(c.SerialNumber) == 0 {
				return true
			}
		}
	}
	return false
}
