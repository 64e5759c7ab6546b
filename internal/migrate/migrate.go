// Package migrate moves a whole store from one engine to another: every key and value, as they are.
//
// It imports kv, keyspace and table, and knows nothing of what is moved but the format of the store and who serves it. Its main
// rule: a target is a store only after one pass that compared all of it with a source that nobody served, and found nothing
// to change. Until then its format says that it is being filled, which no server opens.
package migrate

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/table"
)

var (
	// ErrNoStore: the source is empty, or of another version of the program.
	ErrNoStore = errors.New("there is no store of this version to move")
	// ErrNotEmpty: the target holds something.
	ErrNotEmpty = errors.New("the target is not empty")
	// ErrHalfDone: the target was being filled before, and Options.Resume was not given.
	ErrHalfDone = errors.New("the target is half filled")
	// ErrOtherSource: the target was being filled from another store.
	ErrOtherSource = errors.New("the target is half filled from another store")
	// ErrDiffers: the last look found that source and target differ, which nothing but a third party's change explains.
	ErrDiffers = errors.New("source and target differ after all was copied")
	// ErrTaken: another process goes on filling the target.
	ErrTaken = errors.New("another process has gone on with it")
)

// Options say how to migrate.
type Options struct {
	// Source is a name of the store that is moved, the same whichever engine it is in; "" if it has none. A half-filled target is
	// only gone on with from the same one.
	Source string
	// Resume goes on with a target that is half filled.
	Resume bool
	// Progress is told now and then how far it is; nil if nobody is. It is called by one goroutine at a time.
	Progress func(Progress)
}

// Progress is how far a migration is.
type Progress struct {
	// Pass counts the times that all was gone through, from 1.
	Pass int
	// Checking: this pass changes nothing any more.
	Checking bool
	// Servers is how many servers use the source still. Waiting: all is copied but what they change.
	Servers int
	Waiting bool
	// Entries and Bytes are what this pass has gone through, of Total bytes; Total is 0 as long as it is not known.
	Entries, Bytes, Total int64
}

// Result is what was moved.
type Result struct {
	Kinds  []Count
	Passes int
}

// Count is how much there is of one kind.
type Count struct {
	Name           string
	Entries, Bytes int64
}

// Run moves the store in from to the engine to. Servers may use the source while most is copied: then it waits until they have
// stopped, and copies what has changed. Errors besides those above are the engines' and the context's; after any of them it can
// be called again with Resume.
func Run(ctx context.Context, from, to kv.DB, opts Options) (Result, error) {
	m := &migration{from: from, to: to, opts: opts, settle: kv.MaxTxnAge, serving: table.Serving,
		poll: time.Second, saveEvery: 2 * time.Second}
	return m.run(ctx)
}

type migration struct {
	from, to kv.DB
	opts     Options
	state    state
	kinds    []keyspace.Kind
	counts   []Count // of this pass
	total    int64   // what the last whole pass went through

	serving func(context.Context, kv.DB) (int, error)
	poll    time.Duration
	// saveEvery bounds what is gone through again after a crash.
	saveEvery time.Duration
	// settle is how long after it took over from another process nothing of that is to come any more.
	settle time.Duration
}

// state is kept under the key of the format, after statePrefix.
type state struct {
	Source string `json:"source,omitempty"`
	// Run is of the process that fills the target: any other one is to stop.
	Run  string `json:"run"`
	Pass int    `json:"pass"`
	// Next is where the pass is; nothing at its beginning.
	Next    []byte `json:"next,omitempty"`
	Entries int64  `json:"entries"`
	Bytes   int64  `json:"bytes"`
}

const statePrefix = "being filled by stator migrate: "

func (s *state) encode() ([]byte, error) {
	text, err := json.Marshal(s)
	return append([]byte(statePrefix), text...), err
}

// decodeState reads a format; ok is false if it is not that of a target being filled.
func decodeState(format []byte) (s state, ok bool, err error) {
	text, ok := bytes.CutPrefix(format, []byte(statePrefix))
	if ok {
		err = json.Unmarshal(text, &s)
	}
	return s, ok, err
}

