package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Problem is something that Check found.
type Problem struct {
	Key []byte
	// Table and Index are names, as far as they are known.
	Table, Index string
	What         string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s (table %q, index %q, key %x)", p.What, p.Table, p.Index, p.Key)
}

// Summary is what Check went through.
type Summary struct {
	Tables, Indexes, Jobs, Items, Entries, Tokens, Streams, Records, Problems int64
	// Places are those of items in TTL queues.
	Places int64
	// BackedUp are the items of backups, Images what the items of tables were before.
	Backups, BackedUp, Images int64
	// Bytes are the size of the items as DynamoDB counts it.
	Bytes int64
}

// checkPage is how many keys, or bytes of values, are checked in one snapshot.
const (
	checkPage  = 256
	checkBytes = 4 << 20
)

// Check reads everything in db and reports what is not as it has to be: values that do not decode, items that are
// not under their key, entries and places in TTL queues that do not agree with their item, items without them, things of tables and
// indexes that do not exist, stream records that do not follow each other, backups and journals that nobody knows, keys that keyspace does not know. It works page by page, each in a snapshot of its
// own, so that it needs little memory and can run beside writers. Package identity checks its own keys.
func Check(ctx context.Context, db kv.DB, report func(Problem)) (Summary, error) {
	c := &checker{ctx: ctx, db: db, report: report}
	if err := c.catalogue(); err != nil {
		return c.sum, err
	}
	start, end := keyspace.AllItems()
	if err := c.pages(start, end, c.items); err != nil {
		return c.sum, err
	}
	for _, local := range []bool{true, false} {
		start, end := keyspace.AllEntries(local)
		if err := c.pages(start, end, c.entries); err != nil {
			return c.sum, err
		}
	}
	start, end = keyspace.AllQueues(0)
	if err := c.pages(start, end, c.queues); err != nil {
		return c.sum, err
	}
	start, end = keyspace.Leases()
	if err := c.pages(start, end, c.leases); err != nil {
		return c.sum, err
	}
	start, end = keyspace.Tokens()
	if err := c.pages(start, end, c.tokens); err != nil {
		return c.sum, err
	}
	start, end = keyspace.Expiries(-1)
	if err := c.pages(start, end, c.expiries); err != nil {
		return c.sum, err
	}
	start, end = keyspace.AllJournals(0)
	if err := c.pages(start, end, c.images); err != nil {
		return c.sum, err
	}
	mark := keyspace.JournalMark()
	if err := c.pages(mark, keyspace.Successor(mark), c.mark); err != nil {
		return c.sum, err
	}
	start, end = keyspace.AllRecords()
	if err := c.pages(start, end, c.records); err != nil {
		return c.sum, err
	}
	var err error
	unknown := func(start, end []byte) {
		if err == nil {
			err = c.pages(start, end, c.unknown)
		}
	}
	keyspace.Unknown(unknown)
	keyspace.StreamRest(unknown)
	keyspace.BackupRest(unknown)
	return c.sum, err
}

type checker struct {
	ctx    context.Context
	db     kv.DB
	report func(Problem)
	sum    Summary

	known *known
	found []Problem // in this page
	last  lastRecord
}

// known is the catalogue and the jobs of one snapshot.
type known struct {
	tables  map[uint64]*Descriptor
	indexes map[keyspace.Space]indexOf
	queues  map[uint64]*Descriptor
	dropped map[keyspace.Space]bool // a job will drop it
	knownStreams
	knownBackups
}

type indexOf struct {
	d *Descriptor
	x *Index
}

type pair struct{ key, value []byte }

func (c *checker) problem(key []byte, d *Descriptor, x *Index, format string, args ...any) {
	p := Problem{Key: bytes.Clone(key), What: fmt.Sprintf(format, args...)}
	if d != nil {
		p.Table = d.Name
	}
	if x != nil {
		p.Index = x.Name
	}
	c.found = append(c.found, p)
}

func (c *checker) flush() {
	for _, p := range c.found {
		c.sum.Problems++
		c.report(p)
	}
	c.found = nil
}

// catalogue checks the definitions and the jobs themselves.
func (c *checker) catalogue() error {
	err := c.db.View(c.ctx, func(r kv.Reader) (err error) {
		if c.known, err = c.load(r, true); err != nil {
			return err
		}
		v, err := r.Get(c.ctx, keyspace.Format())
		if err == nil && string(v) != Format {
			c.problem(keyspace.Format(), nil, nil, "format is %q", v)
		}
		return err
	})
	c.flush()
	return err
}

