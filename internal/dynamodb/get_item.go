package dynamodb

import (
	"context"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// getItemCall is a GetItem.
type getItemCall struct {
	base
	key        attribute.Value
	consistent bool
	projection *expression.Projection
}

// getItem decodes GetItem.
func (s *Service) getItem(req *awsapi.Request) (awsapi.Call, error) {
	c := &getItemCall{base: base{s: s, req: req}}
	var (
		badKey     *attribute.Error
		projection text
		names      []string
		ph         placeholders
	)
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "TableName":
			return r.text(&c.tableName)
		case "Key":
			return r.item(&c.key, &badKey)
		case "ConsistentRead":
			return r.boolean(&c.consistent)
		case "ProjectionExpression":
			return r.text(&projection)
		case "ExpressionAttributeNames":
			return r.names(&ph.Names)
		case "AttributesToGet":
			return r.texts(&names)
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	if names != nil {
		v.count("attributesToGet", len(names), 1, maxNames, emptyList)
	}
	v.table(c.tableName)
	v.required("key", c.key != nil)
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := ph.check([]param{{"ProjectionExpression", projection.set}}, []param{{"AttributesToGet", names != nil}}); err != nil {
		return nil, err
	}
	if err := invalid(badKey); err != nil {
		return nil, err
	}
	var err error
	if c.projection, err = ph.chosen(projection, names); err != nil {
		return nil, err
	}
	return c, nil
}

// Needs implements awsapi.Call.
func (c *getItemCall) Needs() []policy.Need { return c.need("dynamodb:GetItem", "", c) }

// Values implements policy.Context.
func (c *getItemCall) Values(key string) ([]string, bool) {
	switch key {
	case keyLeading:
		return leading(c.subject.table, c.key)
	case keyAttributesRead:
		return names(c.key, readAttributes(c.projection, nil)), true
	case keySelect:
		return selected(c.projection != nil, false), true
	case keyReturnCapacity:
		return c.returnCapacity.values()
	}
	return c.subject.tag(key)
}

// Run implements awsapi.Call.
func (c *getItemCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	d, err := c.table(ctx)
	if err != nil {
		return dst, err
	}
	if err := checkKey(d, c.key); err != nil {
		return dst, err
	}
	if err := checkProjected(c.projection, d); err != nil {
		return dst, err
	}
	if err := c.s.mayRead(d, nil); err != nil {
		return dst, err
	}
	err = c.s.store.Get(ctx, []table.Read{{Table: d, Key: c.key}}, func(items []attribute.Value) error {
		dst = append(dst, '{')
		if items[0] != nil {
			dst = append(dst, `"Item":`...)
			dst = projected(c.projection, items[0]).AppendItemJSON(dst)
		}
		used := capacity{table: d, name: c.tableName.value, own: readHalves(attribute.ItemSize(items[0]), c.consistent)}
		c.s.paidRead(&used)
		dst = used.appendMember(dst, c.returnCapacity)
		dst = append(dst, '}')
		return nil
	})
	return dst, err
}

// checkProjected refuses a projection, which may be missing, that looks inside a key attribute.
func checkProjected(p *expression.Projection, d *table.Descriptor) error {
	if p == nil {
		return nil
	}
	return expressionError(p.CheckKeys(roles(d)))
}

// projected applies a projection that may be missing.
func projected(p *expression.Projection, item attribute.Value) attribute.Value {
	if p == nil {
		return item
	}
	return p.Apply(item)
}
