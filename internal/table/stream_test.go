package table

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// What is in a record follows from the view, and a write that changes nothing has none.
func TestStreamViews(t *testing.T) {
	ctx := t.Context()
	for view, want := range map[string]string{
		"KEYS_ONLY": "INSERT K - -, MODIFY K - -, REMOVE K - -", "NEW_IMAGE": "INSERT K 1 -, MODIFY K 2 -, REMOVE K - -",
		"OLD_IMAGE": "INSERT K - -, MODIFY K - 1, REMOVE K - 2", "NEW_AND_OLD_IMAGES": "INSERT K 1 -, MODIFY K 2 1, REMOVE K - 2",
	} {
		t.Run(view, func(t *testing.T) {
			s := openStore(t, openDB(t), Options{})
			d := must[*Descriptor](t)(s.Create(ctx, streamed(view, global("g", "ALL", []KeyAttribute{str("a")}, nil))))
			one, two := item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"n":{"N":"1"}}`), item(t, `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"n":{"N":"2"}}`)
			again := item(t, `{"n":{"N":"2.0"},"a":{"S":"x"},"s":{"N":"1"},"p":{"S":"p"}}`)
			for _, w := range []Write{put(d, one), put(d, one), put(d, two), put(d, again), del(d, two), del(d, two)} {
				must[[]Written](t)(s.Write(ctx, []Write{w}, nil))
			}
			number := func(v attribute.Value) string {
				if v == nil {
					return "-"
				}
				return v.Field("n").Number().String()
			}
			var got []string
			for _, r := range everything(t, s, streamOf(t, s, d), 10) {
				if !attribute.Equal(r.keys, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`)) || r.service {
					t.Errorf("%s", r)
				}
				got = append(got, r.event+" K "+number(r.new)+" "+number(r.old))
			}
			if g := strings.Join(got, ", "); g != want {
				t.Errorf("%s\nwant %s", g, want)
			}
		})
	}
}