// load reads the catalogue and the jobs. Only the first time it reports what is wrong with them.
func (c *checker) load(r kv.Reader, first bool) (*known, error) {
	k := &known{
		tables: make(map[uint64]*Descriptor), indexes: make(map[keyspace.Space]indexOf),
		queues: make(map[uint64]*Descriptor), dropped: make(map[keyspace.Space]bool),
	}
	k.opening = make(map[string]bool)
	problem := func(key []byte, d *Descriptor, x *Index, format string, args ...any) {
		if first {
			c.problem(key, d, x, format, args...)
		}
	}
	var last uint64
	if b, err := r.Get(c.ctx, keyspace.Counter()); err != nil {
		return nil, err
	} else if len(b) == 8 {
		last = binary.BigEndian.Uint64(b)
	}
	ids := make(map[uint64]bool)
	take := func(key []byte, d *Descriptor, id uint64) {
		if ids[id] || id > last {
			problem(key, d, nil, "id %d is given twice or was never given", id)
		}
		ids[id] = true
	}
	start, end := keyspace.AllTables()
	err := r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		d, err := decodeDescriptor(value)
		if err != nil {
			problem(key, nil, nil, "%v", err)
			return true, nil
		}
		if !bytes.Equal(key, keyspace.Table(d.Scope.Account, d.Scope.Region, d.Name)) {
			problem(key, d, nil, "definition of another table")
		}
		take(key, d, d.ID)
		k.tables[d.ID] = d
		for _, x := range d.Indexes {
			take(key, d, x.ID)
			k.indexes[keyspace.Entries(x.ID, x.Local)] = indexOf{d, x}
		}
		if d.TTL != nil {
			take(key, d, d.TTL.ID)
			k.queues[d.TTL.ID] = d
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	var jobs []*job
	jobOf := make(map[uint64]string) // by index or queue
	start, end = keyspace.Jobs()
	err = r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		j, err := decodeJob(key, value)
		if err != nil {
			problem(key, nil, nil, "%v", err)
			return true, nil
		}
		if first {
			c.sum.Jobs++
		}
		take(key, nil, j.id)
		jobs = append(jobs, j)
		switch j.rec.Kind {
		case kindDropTable, kindDropBackup:
			for _, s := range j.spaces() {
				k.dropped[s] = true
			}
		case kindDropIndex:
			k.dropped[keyspace.Entries(j.rec.Index, false)] = true
			k.dropped[keyspace.Entries(j.rec.Index, true)] = true
		case kindOpenStream:
			k.opening[string(keyspace.Stream(j.rec.Scope.Account, j.rec.Scope.Region, j.rec.Table, j.rec.Stream))] = true
		case kindDropQueue:
			k.dropped[keyspace.Queue(j.rec.Queue)] = true
		}
		// Of two, the later: it drops what the first fills.
		if j.rec.Queue != 0 {
			jobOf[j.rec.Queue] = j.rec.Kind
		} else {
			jobOf[j.rec.Index] = j.rec.Kind
		}
		return true, nil
	})
	if err == nil {
		err = c.loadStreams(r, k, take, problem)
	}
	if err == nil {
		err = c.loadBackups(r, k, jobs, take, problem)
	}
	if err != nil || !first {
		return k, err
	}
	c.sum.Streams = int64(len(k.defs))
	c.sum.Tables = int64(len(k.tables))
	c.sum.Backups = int64(len(k.backups))
	c.sum.Indexes = int64(len(k.indexes))
	for _, o := range k.indexes {
		switch {
		case o.x.State == IndexCreating && jobOf[o.x.ID] != kindFillIndex,
			o.x.State == IndexDeleting && jobOf[o.x.ID] != kindDropIndex:
			problem(nil, o.d, o.x, "index is %s and no job will end that", o.x.State)
		}
	}
	for _, d := range k.queues {
		if err := c.ttl(r, d, jobOf); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// pages calls page with all of a range, a part at a time, each with the snapshot it is from. What it finds with an
// older catalogue it has to find again with the snapshot's own.
func (c *checker) pages(start, end []byte, page func(r kv.Reader, pairs []pair) error) error {
	for {
		var pairs []pair
		full := false
		err := c.db.View(c.ctx, func(r kv.Reader) error {
			size := 0
			err := r.Scan(c.ctx, kv.Range{Start: start, End: end, Limit: checkPage}, func(key, value []byte) (bool, error) {
				pairs = append(pairs, pair{bytes.Clone(key), bytes.Clone(value)})
				size += len(key) + len(value)
				full = len(pairs) == checkPage || size >= checkBytes
				return !full, nil
			})
			if err != nil || len(pairs) == 0 {
				return err
			}
			sum := c.sum
			if err := page(r, pairs); err != nil || len(c.found) == 0 {
				return err
			}
			if c.known, err = c.load(r, false); err != nil {
				return err
			}
			c.sum, c.found = sum, nil
			return page(r, pairs)
		})
		c.flush()
		if err != nil || !full {
			return err
		}
		start = keyspace.After(pairs[len(pairs)-1].key)
	}
}

// want is an entry that has to be there.
type want struct {
	d     *Descriptor
	x     *Index
	item  []byte // the key of its item
	value attribute.Value
}

// items checks a page of items, and that each has its entries.
func (c *checker) items(r kv.Reader, pairs []pair) error {
	var keys [][]byte
	var wants []want
	var due [][]byte
	var dueOf []placed
	for _, p := range pairs {
		space, _, ok := keyspace.ParseSpace(p.key)
		d := c.known.tables[space.ID()]
		switch {
		case c.known.dropped[space]:
			continue
		case ok && c.known.backups[space.ID()] != nil:
			c.backupItem(p, c.known.backups[space.ID()])
			continue
		case !ok || d == nil:
			c.problem(p.key, nil, nil, "item of no table")
			continue
		case !wellFormedItem(p.value):
			c.problem(p.key, d, nil, "item does not decode")
			continue
		}
		item := attribute.Value(p.value)
		c.sum.Items++
		c.sum.Bytes += int64(attribute.ItemSize(item))
		if key, err := appendItemKey(nil, d, item); err != nil || !bytes.Equal(key, p.key) {
			c.problem(p.key, d, nil, "item under the key of another: %s", d.KeyOf(nil, item))
			continue
		}
		for _, x := range d.Indexes {
			if x.State != IndexActive {
				continue
			}
			if key := appendEntryKey(nil, d, x, item); key != nil {
				keys = append(keys, key)
				wants = append(wants, want{d, x, p.key, project(d, x, item)})
			}
		}
		if key := wantPlace(d, p.key, item); key != nil {
			due, dueOf = append(due, key), append(dueOf, placed{d, p.key})
		}
	}
	if err := c.places(r, due, dueOf); err != nil || len(keys) == 0 {
		return err
	}
	entries, err := r.GetMany(c.ctx, keys)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if e == nil {
			c.problem(wants[i].item, wants[i].d, wants[i].x, "item without its entry")
		}
	}
	return nil
}

