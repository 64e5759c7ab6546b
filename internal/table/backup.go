package table

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Backup is a copy of the items of a table as they were at a moment, with the table's definition. It outlives the table.
//
// The items are under an id of their own, just as a table's are. Those of a System backup are the items of the table
// itself, which nobody changes any more.
type Backup struct {
	Scope Scope  `json:"scope"`
	Table string `json:"table"`
	// ID is unique among the backups of tables of that name.
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	System bool         `json:"system,omitempty"`
	Status BackupStatus `json:"status"`
	// Created is when it was asked for.
	Created time.Time `json:"created"`
	// Expires is when it deletes itself, zero for never.
	Expires time.Time `json:"expires,omitzero"`
	// Items is the id under which its items are.
	Items uint64 `json:"items"`
	// Count is of its items, zero until they are all there.
	Count Count `json:"count,omitzero"`
	// Source is the table as it was.
	Source *Descriptor `json:"source"`
}

// BackupStatus is what can be done with a backup.
type BackupStatus string

// A backup that is Creating is neither restored nor deleted.
const (
	BackupCreating  BackupStatus = "CREATING"
	BackupAvailable BackupStatus = "AVAILABLE"
)

// systemBackupLife is how long the backup of a deleted table is kept (developer guide, "Point-in-time recovery: How it works").
const systemBackupLife = maxRecoveryDays * 24 * time.Hour

// maxRestores is how many tables of an account may be restored at a time (API reference, RestoreTableFromBackup).
const maxRestores = 50

var (
	// ErrNoBackup: there is no such backup.
	ErrNoBackup = errors.New("table: no such backup")
	// ErrBackupInUse: the backup is being made or restored, or the table is being backed up.
	ErrBackupInUse = errors.New("table: backup in use")
	// ErrCreating: the table is being filled.
	ErrCreating = errors.New("table: still being created")
	// ErrRestores: as many tables are being restored as may be.
	ErrRestores = errors.New("table: too many restores")
)

const backupFormat = 1

type storedBackup struct {
	Format int     `json:"format"`
	Backup *Backup `json:"backup"`
}

func (b *Backup) key() []byte {
	return keyspace.Backup(b.Scope.Account, b.Scope.Region, b.Table, b.ID)
}

func (b *Backup) set(tx kv.Txn) error {
	value, err := json.Marshal(storedBackup{backupFormat, b})
	if err != nil {
		return err
	}
	return tx.Set(b.key(), value)
}

func decodeBackup(value []byte) (*Backup, error) {
	var s storedBackup
	if err := json.Unmarshal(value, &s); err != nil {
		return nil, fmt.Errorf("%w: backup: %w", ErrCorrupt, err)
	}
	if s.Format != backupFormat {
		return nil, fmt.Errorf("%w: backup of format %d", ErrFormat, s.Format)
	}
	b := s.Backup
	if b == nil || b.ID == "" || b.Items == 0 || b.Source == nil || b.Status != BackupCreating && b.Status != BackupAvailable {
		return nil, fmt.Errorf("%w: backup makes no sense", ErrCorrupt)
	}
	if err := b.Source.check(); err != nil {
		return nil, fmt.Errorf("%w: backup: %w", ErrCorrupt, err)
	}
	return b, nil
}

// backupTime returns a time in milliseconds since 1970 that is after those of the backups before it, so that they are listed in their
// order.
func (s *Store) backupTime(now int64) int64 {
	for {
		last := s.lastBackup.Load()
		at := max(now, last+1)
		if s.lastBackup.CompareAndSwap(last, at) {
			return at
		}
	}
}

// newBackup writes a backup of a table that is asked for now. As on AWS an id is the milliseconds of its time and a random number, which
// is 0 for System. The definition of the table is locked.
func (s *Store) newBackup(ctx context.Context, tx kv.Txn, d *Descriptor, b Backup) (*Backup, error) {
	b.Scope, b.Table, b.Source, b.Status = d.Scope, d.Name, d.Clone(), BackupCreating
	b.Created = s.now().UTC().Truncate(time.Millisecond)
	if b.System {
		b.Expires = b.Created.Add(systemBackupLife)
	}
	var random [4]byte
	for at := s.backupTime(b.Created.UnixMilli()); ; at++ {
		if !b.System {
			_, _ = rand.Read(random[:]) // never fails
		}
		b.ID = fmt.Sprintf("%014d-%x", at, random)
		there, err := tx.Get(ctx, b.key())
		if err != nil {
			return nil, err
		}
		if there == nil {
			return &b, b.set(tx)
		}
	}
}

