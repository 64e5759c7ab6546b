package keyspace

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
)

// TestDue: places are in their queue, after the key that names its table, in the order of their seconds in each part, and
// give back what they were made of.
func TestDue(t *testing.T) {
	seconds := rapid.Int64Range(0, 1<<40)
	rapid.Check(t, func(t *rapid.T) {
		const table, queue = 7, 8
		draw := func(label string) (second int64, item, key []byte) {
			var sort attribute.Value
			if rapid.Bool().Draw(t, "sort key") {
				sort = anyValue(anyKind.Draw(t, "kind")).Draw(t, "sort of "+label)
			}
			second = seconds.Draw(t, "second of "+label)
			item = AppendItem(nil, table, anyValue(anyKind.Draw(t, "kind")).Draw(t, "partition of "+label), sort)
			return second, item, AppendDue(nil, queue, second, item)
		}
		s1, item1, key1 := draw("a")
		s2, item2, key2 := draw("b")
		second, item, ok := ParseDue(key1, table)
		if !ok || second != s1 || !bytes.Equal(item, item1) {
			t.Fatalf("%x gives back %d and %x", key1, second, item)
		}
		start, end := Queue(queue).Range()
		if !bytes.Equal(start, QueueTable(queue)) || bytes.Compare(key1, start) <= 0 || bytes.Compare(key1, end) >= 0 {
			t.Fatalf("%x is not in its queue", key1)
		}
		if id, place, ok := ParseQueue(key1); id != queue || !place || !ok {
			t.Fatalf("%x is in queue %d (%v %v)", key1, id, place, ok)
		}
		if id, place, ok := ParseQueue(QueueTable(queue)); id != queue || place || !ok {
			t.Fatalf("the first key is in queue %d (%v %v)", id, place, ok)
		}
		if bytes.Equal(key1, key2) != (s1 == s2 && bytes.Equal(item1, item2)) {
			t.Fatal("two places share a key, or one has two")
		}
		if key1[9] == key2[9] && s1 != s2 && (bytes.Compare(key1, key2) < 0) != (s1 < s2) {
			t.Fatal("not in the order of the seconds")
		}
		limit := seconds.Draw(t, "limit")
		found := 0
		for shard := range DueShards {
			from, to := Due(queue, shard, 0, limit)
			if bytes.Compare(from, key1) <= 0 && bytes.Compare(key1, to) < 0 {
				found++
			}
		}
		if want := map[bool]int{true: 1}[s1 < limit]; found != want {
			t.Fatalf("second %d is in %d ranges of those before %d", s1, found, limit)
		}
	})
}
