package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	readyTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
)

// server is a Stator that the demo started for itself, with everything it writes in one temporary folder.
type server struct {
	folder string
	cmd    *exec.Cmd
	ended  chan struct{}
}

// startServer builds the server, starts it and points this program's environment at it, as `stator env` would a
// shell's. It prints the same for the reader, who may want to try the commands.
func startServer(ctx context.Context, root string) (*server, error) {
	folder, err := os.MkdirTemp("", "stator-demo-")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder, ended: make(chan struct{})}
	if err := s.start(ctx, root); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) start(ctx context.Context, root string) error {
	binary, data := filepath.Join(s.folder, "stator"), filepath.Join(s.folder, "data")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/stator")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./cmd/stator: %w\n%s", err, out)
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}

	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.cmd = exec.CommandContext(ctx, binary, "serve", "--data", data, "--listen", address)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = stopTimeout
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is in its log
		close(s.ended)
	}()

	credentials := filepath.Join(data, "credentials")
	for _, variable := range [][2]string{
		{"AWS_ENDPOINT_URL", "http://" + address}, {"AWS_REGION", "us-east-1"}, {"AWS_DEFAULT_REGION", "us-east-1"},
		{"AWS_SHARED_CREDENTIALS_FILE", credentials},
	} {
		if err := os.Setenv(variable[0], variable[1]); err != nil {
			return err
		}
		fmt.Printf("export %s=%s\n", variable[0], quote(variable[1]))
	}
	// Keys in the environment would go before those in the file.
	fmt.Println("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL_DYNAMODB")
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL_DYNAMODB"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	if err := s.awaitReady(ctx, credentials); err != nil {
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("the server did not start: %w\n%s", err, text)
	}
	return nil
}

// awaitReady waits for the credentials, which the first start writes, and for an answer to a request signed by them.
func (s *server) awaitReady(ctx context.Context, credentials string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		_, err := os.Stat(credentials)
		if err == nil {
			var client *dynamodb.Client
			if client, err = connect(ctx); err == nil {
				if _, err = client.ListTables(ctx, &dynamodb.ListTablesInput{}); err == nil {
					return nil
				}
			}
		}
		select {
		case <-s.ended:
			return errors.New("it ended")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server and removes its folder.
func (s *server) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-s.ended:
		case <-time.After(stopTimeout):
			_ = s.cmd.Process.Kill()
			<-s.ended
		}
	}
	if err := os.RemoveAll(s.folder); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
