package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// cell is one number of the comparison: a server with an operation over a number of connections.
type cell struct {
	server      string
	operation   string
	connections int
}

// compare starts the servers, fills them, measures every cell in every round and adds it all up.
func compare(ctx context.Context, o *options) (found *comparison, err error) {
	temp, err := os.MkdirTemp(o.temp, "stator-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()

	found = newComparison(o)
	if syncs, err := syncTime(temp); err == nil {
		found.Machine.SyncMicros = micros(syncs)
	}
	servers, err := startAll(ctx, o, temp, found)
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.process.stop())
		}
	}()
	if err != nil {
		return nil, err
	}
	if len(servers) == 0 {
		return nil, errors.New("no server to measure")
	}

	samples := map[cell][]*sample{}
	if err := measureAll(ctx, o, servers, found, samples); err != nil {
		return nil, err
	}
	for _, s := range servers {
		_, peak, err := s.process.memory()
		if err != nil {
			return nil, err
		}
		found.server(s.name).PeakBytes = peak
	}
	found.addUp(samples)
	return found, nil
}

// startAll starts and fills the servers and leaves them paused. The bare handler comes last, because it answers what
// the first of the others answered.
func startAll(ctx context.Context, o *options, temp string, found *comparison) (servers []*server, err error) {
	answers := canned{}
	chosen := kinds()
	chosen = slices.DeleteFunc(chosen, func(k kind) bool { return !slices.Contains(o.servers, k.name) })
	slices.SortStableFunc(chosen, func(a, b kind) int { return cmp.Compare(order(a.name), order(b.name)) })

	for _, k := range chosen {
		s := &server{kind: k}
		entry := serverResult{Name: k.name, Title: k.title, Note: k.note}
		if s.prepared, err = k.prepare(ctx, o, temp); err != nil {
			if !errors.Is(err, errSkip) {
				return servers, err
			}
			fmt.Printf("%s: %v\n", k.title, err)
			entry.Skipped = err.Error()
			found.Servers = append(found.Servers, entry)
			continue
		}
		if k.name == bareName {
			if len(answers) == 0 {
				return servers, errors.New("the bare handler copies the answers of another server: choose one more")
			}
			text, err := json.Marshal(answers)
			if err != nil {
				return servers, err
			}
			if err := os.WriteFile(s.prepared, text, 0o600); err != nil {
				return servers, err
			}
			s.answers = answers
		}

		if err := s.startTimed(ctx, o, temp, &entry); err != nil {
			return servers, err
		}
		servers = append(servers, s)
		entry.Version = k.version(ctx, s.prepared)
		recorded, unsupported, err := s.fill(ctx, o)
		if err != nil {
			return servers, s.process.explain(fmt.Errorf("%s: %w", k.title, err))
		}
		entry.Unsupported = unsupported
		if len(answers) == 0 {
			answers = recorded
		}
		found.Servers = append(found.Servers, entry)
		fmt.Printf("%s: ready in %s, %.0f MB\n", k.title, s.ready.Round(time.Millisecond), float64(entry.IdleBytes)/1e6)
		if err := s.process.pause(); err != nil {
			return servers, err
		}
	}
	return servers, nil
}

// order starts the bare handler after everything else.
func order(name string) int {
	if name == bareName {
		return 1
	}
	return 0
}

// startTimed starts the server as often as asked, each time on an empty folder, and keeps the last one running.
func (s *server) startTimed(ctx context.Context, o *options, temp string, entry *serverResult) error {
	var times []time.Duration
	for number := 1; ; number++ {
		if err := s.start(ctx, temp, number); err != nil {
			return err
		}
		times = append(times, s.ready)
		if number == o.starts {
			break
		}
		if err := s.process.stop(); err != nil {
			return err
		}
		if err := os.RemoveAll(s.folder); err != nil {
			return err
		}
	}
	s.ready = median(times)
	entry.ReadyMicros = micros(s.ready)

	// What a server needs when nobody asks it anything, once it has settled.
	err := sleep(ctx, time.Second)
	if err == nil {
		entry.IdleBytes, _, err = s.process.memory()
	}
	if err != nil {
		return errors.Join(err, s.process.stop())
	}
	return nil
}

// fill loads the table and asks for each operation once. It gives the answers, and why an operation is refused.
func (s *server) fill(ctx context.Context, o *options) (canned, map[string]string, error) {
	if s.name != bareName {
		if err := load(ctx, []*signer{s.signer}); err != nil {
			return nil, nil, err
		}
	}
	recorded, unsupported := canned{}, map[string]string{}
	for _, op := range operations() {
		if !slices.Contains(o.operations, op.name) || s.answers != nil {
			continue
		}
		a, err := call(ctx, s.signer, op.target, op.body(0))
		if err == nil {
			err = op.want(0).check(a)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, err
			}
			fmt.Printf("%s: no %s: %v\n", s.title, op.name, err)
			unsupported[op.name] = err.Error()
			continue
		}
		recorded[op.target] = cannedFrom(a)
	}
	return recorded, unsupported, nil
}

// measureAll runs the rounds. Within a round the servers take turns at each cell, starting with another one each
// time, so that what else the machine does falls on all of them alike.
func measureAll(ctx context.Context, o *options, servers []*server, found *comparison, samples map[cell][]*sample) error {
	type step struct {
		op          operation
		connections int
	}
	var steps []step
	for _, op := range operations() {
		if slices.Contains(o.operations, op.name) {
			for _, connections := range o.connections {
				steps = append(steps, step{op, connections})
			}
		}
	}
	progress := newProgress(os.Stdout, len(steps)*len(servers)*o.rounds+len(o.operations)*len(servers))
	defer progress.end()

	take := func(s *server, op operation, connections int, warm, length time.Duration) (*sample, error) {
		progress.next(fmt.Sprintf("%s, %s, %d connections", s.title, op.name, connections))
		entry := found.server(s.name)
		if entry.Unsupported[op.name] != "" {
			return nil, nil
		}
		if err := s.process.resume(); err != nil {
			return nil, err
		}
		one, err := measure(ctx, s.driven(), op, connections, warm, length)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, s.process.explain(fmt.Errorf("%s, %s, %d connections: %w", s.title, op.name, connections, err))
		}
		return one, s.process.pause()
	}

	for _, op := range operations() {
		if !slices.Contains(o.operations, op.name) || o.heat <= 0 {
			continue
		}
		for _, s := range servers {
			if _, err := take(s, op, 32, 0, o.heat); err != nil {
				return err
			}
		}
	}
	for round := range o.rounds {
		for number, step := range steps {
			for turn := range servers {
				s := servers[(turn+round+number)%len(servers)]
				one, err := take(s, step.op, step.connections, o.warm, o.measure)
				if err != nil {
					return err
				}
				if one != nil {
					at := cell{s.name, step.op.name, step.connections}
					samples[at] = append(samples[at], one)
				}
			}
		}
	}
	return nil
}

// median is the middle of the values, the upper one of an even number.
func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