// CreateBackup begins a backup of a table. It is of the moment when all writes that are in flight now have ended, and so has
// all that was acknowledged before. Errors: ErrNotFound, ErrCreating, ErrBackupInUse.
func (s *Store) CreateBackup(ctx context.Context, scope Scope, table, name string) (*Backup, error) {
	var b *Backup
	var j *job
	_, err := s.change(ctx, scope, table, func(tx kv.Txn, d *Descriptor) error {
		switch {
		case d.Creating:
			return ErrCreating
		case d.Journal != nil && d.Journal.Copy != nil:
			return ErrBackupInUse
		}
		id, err := takeIDs(ctx, tx, 2)
		if err != nil {
			return err
		}
		if b, err = s.newBackup(ctx, tx, d, Backup{Name: name, Items: id}); err != nil {
			return err
		}
		if d.Journal == nil {
			d.Journal = &Journal{}
		}
		d.Journal.Copy = &Copy{Backup: b.ID}
		j = newJob(id+1, kindCopyBackup, d, 0)
		j.rec.Backup, j.rec.Source = b.ID, b.Items
		return j.set(tx)
	})
	if err != nil {
		return nil, err
	}
	s.addJobs(j)
	return b, nil
}

// Backup returns a backup of a table of that name, or ErrNoBackup.
func (s *Store) Backup(ctx context.Context, scope Scope, table, id string) (b *Backup, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		b, err = readBackup(ctx, r, scope, table, id)
		return err
	})
	return b, err
}

func readBackup(ctx context.Context, r kv.Reader, scope Scope, table, id string) (*Backup, error) {
	value, err := r.Get(ctx, keyspace.Backup(scope.Account, scope.Region, table, id))
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, ErrNoBackup
	}
	return decodeBackup(value)
}

// BackupName is what a backup is called within its scope.
type BackupName struct{ Table, ID string }

// EachBackup calls fn with the backups of a scope until it returns false: of one table, or of all if table is "", by table and time, those after one
// of them if after is not zero.
func (s *Store) EachBackup(ctx context.Context, scope Scope, table string, after BackupName, fn func(*Backup) (more bool)) error {
	start, end := keyspace.Backups(scope.Account, scope.Region, table, after.Table, after.ID)
	return s.eachBackup(ctx, start, end, fn)
}

func (s *Store) eachBackup(ctx context.Context, start, end []byte, fn func(*Backup) (more bool)) error {
	return eachEntry(ctx, s.db, start, end, 100, func(_, value []byte) (*Backup, error) { return decodeBackup(value) }, fn)
}

// DeleteBackup deletes a backup, and returns what it was. Its items are deleted in the background. Errors: ErrNoBackup,
// ErrBackupInUse.
func (s *Store) DeleteBackup(ctx context.Context, scope Scope, table, id string) (*Backup, error) {
	key := keyspace.Backup(scope.Account, scope.Region, table, id)
	var b *Backup
	var j *job
	err := s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key, keyspace.Counter()); err != nil {
			return err
		}
		var err error
		if b, err = readBackup(ctx, tx, scope, table, id); err != nil {
			return err
		}
		jobs, err := readJobs(ctx, tx)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if j.rec.Kind == kindRestore && j.rec.Source == b.Items && j.rec.Hold == 0 {
				return ErrBackupInUse
			}
		}
		if b.Status != BackupAvailable {
			return ErrBackupInUse
		}
		jobID, err := takeIDs(ctx, tx, 1)
		if err != nil {
			return err
		}
		j = newJob(jobID, kindDropBackup, b.Source, 0)
		j.rec.TableID = b.Items
		if err := j.set(tx); err != nil {
			return err
		}
		return tx.Delete(key)
	})
	if err != nil {
		return nil, err
	}
	s.addJobs(j)
	return b, nil
}

// expireBackups deletes the backups whose time is over.
func (s *Store) expireBackups(ctx context.Context) error {
	var over []*Backup
	now := s.now()
	start, end := keyspace.AllBackups()
	err := s.eachBackup(ctx, start, end, func(b *Backup) bool {
		if !b.Expires.IsZero() && !b.Expires.After(now) {
			over = append(over, b)
		}
		return true
	})
	if err != nil || len(over) == 0 {
		return err
	}
	return s.ifLeased(ctx, journalLease, func() error {
		for _, b := range over {
			_, err := s.DeleteBackup(ctx, b.Scope, b.Table, b.ID)
			if err != nil && !errors.Is(err, ErrNoBackup) && !errors.Is(err, ErrBackupInUse) {
				return err
			}
		}
		return nil
	})
}

// How often what is too old is forgotten. Nothing depends on when that is.
const (
	forgetFirst = time.Minute
	forgetEvery = time.Hour
)

func (s *Store) forgetLoop() {
	for wait := forgetFirst; s.sleep(wait); wait = forgetEvery {
		if err := errors.Join(s.forgetImages(s.ctx), s.expireBackups(s.ctx)); err != nil && s.ctx.Err() == nil {
			s.log.Warn("table: old backups not forgotten", "error", err)
		}
	}
}
