package acceptance

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func describe(t *testing.T, table string) *types.TableDescription {
	t.Helper()
	out, err := client(t).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	return out.Table
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
func TestTableDescription(t *testing.T) {
	db, name := client(t), fresh("described")
	created := create(t, tableOf(name, "pk S", "sk N"))
	if created.TableStatus != types.TableStatusCreating && created.TableStatus != types.TableStatusActive {
		t.Errorf("it is %s", created.TableStatus)
	}
	waiter := dynamodb.NewTableExistsWaiter(db)
	if err := waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Fatal(err)
	}
	d := describe(t, name)
	if *d.TableName != name || d.TableStatus != types.TableStatusActive || *d.ItemCount != 0 || *d.TableSizeBytes != 0 {
		t.Errorf("%+v", d)
	}
	if !regexp.MustCompile(`^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table/` + name + `$`).MatchString(*d.TableArn) {
		t.Errorf("ARN %s", *d.TableArn)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(aws.ToString(d.TableId)) || *d.TableId != *created.TableId {
		t.Errorf("id %s", aws.ToString(d.TableId))
	}
	if d.CreationDateTime == nil || !d.CreationDateTime.Equal(*created.CreationDateTime) || d.CreationDateTime.Year() < 2020 {
		t.Errorf("made at %v", d.CreationDateTime)
	}
	if len(d.KeySchema) != 2 || *d.KeySchema[0].AttributeName != "pk" || d.KeySchema[0].KeyType != "HASH" || *d.KeySchema[1].AttributeName != "sk" || d.KeySchema[1].KeyType != "RANGE" {
		t.Errorf("keys %v", d.KeySchema)
	}
	if len(d.AttributeDefinitions) != 2 {
		t.Errorf("attributes %v", d.AttributeDefinitions)
	}
	if d.BillingModeSummary == nil || d.BillingModeSummary.BillingMode != types.BillingModePayPerRequest {
		t.Errorf("billing %v", d.BillingModeSummary)
	}
	if p := d.ProvisionedThroughput; p == nil || *p.ReadCapacityUnits != 0 || *p.WriteCapacityUnits != 0 || *p.NumberOfDecreasesToday != 0 {
		t.Errorf("throughput %v", p)
	}
	if d.DeletionProtectionEnabled == nil || *d.DeletionProtectionEnabled {
		t.Error("no DeletionProtectionEnabled of false")
	}
	for what, there := range map[string]bool{"GlobalSecondaryIndexes": d.GlobalSecondaryIndexes != nil, "LocalSecondaryIndexes": d.LocalSecondaryIndexes != nil,
		"StreamSpecification": d.StreamSpecification != nil, "LatestStreamArn": d.LatestStreamArn != nil, "SSEDescription": d.SSEDescription != nil,
		"ArchivalSummary": d.ArchivalSummary != nil, "RestoreSummary": d.RestoreSummary != nil, "Replicas": d.Replicas != nil} {
		if there {
			t.Errorf("a table without has %s", what)
		}
	}
	byARN := describe(t, *d.TableArn)
	if *byARN.TableId != *d.TableId {
		t.Error("another table by its ARN")
	}
	deleted, err := db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &name})
	if err != nil || (deleted.TableDescription.TableStatus != types.TableStatusDeleting && deleted.TableDescription.TableStatus != types.TableStatusActive) {
		t.Fatalf("%v (%v)", deleted, err)
	}
	if err := dynamodb.NewTableNotExistsWaiter(db).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Error(err)
	}
	again := create(t, tableOf(name, "pk S"))
	if *again.TableId == *d.TableId {
		t.Error("a new table has the id of the old one")
	}
}

func TestProvisionedTable(t *testing.T) {
	db := client(t)
	in := tableOf(fresh("provisioned"), "pk S")
	in.BillingMode, in.ProvisionedThroughput = "", &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(3), WriteCapacityUnits: aws.Int64(4)}
	create(t, in)
	d := describe(t, *in.TableName)
	if *d.ProvisionedThroughput.ReadCapacityUnits != 3 || *d.ProvisionedThroughput.WriteCapacityUnits != 4 {
		t.Errorf("%v", d.ProvisionedThroughput)
	}
	if d.BillingModeSummary != nil { // a table that was never on demand has none (users' quotes)
		t.Errorf("billing %v", d.BillingModeSummary)
	}
	_, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName, ProvisionedThroughput: in.ProvisionedThroughput})
	fails(t, err, invalid, "The provisioned throughput for the table will not change. The requested value equals the current value. "+
		"Current ReadCapacityUnits provisioned for the table: 3. Requested ReadCapacityUnits: 3. "+
		"Current WriteCapacityUnits provisioned for the table: 4. Requested WriteCapacityUnits: 4. "+
		"Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.")
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName,
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(4)}}); err != nil {
		t.Fatal(err)
	}
	d = describe(t, *in.TableName)
	if *d.ProvisionedThroughput.ReadCapacityUnits != 5 || d.ProvisionedThroughput.LastIncreaseDateTime == nil {
		t.Errorf("%v", d.ProvisionedThroughput)
	}
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName, BillingMode: types.BillingModePayPerRequest}); err != nil {
		t.Fatal(err)
	}
	d = describe(t, *in.TableName)
	if d.BillingModeSummary == nil || d.BillingModeSummary.BillingMode != types.BillingModePayPerRequest || d.BillingModeSummary.LastUpdateToPayPerRequestDateTime == nil {
		t.Errorf("billing %v", d.BillingModeSummary)
	}
	if *d.ProvisionedThroughput.ReadCapacityUnits != 0 {
		t.Errorf("%v", d.ProvisionedThroughput)
	}
}

