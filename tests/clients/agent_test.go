package clients

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"

	"github.com/statordb/stator/tests/harness"
)

// agent is a process of stator credentials.
type agent struct {
	url, tokenFile string
	cmd            *exec.Cmd
	log            *lines
}

// lines is what a process writes to standard error.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// startAgent starts one on a free port in a home, and returns when it says where it is.
func (h home) startAgent(t *testing.T, args ...string) *agent {
	t.Helper()
	a := &agent{tokenFile: filepath.Join(h.dir, "token"), log: new(lines)}
	args = append([]string{"credentials", "--listen", "127.0.0.1:0", "--authorization-token-file", a.tokenFile, "--imds"}, args...)
	a.cmd = exec.Command(harness.Binary(t), args...)
	a.cmd.Dir, a.cmd.Env, a.cmd.Stderr = h.dir, h.env, a.log
	out, err := a.cmd.StdoutPipe()
	must(t, "pipe", err)
	must(t, "start", a.cmd.Start())
	t.Cleanup(func() {
		_ = a.cmd.Process.Kill()
		_ = a.cmd.Wait()
		if t.Failed() {
			t.Logf("log of the agent:\n%s", a.log)
		}
	})
	for s := bufio.NewScanner(out); s.Scan(); {
		if url, ok := strings.CutPrefix(strings.TrimSpace(s.Text()), "export AWS_EC2_METADATA_SERVICE_ENDPOINT="); ok {
			a.url = url
			return a
		}
	}
	t.Fatalf("the agent has not begun:\n%s", a.log)
	return nil
}

// stop ends it as an operator does, and checks that it ends in good order.
func (a *agent) stop(t *testing.T) {
	t.Helper()
	must(t, "signal", a.cmd.Process.Signal(syscall.SIGTERM))
	if err := a.cmd.Wait(); err != nil {
		t.Errorf("the agent ended with %v:\n%s", err, a.log)
	}
}

// container and metadata are the environments of processes that ask it.
func (a *agent) container() []string {
	return []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + a.url + "/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + a.tokenFile}
}

func (a *agent) metadata() []string {
	return []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + a.url, "AWS_EC2_METADATA_DISABLED=false"}
}

// machines is a role, and the flags by which an agent gets its credentials: from an access key, a token and a certificate.
type machines struct {
	home
	role  part
	table table
	flags map[string][]string
}

func newMachines(t *testing.T) *machines {
	t.Helper()
	s, i := harness.Shared(t), startIssuer(t)
	i.register(t)
	b := create(t)
	u := user(t, "host", allow("sts:AssumeRole", "*"))
	trusts := strings.Join([]string{trust(u.arn, ""), i.trust(s.Account),
		`{"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}`}, ",")
	m := &machines{home: newHome(t, "", keys("host", u.creds)).serverIn(t), role: role(t, "machines", trusts, b.items()), table: b}
	role := []string{"--role-arn", m.role.arn, "--role-session-name", "machine"}
	m.flags = map[string][]string{
		"profile": append(role[:4:4], "--profile", "host"),
		"token":   append(role[:4:4], "--web-identity-token-file", i.tokenFile(t, "alice")),
	}
	m.flags["certificate"] = append(role[:4:4], m.certificate(t)...)
	return m
}

// certificate makes an authority that the account trusts, and a certificate of it in the home, and returns the flags for it.
func (m *machines) certificate(t *testing.T) []string {
	t.Helper()
	newKey := func() *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, "key", err)
		return key
	}
	rootKey, key := newKey(), newKey()
	of := func(c, by *x509.Certificate, key *ecdsa.PrivateKey) string {
		c.SerialNumber, c.NotBefore, c.NotAfter, c.BasicConstraintsValid = big.NewInt(0x4711), time.Now().Add(-time.Hour), time.Now().Add(time.Hour), true
		der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), rootKey)
		must(t, "certificate", err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	root := &x509.Certificate{Subject: pkix.Name{CommonName: "Root"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	bundle := of(root, root, rootKey)
	write(t, filepath.Join(m.dir, "certificate.pem"), of(&x509.Certificate{Subject: pkix.Name{CommonName: "host-1"}, KeyUsage: x509.KeyUsageDigitalSignature}, root, key))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, "key", err)
	write(t, filepath.Join(m.dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))

	api := rolesanywhere.NewFromConfig(config(t, harness.Shared(t).Config.Credentials))
	anchor, err := api.CreateTrustAnchor(t.Context(), &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("hosts"), Enabled: aws.Bool(true),
		Source: &types.Source{SourceType: types.TrustAnchorTypeCertificateBundle, SourceData: &types.SourceDataMemberX509CertificateData{Value: bundle}}})
	must(t, "create trust anchor", err)
	profile, err := api.CreateProfile(t.Context(), &rolesanywhere.CreateProfileInput{Name: aws.String("hosts"), Enabled: aws.Bool(true), RoleArns: []string{m.role.arn}, AcceptRoleSessionName: aws.Bool(true)})
	must(t, "create profile", err)
	return []string{"--certificate", filepath.Join(m.dir, "certificate.pem"), "--private-key", filepath.Join(m.dir, "key.pem"),
		"--trust-anchor-arn", *anchor.TrustAnchor.TrustAnchorArn, "--profile-arn", *profile.Profile.ProfileArn}
}

