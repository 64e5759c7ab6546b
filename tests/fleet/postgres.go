package fleet

import (
	"math/rand/v2"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/tests/harness"
)

// Postgres starts a PostgreSQL and so many built servers over it, all at once. Options are flags without dashes, like
// stream-shard-life=1s.
func Postgres(t testing.TB, servers int, options ...string) *Fleet {
	t.Helper()
	db := postgrestest.Start(t)
	p := startProxy(t, db.Addr)
	url := db.URL()
	args := []string{"--engine=postgres", "--engine-url=" + postgrestest.Through(url, p.addr), "--master-key-command=echo " + MasterKey}
	for _, o := range options {
		args = append(args, "--"+o)
	}
	f := &Fleet{}
	for _, s := range harness.StartMany(t, servers, args...) {
		f.Servers = append(f.Servers, &Server{Endpoint: s.Endpoint, Config: s.Config, running: true,
			start: func(testing.TB) { s.Restart() },
			kill:  s.Kill,
			stop:  func(testing.TB) { s.Stop() },
			afterSignal: func(testing.TB) func(testing.TB) {
				s.Signal(syscall.SIGTERM)
				return func(t testing.TB) {
					<-s.Exited()
					s.Kill() // it is gone
				}
			}})
	}
	f.Faults = map[string]func(*rand.Rand){
		"connections cut": func(*rand.Rand) { p.cut() },
		"network slow": func(r *rand.Rand) {
			p.delay.Store(int64(time.Duration(1+r.IntN(20)) * time.Millisecond))
			time.Sleep(time.Second)
			p.delay.Store(0)
		},
		"PostgreSQL killed": func(*rand.Rand) {
			db.Kill()
			if err := db.Start(); err != nil {
				t.Error(err)
			}
		},
		"PostgreSQL stopped": func(*rand.Rand) {
			if err := db.Stop(); err != nil {
				t.Error(err)
			}
			if err := db.Start(); err != nil {
				t.Error(err)
			}
		},
	}
	f.Unreachable = func() func() {
		p.closed.Store(true)
		return func() { p.closed.Store(false) }
	}
	f.check = func(t testing.TB) {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), harness.Binary(t), "check", "--engine=postgres", "--engine-url="+url).CombinedOutput()
		if err != nil {
			t.Errorf("stator check: %v\n%s", err, out)
		} else {
			t.Logf("stator check: %s", out)
		}
	}
	return f
}
