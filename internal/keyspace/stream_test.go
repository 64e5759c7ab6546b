package keyspace

import (
	"bytes"
	"math"
	"testing"

	"github.com/statordb/stator/internal/attribute"
)

func TestStreamKeys(t *testing.T) {
	key := Stream("111122223333", "eu-west-1", "a\x00b", "2026-01-02T03:04:05.006")
	account, region, table, label, ok := ParseStream(key)
	if !ok || account != "111122223333" || region != "eu-west-1" || table != "a\x00b" || label != "2026-01-02T03:04:05.006" {
		t.Errorf("%q %q %q %q %v", account, region, table, label, ok)
	}
	for _, name := range []string{"", "a\x00b"} {
		if start, end := Streams("111122223333", "eu-west-1", name); bytes.Compare(key, start) < 0 || bytes.Compare(key, end) >= 0 {
			t.Errorf("not among those of %q", name)
		}
	}
	if start, end := Streams("111122223333", "eu-west-1", "a"); bytes.Compare(key, start) >= 0 && bytes.Compare(key, end) < 0 {
		t.Error("among those of another table")
	}
	lane := AppendLane(nil, 7, 3)
	if stream, n, ok := ParseLane(lane); !ok || stream != 7 || n != 3 {
		t.Error(stream, n, ok)
	}
	record := AppendRecord(nil, 7, 3, 1<<40)
	if stream, n, seq, ok := ParseRecord(record); !ok || stream != 7 || n != 3 || seq != 1<<40 {
		t.Error(stream, n, seq, ok)
	}
	shard := Shard(7, 3, 9)
	if stream, n, gen, ok := ParseShard(shard); !ok || stream != 7 || n != 3 || gen != 9 {
		t.Error(stream, n, gen, ok)
	}
	for i, bad := range [][]byte{nil, {'q'}, {'q', 'd'}, {'q', 'd', 'x'}, lane[:11], append(bytes.Clone(lane), 0), record[:13], shard[:13]} {
		_, _, _, _, ok1 := ParseStream(bad)
		_, _, ok2 := ParseLane(bad)
		_, _, _, ok3 := ParseRecord(bad)
		_, _, _, ok4 := ParseShard(bad)
		if ok1 || ok2 || ok3 || ok4 {
			t.Errorf("%d: %q is a key", i, bad)
		}
	}
	within := 0
	OfStream(7, func(start, end []byte) {
		for _, k := range [][]byte{lane, record, shard} {
			if bytes.Compare(k, start) >= 0 && bytes.Compare(k, end) < 0 {
				within++
			}
		}
	})
	if within != 3 {
		t.Errorf("%d of 3 keys are of the stream", within)
	}
	StreamRest(func(start, end []byte) {
		for _, k := range [][]byte{key, lane, record, shard} {
			if bytes.Compare(k, start) >= 0 && bytes.Compare(k, end) < 0 {
				t.Errorf("%q is unknown", k)
			}
		}
	})
}

// The lane is the partition's, whatever follows it, and all lanes are used.
func TestLaneOf(t *testing.T) {
	for _, lanes := range []int{1, 3, 4, 256} {
		used := map[int]bool{}
		for i := range int64(20 * lanes) {
			a := AppendItem(nil, 1, attribute.NewInt(i), attribute.NewInt(1))
			b := AppendItem(nil, math.MaxUint64, attribute.NewInt(i), attribute.NewString("z"))
			lane := LaneOf(a, lanes)
			if lane < 0 || lane >= lanes || lane != LaneOf(b, lanes) {
				t.Fatalf("lane %d of %d, or %d", lane, lanes, LaneOf(b, lanes))
			}
			used[lane] = true
		}
		if len(used) != lanes {
			t.Errorf("%d of %d lanes are used", len(used), lanes)
		}
	}
}
