package dynamodb

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/awsapi"
)

// numbered repeats format, with numbers that come in no order.
func numbered(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i*7919%1000003)
	}
	return strings.Join(parts, ",")
}

const plainTable = `{"TableName":"tttt","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`

// What a request costs grows with its size and no faster, whatever is in it. Allocation stands for cost: it is the same each
// time, and what loops over loops of strings allocates too.
func TestHostileRequestsCostWhatTheyWeigh(t *testing.T) {
	ops := operations(t)
	if _, err := call(t.Context(), ops["CreateTable"], []byte(plainTable)); err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	empty := strings.Repeat(`{},`, n) + `{}`
	for _, c := range []struct{ op, what, body string }{
		{"GetItem", "names to get", `{"TableName":"tttt","Key":{"p":{"S":"a"}},"AttributesToGet":[` + numbered(n, `"%06d"`) + `]}`},
		{"UpdateItem", "updates", `{"TableName":"tttt","Key":{"p":{"S":"9"}},"AttributeUpdates":{` + numbered(n, `"%06d":{"Action":"DELETE"}`) + `}}`},
		{"PutItem", "conditions", `{"TableName":"tttt","Item":{"p":{"S":"9"}},"Expected":{` + numbered(n, `"%06d":{"Exists":false}`) + `}}`},
		{"CreateTable", "definitions", `{"TableName":"uuuu","AttributeDefinitions":[` + numbered(n, `{"AttributeName":"%06d","AttributeType":"S"}`) + `],"KeySchema":[{"AttributeName":"a1","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`},
		{"CreateTable", "projected names", `{"TableName":"uuuu","GlobalSecondaryIndexes":[{"Projection":{"NonKeyAttributes":[` + numbered(n, `"%06d"`) + `]}}]}`},
		{"CreateTable", "key elements", `{"TableName":"uuuu","KeySchema":[` + numbered(n, `{"AttributeName":"%d"}`) + `]}`},
		{"CreateTable", "indexes", `{"TableName":"uuuu","GlobalSecondaryIndexes":[` + empty + `]}`},
		{"BatchWriteItem", "writes", `{"RequestItems":{"` + strings.Repeat("n", n) + `":[` + strings.Repeat(`{"DeleteRequest":{}},`, n) + `{}]}}`},
		{"BatchWriteItem", "tables", `{"RequestItems":{` + numbered(n, `"%06d":[{}]`) + `}}`},
		{"BatchGetItem", "keys", `{"RequestItems":{"tttt":{"Keys":[` + empty + `]}}}`},
		{"TransactGetItems", "gets", `{"TransactItems":[` + empty + `]}`},
		{"TransactWriteItems", "writes", `{"TransactItems":[` + empty + `]}`},
		{"TransactWriteItems", "attributes and a token", `{"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"tttt","Item":{"p":{"S":"1"},` + numbered(n, `"%06d":{"NULL":true}`) + `}}}]}`},
		{"ExecuteStatement", "parameters", `{"Statement":"SELECT * FROM tttt WHERE p = ?","Parameters":[` + numbered(n, `{"S":"%06d"}`) + `]}`},
		{"ExecuteStatement", "a token", `{"Statement":"SELECT * FROM tttt","NextToken":"` + strings.Repeat("A", maxToken) + `"}`},
		{"BatchExecuteStatement", "statements", `{"Statements":[` + empty + `]}`},
		{"ExecuteTransaction", "statements", `{"TransactStatements":[` + empty + `]}`},
		{"Query", "a long name", `{"TableName":"` + strings.Repeat("é", 10*n) + `"}`},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := call(t.Context(), ops[c.op], []byte(c.body))
		runtime.ReadMemStats(&after)
		var e *awsapi.Error
		if err != nil && (!errors.As(err, &e) || e.Status >= 500) {
			t.Errorf("%s with %s: %v", c.op, c.what, err)
		}
		if e != nil && len(e.Message) > 100<<10 {
			t.Errorf("%s with %s: a message of %d bytes", c.op, c.what, len(e.Message))
		}
		const most = 96 // bytes a byte, for the densest of them
		if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(most*len(c.body)) {
			t.Errorf("%s with %s: %d bytes allocated for a body of %d", c.op, c.what, spent, len(c.body))
		}
	}
}

