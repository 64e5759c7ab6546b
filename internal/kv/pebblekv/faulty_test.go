package pebblekv_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
)

// The decorator itself keeps the contract.
func TestFaultyConformance(t *testing.T) {
	kvtest.Run(t, func(t testing.TB) kv.DB { return kvtest.NewFaulty(inMemory(t)) })
}

func TestFaultyRunsTwice(t *testing.T) {
	db := kvtest.NewFaulty(inMemory(t))
	db.RunTwice(true)
	runs := 0
	err := db.Update(t.Context(), func(tx kv.Txn) error {
		runs++
		return tx.Set([]byte("n"), fmt.Append(nil, runs))
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, error %v; want 2 and none", runs, err)
	}
}

func TestFaultySpoilsWhatIsKept(t *testing.T) {
	db := kvtest.NewFaulty(inMemory(t))
	var kept []byte
	err := db.Update(t.Context(), func(tx kv.Txn) error {
		err := tx.Set([]byte("k"), []byte("v"))
		kept, _ = tx.Get(t.Context(), []byte("k"))
		return err
	})
	if err != nil || string(kept) == "v" {
		t.Errorf("%q can still be read after the function returned (%v)", kept, err)
	}
}

// Whatever fails, a change happens as a whole or not at all, and an error tells which.
func TestEveryFault(t *testing.T) {
	boom := errors.New("boom")
	for _, fault := range []error{boom, kv.ErrConflict, kv.ErrUnknownOutcome} {
		t.Run(fault.Error(), func(t *testing.T) {
			plain := inMemory(t)
			db := kvtest.NewFaulty(plain)
			faults := 0
			kvtest.EveryFault(t, db, fault, func(i int) {
				a, b := fmt.Appendf(nil, "a%d", i), fmt.Appendf(nil, "b%d", i)
				err := db.Update(t.Context(), func(tx kv.Txn) error {
					if err := tx.Lock(t.Context(), a, b); err != nil {
						return err
					}
					if _, err := tx.GetMany(t.Context(), [][]byte{a, b}); err != nil {
						return err
					}
					if err := tx.Set(a, []byte("1")); err != nil {
						return err
					}
					return tx.Set(b, []byte("1"))
				})
				if err != nil {
					faults++
				}
				if err != nil && !errors.Is(err, fault) {
					t.Errorf("Update: %v", err)
				}
				viewErr := plain.View(t.Context(), func(r kv.Reader) error {
					v, err := r.GetMany(t.Context(), [][]byte{a, b})
					if err != nil {
						return err
					}
					if (v[0] == nil) != (v[1] == nil) {
						t.Errorf("half a change: %q", v)
					}
					return nil
				})
				if viewErr != nil {
					t.Error(viewErr)
				}
			})
			want := 6 // Update, Lock, GetMany, Set, Set, commit
			switch fault {
			case kv.ErrConflict:
				want = 0 // run again
			case kv.ErrUnknownOutcome:
				want++ // after the commit
			}
			if faults != want {
				t.Errorf("%d operations failed, want %d", faults, want)
			}
		})
	}
}
