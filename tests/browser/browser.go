// Package browser follows flows through the console in a browser, with the built server as users run it. The flows are
// js/*.test.mjs; the tests that run them are in folders by section, since go test gives each package ten minutes.
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

// screenshots are part of the documentation, and made anew with: go test ./tests/browser/... -screenshots
var screenshots = flag.Bool("screenshots", false, "write the screenshots of docs/images")

// scripts is where the flows are, from the folder of a package of tests.
const scripts = "../js"

// Flow runs a script in browsers that visit a server. The script sees env and what PATH has.
func Flow(t *testing.T, script string, to Visit, env ...string) {
	t.Helper()
	env = append(append(os.Environ(), "STATOR_URL="+to.Endpoint, "STATOR_SIGN_IN="+to.signIn, "CHROMIUM="+chromium(t)), env...)
	if *screenshots {
		taken := t.TempDir()
		env = append(env, "STATOR_SCREENSHOTS="+taken)
		defer shrink(t, taken, "../../../docs/images")
	}
	harness.JavaScript(t, env, scripts, filepath.Join(scripts, script), filepath.Join(scripts, "console.mjs"), filepath.Join(scripts, "items.mjs"))
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
	if _, err := exec.LookPath("apt-get"); err == nil && os.Geteuid() == 0 {
		// The tests of several packages run at once. Whoever gets the lock second finds it installed.
		env := append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		harness.Run(t, env, "/", "flock", filepath.Join(os.TempDir(), "stator-tests-chromium.lock"), "sh", "-ec",
			"command -v "+name+" || { apt-get update -qq; apt-get install -qq -y --no-install-recommends "+name+"; }")
	}
	return harness.Tool(t, name)
}