// What CreateTable is refused for:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html and users' quotes.
func TestCreateTableErrors(t *testing.T) {
	db := client(t)
	many := func(count int) (out []types.GlobalSecondaryIndex) {
		for i := range count {
			out = append(out, gsi(fmt.Sprintf("index%d", i), []string{"pk"}))
		}
		return out
	}
	for _, c := range []struct {
		name    string
		change  func(in *dynamodb.CreateTableInput)
		message string
	}{
		{"long name", func(in *dynamodb.CreateTableInput) { in.TableName = aws.String(strings.Repeat("a", 256)) }, "…"},
		{"no definition of the key", func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions[0].AttributeName = aws.String("other") },
			wrong + "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [other]"},
		{"three keys", func(in *dynamodb.CreateTableInput) { define(in, "sk S", "tk S").KeySchema = schema("pk", "sk", "tk") },
			"1 validation error detected: Value '[…"},
		{"a key that is a list", func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions[0].AttributeType = "L" },
			"1 validation error detected: Value 'L' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]"},
		{"no throughput", func(in *dynamodb.CreateTableInput) { in.BillingMode = "" },
			wrong + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"},
		{"billing", func(in *dynamodb.CreateTableInput) { in.BillingMode = "FREE" },
			"1 validation error detected: Value 'FREE' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"},
		{"an index's key undefined", func(in *dynamodb.CreateTableInput) {
			in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("index", []string{"other"})}
		}, wrong + "Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [pk]"},
		{"two indexes of one name", func(in *dynamodb.CreateTableInput) {
			in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("index", []string{"pk"}), gsi("index", []string{"pk"})}
		}, wrong + "Duplicate index name: index"},
		{"21 global indexes", func(in *dynamodb.CreateTableInput) { in.GlobalSecondaryIndexes = many(21) },
			wrong + "GlobalSecondaryIndex count exceeds the per-table limit of 20"},
		{"a local index of another partition key", func(in *dynamodb.CreateTableInput) {
			define(in, "sk S", "other S").KeySchema = schema("pk", "sk")
			in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{lsi("index", []string{"sk", "other"})}
		}, wrong + "Index KeySchema does not have the same leading hash key as table KeySchema for index: index. index hash key: sk, table hash key: pk"},
		{"a local index without a sort key", func(in *dynamodb.CreateTableInput) {
			define(in, "sk S").KeySchema = schema("pk", "sk")
			in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{lsi("index", []string{"pk"})}
		}, wrong + "Index KeySchema does not have a range key for index: index"},
		{"six local indexes", func(in *dynamodb.CreateTableInput) {
			define(in, "sk S", "other S").KeySchema = schema("pk", "sk")
			for i := range 6 {
				in.LocalSecondaryIndexes = append(in.LocalSecondaryIndexes, lsi(fmt.Sprintf("index%d", i), []string{"pk", "other"}))
			}
		}, wrong + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"},
		{"nothing included in INCLUDE", func(in *dynamodb.CreateTableInput) {
			in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{IndexName: aws.String("index"), KeySchema: schema("pk"), Projection: &types.Projection{ProjectionType: "INCLUDE"}}}
		}, wrong + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := tableOf(fresh("refused"), "pk S")
			c.change(in)
			_, err := db.CreateTable(t.Context(), in)
			fails(t, err, invalid, c.message)
		})
	}
	t.Run("a table that is there", func(t *testing.T) {
		table := things(t)
		_, err := db.CreateTable(t.Context(), tableOf(table, "pk S"))
		fails(t, err, inUse, "Table already exists: "+table)
		var typed *types.ResourceInUseException
		if !errors.As(err, &typed) {
			t.Errorf("%T", err)
		}
	})
}

func TestUpdateTableErrors(t *testing.T) {
	db, table := client(t), things(t)
	_, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table})
	fails(t, err, invalid, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("no-such-table"), BillingMode: types.BillingModePayPerRequest})
	fails(t, err, missing, "Requested resource not found: Table: no-such-table not found")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}})
	fails(t, err, invalid, wrong+"Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, BillingMode: types.BillingModeProvisioned})
	fails(t, err, invalid, wrong+"ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
		{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("none")}}}})
	fails(t, err, missing, "Requested resource not found…")
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &table, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}})
	fails(t, err, invalid, "")
}

// Names come in the order of their bytes, at most 100 a page:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
func TestListTables(t *testing.T) {
	db := client(t)
	prefix := fresh("zzlisted")
	var want []string
	for _, suffix := range []string{"A", "B", "a", "b"} {
		want = append(want, *create(t, tableOf(prefix+suffix, "pk S")).TableName)
	}
	start := prefix + "0"
	out, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{ExclusiveStartTableName: &start, Limit: aws.Int32(3)})
	if err != nil || strings.Join(out.TableNames, " ") != strings.Join(want[:3], " ") || aws.ToString(out.LastEvaluatedTableName) != want[2] {
		t.Fatalf("%v (%v)", out, err)
	}
	out, err = db.ListTables(t.Context(), &dynamodb.ListTablesInput{ExclusiveStartTableName: out.LastEvaluatedTableName, Limit: aws.Int32(1)})
	if err != nil || strings.Join(out.TableNames, " ") != want[3] {
		t.Errorf("%v (%v)", out, err)
	}
	_, err = db.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(101)})
	fails(t, err, invalid, "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100")
	_, err = db.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(0)})
	fails(t, err, invalid, "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
}
