package tikvkv

import (
	"context"
	"time"
)

// SetPatience shortens the waits for a cluster that does not answer.
func (db *DB) SetPatience(commit, settle time.Duration) {
	db.commitPatience, db.settlePatience = commit, settle
}

// CollectOnce is a round of the garbage collection.
func (db *DB) CollectOnce(ctx context.Context, c Collection) (bool, error) {
	return db.collectOnce(ctx, c, time.Minute)
}
