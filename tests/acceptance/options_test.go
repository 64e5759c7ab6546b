package acceptance

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Options of a table besides of its keys are told again by DescribeTable:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
func TestTableOptions(t *testing.T) {
	db, in := client(t), tableOf(fresh("options"), "pk S")
	in.TableClass = types.TableClassStandardInfrequentAccess
	in.OnDemandThroughput = &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(50), MaxWriteRequestUnits: aws.Int64(60)}
	create(t, in)
	d := describe(t, *in.TableName)
	if d.TableClassSummary == nil || d.TableClassSummary.TableClass != types.TableClassStandardInfrequentAccess {
		t.Errorf("class %+v", d.TableClassSummary)
	}
	if o := d.OnDemandThroughput; o == nil || *o.MaxReadRequestUnits != 50 || *o.MaxWriteRequestUnits != 60 {
		t.Errorf("on demand %+v", o)
	}
	if w := d.WarmThroughput; w == nil || aws.ToInt64(w.ReadUnitsPerSecond) < 1 || aws.ToInt64(w.WriteUnitsPerSecond) < 1 || w.Status != types.TableStatusActive {
		t.Errorf("warm %+v", w)
	}
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName, TableClass: types.TableClassStandard}); err != nil {
		t.Error(err)
	}
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName,
		OnDemandThroughput: &types.OnDemandThroughput{MaxReadRequestUnits: aws.Int64(-1), MaxWriteRequestUnits: aws.Int64(70)}}); err != nil {
		t.Error(err)
	}
	d = describe(t, *in.TableName)
	if d.TableClassSummary == nil || d.TableClassSummary.TableClass != types.TableClassStandard || d.TableClassSummary.LastUpdateDateTime == nil {
		t.Errorf("class %+v", d.TableClassSummary)
	}
	if o := d.OnDemandThroughput; o == nil || *o.MaxWriteRequestUnits != 70 {
		t.Errorf("on demand %+v", o)
	}
	if _, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName, DeletionProtectionEnabled: aws.Bool(true)}); err != nil {
		t.Error(err)
	}
	if d = describe(t, *in.TableName); !*d.DeletionProtectionEnabled {
		t.Error("it is not protected")
	}
}

// Limits of what an index projects: 100 attributes in all the indexes of a table.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-secondary-indexes
func TestProjectedAttributes(t *testing.T) {
	db := client(t)
	attributes := func(prefix string, count int) (out []string) {
		for i := range count {
			out = append(out, fmt.Sprint(prefix, i))
		}
		return out
	}
	with := func(indexes, each int) *dynamodb.CreateTableInput {
		in := tableOf(fresh("projected"), "pk S")
		for i := range indexes {
			in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, gsi(fmt.Sprintf("index%d", i), []string{"pk"}, attributes(fmt.Sprint("a", i, "x"), each)...))
		}
		return in
	}
	if _, err := db.CreateTable(t.Context(), with(5, 20)); err != nil {
		t.Error(err)
	}
	_, err := db.CreateTable(t.Context(), with(6, 20))
	fails(t, err, invalid, "")
}

// Throughput of a provisioned table with an index: it has to be given, and is changed, of each.
func TestIndexThroughput(t *testing.T) {
	db := client(t)
	in := define(tableOf(fresh("throughput"), "pk S"), "g S")
	in.BillingMode, in.ProvisionedThroughput = types.BillingModeProvisioned, &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(2)}
	in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{gsi("index", []string{"g"})}
	_, err := db.CreateTable(t.Context(), in)
	fails(t, err, invalid, "")
	in.GlobalSecondaryIndexes[0].ProvisionedThroughput = &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(3), WriteCapacityUnits: aws.Int64(4)}
	create(t, in)
	change := func(read int64) error {
		_, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: in.TableName, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Update: &types.UpdateGlobalSecondaryIndexAction{IndexName: aws.String("index"), ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: &read, WriteCapacityUnits: aws.Int64(4)}}}}})
		return err
	}
	if err := change(5); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the throughput stays", func() bool {
		d := describe(t, *in.TableName)
		return *d.GlobalSecondaryIndexes[0].ProvisionedThroughput.ReadCapacityUnits == 5 && *d.ProvisionedThroughput.ReadCapacityUnits == 1
	})
	fails(t, change(5), invalid, "The provisioned throughput for …")
	fails(t, change(0), invalid, "")
}
