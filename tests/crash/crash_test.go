// Package crash_test kills the built server at random moments under load, starts it again on the same folder, and looks
// whether all that was acknowledged, or seen by a reader, is there, and nothing is there by half.
//
// It knows the server from outside alone, except where it damages a stopped server's folder to see that `stator check`
// finds that. The main rule: what may be found after a crash follows from the recorded history of what clients sent and
// what they were told. Where a client was told nothing, both outcomes are allowed, and that is all.
//
//	go test ./tests/crash -run TestCrash -rounds 500 -seed 42
package crash_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

var (
	flagRounds = flag.Int("rounds", 10, "how often TestCrash kills the server")
	flagSeed   = flag.Uint64("seed", 0, "seed of the load and of the moments of the kills; 0 takes a random one")
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

// folder is a data folder of the embedded engine that is kept if the test fails.
func folder(t *testing.T) string {
	t.Helper()
	engine.Embedded(t, "it is about what a crash leaves in the embedded engine's folder; TestServers is about the others")
	dir, err := os.MkdirTemp("", "stator-crash-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the data folder is kept: %s", dir)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "data")
}

// check runs `stator check`. It returns what that prints, and how it exits.
func check(t *testing.T, data string) (output string, exit int) {
	t.Helper()
	cmd := exec.Command(harness.Binary(t), "check", "--data", data)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatalf("stator check: %v", err)
	}
	return strings.TrimSpace(string(out)), cmd.ProcessState.ExitCode()
}

// crashWhileStarting starts the server and kills it before, or soon after, it is ready.
func crashWhileStarting(t *testing.T, data string, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	cmd := exec.CommandContext(ctx, harness.Binary(t), "serve", "--data", data, "--listen", "127.0.0.1:0")
	if out, err := cmd.CombinedOutput(); ctx.Err() == nil {
		t.Fatalf("stator serve ended by itself: %v\n%s", err, out)
	}
}

// millis is a random time.
func millis(r *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+r.IntN(to-from)) * time.Millisecond
}

// TestCrash is the campaign: load, kill, look, and again on the same folder.
func TestCrash(t *testing.T) {
	rounds := *flagRounds
	if testing.Short() {
		rounds = min(rounds, 3)
	}
	r, data := rng(t), folder(t)
	found := campaign(t, r, data, rounds)
	found.report(t, filepath.Dir(data))
}

// A server that acknowledges before it writes loses something with every kill: whoever does not notice notices nothing.
func TestLossIsSeen(t *testing.T) {
	r, data := rng(t), folder(t)
	found := campaign(t, r, data, 4, "--no-fsync")
	if len(found.all()) == 0 {
		t.Fatal("four kills of a server that does not sync, and nothing was missing")
	}
	t.Logf("%d findings, such as: %s", len(found.all()), found.all()[0])
}

// campaign kills a server so many times, or until something is found.
func campaign(t *testing.T, r *rand.Rand, data string, rounds int, args ...string) *findings {
	t.Helper()
	// Shards live so short that most kills come soon after some were rolled, or in the middle of that.
	server := harness.Start(t, append([]string{"--data", data, "--stream-shard-life", "1s"}, args...)...)
	found := &findings{}
	l := newLoad(found, r.Uint64(), server.Config)
	if err := l.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		l.run(t.Context(), func() {
			l.untilKill(r)
			l.killing.Store(true)
			server.Kill()
		})
		if round%3 == 1 {
			if out, exit := check(t, data); exit != 0 {
				found.add("after kill %d, stator check exits with %d:\n%s", round+1, exit, out)
			}
		}
		if round%3 == 2 {
			crashWhileStarting(t, data, millis(r, 5, 150))
		}
		server.Restart()
		l.connect(server.Config)
		l.verify(t.Context())
		if len(found.all()) > 0 {
			found.add("found after kill %d of %d", round+1, rounds)
			return found
		}
	}
	l.online.finish(t.Context(), l)
	l.fleeting.finish(t.Context(), l)
	server.Stop()
	if out, exit := check(t, data); exit != 0 {
		found.add("after the last stop, stator check exits with %d:\n%s", exit, out)
	} else {
		t.Logf("stator check: %s", out)
	}
	t.Log(l.summary())
	return found
}
