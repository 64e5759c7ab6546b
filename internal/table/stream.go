package table

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// A stream has a number of lanes, and each partition of the table belongs to one of them. A change of an item locks its
// lane, takes the next sequence of it, and writes its record under that in the same transaction. So the records of a lane
// become visible in the order of their sequences, and a reader who has seen one has seen all before it.
//
// A shard is what a lane holds between two sequences. Each lane has one open shard, which is closed after some time while
// the next one opens, its child. A writer need not know which: that is why it locks the lane, and not the shard.
//
// Whether records are written at all is up to the lane, which is open or not. A new stream's lanes open once nobody writes
// by a version of the table that knows nothing of it, and close in the transaction that disables it: what happens to the
// items in between is in the stream without a gap.

// Stream is the stream of a table as its writers know it.
type Stream struct {
	ID    uint64 `json:"id"`
	Label string `json:"label"`
	// View is KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES.
	View  string `json:"view"`
	Lanes int    `json:"lanes"`
}

// StreamState is what a stream does.
type StreamState string

// A stream that is Enabling has no shards yet, and one that is Disabled gets no records any more.
const (
	StreamEnabling StreamState = "ENABLING"
	StreamEnabled  StreamState = "ENABLED"
	StreamDisabled StreamState = "DISABLED"
)

// StreamDefinition is a stream as its readers know it. It is there for some time after the stream was disabled, or even
// its table dropped.
type StreamDefinition struct {
	Stream
	Scope     Scope         `json:"scope"`
	Table     string        `json:"table"`
	Partition KeyAttribute  `json:"partition"`
	Sort      *KeyAttribute `json:"sort,omitempty"`
	Created   time.Time     `json:"created"`
	State     StreamState   `json:"state"`
	// Ended is when it was disabled.
	Ended time.Time `json:"ended,omitzero"`
	// Secret is known to nobody: who shows something that is made with it has it from here.
	Secret []byte `json:"secret"`
	// Policy is nil if there never was one.
	Policy *ResourcePolicy `json:"policy,omitempty"`
	// Tags are its own: it has none of its table's.
	Tags map[string]string `json:"tags,omitempty"`
	// Changed counts the changes by ChangeStream.
	Changed int `json:"changed,omitempty"`
}

const streamFormat = 1

type storedStream struct {
	Format int               `json:"format"`
	Stream *StreamDefinition `json:"stream"`
}

// streamLabel is the form of labels, in UTC.
const streamLabel = "2006-01-02T15:04:05.000"

// How long things of streams last, if the options say nothing (developer guide, "Change data capture for DynamoDB
// Streams").
const (
	defaultShardLife = 4 * time.Hour
	streamRetention  = 24 * time.Hour
)

// maxLanes is as many as the partitions that AWS gives a new on-demand table, and enough that writers of an engine on one
// machine do not wait for each other: see BenchmarkWriteStreamParallel.
const maxLanes = 4

// lanesOf returns how many lanes a new stream of a table has: one for each partition that AWS would give the table for its
// provisioned throughput, of 3000 units for reads or 1000 for writes each (developer guide, "Partitions and data
// distribution").
func (s *Store) lanesOf(d *Descriptor) int {
	read, write := d.Settings.Throughput.Read, d.Settings.Throughput.Write
	switch {
	case s.lanes > 0:
		return s.lanes
	case read == 0 && write == 0:
		return maxLanes
	}
	return int(min(max((min(read, 1e6)+3*min(write, 1e6)+2999)/3000, 1), maxLanes))
}

func isView(view string) bool {
	switch view {
	case "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES":
		return true
	}
	return false
}

func (d *StreamDefinition) key() []byte {
	return keyspace.Stream(d.Scope.Account, d.Scope.Region, d.Table, d.Label)
}

func (d *StreamDefinition) set(tx kv.Txn) error {
	b, err := json.Marshal(storedStream{streamFormat, d})
	if err != nil {
		return err
	}
	return tx.Set(d.key(), b)
}

