package meter

// metrics are the names and units that CloudWatch has ("DynamoDB Metrics and dimensions", Amazon DynamoDB Developer Guide).
var metrics = [...]struct{ name, unit string }{
	ConditionalCheckFailedRequests: {"ConditionalCheckFailedRequests", "Count"},
	ConsumedReadCapacityUnits:      {"ConsumedReadCapacityUnits", "Count"},
	ConsumedWriteCapacityUnits:     {"ConsumedWriteCapacityUnits", "Count"},
	ProvisionedReadCapacityUnits:   {"ProvisionedReadCapacityUnits", "Count"},
	ProvisionedWriteCapacityUnits:  {"ProvisionedWriteCapacityUnits", "Count"},
	ReadThrottleEvents:             {"ReadThrottleEvents", "Count"},
	ReturnedItemCount:              {"ReturnedItemCount", "Count"},
	SuccessfulRequestLatency:       {"SuccessfulRequestLatency", "Milliseconds"},
	SystemErrors:                   {"SystemErrors", "Count"},
	ThrottledRequests:              {"ThrottledRequests", "Count"},
	TimeToLiveDeletedItemCount:     {"TimeToLiveDeletedItemCount", "Count"},
	UserErrors:                     {"UserErrors", "Count"},
	WriteThrottleEvents:            {"WriteThrottleEvents", "Count"},
	StoredBytes:                    {"", "Bytes"},
}

// Name is CloudWatch's name of the metric, "" if it has none.
func (m Metric) Name() string { return metrics[m].name }

// Unit is CloudWatch's name of the unit.
func (m Metric) Unit() string { return metrics[m].unit }

// Named returns the metric of a name.
func Named(name string) (m Metric, ok bool) {
	for m := range metrics {
		if metrics[m].name == name && name != "" {
			return Metric(m), true
		}
	}
	return 0, false
}
