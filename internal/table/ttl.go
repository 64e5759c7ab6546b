package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// TTL is Time To Live: items are deleted soon after the second that one of their attributes names.
//
// Each such item has a place in the table's queue, which sorts by that second and is kept by every write in its own
// transaction, as an index is. What is due is read from the queue; nobody looks through the items.
type TTL struct {
	// ID is the queue's, in the key of every place in it. It is never used again.
	ID        uint64   `json:"id"`
	Attribute string   `json:"attribute"`
	State     TTLState `json:"state"`
	// Filling: places are added to the queue of a TTL that is Enabling. Only the store sets it.
	Filling bool `json:"filling,omitempty"`
}

// TTLState is what is done for a TTL. A table that has none is what DynamoDB calls DISABLED.
type TTLState string

// The states are those of an index that is created, in use, and deleted (see IndexState): only when a TTL is Enabled
// are items deleted.
const (
	TTLEnabling  TTLState = "ENABLING"
	TTLEnabled   TTLState = "ENABLED"
	TTLDisabling TTLState = "DISABLING"
)

const (
	// lastSecond is where time ends: whoever writes milliseconds is later, and his items never expire.
	lastSecond = 1 << 40
	// longPast is how many seconds ago an item may have expired at most: one with an older time stays (developer guide, "Using
	// time to live"). It has a place in the queue all the same, so that places do not depend on the clock.
	longPast = 5 * 365 * 24 * 3600
)

// second returns the second in which item expires; ok is false if it never does. Only a number is a time, and 0 is none.
func (t *TTL) second(item attribute.Value) (second int64, ok bool) {
	if item == nil {
		return 0, false
	}
	v := item.Field(t.Attribute)
	if v.Kind() != attribute.Number {
		return 0, false
	}
	second, ok = v.Number().Floor()
	return second, ok && 0 < second && second < lastSecond
}

// dueAt says whether item is due in the second now.
func (t *TTL) dueAt(item attribute.Value, now int64) bool {
	second, ok := t.second(item)
	return ok && dueSince(now) <= second && second < now
}

// dueSince is the first second whose items are due in the second now; the last is the one before now.
func dueSince(now int64) int64 { return max(now-longPast, 1) }

// setDue makes the item's place in the queue what the new item says.
func (c *change) setDue(tx kv.Txn, t *TTL, i int, w *Written) error {
	if t.State == TTLDisabling {
		return nil
	}
	before, was := t.second(w.Old)
	after, is := t.second(w.New)
	is = is && (t.State == TTLEnabled || t.Filling)
	if was == is && before == after {
		return nil
	}
	if was && (!is || before != after) {
		c.oldKey = keyspace.AppendDue(c.oldKey[:0], t.ID, before, c.keys[i])
		if err := tx.Delete(c.oldKey); err != nil {
			return err
		}
	}
	if is && (!was || before != after) {
		c.newKey = keyspace.AppendDue(c.newKey[:0], t.ID, after, c.keys[i])
		return tx.Set(c.newKey, nil)
	}
	return nil
}

// queueRecord says which table a queue is of.
type queueRecord struct {
	Scope   Scope  `json:"scope"`
	Table   string `json:"table"`
	TableID uint64 `json:"tableId"`
}

func decodeQueue(value []byte) (r queueRecord, err error) {
	if err := json.Unmarshal(value, &r); err != nil {
		return r, fmt.Errorf("%w: TTL queue: %w", ErrCorrupt, err)
	}
	return r, nil
}

// checkTTLChange refuses what fn of Change must not do with a TTL.
func checkTTLChange(before, next *TTL) error {
	ok := true
	switch {
	case before == nil:
		ok = next == nil || next.ID == 0 && next.Attribute != ""
	case next == nil:
		ok = before.State == TTLDisabling
	default:
		ok = next.ID == before.ID && next.Attribute == before.Attribute &&
			(next.State == before.State || next.State == TTLDisabling || before.State == TTLEnabling && next.State == TTLEnabled)
	}
	if !ok {
		return errors.New("table: a change of Time To Live that makes no sense")
	}
	return nil
}

// ttlJob writes the job that the step from before to next makes necessary, if any, and gives a new queue its ID.
func ttlJob(ctx context.Context, tx kv.Txn, before, next *Descriptor) (*job, error) {
	t := next.TTL
	if t == nil || t.ID != 0 && (t.State != TTLDisabling || before.TTL.State == TTLDisabling) {
		return nil, nil
	}
	id, err := takeIDs(ctx, tx, 2)
	if err != nil {
		return nil, err
	}
	kind := kindDropQueue
	if t.ID == 0 {
		kind = kindFillQueue
		t.ID, t.State, t.Filling = id+1, TTLEnabling, false
		b, err := json.Marshal(queueRecord{next.Scope, next.Name, next.ID})
		if err != nil {
			return nil, err
		}
		if err := tx.Set(keyspace.QueueTable(t.ID), b); err != nil {
			return nil, err
		}
	}
	j := newJob(id, kind, next, 0)
	j.rec.Queue = t.ID
	return j, j.set(tx)
}

// fillQueue makes the queue of a new TTL complete, as fillIndex does an index, and enables it.
func (s *Store) fillQueue(j *job) error {
	of := func(d *Descriptor) *TTL {
		if d.TTL == nil || d.TTL.ID != j.rec.Queue {
			return nil
		}
		return d.TTL
	}
	return s.fill(j, filling{
		state: func(d *Descriptor) (creating, filling bool) {
			t := of(d)
			return t != nil && t.State == TTLEnabling, t != nil && t.Filling
		},
		start: func(d *Descriptor) { of(d).Filling = true },
		finish: func(d *Descriptor) {
			t := of(d)
			t.State, t.Filling = TTLEnabled, false
		},
		set: func(tx kv.Txn, d *Descriptor, key []byte, item attribute.Value) error {
			t := of(d)
			if second, ok := t.second(item); ok {
				return tx.Set(keyspace.AppendDue(nil, t.ID, second, key), nil)
			}
			return nil
		},
	})
}

// dropQueue drops the queue of a TTL, which then is disabled.
func (s *Store) dropQueue(j *job) error {
	if err := s.dropSpace(j, keyspace.Queue(j.rec.Queue)); err != nil {
		return err
	}
	return s.endJobWith(j, func(d *Descriptor) {
		if d.TTL != nil && d.TTL.ID == j.rec.Queue {
			d.TTL = nil
		}
	})
}
