package table

import (
	"encoding/binary"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// StreamRecord is a change of an item as a stream tells it. It is valid only while it is visited.
type StreamRecord struct {
	Lane     int
	Sequence uint64
	// Millis is when it was written, in milliseconds since 1970.
	Millis int64
	// Service: the change was made by the service itself.
	Service bool
	// Keys is the table's key. New and Old are the item after and before, as far as the stream's view has them.
	Keys, New, Old attribute.Value
	// Event is INSERT, MODIFY or REMOVE.
	Event string
}

// A stored record starts with a byte of flags and 8 of milliseconds. The items follow: the key, if no other item has it, the
// new one, and the old one.
const (
	recordEvent   = 3 // eventInsert, eventModify or eventRemove
	recordService = 1 << 2
	recordKeys    = 1 << 3
	recordNew     = 1 << 4
	recordOld     = 1 << 5
	recordFlags   = 1<<6 - 1

	recordHeader = 1 + 8
)

const (
	eventInsert = iota + 1
	eventModify
	eventRemove
)

var eventNames = [...]string{eventInsert: "INSERT", eventModify: "MODIFY", eventRemove: "REMOVE"}

// appendRecord appends the record of a change as a view has it.
func appendRecord(dst []byte, d *Descriptor, millis int64, service bool, before, after attribute.Value) []byte {
	flags := byte(eventModify)
	switch {
	case before == nil:
		flags = eventInsert
	case after == nil:
		flags = eventRemove
	}
	item := after
	if item == nil {
		item = before
	}
	view := d.Stream.View
	if service {
		flags |= recordService
	}
	if after != nil && (view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES") {
		flags |= recordNew
	}
	if before != nil && (view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES") {
		flags |= recordOld
	}
	if flags&(recordNew|recordOld) == 0 {
		flags |= recordKeys
	}
	dst = binary.BigEndian.AppendUint64(append(dst, flags), uint64(millis))
	if flags&recordKeys != 0 {
		dst = append(dst, d.KeyOf(nil, item)...)
	}
	if flags&recordNew != 0 {
		dst = append(dst, after...)
	}
	if flags&recordOld != 0 {
		dst = append(dst, before...)
	}
	return dst
}

// recordMillis is when a stored record was written.
func recordMillis(b []byte) (int64, error) {
	if len(b) < recordHeader {
		return 0, errRecord
	}
	return int64(binary.BigEndian.Uint64(b[1:])), nil
}

var errRecord = fmt.Errorf("%w: stream record", ErrCorrupt)

// decode reads a stored record.
func (r *StreamRecord) decode(d *StreamDefinition, b []byte) error {
	if len(b) < recordHeader || b[0]&^recordFlags != 0 || b[0]&recordEvent == 0 {
		return errRecord
	}
	flags := b[0]
	r.Millis, _ = recordMillis(b)
	r.Event, r.Service = eventNames[flags&recordEvent], flags&recordService != 0
	rest := b[recordHeader:]
	ok := true
	cut := func(flag byte) attribute.Value {
		if flags&flag == 0 || !ok {
			return nil
		}
		if len(rest) < mapHeader {
			ok = false
			return nil
		}
		n := mapHeader + int(binary.BigEndian.Uint32(rest[1:]))
		if n > len(rest) || !looksLikeMap(rest[:n]) {
			ok = false
			return nil
		}
		v := attribute.Value(rest[:n:n])
		rest = rest[n:]
		return v
	}
	r.Keys, r.New, r.Old = cut(recordKeys), cut(recordNew), cut(recordOld)
	if !ok || len(rest) > 0 {
		return errRecord
	}
	if item := r.New; r.Keys == nil {
		if item == nil {
			item = r.Old
		}
		if item == nil {
			return errRecord
		}
		r.Keys = d.keyOf(item)
	}
	return nil
}

func (d *StreamDefinition) keyOf(item attribute.Value) attribute.Value {
	t := Descriptor{Partition: d.Partition, Sort: d.Sort}
	return t.KeyOf(nil, item)
}

// lane is a lane that a change may write records into.
type lane struct {
	stream *Stream
	n      int
	place  place
	dirty  bool
}

// useLane notes the lane for the record of the i-th write.
func (c *change) useLane(i int) {
	st := c.writes[i].Table.Stream
	if st == nil {
		c.laneOf = append(c.laneOf, -1)
		return
	}
	n := keyspace.LaneOf(c.keys[i], st.Lanes)
	for j := range c.lanes {
		if c.lanes[j].n == n && c.lanes[j].stream.ID == st.ID {
			c.laneOf = append(c.laneOf, j)
			return
		}
	}
	c.laneOf = append(c.laneOf, len(c.lanes))
	c.lanes = append(c.lanes, lane{stream: st, n: n})
}

// lockLanes adds the keys of the lanes to those that the change locks.
func (c *change) lockLanes() {
	for i := range c.lanes {
		from := len(c.buf)
		c.buf = keyspace.AppendLane(c.buf, c.lanes[i].stream.ID, c.lanes[i].n)
		c.keys = append(c.keys, c.buf[from:len(c.buf):len(c.buf)])
	}
}

// record writes the records of the change; places is what is stored of its lanes.
func (c *change) record(tx kv.Txn, places [][]byte) error {
	for i := range c.lanes {
		l := &c.lanes[i]
		var err error
		if l.place, err = readPlace(places[i]); err != nil {
			return err
		}
		l.dirty = false
	}
	now := c.store.now().UnixMilli()
	c.records = 0
	for i := range c.writes {
		w := &c.written[i]
		if c.laneOf[i] < 0 || !c.changed[i] {
			continue
		}
		l := &c.lanes[c.laneOf[i]]
		// An item whose attributes only come in another order did not change.
		if !l.place.open || w.Old != nil && w.New != nil && attribute.Equal(w.Old, w.New) {
			continue
		}
		l.place.millis = max(l.place.millis, now)
		c.rec = appendRecord(c.rec[:0], c.writes[i].Table, l.place.millis, c.writes[i].Service, w.Old, w.New)
		c.oldKey = keyspace.AppendRecord(c.oldKey[:0], l.stream.ID, l.n, l.place.next)
		if err := tx.Set(c.oldKey, c.rec); err != nil {
			return err
		}
		l.place.next++
		l.dirty = true
		c.records++
	}
	for i := range c.lanes {
		if l := &c.lanes[i]; l.dirty {
			c.rec = l.place.append(c.rec[:0])
			if err := tx.Set(c.keys[len(c.writes)+i], c.rec); err != nil {
				return err
			}
		}
	}
	return nil
}
