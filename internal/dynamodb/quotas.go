package dynamodb

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
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

// quotas are the limits of how much throughput tables have and of how often it changes. They apply where
// throughput is limited: a nil one refuses nothing.
type quotas struct{}

// quotas are the quotas that apply.
func (s *Service) quotas() *quotas {
	if s.throttle == nil {
		return nil
	}
	return &quotas{}
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
	if max(*to.ReadCapacityUnits, *to.WriteCapacityUnits) > tableUnits {
		of := "table"
		if index != "" {
			of = "global secondary index"
		}
		return limitExceeded("Cannot increase provisioned throughput to more than 40,000 units per " + of)
	}
	return nil
}

// maximums checks the maximum and the warm throughput that are asked for.
func (q *quotas) maximums(w *wantedThroughput) error {
	if q == nil {
		return nil
	}
	check := func(name string, units *int64) error {
		if units == nil || *units <= tableUnits {
			return nil
		}
		return limitExceeded(fmt.Sprintf("Subscriber limit exceeded: %s for %s can be at most %d", name, w.owner(), tableUnits))
	}
	if o := w.onDemand; o != nil {
		if err := cmp.Or(check("MaxReadRequestUnits", o.MaxReadRequestUnits), check("MaxWriteRequestUnits", o.MaxWriteRequestUnits)); err != nil {
			return err
		}
	}
	if o := w.warm; o != nil {
		return cmp.Or(check("ReadUnitsPerSecond", o.ReadUnitsPerSecond), check("WriteUnitsPerSecond", o.WriteUnitsPerSecond))
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
	return limitExceeded(fmt.Sprintf("Subscriber limit exceeded: Update to PayPerRequest mode are limited to %d times in %d day(s).", maxSwitches, switchingDays))
}
