package kvtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/kv"
)

// model runs random interleavings of some transactions, one step after another, and asks for each whether the contract
// allows what it saw and how it ended.
//
// It keeps every version of the database there ever was. A transaction must have read one of them, no older than its
// beginning and its first locks; and if it commits, nobody who committed after that version wrote or locked what it
// wrote or locked.
func model(t *testing.T, db kv.DB) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &history{
			rt: rt, ctx: t.Context(), db: db,
			prefix:   fmt.Sprintf("%d/", run), // each run has its own keys in one engine
			versions: []version{{state: map[string]string{}}},
		}
		defer m.cleanUp()
		rt.Repeat(map[string]func(*rapid.T){
			"begin":    m.begin,
			"get":      m.get,
			"scan":     m.scan,
			"lock":     m.lock,
			"set":      m.set,
			"delete":   m.remove,
			"commit":   m.commit,
			"rollback": m.rollback,
			"":         m.check,
		})
	})
}

const modelKeys = "abcdef"

type history struct {
	rt       *rapid.T
	ctx      context.Context
	db       kv.DB
	prefix   string
	versions []version
	open     []*modelTxn
}

// version is the database after a commit, and the keys that the commit wrote or locked.
type version struct {
	state   map[string]string
	touched map[string]bool
}

type modelTxn struct {
	*actor
	oldest int // the first version it may read
	began  int
	reads  []modelRead
	writes map[string]*string // nil for a delete
	locks  map[string]bool
}

// modelRead tells what a read of a version would have returned, own writes included.
type modelRead struct {
	replay func(state map[string]string) string
	got    string
}

func (m *history) now() int { return len(m.versions) - 1 }

func (m *history) cleanUp() {
	for _, x := range m.open {
		close(x.steps)
		<-x.ended
	}
}

func (m *history) begin(rt *rapid.T) {
	if len(m.open) == 4 {
		rt.Skip()
	}
	m.open = append(m.open, &modelTxn{
		actor:  startActor(m.ctx, m.rt, m.db),
		oldest: m.now(), began: m.now(),
		writes: map[string]*string{}, locks: map[string]bool{},
	})
}

func (m *history) pick(rt *rapid.T) *modelTxn {
	if len(m.open) == 0 {
		rt.Skip()
	}
	return rapid.SampledFrom(m.open).Draw(rt, "transaction")
}

func drawKey(rt *rapid.T) string {
	return string(rapid.SampledFrom([]byte(modelKeys)).Draw(rt, "key"))
}

// step runs one step. If it conflicts, which any step may, the transaction is over.
func (m *history) step(x *modelTxn, body func(kv.Txn) error) bool {
	err := x.try(body)
	if err == nil {
		return true
	}
	if !errors.Is(err, kv.ErrConflict) {
		m.rt.Fatalf("step: %v", err)
	}
	m.finish(x, x.outcome())
	return false
}

func (m *history) get(rt *rapid.T) {
	x, k := m.pick(rt), drawKey(rt)
	var got string
	if !m.step(x, func(tx kv.Txn) (err error) { got, err = read(m.ctx, tx, m.prefix+k); return err }) {
		return
	}
	m.saw(x, "get "+k, got, func(state map[string]string) string {
		if v, ok := state[k]; ok {
			return v
		}
		return missing
	})
}

func (m *history) scan(rt *rapid.T) {
	x, from, to := m.pick(rt), drawKey(rt), drawKey(rt)
	reverse := rapid.Bool().Draw(rt, "reverse")
	most := rapid.IntRange(1, len(modelKeys)).Draw(rt, "most")
	var got []string
	ok := m.step(x, func(tx kv.Txn) error {
		rng := kv.Range{Start: key(m.prefix + from), End: key(m.prefix + to), Reverse: reverse, Limit: most}
		return tx.Scan(m.ctx, rng, func(k, v []byte) (bool, error) {
			got = append(got, fmt.Sprintf("%s=%s", strings.TrimPrefix(string(k), m.prefix), v))
			return len(got) < most, nil
		})
	})
	if !ok {
		return
	}
	m.saw(x, "scan", strings.Join(got, " "), func(state map[string]string) string {
		var want []string
		for _, k := range slices.Sorted(maps.Keys(state)) {
			if k >= from && k < to {
				want = append(want, k+"="+state[k])
			}
		}
		if reverse {
			slices.Reverse(want)
		}
		return strings.Join(want[:min(most, len(want))], " ")
	})
}

