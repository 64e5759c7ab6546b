package table

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// place is where a lane is.
type place struct {
	// next is the sequence of the next record; the first is 1.
	next uint64
	// millis is when the last record was written, or the open shard opened. It never goes back, even if the clock does.
	millis int64
	// generation is the one of the open shard.
	generation uint32
	// open: records are written.
	open bool
}

const placeSize = 8 + 8 + 4 + 1

func (p *place) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, p.next)
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.millis))
	dst = binary.BigEndian.AppendUint32(dst, p.generation)
	if p.open {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// readPlace reads what is stored of a lane. One that there is nothing of is not open.
func readPlace(b []byte) (place, error) {
	if b == nil {
		return place{}, nil
	}
	if len(b) != placeSize {
		return place{}, fmt.Errorf("%w: lane of a stream", ErrCorrupt)
	}
	return place{next: binary.BigEndian.Uint64(b), millis: int64(binary.BigEndian.Uint64(b[8:])),
		generation: binary.BigEndian.Uint32(b[16:]), open: b[20] != 0}, nil
}

// Shard is a part of a lane.
type Shard struct {
	Lane       int
	Generation uint32
	// Opened and Closed are in milliseconds since 1970; Closed is 0 as long as the shard is open.
	Opened, Closed int64
	// ParentOpened is when its parent, the generation before, was opened; 0 if there was none.
	ParentOpened int64
	// First and Last are its sequences. Last is 0 as long as the shard is open. An empty shard has taken one sequence when it
	// was closed, so that First is never after Last.
	First, Last uint64
}

const shardSize = 5 * 8

func (s *Shard) set(tx kv.Txn, stream uint64) error {
	var b []byte
	for _, n := range []uint64{uint64(s.Opened), uint64(s.Closed), uint64(s.ParentOpened), s.First, s.Last} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return tx.Set(keyspace.Shard(stream, s.Lane, s.Generation), b)
}

func readShard(lane int, generation uint32, b []byte) (Shard, error) {
	if len(b) != shardSize {
		return Shard{}, fmt.Errorf("%w: shard of a stream", ErrCorrupt)
	}
	n := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	s := Shard{Lane: lane, Generation: generation, Opened: int64(n(0)), Closed: int64(n(1)), ParentOpened: int64(n(2)), First: n(3), Last: n(4)}
	if s.First == 0 || (s.Last == 0) != (s.Closed == 0) || s.Last != 0 && s.Last < s.First {
		return Shard{}, fmt.Errorf("%w: shard of a stream makes no sense", ErrCorrupt)
	}
	return s, nil
}

// close closes the open shard of a lane that is locked, and moves the place behind it.
func (p *place) close(ctx context.Context, tx kv.Txn, stream uint64, lane int, now int64) (Shard, error) {
	b, err := tx.Get(ctx, keyspace.Shard(stream, lane, p.generation))
	if err != nil {
		return Shard{}, err
	}
	s, err := readShard(lane, p.generation, b)
	if err != nil {
		return Shard{}, err
	}
	if p.next == s.First {
		p.next++
	}
	p.millis = max(p.millis, now, s.Opened+1) // a child is younger than its parent
	s.Last, s.Closed = p.next-1, p.millis
	return s, s.set(tx, stream)
}

// Shards returns the shards of a stream, in the order of when they opened, and where each lane's next record will be.
func (s *Store) Shards(ctx context.Context, d *StreamDefinition) ([]Shard, error) {
	var all []Shard
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		all, err = readShards(ctx, r, d.ID)
		return err
	})
	slices.SortFunc(all, func(a, b Shard) int {
		if a.Opened != b.Opened {
			return int(a.Opened - b.Opened)
		}
		return a.Lane - b.Lane
	})
	return all, err
}

func readShards(ctx context.Context, r kv.Reader, stream uint64) (all []Shard, err error) {
	start, end := keyspace.Shards(stream)
	err = r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		_, lane, generation, ok := keyspace.ParseShard(key)
		if !ok {
			return false, fmt.Errorf("%w: key of a shard %q", ErrCorrupt, key)
		}
		sh, err := readShard(lane, generation, value)
		all = append(all, sh)
		return err == nil, err
	})
	return all, err
}

// tendLoop rolls the shards of streams, and removes what is too old. Readers do not depend on when it does.
func (s *Store) tendLoop() {
	for s.sleep(min(max(s.shardLife/8, 5*time.Millisecond), 30*time.Second)) {
		if err := s.tendStreams(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("table: streams not tended", "error", err)
		}
	}
}

const (
	// tendPage is how many streams are read at a time, and how many shards of a lane are removed.
	tendPage = 100
	// tendLease is the name of the work on streams. To look whether there is any takes no lease.
	tendLease = "streams"
)

// tendStreams does what the age of all streams asks for, if this server is the one who does. What goes wrong with one of them
// does not hold up the others.
func (s *Store) tendStreams(ctx context.Context) error {
	var failed error
	start, end := keyspace.AllStreams()
	for start != nil {
		var defs []*StreamDefinition
		var next []byte
		err := s.db.View(ctx, func(r kv.Reader) error {
			n := 0
			return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: tendPage}, func(key, value []byte) (bool, error) {
				if d, err := decodeStream(value); err != nil {
					failed = errors.Join(failed, err)
				} else {
					defs = append(defs, d)
				}
				if n++; n < tendPage {
					return true, nil
				}
				next = keyspace.After(key)
				return false, nil
			})
		})
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, d := range defs {
			if err := s.tend(ctx, d); err != nil {
				failed = errors.Join(failed, fmt.Errorf("stream %s of table %q: %w", d.Label, d.Table, err))
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		start = next
	}
	return failed
}

