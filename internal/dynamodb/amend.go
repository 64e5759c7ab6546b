package dynamodb

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// amendment is what an UpdateTable makes of a table, done on a copy of its descriptor.
type amendment struct {
	*table.Descriptor
	in  *dynamodb.UpdateTableInput
	now time.Time
	// quotas are AWS's limits of how much and how often throughput changes, nil if there are none.
	quotas   *quotas
	switched bool // to another billing mode
}

// run makes the changes.
func (a *amendment) run() error {
	if err := a.online(); err != nil {
		return err
	}
	keepWarm(a.Descriptor)
	if err := a.billing(); err != nil {
		return err
	}
	wanted := wantedThroughput{"", nil, a.in.OnDemandThroughput, a.in.WarmThroughput}
	if err := wanted.update(&a.Settings.Throughput, a.Settings.BillingMode); err != nil {
		return err
	}
	if err := a.quotas.maximums(&wanted); err != nil {
		return err
	}
	if err := a.stream(); err != nil {
		return err
	}
	if a.in.DeletionProtectionEnabled != nil {
		a.Settings.DeletionProtection = *a.in.DeletionProtectionEnabled
	}
	if a.in.TableClass != "" && string(a.in.TableClass) != a.Settings.TableClass {
		a.Settings.TableClass, a.Settings.TableClassSince = string(a.in.TableClass), a.now
	}
	if err := setEncryption(&a.Settings, a.in.SSESpecification); err != nil {
		return err
	}
	for _, u := range a.in.GlobalSecondaryIndexUpdates {
		if err := a.index(u); err != nil {
			return err
		}
	}
	return checkIncluded(a.Indexes)
}

// online refuses what can't be done at the same time: one index is created or deleted after the other, and nothing else is
// changed in the meantime.
func (a *amendment) online() error {
	changes := 0
	for _, u := range a.in.GlobalSecondaryIndexUpdates {
		if u.Update == nil {
			changes++
		}
	}
	busy := slices.ContainsFunc(a.Indexes, func(x *table.Index) bool { return x.State != table.IndexActive })
	switch {
	case changes > 1, busy && len(a.in.GlobalSecondaryIndexUpdates) > 0:
		return limitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	case busy:
		return inUse("Attempt to change a resource which is still in use: Table is being updated: " + a.Name)
	}
	return nil
}

// stream enables or disables the stream of the table. The view of one that is enabled can't be changed.
func (a *amendment) stream() error {
	switch in := a.in.StreamSpecification; {
	case in == nil:
	case *in.StreamEnabled && a.Stream != nil:
		return awsapi.Validation("Table already has an enabled stream: TableName: " + a.Name)
	case *in.StreamEnabled:
		a.Stream = &table.Stream{View: string(in.StreamViewType)}
	case a.Stream == nil:
		return awsapi.Validation("Table has no stream to disable: TableName: " + a.Name)
	default:
		a.Stream = nil
	}
	return nil
}

// billing changes the billing mode and the table's provisioned throughput.
func (a *amendment) billing() error {
	mode := a.Settings.BillingMode
	if a.in.BillingMode != "" {
		mode = string(a.in.BillingMode)
	}
	a.switched = mode != a.Settings.BillingMode
	a.Settings.BillingMode = mode
	switch {
	case mode == onDemand && a.in.ProvisionedThroughput != nil:
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case mode == onDemand && a.switched:
		return a.toOnDemand()
	case a.in.ProvisionedThroughput == nil:
		return nil
	case a.switched:
		if err := a.toProvisioned(); err != nil {
			return err
		}
	}
	return a.provision(&a.Settings.Throughput, "", a.in.ProvisionedThroughput)
}

// toOnDemand takes the units away.
func (a *amendment) toOnDemand() error {
	if err := a.quotas.switching(a.Settings.Switches, a.now); err != nil {
		return err
	}
	a.Settings.OnDemandSince = a.now
	a.Settings.Switches = append(a.Settings.Switches, a.now)
	if surplus := len(a.Settings.Switches) - maxSwitches; surplus > 0 {
		a.Settings.Switches = slices.Delete(a.Settings.Switches, 0, surplus)
	}
	a.Settings.Throughput.Read, a.Settings.Throughput.Write = 0, 0
	for _, x := range a.Indexes {
		x.Throughput.Read, x.Throughput.Write = 0, 0
	}
	return nil
}

// toProvisioned takes the maximums away. Every global index needs units in the same request.
func (a *amendment) toProvisioned() error {
	a.Settings.Throughput.MaxRead, a.Settings.Throughput.MaxWrite = 0, 0
	var missing []string
	for _, x := range a.Indexes {
		x.Throughput.MaxRead, x.Throughput.MaxWrite = 0, 0
		given := slices.ContainsFunc(a.in.GlobalSecondaryIndexUpdates, func(u types.GlobalSecondaryIndexUpdate) bool {
			return u.Update != nil && *u.Update.IndexName == x.Name && u.Update.ProvisionedThroughput != nil || u.Delete != nil && *u.Delete.IndexName == x.Name
		})
		if !x.Local && !given {
			missing = append(missing, x.Name)
		}
	}
	if missing != nil {
		return refused("ProvisionedThroughput must be specified for index: %s", strings.Join(missing, ","))
	}
	return nil
}

