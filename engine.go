package stator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
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
		return overPostgres(opts, false)
	default:
		return engine{}, fmt.Errorf("there is no engine %q", opts.Engine)
	}
}

func overPostgres(opts Options, existing bool) (engine, error) {
	db, err := postgreskv.Open(context.Background(),
		postgreskv.Options{URL: opts.EngineURL, Existing: existing, NoSync: opts.NoFsync, Logger: opts.Logger})
	return engine{DB: db}, err
}

// errNothing: there is no store where one was looked for.
var errNothing = errors.New("there is no data")

// openExisting is openEngine where there is something, and makes nothing where there is not.
func openExisting(ctx context.Context, opts Options) (e engine, err error) {
	switch opts.Engine {
	case EngineMemory:
		return engine{}, errors.New("what is in memory is gone with its server")
	case EnginePostgres:
		if e, err = overPostgres(opts, true); errors.Is(err, postgreskv.ErrNone) {
			return engine{}, fmt.Errorf("%w in the database: %w", errNothing, err)
		}
	case EnginePebble:
		if _, err := os.Stat(filepath.Join(opts.Data, engineFolder)); errors.Is(err, fs.ErrNotExist) {
			return engine{}, fmt.Errorf("%w in %s", errNothing, opts.Data)
		} else if err != nil {
			return engine{}, err
		}
		fallthrough
	default:
		e, err = openEngine(opts)
	}
	if err != nil {
		return engine{}, err
	}
	err = fmt.Errorf("%w in the engine", errNothing)
	looked := e.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Limit: 1}, func(_, _ []byte) (bool, error) {
			err = nil
			return false, nil
		})
	})
	if err = cmp.Or(looked, err); err != nil {
		return engine{}, errors.Join(err, e.Close())
	}
	return e, nil
}

func embedded(db *pebblekv.DB, err error) (engine, error) {
	if err != nil {
		return engine{}, err
	}
	return engine{db, db.Err}, nil
}
