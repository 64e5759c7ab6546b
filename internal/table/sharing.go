package table

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// sharing is what a store needs in order not to be the only one over its engine.
//
// Every change of the catalogue also sets the stamp. A store looks at the stamp several times a second, and reads its published
// definitions again when it is another; it uses none that it has not made sure of for maxStale. Each attempt of a write
// asks whether it had when it began, by the engine's clock, and the engine lets no attempt last longer than [kv.MaxTxnAge]. So, when both times
// are over after a change, nobody's write goes by a definition from before it, whatever became of the server in between.
//
// That wait is needed only if there are other stores. Each is a member: it has a record among the leases before it reads the first
// definition. Whoever changed the catalogue looks for members afterwards; one that joined too late to be seen reads the changed
// definitions. A record that has not been renewed for long is removed by any other store, by its own measure of time. It may be of
// one that was suspended: as soon as that looks, it finds its record gone, forgets all that it knows and joins again.
type sharing struct {
	started time.Time
	// checked is when the last look that succeeded began, after started, and seen when that was by the engine's clock, in nanoseconds
	// since 1970.
	checked, seen atomic.Int64
	// looking is the one look at a time.
	looking chan struct{}

	// The rest is of whoever looks.
	stamp   []byte
	joined  bool
	renewed time.Duration // after started
	members map[string]seen
}

// memberRecord is that of a member, with the format that it knows.
type memberRecord struct {
	leaseRecord
	Knows string `json:"knows"`
}

// seen is a record of another member.
type seen struct {
	record string
	since  time.Duration // when it was first seen like this, after started
}

const (
	// maxStale is how long a definition is used without asking whether it is the current one.
	maxStale = time.Second
	// lookEvery leaves time for a second try before anything is stale.
	lookEvery = maxStale / 3
	// clockSlack is for clocks that go at different rates, while those waits go on.
	clockSlack = 500 * time.Millisecond

	// lookPatience is how long the engine may take for one question of a look. A connection that was cut gives no answer, and
	// whoever waited for it would keep everybody else from looking; the next try is made over another one.
	lookPatience = 3 * time.Second
	// freshPatience is how long a request has looks tried.
	freshPatience = 30 * time.Second

	memberRenewal = 3 * time.Second
	// memberTerm is how long a record stands unrenewed.
	memberTerm = 30 * time.Second

	memberPrefix = "store/"
	stampSize    = 16
	refreshBatch = 256
)

func newSharing() *sharing {
	s := &sharing{started: time.Now(), looking: make(chan struct{}, 1), members: make(map[string]seen)}
	s.checked.Store(int64(-maxStale))
	return s
}

// isFresh says whether the published definitions may be used.
func (s *sharing) isFresh() bool {
	return time.Since(s.started)-time.Duration(s.checked.Load()) < maxStale
}

// CatalogueAge is how long ago it was made sure that what is known of tables is what the engine has. Without other stores it is always 0.
func (s *Store) CatalogueAge() time.Duration {
	if s.shared == nil {
		return 0
	}
	return time.Since(s.shared.started) - time.Duration(s.shared.checked.Load())
}

// goesBy returns ErrStale unless an attempt of a write, which is asked when it has its locks, may go by d. The engine's clock
// decides: this process's may have stood still, with the whole machine, since the last look.
func (s *Store) goesBy(ctx context.Context, tx kv.Txn, d *Descriptor) error {
	if s.shared == nil {
		return nil
	}
	began, err := tx.Time(ctx)
	if err != nil {
		return err
	}
	// In this order: who is not retired now was the current one at that look.
	if began.Sub(time.Unix(0, s.shared.seen.Load())) >= maxStale {
		s.shared.checked.Store(int64(time.Since(s.shared.started) - maxStale))
	}
	if d.live.isRetired() || !s.shared.isFresh() {
		return ErrStale
	}
	return nil
}

