// Package linear_test records what many clients at once ask a server and are answered, and checks with porcupine that one
// could have asked after the other: single items, transactions, and queries of indexes.
//
// It knows the server from outside alone. The main rule: a model is one function from a state and a request to the one
// right answer and the next state. A request without an answer takes effect at some time after it was sent, or so
// late that nobody sees it.
//
//	go test ./tests/linear -histories 200 -seed 42
package linear_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

var (
	flagHistories = flag.Int("histories", 6, "how many histories each test records")
	flagSeed      = flag.Uint64("seed", 0, "seed of the requests and of the moments of kills; 0 takes a random one")
)

func TestMain(m *testing.M) { harness.Main(m) }

// rng returns the seeded randomness of a test, and says what the seed is.
func rng(t *testing.T) *rand.Rand {
	t.Helper()
	seed := *flagSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// subjects are what is exercised. Each history has tables of its own.
func subjects() map[string]func(name string) subject {
	return map[string]func(string) subject{
		"Items":        func(name string) subject { return &items{table: name} },
		"Transactions": func(name string) subject { return &transactions{tables: [2]string{name + ".a", name + ".b"}} },
		"Indexes":      func(name string) subject { return &indexes{table: name} },
	}
}

// How many clients there are at once, and how many operations each does in a history. With more, a check may take
// long; most of all with more requests without an answer, which porcupine tries in each place.
const (
	clients        = 10
	clientsAtAKill = 6
	operations     = 24
)

// TestLinearizable exercises a server in this process.
func TestLinearizable(t *testing.T) {
	server := engine.Start(t)
	for name, make := range subjects() {
		t.Run(name, func(t *testing.T) {
			r := rng(t)
			for range *flagHistories {
				e := newExercise(t, make(tableName(name)), r.Uint64())
				e.connect(server.Config)
				e.prepare()
				e.run(clients, operations)
				e.check()
			}
		})
	}
}

// TestLinearizableAcrossKill exercises the built server, which is killed in the middle and started again. Nothing that
// somebody was told or saw before is different afterwards.
func TestLinearizableAcrossKill(t *testing.T) {
	server := harness.Start(t)
	for name, make := range subjects() {
		t.Run(name, func(t *testing.T) {
			r := rng(t)
			for range max(1, *flagHistories/3) {
				e := newExercise(t, make(tableName(name)), r.Uint64())
				e.connect(server.Config)
				e.prepare()
				e.killAfter(1+r.IntN(clientsAtAKill*operations/2), server.Kill)
				e.run(clientsAtAKill, operations/2)
				server.Kill() // if they were done before
				server.Restart()
				e.connect(server.Config)
				e.run(clientsAtAKill, operations/2)
				e.check()
			}
		})
	}
}
