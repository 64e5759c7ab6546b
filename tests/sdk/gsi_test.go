package sdk

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapter "Global secondary indexes".

var gameScores = []string{
	`{"UserId":"101","GameTitle":"Galaxy Invaders","TopScore":5842,"TopScoreDateTime":"2015-09-15:17:24:31","Wins":21,"Losses":72}`,
	`{"UserId":"101","GameTitle":"Meteor Blasters","TopScore":1000,"TopScoreDateTime":"2015-10-22:23:18:01","Wins":12,"Losses":3}`,
	`{"UserId":"101","GameTitle":"Starship X","TopScore":24,"TopScoreDateTime":"2015-08-31:13:14:21","Wins":4,"Losses":9}`,
	`{"UserId":"102","GameTitle":"Alien Adventure","TopScore":192,"TopScoreDateTime":"2015-07-12:11:07:56","Wins":32,"Losses":192}`,
	`{"UserId":"102","GameTitle":"Galaxy Invaders","TopScore":0,"TopScoreDateTime":"2015-09-18:07:33:42","Wins":0,"Losses":5}`,
	`{"UserId":"103","GameTitle":"Attack Ships","TopScore":3,"TopScoreDateTime":"2015-10-19:01:13:24","Wins":1,"Losses":8}`,
	`{"UserId":"103","GameTitle":"Galaxy Invaders","TopScore":2317,"TopScoreDateTime":"2015-09-11:06:53:00","Wins":40,"Losses":3}`,
	`{"UserId":"103","GameTitle":"Meteor Blasters","TopScore":723,"TopScoreDateTime":"2015-10-19:01:13:24","Wins":22,"Losses":12}`,
	`{"UserId":"103","GameTitle":"Starship X","TopScore":42,"TopScoreDateTime":"2015-07-11:06:53:00","Wins":4,"Losses":19}`,
}

// gameTable makes GameScores with that projection in GameTitleIndex.
func gameTable(t *testing.T, c *dynamodb.Client, projection types.Projection) *string {
	t.Helper()
	table := own(t, "GameScores")
	create(t, c, table, func(in *dynamodb.CreateTableInput) {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definitions("TopScore:N")...)
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String("GameTitleIndex"), KeySchema: schema("GameTitle", "TopScore"), Projection: &projection,
		}}
	}, "UserId:S", "GameTitle:S")
	return table
}

// byGame queries GameTitleIndex until it gives as many items: it need only be eventually consistent.
func byGame(t *testing.T, c *dynamodb.Client, table *string, in dynamodb.QueryInput, values string, count int) *dynamodb.QueryOutput {
	t.Helper()
	in.TableName, in.IndexName, in.ExpressionAttributeValues = table, aws.String("GameTitleIndex"), item(values)
	var out *dynamodb.QueryOutput
	eventually(t, fmt.Sprintf("%d items", count), func(ctx context.Context) (ok bool) {
		var err error
		if out, err = c.Query(ctx, &in); err != nil {
			t.Fatal(err)
		}
		return len(out.Items) == count
	})
	return out
}

