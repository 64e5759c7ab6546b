package linear_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// transactions read and write some of a few registers in two tables at once. All registers are one state, so that a
// transaction that is seen by half, or two that each rely on what the other changes, are found.
type transactions struct {
	tables [2]string
	n      int
	seen   registers // what was read or written last, for conditions that are often true
}

const registerCount = 4

// registers are the values of all registers; 0 is nothing.
type registers [registerCount]int

// part is what a transaction does to one register.
type part struct {
	op          string // "" for nothing
	conditional bool
	want, value int
}

type transactionIn struct {
	write bool
	parts [registerCount]part
}

// plain says whether it is a GetItem or PutItem, which must get along with transactions.
func (in transactionIn) plain() (register int, ok bool) {
	n := 0
	for i, p := range in.parts {
		if p.op != "" {
			register = i
			n++
		}
	}
	p := in.parts[register]
	return register, n == 1 && !p.conditional && (p.op == "get" || p.op == "put")
}

func (in transactionIn) String() string {
	var parts []string
	for i, p := range in.parts {
		if p.op == "" {
			continue
		}
		text := fmt.Sprintf("%s %d", p.op, i)
		if p.op == "put" || p.op == "add" {
			text += fmt.Sprintf("=%d", p.value)
		}
		if p.conditional {
			text += fmt.Sprintf(" if %d", p.want)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// transactionOut is what was read, or which conditions were false.
type transactionOut struct {
	refused bool
	failed  [registerCount]bool
	values  registers
}

func (out transactionOut) String() string {
	if out.refused {
		return fmt.Sprintf("refused %v", out.failed)
	}
	return fmt.Sprint(out.values)
}

// applyTransaction is the model.
func applyTransaction(s registers, in transactionIn) (transactionOut, registers) {
	var out transactionOut
	for i, p := range in.parts {
		if p.op == "get" {
			out.values[i] = s[i]
		}
		if p.conditional && s[i] != p.want {
			out.refused, out.failed[i] = true, true
		}
	}
	if out.refused {
		return out, s
	}
	for i, p := range in.parts {
		switch p.op {
		case "put":
			s[i] = p.value
		case "add":
			s[i] += p.value
		case "delete":
			s[i] = 0
		}
	}
	return out, s
}

func (*transactions) model() porcupine.Model { return modelOf(applyTransaction) }

func (s *transactions) prepare(ctx context.Context, client *dynamodb.Client) error {
	for _, name := range s.tables {
		if err := (&items{table: name}).prepare(ctx, client); err != nil {
			return err
		}
	}
	return nil
}

func (s *transactions) next(r *rand.Rand) request {
	in := transactionIn{write: r.IntN(3) > 0}
	for in.parts == [registerCount]part{} {
		for i := range in.parts {
			if r.IntN(2) == 0 {
				continue
			}
			if !in.write {
				in.parts[i].op = "get"
				continue
			}
			s.n++
			in.parts[i] = part{op: []string{"put", "add", "add", "add", "delete", "check"}[r.IntN(6)], value: 100 * s.n, want: s.seen[i]}
			in.parts[i].conditional = in.parts[i].op == "check" || r.IntN(4) == 0
		}
	}
	if in.write {
		_, s.seen = applyTransaction(s.seen, in)
	}
	return request{in, func(ctx context.Context, client *dynamodb.Client) (any, error) {
		if register, ok := in.plain(); ok {
			return s.sendPlain(ctx, client, register, in)
		}
		if in.write {
			return s.sendWrite(ctx, client, in)
		}
		return s.sendRead(ctx, client, in)
	}}
}

// place is where a register is.
func (s *transactions) place(register int) (table *string, key map[string]types.AttributeValue) {
	return &s.tables[register%len(s.tables)], map[string]types.AttributeValue{"pk": number(register)}
}

func (s *transactions) sendPlain(ctx context.Context, client *dynamodb.Client, register int, in transactionIn) (any, error) {
	table, item := s.place(register)
	if in.write {
		item["n"] = number(in.parts[register].value)
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item})
		return transactionOut{}, err
	}
	got, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: item, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	var out transactionOut
	out.values[register] = numberOf(got.Item["n"])
	return out, nil
}

func (s *transactions) sendRead(ctx context.Context, client *dynamodb.Client, in transactionIn) (any, error) {
	var gets []types.TransactGetItem
	var of []int
	for i, p := range in.parts {
		if p.op != "" {
			table, key := s.place(i)
			gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: table, Key: key}})
			of = append(of, i)
		}
	}
	got, err := client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: gets})
	if err != nil {
		return nil, err
	}
	var out transactionOut
	for i, r := range got.Responses {
		out.values[of[i]] = numberOf(r.Item["n"])
	}
	return out, nil
}

func (s *transactions) sendWrite(ctx context.Context, client *dynamodb.Client, in transactionIn) (any, error) {
	var writes []types.TransactWriteItem
	var of []int
	for i, p := range in.parts {
		if p.op != "" {
			writes = append(writes, s.write(i, p))
			of = append(of, i)
		}
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return transactionOut{}, err
	}
	out := transactionOut{refused: true}
	for i, reason := range cancelled.CancellationReasons {
		switch code := aws.ToString(reason.Code); code {
		case "None":
		case "ConditionalCheckFailed":
			out.failed[of[i]] = true
		default:
			return nil, fmt.Errorf("cancelled for %s: %w", code, err)
		}
	}
	return out, nil
}

// write is one write of a transaction.
func (s *transactions) write(register int, p part) types.TransactWriteItem {
	table, key := s.place(register)
	var condition *string
	var values map[string]types.AttributeValue
	if p.conditional && p.want == 0 {
		condition = aws.String("attribute_not_exists(n)")
	} else if p.conditional {
		condition = aws.String("n = :want")
		values = map[string]types.AttributeValue{":want": number(p.want)}
	}
	switch p.op {
	case "put":
		key["n"] = number(p.value)
		return types.TransactWriteItem{Put: &types.Put{TableName: table, Item: key, ConditionExpression: condition, ExpressionAttributeValues: values}}
	case "delete":
		return types.TransactWriteItem{Delete: &types.Delete{TableName: table, Key: key, ConditionExpression: condition, ExpressionAttributeValues: values}}
	case "check":
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: table, Key: key, ConditionExpression: condition, ExpressionAttributeValues: values}}
	}
	if values == nil {
		values = map[string]types.AttributeValue{}
	}
	values[":n"] = number(p.value)
	return types.TransactWriteItem{Update: &types.Update{
		TableName: table, Key: key, UpdateExpression: aws.String("ADD n :n"),
		ConditionExpression: condition, ExpressionAttributeValues: values,
	}}
}