// provision changes the units of the table or, if index isn't "", of an index. They must change; what is said if they don't
// speaks of a table, as AWS does, even of an index.
func (a *amendment) provision(t *table.Throughput, index string, to *types.ProvisionedThroughput) error {
	before := *t
	if err := setProvisioned(t, to); err != nil {
		return err
	}
	if err := a.quotas.units(index, to); err != nil || a.switched {
		return err
	}
	if t.Read == before.Read && t.Write == before.Write {
		return awsapi.Validation(fmt.Sprintf("The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
			before.Read, t.Read, before.Write, t.Write))
	}
	if t.Read > before.Read || t.Write > before.Write {
		t.Increased = a.now
	}
	if t.Read < before.Read || t.Write < before.Write {
		t.DecreasesToday = decreasesToday(before, a.now)
		if err := a.quotas.decreasing(t.DecreasesToday, before.Decreased, a.now); err != nil {
			return err
		}
		t.Decreased = a.now
		t.DecreasesToday++
	}
	return nil
}

// decreasesToday is how often throughput was decreased on the day, in UTC, of now.
func decreasesToday(t table.Throughput, now time.Time) int64 {
	if t.Decreased.UTC().Truncate(day).Equal(now.UTC().Truncate(day)) {
		return t.DecreasesToday
	}
	return 0
}

// index makes one GlobalSecondaryIndexUpdate.
func (a *amendment) index(u types.GlobalSecondaryIndexUpdate) error {
	switch {
	case u.Create != nil:
		return a.create(u.Create)
	case u.Update != nil:
		return a.update(u.Update)
	}
	x := a.Index(*u.Delete.IndexName)
	if x == nil || x.Local {
		return notFound("Requested resource not found")
	}
	x.State = table.IndexDeleting
	return nil
}

// update changes the throughput of an index.
func (a *amendment) update(u *types.UpdateGlobalSecondaryIndexAction) error {
	x := a.Index(*u.IndexName)
	if x == nil || x.Local {
		return notFound("Requested resource not found")
	}
	wanted := wantedThroughput{x.Name, u.ProvisionedThroughput, u.OnDemandThroughput, u.WarmThroughput}
	switch {
	case u.ProvisionedThroughput == nil && !wanted.hasMaximum() && emptyWarm(u.WarmThroughput):
		return refused("ProvisionedThroughput, OnDemandThroughput or WarmThroughput must be specified for index: %s", x.Name)
	case a.Settings.BillingMode == onDemand && u.ProvisionedThroughput != nil:
		return refused("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", x.Name)
	}
	if u.ProvisionedThroughput != nil {
		if err := a.provision(&x.Throughput, x.Name, u.ProvisionedThroughput); err != nil {
			return err
		}
	}
	if err := wanted.update(&x.Throughput, a.Settings.BillingMode); err != nil {
		return err
	}
	return a.quotas.maximums(&wanted)
}

// create adds a global index. AttributeDefinitions must be there to define its key (API reference, UpdateTable); what the table
// defines need not be repeated.
func (a *amendment) create(c *types.CreateGlobalSecondaryIndexAction) error {
	if a.Index(*c.IndexName) != nil {
		return refused("Attempting to create an index which already exists")
	}
	given, err := parseDefinitions(a.in.AttributeDefinitions)
	if err != nil {
		return err
	}
	var all definitionList
	if len(given) > 0 {
		all = slices.Clone(a.Definitions)
	}
	for _, def := range given {
		old, there := all.find(def.Name)
		switch {
		case !there:
			all = append(all, def)
		case old != def:
			return refused("Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: key{%s:%s:HASH}] New schema: Schema:[SchemaElement: key{%s:%s:HASH}]", old.Name, old.Kind, def.Name, def.Kind)
		}
	}
	x, err := globalIndexOf(c.IndexName, c.KeySchema, c.Projection, all)
	if err != nil {
		return err
	}
	wanted := wantedThroughput{x.Name, c.ProvisionedThroughput, c.OnDemandThroughput, c.WarmThroughput}
	if err := wanted.addIndex(&x.Throughput, a.Settings.BillingMode); err != nil {
		return err
	}
	if err := a.quotas.units(x.Name, c.ProvisionedThroughput); err != nil {
		return err
	}
	if err := a.quotas.maximums(&wanted); err != nil {
		return err
	}
	globals := 0
	for _, old := range a.Indexes {
		if !old.Local {
			globals++
		}
	}
	if globals >= maxGlobalIndexes {
		return refused("GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	a.Definitions = all
	a.Indexes = append(a.Indexes, x)
	return checkUnused(a.Descriptor)
}
