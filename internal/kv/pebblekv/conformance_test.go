package pebblekv_test

import (
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

func inMemory(t testing.TB) kv.DB {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	return opened(t, db, err)
}

func onDisk(t testing.TB) kv.DB {
	t.Helper()
	db, err := pebblekv.Open(t.TempDir(), pebblekv.Options{})
	return opened(t, db, err)
}

func unsynced(t testing.TB) kv.DB {
	t.Helper()
	db, err := pebblekv.Open(t.TempDir(), pebblekv.Options{NoSync: true})
	return opened(t, db, err)
}

func opened(t testing.TB, db *pebblekv.DB, err error) *pebblekv.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test may have closed it
	return db
}

func TestConformance(t *testing.T) {
	for name, open := range map[string]func(testing.TB) kv.DB{
		"memory": inMemory, "disk": onDisk, "disk without sync": unsynced,
	} {
		t.Run(name, func(t *testing.T) {
			kvtest.Run(t, open)
			t.Run("write skew commits", func(t *testing.T) { kvtest.WriteSkewCommits(t, open) })
		})
	}
}
