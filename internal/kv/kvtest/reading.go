package kvtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

func viewReadsOneSnapshot(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1", "c", "1")
	view(t, db, func(r kv.Reader) error {
		if err := expect(t.Context(), r, "a", "1"); err != nil {
			return err
		}
		update(t, db, func(tx kv.Txn) error {
			return errors.Join(tx.Set(key("a"), key("2")), tx.Set(key("b"), key("2")), tx.Delete(key("c")), tx.Set(key("d"), key("2")))
		})
		return errors.Join(
			expect(t.Context(), r, "a", "1"),
			expect(t.Context(), r, "b", "1"),
			expect(t.Context(), r, "d", missing),
			expectList(t.Context(), r, within("a", "z"), "a=1 b=1 c=1"),
			expectList(t.Context(), r, backwards("a", "z"), "c=1 b=1 a=1"),
		)
	})
	committed(t, db, "a", "2", "b", "2", "c", missing, "d", "2")
}

func viewIsCurrent(t *testing.T, db kv.DB) {
	for i := range 50 {
		want := fmt.Sprint(i)
		put(t, db, "a", want)
		committed(t, db, "a", want)
		view(t, db, func(r kv.Reader) error { return expectList(t.Context(), r, within("a", "b"), "a="+want) })
		update(t, db, func(tx kv.Txn) error { return expect(t.Context(), tx, "a", want) })
	}
}

func txnReadsOneSnapshot(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1")
	a := start(t, db)
	a.get("a", "1")
	put(t, db, "a", "2", "b", "2", "c", "2")
	a.get("b", "1")
	a.get("a", "1")
	a.get("c", missing)
	a.do(func(tx kv.Txn) error { return expectList(t.Context(), tx, within("a", "z"), "a=1 b=1") })
	// It wrote nothing that others changed, so it may commit what it computed from old values.
	a.set("mine", "x")
	if !a.commit() {
		t.Error("conflict, although nothing it wrote or locked was changed")
	}
}

func emptyValues(t *testing.T, db kv.DB) {
	update(t, db, func(tx kv.Txn) error {
		if err := errors.Join(tx.Set(key("empty"), []byte{}), tx.Set(key("nil"), nil)); err != nil {
			return err
		}
		for _, k := range []string{"empty", "nil"} {
			if v, err := tx.Get(t.Context(), key(k)); err != nil || v == nil || len(v) != 0 {
				return fmt.Errorf("own write of %s = %#v, %v; want an empty slice", k, v, err)
			}
		}
		return nil
	})
	view(t, db, func(r kv.Reader) error {
		vs, err := r.GetMany(t.Context(), [][]byte{key("empty"), key("nil"), key("none")})
		if err != nil {
			return err
		}
		if vs[0] == nil || vs[1] == nil || len(vs[0])+len(vs[1]) != 0 {
			t.Errorf("empty values are read as %#v and %#v, want empty slices", vs[0], vs[1])
		}
		if vs[2] != nil {
			t.Errorf("a missing value is read as %#v, want nil", vs[2])
		}
		return r.Scan(t.Context(), within("a", "z"), func(k, v []byte) (bool, error) {
			if v == nil {
				t.Errorf("scan: the empty value of %s is nil", k)
			}
			return true, nil
		})
	})
}

func getManyOrder(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "2", "c", "3")
	check := func(r kv.Reader, keys, want string) error {
		var all [][]byte
		for _, k := range keys {
			all = append(all, []byte{byte(k)})
		}
		got, err := r.GetMany(t.Context(), all)
		if err != nil {
			return err
		}
		s := ""
		for _, v := range got {
			s += show(v) + " "
		}
		if s != want {
			return fmt.Errorf("GetMany of %q = %q, want %q", keys, s, want)
		}
		return nil
	}
	view(t, db, func(r kv.Reader) error {
		return errors.Join(check(r, "cab", "3 1 2 "), check(r, "xaaxb", "<none> 1 1 <none> 2 "), check(r, "", ""))
	})
	update(t, db, func(tx kv.Txn) error {
		if err := errors.Join(tx.Set(key("a"), key("9")), tx.Delete(key("b")), tx.Set(key("x"), key("8"))); err != nil {
			return err
		}
		return check(tx, "cxba", "3 8 <none> 9 ")
	})
}

