package stator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/kv/postgreskv"
	"github.com/statordb/stator/internal/kv/tikvkv"
)

// engine is an open engine.
type engine struct {
	kv.DB
	// broken says why the engine can't write any more, nil while it can. There is none if the engine can recover.
	broken func() error
}

// shared says whether many servers can have the engine open at a time.
func (e Engine) shared() bool { return e == EngineTiKV || e == EnginePostgres }

// engineFolder is where the embedded engine is in the data folder.
const engineFolder = "pebble"

func openEngine(opts Options) (engine, error) {
	if opts.Engine != EnginePebble && opts.Data != "" && opts.Auth == AuthIAM {
		if err := os.MkdirAll(opts.Data, 0o700); err != nil {
			return engine{}, fmt.Errorf("the data folder can't be made: %w", err)
		}
	}
	switch opts.Engine {
	case EnginePebble:
		return embedded(pebblekv.Open(filepath.Join(opts.Data, engineFolder),
			pebblekv.Options{NoSync: opts.NoFsync, CacheSize: opts.CacheSize, Logger: opts.Logger}))
	case EngineMemory:
		return embedded(pebblekv.OpenMemory(pebblekv.Options{Logger: opts.Logger}))
	case EngineTiKV:
		db, err := tikvkv.Open(opts.EngineURL, opts.Logger)
		return engine{DB: db}, err
	case EnginePostgres:
		db, err := postgreskv.Open(context.Background(), postgreskv.Options{URL: opts.EngineURL, NoSync: opts.NoFsync, Logger: opts.Logger})
		return engine{DB: db}, err
	default:
		return engine{}, fmt.Errorf("there is no engine %q", opts.Engine)
	}
}

func embedded(db *pebblekv.DB, err error) (engine, error) {
	if err != nil {
		return engine{}, err
	}
	return engine{db, db.Err}, nil
}
