package pebblekv_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/statordb/stator/internal/kv"
)

// crashCounters is how many counters the crash test has. Each change adds one to a counter in two places, with a value
// large enough that memtables are flushed during the test.
const crashCounters = 6

func counterKeys(i int) (a, b []byte) {
	return fmt.Appendf(nil, "a/%d", i), fmt.Appendf(nil, "b/%d", i)
}

func counterValue(n uint64) []byte {
	return bytes.Repeat(binary.BigEndian.AppendUint64(nil, n), 300)
}

func counterIn(v []byte) uint64 {
	if v == nil {
		return 0
	}
	return binary.BigEndian.Uint64(v)
}

// Power is cut at random moments under load. What had been acknowledged, or seen by a reader, is there afterwards, and
// no change is there by half.
func TestCrash(t *testing.T) {
	disk := newLogDisk()
	db := openOn(t, disk.fs())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()

	var told [crashCounters]atomic.Uint64 // what somebody was told
	tell := func(i int, n uint64) {
		for {
			old := told[i].Load()
			if n <= old || told[i].CompareAndSwap(old, n) {
				return
			}
		}
	}
	var workers sync.WaitGroup
	work := func(body func(i int) error) {
		workers.Go(func() {
			for ctx.Err() == nil {
				if err := body(rand.IntN(crashCounters)); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 6 {
		work(func(i int) error {
			a, b := counterKeys(i)
			var n uint64
			err := db.Update(ctx, func(tx kv.Txn) error {
				if err := tx.Lock(ctx, a, b); err != nil {
					return err
				}
				v, err := tx.Get(ctx, a)
				if err != nil {
					return err
				}
				n = counterIn(v) + 1
				return errors.Join(tx.Set(a, counterValue(n)), tx.Set(b, counterValue(n)))
			})
			if err == nil {
				tell(i, n)
			}
			return err
		})
	}
	work(func(i int) error { // one that reads by key
		var n uint64
		err := db.View(ctx, func(r kv.Reader) error {
			a, _ := counterKeys(i)
			v, err := r.Get(ctx, a)
			n = counterIn(v)
			return err
		})
		if err == nil {
			tell(i, n)
		}
		return err
	})
	work(func(int) error { // and one that scans
		var seen [crashCounters]uint64
		err := db.View(ctx, func(r kv.Reader) error {
			return r.Scan(ctx, kv.Range{Start: []byte("b/"), End: []byte("b0")}, func(k, v []byte) (bool, error) {
				seen[k[2]-'0'] = counterIn(v)
				return true, nil
			})
		})
		if err == nil {
			for i, n := range seen {
				tell(i, n)
			}
		}
		return err
	})

	for round := range 12 {
		time.Sleep(time.Duration(5+rand.IntN(40)) * time.Millisecond)
		var promised [crashCounters]uint64
		for i := range promised {
			promised[i] = told[i].Load()
		}
		seed := rand.Uint64()
		percent := []int{0, 50, 100}[round%3]
		clone := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rand.New(rand.NewPCG(seed, 0))})
		after := openOn(t, clone)
		for i, least := range promised {
			err := after.View(t.Context(), func(r kv.Reader) error {
				a, b := counterKeys(i)
				v, err := r.GetMany(t.Context(), [][]byte{a, b})
				if err != nil {
					return err
				}
				if !bytes.Equal(v[0], v[1]) {
					t.Errorf("half a change: %d and %d", counterIn(v[0]), counterIn(v[1]))
				}
				if got := counterIn(v[0]); got < least {
					t.Errorf("the counter is %d, but somebody was told %d (%d%% of unsynced data kept)", got, least, percent)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		if err := after.Close(); err != nil {
			t.Error(err)
		}
	}
	stop()
	workers.Wait()
}
