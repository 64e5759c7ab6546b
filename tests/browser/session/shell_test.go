// Package session follows people into the console and out of it, and around every page.
package session

import (
	"testing"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestFirstLoad(t *testing.T) {
	t.Parallel()
	browser.Flow(t, "first_load.test.mjs", browser.SignedIn(t, harness.Start(t)))
}

func TestShell(t *testing.T) {
	t.Parallel()
	browser.Flow(t, "shell.test.mjs", browser.SignedIn(t, harness.Start(t)))
}
