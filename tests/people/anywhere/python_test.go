package anywhere

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// TestPython runs AWS's client in Python, which is not changed: with RSA and elliptic curves, with and without a chain; and boto3 on
// everything else.
func TestPython(t *testing.T) {
	python := harness.Python(t, "python/requirements.txt")
	w := newWorld(t)
	// The client speaks TLS alone.
	tls := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(parseURL(t, w.URL))
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(tls.Close)
	folder := t.TempDir()
	ca := filepath.Join(folder, "ca.pem")
	must(t, os.WriteFile(ca, []byte(certPEM(tls.Certificate())), 0o600))
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	below := newAuthority(t, "Below", w.root)
	chained := below.issue(t, template("chained"), newKey(t))
	chained.chain = []*x509.Certificate{below.cert}
	machines := map[string]machine{"rsa": w.root.issue(t, template("rsa"), key), "curve": w.root.issue(t, template("curve"), newKey(t)), "chained": chained}
	var names []string
	for name, m := range machines {
		m.write(t, filepath.Join(folder, name))
		names = append(names, name)
	}
	text, err := json.Marshal(map[string]any{"endpoint": tls.URL, "key": w.Credentials.AccessKeyID, "secret": w.Credentials.SecretAccessKey, "bundle": w.root.pem(), "crl": string(w.root.revoke(t)), "ca": ca, "folder": folder, "machines": names, "region": region,
		"anchor": w.anchor.TrustAnchorArn, "profile": w.profile.ProfileArn, "role": w.role,
		"session": strings.Replace(strings.Replace(w.role, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1) + "/"})
	must(t, err)
	for _, script := range []string{"session.py", "control.py"} {
		harness.Run(t, append(harness.CleanEnv(), "STATOR_TEST="+string(text)), "python", python, "-B", script)
	}
}

// write writes what the machine has into a folder.
func (m machine) write(t *testing.T, folder string) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "certificate.pem"), []byte(certPEM(m.cert)), 0o600))
	der, err := x509.MarshalPKCS8PrivateKey(m.key)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	chain := ""
	for _, c := range m.chain {
		chain += certPEM(c)
	}
	if chain != "" {
		must(t, os.WriteFile(filepath.Join(folder, "chain.pem"), []byte(chain), 0o600))
	}
}
