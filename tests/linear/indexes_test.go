package linear_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexes are the items of one partition, and what queries of the table, of a global and of a local index see of them. An
// index is never behind its table, and a query sees all items as they were at one moment. DynamoDB promises neither for
// a global index; Stator does.
type indexes struct {
	table string
	n     int
}

const (
	cellCount = 5
	colours   = 3
)

// cell is an item; the zero value is none. v is 0 if it has no such attribute, and then it is not in the local index.
type cell struct{ colour, v int }

type cells [cellCount]cell

type indexIn struct {
	op        string
	key       int
	colour, v int
}

func (in indexIn) String() string {
	switch in.op {
	case "put":
		return fmt.Sprintf("put(%d, colour %d, %d)", in.key, in.colour, in.v)
	case "paint":
		return fmt.Sprintf("paint(%d, colour %d)", in.key, in.colour)
	case "global":
		return fmt.Sprintf("query(colour %d)", in.colour)
	}
	return fmt.Sprintf("%s(%d)", in.op, in.key)
}

// applyIndex is the model. A write answers what was there.
func applyIndex(s cells, in indexIn) (out, next cells) {
	switch in.op {
	case "put", "paint", "delete":
		out[in.key] = s[in.key]
	}
	switch in.op {
	case "put":
		s[in.key] = cell{in.colour, in.v}
	case "paint":
		s[in.key].colour = in.colour
	case "delete":
		s[in.key] = cell{}
	case "table":
		out = s
	default:
		for i, c := range s {
			if in.op == "global" && c.colour == in.colour || in.op == "local" && c.v != 0 {
				out[i] = c
			}
		}
	}
	return out, s
}

func (*indexes) model() porcupine.Model { return modelOf(applyIndex) }

func (s *indexes) prepare(ctx context.Context, client *dynamodb.Client) error {
	element := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	var attributes []types.AttributeDefinition
	for _, name := range []string{"pk", "sk", "colour", "v"} {
		attributes = append(attributes, types.AttributeDefinition{AttributeName: &name, AttributeType: "N"})
	}
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &s.table, BillingMode: types.BillingModePayPerRequest, AttributeDefinitions: attributes,
		KeySchema: []types.KeySchemaElement{element("pk", "HASH"), element("sk", "RANGE")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("global"), KeySchema: []types.KeySchemaElement{element("colour", "HASH")},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{
			IndexName: aws.String("local"), KeySchema: []types.KeySchemaElement{element("pk", "HASH"), element("v", "RANGE")},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{"colour"}},
		}},
	})
	return err
}

func (s *indexes) next(r *rand.Rand) request {
	s.n++
	ops := []string{"put", "put", "put", "paint", "paint", "delete", "global", "global", "global", "global", "table", "local"}
	in := indexIn{op: ops[r.IntN(len(ops))]}
	switch in.op {
	case "put", "paint", "delete":
		in.key = r.IntN(cellCount)
	}
	switch in.op {
	case "put":
		in.v = s.n
		fallthrough
	case "paint", "global":
		in.colour = 1 + r.IntN(colours)
	}
	return request{in, func(ctx context.Context, client *dynamodb.Client) (any, error) { return s.send(ctx, client, in) }}
}

func (s *indexes) send(ctx context.Context, client *dynamodb.Client, in indexIn) (any, error) {
	key := map[string]types.AttributeValue{"pk": number(1), "sk": number(in.key)}
	old := types.ReturnValueAllOld
	var was map[string]types.AttributeValue
	var err error
	switch in.op {
	case "put":
		key["colour"], key["v"] = number(in.colour), number(in.v)
		var out *dynamodb.PutItemOutput
		if out, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: key, ReturnValues: old}); err == nil {
			was = out.Attributes
		}
	case "paint":
		var out *dynamodb.UpdateItemOutput
		if out, err = client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: key, UpdateExpression: aws.String("SET colour = :c"), ReturnValues: old,
			ExpressionAttributeValues: map[string]types.AttributeValue{":c": number(in.colour)},
		}); err == nil {
			was = out.Attributes
		}
	case "delete":
		var out *dynamodb.DeleteItemOutput
		if out, err = client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: key, ReturnValues: old}); err == nil {
			was = out.Attributes
		}
	default:
		return s.query(ctx, client, in)
	}
	var out cells
	out[in.key] = cellOf(was)
	return out, err
}

func cellOf(a map[string]types.AttributeValue) cell {
	return cell{numberOf(a["colour"]), numberOf(a["v"])}
}

func (s *indexes) query(ctx context.Context, client *dynamodb.Client, in indexIn) (any, error) {
	query := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(in.op != "global"),
		KeyConditionExpression: aws.String("pk = :h"), ExpressionAttributeValues: map[string]types.AttributeValue{":h": number(1)},
	}
	switch in.op {
	case "global":
		query.IndexName, query.KeyConditionExpression = aws.String("global"), aws.String("colour = :h")
		query.ExpressionAttributeValues[":h"] = number(in.colour)
	case "local":
		query.IndexName = aws.String("local")
	}
	got, err := client.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	var out cells
	for _, it := range got.Items {
		i := numberOf(it["sk"])
		if i < 0 || i >= cellCount || out[i] != (cell{}) {
			return nil, fmt.Errorf("%d items, with number %d twice, or not one that was written", len(got.Items), i)
		}
		out[i] = cellOf(it)
	}
	return out, nil
}
