package dynamodb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// updateTable decodes UpdateTable.
func (s *Service) updateTable(req *awsapi.Request) (awsapi.Call, error) {
	in := &dynamodb.UpdateTableInput{}
	if err := awsapi.DecodeJSON(req.Body, in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	if err := updateTableConstraints(in); err != nil {
		return nil, err
	}
	if err := checkUpdate(in); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:UpdateTable", *in.TableName, func(ctx context.Context) (*dynamodb.UpdateTableOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Change(ctx, scope, name, func(d *table.Descriptor) error { return amend(d, in, req.Now) })
		if err != nil {
			return nil, catalogueError(err, name)
		}
		stats, err := s.store.Stats(ctx, d)
		if err != nil { // the change is done; its answer must not say that it failed
			stats = table.Stats{}
		}
		return &dynamodb.UpdateTableOutput{TableDescription: updating(d, stats, in)}, nil
	}), nil
}

// updating describes a table at the moment when the update was asked for.
func updating(d *table.Descriptor, stats table.Stats, in *dynamodb.UpdateTableInput) *types.TableDescription {
	status := types.TableStatusUpdating
	if in.GlobalSecondaryIndexUpdates == nil && in.ProvisionedThroughput == nil && in.BillingMode == "" && in.TableClass == "" {
		status = types.TableStatusActive // settings that are in force at once
	}
	t := description(d, status, stats)
	for _, u := range in.GlobalSecondaryIndexUpdates {
		for i := range t.GlobalSecondaryIndexes {
			g := &t.GlobalSecondaryIndexes[i]
			switch {
			case u.Create != nil && *u.Create.IndexName == *g.IndexName:
				g.IndexStatus, g.Backfilling = types.IndexStatusCreating, aws.Bool(false)
			case u.Update != nil && *u.Update.IndexName == *g.IndexName:
				g.IndexStatus = types.IndexStatusUpdating
			}
		}
	}
	return t
}

func updateTableConstraints(in *dynamodb.UpdateTableInput) error {
	var v violations
	v.table(optional(in.TableName))
	v.definitions("attributeDefinitions", in.AttributeDefinitions)
	v.throughput("provisionedThroughput", in.ProvisionedThroughput)
	v.enum("billingMode", enumText(in.BillingMode), billingValues)
	for i, u := range in.GlobalSecondaryIndexUpdates {
		at := fmt.Sprintf("globalSecondaryIndexUpdates.%d.member.", i+1)
		if u.Update != nil {
			v.required(at+"update.indexName", u.Update.IndexName != nil)
			v.name(at+"update.indexName", optional(u.Update.IndexName))
			v.throughput(at+"update.provisionedThroughput", u.Update.ProvisionedThroughput)
		}
		if u.Create != nil {
			v.index(at+"create.", u.Create.IndexName, u.Create.KeySchema, u.Create.Projection, 2*maxKeyAttributes)
			v.throughput(at+"create.provisionedThroughput", u.Create.ProvisionedThroughput)
		}
		if u.Delete != nil {
			v.required(at+"delete.indexName", u.Delete.IndexName != nil)
			v.name(at+"delete.indexName", optional(u.Delete.IndexName))
		}
	}
	v.enum("tableClass", enumText(in.TableClass), tableClassValues)
	v.sse(in.SSESpecification)
	return v.err()
}