// fresh makes sure that the published definitions may be used.
func (s *Store) fresh(ctx context.Context) error {
	if s.shared == nil || s.shared.isFresh() {
		return nil
	}
	for begun := time.Now(); ; {
		err := s.exclusively(ctx, func() error {
			if s.shared.isFresh() { // by the look that was waited for
				return nil
			}
			return s.look(ctx)
		})
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || time.Since(begun) > freshPatience {
			return err
		}
	}
}

// glance is a View that a look makes.
func (s *Store) glance(ctx context.Context, fn func(ctx context.Context, r kv.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	return s.db.View(ctx, func(r kv.Reader) error { return fn(ctx, r) })
}

// exclusively does f as the one who looks.
func (s *Store) exclusively(ctx context.Context, f func() error) error {
	select {
	case s.shared.looking <- struct{}{}:
		defer func() { <-s.shared.looking }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lookLoop keeps definitions fresh, so that requests seldom wait for it, and finds the work of stores that are gone.
func (s *Store) lookLoop() {
	lost := false
	for n := 0; s.sleep(lookEvery); n++ {
		err := s.exclusively(s.ctx, func() error {
			if err := s.look(s.ctx); err != nil || n%3 != 0 {
				return err
			}
			return s.lookForWork()
		})
		if errors.Is(err, ErrFormat) {
			s.log.Error("table: other servers have gone on to another format", "error", err)
			s.outdated(err)
			return
		}
		if failed := err != nil && s.ctx.Err() == nil; failed != lost {
			lost = failed
			if failed {
				s.log.Warn("table: the catalogue can't be read", "error", err)
			} else {
				s.log.Info("table: the catalogue can be read again")
			}
		}
	}
}

// look makes sure that what is published is what is in the store, and of the membership. Only one looks at a time.
func (s *Store) look(ctx context.Context) error {
	sh := s.shared
	began := time.Since(sh.started)
	var stamp []byte
	var at time.Time
	for {
		if !sh.joined {
			if err := s.join(ctx); err != nil {
				return err
			}
			s.cache.forget()
		}
		err := s.glance(ctx, func(ctx context.Context, r kv.Reader) error {
			var err error
			if at, err = r.Time(ctx); err != nil {
				return err
			}
			values, err := r.GetMany(ctx, [][]byte{keyspace.Stamp(), s.memberKey(), keyspace.Format()})
			if err != nil {
				return err
			}
			if err := knownFormat(values[2]); err != nil {
				return err
			}
			stamp, sh.joined = bytes.Clone(values[0]), values[1] != nil
			return nil
		})
		if err != nil {
			return err
		}
		if sh.joined {
			break
		}
		s.log.Warn("table: other servers took this one for gone: it was suspended, or cut off from the engine")
	}
	if !bytes.Equal(stamp, sh.stamp) {
		s.cache.elsewhere()
		if err := s.refresh(ctx); err != nil {
			return err
		}
		sh.stamp = stamp
	}
	sh.seen.Store(at.UnixNano())
	sh.checked.Store(int64(began))
	return nil
}

// refresh reads the published definitions again.
func (s *Store) refresh(ctx context.Context) error {
	for all := s.cache.all(); len(all) > 0; {
		page := all[:min(len(all), refreshBatch)]
		keys := make([][]byte, len(page))
		for i, d := range page {
			keys[i] = keyspace.Table(d.Scope.Account, d.Scope.Region, d.Name)
		}
		epoch := s.cache.now()
		again := false
		err := s.glance(ctx, func(ctx context.Context, r kv.Reader) error {
			values, err := r.GetMany(ctx, keys)
			if err != nil {
				return err
			}
			for i, value := range values {
				if value == nil {
					again = !s.cache.missing(page[i], epoch) || again
					continue
				}
				d, err := decodeDescriptor(value)
				if err != nil { // as of a newer server: whoever asks for the table is told, and all others go on
					again = !s.cache.missing(page[i], epoch) || again
					continue
				}
				again = s.cache.loaded(d, epoch) == nil || again
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !again {
			all = all[len(page):]
		}
	}
	return nil
}

// lockCatalogue locks a table's definition and whatever else a change of it locks, what is needed to give ids, and the stamp,
// and sets it. Changes of definitions are rare.
func (s *Store) lockCatalogue(ctx context.Context, tx kv.Txn, keys ...[]byte) error {
	keys = append(keys, keyspace.Counter())
	if s.shared == nil {
		return tx.Lock(ctx, keys...)
	}
	if err := tx.Lock(ctx, append(keys, keyspace.Stamp())...); err != nil {
		return err
	}
	stamp := make([]byte, stampSize)
	rand.Read(stamp)
	return tx.Set(keyspace.Stamp(), stamp)
}

// awaitOthers waits until no other store's write goes by a definition from before the call.
func (s *Store) awaitOthers(ctx context.Context) error {
	if s.shared == nil {
		return nil
	}
	others := false
	err := eachMember(ctx, s.db, func(owner string, _ []byte) { others = others || owner != s.leases.owner })
	if err != nil || !others {
		return err
	}
	timer := time.NewTimer(maxStale + kv.MaxTxnAge + clockSlack)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) memberKey() []byte { return keyspace.Lease(memberPrefix + s.leases.owner) }

// eachMember calls fn with the records of all stores over db.
func eachMember(ctx context.Context, db kv.DB, fn func(owner string, record []byte)) error {
	start, end := keyspace.LeasesOf(memberPrefix)
	return db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			fn(strings.TrimPrefix(string(key), string(start)), value)
			return true, nil
		})
	})
}

// join makes this store's record, or renews it, if it still is one.
func (s *Store) join(ctx context.Context) error {
	record, err := json.Marshal(memberRecord{leaseRecord{s.leases.owner, s.now().Add(memberTerm).UnixNano()}, Format})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	began := time.Since(s.shared.started)
	there := false
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, s.memberKey()); err != nil {
			return err
		}
		before, err := tx.Get(ctx, s.memberKey())
		if err != nil {
			return err
		}
		if there = before != nil; s.shared.joined && !there {
			return nil
		}
		return tx.Set(s.memberKey(), record)
	})
	if err == nil {
		s.shared.joined = there || !s.shared.joined
		s.shared.renewed = began
	}
	return err
}