// saw checks that there is a version which all reads of x fit.
func (m *history) saw(x *modelTxn, what, got string, replay func(map[string]string) string) {
	own := maps.Clone(x.writes)
	x.reads = append(x.reads, modelRead{got: got, replay: func(state map[string]string) string {
		return replay(overlay(state, own))
	}})
	if len(m.fitting(x)) == 0 {
		m.rt.Fatalf("%s = %q fits no version from %d to %d together with the reads before", what, got, x.oldest, m.now())
	}
}

func overlay(state map[string]string, writes map[string]*string) map[string]string {
	state = maps.Clone(state)
	for k, v := range writes {
		if v == nil {
			delete(state, k)
		} else {
			state[k] = *v
		}
	}
	return state
}

// fitting returns the versions that x may have read.
func (m *history) fitting(x *modelTxn) (fit []int) {
	for v := x.oldest; v <= m.now(); v++ {
		if !slices.ContainsFunc(x.reads, func(r modelRead) bool { return r.replay(m.versions[v].state) != r.got }) {
			fit = append(fit, v)
		}
	}
	return fit
}

// lock locks keys which no other transaction locked or wrote, because the steps are taken one after another and none
// may wait for a later one.
func (m *history) lock(rt *rapid.T) {
	x := m.pick(rt)
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]byte(modelKeys)), 1, 3, rapid.ID).Draw(rt, "keys")
	var names []string
	for _, k := range keys {
		if m.usedByOthers(x, string(k), true) {
			rt.Skip()
		}
		names = append(names, m.prefix+string(k))
	}
	if !m.step(x, x.locking(names...)) {
		return
	}
	for _, k := range keys {
		x.locks[string(k)] = true
	}
	if len(x.reads) == 0 {
		x.oldest = m.now()
	}
}

func (m *history) usedByOthers(x *modelTxn, k string, written bool) bool {
	return slices.ContainsFunc(m.open, func(other *modelTxn) bool {
		_, wrote := other.writes[k]
		return other != x && (other.locks[k] || written && wrote)
	})
}

func (m *history) set(rt *rapid.T) {
	v := rapid.StringMatching("[0-9]{0,3}").Draw(rt, "value")
	m.write(rt, &v)
}

func (m *history) remove(rt *rapid.T) { m.write(rt, nil) }

func (m *history) write(rt *rapid.T, v *string) {
	x, k := m.pick(rt), drawKey(rt)
	if m.usedByOthers(x, k, false) {
		rt.Skip()
	}
	if m.step(x, func(tx kv.Txn) error {
		if v == nil {
			return tx.Delete(key(m.prefix + k))
		}
		return tx.Set(key(m.prefix+k), key(*v))
	}) {
		x.writes[k] = v
	}
}

func (m *history) commit(rt *rapid.T) {
	x := m.pick(rt)
	m.finish(x, x.commit())
}

func (m *history) rollback(rt *rapid.T) {
	x := m.pick(rt)
	x.rollback()
	m.forget(x)
}

func (m *history) forget(x *modelTxn) {
	m.open = slices.DeleteFunc(m.open, func(other *modelTxn) bool { return other == x })
}

// finish checks how a transaction ended.
func (m *history) finish(x *modelTxn, committed bool) {
	m.forget(x)
	touched := maps.Clone(x.locks)
	for k := range x.writes {
		touched[k] = true
	}
	if !committed {
		if m.now() == x.began {
			m.rt.Fatalf("conflict, although nothing was committed since the transaction began")
		}
		return
	}
	legal := len(x.reads) == 0 || slices.ContainsFunc(m.fitting(x), func(v int) bool {
		return !slices.ContainsFunc(m.versions[v+1:], func(later version) bool {
			for k := range touched {
				if later.touched[k] {
					return true
				}
			}
			return false
		})
	})
	if !legal {
		m.rt.Fatalf("committed, although what it read is older than a change of what it wrote or locked")
	}
	if len(x.writes) > 0 {
		m.versions = append(m.versions, version{overlay(m.versions[m.now()].state, x.writes), touched})
	}
}

// check compares the whole database with the newest version.
func (m *history) check(rt *rapid.T) {
	want := m.versions[m.now()].state
	got := map[string]string{}
	err := m.db.View(m.ctx, func(r kv.Reader) error {
		return r.Scan(m.ctx, kv.Range{Start: key(m.prefix), End: key(m.prefix + "~")}, func(k, v []byte) (bool, error) {
			got[strings.TrimPrefix(string(k), m.prefix)] = string(v)
			return true, nil
		})
	})
	if err != nil || !maps.Equal(got, want) {
		rt.Fatalf("the database is %v (%v), want %v", got, err, want)
	}
}
