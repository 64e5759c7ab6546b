package pebblekv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/statordb/stator/internal/kv"
)

// errEnded is what the methods of a Reader or Txn return after its function returned.
var errEnded = errors.New("pebblekv: used after the transaction ended")

// session is what a View and one attempt of an Update have in common: they read, and remember what they saw.
type session struct {
	db   *DB
	snap *snapshot // nil until the first read that needs one
	seen uint64    // everything read is durable when commit seen is
	*scratch
}

// scratch is memory that is used again by later sessions.
type scratch struct {
	mem    arena
	writes writes
	locks  []uint64
}

func begin(db *DB) session {
	return session{db: db, scratch: db.scratch.Get().(*scratch)}
}

func (s *session) ended() bool { return s.scratch == nil }

// end releases everything. The slices handed out are not valid any more.
func (s *session) end() {
	if s.snap != nil {
		s.db.snapshots.release(s.snap)
		s.snap = nil
	}
	sc := s.scratch
	s.scratch = nil
	sc.mem.reset()
	sc.writes.reset()
	sc.locks = sc.locks[:0]
	s.db.scratch.Put(sc)
}

// pin takes the snapshot if the session has none.
func (s *session) pin() {
	if s.snap == nil {
		s.snap = s.db.snapshots.acquire()
	}
}

// check is done by every method that reads.
func (s *session) check(ctx context.Context) error {
	if s.ended() {
		return errEnded
	}
	return ctx.Err()
}

func checkKey(key []byte) error {
	if len(key) == 0 || len(key) > kv.MaxKeySize {
		return kv.ErrTooLarge
	}
	return nil
}

// fetch reads one key into the session's memory.
func (s *session) fetch(from pebble.Reader, key []byte) ([]byte, error) {
	v, closer, err := from.Get(key)
	if err != nil {
		if errors.Is(err, pebble.ErrNotFound) {
			return nil, nil
		}
		return nil, fmt.Errorf("pebblekv: get: %w", err)
	}
	value := s.mem.copy(v)
	if err := closer.Close(); err != nil {
		return nil, fmt.Errorf("pebblekv: get: %w", err)
	}
	return value, nil
}

// getPinned reads key from the snapshot.
func (s *session) getPinned(key []byte) ([]byte, error) {
	v, err := s.fetch(s.snap, key)
	if err == nil && s.mayBeLost() {
		s.saw(s.db.recent.last(s.db.hash(key)))
	}
	return v, err
}

// mayBeLost reports whether the snapshot has commits that are not yet durable.
func (s *session) mayBeLost() bool { return s.db.durable.synced.Load() < s.snap.upper }

// saw notes that the session read something which commit seq may have written. A seq after the snapshot's is
// harmless: that commit is in flight, and soon durable.
func (s *session) saw(seq uint64) { s.seen = max(s.seen, seq) }

// reader is the Reader of a View.
type reader struct{ session }

// Get implements [kv.Reader].
func (r *reader) Get(ctx context.Context, key []byte) ([]byte, error) {
	if err := r.check(ctx); err != nil {
		return nil, err
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	r.pin()
	return r.getPinned(key)
}

// Time implements [kv.Reader]. Nobody is suspended without the engine.
func (s *session) Time(ctx context.Context) (time.Time, error) { return time.Now(), s.check(ctx) }

// GetMany implements [kv.Reader].
func (r *reader) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	return getMany(ctx, r, keys)
}

// getMany has no cheaper way than one read a key: there is no network to save round trips on.
func getMany(ctx context.Context, r kv.Reader, keys [][]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		v, err := r.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// Scan implements [kv.Reader].
func (r *reader) Scan(ctx context.Context, rng kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	r.pin()
	return r.scan(ctx, rng, nil, fn)
}
