package dynamodb

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// metered is a service that limits throughput by a clock of the test's.
type metered struct {
	*testing.T
	s   *Service
	ops map[string]awsapi.Operation
	now time.Time
}

func newMetered(t *testing.T) *metered {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store, err := table.Open(t.Context(), db, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = store.Close(), db.Close() })
	m := &metered{T: t, s: New(store, nil), ops: map[string]awsapi.Operation{}, now: time.Date(2026, 10, 9, 0, 21, 34, 0, time.UTC)}
	m.s.Throttle(func() time.Time { return m.now })
	for _, op := range m.s.Operations() {
		m.ops[op.Name] = op
	}
	return m
}

func (m *metered) after(d time.Duration) { m.now = m.now.Add(d) }

func (m *metered) try(op, body string) (string, error) {
	m.Helper()
	req := &awsapi.Request{Caller: &policy.Principal{Account: "123456789012"}, Region: "us-east-1", Now: m.now, Body: []byte(body)}
	call, err := m.ops[op].Decode(req)
	if err != nil {
		return "", err
	}
	call.Needs()
	answer, err := call.Run(m.Context(), nil)
	return string(answer), err
}

func (m *metered) do(op, body string) string {
	m.Helper()
	answer, err := m.try(op, body)
	if err != nil {
		m.Fatalf("%s %.200s: %v", op, body, err)
	}
	return answer
}

// refused makes a request that must fail, and returns the error as it is on the wire.
func (m *metered) refused(op, body string) string {
	m.Helper()
	answer, err := m.try(op, body)
	var e *awsapi.Error
	if !errors.As(err, &e) {
		m.Fatalf("%s %.200s is not refused: %s (%v)", op, body, answer, err)
	}
	return string(e.AppendJSON(nil, "ns"))
}

// throttled makes a request that must fail for that code, reason and resource.
func (m *metered) throttled(op, body, code, reason, resource string) {
	m.Helper()
	before := m.s.ThrottleEvents(reason)
	got := m.refused(op, body)
	if m.s.ThrottleEvents(reason) == before {
		m.Errorf("%s: the event is not counted", op)
	}
	var e struct {
		Type             string `json:"__type"`
		Reasons, reasons []struct{ Reason, Resource string }
	}
	member := "ThrottlingReasons"
	if code == "ThrottlingException" {
		member = "throttlingReasons"
	}
	if err := json.Unmarshal([]byte(strings.Replace(got, `"`+member+`"`, `"Reasons"`, 1)), &e); err != nil {
		m.Fatal(err)
	}
	if !strings.HasSuffix(e.Type, "#"+code) || len(e.Reasons) != 1 || e.Reasons[0].Reason != reason ||
		e.Reasons[0].Resource != "arn:aws:dynamodb:us-east-1:123456789012:table/"+resource {
		m.Fatalf("%s: %s, want %s with %s of %s", op, got, code, reason, resource)
	}
}

// exhaust makes a request again and again until it is refused, and returns how often it was not.
func (m *metered) exhaust(op, body string) int {
	m.Helper()
	for n := range 5000 {
		_, err := m.try(op, body)
		if isThrottled(err) {
			return n
		}
		if err != nil {
			m.Fatal(err)
		}
	}
	m.Fatalf("%s is never refused", op)
	return 0
}

const exceeded = "ProvisionedThroughputExceededException"

// things makes a provisioned table with a local index and a global one, each with so many units.
func (m *metered) things(read, write, indexRead, indexWrite int) {
	m.Helper()
	m.do("CreateTable", fmt.Sprintf(`{"TableName":"things","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
		"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"S"},{"AttributeName":"l","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
		"LocalSecondaryIndexes":[{"IndexName":"byL","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"l","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
		"GlobalSecondaryIndexes":[{"IndexName":"byG","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["i"]},
			"ProvisionedThroughput":{"ReadCapacityUnits":%d,"WriteCapacityUnits":%d}}],
		"ProvisionedThroughput":{"ReadCapacityUnits":%d,"WriteCapacityUnits":%d}}`, indexRead, indexWrite, read, write))
}

const (
	putOne    = `{"TableName":"things","Item":{"p":{"S":"1"},"s":{"S":"1"}}}`
	getOne    = `{"TableName":"things","Key":{"p":{"S":"1"},"s":{"S":"1"}}}`
	getStrong = `{"TableName":"things","Key":{"p":{"S":"1"},"s":{"S":"1"}},"ConsistentRead":true}`
)

