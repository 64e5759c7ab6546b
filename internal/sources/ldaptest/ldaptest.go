// Package ldaptest starts OpenLDAP servers for tests: real ones, each with a new database in a temporary folder, on free ports of
// 127.0.0.1, with TLS of an authority of its own. It imports nothing of ours, and is imported by tests only.
//
// Its main rule: a test needs nothing but the command that runs it. Where no slapd is installed, root gets Debian's, and others skip the
// test; where CI is set, that is an error.
package ldaptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// The directory of every server.
const (
	Base     = "dc=example,dc=com"
	Admin    = "cn=admin," + Base
	Password = "admin's password"
)

// Server is a running slapd.
type Server struct {
	// LDAPS and LDAP are its URLs; the second one takes StartTLS, and binds without.
	LDAPS, LDAP string
	// CA is the authority of its certificate, PEM.
	CA string

	dir string
	cmd *exec.Cmd
	log bytes.Buffer
}

const patience = 30 * time.Second

// Start starts a server with entries in LDIF, and kills it when the test ends.
func Start(t testing.TB, ldif string) *Server {
	t.Helper()
	slapd, err := binary()
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{dir: t.TempDir()}
	if err := s.configure(); err != nil {
		t.Fatal(err)
	}
	add := exec.Command(filepath.Join(filepath.Dir(slapd), "slapadd"), "-f", filepath.Join(s.dir, "slapd.conf"))
	add.Stdin = strings.NewReader(ldif)
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	s.LDAPS, s.LDAP = "ldaps://"+free(t), "ldap://"+free(t)
	s.cmd = exec.Command(slapd, "-d", "0", "-f", filepath.Join(s.dir, "slapd.conf"), "-h", s.LDAPS+" "+s.LDAP)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the log of slapd:\n%s", s.log.Bytes())
		}
	})
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := ldap.DialURL(s.LDAP)
		if err == nil {
			_ = conn.Close()
			return s
		}
		if time.Now().After(until) {
			t.Fatalf("slapd does not answer: %v\n%s", err, s.log.Bytes())
		}
	}
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Modify changes the directory as its administrator.
func (s *Server) Modify(t testing.TB, fn func(*ldap.Conn) error) {
	t.Helper()
	conn, err := ldap.DialURL(s.LDAP)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Bind(Admin, Password); err != nil {
		t.Fatal(err)
	}
	if err := fn(conn); err != nil {
		t.Fatal(err)
	}
}

// configure writes the configuration and the certificates.
func (s *Server) configure() error {
	if err := s.certificates(); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(s.dir, "db"), 0o700); err != nil {
		return err
	}
	conf := `modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
TLSCACertificateFile DIR/ca.pem
TLSCertificateFile DIR/cert.pem
TLSCertificateKeyFile DIR/key.pem
pidfile DIR/slapd.pid
sizelimit 50
allow bind_anon_dn
database mdb
maxsize 104857600
suffix "` + Base + `"
rootdn "` + Admin + `"
rootpw "` + Password + `"
directory DIR/db
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
limits dn.exact="cn=reader,` + Base + `" size.prtotal=unlimited size=unlimited
`
	return os.WriteFile(filepath.Join(s.dir, "slapd.conf"), []byte(strings.ReplaceAll(conf, "DIR", s.dir)), 0o600)
}

func (s *Server) certificates() error {
	now := time.Now()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "ldap"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	encode := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	s.CA = string(encode("CERTIFICATE", caDER))
	for name, text := range map[string][]byte{"ca.pem": []byte(s.CA), "cert.pem": encode("CERTIFICATE", der), "key.pem": encode("PRIVATE KEY", keyDER)} {
		if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func free(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// binary is the program slapd.
var binary = sync.OnceValues(func() (string, error) {
	find := func() (string, error) {
		if path, err := exec.LookPath("slapd"); err == nil {
			return path, nil
		}
		return exec.LookPath("/usr/sbin/slapd")
	}
	if path, err := find(); err == nil {
		return path, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", fmt.Errorf("there is no slapd on this machine, and only root can install one")
	}
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-qq", "-y", "--no-install-recommends", "slapd"}} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("apt-get %q: %w\n%s", args, err, out)
		}
	}
	return find()
})
