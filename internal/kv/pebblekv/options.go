package pebblekv

import (
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options configure an engine. The zero value is right for a server.
type Options struct {
	// FS is the file system; nil is the operating system's. Tests give their own.
	FS vfs.FS

	// NoSync acknowledges changes before they are on disk, and syncs about once a second. A crash of the process
	// or of the machine then loses the changes of about the last second; what is left is consistent.
	NoSync bool

	// CacheSize is the size in bytes of the cache of uncompressed blocks, allocated as it fills. 0 is 8 MiB.
	CacheSize int64

	// Logger gets what the engine has to say; nil drops it.
	Logger *slog.Logger
}

const (
	defaultCacheSize = 8 << 20

	// memTableSize is how much is collected before a flush. Pebble starts with 256 KiB and doubles with every
	// memtable, so an idle server does not pay for it. Up to memTables of them wait for their flush before
	// writers have to.
	memTableSize = 16 << 20
	memTables    = 4

	// A point read that is not in the cache unpacks a block of the index and one of data, so both are smaller than
	// a scan would like them to be.
	blockSize      = 8 << 10
	indexBlockSize = 8 << 10

	bloomBitsPerKey = 10
)

// pebbleOptions translates opts.
func (opts Options) pebbleOptions(log *slog.Logger) *pebble.Options {
	o := &pebble.Options{
		FS:                          opts.FS,
		CacheSize:                   opts.CacheSize,
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                memTableSize,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       32,
		// The space of a dropped table comes back without waiting for other writes.
		FlushDelayDeleteRange: 10 * time.Second,
		CompactionConcurrencyRange: func() (int, int) {
			return 1, max(2, runtime.GOMAXPROCS(0)/2)
		},
		Logger:        logger{log},
		EventListener: eventListener(log),
	}
	if o.CacheSize == 0 {
		o.CacheSize = defaultCacheSize
	}
	for i := range o.Levels {
		o.Levels[i].BlockSize = blockSize
		o.Levels[i].IndexBlockSize = indexBlockSize
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBitsPerKey)
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.FastestCompression }
	}
	return o
}

// Work in the background that fails is tried again after errorPause, and reported once in errorEvery seconds.
const (
	errorPause = 50 * time.Millisecond
	errorEvery = 10
)

// eventListener reports what an operator has to know, and leaves out what is daily business.
func eventListener(log *slog.Logger) *pebble.EventListener {
	var lastError atomic.Int64 // when a failure was logged last, in seconds
	return &pebble.EventListener{
		BackgroundError: func(err error) {
			// Pebble tries again at once, for ever. On a full disk that would take a processor and fill the log.
			if now := time.Now().Unix(); now-lastError.Swap(now) >= errorEvery {
				log.Error("storage: background work failed; trying again", "error", err.Error())
			}
			time.Sleep(errorPause)
		},
		// The read that met the damage returns an error; without this the process would end.
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			log.Error("storage: data on disk is damaged", "path", info.Path, "error", info.Details.Error())
		},
		DiskSlow: func(info pebble.DiskSlowInfo) {
			log.Warn("storage: the disk is slow", "op", info.OpType.String(), "path", info.Path, "duration", info.Duration)
		},
		WriteStallBegin: func(info pebble.WriteStallBeginInfo) {
			log.Warn("storage: writes wait for flushes or compactions", "reason", info.Reason)
		},
		WriteStallEnd: func() {
			log.Info("storage: writes go on")
		},
	}
}

// logger gives Pebble's log lines to slog.
type logger struct{ log *slog.Logger }

func (l logger) Infof(format string, args ...any) {
	l.log.Debug("storage: " + fmt.Sprintf(format, args...))
}

func (l logger) Errorf(format string, args ...any) {
	l.log.Error("storage: " + fmt.Sprintf(format, args...))
}

// Fatalf is called when Pebble can't go on: it must not return. The panic is turned into an error where a commit
// called it; in Pebble's own goroutines it ends the process, which is safe because the log is replayed.
func (l logger) Fatalf(format string, args ...any) {
	err := fmt.Errorf("storage: "+format, args...)
	l.log.Error(err.Error())
	panic(err)
}
