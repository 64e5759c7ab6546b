package dynamodb

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// createTable decodes CreateTable.
func (s *Service) createTable(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.CreateTableInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	if err := createTableConstraints(&in); err != nil {
		return nil, err
	}
	d, err := newDescriptor(req, &in)
	if err != nil {
		return nil, err
	}
	document, err := attached(d, in.ResourcePolicy)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.CreateTableOutput]{
		needs: createTableNeeds(d, &in),
		run: func(ctx context.Context) (*dynamodb.CreateTableOutput, error) {
			if d.Scope.Account != req.Caller.Account {
				return nil, errOtherAccount
			}
			if document != nil {
				if err := s.identify(ctx, document); err != nil {
					return nil, err
				}
				d.Settings.Policy = &table.ResourcePolicy{Document: string(written(document)), Revision: req.Now.UnixMilli()}
			}
			if err := s.quotas().table(&in); err != nil {
				return nil, err
			}
			created, err := s.store.Create(ctx, *d)
			if err != nil {
				return nil, catalogueError(err, d.Name)
			}
			return &dynamodb.CreateTableOutput{TableDescription: creating(created, &in, req.Now)}, nil
		},
	}, nil
}

// createTableNeeds are the permissions to create a table, with what is given along with it. There is no table yet that could
// have a policy or tags: nobody creates tables in another account.
func createTableNeeds(d *table.Descriptor, in *dynamodb.CreateTableInput) []policy.Need {
	u := &subject{arn: arn(d.Scope, d.Name, "")}
	given := newRequestTags(in.Tags)
	needs := []policy.Need{u.need("dynamodb:CreateTable", "", given)}
	if len(in.Tags) > 0 {
		needs = append(needs, u.need("dynamodb:TagResource", "", given))
	}
	if in.ResourcePolicy != nil {
		needs = append(needs, u.need(putPolicyAction, "", given))
	}
	return needs
}

// attached is the policy that a new table is to have, nil for none.
func attached(d *table.Descriptor, text *string) (*policy.Document, error) {
	if text == nil {
		return nil, nil
	}
	return readPolicy(*text, resource{scope: d.Scope, table: d.Name})
}

// creating describes a table at the moment when it was asked for. It is active when the answer is sent; the answer says
// CREATING, as AWS's does, so that a client that waits for ACTIVE finds it by asking.
func creating(d *table.Descriptor, in *dynamodb.CreateTableInput, now time.Time) *types.TableDescription {
	t := description(d, types.TableStatusCreating, table.Stats{}, now)
	for i := range t.GlobalSecondaryIndexes {
		t.GlobalSecondaryIndexes[i].IndexStatus = types.IndexStatusCreating
		t.GlobalSecondaryIndexes[i].WarmThroughput = nil
	}
	if in.WarmThroughput == nil {
		t.WarmThroughput = nil
	} else {
		t.WarmThroughput.Status = types.TableStatusUpdating
	}
	if t.BillingModeSummary != nil {
		t.BillingModeSummary.LastUpdateToPayPerRequestDateTime = nil
	}
	return t
}

func createTableConstraints(in *dynamodb.CreateTableInput) error {
	var v violations
	v.newTable("", in)
	return v.err()
}

// newTable checks the definition of a table whose members are at a path: "" or one that ends with a point.
func (v *violations) newTable(at string, in *dynamodb.CreateTableInput) {
	v.required(at+"attributeDefinitions", in.AttributeDefinitions != nil)
	v.definitions(at+"attributeDefinitions", in.AttributeDefinitions)
	v.tableAt(at+"tableName", optional(in.TableName))
	v.enum(at+"billingMode", enumText(in.BillingMode), billingValues)
	v.throughput(at+"provisionedThroughput", in.ProvisionedThroughput)
	v.keySchema(at+"keySchema", in.KeySchema, 2)
	for i, x := range in.LocalSecondaryIndexes {
		v.index(fmt.Sprintf("%slocalSecondaryIndexes.%d.member.", at, i+1), x.IndexName, x.KeySchema, x.Projection, 2)
	}
	for i, x := range in.GlobalSecondaryIndexes {
		at := fmt.Sprintf("%sglobalSecondaryIndexes.%d.member.", at, i+1)
		v.index(at, x.IndexName, x.KeySchema, x.Projection, 2*maxKeyAttributes)
		v.throughput(at+"provisionedThroughput", x.ProvisionedThroughput)
	}
	v.streamSpecification(in.StreamSpecification)
	v.enum(at+"tableClass", enumText(in.TableClass), tableClassValues)
	v.encryption(at+"sSESpecification", in.SSESpecification)
	v.enum(at+"globalTableSettingsReplicationMode", enumText(in.GlobalTableSettingsReplicationMode), replicationModeValues)
}