func decodeStream(b []byte) (*StreamDefinition, error) {
	var s storedStream
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("%w: stream: %w", ErrCorrupt, err)
	}
	if s.Format != streamFormat {
		return nil, fmt.Errorf("%w: stream of format %d", ErrFormat, s.Format)
	}
	if d := s.Stream; d == nil || d.ID == 0 || d.Lanes < 1 || !isView(d.View) || !isKey(d.Partition) || d.Sort != nil && !isKey(*d.Sort) {
		return nil, fmt.Errorf("%w: stream makes no sense", ErrCorrupt)
	}
	return s.Stream, nil
}

// Stream returns a stream, or ErrNotFound.
func (s *Store) Stream(ctx context.Context, scope Scope, table, label string) (d *StreamDefinition, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		d, err = readStream(ctx, r, scope, table, label)
		return err
	})
	return d, err
}

func readStream(ctx context.Context, r kv.Reader, scope Scope, table, label string) (*StreamDefinition, error) {
	b, err := r.Get(ctx, keyspace.Stream(scope.Account, scope.Region, table, label))
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, ErrNotFound
	}
	return decodeStream(b)
}

// StreamName is what a stream is called within its scope.
type StreamName struct{ Table, Label string }

// Streams returns up to limit streams of a table, or of all tables if table is "", that come after one, if that is not
// zero, and whether there are more. They are in the order of their tables' names, and of their age.
func (s *Store) Streams(ctx context.Context, scope Scope, table string, after StreamName, limit int) (names []StreamName, more bool, err error) {
	start, end := keyspace.Streams(scope.Account, scope.Region, table)
	if after != (StreamName{}) {
		if table != "" && after.Table != table {
			return nil, false, nil
		}
		start = keyspace.After(keyspace.Stream(scope.Account, scope.Region, after.Table, after.Label))
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: limit + 1}, func(key, _ []byte) (bool, error) {
			_, _, table, label, ok := keyspace.ParseStream(key)
			if !ok {
				return false, fmt.Errorf("%w: key of a stream %q", ErrCorrupt, key)
			}
			if len(names) == limit {
				more = true
				return false, nil
			}
			names = append(names, StreamName{table, label})
			return true, nil
		})
	})
	if err != nil {
		return nil, false, err
	}
	return names, more, nil
}

// ChangeStream makes a change of a stream's definition. fn changes a copy and may run again; it may change the policy and
// the tags.
func (s *Store) ChangeStream(ctx context.Context, scope Scope, table, label string, fn func(*StreamDefinition) error) error {
	key := keyspace.Stream(scope.Account, scope.Region, table, label)
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		d, err := readStream(ctx, tx, scope, table, label)
		if err != nil {
			return err
		}
		if err := fn(d); err != nil {
			return err
		}
		d.Changed++
		return d.set(tx)
	})
}

