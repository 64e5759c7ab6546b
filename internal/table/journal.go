package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Journal is where the changes of a table leave what their items were before, each in its own transaction, by day, by item,
// and by time. The state of an item at a moment is its first image after that, and if there is none, the item. So the journal
// goes back in time from the present, and what is older than anybody asks for is dropped by the day.
//
// There is one as long as point-in-time recovery is enabled, or a backup is copied.
type Journal struct {
	// ID is in the key of every image. It is never used again.
	ID uint64 `json:"id"`
	// Since is from when on it has all changes, in nanoseconds since 1970; 0 until every writer knows of it.
	Since int64 `json:"since,omitempty"`
	// Days is how far back the table can be restored, 0 if point-in-time recovery is disabled.
	Days int `json:"days,omitempty"`
	// From is from when on the table can be restored, as far as Days reach; 0 until there is an image.
	From int64 `json:"from,omitempty"`
	// Copy is the backup that is being copied, nil for none.
	Copy *Copy `json:"copy,omitempty"`
}

// Copy is a backup that is being copied.
type Copy struct {
	Backup string `json:"backup"`
	// At is the moment that it is of, 0 until it is known.
	At int64 `json:"at,omitempty"`
}

// maxRecoveryDays is the longest recovery period (API reference, PointInTimeRecoverySpecification).
const maxRecoveryDays = 35

const nanosOfDay = 24 * int64(time.Hour)

// Restorable says from when to when a table can be restored; ok is false if point-in-time recovery is disabled. Both are zero if
// it is only being enabled. Times are whole milliseconds, which is what the API has.
func (s *Store) Restorable(d *Descriptor) (earliest, latest time.Time, ok bool) {
	j := d.Journal
	if j == nil || j.Days == 0 {
		return time.Time{}, time.Time{}, false
	}
	if j.From == 0 {
		return time.Time{}, time.Time{}, true
	}
	const ms = int64(time.Millisecond)
	now := s.present()
	from := (s.restorableFrom(j, now) + ms - 1) / ms * ms
	return time.Unix(0, from).UTC(), time.Unix(0, max(from, now/ms*ms)).UTC(), true
}

func (s *Store) restorableFrom(j *Journal, now int64) int64 {
	return max(j.From, now-int64(j.Days)*nanosOfDay)
}

// SetRecovery enables point-in-time recovery of a table for some days, changes these, or, with 0, disables it. It is for the
// function of Change.
func (s *Store) SetRecovery(d *Descriptor, days int) {
	j := d.Journal
	switch {
	case j == nil && days > 0:
		d.Journal = &Journal{Days: days}
	case j == nil:
	case days > 0:
		if j.Days > 0 && j.From != 0 {
			j.From = s.restorableFrom(j, s.present()) // what was forgotten stays so
		} else if j.Since != 0 {
			j.From = s.ticks.next(s.now())
		}
		j.Days = days
	case j.Copy == nil:
		d.Journal = nil
	default:
		j.Days, j.From = 0, 0
	}
}

// AwaitJournal waits until the journal of a table has all changes, for as long as ctx lasts, and returns the table as it is then. It
// takes no longer than the writes that were in flight when the journal was asked for.
func (s *Store) AwaitJournal(ctx context.Context, d *Descriptor) (*Descriptor, error) {
	for d.Journal != nil && d.Journal.Since == 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return d, ctx.Err()
		}
		next, err := s.Table(ctx, d.Scope, d.Name)
		if err != nil || next.ID != d.ID {
			return d, err
		}
		d = next
	}
	return d, nil
}

// ticks are the times in journals: the clock, except that no time is given twice or after a later one. A change takes its time when
// it has its locks. So if one happened after another, by its items or by what its client knew, its time is later, and the
// changes up to a moment are a state that the table might have been read in.
//
// That has to hold when the clock goes back, and the process that gave the times is gone. So a mark is stored that no time is
// after; times start from it when the store is opened. The change that finds the mark near moves it, in its own transaction.
type ticks struct {
	last, mark atomic.Int64
}

// markAhead is how far ahead the mark is moved, and so how far times may be ahead of the clock after a crash.
const markAhead = 10 * time.Second

