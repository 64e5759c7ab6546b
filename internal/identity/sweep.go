package identity

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// maxSwept is how many records of a kind that are over are removed in one transaction.
const maxSwept = 1000

// sweep removes what is over of the console: sessions, and what has waited for a code. Nothing depends on it: what is over
// counts for nothing before it is removed.
func (s *Store) sweep(ctx context.Context) error {
	held, err := s.leased(ctx, "identities")
	if err != nil || !held {
		return err
	}
	err = all(func() (int, error) { return s.sweepConsoles(ctx) })
	for _, kind := range []string{signUpKind, resetKind, newEmailKind, usedKind, choiceKind} {
		err = errors.Join(err, all(func() (int, error) { return s.sweepWaiting(ctx, kind) }))
	}
	return err
}

// all sweeps until there is less than a transaction's worth: however many there are, they do not become more and more.
func all(some func() (int, error)) error {
	for {
		if n, err := some(); err != nil || n < maxSwept {
			return err
		}
	}
}

// over returns the keys of the records of a kind that are over.
func over[T any](ctx context.Context, s *Store, kind string, isOver func(*T) bool) (keys [][]byte, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		keys = nil
		start, end := keyspace.IdentityRange(kind)
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			record := new(T)
			if err := json.Unmarshal(value, record); err != nil {
				return false, err
			}
			if isOver(record) {
				keys = append(keys, append([]byte(nil), key...))
			}
			return len(keys) < maxSwept, nil
		})
	})
	return keys, err
}

func (s *Store) sweepWaiting(ctx context.Context, kind string) (n int, err error) {
	now := s.now()
	isOver := func(e *expiring) bool { return !now.Before(e.Expires) }
	keys, err := over(ctx, s, kind, isOver)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		for _, key := range keys {
			if e, ok, err := get[expiring](ctx, tx, key); err != nil {
				return err
			} else if !ok || !isOver(&e) { // another one has taken its place
				continue
			}
			if err := tx.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) sweepConsoles(ctx context.Context) (n int, err error) {
	now := s.now()
	isOver := func(c *consoleRecord) bool { return !now.Before(c.ends()) }
	keys, err := over(ctx, s, "console", isOver)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), s.quietly(ctx, func(tx kv.Txn) error {
		for _, key := range keys {
			c, ok, err := get[consoleRecord](ctx, tx, key)
			if err != nil {
				return err
			}
			if !ok || !isOver(&c) {
				continue
			}
			e := &edit{&view{ctx: ctx, r: tx, s: s, account: c.Session.Account}, tx, whole(now)}
			if err := e.endConsole(&c); err != nil {
				return err
			}
		}
		return nil
	})
}
