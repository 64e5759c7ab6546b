package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests run the command as its users do: a process of its own. The test binary is that command when asked to be.
func TestMain(m *testing.M) {
	if os.Getenv("STATOR_TEST_RUN") == "1" {
		os.Exit(run(os.Args[1:], stdio{os.Stdout, os.Stderr}))
	}
	os.Exit(m.Run())
}

func statorCommand(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "STATOR_TEST_RUN=1")
	return c
}

// run returns what a command that ends by itself prints.
func output(t *testing.T, env []string, args ...string) (out, errOut string, status int) {
	t.Helper()
	c := statorCommand(args...)
	c.Env = append(c.Env, env...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// process is a server that runs.
type process struct {
	cmd      *exec.Cmd
	ready    string // the ready block
	endpoint string
	log      *lockedBuffer
	ended    chan error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func startServer(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: statorCommand(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...),
		log: &lockedBuffer{}, ended: make(chan error, 1)}
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for n := 0; n < 6 && lines.Scan(); n++ {
		p.ready += lines.Text() + "\n"
	}
	if _, after, ok := strings.Cut(p.ready, "endpoint"); ok {
		p.endpoint = strings.Fields(after)[0]
	} else {
		t.Fatalf("not ready: %q %s", p.ready, p.log)
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	return p
}

func (p *process) stop(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("after %v: %v\n%s", sig, err, p.log)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("still running after %v", sig)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

var (
	credentialsForm = regexp.MustCompile(`^\[default\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = \S{40}\n$`)
	accountForm     = regexp.MustCompile(`(?m)^  account      (\d{12})$`)
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFirstAndSecondStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "deep", "data")
	p := startServer(t, "--data", data, "--region", "eu-central-1")
	if !strings.Contains(p.ready, filepath.Join(data, "credentials")) || !accountForm.MatchString(p.ready) || strings.HasSuffix(p.endpoint, ":0") {
		t.Errorf("ready block:\n%s", p.ready)
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
	for _, name := range []string{"credentials", "setup-token", "master-key"} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	credentials := read(t, filepath.Join(data, "credentials"))
	if !credentialsForm.MatchString(credentials) {
		t.Errorf("credentials:\n%s", credentials)
	}
	for _, line := range strings.Split(credentials, "\n") {
		if _, secret, ok := strings.Cut(line, "aws_secret_access_key = "); ok && (strings.Contains(p.log.String(), secret) || strings.Contains(p.ready, secret)) {
			t.Error("the secret was printed")
		}
	}
	if _, body := get(t, p.endpoint+"/"); body != "healthy: dynamodb.eu-central-1.amazonaws.com " {
		t.Error(body)
	}
	if status, _ := get(t, p.endpoint+"/metrics"); status != 200 {
		t.Errorf("/metrics on loopback: %d", status)
	}
	out, errOut, status := output(t, nil, "check", "--data", data)
	if status != 1 || !strings.Contains(errOut, "in use") {
		t.Errorf("check beside a server: %d %s%s", status, out, errOut)
	}
	if _, errOut, status := output(t, nil, "serve", "--data", data, "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(errOut, "in use") {
		t.Errorf("a second server: %d %s", status, errOut)
	}
	p.stop(t, syscall.SIGTERM)

	if out, errOut, status := output(t, nil, "check", "--data", data); status != 0 || !strings.Contains(out, " 0 problems") {
		t.Errorf("check: %d %s%s", status, out, errOut)
	}
	env, _, _ := output(t, nil, "env", "--data", data)
	id, secret := strings.Fields(credentials)[3], strings.Fields(credentials)[6]
	want := "export AWS_ENDPOINT_URL=" + p.endpoint + " AWS_ENDPOINT_URL_STS=" + p.endpoint + " AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1 AWS_ACCESS_KEY_ID=" + id +
		" AWS_SECRET_ACCESS_KEY=" + secret + "\nunset AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_IAM AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n"
	if env != want {
		t.Errorf("env:\n%swant:\n%s", env, want)
	}

	again := startServer(t, "--data", data)
	if read(t, filepath.Join(data, "credentials")) != credentials {
		t.Error("the second start made other credentials")
	}
	if a, b := accountForm.FindString(p.ready), accountForm.FindString(again.ready); a != b {
		t.Errorf("%s, then %s", a, b)
	}
	again.stop(t, os.Interrupt)

	if _, errOut, status := output(t, nil, "serve", "--data", data, "--account-id", "111122223333", "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(errOut, "belongs to account") {
		t.Errorf("another account: %d %s", status, errOut)
	}
	if err := os.Rename(filepath.Join(data, "master-key"), filepath.Join(data, "gone")); err != nil {
		t.Fatal(err)
	}
	if _, errOut, status := output(t, nil, "serve", "--data", data, "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(errOut, "master-key is missing") {
		t.Errorf("without the master key: %d %s", status, errOut)
	}
	if _, errOut, status := output(t, []string{"STATOR_MASTER_KEY=" + strings.Repeat("A", 43) + "="}, "serve", "--data", data, "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(errOut, "master key is not the one") {
		t.Errorf("with another master key: %d %s", status, errOut)
	}
}

func TestMemory(t *testing.T) {
	data := t.TempDir()
	p := startServer(t, "--engine", "memory", "--data", data, "--account-id", "111122223333")
	if !strings.Contains(p.ready, "  account      111122223333\n") {
		t.Error(p.ready)
	}
	credentials := read(t, filepath.Join(data, "credentials"))
	if !credentialsForm.MatchString(credentials) {
		t.Error(credentials)
	}
	p.stop(t, syscall.SIGTERM)
	if _, err := os.Stat(filepath.Join(data, "pebble")); err == nil {
		t.Error("the engine wrote a folder")
	}
	p = startServer(t, "--engine", "memory", "--data", data)
	if read(t, filepath.Join(data, "credentials")) != credentials || !strings.Contains(p.ready, "111122223333") {
		t.Error("credentials changed")
	}
	p.stop(t, syscall.SIGTERM)
	if _, errOut, status := output(t, nil, "serve", "--engine=memory", "--data", data, "--account-id", "444455556666", "--listen", "127.0.0.1:0"); status != 1 || !strings.Contains(errOut, "111122223333, not 444455556666") {
		t.Errorf("%d %s", status, errOut)
	}
}

func TestOpenMode(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startServer(t, "--engine=memory", "--auth=open", "--data", data)
	if !strings.Contains(p.ready, "AUTHENTICATION IS OFF") || !strings.Contains(p.ready, "000000000000") {
		t.Error(p.ready)
	}
	p.stop(t, syscall.SIGTERM)
	if _, err := os.Stat(data); err == nil {
		t.Error("it wrote a folder")
	}
	p = startServer(t, "--auth=open", "--data", data)
	p.stop(t, syscall.SIGTERM)
	if env, _, _ := output(t, nil, "env", "--data", data); !strings.Contains(env, "AWS_ENDPOINT_URL="+p.endpoint+" ") || !strings.Contains(env, "AWS_ACCESS_KEY_ID=open ") {
		t.Error(env)
	}
}

func TestMistakes(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	data := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   string
		env    string
		status int
		want   string
	}{
		{"", "", 2, "Usage:"},
		{"nonsense", "", 2, `no command "nonsense"`},
		{"serve --nonsense", "", 2, "nonsense"},
		{"serve more", "", 2, `unexpected argument "more"`},
		{"serve --engine=tikv", "", 2, "needs --engine-url"},
		{"serve --engine=tikv --engine-url=tikv://pd", "", 1, `"pd" is not the host:port of a placement driver`},
		{"serve --engine=postgres", "", 2, "needs --engine-url"},
		{"serve --engine=postgres --engine-url=http://u:hidden@127.0.0.1/", "", 1, "like postgres://"},
		{"serve --engine=oracle", "", 2, "pebble, memory, tikv or postgres"},
		{"serve --engine=memory --engine-url=x", "", 2, "--engine-url"},
		{"serve --auth=none", "", 2, "iam or open"},
		{"serve", "STATOR_AUTH=none", 2, "iam or open"},
		{"serve", "STATOR_NO_FSYNC=perhaps", 2, "STATOR_NO_FSYNC"},
		{"serve", "STATOR_LOG_LEVEL=loud", 2, "STATOR_LOG_LEVEL"},
		{"serve --allow-cidr=10.0.0.0/8,local", "", 2, "is no network such as"},
		{"serve --trusted-proxies=10.0.0.1/8", "", 2, "in the network 10.0.0.0/8"},
		{"serve", "STATOR_ALLOW_CIDR=", 2, "STATOR_ALLOW_CIDR"},
		{"serve --tls-cert=x", "", 2, "--tls-key"},
		{"serve --tls-cert=" + file + " --tls-key=" + file, "", 1, "TLS certificate"},
		{"serve --account-id=12", "", 1, "12 digits"},
		{"serve --listen=" + busy.Addr().String(), "", 1, "in use by another process"},
		{"serve --listen=nonsense", "", 1, "can't listen on nonsense"},
		{"serve --data=" + file, "", 1, file},
		{"serve --engine=memory --data=" + file, "", 1, file},
		{"serve", "STATOR_MASTER_KEY=short", 1, "32 bytes in base64"},
		{"env", "", 1, "stator serve --data"},
		{"check", "", 1, "no data in"},
		{"version x", "", 2, "no arguments"},
	} {
		args := strings.Fields(c.args)
		env := []string{"STATOR_DATA=" + data}
		if c.env != "" {
			env = append(env, c.env)
		}
		if len(args) > 0 && args[0] == "serve" && !strings.Contains(c.args, "listen") {
			env = append(env, "STATOR_LISTEN=127.0.0.1:0")
		}
		if out, errOut, status := output(t, env, args...); status != c.status || !strings.Contains(errOut, c.want) || out != "" {
			t.Errorf("%s %s: %d %s%s", c.env, c.args, status, out, errOut)
		}
	}
	if out, _, status := output(t, nil, "version"); status != 0 || !strings.HasPrefix(out, "stator ") {
		t.Error(out)
	}
	if _, help, status := output(t, nil, "serve", "--help"); status != 0 || !strings.Contains(help, "--tls-cert") || !strings.Contains(help, "[STATOR_TLS_CERT]") ||
		regexp.MustCompile(`\(default .*\(default `).MatchString(help) {
		t.Error(help)
	}
}

// A request in flight when the signal comes is answered; the process waits for it.
func TestGracefulEnd(t *testing.T) {
	p := startServer(t, "--engine=memory", "--auth=open")
	c, err := net.Dial("tcp", strings.TrimPrefix(p.endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: x\r\nContent-Length: 2\r\n\r\n{")
	time.Sleep(100 * time.Millisecond)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	select {
	case err := <-p.ended:
		t.Fatalf("it ended with a request in flight: %v", err)
	default:
	}
	fmt.Fprint(c, "}")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != 400 {
		t.Fatal(res, err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still running")
	}
}

// The second signal does not wait.
func TestSecondSignal(t *testing.T) {
	p := startServer(t, "--engine=memory", "--auth=open")
	c, err := net.Dial("tcp", strings.TrimPrefix(p.endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
	time.Sleep(100 * time.Millisecond)
	for deadline := time.After(10 * time.Second); ; {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
			return
		case <-deadline:
			t.Fatal("still running")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// certificate makes a certificate of its own for localhost.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(certFile, certPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return certFile, keyFile, pool
}

func TestTLS(t *testing.T) {
	certFile, keyFile, pool := certificate(t)
	p := startServer(t, "--engine=memory", "--auth=open", "--tls-cert", certFile, "--tls-key", keyFile, "--listen", "0.0.0.0:0")
	if !strings.HasPrefix(p.endpoint, "https://localhost:") {
		t.Errorf("endpoint %s", p.endpoint)
	}
	if strings.Contains(p.log.String(), "can be read on the network") {
		t.Error("warned despite TLS")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", p.endpoint, nil)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.ProtoMajor != 2 || res.StatusCode != 200 {
		t.Errorf("%s %d", res.Proto, res.StatusCode)
	}
	if res, err := client.Get(p.endpoint + "/metrics"); err != nil || res.StatusCode != 404 {
		t.Errorf("/metrics beyond loopback: %v %v", res, err)
	}
	p.stop(t, syscall.SIGTERM)

	p = startServer(t, "--engine=memory", "--auth=open", "--listen", "0.0.0.0:0")
	p.stop(t, syscall.SIGTERM) // all of the log is there once the process has ended
	if !strings.HasPrefix(p.endpoint, "http://127.0.0.1:") || !strings.Contains(p.log.String(), "can be read on the network") {
		t.Errorf("%s %s", p.endpoint, p.log)
	}
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{"": "''", "a/B+c=": "a/B+c=", "a b": "'a b'", "a'b": `'a'\''b'`, "$x": "'$x'"} {
		if got := quote(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// Accounts are made, listed and closed with and without a server on the folder, and the master key is replaced.
func TestAccountsAndMasterKey(t *testing.T) {
	data := t.TempDir()
	p := startServer(t, "--data", data, "--account-id", "111122223333")
	out, errOut, status := output(t, []string{"AWS_PROFILE=gone"}, "account", "create", "--data", data, "--name", "Test", "--email", "test@example.com")
	id := regexp.MustCompile(`account  (\d{12})\nrole     arn:aws:iam::\d{12}:role/OrganizationAccountAccessRole\n`).FindStringSubmatch(out)
	if status != 0 || id == nil {
		t.Fatalf("%d %s%s", status, out, errOut)
	}
	if _, errOut, status := output(t, nil, "rotate-master-key", "--data", data); status != 1 || !strings.Contains(errOut, "in use") {
		t.Errorf("rotation beside a server: %d %s", status, errOut)
	}
	p.stop(t, syscall.SIGTERM)

	before := read(t, filepath.Join(data, "master-key"))
	if _, errOut, status := output(t, nil, "rotate-master-key", "--data", data); status != 0 {
		t.Fatalf("rotation: %d %s", status, errOut)
	}
	if after := read(t, filepath.Join(data, "master-key")); after == before || strings.Count(after, "\n") != 1 {
		t.Error("the master key is not another one")
	}
	out, errOut, status = output(t, nil, "account", "list", "--data", data)
	if status != 0 || !strings.Contains(out, "111122223333") || !strings.Contains(out, id[1]+"  Test") || !strings.Contains(out, "ACTIVE") {
		t.Errorf("%d %s%s", status, out, errOut)
	}
	if _, errOut, status := output(t, nil, "account", "close", "--data", data, "--id", id[1]); status != 0 {
		t.Errorf("%d %s", status, errOut)
	}
	if out, _, _ := output(t, nil, "account", "describe", "--data", data, "--id", id[1]); !strings.Contains(out, "SUSPENDED") {
		t.Error(out)
	}
	for _, args := range [][]string{{"account"}, {"account", "sell"}} {
		if _, errOut, status := output(t, nil, args...); status != 2 || !strings.Contains(errOut, "stator account create") {
			t.Errorf("%v: %d %s", args, status, errOut)
		}
	}
	if out, errOut, status := output(t, nil, "check", "--data", data); status != 0 || !strings.Contains(out, " 0 problems") {
		t.Errorf("check: %d %s%s", status, out, errOut)
	}
}

// The master key can come from a command, such as that of a secrets manager, and then is in no file.
func TestMasterKeyCommand(t *testing.T) {
	data := t.TempDir()
	key := strings.Repeat("A", 43) + "="
	p := startServer(t, "--data", data, "--master-key-command", "echo "+key)
	p.stop(t, syscall.SIGTERM)
	if _, err := os.Stat(filepath.Join(data, "master-key")); err == nil {
		t.Error("there is a file with a master key")
	}
	startServer(t, "--data", data, "--master-key-command", "echo "+key).stop(t, syscall.SIGTERM)
	for _, c := range []struct{ command, want string }{
		{"exit 3", "exit status 3"}, {"true", "it printed nothing"}, {"echo " + strings.Repeat("B", 43) + "=", "master key is not the one"},
	} {
		if _, errOut, status := output(t, nil, "serve", "--data", data, "--listen", "127.0.0.1:0", "--master-key-command", c.command); status != 1 || !strings.Contains(errOut, c.want) {
			t.Errorf("%s: %d %s", c.command, status, errOut)
		}
	}
}
