package sdk

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// The guide's chapter "Basic operations on tables".

func throughput(read, write int64) *types.ProvisionedThroughput {
	return &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(read), WriteCapacityUnits: aws.Int64(write)}
}

// settled describes a table when no change of it goes on.
func settled(t *testing.T, c *dynamodb.Client, table *string) *types.TableDescription {
	t.Helper()
	var d *types.TableDescription
	eventually(t, "the table is active", func(ctx context.Context) bool {
		out, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
		if err != nil {
			t.Fatal(err)
		}
		d = out.Table
		return d.TableStatus == types.TableStatusActive
	})
	return d
}

func TestUpdateTable(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Music")
	create(t, c, table, func(in *dynamodb.CreateTableInput) {
		in.BillingMode, in.ProvisionedThroughput = "", throughput(10, 5)
	}, "Artist:S", "SongTitle:S")
	if d := settled(t, c, table); d.BillingModeSummary != nil && d.BillingModeSummary.BillingMode != types.BillingModeProvisioned {
		t.Errorf("a provisioned table: %+v", d.BillingModeSummary)
	}
	update := func(in dynamodb.UpdateTableInput) *types.TableDescription {
		t.Helper()
		in.TableName = table
		if _, err := c.UpdateTable(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
		return settled(t, c, table)
	}
	d := update(dynamodb.UpdateTableInput{ProvisionedThroughput: throughput(20, 10)})
	if p := d.ProvisionedThroughput; *p.ReadCapacityUnits != 20 || *p.WriteCapacityUnits != 10 || p.LastIncreaseDateTime == nil {
		t.Errorf("after the increase: %+v", p)
	}
	d = update(dynamodb.UpdateTableInput{ProvisionedThroughput: throughput(4, 10)})
	if p := d.ProvisionedThroughput; *p.ReadCapacityUnits != 4 || *p.NumberOfDecreasesToday != 1 || p.LastDecreaseDateTime == nil {
		t.Errorf("after the decrease: %+v", p)
	}
	_, err := c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: table, ProvisionedThroughput: throughput(4, 10)})
	fails(t, err, "ValidationException", "The provisioned throughput for the table will not change. The requested value equals the current value.")
	d = update(dynamodb.UpdateTableInput{BillingMode: types.BillingModePayPerRequest})
	if b := d.BillingModeSummary; b == nil || b.BillingMode != types.BillingModePayPerRequest || b.LastUpdateToPayPerRequestDateTime == nil {
		t.Errorf("on demand: %+v", b)
	}
	if p := d.ProvisionedThroughput; *p.ReadCapacityUnits != 0 || *p.WriteCapacityUnits != 0 {
		t.Errorf("throughput of an on-demand table: %+v", p)
	}
	_, err = c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: table, BillingMode: types.BillingModeProvisioned})
	fails(t, err, "ValidationException", "")
	d = update(dynamodb.UpdateTableInput{BillingMode: types.BillingModeProvisioned, ProvisionedThroughput: throughput(1, 1)})
	if d.BillingModeSummary == nil || d.BillingModeSummary.BillingMode != types.BillingModeProvisioned || *d.ProvisionedThroughput.ReadCapacityUnits != 1 {
		t.Errorf("provisioned again: %+v, %+v", d.BillingModeSummary, d.ProvisionedThroughput)
	}
	d = update(dynamodb.UpdateTableInput{TableClass: types.TableClassStandardInfrequentAccess})
	if d.TableClassSummary == nil || d.TableClassSummary.TableClass != types.TableClassStandardInfrequentAccess {
		t.Errorf("table class %+v", d.TableClassSummary)
	}
}

func TestDeletionProtection(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Music")
	create(t, c, table, func(in *dynamodb.CreateTableInput) { in.DeletionProtectionEnabled = aws.Bool(true) }, "Artist:S")
	if d := settled(t, c, table); !aws.ToBool(d.DeletionProtectionEnabled) {
		t.Error("not protected")
	}
	_, err := c.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: table})
	fails(t, err, "ValidationException", "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	put(t, c, table, `{"Artist":"Acme Band"}`)
	if _, err := c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: table, DeletionProtectionEnabled: aws.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	if d := settled(t, c, table); aws.ToBool(d.DeletionProtectionEnabled) {
		t.Error("still protected")
	}
	if _, err = c.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: table}); err != nil {
		t.Error(err)
	}
}

