package kvtest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/statordb/stator/internal/kv"
)

func keyLimits(t *testing.T, db kv.DB) {
	longest := bytes.Repeat([]byte{'k'}, kv.MaxKeySize)
	tooLong := bytes.Repeat([]byte{'k'}, kv.MaxKeySize+1)
	update(t, db, func(tx kv.Txn) error {
		if err := tx.Lock(t.Context(), longest); err != nil {
			return err
		}
		return tx.Set(longest, key("1"))
	})
	view(t, db, func(r kv.Reader) error { return expect(t.Context(), r, string(longest), "1") })
	view(t, db, func(r kv.Reader) error {
		// A range may end just after the longest key.
		return expectList(t.Context(), r, kv.Range{Start: longest, End: append(longest, 0)}, string(longest)+"=1")
	})
	update(t, db, func(tx kv.Txn) error { return tx.Delete(longest) })
	committed(t, db, string(longest), missing)

	for _, bad := range [][]byte{nil, {}, tooLong} {
		what := fmt.Sprintf("with a key of %d bytes", len(bad))
		wantError(t, db.View(t.Context(), func(r kv.Reader) error {
			_, err := r.Get(t.Context(), bad)
			return err
		}), kv.ErrTooLarge, "Get "+what)
		wantError(t, db.View(t.Context(), func(r kv.Reader) error {
			_, err := r.GetMany(t.Context(), [][]byte{key("a"), bad})
			return err
		}), kv.ErrTooLarge, "GetMany "+what)
		for name, change := range map[string]func(kv.Txn) error{
			"Set":    func(tx kv.Txn) error { return tx.Set(bad, key("1")) },
			"Delete": func(tx kv.Txn) error { return tx.Delete(bad) },
			"Lock":   func(tx kv.Txn) error { return tx.Lock(t.Context(), key("a"), bad) },
		} {
			wantError(t, db.Update(t.Context(), change), kv.ErrTooLarge, name+" "+what)
		}
	}
	put(t, db, "a", "1") // nothing is left locked
}

func valueLimits(t *testing.T, db kv.DB) {
	value := make([]byte, kv.MaxValueSize+1)
	for i := range value {
		value[i] = byte(i * 7)
	}
	largest := value[:kv.MaxValueSize]
	update(t, db, func(tx kv.Txn) error {
		if err := tx.Set(key("large"), largest); err != nil {
			return err
		}
		return expectBytes(t, tx, "large", largest)
	})
	view(t, db, func(r kv.Reader) error { return expectBytes(t, r, "large", largest) })
	wantError(t, db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(key("large"), value) }),
		kv.ErrTooLarge, "Set with a too large value")
	view(t, db, func(r kv.Reader) error { return expectBytes(t, r, "large", largest) })
}

func expectBytes(t testing.TB, r kv.Reader, k string, want []byte) error {
	got, err := r.Get(t.Context(), key(k))
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s has %d bytes, or other ones, want %d", k, len(got), len(want))
	}
	return err
}

// fill sets keys of one byte and large values until the changes have the size.
func fill(tx kv.Txn, size int) error {
	value := make([]byte, kv.MaxValueSize)
	for k := byte('a'); size > 0; k++ {
		n := min(size-1, len(value))
		if err := tx.Set([]byte{k}, value[:n]); err != nil {
			return err
		}
		size -= 1 + n
	}
	return nil
}

func txnLimits(t *testing.T, db kv.DB) {
	wantError(t, db.Update(t.Context(), func(tx kv.Txn) error { return fill(tx, kv.MaxTxnSize+1) }),
		kv.ErrTooLarge, "a transaction over the limit")
	view(t, db, func(r kv.Reader) error { return expectList(t.Context(), r, within("a", "\xff"), "") })
	wantError(t, db.Update(t.Context(), func(tx kv.Txn) error { return fill(tx, kv.MaxTxnSize) }),
		nil, "a transaction at the limit")
	n := 0
	view(t, db, func(r kv.Reader) error {
		return r.Scan(t.Context(), within("a", "\xff"), func(k, v []byte) (bool, error) {
			n += len(k) + len(v)
			return true, nil
		})
	})
	if n != kv.MaxTxnSize {
		t.Errorf("%d bytes were written, want %d", n, kv.MaxTxnSize)
	}
}

func swallowedTooLarge(t *testing.T, db kv.DB) {
	err := db.Update(t.Context(), func(tx kv.Txn) error {
		if err := tx.Set(key("a"), key("1")); err != nil {
			return err
		}
		_ = tx.Set(key("b"), make([]byte, kv.MaxValueSize+1))
		return nil
	})
	wantError(t, err, kv.ErrTooLarge, "Update")
	committed(t, db, "a", missing)
}
