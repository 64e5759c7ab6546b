package dynamodb

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/table"
)

// An index that is being created is filled from the moment when it is asked for, maybe before the answer is written.
func TestNewIndexIsShownEmpty(t *testing.T) {
	key := table.KeyAttribute{Name: "a", Kind: attribute.String}
	before := &table.Descriptor{Name: "things", Partition: key}
	after := before.Clone()
	after.Indexes = []*table.Index{{Name: "index", Partition: []table.KeyAttribute{key}, Projection: "ALL", State: table.IndexCreating}}
	in := &dynamodb.UpdateTableInput{GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
		{Create: &types.CreateGlobalSecondaryIndexAction{IndexName: aws.String("index")}}}}
	filled := table.Stats{Count: table.Count{Items: 4, Bytes: 16}, Indexes: map[string]table.Count{"index": {Items: 4, Bytes: 16}}}
	d := updating(before, after, filled, in, time.Now())
	if g := d.GlobalSecondaryIndexes[0]; *g.ItemCount != 0 || *g.IndexSizeBytes != 0 || *g.Backfilling || *d.ItemCount != 4 {
		t.Errorf("the table has %d items, its new index %d of %d bytes, backfilling %t", *d.ItemCount, *g.ItemCount, *g.IndexSizeBytes, *g.Backfilling)
	}
}
