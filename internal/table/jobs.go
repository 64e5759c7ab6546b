package table

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// job is background work that must be finished, even by a later process. It is written in the transaction that makes
// it necessary, and removed in the one that finishes it.
type job struct {
	id  uint64
	rec jobRecord
}

type jobRecord struct {
	Format int    `json:"format"`
	Kind   string `json:"kind"`
	Scope  Scope  `json:"scope"`
	Table  string `json:"table"`
	// TableID guards against another table of the same name.
	TableID uint64 `json:"tableId"`
	// Index is the index to fill or to drop.
	Index uint64 `json:"index,omitempty"`
	// Stream is the label of the stream to open.
	Stream string `json:"stream,omitempty"`
	// Cursor is where filling goes on: items with keys before it have their entries.
	Cursor []byte `json:"cursor,omitempty"`
	// Local and Global are the indexes of a dropped table.
	Local  []uint64 `json:"local,omitempty"`
	Global []uint64 `json:"global,omitempty"`
	// Queue is the TTL queue to fill or to drop, or the one of a dropped table.
	Queue uint64 `json:"queue,omitempty"`
	// Journal is the journal to open or to drop, or the one of a dropped table.
	Journal uint64 `json:"journal,omitempty"`
	// Backup is the id of the backup to copy, or of the one that the items of a dropped table are.
	Backup string `json:"backup,omitempty"`
	// Source is the id of the items to restore, or of those of the backup to copy. Hold is what holds their moment; 0 if they
	// are a backup's.
	Source uint64 `json:"source,omitempty"`
	Hold   uint64 `json:"hold,omitempty"`
	// Count is of the items that were copied; Copied: of all.
	Count  Count `json:"count,omitzero"`
	Copied bool  `json:"copied,omitempty"`
}

// jobFormat is the version of the JSON above. 2 has TTL queues, 3 backups.
const jobFormat = 3

const (
	kindDropTable = "drop-table"
	kindDropIndex = "drop-index"
	kindFillIndex = "fill-index"
	kindDropQueue = "drop-queue"
	kindFillQueue = "fill-queue"

	kindOpenStream = "open-stream"

	kindOpenJournal = "open-journal"
	kindDropJournal = "drop-journal"
	kindCopyBackup  = "copy-backup"
	kindDropBackup  = "drop-backup"
	kindRestore     = "restore"
)

// set writes the job.
func (j *job) set(tx kv.Txn) error {
	b, err := json.Marshal(j.rec)
	if err != nil {
		return err
	}
	return tx.Set(keyspace.Job(j.id), b)
}

func decodeJob(key, value []byte) (*job, error) {
	id, ok := keyspace.ParseJob(key)
	if !ok {
		return nil, fmt.Errorf("%w: job key %q", ErrCorrupt, key)
	}
	j := &job{id: id}
	if err := json.Unmarshal(value, &j.rec); err != nil {
		return nil, fmt.Errorf("%w: job %d: %w", ErrCorrupt, id, err)
	}
	if j.rec.Format < 1 || j.rec.Format > jobFormat {
		return nil, fmt.Errorf("%w: job of format %d", ErrFormat, j.rec.Format)
	}
	return j, nil
}

// spaces returns what a job for a dropped table or backup drops.
func (j *job) spaces() []keyspace.Space {
	var spaces []keyspace.Space
	if j.rec.Backup == "" {
		spaces = append(spaces, keyspace.Items(j.rec.TableID))
	}
	for _, id := range j.rec.Local {
		spaces = append(spaces, keyspace.Entries(id, true))
	}
	for _, id := range j.rec.Global {
		spaces = append(spaces, keyspace.Entries(id, false))
	}
	if j.rec.Queue != 0 {
		spaces = append(spaces, keyspace.Queue(j.rec.Queue))
	}
	return spaces
}

func dropTableJob(id uint64, d *Descriptor) *job {
	j := newJob(id, kindDropTable, d, 0)
	for _, x := range d.Indexes {
		if x.Local {
			j.rec.Local = append(j.rec.Local, x.ID)
		} else {
			j.rec.Global = append(j.rec.Global, x.ID)
		}
	}
	if d.TTL != nil {
		j.rec.Queue = d.TTL.ID
	}
	if d.Journal != nil {
		j.rec.Journal = d.Journal.ID
	}
	return j
}

