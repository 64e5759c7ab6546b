package dynamodb

import (
	"context"
	"fmt"

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
			created, err := s.store.Create(ctx, *d)
			if err != nil {
				return nil, catalogueError(err, d.Name)
			}
			return &dynamodb.CreateTableOutput{TableDescription: creating(created)}, nil
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
func creating(d *table.Descriptor) *types.TableDescription {
	t := description(d, types.TableStatusCreating, table.Stats{})
	for i := range t.GlobalSecondaryIndexes {
		t.GlobalSecondaryIndexes[i].IndexStatus = types.IndexStatusCreating
		t.GlobalSecondaryIndexes[i].WarmThroughput = nil
	}
	t.WarmThroughput = nil
	return t
}

func createTableConstraints(in *dynamodb.CreateTableInput) error {
	var v violations
	v.required("attributeDefinitions", in.AttributeDefinitions != nil)
	v.definitions("attributeDefinitions", in.AttributeDefinitions)
	v.table(optional(in.TableName))
	v.enum("billingMode", enumText(in.BillingMode), billingValues)
	v.throughput("provisionedThroughput", in.ProvisionedThroughput)
	v.keySchema("keySchema", in.KeySchema, 2)
	for i, x := range in.LocalSecondaryIndexes {
		v.index(fmt.Sprintf("localSecondaryIndexes.%d.member.", i+1), x.IndexName, x.KeySchema, x.Projection, 2)
	}
	for i, x := range in.GlobalSecondaryIndexes {
		at := fmt.Sprintf("globalSecondaryIndexes.%d.member.", i+1)
		v.index(at, x.IndexName, x.KeySchema, x.Projection, 2*maxKeyAttributes)
		v.throughput(at+"provisionedThroughput", x.ProvisionedThroughput)
	}
	v.enum("tableClass", enumText(in.TableClass), tableClassValues)
	v.sse(in.SSESpecification)
	return v.err()
}

// newDescriptor is the table that in asks for.
func newDescriptor(req *awsapi.Request, in *dynamodb.CreateTableInput) (*table.Descriptor, error) {
	if in.StreamSpecification != nil && aws.ToBool(in.StreamSpecification.StreamEnabled) {
		return nil, awsapi.Validation("DynamoDB Streams are not available on this server yet")
	}
	if in.GlobalTableSourceArn != nil {
		return nil, awsapi.Validation("Global tables are not available on this server yet")
	}
	scope, name, err := locate(req, *in.TableName)
	if err != nil {
		return nil, err
	}
	d := &table.Descriptor{Scope: scope, Name: name}
	if err := setBilling(d, in); err != nil {
		return nil, err
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
	d.Settings.DeletionProtection = aws.ToBool(in.DeletionProtectionEnabled)
	d.Settings.TableClass = string(in.TableClass)
	d.Settings.SSE = sseOf(in.SSESpecification)
	if in.Tags != nil {
		if err := checkTags(in.Tags); err != nil {
			return nil, err
		}
		d.Settings.Tags = tagsOf(in.Tags)
	}
	return d, checkTagSet(d.Settings.Tags)
}

// tableKey is the table's own key, which has its own words for an attribute without a definition.
func tableKey(defs definitionList, schema []types.KeySchemaElement) (partition, sort []table.KeyAttribute, err error) {
	if err := checkOrder(schema, 1); err != nil {
		return nil, nil, err
	}
	if len(schema) > 1 && len(defs) < 2 || len(defs) == 0 {
		return nil, nil, awsapi.Validation("Invalid KeySchema: Some index key attribute have no definition")
	}
	return defs.key(schema, 1)
}

// setBilling sets how the table and its indexes are paid.
func setBilling(d *table.Descriptor, in *dynamodb.CreateTableInput) error {
	d.Settings.BillingMode = string(in.BillingMode)
	if in.BillingMode != types.BillingModePayPerRequest {
		d.Settings.BillingMode = string(types.BillingModeProvisioned)
		if in.ProvisionedThroughput == nil {
			return refused("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
		}
	} else if in.ProvisionedThroughput != nil {
		return refused("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	return setThroughput(&d.Settings.Throughput, in.ProvisionedThroughput, in.OnDemandThroughput, in.WarmThroughput)
}

func setThroughput(t *table.Throughput, provisioned *types.ProvisionedThroughput, onDemand *types.OnDemandThroughput, warm *types.WarmThroughput) error {
	if provisioned != nil {
		t.Read, t.Write = *provisioned.ReadCapacityUnits, *provisioned.WriteCapacityUnits
		if t.Read > maxThroughputUnits {
			return awsapi.Validation(fmt.Sprintf("Given value %d for ReadCapacityUnits is out of bounds", t.Read))
		}
		if t.Write > maxThroughputUnits {
			return awsapi.Validation(fmt.Sprintf("Given value %d for WriteCapacityUnits is out of bounds", t.Write))
		}
	}
	if onDemand != nil {
		t.MaxRead, t.MaxWrite = max(0, aws.ToInt64(onDemand.MaxReadRequestUnits)), max(0, aws.ToInt64(onDemand.MaxWriteRequestUnits))
	}
	if warm != nil {
		t.WarmRead, t.WarmWrite = aws.ToInt64(warm.ReadUnitsPerSecond), aws.ToInt64(warm.WriteUnitsPerSecond)
	}
	return nil
}

func addIndexes(d *table.Descriptor, in *dynamodb.CreateTableInput) error {
	switch {
	case in.LocalSecondaryIndexes != nil && len(in.LocalSecondaryIndexes) == 0:
		return refused("List of LocalSecondaryIndexes is empty")
	case in.GlobalSecondaryIndexes != nil && len(in.GlobalSecondaryIndexes) == 0:
		return refused("List of GlobalSecondaryIndexes is empty")
	}
	add := func(x *table.Index) error {
		if d.Index(x.Name) != nil {
			return refused("Duplicate index name: %s", x.Name)
		}
		d.Indexes = append(d.Indexes, x)
		return nil
	}
	if len(in.LocalSecondaryIndexes) > maxLocalIndexes {
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
	if len(in.GlobalSecondaryIndexes) > maxGlobalIndexes {
		return refused("GlobalSecondaryIndex count exceeds the per-table limit of %d", maxGlobalIndexes)
	}
	for _, g := range in.GlobalSecondaryIndexes {
		x, err := globalIndexOf(g.IndexName, g.KeySchema, g.Projection, d.Definitions)
		if err == nil {
			err = checkIndexThroughput(x.Name, d.Settings.BillingMode, g.ProvisionedThroughput)
		}
		if err == nil {
			err = setThroughput(&x.Throughput, g.ProvisionedThroughput, g.OnDemandThroughput, g.WarmThroughput)
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

func checkIndexThroughput(name, billing string, t *types.ProvisionedThroughput) error {
	switch onDemand := billing == string(types.BillingModePayPerRequest); {
	case onDemand && t != nil:
		return refused("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", name)
	case !onDemand && t == nil:
		return refused("ProvisionedThroughput must be specified for index: %s", name)
	}
	return nil
}

func sseOf(in *types.SSESpecification) *table.SSE {
	if in == nil {
		return nil
	}
	return &table.SSE{Enabled: aws.ToBool(in.Enabled), Type: string(in.SSEType), Key: aws.ToString(in.KMSMasterKeyId)}
}
