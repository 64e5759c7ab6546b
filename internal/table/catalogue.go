package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Table returns the table's current descriptor, or ErrNotFound.
func (s *Store) Table(ctx context.Context, scope Scope, name string) (*Descriptor, error) {
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	if d := s.cache.get(scope, name); d != nil {
		if s.shared != nil {
			s.counts.cached.Add(1)
		}
		return d, nil
	}
	s.counts.uncached.Add(1)
	for {
		epoch := s.cache.now()
		var d *Descriptor
		err := s.db.View(ctx, func(r kv.Reader) (err error) {
			d, err = readDescriptor(ctx, r, scope, name)
			return err
		})
		if err != nil {
			return nil, err
		}
		if d = s.cache.loaded(d, epoch); d != nil {
			return d, nil
		}
	}
}

// List returns up to limit names of tables after a name, in the order of their bytes, and whether there are more.
func (s *Store) List(ctx context.Context, scope Scope, after string, limit int) (names []string, more bool, err error) {
	start, end := keyspace.Tables(scope.Account, scope.Region, after)
	err = s.db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: limit + 1}, func(key, _ []byte) (bool, error) {
			_, _, name, ok := keyspace.ParseTable(key)
			if !ok {
				return false, fmt.Errorf("%w: catalogue key %q", ErrCorrupt, key)
			}
			if len(names) == limit {
				more = true
				return false, nil
			}
			names = append(names, name)
			return true, nil
		})
	})
	if err != nil {
		return nil, false, err
	}
	return names, more, nil
}

// EachTable calls fn with the tables of all scopes, until it returns false. Tables that come or go meanwhile may be among them or
// not.
func (s *Store) EachTable(ctx context.Context, fn func(scope Scope, name string) (more bool)) error {
	type place struct {
		scope Scope
		name  string
	}
	start, end := keyspace.AllTables()
	return eachEntry(ctx, s.db, start, end, 1000, func(key, _ []byte) (place, error) {
		account, region, name, ok := keyspace.ParseTable(key)
		if !ok {
			return place{}, fmt.Errorf("%w: catalogue key %q", ErrCorrupt, key)
		}
		return place{Scope{account, region}, name}, nil
	}, func(p place) bool { return fn(p.scope, p.name) })
}

// eachEntry calls fn with the entries of a range until it returns false. It reads them in pages, each in a snapshot of its own, none of which
// is open while fn runs.
func eachEntry[T any](ctx context.Context, db kv.DB, start, end []byte, page int, read func(key, value []byte) (T, error), fn func(T) (more bool)) error {
	for bytes.Compare(start, end) < 0 {
		var found []T
		var last []byte
		err := db.View(ctx, func(r kv.Reader) error {
			found = nil
			return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: page}, func(key, value []byte) (bool, error) {
				entry, err := read(key, value)
				found, last = append(found, entry), append(last[:0], key...)
				return len(found) < page, err
			})
		})
		if err != nil {
			return err
		}
		for _, entry := range found {
			if !fn(entry) {
				return nil
			}
		}
		if len(found) < page {
			return nil
		}
		start = keyspace.After(last)
	}
	return nil
}

// Create adds a table and returns its published descriptor. It gives d the ID, the UUID unless it has one, the time and the version
// and the indexes, which are active at once, their IDs. There must be no table of that name (ErrExists).
func (s *Store) Create(ctx context.Context, d Descriptor) (*Descriptor, error) {
	created, err := s.newTable(d)
	if err != nil {
		return nil, err
	}
	key := keyspace.Table(d.Scope.Account, d.Scope.Region, d.Name)
	heard := s.cache.heardOf()
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := s.lockCatalogue(ctx, tx, key); err != nil {
			return err
		}
		return s.create(ctx, tx, key, created)
	})
	if err != nil {
		if !errors.Is(err, ErrExists) {
			s.cache.remove(d.Scope, d.Name)
		}
		return nil, err
	}
	return s.cache.changed(created, heard), nil
}

// newTable is the definition of a new table, without its ids.
func (s *Store) newTable(d Descriptor) (*Descriptor, error) {
	created := d.Clone()
	created.TTL, created.Journal = nil, nil
	if created.UUID == "" {
		created.UUID = uuid.NewString()
	}
	created.Version = 1
	if created.Created.IsZero() {
		created.Created = s.now().UTC().Truncate(time.Millisecond)
	}
	return created, created.check()
}

