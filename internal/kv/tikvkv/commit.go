package tikvkv

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	tikvvars "github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/tikvrpc"
	"github.com/tikv/client-go/v2/tikvrpc/interceptor"
	"github.com/tikv/client-go/v2/txnkv/txnlock"

	"github.com/statordb/stator/internal/kv"
)

const (
	// commitPatience is how long a commit is tried that gets no answers. What came of it is then asked for.
	commitPatience = 20 * time.Second
	// settlePatience is how long is asked if the caller set no later limit.
	settlePatience = 10 * time.Second
)

// commit makes the writes happen. When it returns, it is known whether they did, or the error says that it is not.
func (t *txn) commit(ctx context.Context) error {
	tx := t.tx
	if tx == nil {
		var err error
		if tx, err = t.begin(); err != nil {
			return failed(ctx, "begin", err)
		}
	}
	for k, v := range t.writes {
		// A pessimistic transaction of TiKV's checks only what it locked, unless told to check more.
		var check []tikvvars.FlagsOp
		if _, held := t.locked[k]; !held && tx.IsPessimistic() {
			check = append(check, tikvvars.SetNeedConstraintCheckInPrewrite)
		}
		var err error
		if key := t.db.key([]byte(k)); v == nil {
			err = tx.GetMemBuffer().DeleteWithFlags(key, check...)
		} else {
			err = tx.GetMemBuffer().SetWithFlags(key, encode(v), check...)
		}
		if err != nil {
			return failed(ctx, "write", err)
		}
	}
	t.tx = nil // a commit gives back all locks, sooner or later, however it ends
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.db.commitPatience)
	defer cancel()
	err := tx.Commit(patient)
	switch primary := t.watch.decidedAt(); {
	case err == nil:
		return nil
	case primary == nil || isConflict(err): // nothing of it reached the cluster, or the cluster refused it
		return failed(ctx, "commit", err)
	default:
		return t.db.settle(ctx, primary, tx.StartTS(), err)
	}
}

// settle finds out what came of a transaction whose commit failed with cause. If it did not happen, it never will, and
// may be run again; that is a conflict.
func (db *DB) settle(ctx context.Context, primary []byte, startTS uint64, cause error) error {
	patience := db.settlePatience
	if limit, ok := ctx.Deadline(); ok {
		patience = max(time.Until(limit), patience)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		outcome, err := db.outcome(ctx, primary, startTS)
		switch {
		case err == nil && outcome == committed:
			return nil
		case err == nil && outcome == rolledBack:
			return fmt.Errorf("%w: %w", kv.ErrConflict, cause)
		case err != nil:
			db.log.Warn("the outcome of a transaction can't be looked up yet", "err", err)
		}
		select {
		case <-time.After(wait/2 + rand.N(wait/2)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", kv.ErrUnknownOutcome, cause)
		}
	}
}

type outcome int

const (
	undecided outcome = iota
	committed
	rolledBack
)

// outcome asks for the state of a transaction that nobody works on any more, where it is decided: at its primary key. What
// was not committed is rolled back by the question, so that a late request can't commit it any more. Only a transaction that
// began to commit in one step in several regions (async commit) may already be decided elsewhere; it is worked out from
// all its keys when its lock has expired.
func (db *DB) outcome(ctx context.Context, primary []byte, startTS uint64) (outcome, error) {
	bo := tikv.NewBackofferWithVars(ctx, int(db.settlePatience/time.Millisecond), nil)
	req := tikvrpc.NewRequest(tikvrpc.CmdCheckTxnStatus, &kvrpcpb.CheckTxnStatusRequest{
		PrimaryKey: primary, LockTs: startTS,
		CurrentTs:          math.MaxUint64, // whatever lock there is has expired
		RollbackIfNotExist: true,
	})
	region, err := db.store.GetRegionCache().LocateKey(bo, primary)
	if err != nil {
		return undecided, err
	}
	resp, err := db.store.SendReq(bo, req, region.Region, 5*time.Second)
	if err != nil {
		return undecided, err
	}
	if moved, err := resp.GetRegionError(); err != nil || moved != nil {
		return undecided, err // asked again, where it is now
	}
	status, ok := resp.Resp.(*kvrpcpb.CheckTxnStatusResponse)
	switch {
	case !ok || status.Error != nil:
		return undecided, fmt.Errorf("tikvkv: transaction status: %v", status.GetError())
	case status.CommitVersion > 0:
		return committed, nil
	case status.LockInfo.GetUseAsyncCommit():
		now, err := db.now(ctx)
		if err != nil {
			return undecided, err
		}
		_, err = db.store.GetLockResolver().ResolveLocks(bo, now, []*txnlock.Lock{txnlock.NewLock(status.LockInfo)})
		return undecided, err
	case status.LockTtl > 0:
		return undecided, nil
	}
	return rolledBack, nil
}

// watch stands between the client and the cluster while a transaction commits.
type watch struct {
	// latest is the last timestamp at which it may commit.
	latest uint64
	// primary is the key at which TiKV decides it, nil before the first request of the commit. The client chooses it and does
	// not tell.
	primary atomic.Pointer[[]byte]
}

// oldest is the last timestamp at which a transaction may commit that began at ts.
func oldest(ts uint64) uint64 {
	return oracle.ComposeTS(oracle.ExtractPhysical(ts)+kv.MaxTxnAge.Milliseconds(), 0)
}

// intercept is an interceptor of the client's requests. The client has a limit of its own for when a transaction may commit,
// but one that rules out commits in one round trip.
func (w *watch) intercept(next interceptor.RPCInterceptorFunc) interceptor.RPCInterceptorFunc {
	return func(target string, req *tikvrpc.Request) (*tikvrpc.Response, error) {
		switch req.Type {
		case tikvrpc.CmdPrewrite:
			r := req.Prewrite()
			w.primary.CompareAndSwap(nil, &r.PrimaryLock)
			r.MaxCommitTs = min(r.MaxCommitTs, w.latest) // 0 if TiKV does not choose the timestamp
		case tikvrpc.CmdCommit:
			if req.Commit().CommitVersion > w.latest {
				return &tikvrpc.Response{Resp: &kvrpcpb.CommitResponse{Error: &kvrpcpb.KeyError{Abort: "the transaction is too old"}}}, nil
			}
		}
		return next(target, req)
	}
}

// decidedAt returns the primary key, nil if no commit was begun.
func (w *watch) decidedAt() []byte {
	if key := w.primary.Load(); key != nil {
		return *key
	}
	return nil
}
