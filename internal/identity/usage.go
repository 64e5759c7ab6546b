package identity

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// When and for what access keys, users, roles and the root user were last used. A request only notes it in memory; the
// notes are written to the engine every minute and on Close, so that a crash loses the last minute of them. Several
// servers over one engine do not disturb each other: the later use stays. Nothing here is for deciding anything, so
// writing it does not make servers forget what they have cached.

const (
	// usePrecision is how often at most the use of one key for one service is noted.
	usePrecision = time.Second
	useFlush     = time.Minute
	// useBatch is how many records one transaction writes.
	useBatch = 100
	// useFarewell is how long Close tries to write.
	useFarewell = 10 * time.Second
	// usePeriod is how long AWS tracks the use of services and roles ("Refine permissions using last accessed information").
	usePeriod = 400 * 24 * time.Hour
)

// lastUse is when and from which region something was last used.
type lastUse struct {
	At     time.Time
	Region string
}

// usageRecord is the use of an access key, a user, a role or a root user.
type usageRecord struct {
	// Services are by namespace.
	Services map[string]lastUse
	// Actions are those of an entity that are tracked, as iam:CreateUser.
	Actions map[string]lastUse `json:",omitempty"`
}

// useKey is the key of the record of an access key or an entity by its id; that of the root user is the account's.
func useKey(account, id string) []byte { return keyspace.Identity("use", account, id) }

// usedKey is the record of what a use belongs to, nil if there is no such thing.
func usedKey(account, id string) []byte {
	switch {
	case id == account:
		return accountKey(account)
	case strings.HasPrefix(id, longTerm):
		return accessKeyKey(id)
	case strings.HasPrefix(id, "AIDA"):
		return entityKey(account, userKind, id)
	case strings.HasPrefix(id, "AROA"):
		return entityKey(account, roleKind, id)
	}
	return nil
}

// merge takes over what is later in other, and says whether anything was.
func (r *usageRecord) merge(other *usageRecord) (changed bool) {
	later := func(into *map[string]lastUse, from map[string]lastUse) {
		for name, use := range from {
			if old, ok := (*into)[name]; ok && !use.At.After(old.At) {
				continue
			}
			if *into == nil {
				*into = map[string]lastUse{}
			}
			(*into)[name], changed = use, true
		}
	}
	later(&r.Services, other.Services)
	later(&r.Actions, other.Actions)
	return changed
}

// last is the last use, and for which service; its time is zero if there is none.
func (r *usageRecord) last() (namespace string, last lastUse) {
	for _, s := range services {
		if use := r.Services[s.namespace]; use.At.After(last.At) {
			namespace, last = s.namespace, use
		}
	}
	return namespace, last
}

// useID names a record.
type useID struct{ account, id string }

// usages are the notes that are not in the engine yet.
type usages struct {
	mu      sync.Mutex
	pending map[useID]*usageRecord
	// writing are those that are being written. They do not change.
	writing map[useID]*usageRecord

	flushing sync.Mutex // held by who writes
	stop     context.CancelFunc
	stopped  sync.WaitGroup
}

// noter notes the uses of one principal with one access key. Principals that are copies of each other share it.
type noter struct {
	to *usages
	// key and entity are what is used; one that is "" is not noted.
	account, key, entity string
	// at is when each service was last noted, in nanoseconds since 1970.
	at [numServices]atomic.Int64
}

// attach makes the uses of a principal count for it and for the access key that it signs with. That of a role session
// is the role's; temporary access keys have no record of their own.
func (u *usages) attach(accessKeyID string, p *Principal) {
	n := &noter{to: u, account: p.Account}
	if strings.HasPrefix(accessKeyID, longTerm) {
		n.key = strings.Clone(accessKeyID) // it may be a part of something large
	}
	switch p.Type {
	case policy.Root:
		n.entity = p.Account
	case policy.User:
		n.entity = p.ID
	case policy.RoleSession, policy.FederatedUser:
		n.entity = p.EntityID
	}
	p.uses = n
}

// Use notes that the principal has sent a request, whether it may or not. It costs next to nothing for all requests for
// one service but the first in a second.
func (p *Principal) Use(a Activity, region string, now time.Time) {
	n := p.uses
	if n == nil || a.service == 0 {
		return
	}
	if a.action == "" {
		noted := &n.at[a.service-1]
		ns, last := now.UnixNano(), noted.Load()
		if ns-last < int64(usePrecision) || !noted.CompareAndSwap(last, ns) {
			return
		}
	}
	n.note(a, region, now.UTC())
}

func (n *noter) note(a Activity, region string, now time.Time) {
	namespace := services[a.service-1].namespace
	n.to.mu.Lock()
	defer n.to.mu.Unlock()
	if n.key != "" {
		n.to.record(n.account, n.key).note(&region, now, namespace, "")
	}
	if n.entity != "" {
		n.to.record(n.account, n.entity).note(&region, now, namespace, a.action)
	}
}

