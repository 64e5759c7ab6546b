package table

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Restore is what a table was restored from.
type Restore struct {
	// Table is the name of the source, in the scope of the table.
	Table string `json:"table"`
	// Backup is empty if it was not a backup.
	Backup string `json:"backup,omitempty"`
	// At is the moment that the items are of.
	At time.Time `json:"at"`
}

// RestoreBackup begins to restore a backup as a new table. target makes its definition of the backup's, and may run again;
// its error is returned. Errors besides: ErrNoBackup, ErrBackupInUse, ErrExists, ErrRestores.
func (s *Store) RestoreBackup(ctx context.Context, scope Scope, table, id, name string, target func(*Backup) (*Descriptor, error)) (*Descriptor, error) {
	return s.restore(ctx, scope, name, [][]byte{keyspace.Backup(scope.Account, scope.Region, table, id)}, func(tx kv.Txn, j *job) (*Descriptor, error) {
		b, err := readBackup(ctx, tx, scope, table, id)
		if err != nil {
			return nil, err
		}
		if b.Status != BackupAvailable {
			return nil, ErrBackupInUse
		}
		d, err := target(b)
		if err != nil {
			return nil, err
		}
		j.rec.Source = b.Items
		d.Restore = &Restore{Table: b.Table, Backup: b.ID, At: b.Created}
		return d, nil
	})
}

// RestorePoint begins to restore a table as it was at a time, the present if that is zero, as a new table. target makes its definition of
// the source's, and may run again; its error is returned. Errors besides: ErrNotFound, ErrNoRecovery, ErrMoment,
// ErrExists, ErrRestores.
func (s *Store) RestorePoint(ctx context.Context, scope Scope, table string, at time.Time, name string, target func(source *Descriptor) (*Descriptor, error)) (*Descriptor, error) {
	locks := [][]byte{keyspace.Table(scope.Account, scope.Region, table), keyspace.JournalMark()}
	return s.restore(ctx, scope, name, locks, func(tx kv.Txn, j *job) (*Descriptor, error) {
		p, err := s.hold(ctx, tx, scope, table, at, "restore")
		if err != nil {
			return nil, err
		}
		d, err := target(p.Table)
		if err != nil {
			return nil, err
		}
		j.rec.Source, j.rec.Hold = p.Table.ID, p.ID
		d.Restore = &Restore{Table: table, At: time.Unix(0, p.At).UTC()}
		return d, nil
	})
}

// restore creates the table and the job that fills it. source fills in the job and makes the definition; it reads under the locks.
func (s *Store) restore(ctx context.Context, scope Scope, name string, locks [][]byte, source func(tx kv.Txn, j *job) (*Descriptor, error)) (*Descriptor, error) {
	var created *Descriptor
	var j *job
	var refused error
	key := keyspace.Table(scope.Account, scope.Region, name)
	heard := s.cache.heardOf()
	err := s.db.Update(ctx, func(tx kv.Txn) error {
		refused = nil
		if err := s.lockCatalogue(ctx, tx, append(locks[:len(locks):len(locks)], key)...); err != nil {
			return err
		}
		j = &job{}
		var d *Descriptor
		if d, refused = source(tx, j); refused != nil {
			return refused
		}
		d.Creating, d.UUID = true, ""
		if created, refused = s.newTable(*d); refused != nil {
			return refused
		}
		if refused = s.create(ctx, tx, key, created); refused != nil {
			return refused
		}
		jobs, err := readJobs(ctx, tx)
		if err != nil {
			return err
		}
		restores := 0
		for _, j := range jobs {
			if j.rec.Kind == kindRestore && j.rec.Scope.Account == scope.Account {
				restores++
			}
		}
		if restores >= maxRestores {
			refused = ErrRestores
			return refused
		}
		id, err := takeIDs(ctx, tx, 1)
		if err != nil {
			return err
		}
		rec := j.rec
		j = newJob(id, kindRestore, created, 0)
		j.rec.Source, j.rec.Hold = rec.Source, rec.Hold
		return j.set(tx)
	})
	switch {
	case err != nil && refused != nil:
		return nil, refused
	case err != nil:
		s.uncertain(scope, name)
		return nil, err
	}
	created = s.cache.changed(created, heard)
	s.addJobs(j)
	return created, nil
}

