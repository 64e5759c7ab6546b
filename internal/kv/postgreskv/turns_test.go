package postgreskv_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// However many wait for one key, there are connections for whoever wants something else, of the same server and of others.
func TestHotKeyLeavesConnections(t *testing.T) {
	t.Parallel()
	url := postgrestest.Start(t).URL()
	db, other := open(t, url+"&pool_max_conns=5"), open(t, url+"&pool_max_conns=5")
	ctx, giveUp := context.WithCancel(t.Context())
	hot := []byte("hot")
	holding, release := make(chan struct{}), make(chan struct{})
	hold := sync.OnceFunc(func() { close(holding) }) // the function may run again
	var all sync.WaitGroup
	all.Go(func() {
		err := other.Update(t.Context(), func(tx kv.Txn) error {
			if err := tx.Lock(t.Context(), hot); err != nil {
				return err
			}
			hold()
			<-release
			return tx.Set(hot, []byte("0"))
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-holding
	var asked, ended atomic.Int64
	for i := range 40 {
		from := []kv.DB{db, other}[i%2]
		all.Go(func() {
			err := from.Update(ctx, func(tx kv.Txn) error {
				asked.Add(1)
				return tx.Lock(ctx, hot)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a waiter ends with %v", err)
			}
			ended.Add(1)
		})
	}
	for asked.Load() < 40 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // for those who ask to wait
	for _, from := range []kv.DB{db, other} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if err := from.View(ctx, func(r kv.Reader) error { _, err := r.Get(ctx, []byte("cold")); return err }); err != nil {
			t.Errorf("a read of another key: %v", err)
		}
		if err := add(ctx, from, "cold", 1); err != nil {
			t.Errorf("a change of another key: %v", err)
		}
		cancel()
	}
	if n := ended.Load(); n > 0 {
		t.Errorf("%d waiters did not wait", n)
	}
	giveUp() // and those who give up leave no place taken
	for ended.Load() < 40 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	for _, from := range []kv.DB{db, other} {
		if err := add(t.Context(), from, "hot", 1); err != nil {
			t.Error(err)
		}
	}
}
