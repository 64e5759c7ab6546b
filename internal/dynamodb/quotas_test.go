package dynamodb

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (m *metered) provision(read, write int) (string, error) {
	return m.try("UpdateTable", fmt.Sprintf(`{"TableName":"things","ProvisionedThroughput":{"ReadCapacityUnits":%d,"WriteCapacityUnits":%d}}`, read, write))
}

// The days and the words are those that were seen on AWS on October 9th, 2026.
func TestDecreases(t *testing.T) {
	m := newMetered(t)
	m.things(100, 100, 1, 1)
	decrease := func(read, write int) {
		t.Helper()
		if _, err := m.provision(read, write); err != nil {
			t.Fatal(err)
		}
	}
	limited := func(read, write int, end string) {
		t.Helper()
		if _, err := m.provision(read, write); err == nil || !strings.HasSuffix(err.Error(), end) {
			t.Errorf("%v", err)
		}
	}
	decrease(99, 99) // one, although it is two units
	for i := range 3 {
		decrease(98-i, 99)
	}
	m.after(5 * time.Second)
	const words = "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: 4. Last decrease at Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time. Next decrease can be made at Friday, October 9, 2026 at 1:21:34 AM Coordinated Universal Time"
	limited(95, 99, words)
	limited(95, 200, words)
	decrease(200, 200) // an increase
	m.after(time.Hour - 6*time.Second)
	limited(95, 99, words)
	m.after(time.Second)
	decrease(95, 99)
	limited(94, 99, "Number of decreases today: 5. Last decrease at Friday, October 9, 2026 at 1:21:34 AM Coordinated Universal Time. Next decrease can be made at Friday, October 9, 2026 at 2:21:34 AM Coordinated Universal Time")
	// Midnight restores them all, and shows none.
	m.now = time.Date(2026, 10, 9, 23, 30, 0, 0, time.UTC)
	decrease(94, 99)
	limited(93, 99, "Next decrease can be made at Saturday, October 10, 2026 at 12:00:00 AM Coordinated Universal Time")
	if got := m.do("DescribeTable", `{"TableName":"things"}`); !strings.Contains(got, `"NumberOfDecreasesToday":6`) {
		t.Error(got)
	}
	m.now = time.Date(2026, 10, 10, 0, 0, 0, 0, time.UTC)
	if got := m.do("DescribeTable", `{"TableName":"things"}`); strings.Contains(got, `"NumberOfDecreasesToday":6`) {
		t.Error(got)
	}
	for i := range 4 {
		decrease(93-i, 99)
	}
	limited(80, 99, "Next decrease can be made at Saturday, October 10, 2026 at 1:00:00 AM Coordinated Universal Time")
	// The index has decreases of its own.
	m.do("UpdateTable", `{"TableName":"things","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":2}}}]}`)
	m.do("UpdateTable", `{"TableName":"things","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}}]}`)
}

func TestSwitches(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	const (
		to   = `{"TableName":"things","BillingMode":"PAY_PER_REQUEST"}`
		back = `{"TableName":"things","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
			"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}}]}`
	)
	for range 4 {
		m.do("UpdateTable", to)
		m.do("UpdateTable", to) // that is no switch
		m.do("UpdateTable", back)
		m.after(time.Hour)
	}
	if got := m.refused("UpdateTable", to); !strings.Contains(got, "LimitExceededException") ||
		!strings.Contains(got, "Last update at Fri Oct 09 03:21:34 UTC 2026. Next update can be made at Sat Oct 10 00:21:34 UTC 2026") {
		t.Error(got)
	}
	m.after(20 * time.Hour)
	m.do("UpdateTable", to)
	m.do("UpdateTable", back)
	if got := m.refused("UpdateTable", to); !strings.Contains(got, "Next update can be made at Sat Oct 10 01:21:34 UTC 2026") {
		t.Error(got)
	}
}

func TestMaximumsOfAccounts(t *testing.T) {
	m := newMetered(t)
	m.things(1, 1, 1, 1)
	for _, c := range []struct{ body, want string }{
		{`"ProvisionedThroughput":{"ReadCapacityUnits":40001,"WriteCapacityUnits":1}`,
			"The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. Refer to"},
		{`"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":40001}}}]`,
			"The requested WriteCapacityUnits for index byG, 40001, is above the per index maximum for the account in us-east-1."},
		{`"WarmThroughput":{"WriteUnitsPerSecond":40001}`,
			"Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput for table exceeds TableMaxWriteCapacityUnits of the account in region us-east-1"},
		{`"BillingMode":"PAY_PER_REQUEST","OnDemandThroughput":{"MaxReadRequestUnits":40001}`,
			"Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits of the account in region us-east-1"},
		{`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byG","OnDemandThroughput":{"MaxReadRequestUnits":40001}}}]`,
			"Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for index : byG exceeds TableMaxReadCapacityUnits of the account in region us-east-1"},
	} {
		if got := m.refused("UpdateTable", `{"TableName":"things",`+c.body+`}`); !strings.Contains(got, "LimitExceededException") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", c.body, got)
		}
	}
	if got := m.refused("CreateTable", `{"TableName":"more","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
		"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":70000}}`); !strings.Contains(got, "The requested WriteCapacityUnits, 70000, is above the per table maximum") {
		t.Error(got)
	}
}