// A transaction's records are all there or none; what the service does itself is marked.
func TestStreamTransactions(t *testing.T) {
	ctx := t.Context()
	s := openStore(t, openDB(t), Options{Lanes: 3})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("NEW_AND_OLD_IMAGES")))
	other := simple("u")
	plain := must[*Descriptor](t)(s.Create(ctx, other))
	no := errors.New("no")
	var writes []Write
	for i := range 20 {
		w := put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"}}`, i))
		w.Service = i == 7
		writes = append(writes, w)
	}
	writes = append(writes, put(plain, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`)))
	refuse := Write{Table: d, Key: item(t, `{"p":{"S":"x"},"s":{"N":"1"}}`), Apply: func(attribute.Value) (attribute.Value, error) { return nil, no }}
	if _, err := s.Write(ctx, append(writes[:len(writes):len(writes)], refuse), nil); !errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
	if all := everything(t, s, streamOf(t, s, d), 10); len(all) > 0 {
		t.Fatalf("records of a refused transaction: %s", all)
	}
	must[[]Written](t)(s.Write(ctx, writes, &Token{Scope: testScope, Value: "t", Lifetime: time.Minute}))
	if _, err := s.Write(ctx, writes, &Token{Scope: testScope, Value: "t", Lifetime: time.Minute}); !errors.Is(err, ErrRepeated) {
		t.Fatal(err)
	}
	all := everything(t, s, streamOf(t, s, d), 10)
	lanes := map[int]bool{}
	for _, r := range all {
		lanes[r.lane] = true
		if r.service != (string(r.keys.Field("p").Text()) == "p7") {
			t.Errorf("%s: service is %v", r, r.service)
		}
	}
	if len(all) != 20 || len(lanes) != 3 {
		t.Errorf("%d records in %d lanes", len(all), len(lanes))
	}
}

// A stream has its records and no others, however often there is a new one.
func TestStreamsComeAndGo(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now})
	must[*Descriptor](t)(s.Create(ctx, simple("t")))
	write1 := func(i int) {
		must[[]Written](t)(write(s, "t", func(d *Descriptor) []Write { return []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"}}`, i))} }))
	}
	write1(0)
	var defs []*StreamDefinition
	for i := range 3 {
		d := setStream(t, s, "t", "KEYS_ONLY")
		if _, err := s.Change(ctx, testScope, "t", func(d *Descriptor) error { d.Stream = &Stream{View: "NEW_IMAGE"}; return nil }); err == nil {
			t.Error("the view was changed")
		}
		write1(10*i + 1)
		write1(10*i + 2)
		defs = append(defs, streamOf(t, s, d))
		if i < 2 {
			setStream(t, s, "t", "")
			write1(10*i + 3)
		}
	}
	if _, err := s.Drop(ctx, testScope, "t", nil); err != nil {
		t.Fatal(err)
	}
	names, more, err := s.Streams(ctx, testScope, "t", StreamName{}, 2)
	if err != nil || len(names) != 2 || !more || names[0].Label != defs[0].Label {
		t.Errorf("%v %v %v", names, more, err)
	}
	names, more, err = s.Streams(ctx, testScope, "", names[1], 2)
	if err != nil || len(names) != 1 || more || names[0].Label != defs[2].Label {
		t.Errorf("%v %v %v", names, more, err)
	}
	for i, def := range defs {
		all := everything(t, s, def, 10)
		if def = must[*StreamDefinition](t)(s.Stream(ctx, testScope, "t", def.Label)); def.State != StreamDisabled || len(all) != 2 {
			t.Errorf("stream %d is %s and has %s", i, def.State, all)
		}
		for _, sh := range must[[]Shard](t)(s.Shards(ctx, def)) {
			if sh.Closed == 0 {
				t.Errorf("shard %v is open", sh)
			}
		}
	}
	// A new table of the name does not take the labels of the old.
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	for _, def := range defs {
		if def.Label == d.LatestStream {
			t.Error("a label twice")
		}
	}
	c.forward(streamRetention)
	if err := s.tendStreams(ctx); err != nil {
		t.Fatal(err)
	}
	if names, _, _ := s.Streams(ctx, testScope, "", StreamName{}, 10); len(names) != 1 || names[0].Label != d.LatestStream {
		t.Errorf("after a day there are still %v", names)
	}
}

