package sdk
import ("testing";"fmt"
"github.com/aws/aws-sdk-go-v2/service/dynamodb"
"github.com/aws/aws-sdk-go-v2/aws"
"github.com/statordb/stator/tests/harness"
"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)
// TestZZ loops until a batch is done: a read of more than 16 MB comes in parts.
func TestZZ(t *testing.T) {
	t.Parallel()
	c, table := dynamodb.NewFromConfig(harness.Shared(t).Config, func(o *dynamodb.Options){o.ClientLogMode=aws.LogRetries|aws.LogResponse}), own(t, "Items")
	create(t, c, table, nil, "P:S")
	const count = 60
	request := map[string][]types.WriteRequest{}
	var keys []Item
	flush := func() {
		for len(request) > 0 {
			out, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: request})
			if err != nil {
				t.Fatal(err)
			}
			request = out.UnprocessedItems
		}
		request = map[string][]types.WriteRequest{}
	}
	for i := range count {
		key := fmt.Sprintf("%02d", i)
		keys = append(keys, item(fmt.Sprintf(`{"P":%q}`, key)))
		request[*table] = append(request[*table], types.WriteRequest{PutRequest: &types.PutRequest{Item: item(sized(key, 300*kb))}})
		if len(request[*table]) == 25 {
			flush()
		}
	}
	flush()
	seen := map[string]bool{}
	rounds := 0
	for pending := map[string]types.KeysAndAttributes{*table: {Keys: keys}}; len(pending) > 0; rounds++ {
		out, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: pending})
		if err != nil {
			t.Fatal(err)
		}
		got := out.Responses[*table]
		// The reference: of items of 300 KB, 52 are returned, so as not to exceed 16 MB.
		if rounds == 0 && (len(got) < 52 || len(got) > 54 || len(got)+len(out.UnprocessedKeys[*table].Keys) != count) {
			t.Errorf("%d items and %d unprocessed keys", len(got), len(out.UnprocessedKeys[*table].Keys))
		}
		if len(got) == 0 {
			t.Fatal("no progress")
		}
		for _, i := range got {
			seen[show(i["P"])] = true
		}
		pending = out.UnprocessedKeys
	}
	if len(seen) != count || rounds != 2 {
		t.Errorf("%d items in %d rounds", len(seen), rounds)
	}
}

