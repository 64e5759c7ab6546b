package linear_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// items are single items: read, written, written on a condition, added to, deleted.
type items struct {
	table string
	n     int
	last  [itemKeys]string // what was written last, for conditions that are sometimes true
}

const itemKeys = 3

// itemState is an item.
type itemState struct {
	there bool
	v     string
	n     int
}

type itemIn struct {
	op      string
	key     int
	v, want string
	n       int
}

func (in itemIn) String() string {
	switch in.op {
	case "swap":
		return fmt.Sprintf("swap(%d, %s, %s)", in.key, in.want, in.v)
	case "add":
		return fmt.Sprintf("add(%d, %d)", in.key, in.n)
	}
	return fmt.Sprintf("%s(%d %s)", in.op, in.key, in.v)
}

// itemOut is whether the condition was true, and the item that was returned.
type itemOut struct {
	ok   bool
	item itemState
}

func (out itemOut) String() string {
	text := "nothing"
	if out.item.there {
		text = fmt.Sprintf("{%s %d}", out.item.v, out.item.n)
	}
	if !out.ok {
		return "refused, " + text
	}
	return text
}

// applyItem is the model of one item.
func applyItem(s itemState, in itemIn) (itemOut, itemState) {
	ok := true
	switch in.op {
	case "get":
		return itemOut{true, s}, s
	case "putNew":
		ok = !s.there
	case "swap":
		ok = s.there && s.v == in.want
	}
	if !ok {
		return itemOut{false, s}, s
	}
	switch in.op {
	case "delete":
		return itemOut{true, s}, itemState{}
	case "add": // answers what it has become
		next := itemState{true, s.v, s.n + in.n}
		return itemOut{true, next}, next
	case "swap":
		return itemOut{true, s}, itemState{true, in.v, s.n}
	}
	return itemOut{true, s}, itemState{true, in.v, 0}
}

func (*items) model() porcupine.Model {
	m := modelOf(applyItem)
	m.Partition = func(history []porcupine.Operation) [][]porcupine.Operation {
		var parts [itemKeys][]porcupine.Operation
		for _, op := range history {
			key := op.Input.(itemIn).key
			parts[key] = append(parts[key], op)
		}
		return parts[:]
	}
	return m
}

func (s *items) prepare(ctx context.Context, client *dynamodb.Client) error {
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &s.table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "N"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	return err
}

func (s *items) next(r *rand.Rand) request {
	s.n++
	ops := []string{"get", "get", "get", "put", "put", "putNew", "swap", "swap", "swap", "add", "add", "delete"}
	in := itemIn{op: ops[r.IntN(len(ops))], key: r.IntN(itemKeys)}
	switch in.op {
	case "put", "putNew":
		in.v = fmt.Sprintf("v%d", s.n)
		s.last[in.key] = in.v
	case "swap":
		in.v, in.want = fmt.Sprintf("v%d", s.n), s.last[in.key]
		if in.want == "" {
			in.want = "v"
		}
		s.last[in.key] = in.v
	case "add":
		in.n = 1 + r.IntN(9)
	}
	return request{in, func(ctx context.Context, client *dynamodb.Client) (any, error) { return s.send(ctx, client, in) }}
}

func (s *items) send(ctx context.Context, client *dynamodb.Client, in itemIn) (any, error) {
	key := map[string]types.AttributeValue{"pk": number(in.key)}
	whole := map[string]types.AttributeValue{"pk": number(in.key), "v": text(in.v), "n": number(0)}
	onFailure := types.ReturnValuesOnConditionCheckFailureAllOld
	var returned map[string]types.AttributeValue
	var err error
	switch in.op {
	case "get":
		var out *dynamodb.GetItemOutput
		if out, err = client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: aws.Bool(true)}); err == nil {
			returned = out.Item
		}
	case "put", "putNew":
		put := &dynamodb.PutItemInput{TableName: &s.table, Item: whole, ReturnValues: types.ReturnValueAllOld, ReturnValuesOnConditionCheckFailure: onFailure}
		if in.op == "putNew" {
			put.ConditionExpression = aws.String("attribute_not_exists(pk)")
		}
		var out *dynamodb.PutItemOutput
		if out, err = client.PutItem(ctx, put); err == nil {
			returned = out.Attributes
		}
	case "swap":
		var out *dynamodb.UpdateItemOutput
		if out, err = client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: key,
			UpdateExpression: aws.String("SET v = :v"), ConditionExpression: aws.String("v = :want"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": text(in.v), ":want": text(in.want)},
			ReturnValues:              types.ReturnValueAllOld, ReturnValuesOnConditionCheckFailure: onFailure,
		}); err == nil {
			returned = out.Attributes
		}
	case "add":
		var out *dynamodb.UpdateItemOutput
		if out, err = client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: key,
			UpdateExpression:          aws.String("ADD n :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": number(in.n)},
			ReturnValues:              types.ReturnValueAllNew,
		}); err == nil {
			returned = out.Attributes
		}
	case "delete":
		var out *dynamodb.DeleteItemOutput
		if out, err = client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: key, ReturnValues: types.ReturnValueAllOld}); err == nil {
			returned = out.Attributes
		}
	}
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return itemOut{false, itemOf(failed.Item)}, nil
	}
	return itemOut{true, itemOf(returned)}, err
}

func itemOf(a map[string]types.AttributeValue) itemState {
	if a == nil {
		return itemState{}
	}
	return itemState{true, textOf(a["v"]), numberOf(a["n"])}
}