func newJob(id uint64, kind string, d *Descriptor, index uint64) *job {
	return &job{id: id, rec: jobRecord{Format: jobFormat, Kind: kind, Scope: d.Scope, Table: d.Name, TableID: d.ID, Index: index}}
}

// changeJobs writes the jobs that the step from before to next makes necessary, and gives new indexes their IDs.
func changeJobs(ctx context.Context, tx kv.Txn, before, next *Descriptor) ([]*job, error) {
	var jobs []*job
	for _, x := range next.Indexes {
		kind := ""
		if x.ID == 0 {
			id, err := takeIDs(ctx, tx, 1)
			if err != nil {
				return nil, err
			}
			x.ID, x.State, x.Filling = id, IndexCreating, false
			kind = kindFillIndex
		} else if x.State == IndexDeleting {
			if old := before.indexByID(x.ID); old == nil || old.State != IndexDeleting {
				kind = kindDropIndex
			}
		}
		if kind == "" {
			continue
		}
		id, err := takeIDs(ctx, tx, 1)
		if err != nil {
			return nil, err
		}
		j := newJob(id, kind, next, x.ID)
		if err := j.set(tx); err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	for _, make := range []func(context.Context, kv.Txn, *Descriptor, *Descriptor) (*job, error){ttlJob, journalJob} {
		j, err := make(ctx, tx, before, next)
		if err != nil {
			return nil, err
		}
		if j != nil {
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

func (s *Store) loadJobs(ctx context.Context) (jobs []*job, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		jobs, err = readJobs(ctx, r)
		return err
	})
	return jobs, err
}

func readJobs(ctx context.Context, r kv.Reader) (jobs []*job, err error) {
	start, end := keyspace.Jobs()
	err = r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		j, err := decodeJob(key, value)
		jobs = append(jobs, j)
		return err == nil, err
	})
	return jobs, err
}

// readJob returns a job, nil if it is done.
func readJob(ctx context.Context, r kv.Reader, id uint64) (*job, error) {
	key := keyspace.Job(id)
	value, err := r.Get(ctx, key)
	if err != nil || value == nil {
		return nil, err
	}
	return decodeJob(key, value)
}

// queue says which jobs are run one after the other: those of a table. What may take as long as somebody reads or copies a table
// holds up no other job of it.
func (j *job) queue() uint64 {
	if j.rec.Kind == kindCopyBackup || j.rec.Kind == kindDropJournal {
		return j.id
	}
	return j.rec.TableID
}

// runner runs the jobs of each queue in their order, those of different ones side by side.
type runner struct {
	// sought: somebody has called findJobs; seeking: somebody looks. Both are under mu.
	sought, seeking bool

	// turns is held for each step of a job, so that however many jobs there are, only a few work at a time.
	turns chan struct{}

	mu     sync.Mutex
	known  map[uint64]bool   // by job id: queued, running
	queues map[uint64][]*job // by job.queue; one that is here has a goroutine
}

const parallelSteps = 2

func (r *runner) init() {
	r.turns = make(chan struct{}, parallelSteps)
	r.known = make(map[uint64]bool)
	r.queues = make(map[uint64][]*job)
}

// addJobs queues jobs that were just committed.
func (s *Store) addJobs(jobs ...*job) {
	if s.shared != nil && len(jobs) > 0 {
		s.findJobs() // there may be jobs of other servers before them
		return
	}
	for _, j := range jobs {
		s.addJob(j)
	}
}

// findJobs queues the jobs that are in the store, in the background. However often it is called, one looks at a time.
func (s *Store) findJobs() {
	r := &s.jobs
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sought = true
	if !r.seeking {
		r.seeking = true
		s.background(s.seekJobs)
	}
}

