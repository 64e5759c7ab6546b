package browser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// LogOf serves the log of a server, where mails are that nobody sends, and returns the address.
func LogOf(t *testing.T, s *harness.Server) string {
	t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s.Log()) }))
	t.Cleanup(front.Close)
	return front.URL
}
