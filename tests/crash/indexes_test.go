package crash_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexShape is what an index looks like. Its sort key, if any, is a number.
type indexShape struct {
	name, hash, sort string
	local            bool
	project          []string // nil for all
}

// numeric are the key attributes that are numbers; all others are strings.
func numeric(name string) bool {
	return slices.Contains([]string{"sk", "rank", "weight", "amount"}, name)
}

func definition(name string) types.AttributeDefinition {
	kind := types.ScalarAttributeTypeS
	if numeric(name) {
		kind = types.ScalarAttributeTypeN
	}
	return types.AttributeDefinition{AttributeName: &name, AttributeType: kind}
}

func schema(names ...string) []types.KeySchemaElement {
	kinds := []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}
	var s []types.KeySchemaElement
	for i, name := range names {
		if name != "" {
			s = append(s, types.KeySchemaElement{AttributeName: &name, KeyType: kinds[i]})
		}
	}
	return s
}

// projection is given by the attributes that are in no key.
func (x indexShape) projection(tableKeys []string) *types.Projection {
	if x.project == nil {
		return &types.Projection{ProjectionType: types.ProjectionTypeAll}
	}
	var rest []string
	for _, name := range x.project {
		if name != x.hash && name != x.sort && !slices.Contains(tableKeys, name) {
			rest = append(rest, name)
		}
	}
	if rest == nil {
		return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	}
	return &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: rest}
}

func createTable(ctx context.Context, client *dynamodb.Client, name string, s shape) error {
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema(s.keys...)}
	attributes := slices.Clone(s.keys)
	for _, x := range s.indexes {
		for _, a := range []string{x.hash, x.sort} {
			if a != "" && !slices.Contains(attributes, a) {
				attributes = append(attributes, a)
			}
		}
		if x.local {
			in.LocalSecondaryIndexes = append(in.LocalSecondaryIndexes, types.LocalSecondaryIndex{
				IndexName: &x.name, KeySchema: schema(x.hash, x.sort), Projection: x.projection(s.keys),
			})
		} else {
			in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
				IndexName: &x.name, KeySchema: schema(x.hash, x.sort), Projection: x.projection(s.keys),
			})
		}
	}
	if s.stream {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages}
	}
	for _, a := range attributes {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definition(a))
	}
	_, err := client.CreateTable(ctx, in)
	if err != nil {
		return fmt.Errorf("create %s: %w", name, err)
	}
	return nil
}

// expect returns what the index holds for items, by the value of its hash key.
func (x indexShape) expect(items []item) map[string][]item {
	want := make(map[string][]item)
	for _, it := range items {
		if it[x.hash] == nil || x.sort != "" && it[x.sort] == nil {
			continue
		}
		entry := it
		if x.project != nil {
			entry = only(it, x.project...)
		}
		value := text(it[x.hash])
		want[value] = append(want[value], entry)
	}
	return want
}

// verify compares the index with the items of its table, by scan and by query.
func (x indexShape) verify(ctx context.Context, l *load, table string, keys []string, items []item) error {
	want := x.expect(items)
	var all []item
	for value, entries := range want {
		all = append(all, entries...)
		got, err := x.query(ctx, l.client, table, value)
		if err != nil {
			return fmt.Errorf("query %s.%s: %w", table, x.name, err)
		}
		what := fmt.Sprintf("query of %s.%s with %s = %q", table, x.name, x.hash, value)
		compareEntries(what, got, entries, l.found)
		if x.sort != "" && !slices.IsSortedFunc(got, func(a, b item) int { return number(a[x.sort]) - number(b[x.sort]) }) {
			l.found.add("%s: not in the order of %s", what, x.sort)
		}
	}
	got, err := scan(ctx, l.client, table, x.name)
	if err != nil {
		return fmt.Errorf("scan %s.%s: %w", table, x.name, err)
	}
	compareEntries(fmt.Sprintf("scan of %s.%s", table, x.name), got, all, l.found)
	return nil
}

func (x indexShape) query(ctx context.Context, client *dynamodb.Client, table, value string) ([]item, error) {
	in := &dynamodb.QueryInput{
		TableName: &table, IndexName: &x.name, ConsistentRead: &x.local,
		KeyConditionExpression:    aws.String("#h = :h"),
		ExpressionAttributeNames:  map[string]string{"#h": x.hash},
		ExpressionAttributeValues: item{":h": str(value)},
	}
	var all []item
	for pages := dynamodb.NewQueryPaginator(client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}

// compareEntries reports what is missing, wrong or too much.
func compareEntries(what string, got, want []item, found *findings) {
	count := make(map[string]int)
	for _, it := range want {
		count[render(it)]++
	}
	for _, it := range got {
		if count[render(it)]--; count[render(it)] < 0 {
			found.add("%s: has %s, the table has not", what, brief(it))
		}
	}
	for _, it := range want {
		if count[render(it)] > 0 {
			count[render(it)]--
			found.add("%s: lacks %s", what, brief(it))
		}
	}
}