func TestUnusedCapacityIsKeptForFiveMinutes(t *testing.T) {
	m := newMetered(t)
	m.things(2, 1, 1, 1)
	if n := m.exhaust("GetItem", getStrong); n != 600 {
		t.Errorf("%d reads at first, want 600", n)
	}
	m.throttled("GetItem", getOne, exceeded, "TableReadProvisionedThroughputExceeded", "things")
	m.do("PutItem", putOne) // writes are counted apart
	m.after(10 * time.Second)
	if n := m.exhaust("GetItem", getOne); n != 40 {
		t.Errorf("%d eventually consistent reads after 10 seconds, want 40", n)
	}
	m.after(time.Hour)
	if n := m.exhaust("GetItem", getStrong); n != 600 {
		t.Errorf("%d reads after an hour, want 600", n)
	}
	if got := m.refused("GetItem", getOne); !strings.Contains(got, "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.") {
		t.Error(got)
	}
}

func TestDebtIsPaidFirst(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.do("PutItem", `{"TableName":"things","Item":{"p":{"S":"1"},"s":{"S":"1"},"x":{"S":"`+strings.Repeat("x", 399<<10)+`"}}}`) // 400 units of 300
	m.after(99 * time.Second)
	m.throttled("DeleteItem", getOne, exceeded, "TableWriteProvisionedThroughputExceeded", "things")
	m.after(2 * time.Second)
	m.do("DeleteItem", getOne) // another 400
	m.after(398 * time.Second)
	m.throttled("PutItem", putOne, exceeded, "TableWriteProvisionedThroughputExceeded", "things")
	m.after(2 * time.Second)
	m.do("PutItem", putOne)
}

func TestQueriesPayForWhatTheyLookAt(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1000, 1, 1000)
	for i := range 100 { // 4 KB each, 400 KB together, which is 50 units
		m.do("PutItem", fmt.Sprintf(`{"TableName":"things","Item":{"p":{"S":"q"},"s":{"S":"%03d"},"l":{"S":"l"},"g":{"S":"g"},"x":{"S":"%s"}}}`, i, strings.Repeat("x", 4070)))
	}
	const query = `{"TableName":"things","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"q"},":n":{"S":"none"}},"FilterExpression":"x = :n"}`
	if n := m.exhaust("Query", query); n != 6 && n != 7 { // 50 units, give or take what the keys take
		t.Errorf("%d queries", n)
	}
	m.throttled("Scan", `{"TableName":"things","Limit":1}`, exceeded, "TableReadProvisionedThroughputExceeded", "things")
	// A local index has the table's capacity, a global one its own.
	m.throttled("Scan", `{"TableName":"things","IndexName":"byL"}`, exceeded, "TableReadProvisionedThroughputExceeded", "things")
	const global = `{"TableName":"things","IndexName":"byG","Limit":1}`
	if n := m.exhaust("Scan", global); n != 600 {
		t.Errorf("%d scans of the global index, want 600", n)
	}
	m.throttled("Scan", global, exceeded, "IndexReadProvisionedThroughputExceeded", "things/index/byG")
}

