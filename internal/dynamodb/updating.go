package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/table"
)

// updating describes a table at the moment when the update was asked for: d is what it is when the answer is sent, but
// AWS's answer still has the throughput of before, and says that it is being changed.
func updating(before, d *table.Descriptor, stats table.Stats, in *dynamodb.UpdateTableInput, now time.Time) *types.TableDescription {
	status := types.TableStatusActive // settings that are in force at once, or that only an index shows
	if in.ProvisionedThroughput != nil || in.BillingMode != "" || in.TableClass != "" || in.StreamSpecification != nil {
		status = types.TableStatusUpdating
	}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		if u.Update == nil {
			status = types.TableStatusUpdating
		}
	}
	t := description(d, status, stats, now)
	switched := before.Settings.BillingMode != d.Settings.BillingMode
	if switched {
		t.BillingModeSummary.LastUpdateToPayPerRequestDateTime = timeOrNil(before.Settings.OnDemandSince)
		if d.Settings.BillingMode == onDemand { // while it is being switched, it counts as a change of units
			t.ProvisionedThroughput.LastDecreaseDateTime = &now
		} else {
			t.ProvisionedThroughput.LastIncreaseDateTime = &now
		}
	} else if in.ProvisionedThroughput != nil {
		notYet(t.ProvisionedThroughput, before.Settings.Throughput, now)
	}
	if in.SSESpecification != nil {
		t.SSEDescription = &types.SSEDescription{Status: types.SSEStatusUpdating}
	}
	if in.WarmThroughput != nil {
		read, write := shownWarm(before.Settings.Throughput, before.Settings.BillingMode)
		t.WarmThroughput = &types.TableWarmThroughputDescription{ReadUnitsPerSecond: &read, WriteUnitsPerSecond: &write, Status: types.TableStatusUpdating}
	}
	for i := range t.GlobalSecondaryIndexes {
		if switched {
			t.GlobalSecondaryIndexes[i].IndexStatus = types.IndexStatusUpdating
		}
	}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		for i := range t.GlobalSecondaryIndexes {
			g := &t.GlobalSecondaryIndexes[i]
			switch {
			case u.Create != nil && *u.Create.IndexName == *g.IndexName:
				g.IndexStatus, g.Backfilling = types.IndexStatusCreating, aws.Bool(false)
				g.ItemCount, g.IndexSizeBytes = aws.Int64(0), aws.Int64(0) // it may have entries by now
			case u.Update != nil && *u.Update.IndexName == *g.IndexName:
				updatingIndex(g, u.Update, before, switched, now)
			}
		}
	}
	return t
}

// updatingIndex is updating for an index.
func updatingIndex(g *types.GlobalSecondaryIndexDescription, u *types.UpdateGlobalSecondaryIndexAction, before *table.Descriptor, switched bool, now time.Time) {
	x := before.Index(*g.IndexName)
	if u.ProvisionedThroughput != nil || u.OnDemandThroughput != nil {
		g.IndexStatus = types.IndexStatusUpdating
	}
	if u.ProvisionedThroughput != nil && !switched {
		notYet(g.ProvisionedThroughput, x.Throughput, now)
	}
	if u.WarmThroughput != nil {
		read, write := shownWarm(x.Throughput, before.Settings.BillingMode)
		g.WarmThroughput = &types.GlobalSecondaryIndexWarmThroughputDescription{ReadUnitsPerSecond: &read, WriteUnitsPerSecond: &write, Status: types.IndexStatusUpdating}
	}
}

// notYet puts back what a change of units does not show at once: all but its time.
func notYet(p *types.ProvisionedThroughputDescription, before table.Throughput, now time.Time) {
	p.ReadCapacityUnits, p.WriteCapacityUnits = aws.Int64(before.Read), aws.Int64(before.Write)
	p.NumberOfDecreasesToday = aws.Int64(decreasesToday(before, now))
}