func TestGlobalIndex(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := gameTable(t, c, types.Projection{ProjectionType: types.ProjectionTypeKeysOnly})
	load(t, c, map[string][]string{*table: gameScores})

	top := byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :v_title"), ProjectionExpression: aws.String("UserId, TopScore"),
		ScanIndexForward: aws.Bool(false),
	}, `{":v_title":"Meteor Blasters"}`, 2)
	sameItems(t, "top scores", top.Items, `{"UserId":"101","TopScore":1000}`, `{"UserId":"103","TopScore":723}`)
	best := byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :v_title"), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(1),
	}, `{":v_title":"Galaxy Invaders"}`, 1)
	sameItems(t, "the best", best.Items, `{"UserId":"101","GameTitle":"Galaxy Invaders","TopScore":5842}`)
	same(t, "last key of an index", best.LastEvaluatedKey, `{"UserId":"101","GameTitle":"Galaxy Invaders","TopScore":5842}`)

	// Index keys need not be unique, and an item without them is not in the index.
	put(t, c, table,
		`{"UserId":"123","GameTitle":"Comet Quest","TopScore":0}`, `{"UserId":"201","GameTitle":"Comet Quest","TopScore":0}`,
		`{"UserId":"301","GameTitle":"Comet Quest","TopScore":0}`, `{"UserId":"400","GameTitle":"Comet Quest"}`)
	comet := byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :g AND TopScore = :s"),
	}, `{":g":"Comet Quest",":s":0}`, 3)
	sameSet(t, "equal keys", comet.Items,
		`{"UserId":"123","GameTitle":"Comet Quest","TopScore":0}`, `{"UserId":"201","GameTitle":"Comet Quest","TopScore":0}`,
		`{"UserId":"301","GameTitle":"Comet Quest","TopScore":0}`)
	// Pages of one go through items of equal keys.
	seen := map[string]bool{}
	for p := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("GameTitleIndex"), Limit: aws.Int32(1),
		KeyConditionExpression: aws.String("GameTitle = :g"), ExpressionAttributeValues: item(`{":g":"Comet Quest"}`),
	}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			seen[show(i["UserId"])] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("page by page: %v", seen)
	}
	all, err := c.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: table, FilterExpression: aws.String("GameTitle = :g"), ExpressionAttributeValues: item(`{":g":"Comet Quest"}`),
	})
	if err != nil || all.Count != 4 {
		t.Errorf("in the table: %d, error %v", all.Count, err)
	}

	for _, bad := range []string{`"high"`, `{"$NS":[1]}`, `null`} {
		_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: table, Item: item(`{"UserId":"1","GameTitle":"Comet Quest","TopScore":` + bad + `}`),
		})
		fails(t, err, "ValidationException", "One or more parameter values were invalid: Type mismatch for Index Key TopScore Expected: N Actual: ")
	}
	_, err = c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("GameTitleIndex"), ConsistentRead: aws.Bool(true),
		KeyConditionExpression: aws.String("GameTitle = :g"), ExpressionAttributeValues: item(`{":g":"x"}`),
	})
	fails(t, err, "ValidationException", "Consistent reads are not supported on global secondary indexes")
	_, err = c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("GameTitleIndex"), ProjectionExpression: aws.String("Wins"),
		KeyConditionExpression: aws.String("GameTitle = :g"), ExpressionAttributeValues: item(`{":g":"x"}`),
	})
	fails(t, err, "ValidationException", "One or more parameter values were invalid: Global secondary index GameTitleIndex does not project [Wins]")
	_, err = c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("GameTitleIndex"), Select: types.SelectAllAttributes,
		KeyConditionExpression: aws.String("GameTitle = :g"), ExpressionAttributeValues: item(`{":g":"x"}`),
	})
	fails(t, err, "ValidationException", "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index GameTitleIndex because its projection type is not ALL")
}

// TestGlobalIndexCapacity has the guide's rules of what writes and reads of an index cost.
func TestGlobalIndexCapacity(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := gameTable(t, c, types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"Wins"}})
	key := item(`{"UserId":"101","GameTitle":"Comet Quest"}`)
	for _, tt := range []struct {
		what, update, values string
		index                float64
	}{
		{"a new item outside the index", "SET Losses = :v", `{":v":1}`, 0},
		{"it gets an index key", "SET TopScore = :v", `{":v":1}`, 1},
		{"the index key changes", "SET TopScore = :v", `{":v":2}`, 2},
		{"a projected attribute changes", "SET Wins = :v", `{":v":3}`, 1},
		{"what is not projected changes", "SET Losses = :v", `{":v":4}`, 0},
		{"it loses the index key", "REMOVE TopScore", "", 1},
		{"it is outside the index before and after", "SET Wins = :v", `{":v":5}`, 0},
	} {
		in := &dynamodb.UpdateItemInput{
			TableName: table, Key: key, UpdateExpression: aws.String(tt.update),
			ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
		}
		if tt.values != "" {
			in.ExpressionAttributeValues = item(tt.values)
		}
		out, err := c.UpdateItem(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		cc := out.ConsumedCapacity
		index := 0.0
		if u, ok := cc.GlobalSecondaryIndexes["GameTitleIndex"]; ok {
			index = aws.ToFloat64(u.CapacityUnits)
		}
		if index != tt.index || aws.ToFloat64(cc.Table.CapacityUnits) != 1 || aws.ToFloat64(cc.CapacityUnits) != 1+tt.index {
			t.Errorf("%s: %v units for the index, %v for the table, %v in all; want %v, 1, %v",
				tt.what, index, aws.ToFloat64(cc.Table.CapacityUnits), aws.ToFloat64(cc.CapacityUnits), tt.index, 1+tt.index)
		}
	}

	// Eight entries of 2000 bytes are 16 KB: two units. UserId, GameTitle and TopScore make 6+1, 9+1 and 8+2 bytes.
	for i := range 8 {
		put(t, c, table, fmt.Sprintf(`{"UserId":"%d","GameTitle":"X","TopScore":%d,"Wins":%q,"Losses":%q}`,
			i, i+1, strings.Repeat("w", 2000-7-10-10-4), strings.Repeat("l", 5000)))
	}
	out := byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :g"), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
	}, `{":g":"X"}`, 8)
	cc := out.ConsumedCapacity
	if got := cc.GlobalSecondaryIndexes["GameTitleIndex"]; aws.ToFloat64(got.CapacityUnits) != 2 || *cc.CapacityUnits != 2 ||
		cc.Table == nil || aws.ToFloat64(cc.Table.CapacityUnits) != 0 {
		t.Errorf("capacity of a query: %v in all, %v of the index, table %+v", *cc.CapacityUnits, aws.ToFloat64(got.CapacityUnits), cc.Table)
	}
	if _, ok := out.Items[0]["Losses"]; ok || len(out.Items[0]) != 4 {
		t.Errorf("attributes of an index that includes Wins: %d", len(out.Items[0]))
	}
}

