// Package postgrestest starts PostgreSQL servers for tests: real ones, each with a new cluster in a temporary folder on a free
// port of 127.0.0.1. It imports nothing of ours, and is imported by tests and the benchmark only.
//
// Its main rule: a test needs nothing but the command that runs it. Where no PostgreSQL is installed, root gets Debian's, and
// others skip the test; where CI is set, that is an error.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long a server may take to answer.
const patience = 60 * time.Second

// Server is a PostgreSQL server. Kill and Start are for one goroutine.
type Server struct {
	// Addr is where it listens, the same after it was killed and started again.
	Addr string

	bin, dir string
	attr     *syscall.SysProcAttr
	args     []string
	log      bytes.Buffer
	cmd      *exec.Cmd
	schemas  atomic.Int64
}

// Start starts a server, which is killed when the test ends. Settings are like fsync=off, which is the one that makes a
// server fast that need not survive a crash of the machine.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	Need(t)
	s, err := New(settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Remove()
		if t.Failed() {
			t.Logf("the log of PostgreSQL:\n%s", s.tail())
		}
	})
	return s
}

// Need skips a test where no PostgreSQL can be had.
func Need(t testing.TB) {
	t.Helper()
	_, err := binaries()
	if errors.Is(err, ErrNone) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ErrNone is New's where there is no PostgreSQL to be had.
var ErrNone = errors.New("there is no PostgreSQL on this machine, and only root can install one")

// New is Start without a test. The caller must Remove the server.
func New(settings ...string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "stator-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, attr: attributes()}
	if err := s.create(settings); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

func (s *Server) create(settings []string) error {
	if os.Geteuid() == 0 { // which PostgreSQL does not let
		uid, gid, err := another()
		if err != nil {
			return err
		}
		s.attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
		if err := os.Chown(s.dir, int(uid), int(gid)); err != nil {
			return err
		}
	}
	init := s.command("initdb", "-D", s.data(), "-U", "stator", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Addr = ln.Addr().String()
	_, port, _ := net.SplitHostPort(s.Addr)
	if err := ln.Close(); err != nil {
		return err
	}
	s.args = []string{"-D", s.data(), "-k", s.dir, "-h", "127.0.0.1", "-p", port}
	for _, set := range settings {
		s.args = append(s.args, "-c", set)
	}
	return s.Start()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.attr
	return cmd
}

// Start starts the server again, and returns when it answers.
func (s *Server) Start() error {
	s.cmd = s.command("postgres", s.args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.url("").String())
		if err == nil {
			return c.Close(ctx)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, s.tail())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Pid is the process that all others of the server are children of, until it is started again.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Kill ends all processes of the server at once, as a crash would.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	// The processes of the server are sessions of their own, so their parent is stopped before it can start any.
	_ = s.cmd.Process.Signal(syscall.SIGSTOP)
	for _, pid := range children(s.cmd.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Stop shuts the server down, without waiting for its clients.
func (s *Server) Stop() error {
	err := s.cmd.Process.Signal(syscall.SIGINT)
	_ = s.cmd.Wait()
	s.cmd = nil
	return err
}

// Remove kills the server and deletes what it stored.
func (s *Server) Remove() {
	s.Kill()
	_ = os.RemoveAll(s.dir)
}

// URL is of a schema that nobody else uses.
func (s *Server) URL() string {
	return s.url(fmt.Sprintf("test %d", s.schemas.Add(1))).String()
}

// Through is url over a proxy at addr.
func Through(text, addr string) string {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	u.Host = addr
	return u.String()
}

func (s *Server) url(schema string) *url.URL {
	q := url.Values{"sslmode": {"disable"}}
	if schema != "" {
		q.Set("schema", schema)
	}
	return &url.URL{Scheme: "postgres", User: url.User("stator"), Host: s.Addr, Path: "/postgres", RawQuery: q.Encode()}
}

func (s *Server) tail() []byte {
	b := s.log.Bytes()
	return b[max(0, len(b)-4096):]
}

// children are the processes that pid started.
func children(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range lists {
		text, _ := os.ReadFile(name)
		for _, word := range bytes.Fields(text) {
			if n, err := strconv.Atoi(string(word)); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// another is a user who is not root.
func another() (uid, gid uint32, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, lookup := user.Lookup(name)
		if lookup != nil {
			err = lookup
			continue
		}
		id, _ := strconv.ParseUint(u.Uid, 10, 32)
		group, _ := strconv.ParseUint(u.Gid, 10, 32)
		return uint32(id), uint32(group), nil
	}
	return 0, 0, err
}

// binaries is the folder of PostgreSQL's programs, of the newest version there is.
var binaries = sync.OnceValues(func() (string, error) {
	if dir, ok := installed(); ok {
		return dir, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", ErrNone
	}
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-qq", "-y", "--no-install-recommends", "postgresql"}} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: apt-get %q: %w\n%s", ErrNone, args, err, out)
		}
	}
	if dir, ok := installed(); ok {
		return dir, nil
	}
	return "", ErrNone
})

func installed() (dir string, ok bool) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), true
	}
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(all) == 0 {
		return "", false
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	newest := slices.MaxFunc(all, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), true
}
