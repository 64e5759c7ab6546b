package dynamodb

import (
	"errors"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/table"
)

// limit is how much capacity a second there is for the reads or the writes of a table or an index, and why no more.
type limit struct {
	units        int64
	exceeds      string // as the reason ends
	index, write bool
}

// The reasons (API reference, ThrottlingReason).
const (
	exceedsProvisioned = "ProvisionedThroughputExceeded"
	exceedsMaximum     = "MaxOnDemandThroughputExceeded"
	exceedsAccount     = "AccountLimitExceeded"
)

// ThrottlingReasons returns all reasons there are for a refusal.
func ThrottlingReasons() (all []string) {
	for _, exceeds := range []string{exceedsProvisioned, exceedsMaximum, exceedsAccount} {
		for _, index := range []bool{false, true} {
			for _, write := range []bool{false, true} {
				l := limit{exceeds: exceeds, index: index, write: write}
				all = append(all, l.reason())
			}
		}
	}
	return all
}

// reason is the ThrottlingReason of refusals.
func (l limit) reason() string {
	reason := "Table"
	if l.index {
		reason = "Index"
	}
	if l.write {
		return reason + "Write" + l.exceeds
	}
	return reason + "Read" + l.exceeds
}

func limitOf(billing string, t table.Throughput, index, write bool) limit {
	units, most := t.Read, t.MaxRead
	if write {
		units, most = t.Write, t.MaxWrite
	}
	switch {
	case billing != onDemand:
		return limit{max(units, 1), exceedsProvisioned, index, write}
	case most > 0:
		return limit{most, exceedsMaximum, index, write}
	}
	return limit{tableUnits, exceedsAccount, index, write}
}

// refusal is the error of requests that exceed the limit of the table or index at arn.
func (l limit) refusal(arn string) error {
	err := &awsapi.Error{Status: http.StatusBadRequest}
	member := "ThrottlingReasons"
	switch {
	case l.exceeds == exceedsMaximum:
		err.Code, member = "ThrottlingException", "throttlingReasons"
		err.Message = "The request rate has exceeded the configured maximum throughput limits set for a table or index in on-demand capacity mode."
	case l.exceeds == exceedsAccount:
		err.Code = "RequestLimitExceeded"
		err.Message = "Throughput exceeds the current throughput quota for your account."
	case l.index:
		err.Code = "ProvisionedThroughputExceededException"
		err.Message = "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
	default:
		err.Code = "ProvisionedThroughputExceededException"
		err.Message = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
	}
	err.Members = []awsapi.Member{{Name: member, Append: func(dst []byte) []byte {
		dst = append(dst, `[{"reason":`...)
		dst = jsonscan.AppendString(dst, l.reason())
		dst = append(dst, `,"resource":`...)
		dst = jsonscan.AppendString(dst, arn)
		return append(dst, '}', ']')
	}}}
	return err
}

// isThrottled says whether err is a refusal for want of capacity.
func isThrottled(err error) bool {
	var e *awsapi.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "ThrottlingException", "RequestLimitExceeded", "ProvisionedThroughputExceededException":
		return true
	}
	return false
}

func isConditionFailed(err error) bool {
	var e *awsapi.Error
	return errors.As(err, &e) && e.Code == "ConditionalCheckFailedException"
}