// newStream gives the new stream of a table that is being created or changed an id and a label, and writes its
// definition. The table's definition and the counter of ids are locked.
func (s *Store) newStream(ctx context.Context, tx kv.Txn, d *Descriptor, state StreamState) (*StreamDefinition, error) {
	id, err := takeIDs(ctx, tx, 1)
	if err != nil {
		return nil, err
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	// A label is used once for tables of one name.
	at := now
	for ; ; at = at.Add(time.Millisecond) {
		there, err := tx.Get(ctx, keyspace.Stream(d.Scope.Account, d.Scope.Region, d.Name, at.Format(streamLabel)))
		if err != nil {
			return nil, err
		}
		if there == nil && at.Format(streamLabel) > d.LatestStream {
			break
		}
	}
	secret := make([]byte, 16)
	_, _ = rand.Read(secret) // never fails
	next := *d.Stream
	next.ID, next.Label, next.Lanes = id, at.Format(streamLabel), s.lanesOf(d)
	d.Stream, d.LatestStream = &next, next.Label
	def := &StreamDefinition{Stream: next, Scope: d.Scope, Table: d.Name, Partition: d.Partition, Sort: d.Sort,
		Created: now, State: state, Secret: secret}
	return def, def.set(tx)
}

// streamJobs writes what the step from before to next means for the stream of a table.
func (s *Store) streamJobs(ctx context.Context, tx kv.Txn, before, next *Descriptor) ([]*job, error) {
	switch {
	case before.Stream != nil && next.Stream == nil:
		return nil, s.closeStream(ctx, tx, before)
	case before.Stream != nil || next.Stream == nil:
		return nil, nil
	}
	if _, err := s.newStream(ctx, tx, next, StreamEnabling); err != nil {
		return nil, err
	}
	id, err := takeIDs(ctx, tx, 1)
	if err != nil {
		return nil, err
	}
	j := newJob(id, kindOpenStream, next, 0)
	j.rec.Stream = next.Stream.Label
	return []*job{j}, j.set(tx)
}

// streamKeys are the keys to lock to change a stream and what its lanes do.
func streamKeys(scope Scope, table string, s *Stream) [][]byte {
	keys := [][]byte{keyspace.Stream(scope.Account, scope.Region, table, s.Label)}
	for lane := range s.Lanes {
		keys = append(keys, keyspace.AppendLane(nil, s.ID, lane))
	}
	return keys
}

// openStream is the job that opens the lanes of a new stream, when all who write know it.
func (s *Store) openStream(j *job) error {
	def, err := s.Stream(s.ctx, j.rec.Scope, j.rec.Table, j.rec.Stream)
	if errors.Is(err, ErrNotFound) || err == nil && def.State != StreamEnabling {
		return s.endJob(j)
	}
	if err != nil {
		return err
	}
	return s.step(j, func() error {
		return s.db.Update(s.ctx, func(tx kv.Txn) error {
			keys := append(streamKeys(j.rec.Scope, j.rec.Table, &def.Stream), keyspace.Job(j.id))
			if err := tx.Lock(s.ctx, keys...); err != nil {
				return err
			}
			if err := tx.Delete(keyspace.Job(j.id)); err != nil {
				return err
			}
			d, err := readStream(s.ctx, tx, j.rec.Scope, j.rec.Table, j.rec.Stream)
			if errors.Is(err, ErrNotFound) || err == nil && d.State != StreamEnabling {
				return nil
			}
			if err != nil {
				return err
			}
			d.State = StreamEnabled
			if err := d.set(tx); err != nil {
				return err
			}
			return s.openLanes(tx, &d.Stream)
		})
	})
}

// openLanes opens all lanes of a new stream.
func (s *Store) openLanes(tx kv.Txn, st *Stream) error {
	now := s.now().UnixMilli()
	for lane := range st.Lanes {
		p := place{next: 1, millis: now, open: true}
		if err := tx.Set(keyspace.AppendLane(nil, st.ID, lane), p.append(nil)); err != nil {
			return err
		}
		if err := (&Shard{Lane: lane, First: 1, Opened: now}).set(tx, st.ID); err != nil {
			return err
		}
	}
	return nil
}

// closeStream disables the stream of a table.
func (s *Store) closeStream(ctx context.Context, tx kv.Txn, d *Descriptor) error {
	st := d.Stream
	keys := streamKeys(d.Scope, d.Name, st)
	if err := tx.Lock(ctx, keys...); err != nil {
		return err
	}
	def, err := readStream(ctx, tx, d.Scope, d.Name, st.Label)
	if err != nil {
		return fmt.Errorf("stream %s of table %q: %w", st.Label, d.Name, err)
	}
	now := s.now()
	def.State, def.Ended = StreamDisabled, now.UTC()
	if err := def.set(tx); err != nil {
		return err
	}
	for lane, key := range keys[1:] {
		b, err := tx.Get(ctx, key)
		if err != nil {
			return err
		}
		p, err := readPlace(b)
		if err != nil || !p.open {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := p.close(ctx, tx, st.ID, lane, now.UnixMilli()); err != nil {
			return err
		}
		p.open = false
		if err := tx.Set(key, p.append(nil)); err != nil {
			return err
		}
	}
	return nil
}

// AwaitStream waits until the stream of a table is enabled, for as long as ctx lasts. It takes no longer than the writes
// that were in flight when it was asked for.
func (s *Store) AwaitStream(ctx context.Context, d *Descriptor) error {
	for d.Stream != nil {
		def, err := s.Stream(ctx, d.Scope, d.Name, d.Stream.Label)
		if err != nil || def.State != StreamEnabling {
			return err
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
