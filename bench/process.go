package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// stopTimeout is how long a server may take to end before it is killed.
const stopTimeout = 10 * time.Second

// process is a server that this program started. It ends with the context it was started under, and where the
// system can promise it, with this program, however that ends.
type process struct {
	cmd    *exec.Cmd
	log    string
	ended  chan struct{}
	failed error // how it ended; read it only after ended is closed
}

func startProcess(ctx context.Context, folder, log string, command ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()

	p := &process{log: log, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, command[0], command[1:]...)
	p.cmd.Dir = folder
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = childAttributes()
	p.cmd.Cancel = p.interrupt
	p.cmd.WaitDelay = stopTimeout
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.failed = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// interrupt asks the process to end; a paused one could not hear it.
func (p *process) interrupt() error {
	return errors.Join(p.resume(), p.cmd.Process.Signal(syscall.SIGTERM))
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	if err := p.interrupt(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopTimeout):
		return p.cmd.Process.Kill()
	}
}

// explain adds the last words of the process to an error.
func (p *process) explain(err error) error {
	text, readErr := os.ReadFile(p.log)
	if readErr != nil || len(bytes.TrimSpace(text)) == 0 {
		return err
	}
	if lines := bytes.Split(bytes.TrimSpace(text), []byte("\n")); len(lines) > 5 {
		text = bytes.Join(lines[len(lines)-5:], []byte("\n"))
	}
	return fmt.Errorf("%w; its last output:\n%s", err, bytes.TrimSpace(text))
}

// syncTime is how long this disk takes to make a kilobyte appended to a file durable: what a lone durable write
// cannot be faster than.
func syncTime(folder string) (middle time.Duration, err error) {
	file, err := os.Create(filepath.Join(folder, "sync-probe"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	var times histogram
	block := make([]byte, itemBytes)
	for range 200 {
		began := time.Now()
		if _, err := file.Write(block); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		times.record(time.Since(began))
	}
	return times.quantile(0.5), nil
}
