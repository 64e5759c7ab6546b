// Package table is the data model on kv: tables, their items, and the indexes that follow every change of an item
// in the same transaction.
//
// It imports keyspace, attribute and kv, and knows nothing of expressions or requests: a change is given as a
// function from the old item to the new one. Its main rule: a change locks the keys of its items before it reads
// them, and whatever follows from it (index entries, the idempotency token) is in the same transaction, so that every
// snapshot is consistent. No key is locked or written by every request.
package table

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// Options configure a Store.
type Options struct {
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// Logger gets what background work has to say; nil drops it.
	Logger *slog.Logger
	// ShardLife is how long a shard of a stream is open; 0 is four hours.
	ShardLife time.Duration
	// Lanes is how many shards of a new stream are open at a time; 0 is one to four, as the throughput of the table asks for.
	Lanes int
	// ExpireEvery is how often expired items are looked for; 0 is every second.
	ExpireEvery time.Duration
	// Expired is told how many items of a table were deleted because their time was over; nil if nobody is.
	Expired func(d *Descriptor, items int)
	// Owner is what this server's leases say whose they are; "" is a name that nobody else has. Whoever comes back under its
	// name goes on with its leases. Two servers over one engine never have the same.
	Owner string
	// Outdated is told, once, that the store got a format that this version does not know: nothing is to be written any more. Nil if
	// nobody is. Only a Shared one finds out.
	Outdated func(error)
	// Shared: there may be other stores over the same engine, in this process or in others. All of them must say so.
	Shared bool
}

// Store is the tables of one kv.DB. It is safe for concurrent use.
type Store struct {
	db  kv.DB
	now func() time.Time
	log *slog.Logger

	expired   func(*Descriptor, int)
	outdated  func(error)
	shardLife time.Duration
	lanes     int

	counts counts
	cache  cache
	jobs   runner
	leases leases
	shared *sharing // nil if there is no other store
	ticks  ticks
	// lastBackup is the time in the id of the last backup, in milliseconds since 1970.
	lastBackup atomic.Int64
	pools      pools

	// ctx ends when background work has to.
	ctx     context.Context
	stop    context.CancelFunc
	closing sync.Mutex // held to start background work, and to forbid it
	stopped sync.WaitGroup
	// counting is the one recount at a time.
	counting chan struct{}
}

// Open opens the tables of db, which is empty or was opened before, and starts the background work, also what an
// earlier process left unfinished. It returns ErrFormat if db holds something else. There must be only one open
// Store for a db, in all processes, unless all of them are Shared.
func Open(ctx context.Context, db kv.DB, opts Options) (*Store, error) {
	s := &Store{db: db, now: opts.Now, log: opts.Logger, counting: make(chan struct{}, 1),
		expired: opts.Expired, outdated: opts.Outdated,
		shardLife: cmp.Or(opts.ShardLife, defaultShardLife), lanes: opts.Lanes}
	if s.now == nil {
		s.now = time.Now
	}
	if s.expired == nil {
		s.expired = func(*Descriptor, int) {}
	}
	if s.outdated == nil {
		s.outdated = func(error) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.cache.init()
	s.leases.init(opts.Owner)
	s.pools.init(s)
	if err := s.checkFormat(ctx); err != nil {
		return nil, err
	}
	if opts.Shared {
		s.shared = newSharing()
		if err := s.look(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.loadMark(ctx); err != nil {
		return nil, err
	}
	jobs, err := s.loadJobs(ctx)
	if err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.jobs.init()
	for _, j := range jobs {
		s.addJob(j)
	}
	s.background(s.expireLoop)
	s.background(s.tendLoop)
	if s.shared != nil {
		s.background(s.lookLoop)
	}
	s.background(s.forgetLoop)
	s.background(func() { s.expireItemsLoop(cmp.Or(opts.ExpireEvery, expireItemsEvery)) })
	return s, nil
}

// Close stops the background work and waits for it. What is unfinished goes on after the next Open. It does
// not close the kv.DB.
func (s *Store) Close() error {
	s.closing.Lock()
	s.stop()
	s.closing.Unlock()
	s.stopped.Wait()
	if err := s.releaseLeases(); err != nil { // they run out
		s.log.Warn("table: leases not given back", "error", err)
	}
	if err := s.saveMark(); err != nil { // then times go on from a later one
		s.log.Warn("table: mark of the times of journals not moved back", "error", err)
	}
	return nil
}

// background starts f, unless the store is closed; f returns soon after s.ctx ends.
func (s *Store) background(f func()) {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.ctx.Err() == nil {
		s.stopped.Go(f)
	}
}

// sleep waits, and says whether background work goes on.
func (s *Store) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