// seekJobs looks until it has after the last call of findJobs.
func (s *Store) seekJobs() {
	r := &s.jobs
	for failing := false; ; {
		r.mu.Lock()
		if r.seeking = r.sought; !r.seeking {
			r.mu.Unlock()
			return
		}
		r.sought = false
		r.mu.Unlock()
		jobs, err := s.loadJobs(s.ctx)
		if err == nil {
			failing = false
			for _, j := range jobs {
				s.addJob(j)
			}
			continue
		}
		if !failing && s.ctx.Err() == nil {
			s.log.Warn("table: background work can't be looked for, will be tried again", "error", err)
		}
		failing = true
		if !s.sleep(time.Second) {
			return
		}
		r.mu.Lock()
		r.sought = true
		r.mu.Unlock()
	}
}

// addJob queues a committed job. It does nothing if the job is known.
func (s *Store) addJob(j *job) {
	r := &s.jobs
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[j.id] {
		return
	}
	r.known[j.id] = true
	name := j.queue()
	queue, running := r.queues[name]
	r.queues[name] = append(queue, j)
	if !running {
		s.background(func() { s.runJobs(name) })
	}
}

// next returns the first job of a queue; without one, the queue ends.
func (r *runner) next(queue uint64) *job {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q := r.queues[queue]; len(q) > 0 {
		return q[0]
	}
	delete(r.queues, queue)
	return nil
}

func (r *runner) finished(j *job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queues[j.queue()] = r.queues[j.queue()][1:]
	delete(r.known, j.id)
}

const (
	firstRetry = 10 * time.Millisecond
	lastRetry  = 10 * time.Second
)

func (s *Store) runJobs(queue uint64) {
	wait := firstRetry
	for {
		j := s.jobs.next(queue)
		if j == nil {
			return
		}
		err := s.runJob(j)
		if s.ctx.Err() != nil {
			return
		}
		if err == nil {
			s.jobs.finished(j)
			wait = firstRetry
			continue
		}
		if errors.Is(err, errTaken) {
			if !s.sleep(takenPause) {
				return
			}
			continue
		}
		s.log.Warn("table: background work failed, will be tried again", "kind", j.rec.Kind, "table", j.rec.Table, "error", err)
		if !s.sleep(wait) {
			return
		}
		wait = min(2*wait, lastRetry)
	}
}

// errTaken: another server does the job, or has done it.
var errTaken = errors.New("table: another server's job")

// takenPause is how long a server waits before it looks again at a job that another one does.
const takenPause = time.Second

// take makes sure that a job is there and this server's to do, and reads how far it is. A job that is done is nil.
func (s *Store) take(j *job) (*job, error) {
	if s.shared == nil {
		return j, nil
	}
	var now *job
	err := s.db.View(s.ctx, func(r kv.Reader) (err error) {
		now, err = readJob(s.ctx, r, j.id)
		return err
	})
	if err != nil || now == nil {
		return nil, err
	}
	return now, s.holdJob(j)
}

// holdJob makes sure that a job is this server's to do.
func (s *Store) holdJob(j *job) error {
	if s.shared == nil {
		return nil
	}
	held, err := s.lease(s.ctx, fmt.Sprintf("jobs/%d", j.queue()))
	if err == nil && !held[0] {
		return errTaken
	}
	return err
}

// stillAt makes sure, under the lock of a job, that no other server, which took it for abandoned, has done more of it.
func (s *Store) stillAt(tx kv.Txn, j *job) error {
	if s.shared == nil {
		return nil
	}
	now, err := readJob(s.ctx, tx, j.id)
	if err == nil && (now == nil || !bytes.Equal(now.rec.Cursor, j.rec.Cursor)) {
		return errTaken
	}
	return err
}

// runJob does all of a job. It may be run again from anywhere.
func (s *Store) runJob(j *job) error {
	j, err := s.take(j)
	if err != nil || j == nil {
		return err
	}
	if err := s.awaitWriters(s.ctx, j.rec.TableID); err != nil {
		return err
	}
	switch j.rec.Kind {
	case kindDropTable, kindDropBackup:
		return s.dropTable(j)
	case kindDropIndex:
		return s.dropIndex(j)
	case kindFillIndex:
		return s.fillIndex(j)
	case kindOpenStream:
		return s.openStream(j)
	case kindFillQueue:
		return s.fillQueue(j)
	case kindDropQueue:
		return s.dropQueue(j)
	case kindOpenJournal:
		return s.openJournal(j)
	case kindDropJournal:
		return s.dropJournal(j)
	case kindCopyBackup:
		return s.copyBackup(j)
	case kindRestore:
		return s.restoreTable(j)
	}
	return fmt.Errorf("%w: job of kind %q", ErrCorrupt, j.rec.Kind)
}

