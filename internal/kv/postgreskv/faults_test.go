package postgreskv_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// add changes a number under a lock or, as kinds go, without, and deletes and sets another key along with it.
func add(ctx context.Context, db kv.DB, key string, kind int) error {
	return db.Update(ctx, func(tx kv.Txn) error {
		if kind != 0 {
			if err := tx.Lock(ctx, []byte(key)); err != nil {
				return err
			}
		}
		n, err := number(ctx, tx, key)
		if err != nil {
			return err
		}
		if err := tx.Set([]byte(key), strconv.AppendInt(nil, int64(n+1), 10)); err != nil {
			return err
		}
		if err := tx.Delete(fmt.Appendf(nil, "%s/%d", key, n)); err != nil {
			return err
		}
		return tx.Set(fmt.Appendf(nil, "%s/%d", key, n+1), nil)
	})
}

func number(ctx context.Context, r kv.Reader, key string) (int, error) {
	v, err := r.Get(ctx, []byte(key))
	if err != nil || v == nil {
		return 0, err
	}
	return strconv.Atoi(string(v))
}

// expectNumbers checks that each key was changed so often, and that all its changes were whole.
func expectNumbers(t *testing.T, db kv.DB, want map[string]int) {
	t.Helper()
	for key, n := range want {
		err := db.View(t.Context(), func(r kv.Reader) error {
			got, err := number(t.Context(), r, key)
			if err != nil {
				return err
			}
			if got != n {
				t.Errorf("%s = %d, want %d", key, got, n)
			}
			var besides []string
			err = r.Scan(t.Context(), kv.Range{Start: []byte(key + "/"), End: []byte(key + "0")}, func(k, _ []byte) (bool, error) {
				besides = append(besides, string(k))
				return true, nil
			})
			if want := fmt.Sprintf("%s/%d", key, n); n > 0 && (len(besides) != 1 || besides[0] != want) {
				t.Errorf("besides %s there is %q, want %s", key, besides, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A commit whose answer is lost happened once, or is done once more.
func TestLostCommit(t *testing.T) {
	s := server(t)
	for name, how := range map[string]fate{"before the server had it": lost, "before its answer": unanswered} {
		for kind := range 2 {
			t.Run(fmt.Sprint(name, kind), func(t *testing.T) {
				p := startProxy(t, s.Addr)
				db := open(t, postgrestest.Through(s.URL(), p.Addr))
				for round := range 3 {
					var losses atomic.Int32
					p.decide(func(group string) fate {
						if strings.Contains(group, "commit") && losses.Add(1) <= int32(round+1) {
							return how
						}
						return pass
					})
					if err := add(t.Context(), db, "n", kind); err != nil {
						t.Fatal(err)
					}
					if losses.Load() == 0 {
						t.Error("no connection was lost")
					}
				}
				expectNumbers(t, db, map[string]int{"n": 3})
			})
		}
	}
}

// Connections are lost at any statement, while two engines change the same keys.
func TestLosses(t *testing.T) {
	s := server(t)
	p := startProxy(t, s.Addr)
	url := postgrestest.Through(s.URL(), p.Addr)
	one, other := open(t, url), open(t, url)
	var losses atomic.Int32
	p.decide(func(string) fate {
		switch rand.IntN(60) {
		case 0:
			losses.Add(1)
			return lost
		case 1:
			losses.Add(1)
			return unanswered
		}
		return pass
	})
	want := load(t, []kv.DB{one, other}, 8, func(round int) bool { return round < 100 })
	p.decide(func(string) fate { return pass })
	t.Logf("%d connections were lost", losses.Load())
	if losses.Load() == 0 {
		t.Error("no connection was lost")
	}
	expectNumbers(t, one, want)
}

// load changes numbers from several goroutines, and returns what they must be. A View that lost its connection in the middle
// may fail; no Update may.
func load(t *testing.T, dbs []kv.DB, workers int, goOn func(round int) bool) map[string]int {
	t.Helper()
	var mu sync.Mutex
	want := map[string]int{}
	var group sync.WaitGroup
	for w := range workers {
		db := dbs[w%len(dbs)]
		group.Go(func() {
			for round := 0; goOn(round); round++ {
				key := fmt.Sprintf("n%d", rand.IntN(3))
				if err := add(t.Context(), db, key, (w+round)%2); err != nil {
					t.Errorf("worker %d: %v", w, err)
					return
				}
				mu.Lock()
				want[key]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return want
}

func TestRestart(t *testing.T) {
	s := postgrestest.Start(t)
	url := s.URL()
	dbs := []kv.DB{open(t, url), open(t, url)}
	var over atomic.Bool
	done := make(chan map[string]int)
	go func() { done <- load(t, dbs, 8, func(int) bool { return !over.Load() }) }()
	for round := range 6 {
		time.Sleep(300 * time.Millisecond)
		if round%2 == 0 {
			s.Kill()
		} else if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(300 * time.Millisecond)
	over.Store(true)
	want := <-done
	expectNumbers(t, dbs[0], want)
	t.Log(want)
}

// While the server is away, calls wait; a View that has read nothing yet, too.
func TestViewWaitsForTheServer(t *testing.T) {
	s := postgrestest.Start(t)
	db := open(t, s.URL())
	if err := add(t.Context(), db, "n", 0); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	started := make(chan error, 1)
	go func() {
		time.Sleep(200 * time.Millisecond)
		started <- s.Start()
	}()
	expectNumbers(t, db, map[string]int{"n": 1})
	if err := <-started; err != nil {
		t.Fatal(err)
	}

	s.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := add(ctx, db, "n", 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Update without a server: %v, want the context's error", err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
}

// An attempt that took too long does not commit, even if nobody else was in its way.
func TestAge(t *testing.T) {
	t.Parallel()
	db := open(t, server(t).URL())
	for name, begin := range map[string]func(kv.Txn) error{
		"lock":  func(tx kv.Txn) error { return tx.Lock(t.Context(), []byte("a")) },
		"read":  func(tx kv.Txn) error { _, err := tx.Get(t.Context(), []byte("b")); return err },
		"write": func(kv.Txn) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			err := db.Update(t.Context(), func(tx kv.Txn) error {
				runs++
				if err := begin(tx); err != nil {
					return err
				}
				if runs == 1 {
					time.Sleep(kv.MaxTxnAge)
				}
				return tx.Set([]byte(name), nil)
			})
			if err != nil || runs != 2 {
				t.Errorf("%d runs and the error %v; want 2, and none", runs, err)
			}
		})
	}
}

// Who holds a lock and does nothing, as a process that was stopped, does not keep others waiting for ever.
func TestSilentHolder(t *testing.T) {
	t.Parallel()
	db := open(t, server(t).URL())
	held, overtaken := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		runs := 0
		done <- db.Update(t.Context(), func(tx kv.Txn) error {
			if err := tx.Lock(t.Context(), []byte("k")); err != nil {
				return err
			}
			if runs++; runs == 1 {
				close(held)
				<-overtaken
			}
			return tx.Set([]byte("k"), []byte("1"))
		})
	}()
	<-held
	if err := add(t.Context(), db, "k", 1); err != nil {
		t.Error(err)
	}
	close(overtaken)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