func TestGlobalIndexHoldsWritesBack(t *testing.T) {
	m := newMetered(t)
	m.things(10, 10, 1, 1)
	indexed := func(g, i, x string) string {
		return fmt.Sprintf(`{"TableName":"things","Item":{"p":{"S":"1"},"s":{"S":"1"},"g":{"S":%q},"i":{"S":%q},"x":{"S":%q}}}`, g, i, x)
	}
	n := 0
	for ; ; n++ {
		if _, err := m.try("PutItem", indexed("g", fmt.Sprint(n), "x")); isThrottled(err) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n != 300 {
		t.Errorf("%d writes until the index is exhausted, want 300", n)
	}
	m.throttled("PutItem", indexed("g", "new", "x"), exceeded, "IndexWriteProvisionedThroughputExceeded", "things/index/byG")
	m.throttled("DeleteItem", getOne, exceeded, "IndexWriteProvisionedThroughputExceeded", "things/index/byG")
	// Nothing was written, and what the index does not show may change.
	if got := m.do("GetItem", getOne); !strings.Contains(got, `"i":{"S":"299"}`) {
		t.Error(got)
	}
	m.do("PutItem", indexed("g", "299", "another"))
	m.do("PutItem", `{"TableName":"things","Item":{"p":{"S":"2"},"s":{"S":"1"},"i":{"S":"not in the index"}}}`)
	// More for the index counts at once.
	m.do("UpdateTable", `{"TableName":"things","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":100}}}]}`)
	m.after(time.Second)
	m.do("PutItem", indexed("g", "new", "x"))
}

func TestFailedConditionsCost(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.do("PutItem", `{"TableName":"things","Item":{"p":{"S":"1"},"s":{"S":"1"},"x":{"S":"`+strings.Repeat("x", 9<<10)+`"}}}`) // 10 units
	for range 29 {
		if got := m.refused("DeleteItem", `{"TableName":"things","Key":{"p":{"S":"1"},"s":{"S":"1"}},"ConditionExpression":"attribute_not_exists(p)"}`); !strings.Contains(got, "ConditionalCheckFailed") {
			t.Fatal(got)
		}
	}
	m.throttled("PutItem", putOne, exceeded, "TableWriteProvisionedThroughputExceeded", "things")
}

func TestMaximumOfOnDemand(t *testing.T) {
	m := newMetered(t)
	m.do("CreateTable", `{"TableName":"things","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
		"OnDemandThroughput":{"MaxWriteRequestUnits":1},"GlobalSecondaryIndexes":[{"IndexName":"again","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},"OnDemandThroughput":{"MaxReadRequestUnits":1}}]}`)
	const remove = `{"TableName":"things","Key":{"p":{"S":"1"}}}`
	if n := m.exhaust("DeleteItem", remove); n != 300 {
		t.Errorf("%d writes, want 300", n)
	}
	m.throttled("DeleteItem", remove, "ThrottlingException", "TableWriteMaxOnDemandThroughputExceeded", "things")
	const scan = `{"TableName":"things","IndexName":"again"}`
	if n := m.exhaust("Scan", scan); n != 600 {
		t.Errorf("%d reads, want 600", n)
	}
	m.throttled("Scan", scan, "ThrottlingException", "IndexReadMaxOnDemandThroughputExceeded", "things/index/again")
	m.do("UpdateTable", `{"TableName":"things","OnDemandThroughput":{"MaxWriteRequestUnits":-1}}`)
	m.after(time.Millisecond) // now the account's quota
	m.do("DeleteItem", remove)
	// Without a maximum the quota is the limit.
	g := m.s.throttle.gates(m.table(), m.now)
	g.read.pay(m.now, 2*tableUnits*burst)
	m.throttled("GetItem", remove, "RequestLimitExceeded", "TableReadAccountLimitExceeded", "things")
}

func (m *metered) table() *table.Descriptor {
	d, err := m.s.store.Table(m.Context(), table.Scope{Account: "123456789012", Region: "us-east-1"}, "things")
	if err != nil {
		m.Fatal(err)
	}
	return d
}

func TestBatchesLeaveWhatIsThrottled(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.do("CreateTable", `{"TableName":"other","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}`)
	big := strings.Repeat("x", 300<<10)
	batch := func(names ...string) string {
		var all []string
		for _, name := range names {
			all = append(all, fmt.Sprintf(`{"PutRequest":{"Item":{"p":{"S":%q},"s":{"S":"1"},"x":{"S":%q}}}}`, name, big))
		}
		return `"things":[` + strings.Join(all, ",") + `]`
	}
	// The first of them takes all there is.
	got := m.do("BatchWriteItem", `{"RequestItems":{`+batch("a", "b")+`},"ReturnConsumedCapacity":"TOTAL"}`)
	if !strings.Contains(got, `"UnprocessedItems":{"things":[{"PutRequest":{"Item":{"p":{"S":"b"}`) || strings.Contains(got, `{"S":"a"}`) || !strings.Contains(got, `"CapacityUnits":301.0`) {
		t.Errorf("%.300s", got)
	}
	m.throttled("BatchWriteItem", `{"RequestItems":{"things":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"s":{"S":"1"}}}}]}}`, exceeded, "TableWriteProvisionedThroughputExceeded", "things")
	got = m.do("BatchWriteItem", `{"RequestItems":{"things":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"s":{"S":"1"}}}}],"other":[{"DeleteRequest":{"Key":{"p":{"S":"1"}}}}]}}`)
	if got != `{"UnprocessedItems":{"things":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"s":{"S":"1"}}}}]}}` {
		t.Error(got)
	}
	// What an index holds back is left, too. The rest is written.
	m.after(time.Hour)
	m.s.throttle.gates(m.table(), m.now).indexes[m.table().Index("byG").ID].write.pay(m.now, 600)
	got = m.do("BatchWriteItem", `{"RequestItems":{"things":[{"PutRequest":{"Item":{"p":{"S":"c"},"s":{"S":"1"},"g":{"S":"g"}}}},{"PutRequest":{"Item":{"p":{"S":"d"},"s":{"S":"1"}}}}]}}`)
	if got != `{"UnprocessedItems":{"things":[{"PutRequest":{"Item":{"p":{"S":"c"},"s":{"S":"1"},"g":{"S":"g"}}}}]}}` {
		t.Error(got)
	}
	m.throttled("BatchWriteItem", `{"RequestItems":{"things":[{"PutRequest":{"Item":{"p":{"S":"c"},"s":{"S":"1"},"g":{"S":"g"}}}}]}}`, exceeded, "IndexWriteProvisionedThroughputExceeded", "things/index/byG")

	// Reads: 38 units for a, so that the eighth leaves nothing.
	keys := `{"p":{"S":"a"},"s":{"S":"1"}},{"p":{"S":"d"},"s":{"S":"1"}}`
	if n := m.exhaust("BatchGetItem", `{"RequestItems":{"things":{"ConsistentRead":true,"Keys":[{"p":{"S":"a"},"s":{"S":"1"}}]}}}`); n != 4 {
		t.Errorf("%d reads", n)
	}
	m.throttled("BatchGetItem", `{"RequestItems":{"things":{"Keys":[`+keys+`]}}}`, exceeded, "TableReadProvisionedThroughputExceeded", "things")
	got = m.do("BatchGetItem", `{"RequestItems":{"things":{"Keys":[`+keys+`]},"other":{"Keys":[{"p":{"S":"1"}}]}}}`)
	if got != `{"Responses":{"things":[],"other":[]},"UnprocessedKeys":{"things":{"Keys":[`+keys+`]}}}` {
		t.Error(got)
	}
}

// Each read and each write that is refused is an event, whatever the request is that it was in.
func TestThrottleEvents(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	g := m.s.throttle.gates(m.table(), m.now)
	want := func(events map[string]uint64) {
		t.Helper()
		for _, reason := range ThrottlingReasons() {
			if n := m.s.ThrottleEvents(reason); n != events[reason] {
				t.Errorf("%d of %s, want %d", n, reason, events[reason])
			}
		}
	}
	m.do("PutItem", putOne)
	want(nil)
	g.indexes[m.table().Index("byG").ID].write.pay(m.now, 600)
	m.do("BatchWriteItem", `{"RequestItems":{"things":[{"PutRequest":{"Item":{"p":{"S":"c"},"s":{"S":"1"},"g":{"S":"g"}}}},{"PutRequest":{"Item":{"p":{"S":"d"},"s":{"S":"1"},"g":{"S":"g"}}}},{"PutRequest":{"Item":{"p":{"S":"e"},"s":{"S":"1"}}}}]}}`)
	want(map[string]uint64{"IndexWriteProvisionedThroughputExceeded": 2})
	g.write.pay(m.now, 600)
	g.read.pay(m.now, 600)
	m.refused("TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"things","Key":{"p":{"S":"c"},"s":{"S":"1"}}}},{"Delete":{"TableName":"things","Key":{"p":{"S":"d"},"s":{"S":"1"}}}}]}`)
	m.refused("Scan", `{"TableName":"things"}`)
	m.refused("GetItem", getOne)
	m.do("Query", `{"TableName":"things","IndexName":"byG","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g"}}}`)
	want(map[string]uint64{"IndexWriteProvisionedThroughputExceeded": 2, "TableWriteProvisionedThroughputExceeded": 2, "TableReadProvisionedThroughputExceeded": 2})
	if n := New(nil, nil).ThrottleEvents("TableReadProvisionedThroughputExceeded"); n != 0 {
		t.Error(n)
	}
}

func TestTransactionsAreCancelled(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.do("CreateTable", `{"TableName":"other","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
		"OnDemandThroughput":{"MaxReadRequestUnits":1}}`)
	const write = `{"TransactItems":[{"Put":{"TableName":"other","Item":{"p":{"S":"1"}}}},{"Put":{"TableName":"things","Item":{"p":{"S":"1"},"s":{"S":"1"},"g":{"S":"g"}}}}]}`
	n := 0
	for ; n < 1000; n++ {
		if _, err := m.try("TransactWriteItems", write); err != nil {
			break
		}
	}
	if n != 150 { // two units each
		t.Errorf("%d transactions, want 150", n)
	}
	cancelled := func(op, body, codes, reason string) {
		t.Helper()
		got := m.refused(op, body)
		if !strings.Contains(got, "TransactionCanceledException") || !strings.Contains(got, "["+codes+"]") || !strings.Contains(got, reason) || strings.Contains(got, "hrottlingReasons") {
			t.Errorf("%s: %s", op, got)
		}
	}
	cancelled("TransactWriteItems", write, "None, ProvisionedThroughputExceeded",
		`[{"Code":"None"},{"Code":"ProvisionedThroughputExceeded","Message":"The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."}]`)
	m.after(time.Hour)
	m.s.throttle.gates(m.table(), m.now).indexes[m.table().Index("byG").ID].write.pay(m.now, 600)
	cancelled("TransactWriteItems", strings.Replace(write, `"g":{"S":"g"}`, `"g":{"S":"h"}`, 1), "None, ProvisionedThroughputExceeded", "one or more global secondary indexes")
	m.exhaust("GetItem", `{"TableName":"other","Key":{"p":{"S":"1"}}}`)
	cancelled("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"other","Key":{"p":{"S":"1"}}}},{"Get":{"TableName":"things","Key":{"p":{"S":"1"},"s":{"S":"1"}}}}]}`,
		"ThrottlingError, None", "The request rate has exceeded the configured maximum throughput limits")
}

func TestStatementsAreThrottled(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	const (
		one    = `SELECT * FROM things WHERE p = 'a' AND s = '1'`
		update = `UPDATE things SET x = 1 WHERE p = 'a' AND s = '1'`
	)
	m.do("ExecuteStatement", `{"Statement":"INSERT INTO things VALUE {'p':'a','s':'1'}"}`)
	statement := func(text, more string) string { return `{"Statement":"` + text + `"` + more + `}` }
	if n := m.exhaust("ExecuteStatement", statement(one, `,"ConsistentRead":true`)); n != 300 {
		t.Errorf("%d reads", n)
	}
	if n := m.exhaust("ExecuteStatement", statement(update, "")); n != 299 {
		t.Errorf("%d writes", n)
	}
	for _, text := range []string{one, update} {
		if got := m.do("BatchExecuteStatement", `{"Statements":[`+statement(text, "")+`]}`); !strings.Contains(got, `"Code":"ProvisionedThroughputExceeded"`) {
			t.Errorf("%s in a batch: %s", text, got)
		}
		got := m.refused("ExecuteTransaction", `{"TransactStatements":[`+statement(text, "")+`]}`)
		if !strings.Contains(got, "TransactionCanceledException") || !strings.Contains(got, "[ProvisionedThroughputExceeded]") {
			t.Errorf("%s in a transaction: %s", text, got)
		}
	}
}

func TestChangesCountAtOnce(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.exhaust("GetItem", getStrong)
	m.do("UpdateTable", `{"TableName":"things","ProvisionedThroughput":{"ReadCapacityUnits":50,"WriteCapacityUnits":1}}`)
	m.after(time.Second)
	if n := m.exhaust("GetItem", getStrong); n != 50 {
		t.Errorf("%d reads after a second of 50 units", n)
	}
	m.after(time.Hour)
	m.do("GetItem", getOne)
	m.do("UpdateTable", `{"TableName":"things","ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":1}}`)
	if n := m.exhaust("GetItem", getStrong); n != 600 {
		t.Errorf("%d reads after a decrease, want 600", n)
	}
	// A table of the same name is another one.
	m.do("DeleteTable", `{"TableName":"things"}`)
	m.things(1, 1, 1, 1)
	m.do("GetItem", getOne)
}

func TestGatesAreBounded(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	m.do("GetItem", getOne)
	busy := m.table().ID
	d := m.table().Clone()
	for i := range uint64(maxGates + 10) {
		d.ID = 1_000_000 + i
		m.s.throttle.gates(d, m.now)
	}
	if n := len(m.s.throttle.tables); n > maxGates || m.s.throttle.tables[busy] == nil {
		t.Errorf("%d tables; the busy one: %v", n, m.s.throttle.tables[busy])
	}
	for i := range uint64(maxGates + 10) {
		d.ID = 2_000_000 + i
		m.s.throttle.gates(d, m.now).read.pay(m.now, 1)
	}
	if n := len(m.s.throttle.tables); n > maxGates {
		t.Errorf("%d tables in use", n)
	}
}

// Whatever runs at the same time, no more is admitted than there is and what is under way.
func TestThrottlingAtTheSameTime(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	const clients = 8
	admitted := make(chan int, clients)
	for i := range clients {
		go func() {
			n := 0
			for j := range 100 {
				_, err := m.try("PutItem", fmt.Sprintf(`{"TableName":"things","Item":{"p":{"S":"%d"},"s":{"S":"%d"},"g":{"S":"g"}}}`, i, j))
				if err == nil {
					n++
				} else if !isThrottled(err) {
					t.Error(err)
				}
				if j == 50 && i == 0 {
					m.do("UpdateTable", `{"TableName":"things","ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":1}}`)
				}
			}
			admitted <- n
		}()
	}
	sum := 0
	for range clients {
		sum += <-admitted
	}
	if sum < burst || sum > burst+clients {
		t.Errorf("%d writes, want %d and a few", sum, burst)
	}
}
