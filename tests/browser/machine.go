package browser

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/statordb/stator/tests/harness"
)

// Machine is a machine with a certificate for IAM Roles Anywhere.
type Machine struct {
	// Authority is the certificate of its authority, and Revoked a list of that by which its own counts no more; both in PEM.
	Authority, Revoked string
	// Certificate and Key are files.
	Certificate, Key string
}

// NewMachine makes an authority, and a machine "CN=machine,OU=Reports".
func NewMachine(t *testing.T) *Machine {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now().Add(-time.Hour)
	certificate := func(serial int64, name pkix.Name) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: name, NotBefore: begun, NotAfter: begun.AddDate(1, 0, 0), BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature}
	}
	sign := func(c, by *x509.Certificate, key crypto.PublicKey, with crypto.Signer) *x509.Certificate {
		t.Helper()
		der, err := x509.CreateCertificate(rand.Reader, c, by, key, with)
		must(err)
		c, err = x509.ParseCertificate(der)
		must(err)
		return c
	}
	text := func(block string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: block, Bytes: der}))
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	root := certificate(1, pkix.Name{CommonName: "Machines CA", Organization: []string{"Example"}})
	root.IsCA, root.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	root = sign(root, root, authorityKey.Public(), authorityKey)
	own := sign(certificate(2, pkix.Name{CommonName: "machine", OrganizationalUnit: []string{"Reports"}}), root, key.Public(), authorityKey)
	revoked, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: begun, NextUpdate: begun.AddDate(0, 1, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: own.SerialNumber, RevocationTime: begun}}}, root, authorityKey)
	must(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	dir := t.TempDir()
	m := &Machine{text("CERTIFICATE", root.Raw), text("X509 CRL", revoked), filepath.Join(dir, "machine.pem"), filepath.Join(dir, "machine.key")}
	must(os.WriteFile(m.Certificate, []byte(text("CERTIFICATE", own.Raw)), 0o600))
	must(os.WriteFile(m.Key, []byte(text("PRIVATE KEY", der)), 0o600))
	return m
}

// Asks are the arguments of stator with which the machine asks a server for a session; --trust-anchor-arn, --profile-arn and --role-arn follow.
func (m *Machine) Asks(s *harness.Server) []string {
	return []string{"credentials", "process", "--endpoint", s.Endpoint, "--region", s.Config.Region, "--certificate", m.Certificate, "--private-key", m.Key}
}

// MachineTrust is a trust policy for machines.
const MachineTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},
"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{"StringEquals":{"aws:PrincipalTag/x509Subject/OU":"Reports"}}}]}`
