// Package transfer is exports of tables to an object store, and imports of tables from it: the records of what was asked for, and the
// background work that does it.
//
// It works through table and objects, writes files with itemfile, and keeps its records in the store itself: it imports these, keyspace
// and kv. It knows nothing of requests or of who asks. Its main rule: each transfer goes on from its record, in bounded steps, whatever
// happened to the server that began it. A record is written after what it says was done, so that a step may be done again.
package transfer

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

// Errors of Start and of lookups.
var (
	// ErrNotFound: there is no such export or import, or there was one long ago.
	ErrNotFound = errors.New("transfer: not found")
	// ErrConflict: the client token was used for another request.
	ErrConflict = errors.New("transfer: token used for another request")
	// ErrExists: the table of an import exists, or will when another import has begun.
	ErrExists = errors.New("transfer: table exists")
	// ErrLimit: as many transfers are unfinished as an account may have.
	ErrLimit = errors.New("transfer: too many at a time")
)

// Options configure a Service.
type Options struct {
	// Check refuses an item that the table can't have, as PutItem does.
	Check func(d *table.Descriptor, item attribute.Value) error
	// Logger gets what is wrong with items of imports, and what background work has to say; nil drops it.
	Logger *slog.Logger
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Pause is how long a transfer that an error stopped rests; 0 is a second. Each time that it did not get on it doubles.
	Pause time.Duration
}

// Service is the exports and imports of a store. It is safe for concurrent use.
type Service struct {
	db      kv.DB
	tables  *table.Store
	objects *objects.Store
	check   func(d *table.Descriptor, item attribute.Value) error
	log     *slog.Logger
	now     func() time.Time
	pause   time.Duration

	ctx  context.Context
	stop context.CancelFunc
	done sync.WaitGroup
	wake chan struct{}

	mu      sync.Mutex
	running map[string]bool    // by id
	tries   map[string]attempt // by id, of those that failed lately
}

type attempt struct {
	failed int
	next   time.Time
}

// Open opens the transfers and goes on with the unfinished ones. Close it before the tables, the objects and db.
func Open(db kv.DB, tables *table.Store, store *objects.Store, o Options) *Service {
	s := &Service{db: db, tables: tables, objects: store, check: o.Check, log: o.Logger, now: o.Now, pause: cmp.Or(o.Pause, time.Second),
		wake: make(chan struct{}, 1), running: map[string]bool{}, tries: map[string]attempt{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.done.Go(s.loop)
	s.done.Go(s.sweepLoop)
	return s
}

// Close stops the background work and waits for it. It goes on after the next Open.
func (s *Service) Close() {
	s.stop()
	s.done.Wait()
}

const (
	// parallel is how many transfers a server works on at a time, and so how many files it has in memory.
	parallel = 2
	// lookEvery is how often the unfinished transfers are looked for, those of servers that crashed among them: together with the
	// term of a lease, what one of those was doing goes on within ten seconds.
	lookEvery = 2 * time.Second
	// maxTries is how often an error may stop a transfer, as when the object store is out of reach, before it gets on. Then it has failed.
	maxTries = 6
)

// loop does what is to be done, until the service is closed.
func (s *Service) loop() {
	slots := make(chan struct{}, parallel)
	for {
		if err := s.look(slots); err != nil && s.ctx.Err() == nil {
			s.log.Warn("transfer: exports and imports can't be looked up", "error", err)
		}
		select {
		case <-s.wake:
		case <-time.After(lookEvery):
		case <-s.ctx.Done():
			return
		}
	}
}

// look starts unfinished transfers, as many as there are slots for.
func (s *Service) look(slots chan struct{}) error {
	pending, err := s.pending(s.ctx)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if !s.ready(p.id) {
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			return nil
		}
		held, err := s.tables.Lease(s.ctx, leaseName(p.id))
		if err != nil || !held {
			<-slots
			if err != nil {
				return err
			}
			continue
		}
		s.mu.Lock()
		s.running[p.id] = true
		s.mu.Unlock()
		s.done.Go(func() {
			err := p.run(s)
			s.finished(p.id, err)
			<-slots
			s.poke()
		})
	}
	return nil
}

func leaseName(id string) string { return "transfer/" + id }

// errLeaseLost: another server has taken a transfer over.
var errLeaseLost = errors.New("transfer: lease lost")

// renew keeps the lease of a transfer that goes on.
func (s *Service) renew(id string) error {
	held, err := s.tables.Lease(s.ctx, leaseName(id))
	if err == nil && !held {
		err = errLeaseLost
	}
	return err
}

// ready says whether a transfer may be worked on now.
func (s *Service) ready(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.running[id] && !s.tries[id].next.After(time.Now())
}

func (s *Service) finished(id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, id)
	if err == nil {
		delete(s.tries, id)
		return
	}
	if s.ctx.Err() == nil && !errors.Is(err, errLeaseLost) {
		s.log.Warn("transfer: an export or import stopped, will be tried again", "id", id, "error", err)
	}
	a := s.tries[id]
	wait := s.pause << min(a.failed, maxTries)
	a.next = time.Now().Add(wait)
	a.failed++
	time.AfterFunc(wait, s.poke)
	s.tries[id] = a
}

// progressed: whatever stopped a transfer before did not stop it for good.
func (s *Service) progressed(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tries, id)
}

// lastTry says whether a transfer that stops now has stopped often enough.
func (s *Service) lastTry(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[id].failed+1 >= maxTries
}

// poke has the loop look at once.
func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
