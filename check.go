package stator

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/portal"
	"github.com/statordb/stator/internal/rolesanywhere"
	"github.com/statordb/stator/internal/sources"
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
	// People are users, groups and memberships of the identity store, what IAM Identity Center has of them, and their sessions.
	People int64
	// Machines are the records of IAM Roles Anywhere.
	Machines int64
	Problems int64
}

// Check reads everything in an engine that no server has open, and reports what is not as it has to be. Nothing is changed, and
// where there is nothing that is an error.
// Of opts what says where the engine is counts.
func Check(ctx context.Context, opts Options, report func(problem string)) (sum CheckResult, err error) {
	opts.Auth = AuthOpen // nothing is to be decrypted
	if err := opts.complete(); err != nil {
		return sum, err
	}
	db, err := openExisting(ctx, opts)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return CheckOn(ctx, db, report)
}

// CheckOn is Check of an open engine, which stays open. As with OpenOn, it is for this module's own tests.
func CheckOn(ctx context.Context, db kv.DB, report func(problem string)) (sum CheckResult, err error) {
	t, err := table.Check(ctx, db, func(p table.Problem) { report(p.String()) })
	sum = CheckResult{
		Tables: t.Tables, Indexes: t.Indexes, Items: t.Items, Entries: t.Entries, Bytes: t.Bytes,
		Streams: t.Streams, Records: t.Records, Backups: t.Backups, BackedUp: t.BackedUp, Problems: t.Problems,
	}
	if err != nil {
		return sum, err
	}
	count := func(problem string) {
		sum.Problems++
		report(problem)
	}
	if sum.Identities, err = identity.Check(ctx, db, count); err != nil {
		return sum, err
	}
	for _, check := range []func(context.Context, kv.DB, func(string)) (int64, error){directory.Check, center.Check, sources.Check, portal.Check} {
		n, err := check(ctx, db, count)
		if sum.People += n; err != nil {
			return sum, err
		}
	}
	sum.Machines, err = rolesanywhere.Check(ctx, db, count)
	return sum, err
}
