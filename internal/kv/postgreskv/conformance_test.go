package postgreskv_test

import (
	"os"
	"sync"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/postgreskv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// shared is the server of the tests that do no harm to it.
var shared = sync.OnceValues(func() (*postgrestest.Server, error) { return postgrestest.New() })

func TestMain(m *testing.M) {
	code := m.Run()
	if s, err := shared(); err == nil {
		s.Remove()
	}
	os.Exit(code)
}

func server(t testing.TB) *postgrestest.Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		return postgrestest.Start(t) // skips, or fails
	}
	return s
}

func open(t testing.TB, url string) *postgreskv.DB {
	t.Helper()
	db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test may have closed it
	return db
}

func TestConformance(t *testing.T) {
	s := server(t)
	opened := func(t testing.TB) kv.DB { return open(t, s.URL()) }
	kvtest.Run(t, opened)
	t.Run("write skew commits", func(t *testing.T) { kvtest.WriteSkewCommits(t, opened) })
}
