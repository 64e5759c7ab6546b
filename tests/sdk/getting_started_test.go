package sdk

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// TestGettingStarted is the guide's tutorial, step by step.
func TestGettingStarted(t *testing.T) {
	t.Parallel()
	c, music := client(t), own(t, "Music")

	// Step 1: create a table.
	in := &dynamodb.CreateTableInput{
		TableName:             music,
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)},
		TableClass:            types.TableClassStandard,
	}
	in.KeySchema, in.AttributeDefinitions = keys("Artist:S", "SongTitle:S")
	before := time.Now().Add(-2 * time.Second)
	made, err := c.CreateTable(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	checkMusic(t, harness.Shared(t), made.TableDescription, *music, before)
	exists(t, c, music)
	described, err := c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: music})
	if err != nil {
		t.Fatal(err)
	}
	checkMusic(t, harness.Shared(t), described.Table, *music, before)
	if described.Table.TableStatus != types.TableStatusActive {
		t.Errorf("status %s after the waiter", described.Table.TableStatus)
	}

	// Step 2: write data.
	put(t, c, music,
		`{"Artist":"No One You Know","SongTitle":"Call Me Today","AlbumTitle":"Somewhat Famous","Awards":1}`,
		`{"Artist":"No One You Know","SongTitle":"Howdy","AlbumTitle":"Somewhat Famous","Awards":2}`,
		`{"Artist":"Acme Band","SongTitle":"Happy Day","AlbumTitle":"Songs About Life","Awards":10}`,
		`{"Artist":"Acme Band","SongTitle":"PartiQL Rocks","AlbumTitle":"Another Album Title","Awards":8}`)

	// Step 3: read data.
	same(t, "read", get(t, c, music, `{"Artist":"Acme Band","SongTitle":"Happy Day"}`),
		`{"Artist":"Acme Band","SongTitle":"Happy Day","AlbumTitle":"Songs About Life","Awards":10}`)

	// Step 4: update data.
	updated, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: music, Key: item(`{"Artist":"Acme Band","SongTitle":"Happy Day"}`),
		UpdateExpression:          aws.String("SET AlbumTitle = :newval"),
		ExpressionAttributeValues: item(`{":newval":"Updated Album Title"}`),
		ReturnValues:              types.ReturnValueAllNew,
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "updated", updated.Attributes,
		`{"Artist":"Acme Band","SongTitle":"Happy Day","AlbumTitle":"Updated Album Title","Awards":10}`)

	// Step 5: query data.
	band, err := c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: music, KeyConditionExpression: aws.String("Artist = :name"),
		ExpressionAttributeValues: item(`{":name":"Acme Band"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	sameItems(t, "the band's songs", band.Items,
		`{"Artist":"Acme Band","SongTitle":"Happy Day","AlbumTitle":"Updated Album Title","Awards":10}`,
		`{"Artist":"Acme Band","SongTitle":"PartiQL Rocks","AlbumTitle":"Another Album Title","Awards":8}`)
	if band.Count != 2 || band.ScannedCount != 2 || band.LastEvaluatedKey != nil || band.ConsumedCapacity != nil {
		t.Errorf("count %d, scanned %d, last key %v, capacity %v", band.Count, band.ScannedCount, band.LastEvaluatedKey, band.ConsumedCapacity)
	}

	// Step 6: create a global secondary index.
	adding, err := c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: music, AttributeDefinitions: definitions("AlbumTitle:S"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("AlbumTitle-index"), KeySchema: schema("AlbumTitle"),
			Projection:            &types.Projection{ProjectionType: types.ProjectionTypeAll},
			ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(10), WriteCapacityUnits: aws.Int64(5)},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := adding.TableDescription.TableStatus; s != types.TableStatusUpdating {
		t.Errorf("status %s while an index is added", s)
	}
	var index types.GlobalSecondaryIndexDescription
	eventually(t, "the index is active", func(ctx context.Context) bool {
		d, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: music})
		if err != nil {
			t.Fatal(err)
		}
		index = d.Table.GlobalSecondaryIndexes[0]
		return index.IndexStatus == types.IndexStatusActive
	})
	arn := *made.TableDescription.TableArn + "/index/AlbumTitle-index"
	if aws.ToString(index.IndexName) != "AlbumTitle-index" || aws.ToString(index.IndexArn) != arn ||
		*index.ProvisionedThroughput.ReadCapacityUnits != 10 || *index.ProvisionedThroughput.WriteCapacityUnits != 5 ||
		index.Projection.ProjectionType != types.ProjectionTypeAll || aws.ToBool(index.Backfilling) {
		t.Errorf("index %+v", index)
	}

	// Step 7: query it.
	eventually(t, "the index answers", func(ctx context.Context) bool {
		album, err := c.Query(ctx, &dynamodb.QueryInput{
			TableName: music, IndexName: aws.String("AlbumTitle-index"),
			KeyConditionExpression:    aws.String("AlbumTitle = :name"),
			ExpressionAttributeValues: item(`{":name":"Somewhat Famous"}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(album.Items) < 2 {
			return false
		}
		sameSet(t, "the album's songs", album.Items,
			`{"Artist":"No One You Know","SongTitle":"Call Me Today","AlbumTitle":"Somewhat Famous","Awards":1}`,
			`{"Artist":"No One You Know","SongTitle":"Howdy","AlbumTitle":"Somewhat Famous","Awards":2}`)
		return true
	})

	// Step 8: clean up.
	gone, err := c.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: music})
	if err != nil {
		t.Fatal(err)
	}
	if d := gone.TableDescription; *d.TableName != *music || d.TableStatus != types.TableStatusDeleting {
		t.Errorf("deleted %s, %s", *d.TableName, d.TableStatus)
	}
	err = dynamodb.NewTableNotExistsWaiter(c, func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, time.Second
	}).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: music}, time.Minute)
	if err != nil {
		t.Error(err)
	}
	_, err = c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: music})
	fails(t, err, "ResourceNotFoundException", "Requested resource not found: Table: "+*music+" not found")
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// checkMusic checks the tutorial's table but for its status.
func checkMusic(t *testing.T, s *harness.Server, d *types.TableDescription, name string, after time.Time) {
	t.Helper()
	if got, want := aws.ToString(d.TableArn), "arn:aws:dynamodb:"+s.Config.Region+":"+s.Account+":table/"+name; got != want {
		t.Errorf("ARN %s, want %s", got, want)
	}
	if aws.ToString(d.TableName) != name || !uuid.MatchString(aws.ToString(d.TableId)) {
		t.Errorf("name %s, id %s", aws.ToString(d.TableName), aws.ToString(d.TableId))
	}
	if aws.ToInt64(d.ItemCount) != 0 || aws.ToInt64(d.TableSizeBytes) != 0 || d.ItemCount == nil || d.TableSizeBytes == nil {
		t.Errorf("%v items, %v bytes", d.ItemCount, d.TableSizeBytes)
	}
	if d.TableStatus != types.TableStatusCreating && d.TableStatus != types.TableStatusActive {
		t.Errorf("status %s", d.TableStatus)
	}
	if d.CreationDateTime == nil || d.CreationDateTime.Before(after) || d.CreationDateTime.After(time.Now().Add(2*time.Second)) {
		t.Errorf("created %v", d.CreationDateTime)
	}
	if len(d.AttributeDefinitions) != 2 || len(d.KeySchema) != 2 ||
		*d.KeySchema[0].AttributeName != "Artist" || d.KeySchema[0].KeyType != "HASH" ||
		*d.KeySchema[1].AttributeName != "SongTitle" || d.KeySchema[1].KeyType != "RANGE" {
		t.Errorf("schema %v, attributes %v", d.KeySchema, d.AttributeDefinitions)
	}
	p := d.ProvisionedThroughput
	if p == nil || *p.ReadCapacityUnits != 5 || *p.WriteCapacityUnits != 5 || p.NumberOfDecreasesToday == nil || *p.NumberOfDecreasesToday != 0 {
		t.Errorf("throughput %+v", p)
	}
	if d.TableClassSummary == nil || d.TableClassSummary.TableClass != types.TableClassStandard {
		t.Errorf("table class %+v", d.TableClassSummary)
	}
	if d.DeletionProtectionEnabled == nil || *d.DeletionProtectionEnabled {
		t.Errorf("deletion protection %v", d.DeletionProtectionEnabled)
	}
}
