package stator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/kv/postgreskv"
)

// Engine is what keeps the data.
type Engine string

// The engines.
const (
	// EnginePebble keeps the data in a folder, owned by one server at a time.
	EnginePebble Engine = "pebble"
	// EngineMemory forgets the data on Close.
	EngineMemory Engine = "memory"
	// EnginePostgres keeps the data in a PostgreSQL database.
	EnginePostgres Engine = "postgres"
)

// engineFolder is where the embedded engine is in the data folder.
const engineFolder = "pebble"

// engine is an open engine.
type engine struct {
	kv.DB
	// broken is why it can't write any more, nil while it can.
	broken func() error
}

func openEngine(ctx context.Context, opts Options) (engine, error) {
	// What the first start makes is there, whatever keeps the data.
	if opts.Engine != EnginePebble && opts.Data != "" && opts.Auth == AuthIAM {
		if err := os.MkdirAll(opts.Data, 0o700); err != nil {
			return engine{}, fmt.Errorf("the data folder can't be made: %w", err)
		}
	}
	switch opts.Engine {
	case EnginePebble:
		db, err := pebblekv.Open(filepath.Join(opts.Data, engineFolder),
			pebblekv.Options{NoSync: opts.NoFsync, CacheSize: opts.CacheSize, Logger: opts.Logger})
		return engine{db, db.Err}, err
	case EngineMemory:
		db, err := pebblekv.OpenMemory(pebblekv.Options{Logger: opts.Logger})
		return engine{db, db.Err}, err
	case EnginePostgres:
		db, err := postgreskv.Open(ctx, postgreskv.Options{URL: opts.EngineURL, NoSync: opts.NoFsync, Logger: opts.Logger})
		return engine{db, func() error { return nil }}, err
	}
	return engine{}, fmt.Errorf("there is no engine %q", opts.Engine)
}
