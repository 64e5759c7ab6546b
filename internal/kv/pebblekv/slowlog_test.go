package pebblekv_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/statordb/stator/internal/kv/pebblekv"
)

// logDisk is a disk in memory which can be cloned as after a power cut, and whose syncs of the write-ahead log can be
// held up or made to fail.
type logDisk struct {
	*vfs.MemFS
	mu      sync.Mutex
	held    chan struct{} // syncs wait until it is closed
	failing error
	failAt  int // writes and syncs of the log until one fails; negative for never
}

func newLogDisk() *logDisk { return &logDisk{MemFS: vfs.NewCrashableMem(), failAt: -1} }

func (d *logDisk) fs() vfs.FS {
	return errorfs.Wrap(d.MemFS, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if !strings.HasSuffix(op.Path, ".log") {
			return nil
		}
		switch op.Kind {
		case errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo, errorfs.OpFileFlush:
			d.mu.Lock()
			held := d.held
			d.mu.Unlock()
			if held != nil {
				<-held
			}
			return d.due()
		case errorfs.OpFileWrite, errorfs.OpFileWriteAt:
			return d.due()
		}
		return nil
	}))
}

func (d *logDisk) due() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failAt > 0 {
		d.failAt--
	}
	if d.failAt == 0 {
		return d.failing
	}
	return nil
}

// fail makes the n-th write or sync of the log, counting from 1, and all later ones fail.
func (d *logDisk) fail(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failing, d.failAt = errors.New("the disk is gone"), n
}

// hold makes syncs wait until the function it returns is called.
func (d *logDisk) hold() (release func()) {
	held := make(chan struct{})
	d.mu.Lock()
	d.held = held
	d.mu.Unlock()
	return func() {
		d.mu.Lock()
		d.held = nil
		d.mu.Unlock()
		close(held)
	}
}

func openOn(t testing.TB, fs vfs.FS) *pebblekv.DB {
	t.Helper()
	db, err := pebblekv.Open("/data", pebblekv.Options{FS: fs})
	return opened(t, db, err)
}
