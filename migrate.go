package stator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/migrate"
)

// MigrateOptions say what is moved where. A place is the data folder of an embedded engine, or the URL of a shared one.
type MigrateOptions struct {
	From, To string
	// Resume goes on with what an earlier call left half done.
	Resume bool
	// Progress is told a few times a second how far it is; nil if nobody is.
	Progress func(MigrateProgress)
	// Logger gets what the engines have to say; nil drops it.
	Logger *slog.Logger
}

// MigrateProgress is how far Migrate is.
type MigrateProgress = migrate.Progress

// MigrateResult is what Migrate moved.
type MigrateResult = migrate.Result

// MigrateHalfDone is the error of Migrate if an earlier call left the target half done, and Resume was not given.
var MigrateHalfDone = migrate.ErrHalfDone

// Migrate moves everything in an engine to an empty one, and proves that it is the same there. An embedded engine must not be
// open; servers may use a shared one until all that they don't change has been copied: Migrate then waits until they have stopped.
//
// Secrets stay encrypted: whoever opens the target needs the master key of the source. The source is only read.
func Migrate(ctx context.Context, opts MigrateOptions) (_ MigrateResult, err error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	source, err := place(opts.From, opts.Logger)
	if err != nil {
		return MigrateResult{}, err
	}
	target, err := place(opts.To, opts.Logger)
	if err != nil {
		return MigrateResult{}, err
	}
	from, err := openExisting(ctx, source)
	if err != nil {
		return MigrateResult{}, fmt.Errorf("the source can't be opened: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	account, err := identity.FirstAccount(ctx, from)
	if err != nil {
		return MigrateResult{}, err
	}
	to, err := openEngine(target)
	if err != nil {
		return MigrateResult{}, fmt.Errorf("the target can't be opened: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return migrate.Run(ctx, from, to, migrate.Options{Source: account, Resume: opts.Resume, Progress: opts.Progress})
}

// place is what opens the engine at a place.
func place(at string, log *slog.Logger) (Options, error) {
	scheme, _, isURL := strings.Cut(at, "://")
	switch {
	case at == "":
		return Options{}, errors.New("no place is given")
	case !isURL:
		return Options{Engine: EnginePebble, Data: at, Logger: log}, nil
	case scheme == "postgres" || scheme == "postgresql":
		return Options{Engine: EnginePostgres, EngineURL: at, Logger: log}, nil
	case scheme == "tikv":
		return Options{Engine: EngineTiKV, EngineURL: at, Logger: log}, nil
	}
	return Options{}, fmt.Errorf("there is no engine at %s://: a place is a data folder, postgres://… or tikv://…", scheme)
}