// next takes a time.
func (t *ticks) next(now time.Time) int64 {
	for {
		last := t.last.Load()
		next := max(now.UnixNano(), last+1)
		if t.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// reach makes all times that are given from now on later than one.
func (t *ticks) reach(at int64) {
	for {
		last := t.last.Load()
		if last >= at || t.last.CompareAndSwap(last, at) {
			return
		}
	}
}

// near says whether the mark has to be moved soon.
func (t *ticks) near(now time.Time) bool {
	return max(now.UnixNano(), t.last.Load())+int64(markAhead/2) > t.mark.Load()
}

// moved is called after the mark was moved.
func (t *ticks) moved(to int64) {
	for {
		mark := t.mark.Load()
		if mark >= to || t.mark.CompareAndSwap(mark, to) {
			return
		}
	}
}

// present is the time up to which changes were made: the clock, or the last time that was given.
func (s *Store) present() int64 { return max(s.now().UnixNano(), s.ticks.last.Load()) }

func encodeMark(nanos int64) []byte { return keyspace.EncodeNanos(nanos) }

func decodeMark(b []byte) (int64, error) {
	nanos, ok := keyspace.DecodeNanos(b)
	if !ok {
		return 0, fmt.Errorf("%w: mark of the times of journals", ErrCorrupt)
	}
	return nanos, nil
}

// loadMark makes times go on from the mark.
func (s *Store) loadMark(ctx context.Context) error {
	return s.db.View(ctx, func(r kv.Reader) error {
		b, err := r.Get(ctx, keyspace.JournalMark())
		if err != nil || b == nil {
			return err
		}
		mark, err := decodeMark(b)
		s.ticks.last.Store(mark)
		s.ticks.mark.Store(mark)
		return err
	})
}

// saveMark moves the mark back to the last time that was given, so that the next process goes on from there.
func (s *Store) saveMark() error {
	if s.ticks.mark.Load() <= s.ticks.last.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), releasePatience)
	defer cancel()
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keyspace.JournalMark()); err != nil {
			return err
		}
		return tx.Set(keyspace.JournalMark(), encodeMark(s.ticks.last.Load()))
	})
}

// moment takes a time that is to be remembered as changes are: the mark is not before it.
func (s *Store) moment(ctx context.Context, tx kv.Txn) (int64, error) {
	if err := tx.Lock(ctx, keyspace.JournalMark()); err != nil {
		return 0, err
	}
	at := s.ticks.next(s.now())
	b, err := tx.Get(ctx, keyspace.JournalMark())
	if err != nil {
		return 0, err
	}
	if b != nil {
		if mark, err := decodeMark(b); err != nil || mark >= at {
			return at, err
		}
	}
	return at, tx.Set(keyspace.JournalMark(), encodeMark(at))
}

// takeTime gives the change its time.
func (c *change) takeTime(tx kv.Txn) error {
	t := &c.store.ticks
	c.at = t.next(c.store.now())
	if c.marking {
		c.mark = c.at + int64(markAhead)
		return tx.Set(keyspace.JournalMark(), encodeMark(c.mark))
	}
	if c.at > t.mark.Load() {
		return ErrStale // it waited for its locks for long; planned again, it moves the mark
	}
	return nil
}

// setImage writes what an item was before the change: nothing, if it was not there.
func (c *change) setImage(tx kv.Txn, j *Journal, i int, old attribute.Value) error {
	c.oldKey = keyspace.AppendImage(c.oldKey[:0], j.ID, c.keys[i], c.at)
	return tx.Set(c.oldKey, old)
}

// journalRecord says which table a journal is of.
type journalRecord struct {
	Scope   Scope  `json:"scope"`
	Table   string `json:"table"`
	TableID uint64 `json:"tableId"`
}

func decodeJournal(value []byte) (r journalRecord, err error) {
	if err := json.Unmarshal(value, &r); err != nil {
		return r, fmt.Errorf("%w: journal: %w", ErrCorrupt, err)
	}
	return r, nil
}

// journalJob writes the job that the step from before to next makes necessary, if any, and gives a new journal its ID.
func journalJob(ctx context.Context, tx kv.Txn, before, next *Descriptor) (*job, error) {
	old, n := before.Journal, next.Journal
	if (old == nil) == (n == nil) {
		return nil, nil
	}
	id, err := takeIDs(ctx, tx, 2)
	if err != nil {
		return nil, err
	}
	j := newJob(id, kindDropJournal, next, 0)
	if n != nil {
		n.ID, n.Since, n.From = id+1, 0, 0
		j.rec.Kind, j.rec.Journal = kindOpenJournal, n.ID
		b, err := json.Marshal(journalRecord{next.Scope, next.Name, next.ID})
		if err != nil {
			return nil, err
		}
		if err := tx.Set(keyspace.Journal(n.ID), b); err != nil {
			return nil, err
		}
	} else {
		j.rec.Journal = old.ID
	}
	return j, j.set(tx)
}

