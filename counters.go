package stator

import (
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/server"
	"github.com/statordb/stator/internal/table"
)

// counters are what /metrics shows of tables and of what is kept in memory, and of refusals if throughput is limited.
func counters(store *table.Store, ids *identity.Store, tables *dynamodb.Service, throttle bool) []server.Counter {
	all := []server.Counter{
		{Name: "stator_expired_items_total", Help: "Items that Time To Live deleted.",
			Value: func() uint64 { return store.Counts().Expired }},
		{Name: "stator_stream_records_written_total", Help: "Stream records written.",
			Value: func() uint64 { return store.Counts().RecordsWritten }},
		{Name: "stator_stream_records_read_total", Help: "Stream records that GetRecords returned.",
			Value: func() uint64 { return store.Counts().RecordsRead }},
	}
	for _, c := range []struct {
		what string
		of   func() (hits, misses uint64)
	}{
		{"identity", ids.Lookups},
		{"table", func() (hits, misses uint64) { n := store.Counts(); return n.Cached, n.Uncached }},
	} {
		add := func(result string, value func() uint64) {
			all = append(all, server.Counter{Name: "stator_cache_lookups_total", Help: "Questions for what is also kept in memory, by what was asked for and whether memory had it.",
				Labels: map[string]string{"cache": c.what, "result": result}, Value: value})
		}
		add("hit", func() uint64 { hits, _ := c.of(); return hits })
		add("miss", func() uint64 { _, misses := c.of(); return misses })
	}
	if throttle {
		for _, reason := range dynamodb.ThrottlingReasons() {
			all = append(all, server.Counter{Name: "stator_throttle_events_total", Help: "Reads and writes of items refused for want of throughput, by reason.",
				Labels: map[string]string{"reason": reason}, Value: func() uint64 { return tables.ThrottleEvents(reason) }})
		}
	}
	return all
}
