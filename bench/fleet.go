package main

import (
	"context"
	"errors"
	"time"
)

// What makes a server small enough that several of them fit on one machine with their engine and their clients: so many of its
// requests can be with the engine at a time, and the network to it takes so long. Neither costs processor time, which is what the
// machine has too little of; together they are the most that a server can do.
const (
	serverRequests  = 4
	engineRoundTrip = 5 * time.Millisecond
)

// What the engines get, so that they are at their end before the machine is.
const (
	postgresCores = 0.35
	mockEach      = 400 * time.Microsecond
)

// masterKey is that of all servers of a fleet.
const masterKey = "c3RhdG9yIGJlbmNoIHVzZXMgdGhpcyBtYXN0ZXIga2U="

// engineKind is an engine that servers share.
type engineKind struct {
	name  string
	title string
	note  string // what a reader of its numbers should know

	// start starts the engine and so many servers over it. An errSkip leaves the engine out.
	start func(ctx context.Context, o *options, temp string, servers int) (*fleet, error)
}

func engineKinds() []engineKind {
	return []engineKind{
		{
			name:  "postgres",
			title: "PostgreSQL",
			note:  "a real one, every commit synced to disk; each server is a process",
			start: startPostgres,
		},
		{
			name:  "tikv-mock",
			title: "mock of TiKV",
			note:  "the mock of TiKV's Go client, in memory, where timestamps cost nothing; servers and mock are in one process",
			start: startMock,
		},
	}
}

func engineNames() []string {
	var names []string
	for _, k := range engineKinds() {
		names = append(names, k.name)
	}
	return names
}

// fleet is several servers over one engine.
type fleet struct {
	signers []*signer // one for each server
	bound   string    // what the engine is bounded by
	used    func() (usage, error)
	explain func(error) error
	stops   []func() error // in the order in which things were started
}

// stop ends all that was started, the last first.
func (f *fleet) stop() (err error) {
	for len(f.stops) > 0 {
		last := len(f.stops) - 1
		err = errors.Join(err, f.stops[last]())
		f.stops = f.stops[:last]
	}
	return err
}

// onStop has stop do something too.
func (f *fleet) onStop(do func() error) { f.stops = append(f.stops, do) }
