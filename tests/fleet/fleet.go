// Package fleet runs several servers over one engine for black-box tests: built ones over PostgreSQL, with a proxy between, and
// ones in the test's process over a mock of TiKV. Servers can be killed and started again, and the way to the engine disturbed.
//
// It imports the harness, the engines' test servers, and package stator for what can't be started as a process. The main rule: a
// test is written once and run over both.
package fleet

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// MasterKey is that of all servers of a fleet.
const MasterKey = "c3RhdG9yIHRlc3RzIHVzZSB0aGlzIG1hc3RlciBrZXk="

// Fleet is servers over one engine.
type Fleet struct {
	Servers []*Server
	// Faults disturb the engine, or the way to it, by their names. They return when it is as before.
	Faults map[string]func(*rand.Rand)
	// Unreachable cuts all servers off from the engine, until the function that it returns is called. It is nil if nothing can.
	Unreachable func() (again func())

	check func(testing.TB)
}

// Server is one of a fleet. Its methods are for one goroutine.
type Server struct {
	// Endpoint and Config stay the same when the server is started again.
	Endpoint string
	Config   aws.Config

	running     bool
	start       func(testing.TB)
	kill        func()
	stop        func(testing.TB)
	afterSignal func(testing.TB) (stopped func(testing.TB)) // begins to stop it
}

// Each runs a test over each engine, with a fleet of its own.
func Each(t *testing.T, servers int, options []string, test func(*testing.T, *Fleet)) {
	t.Run("postgres", func(t *testing.T) {
		t.Parallel() // much of it is waiting
		test(t, Postgres(t, servers, options...))
	})
	t.Run("tikv", func(t *testing.T) {
		t.Parallel()
		test(t, TiKV(t, servers, options...))
	})
}

// Kill ends a server at once. It does nothing if it does not run.
func (s *Server) Kill() {
	if s.running {
		s.running = false
		s.kill()
	}
}

// Stop ends a server as an operator does.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.running {
		s.running = false
		s.stop(t)
	}
}

// BeginStop tells a server to end, as an operator does, and returns what waits until it has.
func (s *Server) BeginStop(t testing.TB) (wait func(testing.TB)) {
	t.Helper()
	s.running = false
	return s.afterSignal(t)
}

// Start starts a server again.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if !s.running {
		s.start(t)
		s.running = true
	}
}

// Check stops all servers and fails the test for all that stator check finds.
func (f *Fleet) Check(t testing.TB) {
	t.Helper()
	for _, s := range f.Servers {
		s.Stop(t)
	}
	f.check(t)
}

// Disturb kills servers and starts them again, and disturbs the engine and the way to it, for a time. Then all is as before. It
// returns what it did.
func (f *Fleet) Disturb(t testing.TB, r *rand.Rand, during time.Duration) (done []string) {
	t.Helper()
	names := slices.Sorted(maps.Keys(f.Faults))
	for end := time.Now().Add(during); time.Now().Before(end); {
		time.Sleep(time.Duration(100+r.IntN(500)) * time.Millisecond)
		if r.IntN(2) == 0 {
			name := names[r.IntN(len(names))]
			f.Faults[name](r)
			done = append(done, name)
			continue
		}
		i := r.IntN(len(f.Servers))
		f.Servers[i].Kill()
		time.Sleep(time.Duration(r.IntN(500)) * time.Millisecond)
		f.Servers[i].Start(t)
		done = append(done, fmt.Sprintf("server %d killed", i))
	}
	return done
}

// Configs are those of all servers.
func (f *Fleet) Configs() (all []aws.Config) {
	for _, s := range f.Servers {
		all = append(all, s.Config)
	}
	return all
}
