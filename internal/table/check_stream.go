package table

import (
	"bytes"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// knownStreams is the streams of one snapshot.
type knownStreams struct {
	defs   map[uint64]*StreamDefinition
	shards map[uint64][]Shard
	places map[uint64]map[int]place
	// opening is those that a job will open, by the keys of their definitions.
	opening map[string]bool
}

// loadStreams reads the streams, after the tables and the jobs.
func (c *checker) loadStreams(r kv.Reader, k *known, take func(key []byte, d *Descriptor, id uint64), problem func(key []byte, d *Descriptor, x *Index, format string, args ...any)) error {
	k.defs, k.shards, k.places = make(map[uint64]*StreamDefinition), make(map[uint64][]Shard), make(map[uint64]map[int]place)
	start, end := keyspace.AllStreams()
	err := r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		d, err := decodeStream(value)
		if err != nil {
			problem(key, nil, nil, "%v", err)
			return true, nil
		}
		take(key, nil, d.ID)
		k.defs[d.ID] = d
		if !bytes.Equal(key, d.key()) {
			problem(key, nil, nil, "definition of another stream")
		}
		if d.State == StreamEnabling && !k.opening[string(key)] {
			problem(key, nil, nil, "stream is %s and no job will end that", d.State)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	enabled := make(map[uint64]bool)
	for _, t := range k.tables {
		if t.Stream == nil {
			continue
		}
		enabled[t.Stream.ID] = true
		if def := k.defs[t.Stream.ID]; def == nil || def.State == StreamDisabled || def.Stream != *t.Stream || def.Scope != t.Scope || def.Table != t.Name {
			problem(nil, t, nil, "the stream of the table is not what the table says")
		}
	}
	for id, def := range k.defs {
		if def.State != StreamDisabled && !enabled[id] {
			problem(def.key(), nil, nil, "stream is %s and no table writes it", def.State)
		}
	}
	start, end = keyspace.AllShards()
	err = r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		id, lane, generation, ok := keyspace.ParseShard(key)
		sh, err := readShard(lane, generation, value)
		switch {
		case !ok || err != nil:
			problem(key, nil, nil, "shard does not decode")
		case k.defs[id] == nil || lane >= k.defs[id].Lanes:
			problem(key, nil, nil, "shard of no stream")
		default:
			if all := k.shards[id]; len(all) > 0 && all[len(all)-1].Lane == lane {
				parent := all[len(all)-1]
				if parent.Generation+1 != generation || parent.Closed == 0 || parent.Last+1 != sh.First || parent.Closed != sh.Opened || parent.Opened != sh.ParentOpened {
					problem(key, nil, nil, "shard does not follow its parent")
				}
			}
			k.shards[id] = append(k.shards[id], sh)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	start, end = keyspace.AllLanes()
	return r.Scan(c.ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		id, lane, ok := keyspace.ParseLane(key)
		p, err := readPlace(value)
		switch {
		case !ok || err != nil:
			problem(key, nil, nil, "lane does not decode")
			return true, nil
		case k.defs[id] == nil || lane >= k.defs[id].Lanes:
			problem(key, nil, nil, "lane of no stream")
			return true, nil
		case p.open != (k.defs[id].State == StreamEnabled):
			problem(key, nil, nil, "lane is open: %t, its stream is %s", p.open, k.defs[id].State)
		}
		if k.places[id] == nil {
			k.places[id] = make(map[int]place)
		}
		k.places[id][lane] = p
		if p.open {
			open := 0
			for _, sh := range k.shards[id] {
				if sh.Lane == lane && sh.Closed == 0 && sh.Generation == p.generation && sh.First <= p.next {
					open++
				}
			}
			if open != 1 {
				problem(key, nil, nil, "lane without its open shard")
			}
		}
		return true, nil
	})
}

// lastRecord is the record before the one that is looked at.
type lastRecord struct {
	stream     uint64
	lane       int
	generation uint32
	sequence   uint64
	millis     int64
}

// records checks that each record is one, is in a shard, and follows the one before it.
func (c *checker) records(_ kv.Reader, pairs []pair) error {
	last := c.last
	for _, p := range pairs {
		id, lane, sequence, ok := keyspace.ParseRecord(p.key)
		def := c.known.defs[id]
		if !ok || def == nil {
			c.problem(p.key, nil, nil, "record of no stream")
			continue
		}
		d := &Descriptor{Name: def.Table, Partition: def.Partition, Sort: def.Sort}
		var rec StreamRecord
		if err := rec.decode(def, p.value); err != nil || !wellFormedRecord(&rec) {
			c.problem(p.key, d, nil, "record does not decode")
			continue
		}
		c.sum.Records++
		item, err := appendItemKey(nil, d, rec.Keys)
		if err != nil || keyspace.LaneOf(item, def.Lanes) != lane {
			c.problem(p.key, d, nil, "record in the lane of others")
		}
		shard := -1
		for i, sh := range c.known.shards[id] {
			if sh.Lane == lane && sequence >= sh.First && (sequence <= sh.Last || sh.Closed == 0 && sequence < c.known.places[id][lane].next) {
				shard = i
			}
		}
		if shard < 0 {
			c.problem(p.key, d, nil, "record of no shard")
			continue
		}
		this := lastRecord{id, lane, c.known.shards[id][shard].Generation, sequence, rec.Millis}
		if last.stream == id && last.lane == lane && (last.millis > rec.Millis || last.generation == this.generation && last.sequence+1 != sequence) {
			c.problem(p.key, d, nil, "record does not follow the one before it, %d", last.sequence)
		}
		last = this
	}
	if len(c.found) == 0 {
		c.last = last
	}
	return nil
}

func wellFormedRecord(r *StreamRecord) bool {
	for _, item := range [][]byte{r.Keys, r.New, r.Old} {
		if item != nil && !wellFormedItem(item) {
			return false
		}
	}
	return true
}
