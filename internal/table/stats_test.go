package table

import (
	"context"
	"testing"
	"time"
)

func TestStats(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, openDB(t), Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil))))
	check := func(items, bytes, entries, entryBytes int64) {
		t.Helper()
		var st Stats
		eventually(t, "counted", func() bool {
			st = must[Stats](t)(s.Stats(ctx, d))
			return st.Items == items && st.Bytes == bytes && st.Indexes["g"] == Count{entries, entryBytes}
		})
	}
	check(0, 0, 0, 0)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"},"x":{"S":"xyz"}}`)), put(d, item(t, `{"p":{"S":"p"},"s":{"N":"2"},"a":{"S":"x"},"x":{"S":"xyz"}}`))}, nil))
	check(2, 9+11, 1, 7)
	d = must[*Descriptor](t)(addIndex(s, "t", global("h", "ALL", []KeyAttribute{str("x")}, nil)))
	eventually(t, "active", func() bool { return state(t, s, "t", "h") == IndexActive })
	d = must[*Descriptor](t)(s.Table(ctx, testScope, "t"))
	eventually(t, "counted", func() bool { return must[Stats](t)(s.Stats(ctx, d)).Indexes["h"] == Count{2, 20} })

	// A table that takes long to count is counted in the background, and not again at once.
	st := d.live.stats
	slow := func() {
		st.mu.Lock()
		st.took, st.ended = countInline, time.Now().Add(-time.Hour)
		st.mu.Unlock()
	}
	slow()
	must[[]Written](t)(s.Write(ctx, []Write{del(d, item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`))}, nil))
	if got := must[Stats](t)(s.Stats(ctx, d)); got.Items != 2 {
		t.Errorf("%d items, want the number from before", got.Items)
	}
	check(1, 11, 1, 7)
	if st.written.Load() {
		t.Error("counted, and yet to be counted again")
	}
}
