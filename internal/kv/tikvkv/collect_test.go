package tikvkv_test

import (
	"errors"
	"testing"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/tikvkv"
)

// A view that lasts until its versions are collected ends with an error, and one that began later reads on.
func TestViewsEndBeforeTheirVersionsGo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("clients look for the safe point every 10 seconds, which can't be shortened")
	}
	c := newCluster(t, 1)
	db := open(t, c)
	set(t, db, "k", "1")
	read := func(r kv.Reader) error {
		_, err := r.Get(t.Context(), []byte("k"))
		return err
	}
	err := db.View(t.Context(), func(r kv.Reader) error {
		if err := read(r); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		did, err := db.CollectOnce(t.Context(), tikvkv.Collection{Life: 10 * time.Millisecond, Notice: 11 * time.Second})
		if err != nil || !did {
			t.Errorf("collected: %v, %v", did, err)
		}
		// Another key: the client remembers what it has read.
		_, err = r.Get(t.Context(), []byte("other"))
		return err
	})
	var early *tikverr.ErrGCTooEarly
	if !errors.As(err, &early) {
		t.Errorf("View = %v, want ErrGCTooEarly", err)
	}
	if err := db.View(t.Context(), read); err != nil {
		t.Errorf("a later view: %v", err)
	}
	// Nobody does it again so soon.
	if did, err := db.CollectOnce(t.Context(), tikvkv.Collection{Life: 10 * time.Millisecond, Notice: time.Millisecond}); did || err != nil {
		t.Errorf("collected again: %v, %v", did, err)
	}
}
