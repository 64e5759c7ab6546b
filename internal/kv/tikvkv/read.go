package tikvkv

import (
	"context"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/txnkv/txnsnapshot"

	"github.com/statordb/stator/internal/kv"
)

// session is what a View and one attempt of an Update have in common: a snapshot. A View takes it when it first reads, an
// Update when it begins, because its age counts from there.
type session struct {
	db    *DB
	ts    uint64
	snap  *txnsnapshot.KVSnapshot // nil until then
	ended bool
}

func (s *session) end() { s.ended, s.snap = true, nil }

// check is done by every method that reads.
func (s *session) check(ctx context.Context) error {
	if s.ended {
		return errEnded
	}
	return ctx.Err()
}

// pin takes the snapshot if the session has none.
func (s *session) pin(ctx context.Context) (err error) {
	if s.snap != nil {
		return nil
	}
	if s.ts, err = s.db.now(ctx); err != nil {
		return err
	}
	s.snap = s.db.store.GetSnapshot(s.ts)
	return nil
}

// get reads a key of the snapshot.
func (s *session) get(ctx context.Context, key []byte) ([]byte, error) {
	stored, err := s.snap.Get(ctx, s.db.key(key))
	if tikverr.IsErrNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(ctx, "get", err)
	}
	return decode(stored), nil
}

// getMany reads keys of the snapshot, by the keys as the cluster has them; what is missing is missing in the result.
func (s *session) getMany(ctx context.Context, keys [][]byte) (map[string][]byte, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := s.snap.BatchGet(ctx, keys)
	if err != nil {
		return nil, failed(ctx, "get many", err)
	}
	return found, nil
}

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
	if err := r.pin(ctx); err != nil {
		return nil, err
	}
	return r.get(ctx, key)
}

// Time implements [kv.Reader].
func (r *reader) Time(ctx context.Context) (time.Time, error) {
	if err := r.check(ctx); err != nil {
		return time.Time{}, err
	}
	if err := r.pin(ctx); err != nil {
		return time.Time{}, err
	}
	return oracle.GetTimeFromTS(r.ts), nil
}

// GetMany implements [kv.Reader].
func (r *reader) GetMany(ctx context.Context, keys [][]byte) ([][]byte, error) {
	if err := r.check(ctx); err != nil {
		return nil, err
	}
	values := make([][]byte, len(keys))
	m := newMany(r.db, values)
	for i, key := range keys {
		if err := checkKey(key); err != nil {
			return nil, err
		}
		m.want(i, key)
	}
	if err := r.pin(ctx); err != nil {
		return nil, err
	}
	return values, m.fetch(ctx, &r.session)
}

// Scan implements [kv.Reader].
func (r *reader) Scan(ctx context.Context, rng kv.Range, fn func(key, value []byte) (bool, error)) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	if err := r.pin(ctx); err != nil {
		return err
	}
	return r.scan(ctx, rng, nil, fn)
}

// many collects the keys of a GetMany that are to be read, each once, and where their values go.
type many struct {
	db     *DB
	values [][]byte
	keys   [][]byte
	places map[string][]int
}

func newMany(db *DB, values [][]byte) *many {
	return &many{db: db, values: values, places: make(map[string][]int, len(values))}
}

func (m *many) want(i int, key []byte) {
	k := m.db.key(key)
	if m.places[string(k)] == nil {
		m.keys = append(m.keys, k)
	}
	m.places[string(k)] = append(m.places[string(k)], i)
}

func (m *many) fetch(ctx context.Context, s *session) error {
	found, err := s.getMany(ctx, m.keys)
	if err != nil {
		return err
	}
	for k, stored := range found {
		for _, i := range m.places[k] {
			m.values[i] = decode(stored)
		}
	}
	return nil
}
