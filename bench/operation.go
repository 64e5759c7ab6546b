package main

import (
	"fmt"
	"strings"
)

// maxConnections is the most that a cell may use. A cell's requests are dealt out so that each belongs to one
// connection; with fewer requests than connections some would have nothing to send.
const maxConnections = 256

const (
	batchSize       = 25
	transactionSize = 4
	scanLimit       = 100
)

// operation is one line of the comparison: how request number i reads and what must be in its answer.
//
// Requests 0 to distinct-1 touch different items, and no two connections share a request, so that writers never
// meet: contention on hot items is not what this measures.
type operation struct {
	name     string
	target   string
	distinct int
	body     func(i int) string
	want     func(i int) expectation
	parts    []operation // of a mixture, which each connection sends in turn in the place of its own target, body and want
}

func operations() []operation {
	const table = `"TableName":"` + tableName + `"`
	return []operation{
		{
			name: "GetItem", target: "GetItem", distinct: 2048,
			body: func(i int) string { return `{` + table + `,"Key":` + keyJSON(spread(i)) + `}` },
			want: func(i int) expectation { return expectation{text: []byte(label(spread(i))), times: 1} },
		},
		{
			name: "PutItem", target: "PutItem", distinct: 2048,
			body: func(i int) string { return `{` + table + `,"Item":` + itemJSON(spread(i)) + `}` },
			want: nothing,
		},
		{
			name: "UpdateItem", target: "UpdateItem", distinct: 2048,
			body: func(i int) string { return `{` + table + `,` + update(spread(i)) + `}` },
			want: nothing,
		},
		{
			name: "ConditionalPut", target: "PutItem", distinct: 2048,
			body: func(i int) string {
				return `{` + table + `,"Item":` + itemJSON(spread(i)) + `,` + condition + `}`
			},
			want: nothing,
		},
		{
			name: "Query10", target: "Query", distinct: partitions,
			body: func(i int) string {
				return `{` + table + `,"KeyConditionExpression":"pk = :pk",` +
					`"ExpressionAttributeValues":{":pk":{"S":"` + partitionKey(i*partitionItems) + `"}}}`
			},
			want: func(i int) expectation {
				return expectation{text: []byte(`"` + partitionKey(i*partitionItems) + `"`), times: partitionItems}
			},
		},
		{
			name: "BatchGet25", target: "BatchGetItem", distinct: tableItems / batchSize,
			body: func(i int) string {
				return `{"RequestItems":{"` + tableName + `":{"Keys":[` + list(i, batchSize, keyJSON) + `]}}}`
			},
			want: func(int) expectation { return expectation{text: []byte(`"payload"`), times: batchSize} },
		},
		{
			name: "BatchWrite25", target: "BatchWriteItem", distinct: tableItems / batchSize,
			body: batchWrite,
			want: func(int) expectation { return expectation{whole: []byte(`{"UnprocessedItems":{}}`)} },
		},
		{
			name: "TransactWrite4", target: "TransactWriteItems", distinct: 1024,
			body: transaction,
			want: nothing,
		},
		{
			name: "Scan100", target: "Scan", distinct: maxConnections,
			body: func(int) string { return fmt.Sprintf(`{%s,"Limit":%d}`, table, scanLimit) },
			want: func(int) expectation { return expectation{text: []byte(`"payload"`), times: scanLimit} },
		},
	}
}

// condition holds for every item at all times, because no request changes a version; the server still has to read
// the item to know it.
const condition = `"ConditionExpression":"#v = :v","ExpressionAttributeNames":{"#v":"version"},` +
	`"ExpressionAttributeValues":{":v":{"N":"1"}}`

func nothing(int) expectation { return expectation{whole: []byte(`{}`)} }

func update(item int) string {
	return `"Key":` + keyJSON(item) + `,"UpdateExpression":"SET #s = :s ADD #c :one",` +
		`"ExpressionAttributeNames":{"#s":"status","#c":"counter"},` +
		`"ExpressionAttributeValues":{":s":{"S":"paid"},":one":{"N":"1"}}`
}

func batchWrite(i int) string {
	put := func(item int) string { return `{"PutRequest":{"Item":` + itemJSON(item) + `}}` }
	return `{"RequestItems":{"` + tableName + `":[` + list(i, batchSize, put) + `]}}`
}

// transaction is what an order does: two puts, an update and a check. It has no idempotency token, because a token
// that comes round again would be answered from memory.
func transaction(i int) string {
	const table = `"TableName":"` + tableName + `",`
	item := func(k int) int { return spread(i*transactionSize + k) }
	return `{"TransactItems":[` +
		`{"Put":{` + table + `"Item":` + itemJSON(item(0)) + `}},` +
		`{"Put":{` + table + `"Item":` + itemJSON(item(1)) + `}},` +
		`{"Update":{` + table + update(item(2)) + `}},` +
		`{"ConditionCheck":{` + table + `"Key":` + keyJSON(item(3)) + `,` + condition + `}}]}`
}

// list is the i-th group of size items, each rendered and joined by commas.
func list(i, size int, render func(item int) string) string {
	parts := make([]string, size)
	for k := range parts {
		parts[k] = render(spread(i*size + k))
	}
	return strings.Join(parts, ",")
}

func operationNames() []string {
	var names []string
	for _, op := range operations() {
		names = append(names, op.name)
	}
	return names
}
