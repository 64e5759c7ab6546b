package pebblekv_test

import (
	"errors"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
)

func TestWatchConformance(t *testing.T) {
	kvtest.Run(t, func(t testing.TB) kv.DB { return kv.Watch(inMemory(t), func(kv.Call) {}) })
}

func TestWatchTellsOfEveryCall(t *testing.T) {
	var calls []kv.Call
	faulty := kvtest.NewFaulty(inMemory(t))
	db := kv.Watch(faulty, func(c kv.Call) { calls = append(calls, c) })
	boom := errors.New("boom")
	_ = db.View(t.Context(), func(kv.Reader) error { return boom })
	faulty.RunTwice(true)
	_ = db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("a"), nil) })
	_ = db.DropRange(t.Context(), nil, nil)
	want := []kv.Call{{Name: "view", Runs: 1, Err: boom}, {Name: "update", Runs: 2}, {Name: "drop_range", Err: kv.ErrTooLarge, Failed: true}}
	if len(calls) != len(want) {
		t.Fatalf("calls %+v, want %+v", calls, want)
	}
	for i, c := range calls {
		if c.Took <= 0 {
			t.Errorf("%s took %v", c.Name, c.Took)
		}
		if c.Took = 0; c != want[i] {
			t.Errorf("call %+v, want %+v", c, want[i])
		}
	}
}
