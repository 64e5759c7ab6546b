package portal

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

const (
	sweepEvery = time.Minute
	// maxSwept is how many records are removed in one transaction.
	maxSwept = 1000
)

// Start removes what is over from time to time, until Close. Nothing depends on it: what is over counts for nothing before.
func (p *Portal) Start() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.tidy.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := p.sweep(ctx); err != nil && ctx.Err() == nil {
					p.Logger.Warn("portal: what is over is not removed yet", "error", err)
				}
			}
		}
	})
}

// Close ends what Start began.
func (p *Portal) Close() {
	if p.stop != nil {
		p.stop()
		p.tidy.Wait()
	}
}

func (p *Portal) sweep(ctx context.Context) error {
	held, err := p.Leased(ctx, "people")
	if err != nil || !held {
		return err
	}
	for _, kind := range []string{sessionKind, familyKind, codeKind, deviceKind, userCodeKind, loginCodeKind, loginKind, proofKind, ofKind} {
		for {
			n, sweepErr := p.sweepKind(ctx, kind)
			if err = errors.Join(err, sweepErr); sweepErr != nil || n < maxSwept {
				break
			}
		}
	}
	return err
}

// sweepKind removes records of a kind that are over, or what says whose they are. It returns how many it has looked at to remove.
func (p *Portal) sweepKind(ctx context.Context, kind string) (n int, err error) {
	now := p.now()
	over := func(value []byte) (bool, error) {
		var e ending
		err := json.Unmarshal(value, &e)
		return !now.Before(e.Expires), err
	}
	var keys [][]byte
	err = p.DB.View(ctx, func(r kv.Reader) error {
		keys = nil
		start, end := keyspace.PeopleRange(word, kind)
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			is, err := over(value)
			if is {
				keys = append(keys, append([]byte(nil), key...))
			}
			return len(keys) < maxSwept, err
		})
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), p.DB.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		for _, key := range keys {
			value, err := tx.Get(ctx, key)
			if err != nil {
				return err
			}
			if value == nil {
				continue
			}
			if is, err := over(value); err != nil || !is { // another one has taken its place
				if err != nil {
					return err
				}
				continue
			}
			if err := tx.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}