// newDescriptor is the table that in asks for.
func newDescriptor(req *awsapi.Request, in *dynamodb.CreateTableInput) (*table.Descriptor, error) {
	if in.GlobalTableSourceArn != nil || in.GlobalTableSettingsReplicationMode != "" {
		return nil, errNoGlobalTables
	}
	if err := checkEncryption(in.SSESpecification); err != nil {
		return nil, err
	}
	scope, name, err := locate(req, *in.TableName)
	if err != nil {
		return nil, err
	}
	d := &table.Descriptor{Scope: scope, Name: name}
	if err := setBilling(d, in); err != nil {
		return nil, err
	}
	if d.Settings.BillingMode == onDemand {
		d.Settings.OnDemandSince = req.Now
	}
	defs, err := parseDefinitions(in.AttributeDefinitions)
	if err != nil {
		return nil, err
	}
	d.Definitions = defs
	partition, sort, err := tableKey(defs, in.KeySchema)
	if err != nil {
		return nil, err
	}
	d.Partition = partition[0]
	if len(sort) > 0 {
		d.Sort = &sort[0]
	}
	if err := addIndexes(d, in); err != nil {
		return nil, err
	}
	if err := checkUnused(d); err != nil {
		return nil, err
	}
	if err := checkIncluded(d.Indexes); err != nil {
		return nil, err
	}
	if err := setStream(d, in.StreamSpecification); err != nil {
		return nil, err
	}
	d.Settings.DeletionProtection = aws.ToBool(in.DeletionProtectionEnabled)
	d.Settings.TableClass = string(in.TableClass)
	if err := setEncryption(&d.Settings, in.SSESpecification); err != nil {
		return nil, err
	}
	if in.Tags != nil {
		if err := checkTags(in.Tags); err != nil {
			return nil, err
		}
		d.Settings.Tags = tagsOf(in.Tags)
	}
	return d, checkTagSet(d.Settings.Tags)
}

// errNoGlobalTables refuses what makes a table, or a replica of one, global.
var errNoGlobalTables = awsapi.Validation("Global tables are not available on this server")

// tableKey is the table's own key, which has its own words for an attribute without a definition.
func tableKey(defs definitionList, schema []types.KeySchemaElement) (partition, sort []table.KeyAttribute, err error) {
	if len(schema) > len(defs) {
		return nil, nil, awsapi.Validation("Invalid KeySchema: Some index key attribute have no definition")
	}
	return defs.key(schema, 1)
}

var errNoViewType = awsapi.Validation("Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.")

// setStream gives a new table the stream that it is created with, if any.
func setStream(d *table.Descriptor, in *types.StreamSpecification) error {
	switch {
	case in == nil:
	case *in.StreamEnabled && in.StreamViewType == "":
		return errNoViewType
	case *in.StreamEnabled:
		d.Stream = &table.Stream{View: string(in.StreamViewType)}
	case in.StreamViewType != "":
		return awsapi.Validation("Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.")
	}
	return nil
}

func addIndexes(d *table.Descriptor, in *dynamodb.CreateTableInput) error {
	add := func(x *table.Index) error {
		if d.Index(x.Name) != nil {
			return refused("Duplicate index name: %s", x.Name)
		}
		d.Indexes = append(d.Indexes, x)
		return nil
	}
	switch n := len(in.LocalSecondaryIndexes); {
	case in.LocalSecondaryIndexes != nil && n == 0:
		return refused("List of LocalSecondaryIndexes is empty")
	case n > maxLocalIndexes:
		return refused("Number of LocalSecondaryIndexes exceeds per-table limit of %d", maxLocalIndexes)
	}
	for _, l := range in.LocalSecondaryIndexes {
		x, err := localIndexOf(l, d)
		if err == nil {
			err = add(x)
		}
		if err != nil {
			return err
		}
	}
	switch n := len(in.GlobalSecondaryIndexes); {
	case in.GlobalSecondaryIndexes != nil && n == 0:
		return refused("List of GlobalSecondaryIndexes is empty")
	case n > maxGlobalIndexes:
		return refused("GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	for _, g := range in.GlobalSecondaryIndexes {
		x, err := globalIndexOf(g.IndexName, g.KeySchema, g.Projection, d.Definitions)
		if err == nil {
			wanted := wantedThroughput{x.Name, g.ProvisionedThroughput, g.OnDemandThroughput, g.WarmThroughput}
			err = wanted.createIndex(&x.Throughput, d.Settings.BillingMode)
		}
		if err == nil {
			err = add(x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
