package tikvkv_test

import (
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

func newCluster(t testing.TB, stores int) *tikvtest.Cluster {
	t.Helper()
	c, err := tikvtest.New(stores)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.SetFault(nil)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func open(t testing.TB, c *tikvtest.Cluster) *tikvkv.DB {
	t.Helper()
	db, err := c.Open(tikvkv.Options{Prefix: []byte("test/")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test may have closed it
	return db
}

func TestConformance(t *testing.T) {
	empty := func(t testing.TB) kv.DB { return open(t, newCluster(t, 3)) }
	kvtest.Run(t, empty)
	t.Run("write skew commits", func(t *testing.T) { kvtest.WriteSkewCommits(t, empty) })
}
