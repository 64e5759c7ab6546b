package tikvkv_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	tikvvars "github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/tikvrpc"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/kvtest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

var errLost = errors.New("connection lost")

// lose fails the requests of some kinds, after they were carried out or before.
func lose(carriedOut bool, kinds ...tikvrpc.CmdType) tikvtest.Fault {
	return func(r tikvtest.Request) (*tikvrpc.Response, error) {
		for _, kind := range kinds {
			if r.Type == kind {
				if carriedOut {
					_, _ = r.Send()
				}
				return nil, errLost
			}
		}
		return r.Send()
	}
}

// churn splits regions of the tests' keys and moves their leaders until the test ends, and has some requests answered
// with errors of regions.
func churn(t testing.TB, c *tikvtest.Cluster) {
	c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
		if rand.IntN(50) > 0 {
			return r.Send()
		}
		switch rand.IntN(3) {
		case 0:
			return tikvrpc.GenRegionErrorResp(r.Request, &errorpb.Error{EpochNotMatch: &errorpb.EpochNotMatch{}})
		case 1:
			return tikvrpc.GenRegionErrorResp(r.Request, &errorpb.Error{NotLeader: &errorpb.NotLeader{RegionId: r.RegionId}})
		default:
			return tikvrpc.GenRegionErrorResp(r.Request, &errorpb.Error{StaleCommand: &errorpb.StaleCommand{}})
		}
	})
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			key := fmt.Appendf(nil, "test/%c", 'a'+rune(rand.IntN(26)))
			if rand.IntN(3) == 0 {
				c.Split(key)
			} else {
				c.Move(key)
			}
			time.Sleep(2 * time.Millisecond)
		}
	})
	t.Cleanup(func() {
		stop()
		done.Wait()
		c.SetFault(nil)
	})
}

func TestConformanceWhileRegionsMove(t *testing.T) {
	kvtest.Run(t, func(t testing.TB) kv.DB {
		c := newCluster(t, 3)
		db := open(t, c)
		churn(t, c)
		return db
	})
}

// Two servers share a cluster.
func TestConformanceOfTwoServers(t *testing.T) {
	kvtest.Run(t, func(t testing.TB) kv.DB {
		c := newCluster(t, 3)
		return &inTurns{a: open(t, c), b: dial(t, c)}
	})
}