func ownWrites(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1")
	update(t, db, func(tx kv.Txn) error {
		steps := []struct {
			change  error
			k, want string
		}{
			{tx.Set(key("a"), key("2")), "a", "2"},
			{tx.Set(key("a"), key("3")), "a", "3"},
			{tx.Delete(key("b")), "b", missing},
			{tx.Set(key("c"), key("1")), "c", "1"},
			{tx.Delete(key("c")), "c", missing},
			{tx.Set(key("b"), key("4")), "b", "4"},
			{tx.Delete(key("never")), "never", missing},
		}
		for _, s := range steps {
			if s.change != nil {
				return s.change
			}
		}
		return errors.Join(expect(t.Context(), tx, "a", "3"), expect(t.Context(), tx, "b", "4"), expect(t.Context(), tx, "c", missing))
	})
	committed(t, db, "a", "3", "b", "4", "c", missing)

	// Many writes, more than an engine keeps in a simple list.
	update(t, db, func(tx kv.Txn) error {
		for round := range 3 {
			for i := range 300 {
				if err := tx.Set(fmt.Appendf(nil, "many%03d", i), fmt.Appendf(nil, "%d.%d", i, round)); err != nil {
					return err
				}
			}
		}
		for i := range 300 {
			if err := expect(t.Context(), tx, fmt.Sprintf("many%03d", i), fmt.Sprintf("%d.2", i)); err != nil {
				return err
			}
		}
		return nil
	})
	committed(t, db, "many000", "0.2", "many299", "299.2")
}

func scanMergesOwnWrites(t *testing.T, db kv.DB) {
	put(t, db, "b", "1", "d", "1", "f", "1", "h", "1")
	update(t, db, func(tx kv.Txn) error {
		if err := errors.Join(
			tx.Set(key("a"), key("2")),
			tx.Set(key("d"), key("2")),
			tx.Set(key("e"), key("2")),
			tx.Delete(key("f")),
			tx.Delete(key("g")),
			tx.Set(key("i"), key("2")),
		); err != nil {
			return err
		}
		err := errors.Join(
			expectList(t.Context(), tx, within("a", "z"), "a=2 b=1 d=2 e=2 h=1 i=2"),
			expectList(t.Context(), tx, backwards("a", "z"), "i=2 h=1 e=2 d=2 b=1 a=2"),
			expectList(t.Context(), tx, within("b", "h"), "b=1 d=2 e=2"),
			expectList(t.Context(), tx, backwards("b", "h"), "e=2 d=2 b=1"),
			expectList(t.Context(), tx, within("f", "h"), ""),
			expectList(t.Context(), tx, within("i", "j"), "i=2"),
		)
		if err != nil {
			return err
		}
		// What is written between two scans is in the second.
		if err := errors.Join(tx.Set(key("f"), key("3")), tx.Delete(key("a")), tx.Delete(key("h"))); err != nil {
			return err
		}
		return errors.Join(
			expectList(t.Context(), tx, within("a", "z"), "b=1 d=2 e=2 f=3 i=2"),
			expectList(t.Context(), tx, backwards("a", "z"), "i=2 f=3 e=2 d=2 b=1"),
		)
	})
	view(t, db, func(r kv.Reader) error {
		return expectList(t.Context(), r, within("a", "z"), "b=1 d=2 e=2 f=3 i=2")
	})
}

func scanBounds(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1", "b\x00", "1", "b\xff", "1", "c", "1")
	view(t, db, func(r kv.Reader) error {
		return errors.Join(
			expectList(t.Context(), r, within("a", "c"), "a=1 b=1 b\x00=1 b\xff=1"),
			expectList(t.Context(), r, within("b", "b\x00"), "b=1"),
			expectList(t.Context(), r, within("b\x00", "c\x00"), "b\x00=1 b\xff=1 c=1"),
			expectList(t.Context(), r, backwards("b", "c"), "b\xff=1 b\x00=1 b=1"),
			expectList(t.Context(), r, backwards("b\x01", "b\x02"), ""),
			expectList(t.Context(), r, within("b", "b"), ""),
			expectList(t.Context(), r, within("c", "a"), ""),
			expectList(t.Context(), r, within("b\xff", ""), "b\xff=1 c=1"),
			expectList(t.Context(), r, backwards("", "b\x00"), "b=1 a=1"),
			expectList(t.Context(), r, backwards("", ""), "c=1 b\xff=1 b\x00=1 b=1 a=1"),
			expectList(t.Context(), r, backwards("c", "a"), ""),
			expectList(t.Context(), r, kv.Range{Start: key("b"), End: key("c"), Limit: 1}, "b=1 b\x00=1 b\xff=1"),
		)
	})
}

func scanStops(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1", "c", "1", "d", "1")
	for _, reverse := range []bool{false, true} {
		for stop := 1; stop <= 4; stop++ {
			n := 0
			view(t, db, func(r kv.Reader) error {
				return r.Scan(t.Context(), kv.Range{Start: key("a"), End: key("z"), Reverse: reverse}, func(_, _ []byte) (bool, error) {
					n++
					return n < stop, nil
				})
			})
			if n != stop {
				t.Errorf("the callback stopped at %d and was called %d times", stop, n)
			}
		}
	}
}

