// Package anywhere asks for sessions with certificates, as IAM Roles Anywhere gives them: with authorities, certificates and
// revocation lists of its own, and with a client written from AWS's description of the signature, which can also sign what it
// should not.
//
// What is asked and expected comes from the IAM Roles Anywhere User Guide and API Reference. It imports the AWS SDK, statortest and
// harness. The main rule: each refusal is beside the same request that is let through.
package anywhere

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/statortest"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// authority is a certificate authority.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var serials int64 = 0x1f71

// template is what a certificate has if nobody says otherwise.
func template(name string) *x509.Certificate {
	serials++
	return &x509.Certificate{
		SerialNumber: big.NewInt(serials), Subject: pkix.Name{CommonName: name, Organization: []string{"Example"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

// newAuthority makes an authority whose certificate another one has signed, or itself.
func newAuthority(t testing.TB, name string, by *authority) *authority {
	t.Helper()
	c := template(name)
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	a := &authority{key: newKey(t)}
	if by == nil {
		by = &authority{c, a.key}
	}
	a.cert = by.sign(t, c, a.key.Public())
	return a
}

func (a *authority) sign(t testing.TB, c *x509.Certificate, key crypto.PublicKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key, a.key)
	must(t, err)
	c, err = x509.ParseCertificate(der)
	must(t, err)
	return c
}

// issue makes a machine with a certificate.
func (a *authority) issue(t testing.TB, c *x509.Certificate, key crypto.Signer) machine {
	t.Helper()
	return machine{cert: a.sign(t, c, key.Public()), key: key}
}

// revoke is a list of certificates that count no more.
func (a *authority) revoke(t testing.TB, certs ...*x509.Certificate) []byte {
	t.Helper()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour)}
	for _, c := range certs {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: time.Now()})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.cert, a.key)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
}

func (a *authority) pem() string { return certPEM(a.cert) }

func certPEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// machine is who has a certificate and its key.
type machine struct {
	cert  *x509.Certificate
	key   crypto.Signer
	chain []*x509.Certificate
}

// request is a request for a session before it is signed.
type request struct {
	body   map[string]any
	at     time.Time
	region string
	// signed changes what is signed, and sent what is sent after that.
	signed, sent func(*http.Request)
	// algorithm is in the place of the key's own.
	algorithm string
	unsigned  []string // headers that are not signed
}

// answer is what came back.
type answer struct {
	status        int
	code, message string
	Set           []struct {
		User        struct{ ARN, AssumedRoleID string } `json:"assumedRoleUser"`
		Credentials struct {
			AccessKeyID, SecretAccessKey, SessionToken string
			Expiration                                 time.Time
		} `json:"credentials"`
		RoleARN, SourceIdentity string
		PackedPolicySize        *int
	} `json:"credentialSet"`
	SubjectARN string
}

// ask signs a request for a session with the key of the machine's certificate, as "The IAM Roles Anywhere authentication signing
// process" (IAM Roles Anywhere User Guide) says it, and sends it.
func (m machine) ask(t testing.TB, endpoint string, q request) answer {
	t.Helper()
	body, err := json.Marshal(q.body)
	must(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/sessions", bytes.NewReader(body))
	must(t, err)
	if q.at.IsZero() {
		q.at = time.Now()
	}
	if q.region == "" {
		q.region = region
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Amz-Date", q.at.UTC().Format("20060102T150405Z"))
	r.Header.Set("X-Amz-X509", base64.StdEncoding.EncodeToString(m.cert.Raw))
	var chain []string
	for _, c := range m.chain {
		chain = append(chain, base64.StdEncoding.EncodeToString(c.Raw))
	}
	if chain != nil {
		r.Header.Set("X-Amz-X509-Chain", strings.Join(chain, ","))
	}
	if q.signed != nil {
		q.signed(r)
	}
	m.sign(t, r, body, q)
	if q.sent != nil {
		q.sent(r)
	}
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	a := answer{status: res.StatusCode, code: res.Header.Get("X-Amzn-Errortype")}
	must(t, json.Unmarshal(text, &a))
	var failed struct{ Message string }
	must(t, json.Unmarshal(text, &failed))
	a.message = failed.Message
	return a
}

func (m machine) sign(t testing.TB, r *http.Request, body []byte, q request) {
	t.Helper()
	values := map[string]string{"host": r.URL.Host}
	for name := range r.Header {
		values[strings.ToLower(name)] = r.Header.Get(name)
	}
	for _, name := range q.unsigned {
		delete(values, name)
	}
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	hash := func(b []byte) string {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:])
	}
	text := r.Method + "\n" + r.URL.Path + "\n" + r.URL.RawQuery + "\n"
	for _, name := range names {
		text += name + ":" + values[name] + "\n"
	}
	text += "\n" + strings.Join(names, ";") + "\n" + hash(body)
	algorithm := "AWS4-X509-ECDSA-SHA256"
	if _, ok := m.key.(*rsa.PrivateKey); ok {
		algorithm = "AWS4-X509-RSA-SHA256"
	}
	if q.algorithm != "" {
		algorithm = q.algorithm
	}
	date := r.Header.Get("X-Amz-Date")
	scope := date[:8] + "/" + q.region + "/rolesanywhere/aws4_request"
	sum := sha256.Sum256([]byte(algorithm + "\n" + date + "\n" + scope + "\n" + hash([]byte(text))))
	signature, err := m.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	must(t, err)
	r.Header.Set("Authorization", algorithm+" Credential="+m.cert.SerialNumber.String()+"/"+scope+", SignedHeaders="+strings.Join(names, ";")+
		", Signature="+hex.EncodeToString(signature))
}

