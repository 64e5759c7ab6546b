package dynamodb

import (
	"context"
	"fmt"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// transactGetItemsCall is a TransactGetItems.
type transactGetItemsCall struct {
	base
	given int // elements of the request; those beyond the limit are not read
	gets  []transactGet
}

// transactGet is one element of TransactItems.
type transactGet struct {
	given      bool
	tableName  text
	key        attribute.Value
	badKey     *attribute.Error
	expression text
	ph         placeholders
	projection *expression.Projection

	subject subject
}

// transactGetItems decodes TransactGetItems.
func (s *Service) transactGetItems(req *awsapi.Request) (awsapi.Call, error) {
	c := &transactGetItemsCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "TransactItems":
			given = true
			return r.elements(func() error {
				if c.given++; c.given > maxTransact {
					return r.Scan.Skip()
				}
				var g transactGet
				err := g.read(r)
				c.gets = append(c.gets, g)
				return err
			})
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.required("transactItems", given)
	if given {
		v.count("transactItems", c.given, 1, maxTransact, emptyList)
	}
	for i, g := range c.gets {
		at := fmt.Sprintf("transactItems.%d.member.get", i+1)
		v.required(at, g.given)
		if g.given {
			v.required(at+".key", g.key != nil)
			v.tableAt(at+".tableName", g.tableName)
		}
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	for i := range c.gets {
		g := &c.gets[i]
		if err := g.ph.check([]param{{"ProjectionExpression", g.expression.set}}, nil); err != nil {
			return nil, err
		}
		if err := invalid(g.badKey); err != nil {
			return nil, err
		}
		var err error
		if g.projection, err = g.ph.chosen(g.expression, nil); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (g *transactGet) read(r *reader) error {
	return r.structure("TransactGetItem", func(name []byte) error {
		if string(name) != "Get" {
			return r.Scan.Skip()
		}
		g.given = true
		return r.structure("Get", func(name []byte) error {
			switch string(name) {
			case "TableName":
				return r.text(&g.tableName)
			case "Key":
				return r.item(&g.key, &g.badKey)
			case "ProjectionExpression":
				return r.text(&g.expression)
			case "ExpressionAttributeNames":
				return r.names(&g.ph.Names)
			}
			return r.Scan.Skip()
		})
	})
}

// Needs implements awsapi.Call: a transaction needs the permissions of its parts.
func (c *transactGetItemsCall) Needs() []policy.Need {
	var needs []policy.Need
	for i := range c.gets {
		g := &c.gets[i]
		g.subject = c.s.subject(c.req, g.tableName.value)
		needs = append(needs, g.subject.need("dynamodb:GetItem", "", under{enclosingRead, &getItemCall{
			base: base{returnCapacity: c.returnCapacity, subject: g.subject}, key: g.key, projection: g.projection}}))
	}
	return needs
}

// Run implements awsapi.Call.
func (c *transactGetItemsCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	reads := make([]table.Read, len(c.gets))
	errs := make([]error, len(c.gets))
	failed := false
	seen := distinct{}
	for i := range c.gets {
		g := &c.gets[i]
		d, err := c.s.table(ctx, c.req, g.tableName.value, &g.subject)
		if err != nil {
			return dst, err
		}
		if err := checkProjected(g.projection, d); err != nil {
			return dst, err
		}
		if errs[i] = checkKey(d, g.key); errs[i] != nil {
			failed = true
			continue
		}
		if !seen.add(d.ID, d.KeyOf(nil, g.key)) {
			return dst, errTransactTwice
		}
		reads[i] = table.Read{Table: d, Key: g.key}
	}
	for i := range c.gets {
		if !failed {
			errs[i] = c.s.mayRead(reads[i].Table, nil)
		}
	}
	if failed || slices.ContainsFunc(errs, isThrottled) {
		return dst, canceled(errs)
	}
	err := c.s.store.Get(ctx, reads, func(items []attribute.Value) error {
		size := 0
		for _, item := range items {
			size += attribute.ItemSize(item)
		}
		if size > maxTransactBytes {
			return errTransactReads
		}
		dst = c.append(dst, reads, items)
		return nil
	})
	return dst, err
}

func (c *transactGetItemsCall) append(dst []byte, reads []table.Read, items []attribute.Value) []byte {
	dst = append(dst, `{"Responses":[`...)
	var usage usageByTable
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if item != nil {
			dst = append(dst, `"Item":`...)
			dst = projected(c.gets[i].projection, item).AppendItemJSON(dst)
		}
		dst = append(dst, '}')
		used := usage.of(reads[i].Table, c.gets[i].tableName.value)
		used.read, used.transact = true, true
		used.own += 2 * readHalves(attribute.ItemSize(item), true)
	}
	for i := range usage {
		c.s.paidRead(&usage[i])
	}
	dst = append(dst, ']')
	dst = appendCapacities(dst, usage, c.returnCapacity)
	return append(dst, '}')
}