// entries checks a page of entries against their items.
func (c *checker) entries(r kv.Reader, pairs []pair) error {
	var keys [][]byte
	var found []pair
	var of []indexOf
	for _, p := range pairs {
		space, _, ok := keyspace.ParseSpace(p.key)
		o, there := c.known.indexes[space]
		switch {
		case c.known.dropped[space]:
			continue
		case !ok || !there:
			c.problem(p.key, nil, nil, "entry of no index")
			continue
		case !wellFormedItem(p.value):
			c.problem(p.key, o.d, o.x, "entry does not decode")
			continue
		}
		c.sum.Entries++
		key, err := appendItemKey(nil, o.d, p.value)
		if err != nil {
			c.problem(p.key, o.d, o.x, "entry without the table's key")
			continue
		}
		keys, found, of = append(keys, key), append(found, p), append(of, o)
	}
	if len(keys) == 0 {
		return nil
	}
	items, err := r.GetMany(c.ctx, keys)
	if err != nil {
		return err
	}
	for i, item := range items {
		d, x, p := of[i].d, of[i].x, found[i]
		if item == nil {
			c.problem(p.key, d, x, "entry without its item")
			continue
		}
		if !wellFormedItem(item) {
			continue // reported already
		}
		if key := appendEntryKey(nil, d, x, item); !bytes.Equal(key, p.key) {
			c.problem(p.key, d, x, "entry under a key that its item does not have")
		} else if !attribute.Equal(project(d, x, item), p.value) {
			c.problem(p.key, d, x, "entry is not the projection of its item")
		}
	}
	return nil
}

// tokens checks that each token will be removed.
func (c *checker) tokens(r kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		c.sum.Tokens++
		if len(p.value) != tokenSize {
			c.problem(p.key, nil, nil, "token does not decode")
			continue
		}
		queued, err := r.Get(c.ctx, keyspace.Expiry(int64(binary.BigEndian.Uint64(p.value[32:])), p.key))
		if err != nil {
			return err
		}
		if queued == nil {
			c.problem(p.key, nil, nil, "token will never be removed")
		}
	}
	return nil
}

// expiries checks that each place in the queue has a token.
func (c *checker) expiries(r kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		at, token, ok := keyspace.ParseExpiry(p.key)
		if !ok {
			c.problem(p.key, nil, nil, "key does not parse")
			continue
		}
		b, err := r.Get(c.ctx, token)
		if err != nil {
			return err
		}
		if len(b) != tokenSize || int64(binary.BigEndian.Uint64(b[32:])) != at {
			c.problem(p.key, nil, nil, "expiry of no token")
		}
	}
	return nil
}

func (c *checker) unknown(_ kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		c.problem(p.key, nil, nil, "unknown key")
	}
	return nil
}
