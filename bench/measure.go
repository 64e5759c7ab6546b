package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The phases of a cell. All connections run through all of them without a pause; only what is answered in the
// second one is counted.
const (
	phaseWarm int32 = iota
	phaseCount
	phaseStop
)

const (
	fewestAnswers = 10
	patience      = 40 * time.Second // for that many answers
)

// sample is what one cell gave in one round.
type sample struct {
	requests  uint64
	elapsed   time.Duration
	latency   histogram
	serverCPU time.Duration
	clientCPU time.Duration
	busyCPU   time.Duration // of the whole machine
}

func (s *sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// measure keeps the connections busy with the operation, each with one request at a time, for warm and then for the
// measured time, and stops at the first answer that is not the expected one.
func measure(ctx context.Context, s *server, op operation, connections int, warm, length time.Duration) (*sample, error) {
	requests, err := s.signer.pool(ctx, op, connections)
	if err != nil {
		return nil, err
	}
	if s.answers != nil { // the bare handler answers every request of an operation alike
		for i := range requests {
			requests[i].want = expectation{whole: s.answers[op.target].Body}
		}
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := make([]worker, connections)
	for i := range workers {
		c, err := dial(ctx, s.address)
		if err != nil {
			return nil, err
		}
		defer c.close()
		if err := c.conn.SetDeadline(time.Now().Add(warm + length + answerTimeout)); err != nil {
			return nil, err
		}
		workers[i] = worker{connection: c, requests: requests, first: i, step: connections}
	}

	// A cancelled context, by Ctrl-C or by the first failure, ends the reads that are waiting.
	defer context.AfterFunc(ctx, func() {
		for i := range workers {
			workers[i].connection.close()
		}
	})()
	var phase atomic.Int32
	var answered atomic.Int64
	var running sync.WaitGroup
	for i := range workers {
		running.Go(func() {
			if err := workers[i].run(&phase, &answered); err != nil {
				cancel(err)
			}
		})
	}

	found, err := watch(ctx, s, &phase, &answered, warm, length)
	phase.Store(phaseStop)
	// What was asked for is waited for, or the server would still be at it when its next turn comes.
	running.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	for i := range workers {
		found.latency.add(&workers[i].latency)
	}
	found.requests = found.latency.total
	if found.requests == 0 {
		return nil, fmt.Errorf("no answer within %s", found.elapsed)
	}
	return found, nil
}

// watch drives the phases and reads the clocks and the processor times at the two ends of the counted one. A server
// too slow to give a handful of answers in that time gets more of it.
func watch(ctx context.Context, s *server, phase *atomic.Int32, answered *atomic.Int64, warm, length time.Duration) (*sample, error) {
	if err := sleep(ctx, warm); err != nil {
		return nil, err
	}
	server, errServer := s.process.cpu()
	client, errClient := ownCPU()
	busy, errBusy := busyCPU()
	start := time.Now()
	phase.Store(phaseCount)
	if err := sleep(ctx, length); err != nil {
		return nil, err
	}
	for answered.Load() < fewestAnswers && time.Since(start) < patience {
		if err := sleep(ctx, length/10); err != nil {
			return nil, err
		}
	}
	phase.Store(phaseStop)
	found := &sample{elapsed: time.Since(start)}
	serverEnd, errServerEnd := s.process.cpu()
	clientEnd, errClientEnd := ownCPU()
	busyEnd, errBusyEnd := busyCPU()
	found.serverCPU, found.clientCPU, found.busyCPU = serverEnd-server, clientEnd-client, busyEnd-busy
	return found, errors.Join(errServer, errClient, errBusy, errServerEnd, errClientEnd, errBusyEnd)
}

// worker is one connection and the requests it owns.
type worker struct {
	connection  *connection
	requests    []request
	first, step int
	latency     histogram
}

func (w *worker) run(phase *atomic.Int32, answered *atomic.Int64) error {
	began := time.Now()
	for i := w.first; ; {
		next := &w.requests[i]
		a, err := w.connection.exchange(next.raw)
		if err == nil {
			err = next.want.check(a)
		}
		now := time.Now()
		// The phase is read after the answer, so that a server is neither credited with what it did before the
		// counted time nor with what it finished after.
		switch phase.Load() {
		case phaseCount:
			w.latency.record(now.Sub(began))
			answered.Add(1)
		case phaseStop:
			return err
		}
		if err != nil {
			return err
		}
		began = now
		if i += w.step; i >= len(w.requests) {
			i = w.first
		}
	}
}

func sleep(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