// Records are read for a day, and then are gone.
func TestStreamsAreTrimmed(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: c.now, Lanes: 1})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("NEW_IMAGE")))
	def := streamOf(t, s, d)
	at := func(generation int, from From, sequence uint64, millis int64) (uint64, error) {
		p, err := s.Position(ctx, def, 0, uint32(generation), from, sequence, millis)
		return p.Sequence, err
	}
	began := c.now()
	n := 0
	for range 12 { // a record every 80 minutes, three in each shard but the last
		for range 3 {
			n++
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"n":{"N":"%d"}}`, n))}, nil))
			c.forward(80 * time.Minute)
		}
		if err := s.tendStreams(ctx); err != nil {
			t.Fatal(err)
		}
	}
	shards := must[[]Shard](t)(s.Shards(ctx, def))
	if len(shards) != 7 || shards[0].Generation != 6 || shards[0].First != 19 {
		t.Fatalf("%v", shards)
	}
	all := everything(t, s, def, 2)
	if len(all) != 18 || all[0].sequence != 19 {
		t.Fatalf("%d records, the first %s", len(all), all[0])
	}
	for _, f := range []struct {
		generation int
		from       From
		sequence   uint64
		after      time.Duration
		want       uint64
		err        error
	}{
		{6, FromHorizon, 0, 0, 19, nil}, {6, FromSequence, 19, 0, 19, nil}, {6, FromSequence, 22, 0, 22, nil}, {6, FromSequence, 23, 0, 0, ErrSequence},
		{6, FromSequence, 18, 0, 0, ErrSequence}, {5, FromHorizon, 0, 0, 0, ErrNotFound}, {6, FromLatest, 0, 0, 22, nil}, {11, FromLatest, 0, 0, 37, nil},
		{12, FromLatest, 0, 0, 37, nil}, {12, FromHorizon, 0, 0, 37, nil}, {12, FromSequence, 37, 0, 37, nil}, {12, FromSequence, 38, 0, 0, ErrSequence},
		{6, FromTime, 0, 0, 19, nil}, {6, FromTime, 0, 19 * 80 * time.Minute, 20, nil}, {6, FromTime, 0, 19*80*time.Minute + 1e6, 21, nil}, {6, FromTime, 0, 100 * time.Hour, 22, nil},
	} {
		got, err := at(f.generation, f.from, f.sequence, began.Add(f.after).UnixMilli())
		if got != f.want && f.err == nil || !errors.Is(err, f.err) {
			t.Errorf("%+v: %d, %v", f, got, err)
		}
	}
	// In the middle of a shard, before anything was removed.
	c.forward(80 * time.Minute)
	if got, err := at(6, FromHorizon, 0, 0); got != 20 || err != nil {
		t.Error(got, err)
	}
	if _, err := at(6, FromSequence, 19, 0); !errors.Is(err, ErrTrimmed) {
		t.Error(err)
	}
	if _, _, _, err := page(t, s, def, StreamPosition{0, 6, 19}, 10); !errors.Is(err, ErrTrimmed) {
		t.Error(err)
	}
	if all := everything(t, s, def, 2); len(all) != 17 || all[0].sequence != 20 {
		t.Errorf("%d records, the first %s", len(all), all[0])
	}
	c.forward(24 * time.Hour)
	if all := everything(t, s, def, 2); len(all) != 0 {
		t.Errorf("%s", all)
	}
	if err := s.tendStreams(ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := page(t, s, def, StreamPosition{0, 6, 22}, 10); !errors.Is(err, ErrTrimmed) {
		t.Error(err)
	}
	if sum := checkStore(t, db); sum.Records != 0 {
		t.Errorf("%d records are still stored", sum.Records)
	}
}

// Who waits for records of a shard that has none is told that it ended, however long that took: nothing was missed.
func TestEmptyShardsEnd(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now, Lanes: 1, ShardLife: streamRetention})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	def := streamOf(t, s, d)
	for generation := range uint32(3) {
		at := must[StreamPosition](t)(s.Position(ctx, def, 0, generation, FromLatest, 0, 0))
		c.forward(streamRetention + time.Minute)
		if _, _, ended, err := page(t, s, def, at, 10); ended || err != nil {
			t.Errorf("an open shard: %v %v", ended, err)
		}
		if err := s.tendStreams(ctx); err != nil {
			t.Fatal(err)
		}
		for _, from := range []From{FromHorizon, FromLatest, FromTime} {
			p := must[StreamPosition](t)(s.Position(ctx, def, 0, generation, from, 0, 0))
			if records, _, ended, err := page(t, s, def, p, 10); len(records) > 0 || !ended || err != nil {
				t.Errorf("a closed shard, from %d: %v %v %v", from, records, ended, err)
			}
		}
		if records, _, ended, err := page(t, s, def, at, 10); len(records) > 0 || !ended || err != nil {
			t.Errorf("a closed shard: %v %v %v", records, ended, err)
		}
	}
}

// Very many old shards go little by little, the oldest first.
func TestManyOldShards(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: c.now, Lanes: 2, ShardLife: 24 * time.Hour})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	def := streamOf(t, s, d)
	for i := range tendPage + 20 {
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"}}`, i))}, nil))
		for lane := range 2 {
			if err := s.rollShard(ctx, def, Shard{Lane: lane, Generation: uint32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		c.forward(time.Second)
	}
	c.forward(streamRetention)
	for _, want := range []int{20 + 2, 2, 2} { // in each lane, with the last one, which is rolled, and its child
		if err := s.tendStreams(ctx); err != nil {
			t.Fatal(err)
		}
		all := must[[]Shard](t)(s.Shards(ctx, def))
		if len(all) != 2*want || all[0].Generation != uint32(tendPage+20+2-want) {
			t.Errorf("%d shards, want %d, the first %+v", len(all), 2*want, all[0])
		}
	}
	if sum := checkStore(t, db); sum.Records != 0 {
		t.Errorf("%d records", sum.Records)
	}
}

// A stream that can't be read, or whose shards can't, does not keep the others from being tended.
func TestStreamsAreTendedEach(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	db := openPlain(t)
	s := openStore(t, db, Options{Now: c.now, Lanes: 1})
	var defs []*StreamDefinition
	for _, name := range []string{"t1", "t2", "t3"} {
		d := simple(name)
		d.Stream = &Stream{View: "KEYS_ONLY"}
		defs = append(defs, streamOf(t, s, must[*Descriptor](t)(s.Create(ctx, d))))
	}
	if err := db.Update(ctx, func(tx kv.Txn) error {
		return errors.Join(tx.Set(defs[0].key(), []byte("{}")), tx.Set(keyspace.Shard(defs[1].ID, 0, 0), []byte("x")))
	}); err != nil {
		t.Fatal(err)
	}
	c.forward(defaultShardLife)
	if err := s.tendStreams(ctx); !errors.Is(err, ErrFormat) || !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
	if n := len(must[[]Shard](t)(s.Shards(ctx, defs[2]))); n != 2 {
		t.Errorf("%d shards", n)
	}
}

// Who removes a stream that has gone already does not remove what has come in its place.
func TestStreamsAreRemovedOnce(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	old := streamOf(t, s, d)
	must[*Descriptor](t)(s.Drop(ctx, testScope, "t", nil))
	if err := s.removeStream(ctx, old); err != nil {
		t.Fatal(err)
	}
	again := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY"))) // the clock stands still: the label is the same
	for range 2 {
		if err := s.removeStream(ctx, old); err != nil {
			t.Fatal(err)
		}
	}
	if def := streamOf(t, s, again); def.Label != old.Label || def.ID == old.ID || len(must[[]Shard](t)(s.Shards(ctx, def))) != maxLanes {
		t.Errorf("%+v after %+v", def, old)
	}
}

// A clock that goes back does not make records older than those before them.
func TestStreamsAndClocks(t *testing.T) {
	ctx := t.Context()
	c := newClock()
	s := openStore(t, openDB(t), Options{Now: c.now, Lanes: 1})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	for i := range 4 {
		must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"%d"}}`, i))}, nil))
		c.forward(-time.Hour)
		if i == 1 {
			c.forward(6 * time.Hour)
			if err := s.tendStreams(ctx); err != nil {
				t.Fatal(err)
			}
			c.forward(-6 * time.Hour)
		}
	}
	all := everything(t, s, streamOf(t, s, d), 10)
	for i := range all[1:] {
		if all[i+1].millis < all[i].millis {
			t.Errorf("%d ms after %d ms", all[i+1].millis, all[i].millis)
		}
	}
}

// Check finds what is not as it has to be in streams.
func TestCheckFindsInStreams(t *testing.T) {
	for want, spoil := range map[string]func(tx kv.Txn, id uint64, def *StreamDefinition) error{
		"": func(kv.Txn, uint64, *StreamDefinition) error { return nil },
		"record does not follow the one before it": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Delete(keyspace.AppendRecord(nil, id, 0, 2))
		},
		"record does not decode": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Set(keyspace.AppendRecord(nil, id, 0, 2), []byte{1})
		},
		"record of no shard": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			b, err := tx.Get(context.Background(), keyspace.AppendRecord(nil, id, 0, 2))
			return errors.Join(err, tx.Set(keyspace.AppendRecord(nil, id, 0, 9), b))
		},
		"record of no stream": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Set(keyspace.AppendRecord(nil, id+1, 0, 1), nil)
		},
		"record in the lane of others": func(tx kv.Txn, id uint64, def *StreamDefinition) error {
			b := appendRecord(nil, &Descriptor{Partition: def.Partition, Stream: &def.Stream}, 1, false, nil, item(t, `{"p":{"S":"p"}}`))
			return tx.Set(keyspace.AppendRecord(nil, id, 0, 1), b)
		},
		"shard does not decode": func(tx kv.Txn, id uint64, _ *StreamDefinition) error { return tx.Set(keyspace.Shard(id, 0, 0), nil) },
		"shard of no stream":    func(tx kv.Txn, id uint64, _ *StreamDefinition) error { return (&Shard{First: 1}).set(tx, id+1) },
		"shard does not follow": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return (&Shard{Generation: 1, First: 1}).set(tx, id)
		},
		"lane without its open shard": func(tx kv.Txn, id uint64, _ *StreamDefinition) error { return tx.Delete(keyspace.Shard(id, 0, 0)) },
		"lane is open: false": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Set(keyspace.AppendLane(nil, id, 0), make([]byte, placeSize))
		},
		"lane does not decode": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Set(keyspace.AppendLane(nil, id, 0), nil)
		},
		"lane of no stream": func(tx kv.Txn, id uint64, _ *StreamDefinition) error {
			return tx.Set(keyspace.AppendLane(nil, id, 1), make([]byte, placeSize))
		},
		"definition of another stream": func(tx kv.Txn, id uint64, def *StreamDefinition) error {
			key := def.key()
			def.Table = "u"
			b, err := tx.Get(context.Background(), key)
			return errors.Join(err, tx.Set(def.key(), b))
		},
		"stream is ENABLING and no job": func(tx kv.Txn, id uint64, def *StreamDefinition) error {
			def.State = StreamEnabling
			return def.set(tx)
		},
		"is not what the table says": func(tx kv.Txn, id uint64, def *StreamDefinition) error { def.View = "NEW_IMAGE"; return def.set(tx) },
		"no table writes it": func(tx kv.Txn, id uint64, def *StreamDefinition) error {
			return tx.Delete(keyspace.Table(def.Scope.Account, def.Scope.Region, def.Table))
		},
		"stream makes no sense": func(tx kv.Txn, id uint64, def *StreamDefinition) error {
			return tx.Set(def.key(), []byte(`{"format":1}`))
		},
		"unknown key": func(tx kv.Txn, id uint64, def *StreamDefinition) error { return tx.Set([]byte("qq"), nil) },
	} {
		t.Run(want, func(t *testing.T) {
			ctx := context.Background()
			db := openPlain(t)
			s := openStore(t, db, Options{Lanes: 1})
			d := simple("t")
			d.Sort, d.Stream = nil, &Stream{View: "KEYS_ONLY"}
			made := must[*Descriptor](t)(s.Create(ctx, d))
			for i := range 3 {
				must[[]Written](t)(s.Write(ctx, []Write{put(made, item(t, `{"p":{"S":"p%d"}}`, i))}, nil))
			}
			def := streamOf(t, s, made)
			if strings.HasPrefix(want, "record in the lane") {
				def.Lanes = 64
			}
			if err := db.Update(ctx, func(tx kv.Txn) error {
				if def.Lanes != 1 {
					if err := def.set(tx); err != nil {
						return err
					}
				}
				return spoil(tx, made.Stream.ID, def)
			}); err != nil {
				t.Fatal(err)
			}
			var found []string
			sum, err := Check(ctx, db, func(p Problem) { found = append(found, p.What) })
			if err != nil || want != "" && !strings.Contains(strings.Join(found, "\n"), want) || want == "" && (len(found) > 0 || sum.Records != 3 || sum.Streams != 1) {
				t.Errorf("%v %+v: %s", err, sum, found)
			}
		})
	}
}

func TestLanesOfThroughput(t *testing.T) {
	s := openStore(t, openDB(t), Options{})
	for _, c := range []struct {
		read, write int64
		lanes       int
	}{
		{0, 0, 4}, {5, 5, 1}, {3000, 0, 1}, {1500, 500, 1}, {1500, 501, 2}, {1, 2000, 3}, {1, 40_000, 4}, {1 << 62, 1 << 62, 4},
	} {
		if n := s.lanesOf(&Descriptor{Settings: Settings{Throughput: Throughput{Read: c.read, Write: c.write}}}); n != c.lanes {
			t.Errorf("%d lanes for %d reads and %d writes a second", n, c.read, c.write)
		}
	}
}
