package main

import (
	"fmt"
	"math/rand/v2"
)

const (
	tableName      = "Bench"
	partitions     = 1000
	partitionItems = 10
	tableItems     = partitions * partitionItems
	itemBytes      = 1024
)

// createTable is the table every server gets: a partition key and a sort key, billed by request, no index.
const createTable = `{"TableName":"` + tableName + `",` +
	`"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],` +
	`"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],` +
	`"BillingMode":"PAY_PER_REQUEST"}`

// spread maps 0, 1, 2, … to distinct item numbers all over the table: 7919 has no divisor in common with tableItems.
func spread(i int) int { return i * 7919 % tableItems }

func partitionKey(item int) string { return fmt.Sprintf("customer#%06d", item/partitionItems) }

func sortKey(item int) string { return fmt.Sprintf("order#%02d", item%partitionItems) }

// label is a text that only this item holds, by which an answer is known to be the one that was asked for.
func label(item int) string { return fmt.Sprintf("item-%06d:", item) }

func keyJSON(item int) string {
	return `{"pk":{"S":"` + partitionKey(item) + `"},"sk":{"S":"` + sortKey(item) + `"}}`
}

// itemJSON is the item with this number, itemBytes long as DynamoDB counts: names and values, without the JSON
// around them. Its payload is as good as random, so that no engine gains by compressing it.
func itemJSON(item int) string {
	const fixed = len("pk") + len("customer#000000") + len("sk") + len("order#00") +
		len("version") + 2 + len("counter") + 1 + len("status") + len("open") + len("payload")
	return `{"pk":{"S":"` + partitionKey(item) + `"},"sk":{"S":"` + sortKey(item) + `"},` +
		`"version":{"N":"1"},"counter":{"N":"0"},"status":{"S":"open"},` +
		`"payload":{"S":"` + payload(item, itemBytes-fixed) + `"}}`
}

func payload(item, length int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	random := rand.New(rand.NewPCG(uint64(item), 1))
	text := append(make([]byte, 0, length), label(item)...)
	for len(text) < length {
		text = append(text, letters[random.IntN(len(letters))])
	}
	return string(text)
}
