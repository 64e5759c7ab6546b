package tikvkv

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/tikv"
)

// Collection says how old versions are collected.
type Collection struct {
	// Life is how long a version is kept after it was replaced. 0 leaves the collection to others, such as a TiDB on the
	// same cluster.
	Life time.Duration
	// Notice is how long all clients get to learn that what is about to go can't be read any more; 0 is 100 seconds. They
	// look every 10, and those that could not look for 100 read nothing.
	Notice time.Duration
}

// collector is the name under which PD knows the one that collects. It is TiDB's, and any number of servers may use it.
const collector = "gc_worker"

// collect collects old versions in rounds until ctx ends. Of many servers, whoever is first in a round does it.
func (db *DB) collect(ctx context.Context, c Collection) {
	if c.Notice == 0 {
		c.Notice = 100 * time.Second
	}
	every := max(c.Life/4, time.Second)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every/2 + rand.N(every)):
		}
		if _, err := db.collectOnce(ctx, c, every); err != nil && ctx.Err() == nil {
			db.log.Warn("old versions could not be collected", "err", err)
		}
	}
}

// collectOnce collects what is older than c.Life, unless somebody has, up to a round ago. It reports whether it did.
func (db *DB) collectOnce(ctx context.Context, c Collection, every time.Duration) (bool, error) {
	now, err := db.now(ctx)
	if err != nil {
		return false, err
	}
	ago := func(d time.Duration) uint64 {
		return oracle.ComposeTS(oracle.ExtractPhysical(now)-d.Milliseconds(), 0)
	}
	marks := db.store.GetSafePointKV()
	text, err := marks.Get(tikv.GcSavedSafePoint)
	if err != nil {
		return false, fmt.Errorf("tikvkv: safe point: %w", err)
	}
	last, _ := strconv.ParseUint(text, 10, 64) // none yet is 0
	if last > ago(c.Life+every) {
		return false, nil
	}
	// Whoever needs older versions, such as a backup, has told PD.
	oldest, err := db.store.GetPDClient().UpdateServiceGCSafePoint(ctx, collector, math.MaxInt64, ago(c.Life))
	if err != nil {
		return false, fmt.Errorf("tikvkv: safe point: %w", err)
	}
	upTo := min(oldest, ago(c.Life))
	if upTo <= last {
		return false, nil
	}
	if err := marks.Put(tikv.GcSavedSafePoint, strconv.FormatUint(upTo, 10)); err != nil {
		return false, fmt.Errorf("tikvkv: safe point: %w", err)
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(c.Notice):
	}
	if _, err := db.store.GC(ctx, upTo); err != nil {
		return false, fmt.Errorf("tikvkv: garbage collection: %w", err)
	}
	return true, nil
}
