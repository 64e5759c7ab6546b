package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

const (
	// defaultSync and minSync are minutes between two syncs.
	defaultSync = 60
	minSync     = 1
	// every is how often it is looked whether there is something to do.
	every = 10 * time.Second
	// sweepEvery is how often what is over is removed.
	sweepEvery = time.Minute
	// maxEntries bounds the people, and the groups, of a directory.
	maxEntries = 200_000
	// syncedAtOnce is how many users are changed in one transaction.
	syncedAtOnce = 50
	// leaseName is the piece of work of which one server does all.
	leaseName = "sources"
)

// errLost is for a server that has lost the lease: another goes on.
var errLost = errors.New("another server does it")

// Start begins what is done in the background: syncs, metadata, and what is over.
func (s *Service) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.work.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := s.tend(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errLost) {
				s.Logger.Error("sources: work in the background failed", "error", err)
			}
		}
	})
}

// held renews the lease.
func (s *Service) held(ctx context.Context) error {
	held, err := s.Leased(ctx, leaseName)
	if err == nil && !held {
		err = errLost
	}
	return err
}

// tend does what is due. One goroutine calls it.
func (s *Service) tend(ctx context.Context) error {
	c, err := s.inUse(ctx)
	if err != nil {
		return err
	}
	if err := s.held(ctx); err != nil {
		return err
	}
	if c != nil && c.Type == LDAP && c.syncIsDue(s.Now()) {
		err = s.syncOnce(ctx, c)
	}
	if c != nil && c.Type == SAML && c.SAML.URL != "" && s.Now().Sub(c.SAML.Refreshed) >= refreshAfter {
		err = errors.Join(err, s.refresh(ctx, c))
	}
	if now := s.Now(); now.Sub(s.swept).Abs() >= sweepEvery {
		s.swept = now
		err = errors.Join(err, s.sweep(ctx))
	}
	return err
}

func (c *configuration) syncIsDue(now time.Time) bool {
	last := c.Synced
	return last == nil || last.At.Before(c.Updated) || now.Sub(last.At) >= time.Duration(c.LDAP.SyncMinutes)*time.Minute
}

// syncOnce makes the users and groups here what they are in the LDAP directory, and notes how that went.
func (s *Service) syncOnce(ctx context.Context, c *configuration) error {
	result := &syncResult{At: s.Now().UTC()}
	err := s.sync(ctx, c, result)
	if errors.Is(err, errLost) || ctx.Err() != nil {
		return err
	}
	if err != nil {
		result.Error = err.Error()
	}
	return errors.Join(err, s.edit(ctx, c.ID, func(c *configuration) error {
		c.Synced = result
		return nil
	}))
}

func (s *Service) sync(ctx context.Context, c *configuration, result *syncResult) error {
	had, err := s.had(ctx, c)
	if err != nil {
		return err
	}
	var users []*ldap.Entry
	var in *memberships
	err = s.withLDAP(ctx, c, func(conn *ldap.Conn) (err error) {
		if users, err = c.search(conn, c.LDAP.UserBase, c.LDAP.UserFilter, c.wanted(), maxEntries); err != nil {
			return err
		}
		in, err = c.readMemberships(conn, users)
		return err
	})
	if err != nil {
		return err
	}
	result.Users, result.Groups = int32(len(users)), int32(len(in.groups))
	there := make(map[string]bool, len(users))
	for some := range slices.Chunk(users, syncedAtOnce) {
		if err := s.held(ctx); err != nil {
			return err
		}
		var people []*person
		for _, e := range some {
			p, err := c.person(e)
			if err != nil {
				result.Wrong++
				s.Logger.Warn("sources: an entry is left out", "error", err)
				continue
			}
			p.Groups = in.of(c, e)
			there[p.Subject] = true
			people = append(people, p)
		}
		if err := s.syncSome(ctx, c, people, result); err != nil {
			return err
		}
	}
	if err := s.disableOthers(ctx, c, had.users, there, result); err != nil {
		return err
	}
	return s.removeOthers(ctx, c, had.groups, in, result)
}

// had is what was here of a source before it was read: whoever comes while a sync goes on is not in what was read, and not gone for that.
type had struct {
	// users came from the source, and groups were made by it and are mapped to by nobody.
	users, groups []known
}

// known is a user or a group, at a time.
type known struct {
	id, external string
	disabled     bool
	updated      time.Time
}