// record is the note of something. It is called with the lock held.
func (u *usages) record(account, id string) *usageRecord {
	r := u.pending[useID{account, id}]
	if r == nil {
		if u.pending == nil {
			u.pending = map[useID]*usageRecord{}
		}
		r = &usageRecord{Services: map[string]lastUse{}}
		u.pending[useID{account, id}] = r
	}
	return r
}

// note notes a use. The region is a part of the request, which is not to be kept.
func (r *usageRecord) note(region *string, now time.Time, namespace, action string) {
	old := r.Services[namespace]
	if old.Region == *region {
		*region = old.Region
	} else {
		*region = strings.Clone(*region)
	}
	if now.After(old.At) {
		r.Services[namespace] = lastUse{now, *region}
	}
	if action == "" {
		return
	}
	if r.Actions == nil {
		r.Actions = map[string]lastUse{}
	}
	if now.After(r.Actions[action].At) {
		r.Actions[action] = lastUse{now, *region}
	}
}

// addTo adds the notes about something to what the engine says.
func (u *usages) addTo(r *usageRecord, account, id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, notes := range []map[useID]*usageRecord{u.writing, u.pending} {
		if more := notes[useID{account, id}]; more != nil {
			r.merge(more)
		}
	}
}

// usage reads the use of an access key or an entity.
func (v *view) usage(id string) (*usageRecord, error) {
	r, _, err := get[usageRecord](v.ctx, v.r, useKey(v.account, id))
	if err == nil {
		v.s.uses.addTo(&r, v.account, id)
	}
	return &r, err
}

// tracked is a use, if it is not too long ago to be reported.
func (v *view) tracked(use lastUse) (at *time.Time, region *string) {
	if use.At.IsZero() || v.s.now().Sub(use.At) > usePeriod {
		return nil, nil
	}
	t := whole(use.At)
	return &t, &use.Region
}

// Start begins to write notes of use, and to remove what is over, every minute, until Close.
func (s *Store) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.uses.stop = stop
	s.uses.stopped.Go(func() {
		tick := time.NewTicker(useFlush)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := s.flush(ctx); err != nil && ctx.Err() == nil {
					s.log.Warn("identity: the last use of access keys is not written yet", "error", err)
				}
				if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
					s.log.Warn("identity: what is over of the console is not removed yet", "error", err)
				}
			}
		}
	})
}

// Close writes the notes of use that are left. It does not close the kv.DB, which has to be open.
func (s *Store) Close() error {
	if s.uses.stop != nil {
		s.uses.stop()
		s.uses.stopped.Wait()
	}
	ctx, cancel := context.WithTimeout(context.Background(), useFarewell)
	defer cancel()
	return s.flush(ctx)
}

// flush writes the notes. What can't be written is kept for the next time.
func (s *Store) flush(ctx context.Context) error {
	u := &s.uses
	u.flushing.Lock()
	defer u.flushing.Unlock()
	u.mu.Lock()
	u.writing, u.pending = u.pending, nil
	u.mu.Unlock()
	ids := slices.SortedFunc(maps.Keys(u.writing), func(a, b useID) int {
		return strings.Compare(a.account+a.id, b.account+b.id)
	})
	var err error
	for batch := range slices.Chunk(ids, useBatch) {
		if err = s.writeUses(ctx, batch); err != nil {
			break // what the batches before have written does no harm twice
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil {
		for id, r := range u.writing {
			u.record(id.account, id.id).merge(r)
		}
	}
	u.writing = nil
	return err
}

// writeUses merges notes into the engine, of what is still there. It is no change: see Store.change.
func (s *Store) writeUses(ctx context.Context, ids []useID) error {
	keys := make([][]byte, len(ids))
	for i, id := range ids {
		keys[i] = useKey(id.account, id.id)
	}
	return s.db.Update(ctx, func(tx kv.Txn) error {
		// Who deletes something deletes its record of use too, so that the lock on that keeps what is read here true.
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		for i, id := range ids {
			used := usedKey(id.account, id.id)
			if used == nil {
				continue
			}
			if there, err := tx.Get(ctx, used); err != nil {
				return err
			} else if there == nil {
				continue
			}
			r, _, err := get[usageRecord](ctx, tx, keys[i])
			if err != nil {
				return err
			}
			if r.merge(s.uses.writing[id]) {
				if err := put(tx, keys[i], r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// forget deletes the record of use of something that is deleted.
func (e *edit) forget(id string) error { return e.tx.Delete(useKey(e.account, id)) }

// use checks the record of use of an id.
func (c *checker) use(id string) error {
	c.decode(new(usageRecord))
	used := usedKey(c.account, id)
	if used == nil {
		c.problem("nothing has the id %s", id)
		return nil
	}
	return c.there("what it is the use of", used, "")
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