// tend does for one stream what its age asks for.
func (s *Store) tend(ctx context.Context, d *StreamDefinition) error {
	now := s.now()
	if d.State == StreamDisabled && !d.Ended.Add(streamRetention).After(now) {
		return s.ifLeased(ctx, tendLease, func() error { return s.removeStream(ctx, d) })
	}
	old, aged, err := s.dueShards(ctx, d, now)
	if err != nil || len(old)+len(aged) == 0 {
		return err
	}
	return s.ifLeased(ctx, tendLease, func() error {
		for _, sh := range old {
			if err := s.removeShard(ctx, d, sh); err != nil {
				return err
			}
		}
		for _, sh := range aged {
			if err := s.rollShard(ctx, d, sh); err != nil {
				return err
			}
		}
		return nil
	})
}

// dueShards returns the shards of a stream to remove, the oldest of each lane, and those to roll. It reads no others, however
// many there are.
func (s *Store) dueShards(ctx context.Context, d *StreamDefinition, now time.Time) (old, aged []Shard, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		for lane := range d.Lanes {
			gone, err := oldShards(ctx, r, d.ID, lane, cutoff(now))
			if err != nil {
				return err
			}
			old = append(old, gone...)
			sh, err := openShard(ctx, r, d.ID, lane)
			if err != nil {
				return err
			}
			if sh != nil && time.Duration(now.UnixMilli()-sh.Opened)*time.Millisecond >= s.shardLife {
				aged = append(aged, *sh)
			}
		}
		return nil
	})
	return old, aged, err
}

// oldShards returns up to tendPage of the oldest shards of a lane that were closed by a time.
func oldShards(ctx context.Context, r kv.Reader, stream uint64, lane int, by int64) (old []Shard, err error) {
	oldest := kv.Range{Start: keyspace.Shard(stream, lane, 0), End: keyspace.Shard(stream, lane+1, 0), Limit: 1}
	err = r.Scan(ctx, oldest, func(key, value []byte) (bool, error) {
		_, _, generation, ok := keyspace.ParseShard(key)
		if !ok {
			return false, fmt.Errorf("%w: key of a shard %q", ErrCorrupt, key)
		}
		sh, err := readShard(lane, generation, value)
		if err != nil || sh.Closed == 0 || sh.Closed > by {
			return false, err
		}
		old = append(old, sh)
		return len(old) < tendPage, nil
	})
	return old, err
}

// openShard returns the open shard of a lane, nil if there is none.
func openShard(ctx context.Context, r kv.Reader, stream uint64, lane int) (*Shard, error) {
	b, err := r.Get(ctx, keyspace.AppendLane(nil, stream, lane))
	if err != nil {
		return nil, err
	}
	p, err := readPlace(b)
	if err != nil || !p.open {
		return nil, err
	}
	if b, err = r.Get(ctx, keyspace.Shard(stream, lane, p.generation)); err != nil {
		return nil, err
	}
	sh, err := readShard(lane, p.generation, b)
	return &sh, err
}

// cutoff is when the oldest records may have been written that are read, in milliseconds since 1970; older ones are not.
func cutoff(now time.Time) int64 { return now.Add(-streamRetention).UnixMilli() }

// rollShard closes a shard, if it is open, and opens its child.
func (s *Store) rollShard(ctx context.Context, d *StreamDefinition, sh Shard) error {
	key := keyspace.AppendLane(nil, d.ID, sh.Lane)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		b, err := tx.Get(ctx, key)
		if err != nil {
			return err
		}
		p, err := readPlace(b)
		if err != nil || !p.open || p.generation != sh.Generation {
			return err
		}
		parent, err := p.close(ctx, tx, d.ID, sh.Lane, s.now().UnixMilli())
		if err != nil {
			return err
		}
		p.generation++
		child := Shard{Lane: sh.Lane, Generation: p.generation, Opened: parent.Closed, ParentOpened: parent.Opened, First: p.next}
		if err := child.set(tx, d.ID); err != nil {
			return err
		}
		return tx.Set(key, p.append(nil))
	})
}

// removeShard removes a closed shard that has nothing to read any more. Its records go first, so that there are never
// records of no shard; who reads it meanwhile is told that they are gone.
func (s *Store) removeShard(ctx context.Context, d *StreamDefinition, sh Shard) error {
	start := keyspace.AppendRecord(nil, d.ID, sh.Lane, sh.First)
	end := keyspace.After(keyspace.AppendRecord(nil, d.ID, sh.Lane, sh.Last))
	if err := s.db.DropRange(ctx, start, end); err != nil {
		return err
	}
	key := keyspace.Shard(d.ID, sh.Lane, sh.Generation)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		return tx.Delete(key)
	})
}

// removeStream removes a stream that was disabled long ago.
func (s *Store) removeStream(ctx context.Context, d *StreamDefinition) error {
	var errs []error
	keyspace.OfStream(d.ID, func(start, end []byte) { errs = append(errs, s.db.DropRange(ctx, start, end)) })
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, d.key()); err != nil {
			return err
		}
		// Another server may have removed it, and a clock that went back may have given its label to another stream.
		there, err := readStream(ctx, tx, d.Scope, d.Table, d.Label)
		if errors.Is(err, ErrNotFound) || err == nil && there.ID != d.ID {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Delete(d.key())
	})
}