// checkUpdate checks what needs no look at the table.
func checkUpdate(in *dynamodb.UpdateTableInput) error {
	switch {
	case in.StreamSpecification != nil && aws.ToBool(in.StreamSpecification.StreamEnabled):
		return awsapi.Validation("DynamoDB Streams are not available on this server yet")
	case len(in.ReplicaUpdates) > 0:
		return awsapi.Validation("Global tables are not available on this server yet")
	case in.ProvisionedThroughput == nil && in.BillingMode == "" && len(in.GlobalSecondaryIndexUpdates) == 0 && in.SSESpecification == nil &&
		in.StreamSpecification == nil && in.TableClass == "" && in.DeletionProtectionEnabled == nil && in.OnDemandThroughput == nil && in.WarmThroughput == nil:
		return awsapi.Validation("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	case in.BillingMode == types.BillingModePayPerRequest && in.ProvisionedThroughput != nil:
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	var names []string
	changes := 0
	for _, u := range in.GlobalSecondaryIndexUpdates {
		name := ""
		n := 0
		if u.Update != nil {
			name = *u.Update.IndexName
			n++
		}
		if u.Create != nil {
			name = *u.Create.IndexName
			n, changes = n+1, changes+1
		}
		if u.Delete != nil {
			name = *u.Delete.IndexName
			n, changes = n+1, changes+1
		}
		switch {
		case n == 0:
			return refused("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		case n > 1:
			return refused("Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete may be specified")
		case slices.Contains(names, name):
			return refused("Only one global secondary index update per index is allowed simultaneously. Index: %s", name)
		}
		names = append(names, name)
	}
	if changes > 1 {
		return limitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	}
	return nil
}

// amend makes the changes of an UpdateTable on a copy of the descriptor.
func amend(d *table.Descriptor, in *dynamodb.UpdateTableInput, now time.Time) error {
	for _, x := range d.Indexes {
		if x.State != table.IndexActive {
			if len(in.GlobalSecondaryIndexUpdates) > 0 {
				return limitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
			}
			return inUse("Attempt to change a resource which is still in use: Table is being updated: " + d.Name)
		}
	}
	if err := amendBilling(d, in, now); err != nil {
		return err
	}
	if err := setThroughput(&d.Settings.Throughput, nil, in.OnDemandThroughput, in.WarmThroughput); err != nil {
		return err
	}
	if in.DeletionProtectionEnabled != nil {
		d.Settings.DeletionProtection = *in.DeletionProtectionEnabled
	}
	if in.TableClass != "" && string(in.TableClass) != d.Settings.TableClass {
		d.Settings.TableClass, d.Settings.TableClassSince = string(in.TableClass), now
	}
	if in.SSESpecification != nil {
		d.Settings.SSE = sseOf(in.SSESpecification)
	}
	for _, u := range in.GlobalSecondaryIndexUpdates {
		if err := amendIndex(d, in, u, now); err != nil {
			return err
		}
	}
	return checkIncluded(d.Indexes)
}

// amendBilling changes the billing mode and the provisioned throughput.
func amendBilling(d *table.Descriptor, in *dynamodb.UpdateTableInput, now time.Time) error {
	const onDemand = string(types.BillingModePayPerRequest)
	mode := d.Settings.BillingMode
	if in.BillingMode != "" {
		mode = string(in.BillingMode)
	}
	switched := mode != d.Settings.BillingMode
	d.Settings.BillingMode = mode
	switch {
	case mode == onDemand && in.ProvisionedThroughput != nil:
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case mode == onDemand && switched:
		d.Settings.OnDemandSince = now
		d.Settings.Throughput.Read, d.Settings.Throughput.Write = 0, 0
		for _, x := range d.Indexes {
			x.Throughput.Read, x.Throughput.Write = 0, 0
		}
		return nil
	case switched && in.ProvisionedThroughput == nil:
		return refused("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
	case in.ProvisionedThroughput == nil:
		return nil
	}
	if switched {
		return setThroughput(&d.Settings.Throughput, in.ProvisionedThroughput, nil, nil)
	}
	return amendThroughput(&d.Settings.Throughput, in.ProvisionedThroughput, now)
}

// amendThroughput changes the provisioned throughput of a table or an index, which must change. AWS says table of both.
func amendThroughput(t *table.Throughput, to *types.ProvisionedThroughput, now time.Time) error {
	before := *t
	if err := setThroughput(t, to, nil, nil); err != nil {
		return err
	}
	if t.Read == before.Read && t.Write == before.Write {
		return awsapi.Validation(fmt.Sprintf("The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
			before.Read, t.Read, before.Write, t.Write))
	}
	if t.Read > before.Read || t.Write > before.Write {
		t.Increased = now
	}
	if t.Read < before.Read || t.Write < before.Write {
		if !sameDay(before.Decreased, now) {
			t.DecreasesToday = 0
		}
		t.Decreased = now
		t.DecreasesToday++
	}
	return nil
}

func sameDay(a, b time.Time) bool {
	a, b = a.UTC(), b.UTC()
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

// amendIndex makes one GlobalSecondaryIndexUpdate.
func amendIndex(d *table.Descriptor, in *dynamodb.UpdateTableInput, u types.GlobalSecondaryIndexUpdate, now time.Time) error {
	if u.Create != nil {
		return amendCreate(d, in, u.Create)
	}
	name := ""
	if u.Update != nil {
		name = *u.Update.IndexName
	} else {
		name = *u.Delete.IndexName
	}
	x := d.Index(name)
	if x == nil || x.Local {
		if u.Delete != nil {
			return notFound("Requested resource not found")
		}
		return refused("Index with name: %s does not exist", name)
	}
	if u.Delete != nil {
		x.State = table.IndexDeleting
		return nil
	}
	if err := setThroughput(&x.Throughput, nil, u.Update.OnDemandThroughput, u.Update.WarmThroughput); err != nil {
		return err
	}
	if u.Update.ProvisionedThroughput == nil {
		return nil
	}
	if d.Settings.BillingMode == string(types.BillingModePayPerRequest) {
		return refused("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", name)
	}
	return amendThroughput(&x.Throughput, u.Update.ProvisionedThroughput, now)
}

// amendCreate adds a global index. AttributeDefinitions must define its key; they may repeat the table's own.
func amendCreate(d *table.Descriptor, in *dynamodb.UpdateTableInput, c *types.CreateGlobalSecondaryIndexAction) error {
	if d.Index(*c.IndexName) != nil {
		return refused("Attempting to create an index which already exists")
	}
	given, err := parseDefinitions(in.AttributeDefinitions)
	if err != nil {
		return err
	}
	all := definitionList(slices.Clone(d.Definitions))
	for _, a := range given {
		old, there := all.find(a.Name)
		switch {
		case !there:
			all = append(all, a)
		case old != a:
			return refused("Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: key{%s:%s:HASH}] New schema: Schema:[SchemaElement: key{%s:%s:HASH}]", old.Name, old.Kind, a.Name, a.Kind)
		}
	}
	x, err := globalIndexOf(c.IndexName, c.KeySchema, c.Projection, all)
	if err != nil {
		return err
	}
	if err := checkIndexThroughput(x.Name, d.Settings.BillingMode, c.ProvisionedThroughput); err != nil {
		return err
	}
	if err := setThroughput(&x.Throughput, c.ProvisionedThroughput, c.OnDemandThroughput, c.WarmThroughput); err != nil {
		return err
	}
	globals := 0
	for _, old := range d.Indexes {
		if !old.Local {
			globals++
		}
	}
	if globals >= maxGlobalIndexes {
		return refused("GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	d.Definitions = all
	d.Indexes = append(d.Indexes, x)
	return checkUnused(d)
}
