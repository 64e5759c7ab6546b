package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// buildMock builds the program that has the mock of a TiKV cluster and the servers over it.
func buildMock(ctx context.Context, o *options, temp string) (string, error) {
	binary := filepath.Join(temp, "mocktikv")
	return binary, goBuild(ctx, o, binary, "./bench/mocktikv")
}

// startMock starts it, and waits until all servers answer.
func startMock(ctx context.Context, binary, temp string, l limits, servers int) (f *fleet, err error) {
	announced := filepath.Join(temp, "servers.json")
	p, err := startProcess(ctx, temp, filepath.Join(temp, "log"), binary, "-servers", strconv.Itoa(servers), "-master-key", masterKey,
		"-requests", strconv.Itoa(l.requests), "-round-trip", l.roundTrip.String(), "-each", l.each.String(), "-announce", announced)
	if err != nil {
		return nil, err
	}
	f = &fleet{bound: fmt.Sprintf("a capacity of a request each %s, by the benchmark", l.each), explain: p.explain}
	f.onStop(p.stop)
	said, err := awaitAnnouncement(ctx, p, announced)
	if err != nil {
		return nil, errors.Join(p.explain(err), f.stop())
	}
	for _, address := range said.Servers {
		f.signers = append(f.signers, newSigner(address, aws.Credentials{AccessKeyID: said.AccessKeyID, SecretAccessKey: said.SecretAccessKey}))
	}
	f.used = func() (usage, error) {
		all, err := p.cpu()
		if err != nil {
			return usage{}, err
		}
		mock, err := readMeter(ctx, said.Meter)
		return usage{servers: all - mock.CPU, engine: mock.CPU, full: mock.Full}, err
	}
	return f, nil
}

// announcement is what the program of servers over the mock says when all of them answer.
type announcement struct {
	Servers                      []string
	Meter                        string
	AccessKeyID, SecretAccessKey string
}

func awaitAnnouncement(ctx context.Context, p *process, file string) (said announcement, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &said)
			return said, err
		}
		select {
		case <-p.ended:
			return said, fmt.Errorf("it ended: %w", errors.Join(p.failed, err))
		case <-ctx.Done():
			return said, errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// meterReading is what the mock has used so far.
type meterReading struct {
	Requests  int64
	CPU, Full time.Duration
}

func readMeter(ctx context.Context, address string) (m meterReading, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
	if err != nil {
		return m, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return m, err
	}
	err = errors.Join(json.NewDecoder(res.Body).Decode(&m), res.Body.Close())
	return m, err
}