const region = "eu-central-1"

// world is a server with a trust anchor, a profile, and a role that machines may have.
type world struct {
	*statortest.Server
	api            *rolesanywhere.Client
	iam            *iam.Client
	root           *authority
	anchor         *types.TrustAnchorDetail
	profile        *types.ProfileDetail
	role, roleName string
}

const trustAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},
	"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}`

func newWorld(t *testing.T, options ...statortest.Option) *world {
	t.Helper()
	w := &world{Server: statortest.Start(t, options...), root: newAuthority(t, "Root", nil), roleName: "machines"}
	w.Config.Region = region
	w.Config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	w.api, w.iam = rolesanywhere.NewFromConfig(w.Config), iam.NewFromConfig(w.Config)
	role, err := w.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &w.roleName, AssumeRolePolicyDocument: aws.String(trustAll), MaxSessionDuration: aws.Int32(7200)})
	must(t, err)
	w.role = *role.Role.Arn
	_, err = w.iam.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &w.roleName, PolicyName: aws.String("p"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}`)})
	must(t, err)
	w.anchor = w.newAnchor(t, w.root.pem())
	profile, err := w.api.CreateProfile(t.Context(), &rolesanywhere.CreateProfileInput{Name: aws.String("machines"), RoleArns: []string{w.role}, Enabled: aws.Bool(true)})
	must(t, err)
	w.profile = profile.Profile
	return w
}

func (w *world) newAnchor(t *testing.T, bundle string) *types.TrustAnchorDetail {
	t.Helper()
	out, err := w.api.CreateTrustAnchor(t.Context(), &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("anchor"), Enabled: aws.Bool(true), Source: bundleOf(bundle)})
	must(t, err)
	return out.TrustAnchor
}

func bundleOf(text string) *types.Source {
	return &types.Source{SourceType: types.TrustAnchorTypeCertificateBundle, SourceData: &types.SourceDataMemberX509CertificateData{Value: text}}
}

// body is what a request for a session asks for.
func (w *world) body(more ...any) map[string]any {
	b := map[string]any{"trustAnchorArn": *w.anchor.TrustAnchorArn, "profileArn": *w.profile.ProfileArn, "roleArn": w.role}
	for i := 0; i < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return b
}

// session is a request that has to succeed, and returns clients' configuration with it.
func (w *world) session(t *testing.T, m machine, more ...any) (answer, aws.Config) {
	t.Helper()
	a := m.ask(t, w.URL, request{body: w.body(more...)})
	if a.status != http.StatusCreated || len(a.Set) != 1 {
		t.Fatalf("no session: %d %s: %s", a.status, a.code, a.message)
	}
	c := a.Set[0].Credentials
	conf := w.Config.Copy()
	conf.Credentials = credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	return a, conf
}

// refused expects a refusal of that code with that text in its message.
func (w *world) refused(t *testing.T, what string, m machine, q request, code, text string) {
	t.Helper()
	if q.body == nil {
		q.body = w.body()
	}
	a := m.ask(t, w.URL, q)
	if a.code != code || !strings.Contains(a.message, text) || a.status >= 500 || a.status < 400 {
		t.Errorf("%s: %d %s: %s, want %s: %s", what, a.status, a.code, a.message, code, text)
	}
}

// trust sets the role's trust policy to one with a condition.
func (w *world) trust(t *testing.T, condition string) {
	t.Helper()
	_, err := w.iam.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &w.roleName,
		PolicyDocument: aws.String(strings.Replace(trustAll, `"Action"`, `"Condition":`+condition+`,"Action"`, 1))})
	must(t, err)
}

func whoami(t *testing.T, c aws.Config) string {
	t.Helper()
	out, err := sts.NewFromConfig(c).GetCallerIdentity(t.Context(), nil)
	must(t, err)
	return *out.Arn
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func parseURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	must(t, err)
	return u
}
