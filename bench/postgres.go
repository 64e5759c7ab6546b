package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// startPostgres starts a PostgreSQL, with a part of a core if the system lets it, and built servers.
func startPostgres(ctx context.Context, binary, temp string, l limits, servers int) (f *fleet, err error) {
	f = &fleet{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.stop())
		}
	}()

	engine, err := postgrestest.New("max_wal_size=4GB", "checkpoint_timeout=1h")
	if errors.Is(err, postgrestest.ErrNone) {
		return f, fmt.Errorf("%w: %w", errSkip, err)
	}
	if err != nil {
		return f, err
	}
	f.onStop(func() error { engine.Remove(); return nil })
	cores, err := f.confine(engine.Pid(), l.cores)
	if err != nil {
		return f, err
	}
	url := engine.URL()
	if l.roundTrip > 0 {
		between, err := startNetwork(engine.Addr, l.roundTrip)
		if err != nil {
			return f, err
		}
		f.onStop(between.close)
		url = postgrestest.Through(url, between.address())
	}
	url += fmt.Sprintf("&pool_max_conns=%d", l.requests)

	var first string // the folder of the server that makes the access key
	all := make([]*server, servers)
	for i := range all {
		s := &server{kind: kind{
			name: fmt.Sprintf("server-%d", i), title: fmt.Sprintf("server %d over PostgreSQL", i),
			command: func(_, port, data string) []string {
				return []string{binary, "serve", "--data", data, "--listen", "127.0.0.1:" + port, "--engine=postgres", "--engine-url=" + url,
					"--master-key-command=echo " + masterKey}
			},
			credentials: statorCredentials,
		}}
		if i > 0 {
			s.credentials = func(ctx context.Context, _ string) (aws.Credentials, error) { return statorCredentials(ctx, first) }
		}
		if err := s.start(ctx, temp, 1); err != nil {
			return f, err
		}
		f.onStop(s.process.stop)
		f.signers = append(f.signers, s.signer)
		all[i] = s
		first = filepath.Join(all[0].folder, "data")
	}
	f.used = func() (u usage, err error) {
		for _, s := range all {
			cpu, failed := s.process.cpu()
			u.servers += cpu
			err = errors.Join(err, failed)
		}
		cpu, failed := cpuOfTree(engine.Pid())
		u.engine, u.full = cpu, time.Duration(float64(cpu)/cores)
		return u, errors.Join(err, failed)
	}
	f.explain = all[0].process.explain
	return f, nil
}

// confine gives a process and its children so many cores if the system lets it, and all of them if it is 0. It returns what they have.
func (f *fleet) confine(pid int, cores float64) (float64, error) {
	all := float64(runtime.NumCPU())
	if cores == 0 {
		f.bound = "the machine"
		return all, nil
	}
	group, err := newQuota(cores)
	if err != nil {
		f.bound = "the machine, as this user cannot make control groups"
		return all, nil
	}
	f.stops = append([]func() error{group.remove}, f.stops...) // when its processes are gone
	f.bound = fmt.Sprintf("%s of a core, by a control group", percent(cores))
	return cores, group.hold(pid)
}