// Nor does what a statement says: it is short, but its meaning must not be long.
func TestHostileStatements(t *testing.T) {
	ops := operations(t)
	if _, err := call(t.Context(), ops["CreateTable"], []byte(plainTable)); err != nil {
		t.Fatal(err)
	}
	const n = 8000
	for what, text := range map[string]string{
		"parentheses": `SELECT * FROM tttt WHERE ` + strings.Repeat("(", n/2) + `p = 'a'` + strings.Repeat(")", n/2),
		"signs":       `SELECT * FROM tttt WHERE p = ` + strings.Repeat("-", 1) + strings.Repeat("+", n) + `1`,
		"NOT":         `SELECT * FROM tttt WHERE p = 'a' AND ` + strings.Repeat("NOT ", n/5) + `p = 'a'`,
		"brackets":    `SELECT * FROM tttt WHERE p = ` + strings.Repeat("[", n),
		"nesting":     `INSERT INTO tttt VALUE {'p':` + strings.Repeat("[", n/2) + strings.Repeat("]", n/2) + `}`,
		"products":    `SELECT * FROM tttt WHERE p IN [` + numbered(50, `'%06d'`) + `]` + strings.Repeat(` AND a=1`, n/10),
		"branches":    `SELECT * FROM tttt WHERE (p='1'` + strings.Repeat(` OR p='1'`, 250) + `) AND (p='1'` + strings.Repeat(` OR p='1'`, 250) + `)`,
		"columns":     `SELECT ` + numbered(800, `a%06d`) + ` FROM tttt WHERE p = 'a'`,
		"members":     `INSERT INTO tttt VALUE {'p':'1',` + numbered(700, `'%06d':1`) + `}`,
		"a bag":       `INSERT INTO tttt VALUE {'p':'1','b':<<` + numbered(1000, `%d`) + `>>}`,
		"actions":     `UPDATE tttt SET ` + numbered(700, `a%06d=1`) + ` WHERE p = '1'`,
		"a path":      `SELECT a` + strings.Repeat("[0]", n/3) + ` FROM tttt`,
		"comments":    strings.Repeat("/**/", n/4) + `SELECT * FROM tttt`,
	} {
		body := `{"Statement":"` + text + `"}`
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := call(t.Context(), ops["ExecuteStatement"], []byte(body))
		runtime.ReadMemStats(&after)
		var e *awsapi.Error
		if err != nil && (!errors.As(err, &e) || e.Status >= 500) {
			t.Errorf("%s: %v", what, err)
		}
		const most = 640 // bytes a character: each may be a token, and each of these a node
		if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(most*len(body)) {
			t.Errorf("%s: %d bytes allocated for a body of %d", what, spent, len(body))
		}
	}
}

func TestNoTableOutsideTheAccount(t *testing.T) {
	ops := operations(t)
	for _, name := range []string{
		"arn:aws:dynamodb:mars:999999999999:table/victim", "arn:x:s3:us-east-1:123456789012:table/*", "arn:aws:dynamodb:us-east-1:123456789012:table/a/index/b",
		"arn:aws:dynamodb:us-east-1:123456789012:table/", "arn:aws:dynamodb:us-east-1:123456789012:table/*", "arn:nonsense", "arn:aws:dynamodb:eu-west-1:123456789012:table/tttt",
	} {
		if out, err := call(t.Context(), ops["CreateTable"], []byte(strings.Replace(plainTable, "tttt", name, 1))); err == nil {
			t.Errorf("%s was created: %s", name, out)
		}
		_, err := call(t.Context(), ops["GetItem"], []byte(`{"TableName":"`+name+`","Key":{"p":{"S":"x"}}}`))
		var e *awsapi.Error
		if !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("GetItem of %s: %v", name, err)
		}
	}
	own := strings.Replace(plainTable, "tttt", "arn:aws:dynamodb:us-east-1:123456789012:table/tttt", 1)
	if _, err := call(t.Context(), ops["CreateTable"], []byte(own)); err != nil {
		t.Errorf("a table by its own ARN: %v", err)
	}
	twice := `[{"PutRequest":{"Item":{"p":{"S":"1"}}}}]`
	_, err := call(t.Context(), ops["BatchWriteItem"], []byte(`{"RequestItems":{"tttt":`+twice+`,"arn:aws:dynamodb:us-east-1:123456789012:table/tttt":`+twice+`}}`))
	if !errors.Is(err, errDuplicateKeys) {
		t.Errorf("an item twice, by name and by ARN: %v", err)
	}
}

// A batch that no one transaction of the engine could hold is written all the same.
func TestLargeBatchWithManyIndexes(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some hundred megabytes")
	}
	ops := operations(t)
	indexes := make([]string, maxGlobalIndexes)
	for i := range indexes {
		indexes[i] = fmt.Sprintf(`{"IndexName":"i%02d","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}`, i)
	}
	body := strings.TrimSuffix(plainTable, "}") + `,"GlobalSecondaryIndexes":[` + strings.Join(indexes, ",") + `]}`
	if _, err := call(t.Context(), ops["CreateTable"], []byte(body)); err != nil {
		t.Fatal(err)
	}
	puts := make([]string, maxBatchWrite)
	for i := range puts {
		puts[i] = fmt.Sprintf(`{"PutRequest":{"Item":{"p":{"S":"%d"},"x":{"S":"%s"}}}}`, i, strings.Repeat("x", 300<<10))
	}
	if _, err := call(t.Context(), ops["BatchWriteItem"], []byte(`{"RequestItems":{"tttt":[`+strings.Join(puts, ",")+`]}}`)); err != nil {
		t.Fatal(err)
	}
	out, err := call(t.Context(), ops["Query"], []byte(`{"TableName":"tttt","IndexName":"i19","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"24"}},"Select":"COUNT"}`))
	if err != nil || !strings.Contains(string(out), `"Count":1`) {
		t.Errorf("the last item is not in the last index: %s (%v)", out, err)
	}
}