// restoreTable is the job that fills a restored table. Nobody else writes it meanwhile.
func (s *Store) restoreTable(j *job) error {
	m := moment{items: j.rec.Source}
	if j.rec.Hold != 0 {
		p, err := s.Held(s.ctx, j.rec.Hold)
		if err != nil {
			return fmt.Errorf("what is restored is not held: %w", err)
		}
		if err := s.settle(s.ctx, p, p.At); err != nil {
			return err
		}
		m = p.moment()
	}
	d, err := s.jobTable(j)
	if err != nil {
		return err
	}
	if d != nil && d.Creating {
		err := s.copyItems(j, m, func(tx kv.Txn, key, value []byte) error {
			item, err := stored(value)
			if err != nil {
				return err
			}
			if err := tx.Set(keyspace.MoveItem(nil, d.ID, key), value); err != nil {
				return err
			}
			for _, x := range d.Indexes {
				if key := appendEntryKey(nil, d, x, item); key != nil {
					if err := tx.Set(key, project(d, x, item)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if d.live != nil {
			d.live.stats.dirty()
		}
	}
	end := func(tx kv.Txn) error {
		if j.rec.Hold != 0 {
			if err := tx.Delete(keyspace.Hold(j.rec.Hold)); err != nil {
				return err
			}
		}
		return tx.Delete(keyspace.Job(j.id))
	}
	err = s.changeOf(j, func(tx kv.Txn, d *Descriptor) error {
		d.Creating = false
		return end(tx)
	})
	if errors.Is(err, errGone) || errors.Is(err, ErrNotFound) {
		return s.step(j, func() error { return s.db.Update(s.ctx, end) })
	}
	return err
}

// copyItems copies the items of a moment, a page in each transaction, which put adds one to. It goes on where the job says, and
// counts the items there.
func (s *Store) copyItems(j *job, m moment, put func(tx kv.Txn, key, value []byte) error) error {
	for !j.rec.Copied {
		began := time.Now()
		if err := s.step(j, func() error { return s.copyPage(j, m, put) }); err != nil {
			return err
		}
		// At most half of the time goes into copying.
		if !j.rec.Copied && !s.sleep(min(time.Since(began), fillPause)) {
			return s.ctx.Err()
		}
	}
	return nil
}

func (s *Store) copyPage(j *job, m moment, put func(tx kv.Txn, key, value []byte) error) error {
	var page []pair
	rec := j.rec
	err := s.db.View(s.ctx, func(r kv.Reader) (err error) {
		page, rec = nil, j.rec
		rec.Cursor, err = m.page(s.ctx, r, s.present(), j.rec.Cursor, pageItems, func(key, value []byte) error {
			if _, err := stored(value); err != nil {
				return err
			}
			page = append(page, pair{key, value})
			rec.Count.Items++
			rec.Count.Bytes += int64(attribute.ItemSize(value))
			return nil
		})
		return err
	})
	if err != nil {
		return err
	}
	rec.Copied = rec.Cursor == nil
	err = s.db.Update(s.ctx, func(tx kv.Txn) error {
		next := &job{j.id, rec}
		if err := tx.Lock(s.ctx, keyspace.Job(j.id)); err != nil {
			return err
		}
		if err := s.stillAt(tx, j); err != nil {
			return err
		}
		for _, p := range page {
			if err := put(tx, p.key, p.value); err != nil {
				return err
			}
		}
		return next.set(tx)
	})
	if err == nil {
		j.rec = rec
	}
	return err
}

// copyBackup is the job that copies the items of a backup. The table can't be dropped meanwhile.
func (s *Store) copyBackup(j *job) error {
	d, err := s.jobTable(j)
	if err != nil {
		return err
	}
	if d == nil || d.Journal == nil || d.Journal.Copy == nil || d.Journal.Copy.Backup != j.rec.Backup {
		return fmt.Errorf("%w: table %q knows nothing of its backup %s", ErrCorrupt, j.rec.Table, j.rec.Backup)
	}
	if d, err = s.AwaitJournal(s.ctx, d); err != nil {
		return err
	}
	if d.Journal.Copy.At == 0 {
		err := s.changeOf(j, func(tx kv.Txn, d *Descriptor) (err error) {
			d.Journal.Copy.At, err = s.moment(s.ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		if d, err = s.jobTable(j); err != nil {
			return err
		}
	}
	// Whoever took a time before that wrote by the version before.
	if err := s.awaitWriters(s.ctx, d.ID); err != nil {
		return err
	}
	err = s.copyItems(j, moment{d.ID, d.Journal.ID, d.Journal.Copy.At}, func(tx kv.Txn, key, value []byte) error {
		return tx.Set(keyspace.MoveItem(nil, j.rec.Source, key), value)
	})
	if err != nil {
		return err
	}
	return s.changeOf(j, func(tx kv.Txn, d *Descriptor) error {
		if err := s.available(tx, j); err != nil {
			return err
		}
		if d.Journal.Copy = nil; d.Journal.Days == 0 {
			d.Journal = nil
		}
		return tx.Delete(keyspace.Job(j.id))
	})
}

// available makes the backup of a job available.
func (s *Store) available(tx kv.Txn, j *job) error {
	b, err := readBackup(s.ctx, tx, j.rec.Scope, j.rec.Table, j.rec.Backup)
	if err != nil {
		return err
	}
	b.Status, b.Count = BackupAvailable, j.rec.Count
	return b.set(tx)
}

// keepItems ends the job of a dropped table whose items are a backup.
func (s *Store) keepItems(j *job) error {
	count, err := s.countSpace(s.ctx, keyspace.Items(j.rec.TableID))
	if err != nil {
		return err
	}
	j.rec.Count = count
	return s.step(j, func() error {
		return s.db.Update(s.ctx, func(tx kv.Txn) error {
			b := keyspace.Backup(j.rec.Scope.Account, j.rec.Scope.Region, j.rec.Table, j.rec.Backup)
			if err := tx.Lock(s.ctx, keyspace.Job(j.id), b); err != nil {
				return err
			}
			if err := s.available(tx, j); err != nil {
				return err
			}
			return tx.Delete(keyspace.Job(j.id))
		})
	})
}
