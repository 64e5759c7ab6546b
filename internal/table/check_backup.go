package table

import (
	"bytes"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// knownBackups is the backups, the journals and the holds of one snapshot.
type knownBackups struct {
	backups map[uint64]*Backup // by the id of their items
	// journals says which tables the journals are of, also of those that a job will drop.
	journals map[uint64]uint64
	// copying is the backups that a job will make available.
	copying map[string]bool
}

// loadBackups reads the backups, after the tables and the jobs.
func (c *checker) loadBackups(r kv.Reader, k *known, jobs []*job, take func(key []byte, d *Descriptor, id uint64), problem func(key []byte, d *Descriptor, x *Index, format string, args ...any)) error {
	k.backups, k.journals, k.copying = make(map[uint64]*Backup), make(map[uint64]uint64), make(map[string]bool)
	holds := make(map[uint64]bool)
	opening := make(map[uint64]bool)
	restoring := make(map[uint64]bool)
	for _, d := range k.tables {
		if d.Journal != nil {
			k.journals[d.Journal.ID] = d.ID
		}
	}
	for _, j := range jobs {
		switch j.rec.Kind {
		case kindOpenJournal:
			opening[j.rec.Journal] = true
		case kindDropJournal, kindDropTable:
			if j.rec.Journal != 0 {
				k.journals[j.rec.Journal] = j.rec.TableID
			}
		case kindRestore:
			restoring[j.rec.TableID] = true
			if j.rec.Hold != 0 {
				holds[j.rec.Hold] = true
			}
		}
		if j.rec.Backup != "" {
			k.copying[string(keyspace.Backup(j.rec.Scope.Account, j.rec.Scope.Region, j.rec.Table, j.rec.Backup))] = true
		}
	}
	start, end := keyspace.AllBackups()
	err := r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		b, err := decodeBackup(value)
		if err != nil {
			problem(key, nil, nil, "%v", err)
			return true, nil
		}
		if !bytes.Equal(key, b.key()) {
			problem(key, nil, nil, "definition of another backup")
		}
		take(key, nil, b.Items)
		if b.Status == BackupCreating && !k.copying[string(key)] {
			problem(key, nil, nil, "backup is %s and no job will end that", b.Status)
		}
		k.backups[b.Items] = b
		return true, nil
	})
	if err != nil {
		return err
	}
	for id, of := range k.journals {
		take(keyspace.Journal(id), nil, id)
		d := k.tables[of]
		if d == nil || d.Journal == nil || d.Journal.ID != id {
			continue
		}
		if d.Journal.Since == 0 && !opening[id] {
			problem(nil, d, nil, "journal is not open and no job will end that")
		}
		b, err := r.Get(c.ctx, keyspace.Journal(id))
		if err != nil {
			return err
		}
		if b == nil {
			problem(keyspace.Journal(id), d, nil, "journal does not say which table it is of")
		}
		if copy := d.Journal.Copy; copy != nil && !k.copying[string(keyspace.Backup(d.Scope.Account, d.Scope.Region, d.Name, copy.Backup))] {
			problem(nil, d, nil, "backup %s is being copied and no job does", copy.Backup)
		}
	}
	for _, d := range k.tables {
		if d.Creating && d.Restore != nil && !restoring[d.ID] {
			problem(nil, d, nil, "table is being restored and no job does")
		}
	}
	start, end = keyspace.Holds()
	err = r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		p, err := decodeHold(value)
		switch {
		case err != nil:
			problem(key, nil, nil, "%v", err)
			return true, nil
		case !bytes.Equal(key, keyspace.Hold(p.ID)):
			problem(key, nil, nil, "another hold")
		}
		take(key, nil, p.ID)
		if k.journals[p.Table.Journal.ID] != p.Table.ID {
			problem(key, nil, nil, "what is held is gone")
		}
		delete(holds, p.ID)
		return true, nil
	})
	for id := range holds {
		problem(keyspace.Hold(id), nil, nil, "what is restored is not held")
	}
	return err
}

// backupItem checks an item of a backup.
func (c *checker) backupItem(p pair, b *Backup) {
	switch {
	case !wellFormedItem(p.value):
		c.problem(p.key, b.Source, nil, "item of a backup does not decode")
		return
	case b.Status == BackupAvailable:
		c.sum.BackedUp++
	}
	source := *b.Source
	source.ID = b.Items
	if key, err := appendItemKey(nil, &source, p.value); err != nil || !bytes.Equal(key, p.key) {
		c.problem(p.key, b.Source, nil, "item of a backup under the key of another")
	}
}

// images checks a page of journals.
func (c *checker) images(_ kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		id, _, image, ok := keyspace.ParseJournal(p.key)
		of, there := c.known.journals[id]
		switch {
		case !ok:
			c.problem(p.key, nil, nil, "key does not parse")
			continue
		case !there:
			c.problem(p.key, nil, nil, "journal of no table")
			continue
		case !image:
			if rec, err := decodeJournal(p.value); err != nil || rec.TableID != of {
				c.problem(p.key, nil, nil, "journal says that it is of another table")
			}
			continue
		}
		c.sum.Images++
		_, item, _, _, ok := keyspace.ParseImage(p.key, of)
		d := c.known.tables[of]
		switch {
		case !ok:
			c.problem(p.key, d, nil, "key does not parse")
		case len(p.value) == 0:
		case !wellFormedItem(p.value):
			c.problem(p.key, d, nil, "image does not decode")
		case d != nil:
			if key, err := appendItemKey(nil, d, p.value); err != nil || !bytes.Equal(key, item) {
				c.problem(p.key, d, nil, "image under the key of another item")
			}
		}
	}
	return nil
}

// mark checks the mark of the times of journals.
func (c *checker) mark(_ kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		if !bytes.Equal(p.key, keyspace.JournalMark()) {
			c.problem(p.key, nil, nil, "unknown key")
		} else if _, err := decodeMark(p.value); err != nil {
			c.problem(p.key, nil, nil, "%v", err)
		}
	}
	return nil
}
