package dynamodb

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// transactWriteItemsCall is a TransactWriteItems.
type transactWriteItemsCall struct {
	base
	given            int // elements of the request; those beyond the limit are not read
	writes           []*transactWrite
	token            text
	returnCollection text
}

// transactWrite is one element of TransactItems.
type transactWrite struct {
	change
	kinds       []string // the members that were given; there must be one
	tableName   text
	badItem     *attribute.Error
	updateText  text
	conditionOf text
	onFailure   text
	ph          placeholders

	subject subject
}

// transactWriteItems decodes TransactWriteItems.
func (s *Service) transactWriteItems(req *awsapi.Request) (awsapi.Call, error) {
	c := &transactWriteItemsCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "TransactItems":
			given = true
			return r.elements(func() error {
				if c.given++; c.given > maxTransact {
					return r.Scan.Skip()
				}
				w := &transactWrite{}
				c.writes = append(c.writes, w)
				return w.read(r)
			})
		case "ClientRequestToken":
			return r.text(&c.token)
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		case "ReturnItemCollectionMetrics":
			return r.text(&c.returnCollection)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.enum("returnItemCollectionMetrics", c.returnCollection, collectionValues)
	v.length("clientRequestToken", c.token, 1, 36)
	v.required("transactItems", given)
	if given {
		v.count("transactItems", c.given, 1, maxTransact, emptyList)
	}
	for i, w := range c.writes {
		w.violations(&v, i)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	for _, w := range c.writes {
		if err := w.prepare(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (w *transactWrite) read(r *reader) error {
	return r.structure("TransactWriteItem", func(name []byte) error {
		kind := string(name)
		switch kind {
		case "ConditionCheck":
		case "Put":
			w.put = true
		case "Delete":
			w.remove = true
		case "Update":
		default:
			return r.Scan.Skip()
		}
		w.kinds = append(w.kinds, kind)
		return r.structure(kind, func(name []byte) error {
			switch string(name) {
			case "TableName":
				return r.text(&w.tableName)
			case "Key", "Item":
				if (string(name) == "Item") != (kind == "Put") {
					return r.Scan.Skip()
				}
				return r.item(&w.key, &w.badItem)
			case "UpdateExpression":
				return r.text(&w.updateText)
			case "ConditionExpression":
				return r.text(&w.conditionOf)
			case "ExpressionAttributeNames":
				return r.names(&w.ph.Names)
			case "ExpressionAttributeValues":
				return r.values(&w.ph.Values, &w.ph.invalid)
			case "ReturnValuesOnConditionCheckFailure":
				return r.text(&w.onFailure)
			}
			return r.Scan.Skip()
		})
	})
}

func (w *transactWrite) violations(v *violations, i int) {
	if len(w.kinds) != 1 {
		return
	}
	member := map[string]string{"ConditionCheck": "conditionCheck", "Put": "put", "Delete": "delete", "Update": "update"}[w.kinds[0]]
	at := fmt.Sprintf("transactItems.%d.member.%s.", i+1, member)
	if w.put {
		v.required(at+"item", w.key != nil)
	} else {
		v.required(at+"key", w.key != nil)
	}
	v.tableAt(at+"tableName", w.tableName)
	v.enum(at+"returnValuesOnConditionCheckFailure", w.onFailure, onFailureValues)
	switch w.kinds[0] {
	case "ConditionCheck":
		v.required(at+"conditionExpression", w.conditionOf.set)
	case "Update":
		v.required(at+"updateExpression", w.updateText.set)
	}
}

// prepare checks what can be checked without the table.
func (w *transactWrite) prepare() error {
	if len(w.kinds) != 1 {
		return awsapi.Validation("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	expressions := []param{{"ConditionExpression", w.conditionOf.set}}
	if w.kinds[0] == "Update" {
		expressions = []param{{"UpdateExpression", w.updateText.set}, {"ConditionExpression", w.conditionOf.set}}
	}
	if err := w.ph.check(expressions, nil); err != nil {
		return err
	}
	if err := invalid(w.badItem); err != nil {
		return err
	}
	if w.put && attribute.ItemSize(w.key) > maxItem {
		return errItemTooLarge
	}
	if err := w.ph.open(); err != nil {
		return err
	}
	var err error
	if w.kinds[0] == "Update" {
		if w.update, err = expression.ParseUpdate(w.updateText.value, &w.ph.Placeholders); err != nil {
			return expressionError(err)
		}
	}
	if w.condition, err = w.ph.condition("ConditionExpression", w.conditionOf); err != nil {
		return err
	}
	w.showItem = w.onFailure.value == "ALL_OLD"
	return w.ph.close()
}

// Needs implements awsapi.Call: a transaction needs the permissions of its parts.
func (c *transactWriteItemsCall) Needs() []policy.Need {
	var needs []policy.Need
	for _, w := range c.writes {
		action := map[string]string{"ConditionCheck": "dynamodb:ConditionCheckItem", "Put": "dynamodb:PutItem", "Delete": "dynamodb:DeleteItem",
			"Update": "dynamodb:UpdateItem"}[w.kinds[0]]
		w.subject = c.s.subject(c.req, w.tableName.value)
		needs = append(needs, w.subject.need(action, "", under{enclosingWrite, &writeItem{
			base: base{returnCapacity: c.returnCapacity, subject: w.subject}, change: w.change}}))
	}
	return needs
}

// Run implements awsapi.Call.
func (c *transactWriteItemsCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	var (
		writes  []table.Write
		written []table.Written
	)
	repeated := false
	subjects := make([]*subject, len(c.writes))
	for i, w := range c.writes {
		subjects[i] = &w.subject
	}
	err := planned(func() error {
		var err error
		if writes, err = c.plan(ctx); err != nil {
			return err
		}
		written, repeated, err = c.s.writeAll(ctx, writes, c.idempotency())
		return err
	}, subjects...)
	if err != nil {
		return dst, err
	}
	if repeated {
		return c.appendRepeated(ctx, dst, writes)
	}
	return c.append(dst, writes, written), nil
}

// idempotency is the client's token, nil if there is none. Two requests are the same if their items are.
func (c *transactWriteItemsCall) idempotency() *table.Token {
	if !c.token.set {
		return nil
	}
	h := sha256.New()
	for _, w := range c.writes {
		fmt.Fprintf(h, "%s %q %q %q %q %d:", w.kinds[0], w.tableName.value, w.updateText.value, w.conditionOf.value, w.onFailure.value, len(w.key))
		h.Write(sorted(w.key))
		for _, key := range sortedKeys(w.ph.Names) {
			fmt.Fprintf(h, "%q=%q,", key, w.ph.Names[key])
		}
		for _, key := range sortedKeys(w.ph.Values) {
			v := sorted(w.ph.Values[key])
			fmt.Fprintf(h, "%q=%d:", key, len(v))
			h.Write(v)
		}
	}
	return &table.Token{Scope: table.Scope{Account: c.req.Caller.Account, Region: c.req.Region}, Value: c.token.value,
		Hash: [32]byte(h.Sum(nil)), Lifetime: idempotencyLifetime}
}

// sorted is v with the members of its maps in order: a client may send them in another each time.
func sorted(v attribute.Value) attribute.Value {
	switch v.Kind() {
	case attribute.List:
		var elems []attribute.Value
		for e := range v.Elements() {
			elems = append(elems, sorted(e))
		}
		return attribute.NewList(elems)
	case attribute.Map:
		fields := make(map[string]attribute.Value, v.Count())
		for name, elem := range v.Fields() {
			fields[string(name)] = sorted(elem)
		}
		var b attribute.MapBuilder
		for _, name := range sortedKeys(fields) {
			b.Add(name, fields[name])
		}
		return b.Value()
	}
	return v
}

// plan checks the changes against their tables.
func (c *transactWriteItemsCall) plan(ctx context.Context) ([]table.Write, error) {
	writes := make([]table.Write, len(c.writes))
	errs := make([]error, len(c.writes))
	failed := false
	size := 0
	seen := distinct{}
	for i, w := range c.writes {
		d, err := c.s.table(ctx, c.req, w.tableName.value, &w.subject)
		if err != nil {
			return nil, err
		}
		size += attribute.ItemSize(w.key)
		if errs[i] = w.check(d); errs[i] != nil {
			failed = true
			continue
		}
		if !seen.add(d.ID, d.KeyOf(nil, w.key)) {
			return nil, errTransactTwice
		}
		writes[i] = w.write(d)
	}
	if size > maxTransactBytes {
		return nil, awsapi.Validation("Member must have length less than or equal to 4194304")
	}
	if failed {
		return nil, canceled(errs)
	}
	return writes, nil
}

func (c *transactWriteItemsCall) append(dst []byte, writes []table.Write, written []table.Written) []byte {
	var usage usageByTable
	var touched []touchedCollection
	for i, done := range written {
		used := usage.of(writes[i].Table, c.writes[i].tableName.value)
		used.transact = true
		used.wrote(attribute.ItemSize(done.Old), attribute.ItemSize(done.New), done.Indexes)
		touched = append(touched, touchedCollection{c.writes[i].tableName.value, writes[i].Table, writes[i].Key})
	}
	for i := range usage {
		c.s.paidWrite(&usage[i])
	}
	dst = append(dst, '{')
	dst = appendCapacities(dst, usage, c.returnCapacity)
	if c.returnCollection.value == "SIZE" {
		dst = appendCollections(dst, touched)
	}
	return append(dst, '}')
}

// appendRepeated answers a transaction that was done before: nothing was written, and what it read is what was consumed
// (API reference, ClientRequestToken).
func (c *transactWriteItemsCall) appendRepeated(ctx context.Context, dst []byte, writes []table.Write) ([]byte, error) {
	reads := make([]table.Read, len(writes))
	for i, w := range writes {
		reads[i] = table.Read{Table: w.Table, Key: w.Key}
	}
	err := c.s.store.Get(ctx, reads, func(items []attribute.Value) error {
		var usage usageByTable
		for i, item := range items {
			used := usage.of(reads[i].Table, c.writes[i].tableName.value)
			used.read, used.transact = true, true
			used.own += 2 * readHalves(attribute.ItemSize(item), true)
		}
		for i := range usage {
			c.s.paidRead(&usage[i])
		}
		dst = appendCapacities(append(dst, '{'), usage, c.returnCapacity)
		dst = append(dst, '}')
		return nil
	})
	return dst, err
}
