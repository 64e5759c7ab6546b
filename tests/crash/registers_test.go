package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// registers are the items of three tables that are always written as a whole: each has in op who wrote it, and all
// else follows from that attempt.
type registers struct {
	history *history
}

const (
	plainTable   = "Plain"
	indexedTable = "Indexed"
	growingTable = "Growing" // indexes come and go

	plainKeys   = 64
	indexedKeys = 160
	growingKeys = 3000
	pairs       = 12
)

// shape is what a table of registers looks like.
type shape struct {
	keys    []string
	indexes []indexShape
	stream  bool
}

// shapes returns the tables of registers.
func shapes() map[string]shape {
	return map[string]shape{
		plainTable:   {keys: []string{"pk"}, stream: true},
		growingTable: {keys: []string{"pk"}},
		indexedTable: {keys: []string{"pk", "sk"}, stream: true, indexes: []indexShape{
			{name: "by-colour", hash: "colour", sort: "rank"},
			{name: "by-flag", hash: "flag", project: []string{"pk", "sk", "flag"}}, // sparse
			{name: "by-weight", hash: "pk", sort: "weight", local: true, project: []string{"pk", "sk", "weight", "op"}},
		}},
	}
}

func (g *registers) prepare(ctx context.Context, l *load) error {
	for name, s := range shapes() {
		if err := createTable(ctx, l.client, name, s); err != nil {
			return err
		}
	}
	var all sync.WaitGroup
	failed := make(chan error, growingKeys)
	next := make(chan []string)
	for i := range 8 {
		w := &worker{l, rand.New(rand.NewPCG(l.seed, uint64(i))), ctx, l.clients[i%len(l.clients)]}
		all.Go(func() {
			for keys := range next {
				if g.batchPut(w, keys) != done {
					failed <- fmt.Errorf("the first items of %s could not be written: %v", growingTable, l.found.all())
				}
			}
		})
	}
	var keys []string
	for i := range growingKeys {
		keys = append(keys, fmt.Sprintf("%s g%d", growingTable, i))
	}
	for batch := range slices.Chunk(keys, 25) {
		next <- batch
	}
	close(next)
	all.Wait()
	close(failed)
	return <-failed
}

// randomRegister is "table key" or "table key number".
func (w *worker) randomRegister() string {
	switch n := w.IntN(10); {
	case n < 4:
		return fmt.Sprintf("%s k%d", plainTable, w.IntN(plainKeys))
	case n < 8:
		return fmt.Sprintf("%s p%d %d", indexedTable, w.IntN(4), w.IntN(indexedKeys/4))
	default: // some of these are new
		return fmt.Sprintf("%s g%d", growingTable, w.IntN(growingKeys+growingKeys/10))
	}
}

// keyOf is the key of a register.
func keyOf(register string) (table string, key item) {
	parts := strings.Fields(register)
	key = item{"pk": str(parts[1])}
	if len(parts) == 3 {
		key["sk"] = &types.AttributeValueMemberN{Value: parts[2]}
	}
	return parts[0], key
}

// registerOf is the inverse of keyOf.
func registerOf(table string, it item) string {
	register := table + " " + text(it["pk"])
	if sk, ok := it["sk"]; ok {
		register += " " + text(sk)
	}
	return register
}

// newItem is what an attempt writes.
func (w *worker) newItem(register, id string) (table string, it item) {
	table, it = keyOf(register)
	it["op"] = str(id)
	size := w.IntN(200)
	if w.IntN(100) == 0 { // so that memory tables get full, and logs change
		size = 1 + w.IntN(60_000)
	}
	it["payload"] = str(strings.Repeat(id[len(id)-1:], size))
	switch table {
	case indexedTable:
		it["colour"] = str(colours()[w.IntN(len(colours()))])
		it["rank"] = num(w.IntN(50) - 25)
		it["weight"] = num(w.IntN(1000))
		if w.IntN(3) == 0 {
			it["flag"] = str("yes")
		}
		if w.IntN(10) == 0 {
			delete(it, "weight")
		}
	case growingTable:
		if w.IntN(8) > 0 {
			it["tag"] = str(fmt.Sprintf("tag%d", w.IntN(5)))
		}
	}
	return table, it
}

func colours() []string { return []string{"red", "green", "blue", "grün"} }

func (g *registers) put(w *worker) outcome {
	register, id := w.randomRegister(), g.history.newID()
	table, it := w.newItem(register, id)
	in := &dynamodb.PutItemInput{TableName: &table, Item: it}
	if w.IntN(8) == 0 {
		in.ConditionExpression = aws.String("attribute_not_exists(pk)")
	}
	attempt := g.history.begin(register, id, it)
	_, err := w.client.PutItem(w.ctx, in)
	o := w.outcomeOf("PutItem", err)
	g.history.told(register, attempt, o)
	return o
}

func (g *registers) delete(w *worker) outcome {
	register := w.randomRegister()
	table, key := keyOf(register)
	attempt := g.history.begin(register, g.history.newID(), nil)
	_, err := w.client.DeleteItem(w.ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: key})
	o := w.outcomeOf("DeleteItem", err)
	g.history.told(register, attempt, o)
	return o
}

// update sets every attribute that an item may have, so that the result is the same whatever was there.
func (g *registers) update(w *worker) outcome {
	register, id := w.randomRegister(), g.history.newID()
	table, it := w.newItem(register, id)
	_, key := keyOf(register)
	var set, remove []string
	values, names := item{}, map[string]string{}
	for _, name := range []string{"op", "payload", "colour", "rank", "weight", "flag", "tag"} {
		names["#"+name] = name
		if v, ok := it[name]; ok {
			set = append(set, "#"+name+" = :"+name)
			values[":"+name] = v
		} else {
			remove = append(remove, "#"+name)
		}
	}
	attempt := g.history.begin(register, id, it)
	_, err := w.client.UpdateItem(w.ctx, &dynamodb.UpdateItemInput{
		TableName: &table, Key: key,
		UpdateExpression:         aws.String("SET " + strings.Join(set, ", ") + " REMOVE " + strings.Join(remove, ", ")),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	o := w.outcomeOf("UpdateItem", err)
	g.history.told(register, attempt, o)
	return o
}

// get makes sure that what somebody saw stays.
func (g *registers) get(w *worker) outcome {
	register := w.randomRegister()
	table, key := keyOf(register)
	out, err := w.client.GetItem(w.ctx, &dynamodb.GetItemInput{TableName: &table, Key: key, ConsistentRead: aws.Bool(true)})
	o := w.outcomeOf("GetItem", err)
	if o == done && out.Item != nil && !g.history.seen(register, text(out.Item["op"])) {
		w.found.add("%s: read %s, which nobody wrote", register, brief(out.Item))
	}
	return o
}

func (g *registers) verify(ctx context.Context, l *load) error {
	found := make(map[string]item)
	for name, s := range shapes() {
		items, err := scan(ctx, l.client, name, "")
		if err != nil {
			return err
		}
		for _, it := range items {
			register := registerOf(name, it)
			if _, twice := found[register]; twice {
				l.found.add("%s: a scan has it twice", register)
			}
			found[register] = it
		}
		for _, x := range s.indexes {
			if err := x.verify(ctx, l, name, s.keys, items); err != nil {
				return err
			}
		}
	}
	verifyPairs(found, l.found)
	l.versions.verify(found, l.found)
	g.history.settle(found, l.found)
	return nil
}
