package stator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/table"
)

// CheckResult is what Check went through.
type CheckResult struct {
	Tables, Indexes int64
	// Items are the items of all tables, and Bytes their size as DynamoDB counts it. Entries are those of indexes.
	Items, Entries, Bytes int64
	// Records are the changes that streams tell.
	Streams, Records int64
	// BackedUp are the items of all backups.
	Backups, BackedUp int64
	// Identities are the records of accounts, users, groups and access keys.
	Identities int64
	Problems   int64
}

// Check reads everything in a data folder that no server has open, and reports what is not as it has to be. No data is
// changed.
func Check(ctx context.Context, data string, report func(problem string)) (sum CheckResult, err error) {
	folder := filepath.Join(data, engineFolder)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return sum, fmt.Errorf("there is no data in %s", data)
	} else if err != nil {
		return sum, err
	}
	db, err := pebblekv.Open(folder, pebblekv.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	t, err := table.Check(ctx, db, func(p table.Problem) { report(p.String()) })
	sum = CheckResult{
		Tables: t.Tables, Indexes: t.Indexes, Items: t.Items, Entries: t.Entries, Bytes: t.Bytes,
		Streams: t.Streams, Records: t.Records, Backups: t.Backups, BackedUp: t.BackedUp, Problems: t.Problems,
	}
	if err != nil {
		return sum, err
	}
	sum.Identities, err = identity.Check(ctx, db, func(problem string) {
		sum.Problems++
		report(problem)
	})
	return sum, err
}
