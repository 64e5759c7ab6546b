package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Check reads all users, groups and memberships, and reports what is not as it has to be: entries of indexes that lead
// nowhere, or are missing, and proofs of nobody.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		c := &checker{ctx: ctx, r: r, report: report, wanted: map[string]string{}}
		for _, run := range []func() error{c.users, c.groups, c.memberships, c.indexes, c.proofs} {
			if err := run(); err != nil {
				return err
			}
		}
		records = c.records
		return nil
	})
	return records, err
}

// checker collects what indexes have to have, and compares.
type checker struct {
	ctx     context.Context
	r       kv.Reader
	report  func(string)
	records int64
	// wanted are the keys that have to be there, and what each leads to.
	wanted map[string]string
}

func (c *checker) problem(format string, args ...any) { c.report(fmt.Sprintf(format, args...)) }

func (c *checker) uniques(id string, all []unique) {
	for _, u := range all {
		if other := c.wanted[string(u.key)]; other != "" {
			c.problem("%s and %s have the same name, address or external id", id, other)
		}
		c.wanted[string(u.key)] = id
	}
}

func (c *checker) users() error {
	return c.counted("user", "users", func(id string, value []byte) (bool, error) {
		var u User
		if err := json.Unmarshal(value, &u); err != nil || u.ID != id {
			c.problem("the record of user %s can't be read", id)
			return true, nil
		}
		c.records++
		c.uniques(id, u.indexes())
		return true, nil
	})
}

// counted goes through the records of a kind, and compares how many there are with their count.
func (c *checker) counted(kind, name string, fn func(id string, value []byte) (bool, error)) error {
	there := 0
	err := each(c.ctx, c.r, "", func(id string, value []byte) (bool, error) {
		there++
		return fn(id, value)
	}, kind)
	if err != nil {
		return err
	}
	n, _, err := get[int](c.ctx, c.r, countKey(name))
	if err == nil && n != there {
		c.problem("there are %d %s, and their count says %d", there, name, n)
	}
	return err
}

func (c *checker) groups() error {
	return c.counted("group", "groups", func(id string, value []byte) (bool, error) {
		var g Group
		if err := json.Unmarshal(value, &g); err != nil || g.ID != id {
			c.problem("the record of group %s can't be read", id)
			return true, nil
		}
		c.records++
		c.uniques(id, g.indexes())
		return true, nil
	})
}

func (c *checker) memberships() error {
	return each(c.ctx, c.r, "", func(id string, value []byte) (bool, error) {
		var m Membership
		if err := json.Unmarshal(value, &m); err != nil || m.ID != id {
			c.problem("the record of membership %s can't be read", id)
			return true, nil
		}
		c.records++
		ends, err := c.r.GetMany(c.ctx, [][]byte{groupKey(m.Group), userKey(m.User)})
		if err != nil {
			return false, err
		}
		if ends[0] == nil || ends[1] == nil {
			c.problem("membership %s is of a user or a group that is not there", id)
		}
		c.wanted[string(memberKey(m.Group, m.User))] = id
		c.wanted[string(memberOfKey(m.User, m.Group))] = id
		return true, nil
	}, "membership")
}

// indexes compares the entries that are there with those that have to be.
func (c *checker) indexes() error {
	for _, part := range []string{"name", "email", "external", "member", "memberof"} {
		start := key(part)
		err := c.r.Scan(c.ctx, kv.Range{Start: start, End: next(start)}, func(k, value []byte) (bool, error) {
			var id string
			if json.Unmarshal(value, &id) != nil || c.wanted[string(k)] != id {
				c.problem("an entry of %s leads to %q, and nothing there has it", part, id)
			}
			delete(c.wanted, string(k))
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	for _, id := range c.wanted {
		c.problem("an entry for %s is missing", id)
	}
	return nil
}

// proofs looks for passwords, devices and links of users that are not there.
func (c *checker) proofs() error {
	for _, part := range []string{"login", "device", string(invitation), string(reset)} {
		start := key(part)
		err := c.r.Scan(c.ctx, kv.Range{Start: start, End: next(start)}, func(k, _ []byte) (bool, error) {
			parts, ok := keyspace.ParsePeople(k)
			if !ok || len(parts) < 3 {
				c.problem("a key of %s can't be read", part)
				return true, nil
			}
			u, err := c.r.Get(c.ctx, userKey(parts[2]))
			if err == nil && u == nil {
				c.problem("there is a %s of user %s, who is not there", part, parts[2])
			}
			return true, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// next is after all keys that begin with the parts of start.
func next(start []byte) []byte {
	end := bytes.Clone(start)
	end[len(end)-1]++
	return end
}
