package crash_test

import (
	"flag"
	"testing"
	"time"

	"github.com/statordb/stator/tests/fleet"
)

var (
	flagStorms = flag.Int("storms", 1, "how often TestServers disturbs the servers of each engine")
	flagStorm  = flag.Duration("storm", 5*time.Second, "how long each time")
)

// settling is what a write may still take whose client was told nothing, and what a server may take to learn of another table.
const settling = 2 * time.Second

// TestServers is the campaign over engines that several servers share. Servers are killed and started again, connections are cut and
// delayed, PostgreSQL is restarted, regions of TiKV are split and moved, all under load. Then it looks at everything, as
// after a crash.
//
//	go test ./tests/crash -run TestServers -storms 50 -seed 42 -timeout 2h
func TestServers(t *testing.T) {
	fleet.Each(t, 3, []string{"stream-shard-life=2s"}, func(t *testing.T, f *fleet.Fleet) {
		r := rng(t)
		found := &findings{}
		l := newLoad(found, r.Uint64(), f.Configs()...)
		l.faults = true
		if err := l.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		for storm := range *flagStorms {
			l.run(t.Context(), func() {
				t.Logf("storm %d: %q", storm+1, f.Disturb(t, r, *flagStorm))
				l.killing.Store(true)
			})
			time.Sleep(settling)
			l.connect(f.Configs()...)
			l.faults = false // now every request has to be answered
			l.verify(t.Context())
			l.faults = true
			if len(found.all()) > 0 {
				break
			}
		}
		l.faults = false
		if len(found.all()) == 0 {
			l.online.finish(t.Context(), l)
			l.fleeting.finish(t.Context(), l)
			f.Check(t)
		}
		t.Log(l.summary())
		found.report(t, t.TempDir())
	})
}
