package dynamodb

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/table"
)

// description is a table as the API describes it at that time.
func description(d *table.Descriptor, status types.TableStatus, stats table.Stats, now time.Time) *types.TableDescription {
	t := &types.TableDescription{
		AttributeDefinitions:      definitions(d.Definitions),
		TableName:                 aws.String(d.Name),
		KeySchema:                 keySchema([]table.KeyAttribute{d.Partition}, keyAttributes(d)[1:]),
		TableStatus:               status,
		CreationDateTime:          aws.Time(d.Created),
		ProvisionedThroughput:     throughput(d.Settings.Throughput, now),
		TableSizeBytes:            aws.Int64(stats.Bytes),
		ItemCount:                 aws.Int64(stats.Items),
		TableArn:                  aws.String(arn(d.Scope, d.Name, "")),
		TableId:                   aws.String(d.UUID),
		DeletionProtectionEnabled: aws.Bool(d.Settings.DeletionProtection),
		OnDemandThroughput:        maximum(d.Settings.Throughput),
		SSEDescription:            encryption(&d.Settings),
	}
	read, write := shownWarm(d.Settings.Throughput, d.Settings.BillingMode)
	t.WarmThroughput = &types.TableWarmThroughputDescription{ReadUnitsPerSecond: &read, WriteUnitsPerSecond: &write, Status: types.TableStatusActive}
	if d.Settings.BillingMode == onDemand || !d.Settings.OnDemandSince.IsZero() {
		t.BillingModeSummary = &types.BillingModeSummary{
			BillingMode:                       types.BillingMode(d.Settings.BillingMode),
			LastUpdateToPayPerRequestDateTime: timeOrNil(d.Settings.OnDemandSince),
		}
	}
	if d.Settings.TableClass != "" {
		t.TableClassSummary = &types.TableClassSummary{TableClass: types.TableClass(d.Settings.TableClass),
			LastUpdateDateTime: timeOrNil(d.Settings.TableClassSince)}
	}
	if d.Stream != nil {
		t.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(d.Stream.View)}
	}
	if d.LatestStream != "" { // also when it was disabled
		t.LatestStreamLabel, t.LatestStreamArn = aws.String(d.LatestStream), aws.String(streamARN(d.Scope, d.Name, d.LatestStream))
	}
	if d.Restore != nil {
		t.RestoreSummary = restoreSummary(d)
	}
	for _, x := range d.Indexes {
		if x.Local {
			t.LocalSecondaryIndexes = append(t.LocalSecondaryIndexes, localIndex(d, x, stats.Indexes[x.Name]))
		} else {
			t.GlobalSecondaryIndexes = append(t.GlobalSecondaryIndexes, globalIndex(d, x, stats.Indexes[x.Name], now))
		}
	}
	return t
}

func localIndex(d *table.Descriptor, x *table.Index, n table.Count) types.LocalSecondaryIndexDescription {
	return types.LocalSecondaryIndexDescription{
		IndexName: aws.String(x.Name), KeySchema: keySchema(x.Partition, x.Sort), Projection: projection(x),
		IndexArn: aws.String(arn(d.Scope, d.Name, x.Name)), IndexSizeBytes: aws.Int64(n.Bytes), ItemCount: aws.Int64(n.Items),
	}
}

func globalIndex(d *table.Descriptor, x *table.Index, n table.Count, now time.Time) types.GlobalSecondaryIndexDescription {
	g := types.GlobalSecondaryIndexDescription{
		IndexName: aws.String(x.Name), KeySchema: keySchema(x.Partition, x.Sort), Projection: projection(x),
		IndexStatus: types.IndexStatus(x.State), ProvisionedThroughput: throughput(x.Throughput, now), OnDemandThroughput: maximum(x.Throughput),
		IndexArn: aws.String(arn(d.Scope, d.Name, x.Name)), IndexSizeBytes: aws.Int64(n.Bytes), ItemCount: aws.Int64(n.Items),
	}
	read, write := shownWarm(x.Throughput, d.Settings.BillingMode)
	g.WarmThroughput = &types.GlobalSecondaryIndexWarmThroughputDescription{ReadUnitsPerSecond: &read, WriteUnitsPerSecond: &write, Status: types.IndexStatusActive}
	if x.State == table.IndexCreating {
		g.Backfilling = aws.Bool(true)
	}
	if d.Creating {
		g.IndexStatus = types.IndexStatusCreating
	}
	return g
}

// definitions are in the order of their names, whatever order they were given in (AWS CLI, examples of create-table).
func definitions(attrs []table.KeyAttribute) []types.AttributeDefinition {
	out := make([]types.AttributeDefinition, len(attrs))
	for i, a := range attrs {
		out[i] = types.AttributeDefinition{AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Kind.String())}
	}
	slices.SortFunc(out, func(a, b types.AttributeDefinition) int { return cmp.Compare(*a.AttributeName, *b.AttributeName) })
	return out
}

func keySchema(partition, sort []table.KeyAttribute) []types.KeySchemaElement {
	var out []types.KeySchemaElement
	for _, a := range partition {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(a.Name), KeyType: types.KeyTypeHash})
	}
	for _, a := range sort {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(a.Name), KeyType: types.KeyTypeRange})
	}
	return out
}

func projection(x *table.Index) *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(x.Projection), NonKeyAttributes: slices.Clone(x.NonKey)}
}

func throughput(t table.Throughput, now time.Time) *types.ProvisionedThroughputDescription {
	return &types.ProvisionedThroughputDescription{
		ReadCapacityUnits: aws.Int64(t.Read), WriteCapacityUnits: aws.Int64(t.Write), NumberOfDecreasesToday: aws.Int64(decreasesToday(t, now)),
		LastIncreaseDateTime: timeOrNil(t.Increased), LastDecreaseDateTime: timeOrNil(t.Decreased),
	}
}

func maximum(t table.Throughput) *types.OnDemandThroughput {
	if t.MaxRead == 0 && t.MaxWrite == 0 {
		return nil
	}
	o := &types.OnDemandThroughput{}
	if t.MaxRead != 0 {
		o.MaxReadRequestUnits = aws.Int64(t.MaxRead)
	}
	if t.MaxWrite != 0 {
		o.MaxWriteRequestUnits = aws.Int64(t.MaxWrite)
	}
	return o
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