// create writes the definition of a new table. Its key and the counter of ids are locked.
func (s *Store) create(ctx context.Context, tx kv.Txn, key []byte, created *Descriptor) error {
	there, err := tx.Get(ctx, key)
	if err != nil {
		return err
	}
	if there != nil {
		return ErrExists
	}
	id, err := takeIDs(ctx, tx, 1+len(created.Indexes))
	if err != nil {
		return err
	}
	created.ID = id
	for i, x := range created.Indexes {
		x.ID = id + 1 + uint64(i)
		x.State = IndexActive
	}
	if created.Stream != nil {
		// Nobody writes yet.
		if _, err := s.newStream(ctx, tx, created, StreamEnabled); err != nil {
			return err
		}
		if err := s.openLanes(tx, created.Stream); err != nil {
			return err
		}
	}
	return setDescriptor(tx, key, created)
}

// Change makes the next version of a table's descriptor. fn edits a copy of the current one, and may run again; its
// error aborts the change and is returned. An index with ID 0 is a new one: it is Creating until background work has
// filled it, and then Active. An index that fn sets to Deleting is neither read nor written from then on, and
// vanishes when background work has dropped its entries. fn changes nothing else of indexes but their
// throughput, and nothing of the table's name and key. Likewise a TTL with ID 0 is a new one, Enabling at first, and one that
// fn sets to Disabling vanishes.
func (s *Store) Change(ctx context.Context, scope Scope, name string, fn func(d *Descriptor) error) (*Descriptor, error) {
	return s.change(ctx, scope, name, func(_ kv.Txn, d *Descriptor) error { return fn(d) })
}

func (s *Store) change(ctx context.Context, scope Scope, name string, fn func(tx kv.Txn, d *Descriptor) error) (*Descriptor, error) {
	key := keyspace.Table(scope.Account, scope.Region, name)
	var next *Descriptor
	var jobs []*job
	var refused error
	heard := s.cache.heardOf()
	err := s.db.Update(ctx, func(tx kv.Txn) error {
		jobs, refused = nil, nil
		if err := s.lockCatalogue(ctx, tx, key); err != nil {
			return err
		}
		before, err := readDescriptor(ctx, tx, scope, name)
		if err != nil {
			refused = err
			return err
		}
		next = before.Clone()
		if refused = fn(tx, next); refused != nil {
			return refused
		}
		next.Version = before.Version + 1
		if refused = checkChange(before, next); refused != nil {
			return refused
		}
		if jobs, err = changeJobs(ctx, tx, before, next); err != nil {
			return err
		}
		opening, err := s.streamJobs(ctx, tx, before, next)
		if err != nil {
			return err
		}
		jobs = append(jobs, opening...)
		return setDescriptor(tx, key, next)
	})
	switch {
	case err != nil && refused != nil:
		return nil, err
	case err != nil:
		s.uncertain(scope, name)
		return nil, err
	}
	next = s.cache.changed(next, heard)
	s.addJobs(jobs...)
	return next, nil
}

// Drop removes a table, and returns what it was. Its items and entries are deleted in the background; if it could be restored to
// a point in time, the items become a System backup. check may refuse it; it may be nil, and may run again. ErrBackupInUse: the table
// is being backed up.
func (s *Store) Drop(ctx context.Context, scope Scope, name string, check func(*Descriptor) error) (*Descriptor, error) {
	key := keyspace.Table(scope.Account, scope.Region, name)
	var d *Descriptor
	var j *job
	var refused error
	err := s.db.Update(ctx, func(tx kv.Txn) error {
		refused = nil
		if err := s.lockCatalogue(ctx, tx, key); err != nil {
			return err
		}
		var err error
		if d, err = readDescriptor(ctx, tx, scope, name); err != nil {
			refused = err
			return err
		}
		if check != nil {
			if refused = check(d); refused != nil {
				return refused
			}
		}
		if d.Journal != nil && d.Journal.Copy != nil {
			refused = ErrBackupInUse
			return refused
		}
		id, err := takeIDs(ctx, tx, 1)
		if err != nil {
			return err
		}
		j = dropTableJob(id, d)
		if d.Journal != nil && d.Journal.Days > 0 {
			b, err := s.newBackup(ctx, tx, d, Backup{Name: d.Name + "$DeletedTableBackup", System: true, Items: d.ID})
			if err != nil {
				return err
			}
			j.rec.Backup = b.ID
		}
		if err := j.set(tx); err != nil {
			return err
		}
		if d.Stream != nil {
			if err := s.closeStream(ctx, tx, d); err != nil {
				return err
			}
		}
		return tx.Delete(key)
	})
	switch {
	case err != nil && refused != nil:
		return nil, err
	case err != nil:
		s.uncertain(scope, name)
		return nil, err
	}
	s.cache.remove(scope, name)
	s.addJobs(j)
	return d, nil
}

