package crash_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// unknown is the end of a write whose outcome nobody was told.
const unknown = math.MaxInt64

// write is an attempt to give a register a value. begin and end order all events of a round.
type write struct {
	id         string
	item       item // nil for a delete
	begin, end int64
}

// history is what clients did to registers, items that are only ever written as a whole, since the last restart.
type history struct {
	mu     sync.Mutex
	now    int64
	number int
	writes map[string][]*write // by register
	byID   map[string]*write
}

func newHistory() *history {
	return &history{writes: make(map[string][]*write), byID: make(map[string]*write)}
}

// newID is unlike all others of the campaign.
func (h *history) newID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.number++
	return fmt.Sprintf("op-%d", h.number)
}

// begin records an attempt. Until its outcome is told, it is unknown.
func (h *history) begin(register, id string, it item) *write {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now++
	w := &write{id: id, item: it, begin: h.now, end: unknown}
	if h.writes[register] == nil { // there was nothing
		h.writes[register] = []*write{{}}
	}
	h.writes[register] = append(h.writes[register], w)
	h.byID[register+" "+id] = w
	return w
}

// told records the outcome of an attempt.
func (h *history) told(register string, w *write, o outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now++
	switch o {
	case done:
		w.end = min(w.end, h.now)
	case refused:
		h.writes[register] = slices.DeleteFunc(h.writes[register], func(x *write) bool { return x == w })
		delete(h.byID, register+" "+w.id)
	}
}

// seen records that a reader saw what was written under an id: it happened, whatever its writer was told. It
// reports whether there is such an attempt.
func (h *history) seen(register, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now++
	w, ok := h.byID[register+" "+id]
	if ok {
		w.end = min(w.end, h.now)
	}
	return ok
}

// possible returns the writes that may be the last one: those that did not end before another, which
// certainly happened, began.
func possible(writes []*write) []*write {
	var latest int64
	for _, w := range writes {
		if w.end != unknown {
			latest = max(latest, w.begin)
		}
	}
	var last []*write
	for _, w := range writes {
		if w.end >= latest {
			last = append(last, w)
		}
	}
	return last
}

// judge says what is wrong with finding it, nil for nothing, in a register.
func judge(writes []*write, it item) error {
	allowed := possible(writes)
	for _, w := range allowed {
		if render(w.item) == render(it) {
			return nil
		}
	}
	var text []string
	for _, w := range allowed {
		text = append(text, w.String())
	}
	return fmt.Errorf("found %s, allowed are\n    %s\n  of %d attempts", brief(it), strings.Join(text, "\n    "), len(writes))
}

func (w *write) String() string {
	end := "unknown"
	if w.end != unknown {
		end = fmt.Sprint(w.end)
	}
	return fmt.Sprintf("%s begun at %d, ended %s: %s", w.id, w.begin, end, brief(w.item))
}

// settle judges what was found in all registers, and makes that the beginning of the next round.
func (h *history) settle(items map[string]item, found *findings) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for register, it := range items {
		if len(h.writes[register]) == 0 {
			found.add("%s: found %s, which nobody wrote", register, brief(it))
		}
	}
	next := make(map[string][]*write)
	for register, writes := range h.writes {
		it := items[register]
		if err := judge(writes, it); err != nil {
			found.add("%s: %v", register, err)
		}
		id := ""
		if it != nil {
			id = text(it["op"])
		}
		next[register] = []*write{{id: id, item: it}}
	}
	h.writes, h.byID = next, make(map[string]*write)
	for register, writes := range next {
		h.byID[register+" "+writes[0].id] = writes[0]
	}
}
