package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Point is the state of a table at a moment, held: as long as it is not released, what it takes to read it is kept, also when
// the table is dropped, point-in-time recovery is disabled, or the days expire. It is a record in the store.
type Point struct {
	// ID is never used again.
	ID uint64 `json:"id"`
	// Holder is who holds it, in his own words.
	Holder string `json:"holder,omitempty"`
	// At is the moment, in nanoseconds since 1970: changes at it and before are in the state.
	At int64 `json:"at"`
	// Table is the table when it was held. It is not published: items are not written and not read by it.
	Table *Descriptor `json:"table"`

	// settled: no write is in flight whose time is this or before.
	settled int64
}

var (
	// ErrNoRecovery: point-in-time recovery of the table is disabled, or is only being enabled.
	ErrNoRecovery = errors.New("table: point-in-time recovery is disabled")
	// ErrMoment: the table can't be restored to that moment.
	ErrMoment = errors.New("table: moment outside of the recovery period")
)

// grace is how long the earliest moment that Restorable shows can be asked for.
const grace = time.Minute

func (p *Point) moment() moment { return moment{p.Table.ID, p.Table.Journal.ID, p.At} }

const holdFormat = 1

type storedHold struct {
	Format int    `json:"format"`
	Point  *Point `json:"point"`
}

func (p *Point) set(tx kv.Txn) error {
	b, err := json.Marshal(storedHold{holdFormat, p})
	if err != nil {
		return err
	}
	return tx.Set(keyspace.Hold(p.ID), b)
}

func decodeHold(b []byte) (*Point, error) {
	var s storedHold
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("%w: hold: %w", ErrCorrupt, err)
	}
	if s.Format != holdFormat {
		return nil, fmt.Errorf("%w: hold of format %d", ErrFormat, s.Format)
	}
	if p := s.Point; p == nil || p.ID == 0 || p.Table == nil || p.Table.Journal == nil || p.Table.check() != nil {
		return nil, fmt.Errorf("%w: hold makes no sense", ErrCorrupt)
	}
	return s.Point, nil
}

// Hold holds the state of a table at a time, the present if that is zero. It waits for the writes in flight that may belong to
// it. Errors: ErrNotFound, ErrNoRecovery, ErrMoment.
func (s *Store) Hold(ctx context.Context, scope Scope, name string, at time.Time, holder string) (*Point, error) {
	key := keyspace.Table(scope.Account, scope.Region, name)
	var p *Point
	err := s.db.Update(ctx, func(tx kv.Txn) (err error) {
		if err := tx.Lock(ctx, key, keyspace.Counter(), keyspace.JournalMark()); err != nil {
			return err
		}
		p, err = s.hold(ctx, tx, scope, name, at, holder)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, s.settle(ctx, p, p.At)
}

// hold is Hold within a transaction that has locked the definition of the table, the counter of ids and the mark. Settle is called
// when it is committed.
func (s *Store) hold(ctx context.Context, tx kv.Txn, scope Scope, name string, at time.Time, holder string) (*Point, error) {
	d, err := readDescriptor(ctx, tx, scope, name)
	if err != nil {
		return nil, err
	}
	if d.Journal == nil || d.Journal.Days == 0 || d.Journal.From == 0 {
		return nil, ErrNoRecovery
	}
	now, err := s.moment(ctx, tx)
	if err != nil {
		return nil, err
	}
	p := &Point{Holder: holder, At: now, Table: d}
	if !at.IsZero() {
		// The last millisecond that Restorable shows may have just begun.
		p.At = min(at.UnixNano(), now)
		if _, latest, _ := s.Restorable(d); at.UnixNano() < s.restorableFrom(d.Journal, now-int64(grace)) || at.UnixNano() > max(now, latest.UnixNano()) {
			return nil, ErrMoment
		}
	}
	if p.ID, err = takeIDs(ctx, tx, 1); err != nil {
		return nil, err
	}
	return p, p.set(tx)
}

// settle waits for the writes in flight whose times may be at or before a moment: they write by a version of the table that is not
// handed out any more. All that come later have later times.
func (s *Store) settle(ctx context.Context, p *Point, at int64) error {
	if p.settled >= at {
		return nil
	}
	s.ticks.reach(at)
	s.cache.remove(p.Table.Scope, p.Table.Name)
	if err := s.awaitWriters(ctx, p.Table.ID); err != nil {
		return err
	}
	p.settled = at
	return nil
}

// Held returns what is held under an id, or ErrNotFound.
func (s *Store) Held(ctx context.Context, id uint64) (p *Point, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		b, err := r.Get(ctx, keyspace.Hold(id))
		if err != nil {
			return err
		}
		if b == nil {
			return ErrNotFound
		}
		p, err = decodeHold(b)
		return err
	})
	return p, err
}

// Holds returns all that is held. There is one for each restore or export that is under way.
func (s *Store) Holds(ctx context.Context) (all []*Point, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		all, err = readHolds(ctx, r)
		return err
	})
	return all, err
}

func readHolds(ctx context.Context, r kv.Reader) (all []*Point, err error) {
	start, end := keyspace.Holds()
	err = r.Scan(ctx, kv.Range{Start: start, End: end}, func(_, value []byte) (bool, error) {
		p, err := decodeHold(value)
		all = append(all, p)
		return err == nil, err
	})
	return all, err
}

// Release ends a hold. It is no error if there is none.
func (s *Store) Release(ctx context.Context, id uint64) error {
	key := keyspace.Hold(id)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		return tx.Delete(key)
	})
}

// awaitReleased waits until nobody holds a moment of a dropped table, or of a journal of it that is dropped.
func (s *Store) awaitReleased(table, journal uint64) error {
	for wait := firstRetry; ; wait = min(2*wait, time.Second) {
		all, err := s.Holds(s.ctx)
		if err != nil {
			return err
		}
		held := false
		for _, p := range all {
			held = held || p.Table.ID == table && p.Table.Journal.ID == journal
		}
		if !held {
			return nil
		}
		if !s.sleep(wait) {
			return s.ctx.Err()
		}
	}
}
