package pebblekv

import (
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// syncer brings the log of an engine that does not sync its commits to disk now and then, so that a crash loses
// little instead of all that Pebble still has in its buffers.
type syncer struct {
	quit, done chan struct{}
}

const syncEvery = time.Second

func startSyncer(db *DB) *syncer {
	s := &syncer{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		tick := time.NewTicker(syncEvery)
		defer tick.Stop()
		var synced uint64
		for {
			select {
			case <-s.quit:
				return
			case <-tick.C:
			}
			seq := db.visible.Load()
			if seq == synced || db.durable.err() != nil {
				continue
			}
			// An empty entry, written with a sync, brings along everything before it.
			if err := db.pebble.LogData(nil, pebble.Sync); err != nil {
				db.fail(err)
			}
			synced = seq
		}
	}()
	return s
}

func (s *syncer) stop() {
	close(s.quit)
	<-s.done
}