// processes is a home whose default profile runs stator credentials process.
func (m *machines) processes(t *testing.T, source string) []string {
	t.Helper()
	file := filepath.Join(m.dir, "process-"+source)
	write(t, file, fmt.Sprintf("[default]\nregion = %s\ncredential_process = '%s' credentials process %s\n", region, harness.Binary(t), strings.Join(m.flags[source], " ")))
	// The process finds its own profile in the file of credentials.
	return []string{"AWS_CONFIG_FILE=" + file}
}

// TestAgent has unchanged clients get the credentials of a role from stator credentials: by the container endpoint, instance metadata
// and credential_process, whichever way it has its own.
func TestAgent(t *testing.T) {
	m := newMachines(t)
	ways := map[string][]string{}
	for source, flags := range m.flags {
		agents := m.home
		agents.dir = t.TempDir()
		a := agents.startAgent(t, flags...)
		ways["container, "+source], ways["metadata, "+source] = a.container(), a.metadata()
		ways["process, "+source] = m.processes(t, source)
	}
	for name, env := range ways {
		t.Run("Go, "+name, func(t *testing.T) {
			for _, v := range append(m.env, env...) {
				key, value, _ := strings.Cut(v, "=")
				t.Setenv(key, value)
			}
			c, err := awsconfig.LoadDefaultConfig(t.Context(), awsconfig.WithRetryMaxAttempts(1))
			must(t, "load configuration", err)
			m.table.shows(t, c, m.role.session("machine"))
		})
	}
	text, err := json.Marshal(map[string]any{"endpoint": harness.Shared(t).Endpoint, "region": region, "table": m.table.name, "principal": m.role.session("machine"), "ways": pairs(ways)})
	must(t, "encode", err)
	clients := m.with("STATOR_TEST=" + string(text))
	t.Run("Python", func(t *testing.T) {
		t.Parallel()
		harness.Run(t, clients.env, "python", harness.Boto3(t), "-B", "agent_test.py")
	})
	t.Run("JavaScript", func(t *testing.T) {
		t.Parallel()
		harness.JavaScript(t, clients.env, "../sdk/js", "js/agent.test.mjs")
	})
	t.Run("CLI", func(t *testing.T) {
		t.Parallel()
		cli := m.with("PATH=" + harness.CLI(t))
		for name, env := range ways {
			if !strings.HasSuffix(name, ", certificate") { // it is the slowest of the clients, and botocore, too
				continue
			}
			cmd := exec.CommandContext(t.Context(), "aws", "dynamodb", "scan", "--table-name", m.table.name, "--output", "text")
			cmd.Env = cli.with(env...).env
			if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), m.role.session("machine")+" is not authorized to perform: dynamodb:Scan") {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	})
}

// pairs is the ways with their environments as maps.
func pairs(ways map[string][]string) map[string]map[string]string {
	all := map[string]map[string]string{}
	for name, env := range ways {
		all[name] = map[string]string{}
		for _, v := range env {
			key, value, _ := strings.Cut(v, "=")
			all[name][key] = value
		}
	}
	return all
}

// TestAgentRefuses asks an agent without what it wants.
func TestAgentRefuses(t *testing.T) {
	t.Parallel()
	m := newMachines(t)
	a := m.startAgent(t, m.flags["profile"]...)
	token, err := os.ReadFile(a.tokenFile)
	must(t, "token", err)
	ask := func(header, value string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+"/credentials", nil)
		must(t, "request", err)
		r.Header.Set(header, value)
		res, err := http.DefaultClient.Do(r)
		must(t, "ask", err)
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	status, body := ask("Authorization", string(token))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	var given map[string]string
	must(t, "decode", json.Unmarshal([]byte(body), &given))
	for _, wrong := range []string{"", "wrong", string(token[1:])} {
		if status, body := ask("Authorization", wrong); status != http.StatusUnauthorized || strings.Contains(body, given["SecretAccessKey"]) {
			t.Errorf("with the token %q: %d %s", wrong, status, body)
		}
	}
	a.stop(t)
	for _, secret := range []string{given["SecretAccessKey"], given["Token"], string(token)} {
		if strings.Contains(a.log.String(), secret) {
			t.Errorf("a secret is in the log:\n%s", a.log)
		}
	}
}

