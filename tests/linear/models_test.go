package linear_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/statordb/stator/tests/engine"
)

// op is an operation of a client of its own.
func op(id int, call, end int64, in, out any) porcupine.Operation {
	return porcupine.Operation{ClientId: id, Input: in, Call: call, Output: out, Return: end}
}

// The models refuse what must not be, and allow what may be.
func TestModels(t *testing.T) {
	item := func(v string, n int) itemState { return itemState{true, v, n} }
	put := func(v string) itemIn { return itemIn{op: "put", v: v} }
	add := itemIn{op: "add", n: 1}
	get := itemIn{op: "get"}
	swap := func(want, v string) itemIn { return itemIn{op: "swap", want: want, v: v} }
	ok := func(s itemState) itemOut { return itemOut{true, s} }

	write := func(parts ...part) (in transactionIn) {
		in.write = true
		copy(in.parts[:], parts)
		return in
	}
	read := transactionIn{parts: [registerCount]part{{op: "get"}, {op: "get"}}}
	both := write(part{op: "put", value: 1}, part{op: "put", value: 2})
	values := func(a, b int) transactionOut { return transactionOut{values: registers{a, b}} }
	skew := func(check, change int) transactionIn {
		var in transactionIn
		in.write = true
		in.parts[check] = part{op: "check", conditional: true}
		in.parts[change] = part{op: "put", value: 5 + change}
		return in
	}

	red := func(v int) indexIn { return indexIn{op: "put", colour: 1, v: v} }
	query := func(colour int) indexIn { return indexIn{op: "global", colour: colour} }

	for _, c := range []struct {
		name    string
		model   porcupine.Model
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		{"a read after a write", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 2, put("a"), ok(itemState{})), op(1, 3, 4, get, ok(item("a", 0)))}, porcupine.Ok},
		{"a stale read", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 2, put("a"), ok(itemState{})), op(1, 3, 4, get, ok(itemState{}))}, porcupine.Illegal},
		{"a read at the same time", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 4, put("a"), ok(itemState{})), op(1, 2, 3, get, ok(itemState{}))}, porcupine.Ok},
		{"a lost increment", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 3, add, ok(item("", 1))), op(1, 2, 4, add, ok(item("", 1)))}, porcupine.Illegal},
		{"two swaps of one value", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 2, put("a"), ok(itemState{})),
			op(1, 3, 5, swap("a", "b"), ok(item("a", 0))), op(2, 4, 6, swap("a", "c"), ok(item("a", 0)))}, porcupine.Illegal},
		{"a write without an answer, seen", (&items{}).model(), []porcupine.Operation{
			op(0, 1, never, put("a"), nil), op(1, 3, 4, get, ok(item("a", 0)))}, porcupine.Ok},
		{"and not seen", (&items{}).model(), []porcupine.Operation{
			op(0, 1, never, put("a"), nil), op(1, 3, 4, get, ok(itemState{}))}, porcupine.Ok},
		{"seen, and taken back", (&items{}).model(), []porcupine.Operation{
			op(0, 1, never, put("a"), nil), op(1, 3, 4, get, ok(item("a", 0))), op(1, 5, 6, get, ok(itemState{}))}, porcupine.Illegal},
		{"an acknowledged write that a crash took", (&items{}).model(), []porcupine.Operation{
			op(0, 1, 2, put("a"), ok(itemState{})), op(1, 3, never, put("b"), nil), op(2, 5, 6, get, ok(itemState{}))}, porcupine.Illegal},

		{"a transaction, seen whole", (&transactions{}).model(), []porcupine.Operation{
			op(0, 1, 4, both, transactionOut{}), op(1, 2, 3, read, values(1, 2))}, porcupine.Ok},
		{"a transaction, seen by half", (&transactions{}).model(), []porcupine.Operation{
			op(0, 1, 4, both, transactionOut{}), op(1, 2, 3, read, values(1, 0))}, porcupine.Illegal},
		{"write skew", (&transactions{}).model(), []porcupine.Operation{
			op(0, 1, 3, skew(0, 1), transactionOut{}), op(1, 2, 4, skew(1, 0), transactionOut{})}, porcupine.Illegal},
		{"a refusal without a reason", (&transactions{}).model(), []porcupine.Operation{
			op(0, 1, 2, skew(0, 1), transactionOut{refused: true, failed: [registerCount]bool{true}})}, porcupine.Illegal},
		{"half of a transaction without an answer", (&transactions{}).model(), []porcupine.Operation{
			op(0, 1, never, both, nil), op(1, 5, 6, read, values(1, 0))}, porcupine.Illegal},

		{"an index that follows", (&indexes{}).model(), []porcupine.Operation{
			op(0, 1, 2, red(7), cells{}), op(1, 3, 4, query(1), cells{{1, 7}}), op(1, 5, 6, query(2), cells{})}, porcupine.Ok},
		{"an index behind its table", (&indexes{}).model(), []porcupine.Operation{
			op(0, 1, 2, red(7), cells{}), op(1, 3, 4, query(1), cells{})}, porcupine.Illegal},
		{"an entry left behind", (&indexes{}).model(), []porcupine.Operation{
			op(0, 1, 2, red(7), cells{}), op(0, 3, 4, indexIn{op: "paint", colour: 2}, cells{{1, 7}}),
			op(1, 5, 6, query(1), cells{{1, 7}})}, porcupine.Illegal},
	} {
		if got := porcupine.CheckOperationsTimeout(c.model, c.history, thinking); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A real history is refused as soon as one of its answers is another one of its answers.
func TestSpoiledHistory(t *testing.T) {
	server := engine.Start(t)
	for name, make := range subjects() {
		t.Run(name, func(t *testing.T) {
			r := rng(t)
			e := newExercise(t, make(tableName(name)), r.Uint64())
			e.connect(server.Config)
			e.prepare()
			e.run(clients, operations)
			e.check()
			spoiled, found := 0, 0
			for range 20 {
				if history := spoil(e.history, r); history != nil {
					spoiled++
					if porcupine.CheckOperationsTimeout(e.subject.model(), history, thinking) == porcupine.Illegal {
						found++
					}
				}
			}
			// Now and then the other answer is possible, too.
			if spoiled < 10 || found < spoiled/2 {
				t.Errorf("%d of %d spoiled histories were found", found, spoiled)
			}
		})
	}
}

// spoil gives one operation the answer that another got to the same kind of request; nil if these were the same.
func spoil(history []porcupine.Operation, r *rand.Rand) []porcupine.Operation {
	reads := func(op porcupine.Operation) bool {
		switch in := op.Input.(type) {
		case itemIn:
			return in.op == "get"
		case transactionIn:
			return !in.write && in.parts[0].op == "get"
		case indexIn:
			return in.op == "table"
		}
		return false
	}
	var at []int
	for i, op := range history {
		if reads(op) {
			at = append(at, i)
		}
	}
	a, b := at[r.IntN(len(at))], at[r.IntN(len(at))]
	if history[a].Output == history[b].Output {
		return nil
	}
	spoiled := slices.Clone(history)
	spoiled[a].Output = history[b].Output
	return spoiled
}