func (m *migration) run(ctx context.Context) (Result, error) {
	m.kinds = keyspace.Kinds()
	begun := time.Now()
	if err := m.begin(ctx); err != nil {
		return Result{}, err
	}
	// sure: the pass before was a whole one, over what nobody could change.
	for sure := false; ; m.state.Pass++ {
		before, err := m.serving(ctx, m.from)
		if err != nil {
			return Result{}, err
		}
		whole := m.state.Next == nil
		changed, err := m.pass(ctx, before, sure)
		if err != nil {
			return Result{}, err
		}
		if sure && changed > 0 {
			return Result{}, fmt.Errorf("%w: %d entries", ErrDiffers, changed)
		}
		after, err := m.serving(ctx, m.from)
		if err != nil {
			return Result{}, err
		}
		still := before == 0 && after == 0
		if whole && still && changed == 0 {
			break
		}
		sure = whole && still
		if err := m.restart(ctx); err != nil {
			return Result{}, err
		}
		if err := m.awaitServers(ctx, after); err != nil {
			return Result{}, err
		}
	}
	if err := sleep(ctx, m.settle-time.Since(begun)); err != nil {
		return Result{}, err
	}
	return Result{m.counts, m.state.Pass}, m.save(ctx, []byte(table.Format))
}

// begin makes the target one that is being filled by this process.
func (m *migration) begin(ctx context.Context) error {
	err := m.from.View(ctx, func(r kv.Reader) error {
		format, err := r.Get(ctx, keyspace.Format())
		if err != nil {
			return err
		}
		if _, half, _ := decodeState(format); half {
			return fmt.Errorf("%w: the source is itself half filled", ErrNoStore)
		}
		if string(format) != table.Format {
			return fmt.Errorf("%w: its format is %q", ErrNoStore, format)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return m.to.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keyspace.Format()); err != nil {
			return err
		}
		format, err := tx.Get(ctx, keyspace.Format())
		if err != nil {
			return err
		}
		s, half, err := decodeState(format)
		switch {
		case err != nil:
			return err
		case half && s.Source != m.opts.Source:
			return fmt.Errorf("%w: that of account %s", ErrOtherSource, s.Source)
		case half && !m.opts.Resume:
			return ErrHalfDone
		case !half:
			if err := isEmpty(ctx, tx); err != nil {
				return err
			}
			s = state{Source: m.opts.Source, Pass: 1}
			m.settle = 0 // nobody was before
		}
		s.Run = rand.Text()
		m.state = s
		value, err := s.encode()
		if err != nil {
			return err
		}
		return tx.Set(keyspace.Format(), value)
	})
}

func isEmpty(ctx context.Context, r kv.Reader) error {
	return r.Scan(ctx, kv.Range{Start: []byte{0}, Limit: 1}, func([]byte, []byte) (bool, error) { return false, ErrNotEmpty })
}

// restart makes the next pass begin at the beginning.
func (m *migration) restart(ctx context.Context) error {
	m.state.Next, m.state.Entries, m.state.Bytes = nil, 0, 0
	value, err := m.state.encode()
	if err != nil {
		return err
	}
	return m.save(ctx, value)
}

// save replaces the state of the target, if it is this process's still.
func (m *migration) save(ctx context.Context, value []byte) error {
	return m.to.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keyspace.Format()); err != nil {
			return err
		}
		if err := m.isOurs(ctx, tx); err != nil {
			return err
		}
		return tx.Set(keyspace.Format(), value)
	})
}

// isOurs says whether the target is filled by this process, and not finished or gone on with by another.
func (m *migration) isOurs(ctx context.Context, r kv.Reader) error {
	format, err := r.Get(ctx, keyspace.Format())
	if err != nil {
		return err
	}
	s, half, err := decodeState(format)
	if err == nil && (!half || s.Run != m.state.Run) {
		err = ErrTaken
	}
	return err
}

// awaitServers waits until nobody uses the source.
func (m *migration) awaitServers(ctx context.Context, servers int) (err error) {
	for servers > 0 {
		m.tell(Progress{Pass: m.state.Pass, Servers: servers, Waiting: true, Entries: m.state.Entries, Bytes: m.state.Bytes, Total: m.total})
		if err := sleep(ctx, m.poll); err != nil {
			return err
		}
		if servers, err = m.serving(ctx, m.from); err != nil {
			return err
		}
	}
	return nil
}

func (m *migration) tell(p Progress) {
	if m.opts.Progress != nil {
		m.opts.Progress(p)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
