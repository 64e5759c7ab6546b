package table

import (
	"bytes"
	"encoding/json"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// ttl checks the TTL of a table of the catalogue, and that a job will end what has to end. jobOf are the jobs by queue.
func (c *checker) ttl(r kv.Reader, d *Descriptor, jobOf map[uint64]string) error {
	switch t := d.TTL; {
	case t.State == TTLEnabling && jobOf[t.ID] != kindFillQueue, t.State == TTLDisabling && jobOf[t.ID] != kindDropQueue:
		c.problem(nil, d, nil, "Time To Live is %s and no job will end that", t.State)
	case t.State == TTLDisabling:
		return nil // its queue may be gone
	}
	key := keyspace.QueueTable(d.TTL.ID)
	b, err := r.Get(c.ctx, key)
	if err == nil && b == nil {
		c.problem(key, d, nil, "TTL queue does not say which table it is of")
	}
	return err
}

// placed is an item that has to have a place in a TTL queue.
type placed struct {
	d    *Descriptor
	item []byte
}

// wantPlace returns the key of the place in the queue that an item has to have; nil if none.
func wantPlace(d *Descriptor, key []byte, item attribute.Value) []byte {
	if d.TTL == nil || d.TTL.State != TTLEnabled {
		return nil
	}
	second, ok := d.TTL.second(item)
	if !ok {
		return nil
	}
	return keyspace.AppendDue(nil, d.TTL.ID, second, key)
}

// places checks that all these places are there.
func (c *checker) places(r kv.Reader, keys [][]byte, of []placed) error {
	if len(keys) == 0 {
		return nil
	}
	values, err := r.GetMany(c.ctx, keys)
	if err != nil {
		return err
	}
	for i, v := range values {
		if v == nil {
			c.problem(of[i].item, of[i].d, nil, "item that expires without its place in the TTL queue")
		}
	}
	return nil
}

// queues checks a page of TTL queues against the items.
func (c *checker) queues(r kv.Reader, pairs []pair) error {
	var items [][]byte
	var found []pair
	var of []*Descriptor
	for _, p := range pairs {
		id, isPlace, ok := keyspace.ParseQueue(p.key)
		d := c.known.queues[id]
		switch {
		case c.known.dropped[keyspace.Queue(id)]:
			continue
		case !ok || d == nil:
			c.problem(p.key, nil, nil, "TTL queue of no table")
			continue
		case !isPlace:
			if rec, err := decodeQueue(p.value); err != nil || rec != (queueRecord{d.Scope, d.Name, d.ID}) {
				c.problem(p.key, d, nil, "TTL queue that says it is of another table")
			}
			continue
		}
		c.sum.Places++
		_, item, ok := keyspace.ParseDue(p.key, d.ID)
		if !ok || len(p.value) > 0 {
			c.problem(p.key, d, nil, "place in a TTL queue does not parse")
			continue
		}
		items, found, of = append(items, item), append(found, p), append(of, d)
	}
	if len(items) == 0 {
		return nil
	}
	values, err := r.GetMany(c.ctx, items)
	if err != nil {
		return err
	}
	for i, v := range values {
		switch {
		case v == nil:
			c.problem(found[i].key, of[i], nil, "place in a TTL queue without its item")
		case !wellFormedItem(v): // reported already
		case !isPlace(of[i].TTL, found[i].key, items[i], v):
			c.problem(found[i].key, of[i], nil, "place in a TTL queue that its item does not have")
		}
	}
	return nil
}

// leases checks that what says who does a piece of work does.
func (c *checker) leases(_ kv.Reader, pairs []pair) error {
	for _, p := range pairs {
		var r leaseRecord
		if err := json.Unmarshal(p.value, &r); err != nil || r.Owner == "" || bytes.Equal(p.key, keyspace.Lease("")) {
			c.problem(p.key, nil, nil, "lease does not decode")
		}
	}
	return nil
}
