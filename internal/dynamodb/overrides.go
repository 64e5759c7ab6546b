package dynamodb

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// overrides are what a restored table is to be called, and to have otherwise than its source.
type overrides struct {
	name        *string
	billing     types.BillingMode
	global      []types.GlobalSecondaryIndex
	local       []types.LocalSecondaryIndex
	provisioned *types.ProvisionedThroughput
	onDemand    *types.OnDemandThroughput
	encryption  *types.SSESpecification
}

func (v *violations) overrides(o *overrides) {
	v.required("targetTableName", o.name != nil)
	v.name("targetTableName", optional(o.name))
	v.enum("billingModeOverride", enumText(o.billing), billingValues)
	for i, x := range o.global {
		at := fmt.Sprintf("globalSecondaryIndexOverride.%d.member.", i+1)
		v.index(at, x.IndexName, x.KeySchema, x.Projection, 2*maxKeyAttributes)
		v.throughput(at+"provisionedThroughput", x.ProvisionedThroughput)
	}
	for i, x := range o.local {
		v.index(fmt.Sprintf("localSecondaryIndexOverride.%d.member.", i+1), x.IndexName, x.KeySchema, x.Projection, 2)
	}
	v.throughput("provisionedThroughputOverride", o.provisioned)
	v.encryption("sSESpecificationOverride", o.encryption)
}

// targetNeeds are the permissions on the table to be restored, which is not there yet (developer guide, "Using IAM with DynamoDB
// backup and restore").
func targetNeeds(req *awsapi.Request, name string) []policy.Need {
	target := arn(table.Scope{Account: req.Caller.Account, Region: req.Region}, name, "")
	var needs []policy.Need
	for _, action := range []string{"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"} {
		needs = append(needs, policy.Need{Action: "dynamodb:" + action, Resource: target})
	}
	return needs
}

// restoreError is backupError for what has a source and a target.
func restoreError(err error, source, target string) error {
	if errors.Is(err, table.ErrExists) {
		return backupError(err, target)
	}
	return backupError(err, source)
}

// restoring describes a table that is being restored.
func restoring(d *table.Descriptor, now time.Time) *types.TableDescription {
	return description(d, types.TableStatusCreating, table.Stats{}, now)
}

// target is the definition of the table that is restored. It has the indexes, the throughput and the encryption of its source; streams, Time
// To Live, tags, policies, protection against deletion and the table class are set anew (developer guide, "Restoring a DynamoDB
// table from a backup").
func (o *overrides) target(source *table.Descriptor, now time.Time) (*table.Descriptor, error) {
	if err := checkEncryption(o.encryption); err != nil {
		return nil, err
	}
	d := &table.Descriptor{Scope: source.Scope, Name: *o.name, Partition: source.Partition, Sort: source.Sort}
	d.Settings.BillingMode = source.Settings.BillingMode
	if o.billing != "" {
		d.Settings.BillingMode = string(o.billing)
	}
	if d.Settings.BillingMode == onDemand {
		d.Settings.OnDemandSince = now
	}
	wanted := kept("", source, source.Settings.Throughput, d.Settings.BillingMode, o.provisioned, o.onDemand)
	switch {
	case d.Settings.BillingMode == onDemand && wanted.provisioned != nil:
		return nil, refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case d.Settings.BillingMode != onDemand && wanted.provisioned == nil:
		return nil, refused("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	if err := wanted.create(&d.Settings.Throughput, d.Settings.BillingMode); err != nil {
		return nil, err
	}
	if err := o.indexes(source, d); err != nil {
		return nil, err
	}
	for _, a := range source.Definitions {
		if uses(d, a.Name) {
			d.Definitions = append(d.Definitions, a)
		}
	}
	d.Settings.KMS = source.Settings.KMS
	if o.encryption != nil {
		d.Settings.KMS = aws.ToBool(o.encryption.Enabled)
	}
	return d, nil
}

// kept is the throughput that was given, or that of the source where the billing mode is the same.
func kept(index string, source *table.Descriptor, t table.Throughput, billing string, provisioned *types.ProvisionedThroughput, maximums *types.OnDemandThroughput) *wantedThroughput {
	w := &wantedThroughput{index: index, provisioned: provisioned, onDemand: maximums}
	if billing != source.Settings.BillingMode {
		return w
	}
	if billing == onDemand && maximums == nil {
		w.onDemand = maximum(t)
	}
	if billing != onDemand && provisioned == nil {
		w.provisioned = units(t)
	}
	return w
}

// indexes gives the target the indexes of the source, or those of them that are named.
func (o *overrides) indexes(source, d *table.Descriptor) error {
	for _, x := range source.Indexes {
		if x.State == table.IndexDeleting {
			continue
		}
		next := &table.Index{Name: x.Name, Local: x.Local, Partition: x.Partition, Sort: x.Sort, Projection: x.Projection, NonKey: x.NonKey}
		if x.Local {
			if o.local == nil || slices.ContainsFunc(o.local, func(l types.LocalSecondaryIndex) bool { return *l.IndexName == x.Name }) {
				d.Indexes = append(d.Indexes, next)
			}
			continue
		}
		var given types.GlobalSecondaryIndex
		if i := slices.IndexFunc(o.global, func(g types.GlobalSecondaryIndex) bool { return *g.IndexName == x.Name }); i >= 0 {
			given = o.global[i]
		} else if o.global != nil {
			continue
		}
		wanted := kept(x.Name, source, x.Throughput, d.Settings.BillingMode, given.ProvisionedThroughput, given.OnDemandThroughput)
		if err := wanted.createIndex(&next.Throughput, d.Settings.BillingMode); err != nil {
			return err
		}
		d.Indexes = append(d.Indexes, next)
	}
	return o.checkIndexes(source)
}

// checkIndexes refuses indexes that the source does not have.
func (o *overrides) checkIndexes(source *table.Descriptor) error {
	check := func(local bool, name string, schema []types.KeySchemaElement, p *types.Projection) error {
		x := source.Index(name)
		if x == nil || x.Local != local || !slices.EqualFunc(schema, keySchema(x.Partition, x.Sort), sameKeyElement) ||
			string(p.ProjectionType) != x.Projection || !sameNames(p.NonKeyAttributes, x.NonKey) {
			return refused("The index does not match any index of the source table: %s", name)
		}
		return nil
	}
	var names []string
	for _, g := range o.global {
		if err := check(false, *g.IndexName, g.KeySchema, g.Projection); err != nil {
			return err
		}
		names = append(names, *g.IndexName)
	}
	for _, l := range o.local {
		if err := check(true, *l.IndexName, l.KeySchema, l.Projection); err != nil {
			return err
		}
		names = append(names, *l.IndexName)
	}
	slices.Sort(names)
	if n := len(names); len(slices.Compact(names)) < n {
		return refused("Duplicate index name in an override")
	}
	return nil
}

func sameKeyElement(a, b types.KeySchemaElement) bool {
	return *a.AttributeName == *b.AttributeName && a.KeyType == b.KeyType
}

func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// uses says whether an attribute is in a key of the table or of an index.
func uses(d *table.Descriptor, name string) bool {
	return slices.ContainsFunc(keyAttributes(d), func(a table.KeyAttribute) bool { return a.Name == name }) ||
		slices.ContainsFunc(d.Indexes, func(x *table.Index) bool {
			return slices.ContainsFunc(append(slices.Clone(x.Partition), x.Sort...), func(a table.KeyAttribute) bool { return a.Name == name })
		})
}