// checkJournalChange refuses what fn of Change must not do with a journal.
func checkJournalChange(before, next *Journal) error {
	if next != nil && (next.Days < 0 || next.Days > maxRecoveryDays || (before == nil) != (next.ID == 0) || before != nil && next.ID != before.ID) {
		return errors.New("table: a change of a journal that makes no sense")
	}
	return nil
}

// openJournal says from when on a new journal has all changes: from now, when all who write know it.
func (s *Store) openJournal(j *job) error {
	err := s.changeOf(j, func(tx kv.Txn, d *Descriptor) (err error) {
		if n := d.Journal; n != nil && n.ID == j.rec.Journal {
			if n.Since, err = s.moment(s.ctx, tx); err != nil {
				return err
			}
			if n.Days > 0 {
				n.From = n.Since
			}
		}
		return tx.Delete(keyspace.Job(j.id))
	})
	if errors.Is(err, errGone) || errors.Is(err, ErrNotFound) {
		return s.endJob(j)
	}
	return err
}

// dropJournal drops a journal, when nobody reads it.
func (s *Store) dropJournal(j *job) error {
	if err := s.awaitReleased(j.rec.TableID, j.rec.Journal); err != nil {
		return err
	}
	if err := s.dropImages(j, j.rec.Journal); err != nil {
		return err
	}
	return s.endJob(j)
}

func (s *Store) dropImages(j *job, journal uint64) error {
	start, end := keyspace.JournalRange(journal)
	return s.step(j, func() error { return s.db.DropRange(s.ctx, start, end) })
}

// journalLease is the name of the work of forgetting images.
const journalLease = "journals"

// forgetImages drops the days of all journals that nobody can ask for any more.
func (s *Store) forgetImages(ctx context.Context) error {
	var failed error
	for next := uint64(0); ; {
		var id uint64
		var value []byte
		start, end := keyspace.AllJournals(next)
		err := s.db.View(ctx, func(r kv.Reader) error {
			return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: 1}, func(key, v []byte) (bool, error) {
				var image, ok bool
				if id, _, image, ok = keyspace.ParseJournal(key); !ok {
					return false, fmt.Errorf("%w: key %x", ErrCorrupt, key)
				}
				if !image { // Check finds one that does not say whose it is; the others need not wait
					value = append(value[:0], v...)
				}
				return false, nil
			})
		})
		if err != nil || id == 0 {
			return errors.Join(failed, err)
		}
		if value != nil {
			if err := s.forgetDays(ctx, id, value); err != nil {
				failed = errors.Join(failed, err)
			}
		}
		next = id + 1
	}
}

// forgetDays drops what is too old in one journal. A day is kept as long as a moment in it can be asked for, or is read.
func (s *Store) forgetDays(ctx context.Context, id uint64, record []byte) error {
	rec, err := decodeJournal(record)
	if err != nil {
		return err
	}
	d, err := s.Table(ctx, rec.Scope, rec.Table)
	if errors.Is(err, ErrNotFound) || err == nil && (d.Journal == nil || d.Journal.ID != id || d.Journal.From == 0) {
		return nil // a job drops it, or has only opened it
	}
	if err != nil {
		return err
	}
	// Whoever asks for the earliest moment just now has yet to hold it.
	floor := s.restorableFrom(d.Journal, s.present()) - 2*int64(grace)
	if c := d.Journal.Copy; c != nil {
		floor = min(floor, max(c.At, d.Journal.Since))
	}
	var first, end []byte
	some := false
	err = s.db.View(ctx, func(r kv.Reader) error {
		held, err := readHolds(ctx, r)
		if err != nil {
			return err
		}
		for _, p := range held {
			if p.Table.Journal.ID == id {
				floor = min(floor, p.At)
			}
		}
		first, end = keyspace.JournalDays(id, 0, keyspace.Day(floor))
		return r.Scan(ctx, kv.Range{Start: first, End: end, Limit: 1}, func([]byte, []byte) (bool, error) {
			some = true
			return false, nil
		})
	})
	if err != nil || !some {
		return err
	}
	return s.ifLeased(ctx, journalLease, func() error {
		return s.turn(func() error { return s.db.DropRange(ctx, first, end) })
	})
}
