package main

import (
	"context"
	"errors"
	"time"
)

// limits are what servers and their engine get of a machine that they share with each other and with their clients.
type limits struct {
	// Together the most that a server can do. Neither costs processor time, which is what the machine has too little of.
	requests  int           // that a server has with the engine at a time
	roundTrip time.Duration // that they take on their way

	cores float64       // of PostgreSQL; 0 is all
	each  time.Duration // for which the mock takes no other request after one; 0 is none
}

// bounded are limits at which servers end first, then the engine, and the machine not at all.
func bounded() limits {
	return limits{requests: 4, roundTrip: 5 * time.Millisecond, cores: 0.3, each: 500 * time.Microsecond}
}

// unbounded are no limits but the number of connections that a server has as it is installed.
func unbounded() limits { return limits{requests: 32} }

// masterKey is that of all servers of a fleet.
const masterKey = "c3RhdG9yIGJlbmNoIHVzZXMgdGhpcyBtYXN0ZXIga2U="

// engineKind is an engine that servers share.
type engineKind struct {
	name  string
	title string
	note  string // what a reader of its numbers should know

	// prepare builds the program of the servers.
	prepare func(ctx context.Context, o *options, temp string) (program string, err error)
	// start starts the engine and so many servers over it, which keep their files in an empty folder. An errSkip leaves the
	// engine out.
	start func(ctx context.Context, program, temp string, l limits, servers int) (*fleet, error)
}

func engineKinds() []engineKind {
	return []engineKind{
		{
			name:    "postgres",
			title:   "PostgreSQL",
			note:    "a real one, every commit synced to disk; each server is a process",
			prepare: buildStator,
			start:   startPostgres,
		},
		{
			name:    "tikv-mock",
			title:   "mock of TiKV",
			note:    "the mock of TiKV's Go client, in memory, where timestamps cost nothing; servers and mock are in one process",
			prepare: buildMock,
			start:   startMock,
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