// TestAgentOutlastsServer takes the server away, and brings it back.
func TestAgentOutlastsServer(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	h := newHome(t, "", "")
	administrator, err := s.Config.Credentials.Retrieve(t.Context())
	must(t, "the administrator's key", err)
	write(t, h.credentials(), keys("default", administrator))
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Env = h.with("PATH="+harness.CLI(t), "AWS_ENDPOINT_URL="+s.Endpoint, "AWS_DEFAULT_REGION="+region).env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	arn := run("aws", "iam", "create-role", "--role-name", "r", "--assume-role-policy-document", *doc(trust("arn:aws:iam::"+s.Account+":root", "")), "--query", "Role.Arn", "--output", "text")
	// Credentials of 15 minutes that are renewed nearly that long before their end: all the time.
	h = h.with("AWS_ENDPOINT_URL="+s.Endpoint, "AWS_REGION="+region)
	a := h.startAgent(t, "--role-arn", arn, "--duration", "15m", "--renew-before", "14m59s")
	ask := func() (key string) {
		t.Helper()
		token, err := os.ReadFile(a.tokenFile)
		must(t, "token", err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+"/credentials", nil)
		must(t, "request", err)
		r.Header.Set("Authorization", string(token))
		res, err := http.DefaultClient.Do(r)
		must(t, "ask", err)
		defer res.Body.Close()
		var given struct {
			AccessKeyID string `json:"AccessKeyId"`
			Expiration  time.Time
		}
		must(t, "decode", json.NewDecoder(res.Body).Decode(&given))
		if res.StatusCode != http.StatusOK || time.Until(given.Expiration) < 10*time.Minute {
			t.Fatalf("%d, good until %v", res.StatusCode, given.Expiration)
		}
		return given.AccessKeyID
	}
	// changes waits until the agent gives out another key.
	changes := func(what, before string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for ctx.Err() == nil {
			if ask() != before {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%s: no other key", what)
	}
	changes("renewal", ask())
	s.Kill()
	for !strings.Contains(a.log.String(), "no new credentials") {
		if t.Context().Err() != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	key := ask() // what was there is given out while the server is away
	s.Restart()
	changes("after the server came back", key)
	a.stop(t)
}

// TestAgentMistakes has what people get wrong said.
func TestAgentMistakes(t *testing.T) {
	t.Parallel()
	h := newHome(t, "", "").serverIn(t)
	role := []string{"--role-arn", "arn:aws:iam::123456789012:role/r"}
	for _, c := range []struct {
		args []string
		text string
	}{
		{nil, "--role-arn is like"},
		{append(role[:2:2], "--duration", "5m"), "--duration is 15m to 12h"},
		{append(role[:2:2], "--certificate", "c.pem"), "--certificate, --private-key, --trust-anchor-arn and --profile-arn go together"},
		{append(role[:2:2], "--profile", "nobody"), "failed to get shared config profile, nobody"},
		{append(role[:2:2], "--web-identity-token-file", "gone"), "gone: no such file"},
		{append(role[:2:2], "--certificate", "gone", "--private-key", "gone", "--profile-arn", "p", "--trust-anchor-arn", "arn:aws:rolesanywhere:us-east-1:1:trust-anchor/x"), "gone: no such file"},
	} {
		out, err := harness.Command(t, h.env, h.dir, harness.Binary(t), append([]string{"credentials", "process"}, c.args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.text) {
			t.Errorf("%q: %v\n%s", c.args, err, out)
		}
	}
	write(t, h.credentials(), "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
	for _, c := range []struct {
		args []string
		text string
	}{
		{append(role[:2:2], "--listen", "0.0.0.0:0"), "others than this host could reach it"},
		{append(role[:2:2], "--renew-before", "2h"), "--renew-before is less than --duration"},
	} {
		out, err := harness.Command(t, h.env, h.dir, harness.Binary(t), append([]string{"credentials"}, c.args...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.text) {
			t.Errorf("%q: %v\n%s", c.args, err, out)
		}
	}
}
