package tikvkv

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// probePatience is how long the cluster may take to show what it takes.
const probePatience = 30 * time.Second

// probe finds out whether the cluster takes the longest key there may be, so that a server fails when it is started, and not
// when somebody writes one. It locks keys that nobody has, and changes nothing.
func (db *DB) probe() error {
	ctx, cancel := context.WithTimeout(context.Background(), probePatience)
	defer cancel()
	long := db.tries(ctx, kv.MaxKeySize)
	if long == nil {
		return nil
	}
	// What the error of a key that is too long looks like is nowhere promised. A short one tells the two reasons apart.
	if err := db.tries(ctx, len(rand.Text())); err != nil {
		return err
	}
	return fmt.Errorf("the cluster takes no keys of %d bytes: set storage.max-key-size to 32 KiB on its stores: %w", kv.MaxKeySize, long)
}

// tries locks a new key of a size.
func (db *DB) tries(ctx context.Context, size int) error {
	key := make([]byte, size)
	copy(key, rand.Text())
	return db.Update(ctx, func(t kv.Txn) error { return t.Lock(ctx, key) })
}
