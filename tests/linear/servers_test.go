package linear_test

import (
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/tests/fleet"
)

var flagStorm = flag.Duration("storm", 8*time.Second, "how long TestLinearizableServers disturbs the servers of each engine")

// Fewer than usual: requests without an answer are many here.
const (
	clientsInAStorm    = 5
	operationsInAStorm = 8
)

// TestLinearizableServers exercises three servers over one engine, while they are killed and started again, their connections
// are cut and delayed, and the engine is restarted, or its regions move. A client's requests go to all of them.
func TestLinearizableServers(t *testing.T) {
	fleet.Each(t, 3, nil, func(t *testing.T, f *fleet.Fleet) {
		r := rng(t)
		for name, make := range subjects() {
			t.Run(name, func(t *testing.T) {
				var all []*exercise
				next := func() *exercise {
					e := newExercise(t, make(tableName(name)), r.Uint64())
					e.connect(f.Configs()...)
					e.prepare()
					all = append(all, e)
					return e
				}
				// Tables are made while nothing is disturbed.
				for range 3 {
					next()
				}
				var exercises sync.WaitGroup
				for _, e := range all {
					e.faults = true
					exercises.Go(func() {
						for range 3 {
							e.run(clientsInAStorm, operationsInAStorm/2)
							time.Sleep(*flagStorm / 10)
						}
					})
				}
				t.Logf("%q", f.Disturb(t, r, *flagStorm/3))
				exercises.Wait()
				unanswered := 0
				for _, e := range all {
					e.faults = false
					e.run(clientsInAStorm, operationsInAStorm/2)
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
