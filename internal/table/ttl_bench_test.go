package table

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

var massItems = flag.Int("mass", 10_000, "how many items expire at once in TestMassExpiry")

// TestMassExpiry enables TTL on a table with many items that are all over, while somebody writes, and measures.
func TestMassExpiry(t *testing.T) {
	items := *massItems
	if testing.Short() {
		items = min(items, 5_000)
	}
	db := must[*pebblekv.DB](t)(pebblekv.Open(t.TempDir(), pebblekv.Options{}))
	defer db.Close()
	massExpiry(t, db, items)
	if sum := checkStore(t, db); sum.Items != 1 || sum.Places != 1 {
		t.Errorf("%+v", sum)
	}
}

func massExpiry(t *testing.T, db *pebblekv.DB, items int) {
	ctx := context.Background()
	clock := newClock()
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil))))
	now := clock.now().Unix()
	for i := 0; i < items; i += 100 {
		var ws []Write
		for j := range 100 {
			ws = append(ws, put(d, item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"a":{"S":"a%d"},"t":{"N":"%d"},"text":{"S":%q}}`,
				i+j, i%1000, now-1000+int64(i%900), strings.Repeat("x", 200))))
		}
		must[[]Written](t)(s.Write(ctx, ws, nil))
	}
	slowest := func(what string, work func()) {
		stop, done := make(chan bool), make(chan bool)
		var slowest, all time.Duration
		n := int64(0)
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
				}
				began := time.Now()
				_, err := write(s, "t", func(d *Descriptor) []Write {
					return []Write{put(d, item(t, `{"p":{"S":"live"},"s":{"N":"1"},"t":{"N":"%d"}}`, now+100_000+n))}
				})
				if err != nil {
					t.Error(err)
					return
				}
				took := time.Since(began)
				slowest, all, n = max(slowest, took), all+took, n+1
			}
		}()
		began := time.Now()
		work()
		took := time.Since(began)
		close(stop)
		<-done
		t.Logf("%s: %v for %d items, %.0f a second; %d writes meanwhile took %v, the slowest %v",
			what, took.Round(time.Millisecond), items, float64(items)/took.Seconds(), n, (all / time.Duration(max(n, 1))).Round(time.Microsecond), slowest.Round(time.Microsecond))
	}
	slowest("nothing", func() { time.Sleep(200 * time.Millisecond) })
	slowest("enabling", func() { enableTTL(t, s, "t", "t") })
	slowest("deleting", func() { expire(t, s) })
}

// TestManyQueues: looking for what is due costs little, however many tables have a TTL.
func TestManyQueues(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	s := openStore(t, openDB(t), Options{Now: clock.now, ExpireEvery: never})
	const tables = 200
	for i := range tables {
		name := fmt.Sprint("t", i)
		must[*Descriptor](t)(s.Create(ctx, simple(name)))
		d := enableTTL(t, s, name, "t")
		for j := range 20 {
			it := item(t, `{"p":{"S":"p%d"},"s":{"N":"1"},"n":{"S":"%d"},"t":{"N":"%d"}}`, j, j, clock.now().Unix()+10+int64(i))
			must[[]Written](t)(s.Write(ctx, []Write{put(d, it)}, nil))
		}
	}
	looked, _, err := s.expireItems(ctx)
	t.Logf("%d queues in %v", tables, looked)
	if err != nil {
		t.Error(err)
	}
	clock.forward((11 + tables/2) * time.Second)
	expire(t, s)
	for i := range tables {
		if n, want := len(remaining(t, s, fmt.Sprint("t", i))), 20*map[bool]int{true: 1}[i > tables/2]; n != want {
			t.Errorf("table %d: %d items, want %d", i, n, want)
		}
	}
}

// What TTL costs a write: without it, with an item that keeps its time, and with one whose time moves each time.
func BenchmarkWriteTTL(b *testing.B) {
	for _, c := range []struct {
		name       string
		ttl, moves bool
	}{{"without", false, true}, {"same", true, false}, {"moves", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			s, d, items := benchTable(b)
			if c.ttl {
				d = enableTTL(b, s, "t", "t")
			}
			ctx := context.Background()
			var next attribute.Value
			writes := []Write{{Table: d, Apply: func(attribute.Value) (attribute.Value, error) { return next, nil }}}
			var other [2][]attribute.Value
			for i, it := range items {
				for v := range other {
					second := time.Now().Unix() + 100_000
					if c.moves {
						second += int64(v)
					}
					other[v] = append(other[v], attribute.NewMap([]string{"p", "s", "a", "t", "text"},
						[]attribute.Value{it.Field("p"), it.Field("s"), attribute.NewInt(int64(v)), attribute.NewInt(second + int64(i)), it.Field("text")}))
				}
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				n := i * 7 % len(items)
				next = other[i/len(items)%2][n]
				writes[0].Key = next
				if _, err := s.Write(ctx, writes, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
