// Package browser follows flows through the console in a browser, with the built server as users run it. The flows are
// js/*.test.mjs.
package browser

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// screenshots are part of the documentation, and made anew with: go test ./tests/browser -screenshots
var screenshots = flag.Bool("screenshots", false, "write the screenshots of docs/images")

func TestMain(m *testing.M) { harness.Main(m) }

// flow runs a script in browsers that visit a server.
func flow(t *testing.T, script string, to visit, env ...string) {
	t.Helper()
	env = append(append(os.Environ(), "STATOR_URL="+to.endpoint, "STATOR_SIGN_IN="+to.signIn, "CHROMIUM="+chromium(t)), env...)
	if *screenshots {
		folder, err := filepath.Abs("../../docs/images")
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, "STATOR_SCREENSHOTS="+folder)
	}
	harness.JavaScript(t, env, "js", filepath.Join("js", script), filepath.Join("js", "console.mjs"), filepath.Join("js", "items.mjs"))
	if *screenshots {
		shrink(t, "../../docs/images")
	}
}

// installing is held while the browser is looked for, and installed.
var installing sync.Mutex

// chromium is the browser. Where there is none, root gets Debian's, and others skip the test.
func chromium(t *testing.T) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	const name = "chromium"
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if apt, err := exec.LookPath("apt-get"); err == nil && os.Geteuid() == 0 {
		env := append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		harness.Run(t, env, "/", apt, "update", "-qq")
		harness.Run(t, env, "/", apt, "install", "-qq", "-y", "--no-install-recommends", name)
	}
	return harness.Tool(t, name)
}

func TestFirstLoad(t *testing.T) {
	t.Parallel()
	flow(t, "first_load.test.mjs", signedIn(t, harness.Start(t)))
}

func TestShell(t *testing.T) {
	t.Parallel()
	flow(t, "shell.test.mjs", signedIn(t, harness.Start(t)))
}
