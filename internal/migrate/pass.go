package migrate

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

const (
	// workers is how many pages are compared and written at a time, so that the round trips of one overlap with others'.
	workers = 8
	// tellEvery is how old what is told is.
	tellEvery = 200 * time.Millisecond
)

// pass goes through the source from where the state is, and makes the target the same, or, if checking, only compares them. It
// returns how many entries differed.
func (m *migration) pass(ctx context.Context, servers int, checking bool) (changed int64, err error) {
	m.counts = make([]Count, len(m.kinds))
	for i, k := range m.kinds {
		m.counts[i].Name = k.Name
	}
	group, ctx := errgroup.WithContext(ctx)
	read, done := make(chan *page, workers), make(chan *page, workers)
	var total atomic.Int64
	total.Store(m.total)
	if m.total == 0 && m.opts.Progress != nil {
		ctx, stop := context.WithCancel(ctx)
		var counting sync.WaitGroup
		defer counting.Wait()
		defer stop()
		counting.Go(func() { total.Store(sizeOf(ctx, m.from, m.kinds)) })
	}
	group.Go(func() error {
		defer close(read)
		return pages(ctx, m.from, m.kinds, m.state.Next, func(p *page) error { return send(ctx, read, p) })
	})
	var working sync.WaitGroup
	for range workers {
		working.Add(1)
		group.Go(func() error {
			defer working.Done()
			for p := range read {
				if err := m.settlePage(ctx, p, checking); err != nil {
					return err
				}
				if err := send(ctx, done, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	go func() {
		working.Wait()
		close(done)
	}()
	group.Go(func() error {
		var saved, told time.Time
		waiting := make(map[int]*page) // for those before them
		next := 0
		for p := range done {
			changed += p.changed
			for waiting[p.number] = p; waiting[next] != nil; next++ {
				m.passed(waiting[next])
				delete(waiting, next)
			}
			if now := time.Now(); now.Sub(told) >= tellEvery {
				m.tell(Progress{m.state.Pass, checking, servers, false, m.state.Entries, m.state.Bytes, total.Load()})
				told = now
			}
			if now := time.Now(); !checking && now.Sub(saved) >= m.saveEvery {
				value, err := m.state.encode()
				if err == nil {
					err = m.save(ctx, value)
				}
				if err != nil {
					return err
				}
				saved = now
			}
		}
		return ctx.Err()
	})
	if err := group.Wait(); err != nil {
		return changed, err
	}
	m.total = m.state.Bytes
	m.tell(Progress{m.state.Pass, checking, servers, false, m.state.Entries, m.state.Bytes, m.total})
	return changed, nil
}

// passed counts a page, all before which is the same in the target.
func (m *migration) passed(p *page) {
	c := &m.counts[p.kind]
	c.Entries += p.count
	c.Bytes += p.bytes
	m.state.Entries += p.count
	m.state.Bytes += p.bytes
	m.state.Next = p.end
}

func send(ctx context.Context, to chan<- *page, p *page) error {
	select {
	case to <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sizeOf is how many bytes there are to go through, 0 if that could not be found out. It reads everything, which is much
// quicker than writing it.
func sizeOf(ctx context.Context, db kv.DB, kinds []keyspace.Kind) (size int64) {
	err := pages(ctx, db, kinds, nil, func(p *page) error {
		size += p.bytes
		return nil
	})
	if err != nil {
		return 0
	}
	return size
}
