package crash_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// batch writes up to 25 registers of any tables with one BatchWriteItem, which is many writes and no transaction.
func (g *registers) batch(w *worker) outcome {
	chosen := map[string]bool{}
	for range 1 + w.IntN(25) {
		chosen[w.randomRegister()] = true
	}
	var registers []string
	for register := range chosen {
		registers = append(registers, register)
	}
	return g.batchWrite(w, registers, 4)
}

func (g *registers) batchPut(w *worker, registers []string) outcome {
	return g.batchWrite(w, registers, 0)
}

// batchWrite puts registers, and deletes one in so many, 0 for none.
func (g *registers) batchWrite(w *worker, registers []string, deletes int) outcome {
	requests := make(map[string][]types.WriteRequest)
	attempts := make(map[string]*write)
	for _, register := range registers {
		id := g.history.newID()
		if deletes > 0 && w.IntN(deletes) == 0 {
			table, key := keyOf(register)
			requests[table] = append(requests[table], types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key}})
			attempts[register] = g.history.begin(register, id, nil)
		} else {
			table, it := w.newItem(register, id)
			requests[table] = append(requests[table], types.WriteRequest{PutRequest: &types.PutRequest{Item: it}})
			attempts[register] = g.history.begin(register, id, it)
		}
	}
	out, err := w.client.BatchWriteItem(w.ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests})
	o := w.outcomeOf("BatchWriteItem", err)
	left := map[string]bool{}
	if o == done {
		for table, requests := range out.UnprocessedItems {
			for _, r := range requests {
				if r.DeleteRequest != nil {
					left[registerOf(table, r.DeleteRequest.Key)] = true
				} else {
					left[registerOf(table, r.PutRequest.Item)] = true
				}
			}
		}
	}
	for register, attempt := range attempts {
		if left[register] {
			g.history.told(register, attempt, refused)
		} else {
			g.history.told(register, attempt, o)
		}
	}
	return o
}

// pair writes two registers that only transactions write, and always both, with the same op. They are in two tables,
// one of them with indexes.
func (g *registers) pair(w *worker) outcome {
	n, id := w.IntN(pairs), g.history.newID()
	var attempts [2]*write
	var puts []types.TransactWriteItem
	both := pairRegisters(n)
	for i, register := range both {
		table, it := w.newItem(register, id)
		attempts[i] = g.history.begin(register, id, it)
		puts = append(puts, types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: it}})
	}
	_, err := w.client.TransactWriteItems(w.ctx, &dynamodb.TransactWriteItemsInput{TransactItems: puts})
	o := w.outcomeOf("TransactWriteItems", err)
	if o == refused {
		w.found.add("a transaction of two puts without a condition was refused: %v", err)
	}
	for i, register := range both {
		g.history.told(register, attempts[i], o)
	}
	return o
}

func pairRegisters(n int) [2]string {
	return [2]string{fmt.Sprintf("%s pair%d", plainTable, n), fmt.Sprintf("%s pair%d %d", indexedTable, n, n)}
}

// verifyPairs finds transactions that are there by half.
func verifyPairs(items map[string]item, found *findings) {
	for n := range pairs {
		both := pairRegisters(n)
		one, other := text(items[both[0]]["op"]), text(items[both[1]]["op"])
		if one != other {
			found.add("half a transaction: %s has %q, %s has %q", both[0], one, both[1], other)
		}
	}
}
