package acceptance

import (
	"os"
	"os/exec"
	"testing"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

// TestOverSharedEngines runs all other tests again, over PostgreSQL and over TiKV.
func TestOverSharedEngines(t *testing.T) {
	t.Parallel()
	engine.Embedded(t, "all tests are over it already")
	if os.Getenv(otherServer) != "" {
		t.Skipf("the server that %s names has the engine it has", otherServer)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "tikv"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "postgres" {
				postgrestest.Need(t)
			}
			cmd := exec.CommandContext(t.Context(), self, "-test.skip=^(TestOverSharedEngines|TestBoto3)$")
			cmd.Env = append(os.Environ(), engine.Variable+"="+name, "STATOR_TEST_BINARY="+harness.Binary(t))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
