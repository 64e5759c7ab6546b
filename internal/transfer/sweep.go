package transfer

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

const (
	// keep is how long finished transfers are listed (API reference, ListExports and ListImports).
	keep       = 90 * 24 * time.Hour
	sweepEvery = time.Hour
	sweepPage  = 200
)

// sweepLoop forgets what is over. Nothing depends on when it does.
func (s *Service) sweepLoop() {
	for {
		if err := s.sweep(); err != nil && s.ctx.Err() == nil {
			s.log.Warn("transfer: old exports and imports not forgotten", "error", err)
		}
		select {
		case <-time.After(sweepEvery):
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Service) sweep() error {
	held, err := s.tables.Lease(s.ctx, "transfers")
	if err != nil || !held {
		return err
	}
	old := s.now().Add(-keep)
	for _, d := range []keyspace.Direction{keyspace.Export, keyspace.Import} {
		start, end := keyspace.Transfers(d, "", "", "")
		if err := s.forget(start, end, func(key, value []byte) (bool, error) {
			t, err := decode(key, value)
			if err != nil {
				return false, err
			}
			c := t.common()
			over := c.Status != InProgress && c.Ended.Before(old)
			if over {
				from, to := keyspace.TransferFiles(c.ID)
				err = s.db.DropRange(s.ctx, from, to)
			}
			return over, err
		}); err != nil {
			return err
		}
	}
	start, end := keyspace.TransferTokens()
	if err := s.forget(start, end, func(_, value []byte) (bool, error) {
		var rec tokenRecord
		err := json.Unmarshal(value, &rec)
		return !s.now().Before(rec.Until), err
	}); err != nil {
		return err
	}
	return s.releaseLost()
}

// forget deletes the keys of a range of which over says so, a page at a time.
func (s *Service) forget(start, end []byte, over func(key, value []byte) (bool, error)) error {
	for {
		var page []entry
		err := s.db.View(s.ctx, func(r kv.Reader) error {
			page = nil
			return r.Scan(s.ctx, kv.Range{Start: start, End: end, Limit: sweepPage}, func(key, value []byte) (bool, error) {
				page = append(page, entry{bytes.Clone(key), bytes.Clone(value)})
				return len(page) < sweepPage, nil
			})
		})
		if err != nil || len(page) == 0 {
			return err
		}
		start = keyspace.After(page[len(page)-1].key)
		var gone [][]byte
		for _, e := range page {
			is, err := over(e.key, e.value)
			if err != nil {
				return err
			}
			if is {
				gone = append(gone, e.key)
			}
		}
		if len(gone) == 0 {
			continue
		}
		if err := s.db.Update(s.ctx, func(tx kv.Txn) error {
			if err := tx.Lock(s.ctx, gone...); err != nil {
				return err
			}
			for _, key := range gone {
				if err := tx.Delete(key); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
}

type entry struct{ key, value []byte }

// releaseLost releases what is held for exports that were never begun, because the server crashed in that moment, or that failed.
func (s *Service) releaseLost() error {
	holds, err := s.tables.Holds(s.ctx)
	if err != nil {
		return err
	}
	pending, err := s.pending(s.ctx)
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, p := range pending {
		needed[p.id] = true
	}
	for _, h := range holds {
		_, id, ok := strings.Cut(h.Holder, "/export/")
		if !ok || needed[id] || s.young(id) {
			continue
		}
		if err := s.tables.Release(s.ctx, h.ID); err != nil {
			return err
		}
	}
	return nil
}

// young says whether an export of that id may be beginning just now.
func (s *Service) young(id string) bool {
	return id > newID(s.now().Add(-sweepEvery/2))
}