func scanError(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1")
	boom := errors.New("boom")
	for _, more := range []bool{false, true} {
		n := 0
		err := db.View(t.Context(), func(r kv.Reader) error {
			return r.Scan(t.Context(), within("a", "z"), func(_, _ []byte) (bool, error) {
				n++
				return more, boom
			})
		})
		wantError(t, err, boom, "scan")
		if n != 1 {
			t.Errorf("the callback was called %d times, want 1", n)
		}
	}
}

// A Query over an index reads the items while it scans the entries.
func readsInsideScan(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "2", "x/1", "one", "x/2", "two")
	body := func(r kv.Reader) error {
		got := ""
		err := r.Scan(t.Context(), within("a", "c"), func(k, v []byte) (bool, error) {
			item, err := read(t.Context(), r, "x/"+string(v))
			if err != nil {
				return false, err
			}
			all, err := list(t.Context(), r, within("x", "y"))
			got += string(k) + ":" + item + "(" + all + ") "
			return true, err
		})
		if want := "a:one(x/1=one x/2=two) b:two(x/1=one x/2=two) "; err == nil && got != want {
			err = fmt.Errorf("got %q, want %q", got, want)
		}
		return err
	}
	view(t, db, body)
	update(t, db, func(tx kv.Txn) error {
		if err := tx.Set(key("b"), key("2")); err != nil {
			return err
		}
		return body(tx)
	})
}

// A clean-up deletes what it scans.
func writesInsideScan(t *testing.T, db kv.DB) {
	put(t, db, "a", "1", "b", "1", "c", "1", "z", "1")
	for _, reverse := range []bool{false, true} {
		update(t, db, func(tx kv.Txn) error {
			if err := tx.Set(key("bb"), key("1")); err != nil {
				return err
			}
			got := ""
			err := tx.Scan(t.Context(), kv.Range{Start: key("a"), End: key("d"), Reverse: reverse}, func(k, v []byte) (bool, error) {
				got += string(k) + "=" + string(v) + " "
				return true, errors.Join(tx.Delete(k), tx.Delete(key("b")), tx.Delete(key("bb")),
					tx.Set(key(string(k)+"!"), key("2")), tx.Set(key("c"), key("2")))
			})
			if err != nil {
				return err
			}
			want := "a=1 b=1 bb=1 c=1 "
			if reverse {
				want = "c=1 bb=1 b=1 a=1 "
			}
			if got != want {
				return fmt.Errorf("the scan saw %q, want %q", got, want)
			}
			return nil
		})
		update(t, db, func(tx kv.Txn) error {
			for _, k := range []string{"a!", "b!", "bb!", "c!"} {
				if err := expect(t.Context(), tx, k, "2"); err != nil {
					return err
				}
				if err := tx.Delete(key(k)); err != nil {
					return err
				}
			}
			return errors.Join(tx.Set(key("a"), key("1")), tx.Set(key("b"), key("1")), tx.Set(key("c"), key("1")))
		})
	}
}

// oneClock asks for the time in each way there is, one after another.
func oneClock(t *testing.T, db kv.DB) {
	put(t, db, "a", "1")
	var last time.Time
	ask := func(what string, r kv.Reader) error {
		at, err := r.Time(t.Context())
		if err == nil && !at.After(last) {
			t.Errorf("%s: %v is not after %v", what, at, last)
		}
		last = at
		time.Sleep(aMoment) // the clocks of engines may tell no less
		return err
	}
	view(t, db, func(r kv.Reader) error { return ask("a view", r) })
	update(t, db, func(tx kv.Txn) error { return ask("an attempt that has done nothing", tx) })
	update(t, db, func(tx kv.Txn) error {
		return errors.Join(tx.Lock(t.Context(), key("a")), ask("an attempt with a lock", tx))
	})
	update(t, db, func(tx kv.Txn) error {
		return errors.Join(expect(t.Context(), tx, "a", "1"), ask("an attempt that has read", tx), tx.Set(key("a"), key("2")))
	})
	var before, again time.Time
	view(t, db, func(r kv.Reader) (err error) {
		before, err = r.Time(t.Context())
		put(t, db, "a", "3") // in the snapshot or not
		_, read := r.Get(t.Context(), key("a"))
		return errors.Join(err, read)
	})
	update(t, db, func(tx kv.Txn) (err error) {
		if err := tx.Lock(t.Context(), key("a")); err != nil {
			return err
		}
		if again, err = tx.Time(t.Context()); err != nil {
			return err
		}
		time.Sleep(aMoment)
		same, err := tx.Time(t.Context())
		if same.Sub(again) > kv.MaxTxnAge {
			t.Errorf("an attempt began at %v and at %v", again, same)
		}
		return err
	})
	if again.Before(before) {
		t.Errorf("an attempt began at %v, and a view before it at %v", again, before)
	}
	if err := db.View(t.Context(), func(r kv.Reader) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := r.Time(ctx)
		return err
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("Time with a context that has ended: %v", err)
	}
}
