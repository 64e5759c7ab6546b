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
	used      usage
	clientCPU time.Duration
	busyCPU   time.Duration // of the whole machine
}

// usage is what servers, and the engine under them, have used so far.
type usage struct {
	servers time.Duration // of processors
	engine  time.Duration // of processors; 0 if the engine is in the server
	full    time.Duration // what the engine has done, as the time in which it can do no more
}

func (u usage) since(start usage) usage {
	return usage{u.servers - start.servers, u.engine - start.engine, u.full - start.full}
}

// driven is what the connections of a cell send their requests to: one server, or several over one engine.
type driven struct {
	signers []*signer // of the servers, which the connections are dealt out to in turn
	answers canned    // what the bare handler was told to answer; nil of all others
	used    func() (usage, error)
}

func (s *sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// measure keeps the connections busy with the operation, each with one request at a time, for warm and then for the
// measured time, and stops at the first answer that is not the expected one.
func measure(ctx context.Context, to driven, op operation, connections int, warm, length time.Duration) (*sample, error) {
	requests, err := pool(ctx, to.signers, op, connections)
	if err != nil {
		return nil, err
	}
	if to.answers != nil { // the bare handler answers every request of an operation alike
		for i := range requests {
			requests[i].want = expectation{whole: to.answers[op.target].Body}
		}
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := make([]worker, connections)
	for i := range workers {
		c, err := dial(ctx, to.signers[i%len(to.signers)].address)
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

	found, err := watch(ctx, to, &phase, &answered, warm, length)
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
func watch(ctx context.Context, to driven, phase *atomic.Int32, answered *atomic.Int64, warm, length time.Duration) (*sample, error) {
	if err := sleep(ctx, warm); err != nil {
		return nil, err
	}
	used, errUsed := to.used()
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
	usedEnd, errUsedEnd := to.used()
	clientEnd, errClientEnd := ownCPU()
	busyEnd, errBusyEnd := busyCPU()
	found.used, found.clientCPU, found.busyCPU = usedEnd.since(used), clientEnd-client, busyEnd-busy
	return found, errors.Join(errUsed, errClient, errBusy, errUsedEnd, errClientEnd, errBusyEnd)
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
