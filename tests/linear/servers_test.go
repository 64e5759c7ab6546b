package linear_test

import (
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/tests/fleet"
)

var flagStorm = flag.Duration("storm", 8*time.Second, "how long TestLinearizableServers disturbs the servers of each engine")

// Each history is small, as requests without an answer make it long to judge; there are several at a time.
const (
	historiesInAStorm  = 5
	clientsInAStorm    = 5
	operationsInAStorm = 14
)

// TestLinearizableServers exercises three servers over one engine, while they are killed and started again, their connections
// are cut and delayed, and the engine is restarted, or its regions move. A client's requests go to all of them.
func TestLinearizableServers(t *testing.T) {
	fleet.Each(t, 3, nil, func(t *testing.T, f *fleet.Fleet) {
		r := rng(t)
		during := *flagStorm / time.Duration(len(subjects()))
		for name, make := range subjects() {
			t.Run(name, func(t *testing.T) {
				var all []*exercise
				for range historiesInAStorm { // their tables are made while nothing is disturbed
					e := newExercise(t, make(tableName(name)), r.Uint64())
					e.connect(f.Configs()...)
					e.prepare()
					all = append(all, e)
				}
				var exercises sync.WaitGroup
				for _, e := range all {
					e.faults, e.pace = true, 2*during/operationsInAStorm
					exercises.Go(func() { e.run(clientsInAStorm, operationsInAStorm) })
				}
				t.Logf("%q", f.Disturb(t, r, during))
				exercises.Wait()
				unanswered := 0
				for _, e := range all {
					e.faults, e.pace = false, 0
					e.run(clientsInAStorm, 2)
					for _, op := range e.history {
						if op.Return == never {
							unanswered++
						}
					}
					e.check()
				}
				t.Logf("%d requests without an answer", unanswered)
			})
		}
		f.Check(t)
	})
}
