package table

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestTTLModel compares a table whose TTL comes and goes, while time goes by and servers are opened and closed, with a map.
func TestTTLModel(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		db := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true}))
		defer db.Close()
		clock := newClock()
		open := func() *Store {
			return must[*Store](t)(Open(ctx, db, Options{Now: clock.now, ExpireEvery: never}))
		}
		s := open()
		defer func() { s.Close() }()
		must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "ALL", []KeyAttribute{num("t")}, nil))))
		items := make(map[string]attribute.Value)
		enabled := "" // the attribute
		settle := func() {
			for {
				jobs, err := s.loadJobs(ctx)
				if err != nil {
					t.Fatal(err)
				}
				// A job is gone a moment before what it did is published.
				d := must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
				if len(jobs) == 0 && (d.TTL == nil || d.TTL.State == TTLEnabled) {
					return
				}
				time.Sleep(100 * time.Microsecond)
			}
		}
		value := func() string {
			now := clock.now().Unix()
			return rapid.SampledFrom([]string{
				`{"S":"x"}`, `{"N":"0"}`, `{"N":"1e30"}`, fmt.Sprintf(`{"N":"%d"}`, now-longPast-1), fmt.Sprintf(`{"N":"%d"}`, now-longPast),
				fmt.Sprintf(`{"N":"%d.5"}`, now-1), fmt.Sprintf(`{"N":"%d"}`, now), fmt.Sprintf(`{"N":"%d"}`, now+1),
				fmt.Sprintf(`{"N":"%d"}`, now+100), fmt.Sprintf(`{"N":"%d"}`, now+longPast),
			}).Draw(t, "value")
		}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				var ws []Write
				seen := make(map[string]attribute.Value)
				for range rapid.IntRange(1, 3).Draw(t, "items") {
					p := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "p"))
					if _, twice := seen[p]; twice {
						continue
					}
					it := item(t, `{"p":{"S":%q},"s":{"N":"1"},"t":%s,"u":%s}`, p, value(), value())
					if rapid.IntRange(0, 4).Draw(t, "delete") == 0 {
						ws, seen[p] = append(ws, del(nil, it)), nil
					} else {
						ws, seen[p] = append(ws, put(nil, it)), it
					}
				}
				_, err := write(s, "t", func(d *Descriptor) []Write {
					for i := range ws {
						ws[i].Table = d
					}
					return ws
				})
				if err != nil {
					t.Fatal(err)
				}
				for p, it := range seen {
					if it == nil {
						delete(items, p)
					} else {
						items[p] = it
					}
				}
			},
			"time goes by": func(t *rapid.T) {
				clock.forward(rapid.SampledFrom([]time.Duration{time.Second, 50 * time.Second, time.Hour, longPast * time.Second}).Draw(t, "time"))
			},
			"expire": func(t *rapid.T) {
				settle()
				expire(t, s)
				now := float64(clock.now().Unix())
				for p, it := range items {
					if v := it.Field(enabled); enabled != "" && v.Kind() == attribute.Number {
						var at float64
						fmt.Sscan(v.Number().String(), &at)
						if at > 0 && at < now && at >= now-longPast {
							delete(items, p)
						}
					}
				}
			},
			"enable or disable": func(t *rapid.T) {
				if rapid.Bool().Draw(t, "settled") {
					settle()
				}
				d := must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
				attr := rapid.SampledFrom([]string{"t", "u"}).Draw(t, "attribute")
				var err error
				switch {
				case d.TTL == nil:
					err = askTTL(s, "t", attr)
					enabled = attr
				case d.TTL.State != TTLDisabling:
					err = askNoTTL(s, "t")
					enabled = ""
				}
				if err != nil {
					t.Fatal(err)
				}
			},
			"open again": func(t *rapid.T) {
				s.Close()
				s = open()
			},
			"": func(t *rapid.T) {
				d := must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
				found := scan(t, s, Scan{Table: d})
				for _, it := range found {
					if want := items[string(it.Field("p").Text())]; !attribute.Equal(want, it) {
						t.Fatalf("%s, want %s", it, want)
					}
				}
				if len(found) != len(items) {
					t.Fatalf("%d items, want %d", len(found), len(items))
				}
				var problems error
				if _, err := Check(ctx, db, func(p Problem) { problems = errors.Join(problems, errors.New(p.String())) }); err != nil || problems != nil {
					t.Fatal(err, problems)
				}
			},
		})
	})
}