// uncertain is for a change that may have happened or not: the descriptor is read again, and so are the jobs.
func (s *Store) uncertain(scope Scope, name string) {
	s.cache.remove(scope, name)
	s.findJobs()
}

func readDescriptor(ctx context.Context, r kv.Reader, scope Scope, name string) (*Descriptor, error) {
	b, err := r.Get(ctx, keyspace.Table(scope.Account, scope.Region, name))
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, ErrNotFound
	}
	d, err := decodeDescriptor(b)
	if err != nil {
		return nil, err
	}
	if d.Scope != scope || d.Name != name {
		return nil, fmt.Errorf("%w: definition of table %q under the name %q", ErrCorrupt, d.Name, name)
	}
	return d, nil
}

func setDescriptor(tx kv.Txn, key []byte, d *Descriptor) error {
	b, err := encodeDescriptor(d)
	if err != nil {
		return err
	}
	return tx.Set(key, b)
}

// takeIDs takes n ids that were never given before, and returns the first. The counter is locked already.
func takeIDs(ctx context.Context, tx kv.Txn, n int) (uint64, error) {
	b, err := tx.Get(ctx, keyspace.Counter())
	if err != nil {
		return 0, err
	}
	var last uint64
	switch len(b) {
	case 0:
	case 8:
		last = binary.BigEndian.Uint64(b)
	default:
		return 0, fmt.Errorf("%w: counter of ids", ErrCorrupt)
	}
	return last + 1, tx.Set(keyspace.Counter(), binary.BigEndian.AppendUint64(nil, last+uint64(n)))
}

// check refuses a descriptor whose keys make no sense. Callers validate what users ask for; this keeps mistakes and
// corrupt definitions from the code that trusts descriptors.
func (d *Descriptor) check() error {
	ok := d.Name != "" && (d.Stream == nil || isView(d.Stream.View)) && isKey(d.Partition) && (d.Sort == nil || isKey(*d.Sort) && d.Sort.Name != d.Partition.Name)
	for i, x := range d.Indexes {
		ok = ok && x != nil && x.Name != "" && len(x.Partition) >= 1 && len(x.Partition) <= maxParts && len(x.Sort) <= maxParts
		if !ok {
			break
		}
		for _, k := range x.Partition {
			ok = ok && isKey(k)
		}
		for _, k := range x.Sort {
			ok = ok && isKey(k)
		}
		if x.Local {
			ok = ok && d.Sort != nil && len(x.Partition) == 1 && x.Partition[0] == d.Partition && len(x.Sort) == 1
		}
		switch x.Projection {
		case "ALL", "KEYS_ONLY", "INCLUDE":
		default:
			ok = false
		}
		for _, y := range d.Indexes[:i] {
			ok = ok && x.Name != y.Name
		}
	}
	if d.TTL != nil && d.TTL.Attribute == "" {
		ok = false
	}
	if !ok {
		return fmt.Errorf("table: definition of %q makes no sense", d.Name)
	}
	return nil
}

func isKey(k KeyAttribute) bool {
	return k.Name != "" && (k.Kind == attribute.String || k.Kind == attribute.Number || k.Kind == attribute.Binary)
}

// checkChange refuses what fn of Change must not do.
func checkChange(before, next *Descriptor) error {
	if next.Scope != before.Scope || next.Name != before.Name || next.ID != before.ID || next.UUID != before.UUID ||
		next.Partition != before.Partition || (next.Sort == nil) != (before.Sort == nil) ||
		next.Sort != nil && *next.Sort != *before.Sort {
		return errors.New("table: a change of what a table cannot change")
	}
	if next.Stream != nil && (before.Stream == nil) != (next.Stream.ID == 0) || before.Stream != nil && next.Stream != nil && *next.Stream != *before.Stream ||
		next.LatestStream != before.LatestStream {
		return errors.New("table: a change of a stream that is enabled")
	}
	for _, x := range before.Indexes {
		if x.State != IndexDeleting && next.indexByID(x.ID) == nil {
			return fmt.Errorf("table: index %q removed before its entries", x.Name)
		}
	}
	for _, x := range next.Indexes {
		if x.ID != 0 && before.indexByID(x.ID) == nil {
			return fmt.Errorf("table: index %q with an id that it was not given", x.Name)
		}
	}
	if err := checkTTLChange(before.TTL, next.TTL); err != nil {
		return err
	}
	if err := checkJournalChange(before.Journal, next.Journal); err != nil {
		return err
	}
	return next.check()
}
