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
	reason       string // as in ThrottlingReasons, without what it is about
	index, write bool
}

// The reasons (API reference, ThrottlingReason).
const (
	exceedsProvisioned = "ProvisionedThroughputExceeded"
	exceedsMaximum     = "MaxOnDemandThroughputExceeded"
	exceedsAccount     = "AccountLimitExceeded"
)

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
	reason := "Table"
	if l.index {
		reason = "Index"
	}
	if l.write {
		reason += "Write"
	} else {
		reason += "Read"
	}
	reason += l.reason
	err := &awsapi.Error{Status: http.StatusBadRequest}
	member := "ThrottlingReasons"
	switch {
	case l.reason == exceedsMaximum:
		err.Code, member = "ThrottlingException", "throttlingReasons"
		err.Message = "Throughput exceeds the maximum OnDemandThroughput configured on table or index"
	case l.reason == exceedsAccount:
		err.Code = "RequestLimitExceeded"
		err.Message = "Throughput exceeds the current throughput limit for your account. Please contact AWS Support at https://aws.amazon.com/support request a limit increase"
	case l.index:
		err.Code = "ProvisionedThroughputExceededException"
		err.Message = "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
	default:
		err.Code = "ProvisionedThroughputExceededException"
		err.Message = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
	}
	err.Members = []awsapi.Member{{Name: member, Append: func(dst []byte) []byte {
		dst = append(dst, `[{"reason":`...)
		dst = jsonscan.AppendString(dst, reason)
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
