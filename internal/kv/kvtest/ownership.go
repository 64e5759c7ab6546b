package kvtest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

// argumentsStay uses one buffer for all arguments and spoils it after each call.
func argumentsStay(t *testing.T, db kv.DB) {
	buf := make([]byte, 0, 64)
	arg := func(s string) []byte { return append(buf[:0], s...) }
	spoil := func(b []byte) {
		for i := range b {
			b[i] = '!'
		}
	}
	update(t, db, func(tx kv.Txn) error {
		for i := range 40 {
			pair := arg(fmt.Sprintf("k%02dv%02d", i, i))
			if err := tx.Set(pair[:3], pair[3:]); err != nil {
				return err
			}
			spoil(pair)
		}
		k := arg("k00")
		if err := tx.Delete(k); err != nil {
			return err
		}
		spoil(k)
		k = arg("lock")
		if err := tx.Lock(t.Context(), k); err != nil {
			return err
		}
		spoil(k)
		return tx.Set(key("lock"), key("mine"))
	})
	view(t, db, func(r kv.Reader) error {
		for i := range 40 {
			want := fmt.Sprintf("v%02d", i)
			if i == 0 {
				want = missing
			}
			if err := expect(t.Context(), r, fmt.Sprintf("k%02d", i), want); err != nil {
				return err
			}
		}
		k := arg("k07")
		v, err := r.Get(t.Context(), k)
		spoil(k)
		if err == nil && string(v) != "v07" {
			err = fmt.Errorf("after its key was changed, the value is %q", v)
		}
		if err != nil {
			return err
		}
		bounds := arg("k05k07")
		return r.Scan(t.Context(), kv.Range{Start: bounds[:3], End: bounds[3:]}, func(k, v []byte) (bool, error) { return true, nil })
	})
}

// resultsStay keeps everything that reads hand out until the function ends.
func resultsStay(t *testing.T, db kv.DB) {
	large := bytes.Repeat([]byte("large"), 20_000)
	update(t, db, func(tx kv.Txn) error {
		for i := range 200 {
			if err := tx.Set(fmt.Appendf(nil, "k%03d", i), fmt.Appendf(nil, "value of %03d", i)); err != nil {
				return err
			}
		}
		return tx.Set(key("large"), large)
	})
	body := func(r kv.Reader, between func(i int) error) error {
		var kept [][]byte
		for i := range 200 {
			v, err := r.Get(t.Context(), fmt.Appendf(nil, "k%03d", i))
			if err != nil {
				return err
			}
			kept = append(kept, v)
			if err := between(i); err != nil {
				return err
			}
		}
		many, err := r.GetMany(t.Context(), [][]byte{key("large"), key("k000")})
		if err != nil {
			return err
		}
		if _, err := list(t.Context(), r, within("k", "z")); err != nil {
			return err
		}
		for i, v := range kept {
			if want := fmt.Sprintf("value of %03d", i); string(v) != want {
				return fmt.Errorf("a value read before became %q, was %q", v, want)
			}
			_ = append(v, "overrun"...) // must not reach a neighbour
		}
		for i, v := range kept {
			if want := fmt.Sprintf("value of %03d", i); string(v) != want {
				return fmt.Errorf("an append to a neighbour made %q of %q", v, want)
			}
		}
		if !bytes.Equal(many[0], large) {
			return fmt.Errorf("the large value changed")
		}
		return nil
	}
	view(t, db, func(r kv.Reader) error { return body(r, func(int) error { return nil }) })
	update(t, db, func(tx kv.Txn) error {
		return body(tx, func(i int) error {
			k := fmt.Appendf(nil, "k%03d", i)
			if i%2 == 0 {
				return tx.Set(k, key("changed"))
			}
			return tx.Delete(k)
		})
	})
}