// lookForWork renews the membership, removes the records of stores that are gone, and queues the jobs that they have left.
func (s *Store) lookForWork() error {
	s.findJobs()
	sh := s.shared
	now := time.Since(sh.started)
	if sh.joined && now-sh.renewed >= memberRenewal {
		if err := s.join(s.ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(s.ctx, lookPatience)
	defer cancel()
	found := make(map[string]seen)
	err := eachMember(ctx, s.db, func(owner string, record []byte) {
		m, known := sh.members[owner]
		if !known || m.record != string(record) {
			m = seen{string(record), now}
		}
		found[owner] = m
	})
	if err != nil {
		return err
	}
	sh.members = found
	for owner, m := range found {
		if owner == s.leases.owner || now-m.since < memberTerm {
			continue
		}
		if err := s.bury(ctx, owner, m.record); err != nil {
			return err
		}
	}
	return nil
}

// bury removes the record of a member that did not renew it.
func (s *Store) bury(ctx context.Context, owner, record string) error {
	key := keyspace.Lease(memberPrefix + owner)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		now, err := tx.Get(ctx, key)
		if err != nil || string(now) != record {
			return err
		}
		s.log.Info("table: a server is gone", "name", owner)
		return tx.Delete(key)
	})
}

// Serving is how many Shared stores use db. If there are records of any, it watches for longer than the records stay
// unrenewed and an attempt of a write takes: whoever is not counted has crashed, and nothing of it is to come.
func Serving(ctx context.Context, db kv.DB) (stores int, err error) {
	before := make(map[string]string)
	err = eachMember(ctx, db, func(owner string, record []byte) { before[owner] = string(record) })
	if err != nil || len(before) == 0 {
		return 0, err
	}
	timer := time.NewTimer(memberRenewal + kv.MaxTxnAge)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	err = eachMember(ctx, db, func(owner string, record []byte) {
		if before[owner] != string(record) {
			stores++
		}
	})
	return stores, err
}
