package tikvkv_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/tikvkv"
)

// TestConformanceOfACluster runs the suite on a real cluster, under names of its own, which it empties again.
func TestConformanceOfACluster(t *testing.T) {
	drivers := os.Getenv("STATOR_TEST_TIKV")
	if drivers == "" {
		t.Skip("STATOR_TEST_TIKV does not name the placement drivers of a cluster, as pd1:2379,pd2:2379")
	}
	drivers, options, _ := strings.Cut(drivers, "?")
	kvtest.Run(t, func(t testing.TB) kv.DB {
		db, err := tikvkv.Open(fmt.Sprintf("tikv://%s/test-%016x?%s", drivers, rand.Uint64(), options), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = db.DropRange(context.Background(), []byte{0}, []byte{0xff, 0xff}) // the test may have closed it
			_ = db.Close()
		})
		return db
	})
}
