package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// readyTimeout is how long a server may take from its start to its first answer.
const readyTimeout = time.Minute

// kind is a server that can be compared: how it is called and how it is started.
type kind struct {
	name  string
	title string
	note  string // what a reader of its numbers should know
	extra bool   // only when asked for by name

	// prepare does what has to be done once before it can be started: build it, find its files. What it returns
	// is passed to command. An errSkip leaves the server out.
	prepare func(ctx context.Context, o *options, temp string) (string, error)
	// command is the program and its arguments, for a port and an empty data folder.
	command func(prepared, port, data string) []string
	// credentials finds the key pair to sign with; an error means not yet.
	credentials func(ctx context.Context, data string) (aws.Credentials, error)
	// version names the release that runs, if it can be told.
	version func(ctx context.Context, prepared string) string
}

// errSkip says that a server cannot run here, which is no failure of the comparison.
var errSkip = errors.New("skipped")

func kinds() []kind {
	return []kind{statorKind(), statorOpenKind(), statorMemoryKind(), bareKind(), dynamoDBLocalKind(), dynamoDBLocalMemoryKind(), dynaliteKind()}
}

func serverNames() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

func defaultServers() []string {
	var names []string
	for _, k := range kinds() {
		if !k.extra {
			names = append(names, k.name)
		}
	}
	return names
}

// server is a running kind.
type server struct {
	kind
	prepared string
	folder   string // everything it writes
	address  string
	process  *process
	signer   *signer
	ready    time.Duration // from its start to its first answer
	answers  canned        // only of the bare handler: what it was told to answer
}

// start runs the server on an empty data folder and waits for its first answer. Its number keeps the folders of
// several starts apart.
func (s *server) start(ctx context.Context, temp string, number int) error {
	s.folder = filepath.Join(temp, fmt.Sprintf("%s-%d", s.name, number))
	data := filepath.Join(s.folder, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	s.address = net.JoinHostPort("127.0.0.1", port)

	began := time.Now()
	s.process, err = startProcess(ctx, s.folder, filepath.Join(s.folder, "log"), s.command(s.prepared, port, data)...)
	if err != nil {
		return err
	}
	if err := s.awaitReady(ctx, data); err != nil {
		return errors.Join(s.process.explain(fmt.Errorf("%s did not start: %w", s.title, err)), s.process.stop())
	}
	s.ready = time.Since(began)
	return nil
}

// awaitReady asks for the list of tables until it gets it: for every server the same signed request, which is the
// first thing a client could use it for.
func (s *server) awaitReady(ctx context.Context, data string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		credentials, err := s.credentials(ctx, data)
		if err == nil {
			s.signer = newSigner(s.address, credentials)
			var a answer
			if a, err = call(ctx, s.signer, "ListTables", "{}"); err == nil {
				if a.status == 200 {
					return nil
				}
				err = fmt.Errorf("status %d: %s", a.status, shorten(a.body))
			}
		}
		select {
		case <-s.process.ended:
			return fmt.Errorf("it ended: %w", errors.Join(s.process.failed, err))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// driven is the server by itself.
func (s *server) driven() driven {
	return driven{signers: []*signer{s.signer}, answers: s.answers, used: func() (usage, error) {
		cpu, err := s.process.cpu()
		return usage{servers: cpu}, err
	}}
}

// freePort asks the system for a port nobody listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}

// anyCredentials is for servers that want a signature but do not check it.
func anyCredentials(context.Context, string) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, nil
}