// dial is open, over connections: it begins with a URL, as an operator does.
func dial(t testing.TB, c *tikvtest.Cluster) *tikvkv.DB {
	t.Helper()
	db, err := tikvkv.Open(c.URL("test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test may have closed it
	return db
}

// inTurns gives its calls to two servers in turns.
type inTurns struct {
	a, b kv.DB
	n    atomic.Int64
}

func (d *inTurns) pick() kv.DB {
	if d.n.Add(1)%2 == 0 {
		return d.a
	}
	return d.b
}

func (d *inTurns) View(ctx context.Context, fn func(kv.Reader) error) error {
	return d.pick().View(ctx, fn)
}
func (d *inTurns) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return d.pick().Update(ctx, fn)
}
func (d *inTurns) DropRange(ctx context.Context, start, end []byte) error {
	return d.pick().DropRange(ctx, start, end)
}
func (d *inTurns) Close() error { return errors.Join(d.a.Close(), d.b.Close()) }

// Prefixes keep the uses of a cluster apart, at the ends of their ranges too.
func TestPrefixes(t *testing.T) {
	c := newCluster(t, 1)
	var all []kv.DB
	for _, prefix := range []string{"a/", "b/", "\xff\xff"} {
		db, err := c.Open(tikvkv.Options{Prefix: []byte(prefix)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		all = append(all, db)
	}
	for i, db := range all {
		for _, k := range []string{"\x00", "k", "\xff\xff\xff"} {
			set(t, db, k, strconv.Itoa(i))
		}
	}
	for i, db := range all {
		for _, reverse := range []bool{false, true} {
			n := 0
			if err := db.View(t.Context(), func(r kv.Reader) error {
				return r.Scan(t.Context(), kv.Range{Reverse: reverse}, func(k, v []byte) (bool, error) {
					if n++; string(v) != strconv.Itoa(i) {
						t.Errorf("%d sees %q = %q", i, k, v)
					}
					return true, nil
				})
			}); err != nil || n != 3 {
				t.Errorf("%d keys (%v), want 3", n, err)
			}
		}
	}
}

func set(t testing.TB, db kv.DB, k, v string) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte(k), []byte(v)) }); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, db kv.DB, k string) (v string) {
	t.Helper()
	if err := db.View(t.Context(), func(r kv.Reader) error {
		b, err := r.Get(t.Context(), []byte(k))
		v = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return v
}

// add adds one to a number, under a lock or without, and returns how often its function was run.
func add(ctx context.Context, db kv.DB, key string, lock bool) (runs int, err error) {
	err = db.Update(ctx, func(tx kv.Txn) error {
		runs++
		if lock {
			if err := tx.Lock(ctx, []byte(key)); err != nil {
				return err
			}
		}
		v, err := tx.Get(ctx, []byte(key))
		if err != nil {
			return err
		}
		n, _ := strconv.Atoi(string(v)) // none is 0
		return tx.Set([]byte(key), strconv.AppendInt(nil, int64(n+1), 10))
	})
	return runs, err
}

func TestAnswerOfACommitIsLost(t *testing.T) {
	t.Parallel()
	for _, lock := range []bool{false, true} {
		c := newCluster(t, 3)
		db := open(t, c)
		db.SetPatience(300*time.Millisecond, 10*time.Second)
		set(t, db, "n", "0")
		c.SetFault(lose(true, tikvrpc.CmdCommit))
		runs, err := add(t.Context(), db, "n", lock)
		c.SetFault(nil)
		if got := get(t, db, "n"); err != nil || runs != 1 || got != "1" {
			t.Errorf("lock %v: %v after %d runs, the number is %s; want no error, 1 run and 1", lock, err, runs, got)
		}
	}
}

func TestCommitIsLost(t *testing.T) {
	t.Parallel()
	for _, lock := range []bool{false, true} {
		c := newCluster(t, 3)
		db := open(t, c)
		db.SetPatience(300*time.Millisecond, 10*time.Second)
		set(t, db, "n", "0")
		c.SetFault(lose(false, tikvrpc.CmdCommit))
		time.AfterFunc(500*time.Millisecond, func() { c.SetFault(nil) })
		runs, err := add(t.Context(), db, "n", lock)
		if got := get(t, db, "n"); err != nil || runs < 2 || got != "1" {
			t.Errorf("lock %v: %v after %d runs, the number is %s; want no error, another run and 1", lock, err, runs, got)
		}
	}
}

func TestOutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	for _, carriedOut := range []bool{false, true} {
		c := newCluster(t, 3)
		db := open(t, c)
		db.SetPatience(300*time.Millisecond, 500*time.Millisecond)
		set(t, db, "n", "0")
		c.SetFault(lose(carriedOut, tikvrpc.CmdCommit, tikvrpc.CmdCheckTxnStatus))
		runs, err := add(t.Context(), db, "n", true)
		c.SetFault(nil)
		if !errors.Is(err, kv.ErrUnknownOutcome) || errors.Is(err, kv.ErrConflict) || runs != 1 {
			t.Errorf("carried out %v: %v after %d runs, want ErrUnknownOutcome after one", carriedOut, err, runs)
		}
		want := map[bool]string{false: "0", true: "1"}[carriedOut]
		// Another server finds out for itself.
		if got := get(t, open(t, c), "n"); got != want {
			t.Errorf("carried out %v: the number is %s, want %s", carriedOut, got, want)
		}
	}
}

// A server dies between the decision and its last words; the next one cleans up behind it.
func TestLocksAreLeftBehind(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	db := open(t, c)
	c.Split([]byte("test/m"))
	first := true
	var mu sync.Mutex
	c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if r.Type != tikvrpc.CmdCommit || first {
			first = first && r.Type != tikvrpc.CmdCommit
			return r.Send()
		}
		return nil, errLost // whatever is not the primary
	})
	if err := db.Update(t.Context(), func(tx kv.Txn) error {
		return errors.Join(tx.Set([]byte("a"), []byte("1")), tx.Set([]byte("z"), []byte("1")))
	}); err != nil {
		t.Fatal(err)
	}
	other := open(t, c)
	if a, z := get(t, other, "a"), get(t, other, "z"); a != "1" || z != "1" {
		t.Errorf("a = %q, z = %q, want 1 and 1", a, z)
	}
	c.SetFault(nil)
	set(t, other, "z", "2")
}

