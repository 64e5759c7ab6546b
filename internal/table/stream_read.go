package table

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// ErrTrimmed: the place in a stream is older than all that is kept of it.
var ErrTrimmed = errors.New("table: stream records are gone")

// StreamPosition is a place in a shard: what is read next.
type StreamPosition struct {
	Lane       int
	Generation uint32
	Sequence   uint64
}

// From says where in a shard to begin.
type From int

// FromHorizon is the oldest record, FromLatest behind the newest, FromSequence at a record, and FromTime the first
// record that is not older than some time.
const (
	FromHorizon From = iota
	FromLatest
	FromSequence
	FromTime
)

// ErrSequence: a sequence that the shard does not have.
var ErrSequence = errors.New("table: no such sequence in the shard")

// shardReader reads a shard from one snapshot.
type shardReader struct {
	ctx context.Context
	tx  kv.Reader
	d   *StreamDefinition
	Shard
	// end is behind the last sequence that was given.
	end uint64
	// oldest is when the oldest records may have been written.
	oldest int64
}

// shard finds a shard; ErrNotFound if there is none (any more).
func (s *Store) shard(ctx context.Context, tx kv.Reader, d *StreamDefinition, lane int, generation uint32) (*shardReader, error) {
	values, err := tx.GetMany(ctx, [][]byte{keyspace.Shard(d.ID, lane, generation), keyspace.AppendLane(nil, d.ID, lane)})
	if err != nil {
		return nil, err
	}
	if values[0] == nil {
		return nil, ErrNotFound
	}
	r := &shardReader{ctx: ctx, tx: tx, d: d, oldest: cutoff(s.now())}
	if r.Shard, err = readShard(lane, generation, values[0]); err != nil {
		return nil, err
	}
	r.end = r.Last + 1
	if r.Closed == 0 {
		p, err := readPlace(values[1])
		if err != nil {
			return nil, err
		}
		r.end = max(p.next, r.First)
	}
	return r, nil
}

// first returns the sequence of the first record that was written at a time or later, or the shard's end.
func (r *shardReader) first(millis int64) (uint64, error) {
	var failed error
	n := sort.Search(int(r.end-r.First), func(i int) bool {
		b, err := r.tx.Get(r.ctx, keyspace.AppendRecord(nil, r.d.ID, r.Lane, r.First+uint64(i)))
		if err != nil {
			failed = err
		}
		if b == nil { // the sequence that an empty shard took: nobody misses it
			return true
		}
		at, err := recordMillis(b)
		if err != nil {
			failed = err
		}
		return at >= millis
	})
	return r.First + uint64(n), failed
}

// horizon is the sequence of the oldest record that is still read, or the shard's end.
func (r *shardReader) horizon() (uint64, error) {
	switch {
	case r.Opened >= r.oldest:
		return r.First, nil
	case r.Closed != 0 && r.Closed <= r.oldest:
		return r.end, nil
	}
	return r.first(r.oldest)
}

// Position returns the place in a shard where reading begins: with FromSequence at sequence, with FromTime at time. It
// is ErrNotFound if there is no such shard.
func (s *Store) Position(ctx context.Context, d *StreamDefinition, lane int, generation uint32, from From, sequence uint64, millis int64) (p StreamPosition, err error) {
	p = StreamPosition{Lane: lane, Generation: generation}
	err = s.db.View(ctx, func(tx kv.Reader) error {
		r, err := s.shard(ctx, tx, d, lane, generation)
		if err != nil {
			return err
		}
		if from == FromLatest {
			p.Sequence = r.end
			return nil
		}
		horizon, err := r.horizon()
		if err != nil {
			return err
		}
		switch {
		case from == FromHorizon:
			p.Sequence = horizon
		case from == FromTime:
			p.Sequence, err = r.first(max(millis, r.oldest))
			p.Sequence = max(p.Sequence, horizon)
		case sequence < r.First || sequence > r.end || r.Closed != 0 && sequence > r.Last+1:
			err = ErrSequence
		case sequence < horizon:
			err = ErrTrimmed
		default:
			p.Sequence = sequence
		}
		return err
	})
	return p, err
}

// Records calls visit with the records of a shard from a position on, all of one snapshot, until it does not take one; limit
// is about how many it will. It returns the position behind the last that it took, and ended if the shard has no more
// records and never will.
func (s *Store) Records(ctx context.Context, d *StreamDefinition, p StreamPosition, limit int, visit func(*StreamRecord) (taken bool, err error)) (next StreamPosition, ended bool, err error) {
	next = p
	read := uint64(0)
	err = s.db.View(ctx, func(tx kv.Reader) error {
		r, err := s.shard(ctx, tx, d, p.Lane, p.Generation)
		if errors.Is(err, ErrNotFound) {
			return ErrTrimmed
		}
		if err != nil {
			return err
		}
		horizon, err := r.horizon()
		if err != nil {
			return err
		}
		if p.Sequence < horizon {
			return ErrTrimmed
		}
		ended = r.Closed != 0
		if p.Sequence >= r.end {
			return nil
		}
		rec := StreamRecord{Lane: p.Lane}
		rg := kv.Range{Start: keyspace.AppendRecord(nil, d.ID, p.Lane, p.Sequence), End: keyspace.AppendRecord(nil, d.ID, p.Lane, r.end), Limit: limit}
		return tx.Scan(ctx, rg, func(key, value []byte) (bool, error) {
			var ok bool
			if _, _, rec.Sequence, ok = keyspace.ParseRecord(key); !ok {
				return false, fmt.Errorf("%w: key of a record %q", ErrCorrupt, key)
			}
			if err := rec.decode(d, value); err != nil {
				return false, err
			}
			taken, err := visit(&rec)
			if err == nil && taken {
				next.Sequence = rec.Sequence + 1
				read++
			}
			ended = ended && taken
			return taken, err
		})
	})
	s.counts.read.Add(read)
	return next, ended, err
}
