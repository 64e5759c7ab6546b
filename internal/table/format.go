package table

import (
	"context"
	"fmt"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Format is the version of everything that keyspace maps, and of each record there, whichever package it is of: whoever writes a
// record back drops what it does not know of it. So nothing is stored that an older program does not know unless the store's format says so;
// it is raised when all servers know the next one, which their records say (memberRecord). See docs/decisions/0023-formats.md.
const Format = "stator 1"

func (s *Store) checkFormat(ctx context.Context) error {
	var found []byte
	read := func(r kv.Reader) error {
		v, err := r.Get(ctx, keyspace.Format())
		found = append(found[:0], v...)
		return err
	}
	err := s.db.View(ctx, read)
	if err == nil && len(found) == 0 {
		err = s.db.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, keyspace.Format()); err != nil {
				return err
			}
			if err := read(tx); err != nil || len(found) > 0 {
				return err
			}
			found = append(found, Format...)
			return tx.Set(keyspace.Format(), found)
		})
	}
	if err != nil {
		return err
	}
	return knownFormat(found)
}

// knownFormat returns ErrFormat if found is not the one that this version knows.
func knownFormat(found []byte) error {
	if string(found) != Format {
		return fmt.Errorf("%w: it is %q, and this program knows %q", ErrFormat, found, Format)
	}
	return nil
}
