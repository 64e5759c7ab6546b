package dynamodb

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
)

const day = 24 * time.Hour

// AWS's default quotas (developer guide, "Quotas in Amazon DynamoDB").
const (
	accountUnits = 80_000
	tableUnits   = 40_000 // of a table or an index

	freeDecreases    = 4 // a day
	decreaseInterval = time.Hour

	maxSwitches   = 4 // to on-demand
	switchingDays = 1
)

// quotas are the limits of how much throughput tables have and of how often it changes, in a region. They apply where
// throughput is limited: a nil one refuses nothing.
type quotas struct{ region string }

// quotas are the quotas that apply to a request.
func (s *Service) quotas(req *awsapi.Request) *quotas {
	if s.throttle == nil {
		return nil
	}
	return &quotas{req.Region}
}

// table checks what a new table and its indexes ask for.
func (q *quotas) table(in *dynamodb.CreateTableInput) error {
	all := []wantedThroughput{{"", in.ProvisionedThroughput, in.OnDemandThroughput, in.WarmThroughput}}
	for _, g := range in.GlobalSecondaryIndexes {
		all = append(all, wantedThroughput{*g.IndexName, g.ProvisionedThroughput, g.OnDemandThroughput, g.WarmThroughput})
	}
	for _, w := range all {
		if err := q.units(w.index, w.provisioned); err != nil {
			return err
		}
		if err := q.maximums(&w); err != nil {
			return err
		}
	}
	return nil
}

// units checks the units of the table or, if index isn't "", of an index.
func (q *quotas) units(index string, to *types.ProvisionedThroughput) error {
	if q == nil || to == nil {
		return nil
	}
	for _, u := range []struct {
		name  string
		units int64
	}{{"ReadCapacityUnits", *to.ReadCapacityUnits}, {"WriteCapacityUnits", *to.WriteCapacityUnits}} {
		if u.units <= tableUnits {
			continue
		}
		at, of, most := "", "table", "table"
		if index != "" {
			at, of, most = " for index "+index, "index", "index"
		}
		return limitExceeded(fmt.Sprintf("The requested %s%s, %d, is above the per %s maximum for the account in %s. Per %s maximum: %d. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
			u.name, at, u.units, of, q.region, most, tableUnits))
	}
	return nil
}

// maximums checks the maximum and the warm throughput that are asked for.
func (q *quotas) maximums(w *wantedThroughput) error {
	if q == nil {
		return nil
	}
	check := func(member, of, quota string, units *int64) error {
		if units == nil || *units <= tableUnits {
			return nil
		}
		return limitExceeded(fmt.Sprintf("Subscriber limit exceeded: Requested %s for %s exceeds %s of the account in region %s", member, of, quota, q.region))
	}
	const read, write = "TableMaxReadCapacityUnits", "TableMaxWriteCapacityUnits"
	if o := w.onDemand; o != nil {
		of := "OnDemandThroughput for table"
		if w.index != "" {
			of = "OnDemandThroughput for index : " + w.index
		}
		if err := check("MaxReadRequestUnits", of, read, o.MaxReadRequestUnits); err != nil {
			return err
		}
		if err := check("MaxWriteRequestUnits", of, write, o.MaxWriteRequestUnits); err != nil {
			return err
		}
	}
	if o := w.warm; o != nil {
		of := "WarmThroughput for " + w.owner()
		if err := check("ReadUnitsPerSecond", of, read, o.ReadUnitsPerSecond); err != nil {
			return err
		}
		return check("WriteUnitsPerSecond", of, write, o.WriteUnitsPerSecond)
	}
	return nil
}

// decreasing checks that throughput that was decreased so often today, for the last time at last, may be decreased again:
// four times a day, and then once an hour.
func (q *quotas) decreasing(today int64, last, now time.Time) error {
	if q == nil || today < freeDecreases {
		return nil
	}
	next := last.Add(decreaseInterval)
	if midnight := now.UTC().Truncate(day).Add(day); next.After(midnight) {
		next = midnight
	}
	if !now.Before(next) {
		return nil
	}
	const form = "Monday, January 2, 2006 at 3:04:05 PM"
	return limitExceeded(fmt.Sprintf("Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first %d decreases, each subsequent decrease in the same UTC day can be performed at most once every %d seconds. Number of decreases today: %d. Last decrease at %s Coordinated Universal Time. Next decrease can be made at %s Coordinated Universal Time",
		freeDecreases, int(decreaseInterval.Seconds()), today, last.UTC().Format(form), next.UTC().Format(form)))
}

// switching checks that a table that was switched to on-demand at those times may be switched again: four times in any 24
// hours (developer guide, "Considerations when switching capacity modes").
func (q *quotas) switching(switches []time.Time, now time.Time) error {
	if q == nil || len(switches) < maxSwitches {
		return nil
	}
	next := switches[len(switches)-maxSwitches].Add(switchingDays * day)
	if !now.Before(next) {
		return nil
	}
	const form = "Mon Jan 02 15:04:05 MST 2006"
	return limitExceeded(fmt.Sprintf("Subscriber limit exceeded: Update to PayPerRequest mode are limited to %d times in %d day(s). Last update at %s. Next update can be made at %s",
		maxSwitches, switchingDays, switches[len(switches)-1].UTC().Format(form), next.UTC().Format(form)))
}