// TestTableErrors has tables that can't be made.
func TestTableErrors(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Music")
	create(t, c, table, nil, "Artist:S")
	in := &dynamodb.CreateTableInput{TableName: table, BillingMode: types.BillingModePayPerRequest}
	in.KeySchema, in.AttributeDefinitions = keys("Artist:S")
	_, err := c.CreateTable(t.Context(), in)
	fails(t, err, "ResourceInUseException", "Table already exists: "+*table)

	for _, tt := range []struct {
		what    string
		change  func(*dynamodb.CreateTableInput)
		message string
	}{
		{"a short name", func(in *dynamodb.CreateTableInput) { in.TableName = aws.String("ab") }, ""},
		{"a bad name", func(in *dynamodb.CreateTableInput) { in.TableName = aws.String("a table") }, ""},
		{"no throughput", func(in *dynamodb.CreateTableInput) { in.BillingMode = types.BillingModeProvisioned }, ""},
		{"throughput on demand", func(in *dynamodb.CreateTableInput) { in.ProvisionedThroughput = throughput(1, 1) }, ""},
		{
			"a definition too many", func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions = definitions("Artist:S", "Album:S") },
			"Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
		},
		{"a key that is not defined", func(in *dynamodb.CreateTableInput) { in.KeySchema = schema("Album") }, ""},
		{"two partition keys", func(in *dynamodb.CreateTableInput) { in.KeySchema = composite([]string{"Artist", "Album"}, nil) }, ""},
		{"a key that is a list", func(in *dynamodb.CreateTableInput) { in.AttributeDefinitions = definitions("Artist:L") }, ""},
		{"a local index without a sort key", func(in *dynamodb.CreateTableInput) {
			in.LocalSecondaryIndexes = []types.LocalSecondaryIndex{{
				IndexName: aws.String("Index"), KeySchema: schema("Artist"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			}}
		}, ""},
	} {
		in := &dynamodb.CreateTableInput{TableName: own(t, "Bad"), BillingMode: types.BillingModePayPerRequest}
		in.KeySchema, in.AttributeDefinitions = keys("Artist:S")
		tt.change(in)
		_, err := c.CreateTable(t.Context(), in)
		if code(err) != "ValidationException" {
			t.Errorf("%s: %v, want a ValidationException", tt.what, err)
			continue
		}
		fails(t, err, "ValidationException", tt.message)
	}
	_, err = c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: own(t, "Nowhere"), BillingMode: types.BillingModePayPerRequest})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found")
	_, err = c.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: own(t, "Nowhere")})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found: Table: "+*own(t, "Nowhere")+" not found")
}

// TestListTables lists the tables of a region that no other test uses: each region has its own.
func TestListTables(t *testing.T) {
	t.Parallel()
	s := harness.Shared(t)
	c := dynamodb.NewFromConfig(s.Config, func(o *dynamodb.Options) { o.Region = "eu-west-1" })
	var want []string
	for i := range 7 {
		name := fmt.Sprintf("Music%d", i)
		create(t, c, &name, nil, "Artist:S")
		want = append(want, name)
	}
	one, err := c.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || !slices.Equal(one.TableNames, want) || one.LastEvaluatedTableName != nil {
		t.Errorf("%v, last %v, error %v", one.TableNames, one.LastEvaluatedTableName, err)
	}
	var got []string
	pages := 0
	for p := dynamodb.NewListTablesPaginator(c, &dynamodb.ListTablesInput{Limit: aws.Int32(3)}); p.HasMorePages(); pages++ {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page.TableNames...)
	}
	if !slices.Equal(got, want) || pages != 3 {
		t.Errorf("%v on %d pages", got, pages)
	}
	rest, err := c.ListTables(t.Context(), &dynamodb.ListTablesInput{ExclusiveStartTableName: aws.String("Music4x")})
	if err != nil || !slices.Equal(rest.TableNames, want[5:]) {
		t.Errorf("after Music4x: %v, error %v", rest.TableNames, err)
	}
	d, err := c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("Music0")})
	if err != nil || *d.Table.TableArn != "arn:aws:dynamodb:eu-west-1:"+s.Account+":table/Music0" {
		t.Errorf("%v, error %v", d, err)
	}
	// A table can be named by its ARN.
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: d.Table.TableArn, Item: item(`{"Artist":"Acme Band"}`)}); err != nil {
		t.Error(err)
	}
	same(t, "by ARN", get(t, c, d.Table.TableArn, `{"Artist":"Acme Band"}`), `{"Artist":"Acme Band"}`)
	other := client(t)
	_, err = other.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("Music0")})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found: Table: Music0 not found")
}

func TestDescribeLimits(t *testing.T) {
	t.Parallel()
	c := client(t)
	out, err := c.DescribeLimits(t.Context(), &dynamodb.DescribeLimitsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []*int64{
		out.AccountMaxReadCapacityUnits, out.AccountMaxWriteCapacityUnits, out.TableMaxReadCapacityUnits, out.TableMaxWriteCapacityUnits,
	} {
		if aws.ToInt64(n) < 10_000 {
			t.Errorf("limits %+v", out)
			break
		}
	}
	endpoints, err := c.DescribeEndpoints(t.Context(), &dynamodb.DescribeEndpointsInput{})
	if err != nil || len(endpoints.Endpoints) != 1 || aws.ToString(endpoints.Endpoints[0].Address) == "" || endpoints.Endpoints[0].CachePeriodInMinutes <= 0 {
		t.Errorf("endpoints %+v, error %v", endpoints, err)
	}
	// The same table is made twice: the name is free when the first is gone.
	table := own(t, "Again")
	for range 2 {
		create(t, c, table, nil, "Id:S")
		same(t, "a new table", get(t, c, table, `{"Id":"1"}`), "")
		put(t, c, table, `{"Id":"1"}`)
		if _, err := c.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: table}); err != nil {
			t.Fatal(err)
		}
		err := dynamodb.NewTableNotExistsWaiter(c, func(o *dynamodb.TableNotExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = 20*time.Millisecond, time.Second
		}).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: table}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
	}
}
