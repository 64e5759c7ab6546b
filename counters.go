package stator

import (
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/server"
	"github.com/statordb/stator/internal/table"
)

// counters are what /metrics shows of tables, and of refusals if throughput is limited.
func counters(store *table.Store, tables *dynamodb.Service, throttle bool) []server.Counter {
	all := []server.Counter{
		{Name: "stator_expired_items_total", Help: "Items that Time To Live deleted.",
			Value: func() uint64 { return store.Counts().Expired }},
		{Name: "stator_stream_records_written_total", Help: "Stream records written.",
			Value: func() uint64 { return store.Counts().RecordsWritten }},
		{Name: "stator_stream_records_read_total", Help: "Stream records that GetRecords returned.",
			Value: func() uint64 { return store.Counts().RecordsRead }},
	}
	if throttle {
		for _, reason := range dynamodb.ThrottlingReasons() {
			all = append(all, server.Counter{Name: "stator_throttle_events_total", Help: "Reads and writes of items refused for want of throughput, by reason.",
				Labels: map[string]string{"reason": reason}, Value: func() uint64 { return tables.ThrottleEvents(reason) }})
		}
	}
	return all
}
