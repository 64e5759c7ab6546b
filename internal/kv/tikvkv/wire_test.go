package tikvkv_test

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/tikvkv"
)

// TestConformanceOverTheWire runs the suite on a mock that is reached as a cluster is: over connections, from a URL.
func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	var names atomic.Int64
	kvtest.Run(t, func(t testing.TB) kv.DB {
		db, err := tikvkv.Open(c.URL(fmt.Sprintf("test-%d", names.Add(1))), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() }) // the test may have closed it
		return db
	})
}
