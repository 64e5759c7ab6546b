package harness

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// patience is how long a server may take to become ready, or to stop.
const patience = 30 * time.Second

// Server is a stator process. Its methods are for one goroutine.
type Server struct {
	// Endpoint is the URL, the same after a Restart.
	Endpoint string
	// Account is the account id it printed.
	Account string
	// Data is the data folder.
	Data string
	// Config makes clients: dynamodb.NewFromConfig(s.Config). It has the key of the data folder's credentials file.
	Config aws.Config
	// Env is the environment for other processes that are to reach the server: this one's, free of other AWS
	// settings, with what `stator env` prints.
	Env []string

	t      testing.TB // nil for the shared server
	binary string
	args   []string
	log    logged
	block  map[string]string // what it said when it was ready

	cmd    *exec.Cmd     // nil when no process runs
	exited chan struct{} // closed when cmd is done
	status error         // what it ended with, once exited is closed
}

// Start starts a server on a new data folder and a free port. args follow the flags that do that, so a later --data
// or --listen wins. The server is killed when the test ends, and its log shown if the test failed.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := prepare(t, args)
	if err := s.launch("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// StartMany starts so many servers at once, which args have share an engine and a master key. The first start makes one key
// in the folder of one of them, and the others get a copy of the file, as from an operator.
func StartMany(t testing.TB, n int, args ...string) []*Server {
	t.Helper()
	all := make([]*Server, n)
	failed := make([]error, n)
	var launched sync.WaitGroup
	for i := range all {
		all[i] = prepare(t, args)
		launched.Go(func() { failed[i] = all[i].launch("127.0.0.1:0") })
	}
	launched.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	var key []byte
	for _, s := range all {
		switch text, err := os.ReadFile(s.credentials()); {
		case err == nil && key != nil:
			t.Fatalf("two of the servers made a first access key: %s and another", text)
		case err == nil:
			key = text
		case !errors.Is(err, os.ErrNotExist):
			t.Fatal(err)
		}
	}
	for _, s := range all {
		if err := os.WriteFile(s.credentials(), key, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.learn(s.block); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// prepare makes a server that is not started.
func prepare(t testing.TB, args []string) *Server {
	t.Helper()
	s := &Server{Data: filepath.Join(t.TempDir(), "data"), t: t, binary: Binary(t), args: args}
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--data="); ok {
			s.Data = value
		} else if a == "--data" && i+1 < len(args) {
			s.Data = args[i+1]
		}
	}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("log of the server:\n%s", s.Log())
		}
	})
	return s
}

// Kill ends the process at once, as a crash does. It does nothing if no process runs.
func (s *Server) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		<-s.exited
		s.cmd = nil
	}
}

// Stop ends the process as an operator does, with SIGTERM, and fails the test if it does not end well.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.stop(); err != nil {
		s.t.Fatal(err)
	}
}

// Restart starts the server again, after a Stop if it still runs, on the same data and endpoint. It returns when the
// server is ready. A server that ended by itself is to be killed first.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	at, err := url.Parse(s.Endpoint)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.launch(at.Host); err != nil {
		s.t.Fatal(err)
	}
}

// Exited is closed when the present process has ended, for whatever reason.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Log is what all processes of this server wrote to standard error so far.
func (s *Server) Log() string { return s.log.String() }

func (s *Server) stop() error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	defer s.Kill()
	select {
	case <-s.exited:
		if s.status != nil {
			return fmt.Errorf("stator ended with %w after SIGTERM; its log:\n%s", s.status, s.Log())
		}
		return nil
	case <-time.After(patience):
		return fmt.Errorf("stator did not stop on SIGTERM; its log:\n%s", s.Log())
	}
}

// launch starts a process, and returns when it has said that it is ready.
func (s *Server) launch(listen string) error {
	engine, err := this.engineArgs(s.Data, s.args)
	if err != nil {
		return err
	}
	cmd := exec.Command(s.binary, slices.Concat([]string{"serve", "--data", s.Data, "--listen", listen}, engine, s.args)...)
	cmd.Env = CleanEnv()
	cmd.Stderr = &s.log
	cmd.SysProcAttr = sysProcAttr()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready, exited := make(chan map[string]string, 1), make(chan struct{})
	s.cmd, s.exited = cmd, exited
	go func() {
		ready <- readBlock(out)
		_, _ = io.Copy(io.Discard, out)
		s.status = cmd.Wait()
		close(exited)
	}()
	var block map[string]string
	select {
	case block = <-ready:
	case <-time.After(patience):
	}
	if block["endpoint"] == "" {
		s.Kill()
		return fmt.Errorf("stator serve did not become ready; its log:\n%s", s.Log())
	}
	s.Endpoint, s.Account, s.block = block["endpoint"], block["account"], block
	if _, err := os.Stat(s.credentials()); errors.Is(err, os.ErrNotExist) && block["credentials"] != "" {
		return nil // another server of the same engine made them
	}
	return s.learn(block)
}

func (s *Server) credentials() string { return filepath.Join(s.Data, "credentials") }

// Signal sends the process a signal.
func (s *Server) Signal(signal os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// readBlock reads the block that says that the server is ready: a title, then lines of a name and a value.
func readBlock(r io.Reader) map[string]string {
	block := map[string]string{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		name, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		block[name] = strings.TrimSpace(value)
		if name == "credentials" || name == "AUTHENTICATION" {
			return block
		}
	}
	return nil
}

// learn fills in how to reach the server.
func (s *Server) learn(block map[string]string) error {
	load := []func(*config.LoadOptions) error{
		config.WithRegion(block["region"]),
		config.WithBaseEndpoint(s.Endpoint),
		config.WithSharedConfigFiles([]string{os.DevNull}),
	}
	s.Env = append(CleanEnv(), "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=")
	if _, open := block["AUTHENTICATION"]; open {
		// There may be no data folder for stator env to look into.
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("open", "open", "")))
		s.Env = append(s.Env, "AWS_ENDPOINT_URL="+s.Endpoint, "AWS_REGION="+block["region"],
			"AWS_DEFAULT_REGION="+block["region"], "AWS_ACCESS_KEY_ID=open", "AWS_SECRET_ACCESS_KEY=open")
	} else {
		out, err := exec.Command(s.binary, "env", "--data", s.Data).Output()
		if err != nil {
			return fmt.Errorf("stator env: %w", err)
		}
		line, _, _ := strings.Cut(string(out), "\n")
		s.Env = append(s.Env, strings.Fields(strings.TrimPrefix(line, "export "))...)
		load = append(load,
			config.WithSharedCredentialsFiles([]string{s.credentials()}),
			config.WithSharedConfigProfile("default")) // a named profile comes before keys in the environment
	}
	var err error
	s.Config, err = config.LoadDefaultConfig(context.Background(), load...)
	return err
}

// CleanEnv is the environment without settings for AWS clients and for stator.
func CleanEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "STATOR_")
	})
}

// logged keeps what is written to it.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