// awaitWriters waits for the last write by a version of the table before the current one.
func (s *Store) awaitWriters(ctx context.Context, table uint64) error {
	for _, l := range s.cache.retiredOf(table) {
		select {
		case <-l.drained:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.awaitOthers(ctx)
}

// step does f, a step of j, when it is its turn.
func (s *Store) step(j *job, f func() error) error {
	return s.turn(func() error {
		if err := s.holdJob(j); err != nil {
			return err
		}
		return f()
	})
}

// turn does f, a piece of background work, when it is its turn.
func (s *Store) turn(f func() error) error {
	select {
	case s.jobs.turns <- struct{}{}:
		defer func() { <-s.jobs.turns }()
		return f()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s *Store) dropSpace(j *job, space keyspace.Space) error {
	start, end := space.Range()
	return s.step(j, func() error { return s.db.DropRange(s.ctx, start, end) })
}

func (s *Store) dropTable(j *job) error {
	if j.rec.Journal != 0 {
		if err := s.awaitReleased(j.rec.TableID, j.rec.Journal); err != nil {
			return err
		}
		if err := s.dropImages(j, j.rec.Journal); err != nil {
			return err
		}
	}
	for _, space := range j.spaces() {
		if err := s.dropSpace(j, space); err != nil {
			return err
		}
	}
	if j.rec.Backup != "" {
		return s.keepItems(j)
	}
	return s.endJob(j)
}

func (s *Store) endJob(j *job) error {
	key := keyspace.Job(j.id)
	return s.step(j, func() error {
		return s.db.Update(s.ctx, func(tx kv.Txn) error {
			if err := tx.Lock(s.ctx, key); err != nil {
				return err
			}
			return tx.Delete(key)
		})
	})
}

// jobTable returns the table of a job; nil if there is no such table any more, and so nothing to do: the job of a dropped
// table drops all that it had.
func (s *Store) jobTable(j *job) (*Descriptor, error) {
	d, err := s.Table(s.ctx, j.rec.Scope, j.rec.Table)
	if errors.Is(err, ErrNotFound) || err == nil && d.ID != j.rec.TableID {
		return nil, nil
	}
	return d, err
}

func (s *Store) dropIndex(j *job) error {
	d, err := s.jobTable(j)
	if err != nil {
		return err
	}
	var x *Index
	if d != nil {
		x = d.indexByID(j.rec.Index)
	}
	if x == nil {
		return s.endJob(j)
	}
	if err := s.dropSpace(j, keyspace.Entries(x.ID, x.Local)); err != nil {
		return err
	}
	return s.endJobWith(j, func(d *Descriptor) {
		d.Indexes = slices.DeleteFunc(d.Indexes, func(x *Index) bool { return x.ID == j.rec.Index })
		d.Definitions = slices.DeleteFunc(d.Definitions, func(a KeyAttribute) bool { return !d.uses(a.Name) })
	})
}

// errGone: the table of a job vanished.
var errGone = errors.New("table: table of a job is gone")

// changeOf makes a change of the job's table.
func (s *Store) changeOf(j *job, do func(tx kv.Txn, d *Descriptor) error) error {
	_, err := s.change(s.ctx, j.rec.Scope, j.rec.Table, func(tx kv.Txn, d *Descriptor) error {
		if d.ID != j.rec.TableID {
			return errGone
		}
		return do(tx, d)
	})
	return err
}

// endJobWith makes the last change of the table and removes the job in one transaction.
func (s *Store) endJobWith(j *job, do func(d *Descriptor)) error {
	err := s.changeOf(j, func(tx kv.Txn, d *Descriptor) error {
		do(d)
		return tx.Delete(keyspace.Job(j.id))
	})
	if errors.Is(err, errGone) || errors.Is(err, ErrNotFound) {
		return s.endJob(j)
	}
	return err
}
