package servers

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/fleet"
)

// takeover is how long work rests when the server that was doing it is gone.
const takeover = 10 * time.Second

// An index is added while all servers write, and dropped and added again: it has every item and nothing else.
func TestIndexAddedWhileOthersWrite(t *testing.T) {
	t.Parallel()
	fleet.Each(t, 3, nil, func(t *testing.T, f *fleet.Fleet) {
		name := newTable(t, f)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var writing sync.WaitGroup
		var written atomic.Int64
		for n := range 6 {
			c := client(f.Servers[n%3].Config)
			writing.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					pk := fmt.Sprintf("%d-%d", n, i%50)
					_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item{"pk": str(pk), "tag": str(strconv.Itoa(i % 7))}})
					if err != nil {
						t.Error(err)
						return
					}
					written.Add(1)
				}
			})
		}
		all := clients(f)
		for round := range 2 {
			index := fmt.Sprintf("by-tag%d", round)
			_, err := all[round].UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &name,
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("tag"), AttributeType: "S"}},
				GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{IndexName: &index,
					KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("tag"), KeyType: "HASH"}},
					Projection: &types.Projection{ProjectionType: "ALL"}}}}})
			must(t, err)
			everywhere(t, f, patience, "the index", "ACTIVE", func(c aws.Config) string { return indexStatus(t.Context(), c, name, index) })
			if round == 0 {
				_, err := all[2].UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &name,
					GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &index}}}})
				must(t, err)
				everywhere(t, f, patience, "the index is dropped", "", func(c aws.Config) string { return indexStatus(t.Context(), c, name, index) })
			}
		}
		stop()
		writing.Wait()
		if t.Failed() {
			return
		}
		inTable, inIndex := contents(t, all[0], name, nil), contents(t, all[1], name, aws.String("by-tag1"))
		for pk, tag := range inTable {
			if inIndex[pk] != tag {
				t.Errorf("item %s has tag %s, in the index %q", pk, tag, inIndex[pk])
			}
		}
		if len(inIndex) != len(inTable) {
			t.Errorf("%d items, %d in the index", len(inTable), len(inIndex))
		}
		t.Logf("%d writes", written.Load())
		f.Check(t)
	})
}

// indexStatus is that of an index, "" if there is none.
func indexStatus(ctx context.Context, c aws.Config, table, index string) string {
	out, err := client(c).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return code(err)
	}
	for _, x := range out.Table.GlobalSecondaryIndexes {
		if *x.IndexName == index {
			return string(x.IndexStatus)
		}
	}
	return ""
}

// contents are the tags of all items by their keys.
func contents(t *testing.T, c *dynamodb.Client, table string, index *string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for pages := dynamodb.NewScanPaginator(c, &dynamodb.ScanInput{TableName: &table, IndexName: index}); pages.HasMorePages(); {
		out, err := pages.NextPage(t.Context())
		must(t, err)
		for _, it := range out.Items {
			all[it["pk"].(*types.AttributeValueMemberS).Value] = it["tag"].(*types.AttributeValueMemberS).Value
		}
	}
	return all
}

// Whoever does a piece of work in the background is killed. Another goes on within ten seconds: items expire, and an index that
// was begun gets filled.
func TestTakeover(t *testing.T) {
	t.Parallel()
	fleet.Each(t, 3, nil, func(t *testing.T, f *fleet.Fleet) {
		name := newTable(t, f)
		all := clients(f)
		_, err := all[0].UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: &name,
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)}})
		must(t, err)
		expires := func(by *dynamodb.Client, pk string, within time.Duration) {
			t.Helper()
			key := item{"pk": str(pk)}
			_, err := by.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name,
				Item: item{"pk": str(pk), "expires": &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Unix()-1, 10)}}})
			must(t, err)
			eventually(t, within, "an item that expires", func() (string, string) {
				out, err := by.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: aws.Bool(true)})
				if err != nil {
					return code(err), ""
				}
				return fmt.Sprint(len(out.Item)), "0"
			})
		}
		expires(all[0], "before", patience) // somebody has the lease by now
		for killed := range 2 {             // whoever it is, one of the kills takes it
			index := fmt.Sprintf("index%d", killed)
			_, err := all[killed].UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &name,
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("tag"), AttributeType: "S"}},
				GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{IndexName: &index,
					KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("tag"), KeyType: "HASH"}},
					Projection: &types.Projection{ProjectionType: "KEYS_ONLY"}}}}})
			must(t, err)
			f.Servers[killed].Kill()
			expires(all[2], fmt.Sprint(killed), takeover)
			// Its steps wait for writes by the definition before, of the server that is gone, too.
			eventually(t, 3*takeover, "the index", func() (string, string) { return indexStatus(t.Context(), f.Servers[2].Config, name, index), "ACTIVE" })
		}
		for _, s := range f.Servers {
			s.Start(t)
		}
		f.Check(t)
	})
}