func (s *Service) had(ctx context.Context, c *configuration) (all had, err error) {
	mapped := make(map[string]bool, len(c.Groups))
	for _, name := range c.Groups {
		mapped[strings.ToLower(name)] = true
	}
	by := (&matching{c: c}).by()
	err = s.Directory.View(ctx, func(r kv.Reader) error {
		all = had{}
		err := s.Directory.EachUser(ctx, r, "", func(u *directory.User) (bool, error) {
			for _, x := range u.ExternalIDs {
				if x.Issuer == c.issuer() {
					all.users = append(all.users, known{u.ID, x.ID, u.Disabled, u.Updated})
				}
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		return s.Directory.EachGroup(ctx, r, "", func(g *directory.Group) (bool, error) {
			if g.CreatedBy == by && !mapped[strings.ToLower(g.DisplayName)] && len(g.ExternalIDs) == 1 && g.ExternalIDs[0].Issuer == c.issuer() {
				all.groups = append(all.groups, known{id: g.ID, external: g.ExternalIDs[0].ID, updated: g.Updated})
			}
			return true, nil
		})
	})
	return all, err
}

// errStale ends a sync with settings that somebody has changed since.
var errStale = errors.New("the configuration was changed during the sync")

// stays keeps a configuration as it is until the transaction ends. The error is errStale if it is not any more what it was, or not in use.
func (c *configuration) stays(ctx context.Context, tx kv.Txn) error {
	if err := tx.Lock(ctx, configurationKey(c.ID)); err != nil {
		return err
	}
	now, err := get[configuration](ctx, tx, configurationKey(c.ID))
	if err == nil && (now == nil || !now.Enabled || !now.Updated.Equal(c.Updated)) {
		err = errStale
	}
	return err
}

// few are so many groups that most of them can be gone at once.
const few = 5

// removeOthers deletes the groups that the source has made, and that are not there any more: nobody is in them, and another group of the
// same name could not take their place. Those that an administrator has made, or mapped, stay. What a group may do here goes with it for
// good, so that a setting that is wrong must not look like groups that are gone.
func (s *Service) removeOthers(ctx context.Context, c *configuration, had []known, in *memberships, result *syncResult) error {
	there := make(map[string]bool, len(in.groups))
	for _, g := range in.groups {
		there[externalID(g.ID)] = true
	}
	var gone []known
	for _, g := range had {
		if there[g.external] {
			continue
		}
		if in.unnamed && !mayBeDN(g.external) {
			return fmt.Errorf("groups have no %s that can be read, and were made by it before: none is removed for that", c.LDAP.IDAttribute)
		}
		gone = append(gone, g)
	}
	if len(gone) == 0 {
		return nil
	}
	if len(gone) == len(had) || len(had) > few && 2*len(gone) > len(had) {
		return fmt.Errorf("of %d groups that were made before %d are gone: none is removed for that", len(had), len(gone))
	}
	for _, one := range gone { // each may have many members
		if err := s.held(ctx); err != nil {
			return err
		}
		removed := false
		err := s.Directory.Change(ctx, func(tx kv.Txn) error {
			if err := c.stays(ctx, tx); err != nil {
				return err
			}
			g, err := s.Directory.Group(ctx, tx, one.id)
			if removed = err == nil && g != nil && g.Updated.Equal(one.updated); !removed {
				return err
			}
			return s.Directory.DeleteGroup(ctx, tx, one.id)
		})
		if err != nil {
			return err
		}
		if removed {
			result.Removed++
		}
	}
	return nil
}

// syncSome makes some users what the source says. Most often there is nothing to change.
func (s *Service) syncSome(ctx context.Context, c *configuration, people []*person, result *syncResult) error {
	var changed []*person
	err := s.Directory.View(ctx, func(r kv.Reader) error {
		changed = nil
		for _, p := range people {
			m := &matching{ctx: ctx, s: s, c: c, r: r}
			if err := m.sync(p); err != nil || m.changes {
				changed = append(changed, p)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		return nil
	}
	if made, err := s.syncIn(ctx, c, changed); err == nil {
		result.Created += made
		return nil
	}
	for _, p := range changed { // something is wrong with one of them; the others go on
		made, err := s.syncIn(ctx, c, []*person{p})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			result.Wrong++
			s.Logger.Warn("sources: somebody could not be synced", "subject", p.Subject, "error", err)
		}
		result.Created += made
	}
	return nil
}

// syncIn is sync of several in one transaction. It returns how many users are new.
func (s *Service) syncIn(ctx context.Context, c *configuration, people []*person) (made int32, err error) {
	err = s.Directory.Change(ctx, func(tx kv.Txn) error {
		made = 0
		for _, p := range people {
			m := &matching{ctx: ctx, s: s, c: c, r: tx, tx: tx}
			if err := m.sync(p); err != nil {
				return err
			}
			if m.created {
				made++
			}
		}
		return nil
	})
	if err != nil {
		made = 0
	}
	return made, err
}

// sync is admit for somebody who does not sign in.
func (m *matching) sync(p *person) error {
	u, err := m.find(p)
	if err != nil || u == nil && (!m.c.CreateUsers || p.Disabled) {
		return err
	}
	if u == nil {
		u, m.created = &directory.User{CreatedBy: m.by()}, true
	}
	if err := m.put(u, p); err != nil || u.ID == "" {
		return err
	}
	return m.join(u.ID, p.Groups)
}

// disableOthers disables the users who came from the source and are not there any more.
func (s *Service) disableOthers(ctx context.Context, c *configuration, had []known, there map[string]bool, result *syncResult) error {
	// A base or a filter that finds nobody is wrong, more likely than that all are gone.
	if len(there) == 0 && len(had) > 0 {
		return fmt.Errorf("nobody was found, and %d were there before: nobody is disabled for that", len(had))
	}
	gone := slices.DeleteFunc(had, func(u known) bool { return u.disabled || there[u.external] })
	for some := range slices.Chunk(gone, syncedAtOnce) {
		if err := s.held(ctx); err != nil {
			return err
		}
		var disabled int32
		err := s.Directory.Change(ctx, func(tx kv.Txn) error {
			disabled = 0
			if err := c.stays(ctx, tx); err != nil {
				return err
			}
			for _, one := range some {
				u, err := s.Directory.User(ctx, tx, one.id)
				if err != nil {
					return err
				}
				if u == nil || !u.Updated.Equal(one.updated) {
					continue
				}
				u.Disabled, u.UpdatedBy = true, disabledBy+c.ID
				if err := s.Directory.PutUser(ctx, tx, u); err != nil {
					return err
				}
				disabled++
			}
			return nil
		})
		if err != nil {
			return err
		}
		result.Disabled += disabled
	}
	return nil
}

// refreshAfter is how old metadata from a URL get.
const refreshAfter = 24 * time.Hour

// refresh fetches the metadata of a SAML provider anew. What can't be read changes nothing.
func (s *Service) refresh(ctx context.Context, c *configuration) error {
	doc, err := s.fetch(ctx, c.SAML.URL)
	if err == nil {
		err = sameProvider(c, string(doc))
	}
	if err != nil {
		s.Logger.Warn("sources: the metadata of the provider could not be fetched anew", "error", err)
	}
	return s.edit(ctx, c.ID, func(c *configuration) error {
		if c.SAML.Refreshed = s.Now().UTC(); err == nil {
			c.SAML.Metadata = string(doc)
		}
		return nil
	})
}

// swept is how many records are removed in one transaction.
const swept = 1000

// sweep removes what is over.
func (s *Service) sweep(ctx context.Context) error {
	now := s.Now()
	err := errors.Join(
		sweepOver(ctx, s.db, "used", func(until time.Time) bool { return !now.Before(until) }),
		sweepOver(ctx, s.db, "arrival", func(a arrival) bool { return !now.Before(a.Expires) }))
	ended := make(map[string]*sessionRecord)
	err = errors.Join(err, s.db.View(ctx, func(r kv.Reader) error {
		clear(ended)
		return each(ctx, r, "session", func(id string, of *sessionRecord) bool {
			if !now.Before(of.Until) {
				ended[id] = of
			}
			return len(ended) < swept
		})
	}))
	if err != nil || len(ended) == 0 {
		return err
	}
	return s.db.Update(ctx, func(tx kv.Txn) error {
		for id, of := range ended {
			if err := forget(tx, id, of); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepOver removes the records of a kind that are over, so many at a time that there do not become more and more.
func sweepOver[T any](ctx context.Context, db kv.DB, kind string, over func(T) bool) error {
	var ids []string
	err := db.View(ctx, func(r kv.Reader) error {
		ids = nil
		return each(ctx, r, kind, func(id string, record *T) bool {
			if over(*record) {
				ids = append(ids, id)
			}
			return len(ids) < swept
		})
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	return db.Update(ctx, func(tx kv.Txn) error {
		for _, id := range ids {
			if err := tx.Delete(key(kind, id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// each calls fn with the records of a kind, by the last part of their keys, until it returns false.
func each[T any](ctx context.Context, r kv.Reader, kind string, fn func(id string, record *T) bool) error {
	start, end := keyspace.PeopleRange(word, kind)
	return r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, value []byte) (bool, error) {
		record := new(T)
		if err := json.Unmarshal(value, record); err != nil {
			return false, err
		}
		parts, _ := keyspace.ParsePeople(k)
		return fn(parts[len(parts)-1], record), nil
	})
}