// A server dies with the locks of a batch. The next batch of the same keys does not wait for each of them.
func TestLocksOfABatchAreLeftBehind(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	var died atomic.Bool
	dying, err := c.OpenThrough(tikvkv.Options{Prefix: []byte("test/")}, func(r tikvtest.Request) (*tikvrpc.Response, error) {
		if died.Load() { // The answers let the client end; what it asks for does not happen.
			switch r.Type {
			case tikvrpc.CmdPessimisticRollback:
				return &tikvrpc.Response{Resp: &kvrpcpb.PessimisticRollbackResponse{}}, nil
			case tikvrpc.CmdTxnHeartBeat:
				return &tikvrpc.Response{Resp: &kvrpcpb.TxnHeartBeatResponse{}}, nil
			}
		}
		return r.Send()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer dying.Close()
	var keys [][]byte
	for i := range 40 {
		keys = append(keys, fmt.Appendf(nil, "k%02d", i))
	}
	errDied := errors.New("died")
	if err := dying.Update(t.Context(), func(tx kv.Txn) error {
		if err := tx.Lock(t.Context(), keys...); err != nil {
			return err
		}
		died.Store(true)
		return errDied
	}); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	var waits atomic.Int64
	c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
		if r.Type == tikvrpc.CmdPessimisticLock && r.PessimisticLock().WaitTimeout != tikvvars.LockNoWait {
			waits.Add(1)
		}
		return r.Send()
	})
	if err := open(t, c).Update(t.Context(), func(tx kv.Txn) error { return tx.Lock(t.Context(), keys...) }); err != nil {
		t.Fatal(err)
	}
	if n := waits.Load(); n == 0 || n > 20 {
		t.Errorf("%d requests waited for locks, want some for the time that the dead server might still live, but not one for each key", n)
	}
}

// An attempt that pauses too long does not commit any more, wherever it pauses.
func TestOldAttemptsDoNotCommit(t *testing.T) {
	t.Parallel()
	for _, kind := range []tikvrpc.CmdType{tikvrpc.CmdPrewrite, tikvrpc.CmdPessimisticLock} {
		c := newCluster(t, 1)
		db := open(t, c)
		var paused atomic.Bool
		c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
			if r.Type == kind && paused.CompareAndSwap(false, true) {
				time.Sleep(kv.MaxTxnAge + 100*time.Millisecond)
			}
			return r.Send()
		})
		runs, err := add(t.Context(), db, "n", true)
		if got := get(t, db, "n"); err != nil || runs != 2 || got != "1" {
			t.Errorf("a pause before %v: %v after %d runs, the number is %s; want no error, 2 runs and 1", kind, err, runs, got)
		}
	}
}

// TestLostMessages loses requests and answers of all kinds while many add to one number, each leaving a note of its own.
// Whatever was acknowledged happened once, whatever failed did not, and only of unknown outcomes nothing is said.
func TestLostMessages(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3)
	for _, k := range []string{"g", "n", "t"} {
		c.Split([]byte("test/" + k))
	}
	c.SetFault(func(r tikvtest.Request) (*tikvrpc.Response, error) {
		switch rand.IntN(60) {
		case 0:
			return nil, errLost
		case 1:
			_, _ = r.Send()
			return nil, errLost
		}
		return r.Send()
	})
	const workers, each = 6, 15
	var mu sync.Mutex
	outcomes := map[string]error{}
	var group sync.WaitGroup
	for w := range workers {
		db := open(t, c)
		db.SetPatience(200*time.Millisecond, 2*time.Second)
		group.Go(func() {
			for i := range each {
				note := fmt.Sprintf("%c/%d/%d", 'a'+rune(4*w), w, i)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				err := db.Update(ctx, func(tx kv.Txn) error {
					if w%2 == 0 {
						if err := tx.Lock(ctx, []byte("sum")); err != nil {
							return err
						}
					}
					v, err := tx.Get(ctx, []byte("sum"))
					if err != nil {
						return err
					}
					n, _ := strconv.Atoi(string(v))
					return errors.Join(tx.Set([]byte("sum"), strconv.AppendInt(nil, int64(n+1), 10)), tx.Set([]byte(note), []byte("done")))
				})
				cancel()
				mu.Lock()
				outcomes[note] = err
				mu.Unlock()
			}
		})
	}
	group.Wait()
	c.SetFault(nil)
	db := open(t, c)
	notes, failed, unknown := 0, 0, 0
	for note, err := range outcomes {
		done := get(t, db, note) == "done"
		if done {
			notes++
		}
		switch {
		case errors.Is(err, kv.ErrUnknownOutcome):
			unknown++
		case err == nil && !done:
			t.Errorf("%s was acknowledged and is lost", note)
		case err != nil:
			failed++
			if done {
				t.Errorf("%s was refused with %v, and happened", note, err)
			}
		}
	}
	if sum := get(t, db, "sum"); sum != strconv.Itoa(notes) {
		t.Errorf("the sum is %s, with %d notes", sum, notes)
	}
	t.Logf("%d happened, %d failed, %d unknown", notes, failed, unknown)
	if notes < workers*each/2 {
		t.Errorf("only %d of %d happened", notes, workers*each)
	}
}