// TestAddIndex adds an index to a table that is being written, and deletes it.
func TestAddIndex(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "GameScores")
	create(t, c, table, nil, "UserId:S", "GameTitle:S")
	load(t, c, map[string][]string{*table: gameScores})
	// One item can't be in the index: its TopScore is no number.
	put(t, c, table, `{"UserId":"999","GameTitle":"Galaxy Invaders","TopScore":"unknown"}`)

	var written atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(
					fmt.Sprintf(`{"UserId":"w%d-%d","GameTitle":"Galaxy Invaders","TopScore":%d}`, w, n, 10_000+n))})
				if err != nil {
					t.Errorf("a write while the index is made: %v", err)
					return
				}
				written.Add(1)
			}
		})
	}
	_, err := c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: table, AttributeDefinitions: definitions("GameTitle:S", "TopScore:N"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("GameTitleIndex"), KeySchema: schema("GameTitle", "TopScore"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"Wins"}},
		}}},
	})
	if err != nil {
		close(stop)
		t.Fatal(err)
	}
	status := func(ctx context.Context) (types.IndexStatus, types.TableStatus) {
		d, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: table})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Table.GlobalSecondaryIndexes) == 0 {
			return "", d.Table.TableStatus
		}
		return d.Table.GlobalSecondaryIndexes[0].IndexStatus, d.Table.TableStatus
	}
	eventually(t, "the index is active", func(ctx context.Context) bool {
		index, whole := status(ctx)
		return index == types.IndexStatusActive && whole == types.TableStatusActive
	})
	close(stop)
	wg.Wait()

	out := byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :g AND TopScore BETWEEN :a AND :b"),
	}, `{":g":"Galaxy Invaders",":a":0,":b":9999}`, 3)
	sameItems(t, "from before the index", out.Items,
		`{"UserId":"102","GameTitle":"Galaxy Invaders","TopScore":0,"Wins":0}`,
		`{"UserId":"103","GameTitle":"Galaxy Invaders","TopScore":2317,"Wins":40}`,
		`{"UserId":"101","GameTitle":"Galaxy Invaders","TopScore":5842,"Wins":21}`)
	byGame(t, c, table, dynamodb.QueryInput{
		KeyConditionExpression: aws.String("GameTitle = :g AND TopScore >= :a"),
	}, `{":g":"Galaxy Invaders",":a":10000}`, int(written.Load()))

	again := &dynamodb.UpdateTableInput{
		TableName: table, AttributeDefinitions: definitions("GameTitle:S", "TopScore:N"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("GameTitleIndex"), KeySchema: schema("GameTitle", "TopScore"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}},
	}
	_, err = c.UpdateTable(t.Context(), again)
	fails(t, err, "ValidationException", "Attempting to create an index which already exists")

	remove := &dynamodb.UpdateTableInput{
		TableName: table,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("GameTitleIndex")},
		}},
	}
	if _, err = c.UpdateTable(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the index is gone", func(ctx context.Context) bool {
		index, whole := status(ctx)
		return index == "" && whole == types.TableStatusActive
	})
	_, err = c.UpdateTable(t.Context(), remove)
	fails(t, err, "ResourceNotFoundException", "")
}
