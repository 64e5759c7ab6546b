package table

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// A lease is the right to do a named piece of background work, for a time. It is a record in the store that says whose it is
// and until when, so that of any number of servers over one engine one does the piece; the owner renews it in time, and when
// the owner has crashed, another takes it when the time is over.
//
// A lease saves work; it does not protect anything. An owner that was suspended, or whose clock is wrong, may go on when
// another has begun. So what is done under a lease must come out right when two do it at once, as a deletion on condition
// in a transaction does.
type leases struct {
	owner string

	mu   sync.Mutex
	held map[string]time.Time // by name: until when
}

type leaseRecord struct {
	Owner string `json:"owner"`
	// Until is in nanoseconds since 1970.
	Until int64 `json:"until"`
}

const (
	// leaseTerm is how long a lease lasts, and so, with leaseSkew, how long a piece of work rests after a crash.
	leaseTerm = 7 * time.Second
	// leaseSkew is how far the clocks of servers may be apart. Within it nobody takes another's lease before its time.
	leaseSkew = 2 * time.Second
	// leaseLeft is what is left of a lease at least when it is held.
	leaseLeft = leaseTerm / 2
)

func (l *leases) init(owner string) {
	l.owner = owner
	if owner == "" {
		l.owner = uuid.NewString()
	}
	l.held = make(map[string]time.Time)
}

// known says whether it is known without a look into the store that the lease is held.
func (l *leases) known(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, ok := l.held[name]
	return ok && now.Add(leaseLeft).Before(until) && !now.Add(leaseTerm).Before(until)
}

func (l *leases) set(name string, until time.Time, held bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held {
		l.held[name] = until
	} else {
		delete(l.held, name)
	}
}

// free says whether the owner may take a lease, of which the store says value.
func (l *leases) free(value []byte, now time.Time) (bool, error) {
	if value == nil {
		return true, nil
	}
	var r leaseRecord
	if err := json.Unmarshal(value, &r); err != nil {
		return false, fmt.Errorf("%w: lease: %w", ErrCorrupt, err)
	}
	until := time.Unix(0, r.Until)
	// One that lasts longer than any can is of a clock that was wrong.
	return r.Owner == l.owner || !until.After(now) || until.After(now.Add(leaseTerm+leaseSkew)), nil
}

// lease takes or renews the leases of pieces of work, and says of each whether this store has it for leaseLeft from now at
// least. It writes only when there is less left, or when it can take one, and then all in one transaction.
func (s *Store) lease(ctx context.Context, names ...string) (held []bool, err error) {
	now := s.now()
	held = make([]bool, len(names))
	var keys [][]byte
	var of []int // the names of keys
	for i, name := range names {
		if held[i] = s.leases.known(name, now); !held[i] {
			keys, of = append(keys, keyspace.Lease(name)), append(of, i)
		}
	}
	if len(keys) == 0 {
		return held, nil
	}
	take := make([]bool, len(keys))
	some := false
	look := func(r kv.Reader) error {
		values, err := r.GetMany(ctx, keys)
		if err != nil {
			return err
		}
		some = false
		for i, v := range values {
			if take[i], err = s.leases.free(v, now); err != nil {
				return err
			}
			some = some || take[i]
		}
		return nil
	}
	// Most often they are another's: to see that takes no lock.
	if err := s.db.View(ctx, look); err != nil || !some {
		return held, err
	}
	until := now.Add(leaseTerm)
	record, err := json.Marshal(leaseRecord{s.leases.owner, until.UnixNano()})
	if err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		if err := look(tx); err != nil {
			return err
		}
		for i, key := range keys {
			if !take[i] {
				continue
			}
			if err := tx.Set(key, record); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, taken := range take {
		held[of[i]] = taken
		s.leases.set(names[of[i]], until, taken)
	}
	return held, nil
}

// Lease takes or renews the lease of a piece of work outside of this package, and says whether it is this server's for the next
// seconds. Whoever works on renews it before each step.
func (s *Store) Lease(ctx context.Context, name string) (bool, error) {
	held, err := s.lease(ctx, name)
	if err != nil {
		return false, err
	}
	return held[0], nil
}

// Leases is how many pieces of background work this store does at the moment.
func (s *Store) Leases() (n int) {
	now := s.now()
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	for _, until := range s.leases.held {
		if now.Before(until) {
			n++
		}
	}
	return n
}

// ifLeased does a piece of work, unless another server has its lease.
func (s *Store) ifLeased(ctx context.Context, name string, work func() error) error {
	held, err := s.lease(ctx, name)
	if err != nil || !held[0] {
		return err
	}
	return work()
}

// releasePatience is how long Close tries to give leases back.
const releasePatience = time.Second

// releaseLeases gives all leases back, so that whoever comes next need not wait. It is called when no work is done any more.
func (s *Store) releaseLeases() error {
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), releasePatience)
	defer cancel()
	var keys [][]byte
	for name := range s.leases.held {
		keys = append(keys, keyspace.Lease(name))
	}
	if s.shared != nil {
		keys = append(keys, s.memberKey())
	}
	if len(keys) == 0 {
		return nil
	}
	clear(s.leases.held)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		values, err := tx.GetMany(ctx, keys)
		if err != nil {
			return err
		}
		for i, v := range values {
			var r leaseRecord
			if err := json.Unmarshal(v, &r); err != nil || r.Owner != s.leases.owner {
				continue // another took it when it was over
			}
			if err := tx.Delete(keys[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
