package tikvkv_test

import (
	"strings"
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/tikv/client-go/v2/tikvrpc"

	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

// refuse has stores abort the lock of every key that is longer than so many bytes, as TiKV does.
func refuse(longest int) tikvtest.Fault {
	return func(r tikvtest.Request) (*tikvrpc.Response, error) {
		if r.Type == tikvrpc.CmdPessimisticLock && len(r.PessimisticLock().Mutations[0].Key) > longest {
			return &tikvrpc.Response{Resp: &kvrpcpb.PessimisticLockResponse{Errors: []*kvrpcpb.KeyError{{Abort: "Error(KeyTooLarge)"}}}}, nil
		}
		return r.Send()
	}
}

// Open says what to set if the cluster takes no long keys, and does not if it takes none at all.
func TestOpenTriesALongKey(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1)
	for _, x := range []struct {
		longest int
		hint    bool
	}{{8 << 10, true}, {0, false}} {
		c.SetFault(refuse(x.longest))
		_, err := tikvkv.Open(c.URL("test"), nil)
		if err == nil || !strings.Contains(err.Error(), "KeyTooLarge") || strings.Contains(err.Error(), "storage.max-key-size") != x.hint {
			t.Errorf("keys of up to %d bytes: Open = %v", x.longest, err)
		}
	}
	c.SetFault(refuse(32 << 10))
	db, err := tikvkv.Open(c.URL("test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
