package portal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/statordb/stator/internal/portal"
)

// TestRoom ends the session that ends first of somebody who has too many.
func TestRoom(t *testing.T) {
	w := open(t)
	first := w.signedIn(w.user)
	w.clock.pass(time.Minute)
	for range 99 {
		w.signedIn(w.user)
	}
	first.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
	last := w.signedIn(w.user)
	first.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	last.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
}

// TestRoomForAll ends the console that began from a session that had to make room, also where it was known.
func TestRoomForAll(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader"})
	key := b.ask(http.StatusOK, "GET", "/signin/credentials", nil)
	use := func(want string) {
		t.Helper()
		w.clock.pass(2 * time.Second)
		if _, err := w.whoIs(key.text("AccessKeyId"), key.text("SecretAccessKey"), key.text("SessionToken")); code(err) != want {
			t.Errorf("the credentials of the console: %v, want %q", err, want)
		}
	}
	use("")
	for range portal.MaxSessions - 1 {
		w.signedIn(w.user)
	}
	use("")
	w.signedIn(w.user)
	use("ExpiredToken")
}
