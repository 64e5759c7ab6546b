package dynamodb

import (
	"testing"
	"time"

	"github.com/statordb/stator/internal/meter"
)

// Throughput is measured each time, and sizes once an hour.
func TestSample(t *testing.T) {
	now := time.Date(2026, 4, 10, 12, 50, 0, 0, time.UTC)
	m := meter.New(func() time.Time { return now })
	var s *Service
	ops := operations(t, func(made *Service) {
		s = made
		s.Meter(m)
	})
	for _, c := range [][2]string{
		{"CreateTable", `{"TableName":"tttt","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
			"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":7}}`},
		{"PutItem", `{"TableName":"tttt","Item":{"p":{"S":"0123456789"}}}`},
	} {
		if _, err := call(t.Context(), ops[c[0]], []byte(c[1])); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		s.sample(t.Context(), now)
		now = now.Add(5 * time.Minute)
	}
	for metric, want := range map[meter.Metric][2]float64{ // how many, and their sum
		meter.ProvisionedReadCapacityUnits: {4, 20}, meter.ProvisionedWriteCapacityUnits: {4, 28}, meter.StoredBytes: {2, 22},
	} {
		var n uint64
		sum := 0.0
		for _, series := range m.Tables("123456789012", "us-east-1") {
			for _, p := range m.Points(series, metric, meter.Of{}, now.Add(-time.Hour), now, time.Minute) {
				n, sum = n+p.Count, sum+p.Sum
			}
		}
		if float64(n) != want[0] || sum != want[1] {
			t.Errorf("%s: %d values, %v together, want %v", metric.Name(), n, sum, want)
		}
	}
}
