package table

import (
	"context"
	"errors"
	"testing"

	"github.com/statordb/stator/internal/attribute"
)

// What is done is counted once, however often a transaction runs, and what is refused is not.
func TestCounts(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	db.RunTwice(true)
	s := openStore(t, db, Options{Now: clock.now, ExpireEvery: never})
	d := must[*Descriptor](t)(s.Create(ctx, streamed("KEYS_ONLY")))
	plain := must[*Descriptor](t)(s.Create(ctx, simple("plain")))
	want := func(c Counts) {
		t.Helper()
		if got := s.Counts(); got != c {
			t.Errorf("%+v, want %+v", got, c)
		}
	}
	one, two := item(t, `{"p":{"S":"1"},"s":{"N":"1"},"t":{"N":"1767323000"}}`), item(t, `{"p":{"S":"2"},"s":{"N":"1"}}`)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, one), put(d, two), put(plain, two)}, nil))
	must[[]Written](t)(s.Write(ctx, []Write{put(d, one)}, nil)) // as it is
	refused := put(d, two)
	refused.Apply = func(attribute.Value) (attribute.Value, error) { return nil, errors.New("no") }
	if _, err := s.Write(ctx, []Write{del(d, one), refused}, nil); !errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
	want(Counts{RecordsWritten: 2})
	enableTTL(t, s, "t", "t")
	expire(t, s)
	expire(t, s)
	want(Counts{RecordsWritten: 3, Expired: 1})
	if n := len(everything(t, s, streamOf(t, s, d), 2)); n != 3 {
		t.Errorf("%d records", n)
	}
	want(Counts{RecordsWritten: 3, Expired: 1, RecordsRead: 3})
}
