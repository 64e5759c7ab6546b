package dynamodb

import (
	"bytes"
	"context"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// queryCall is a Query.
type queryCall struct {
	page
	key     *expression.KeyCondition
	forward bool
}

// query decodes Query.
func (s *Service) query(req *awsapi.Request) (awsapi.Call, error) {
	c := &queryCall{page: page{base: base{s: s, req: req}, action: "Query"}, forward: true}
	var (
		keyText text
		keys    legacyConditions
	)
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "KeyConditionExpression":
			return r.text(&keyText)
		case "KeyConditions":
			return r.conditions("Condition", &keys)
		case "QueryFilter":
			return r.conditions("Condition", &c.filters)
		case "ScanIndexForward":
			return r.boolean(&c.forward)
		}
		return c.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("select", c.selects, selectValues)
	v.name("indexName", c.indexName)
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	c.filters.required(&v, "queryFilter")
	v.table(c.tableName)
	v.enum("conditionalOperator", c.conditionalOperator, conditionalValues)
	if c.names != nil {
		v.count("attributesToGet", len(c.names), 1, maxNames, emptyList)
	}
	v.atLeast("limit", c.limit, 1)
	keys.required(&v, "keyConditions")
	if err := v.err(); err != nil {
		return nil, err
	}
	// KeyConditions is older than KeyConditionExpression, but not older than the other expressions: with those it may be.
	if err := c.placeholders.check(
		[]param{{"ProjectionExpression", c.projectionText.set}, {"FilterExpression", c.filterText.set}, {"KeyConditionExpression", keyText.set}},
		[]param{{"AttributesToGet", c.names != nil}, {"QueryFilter", c.filters.given}, {"ConditionalOperator", c.conditionalOperator.set},
			{"KeyConditions", keys.given && keyText.set}}); err != nil {
		return nil, err
	}
	if err := c.badStartKey(); err != nil {
		return nil, err
	}
	if err := c.checkSelect(); err != nil {
		return nil, err
	}
	if !keyText.set && !keys.given {
		return nil, awsapi.Validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	if err := c.placeholders.open(); err != nil {
		return nil, err
	}
	if err := c.parse(); err != nil {
		return nil, err
	}
	var err error
	if keys.given {
		c.key, err = keys.keyCondition()
	} else {
		c.key, err = expression.ParseKeyCondition(keyText.value, &c.placeholders.Placeholders)
		err = expressionError(err)
	}
	if err != nil {
		return nil, err
	}
	return c, c.placeholders.close()
}

// Needs implements awsapi.Call.
func (c *queryCall) Needs() []policy.Need {
	return c.need("dynamodb:Query", c.indexName.value, c)
}

// Values implements policy.Context. The leading key of a query of an index is the index's own.
func (c *queryCall) Values(key string) ([]string, bool) {
	if key == keyAttributesRead {
		return append(c.key.Attributes(), readAttributes(c.projection, c.filter)...), true
	}
	position := slices.Index(positionalKeys[:], key)
	if key == keyLeading {
		position = 0
	}
	if position < 0 {
		return c.value(key)
	}
	d := c.subject.table
	if d == nil {
		return nil, false
	}
	partition := []table.KeyAttribute{d.Partition}
	if x := d.Index(c.indexName.value); x != nil {
		partition = x.Partition
	}
	if position >= len(partition) {
		return nil, false
	}
	v := c.key.Equal(partition[position].Name)
	return []string{keyText(v)}, v != nil
}

// Run implements awsapi.Call.
func (c *queryCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	d, x, err := c.source(ctx)
	if err != nil {
		return dst, err
	}
	partition, sort := []table.KeyAttribute{d.Partition}, []table.KeyAttribute(nil)
	if d.Sort != nil {
		sort = []table.KeyAttribute{*d.Sort}
	}
	if x != nil {
		partition, sort = x.Partition, x.Sort
	}
	bound, err := c.key.Bind(expressionKey(partition), expressionKey(sort))
	if err != nil {
		return dst, expressionError(err)
	}
	if err := checkBound(x, partition, sort, bound); err != nil {
		return dst, err
	}
	if err := c.checkFilter(partition, sort); err != nil {
		return dst, err
	}
	q := table.Query{Table: d, Index: x, Partition: bound.Partition, Reverse: !c.forward, Start: c.start, Whole: c.whole(d, x)}
	if c.limit.set {
		q.Limit = int(c.limit.value)
	}
	setSort(&q, bound.Sort)
	if x == nil && len(bound.Sort) > 0 {
		c.end = farEnd(bound.Sort[0], c.forward)
	}
	if c.start != nil {
		if err := c.checkStart(d, x, partition, sort, bound); err != nil {
			return dst, err
		}
	}
	return c.run(dst, d, x, func(visit func(attribute.Value) (bool, error)) error {
		return c.s.store.Query(ctx, q, visit)
	})
}

// checkBound checks that the values that the key is compared with can be keys.
func checkBound(x *table.Index, partition, sort []table.KeyAttribute, bound *expression.KeyRange) error {
	check := checkKeyValue
	if x != nil {
		check = func(a table.KeyAttribute, v attribute.Value, partition bool) error {
			return checkIndexKey(x, a, v, partition)
		}
	}
	for i, a := range partition {
		if err := check(a, bound.Partition[i], true); err != nil {
			return err
		}
	}
	for i, t := range bound.Sort {
		if err := check(sort[i], t.Value, false); err != nil {
			return err
		}
		if t.Op == expression.KeyBetween {
			if err := check(sort[i], t.Upper, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func expressionKey(attrs []table.KeyAttribute) []expression.KeyAttribute {
	out := make([]expression.KeyAttribute, len(attrs))
	for i, a := range attrs {
		out[i] = expression.KeyAttribute(a)
	}
	return out
}

// setSort turns the terms on the sort attributes into the store's range.
func setSort(q *table.Query, terms []expression.KeyTerm) {
	for _, t := range terms {
		switch t.Op {
		case expression.KeyEqual:
			q.Equal = append(q.Equal, t.Value)
		case expression.KeyLess:
			q.Range = &table.Bounds{High: t.Value, HighOpen: true}
		case expression.KeyLessEqual:
			q.Range = &table.Bounds{High: t.Value}
		case expression.KeyGreater:
			q.Range = &table.Bounds{Low: t.Value, LowOpen: true}
		case expression.KeyGreaterEqual:
			q.Range = &table.Bounds{Low: t.Value}
		case expression.KeyBetween:
			q.Range = &table.Bounds{Low: t.Value, High: t.Upper}
		case expression.KeyBeginsWith:
			q.Range = &table.Bounds{Prefix: t.Value}
		}
	}
}

// farEnd is the last value that a query can find which goes up or down through the values that have the term; nil if the
// term does not say, or is an equality, which AWS treats as if it did not.
func farEnd(t expression.KeyTerm, forward bool) attribute.Value {
	switch {
	case forward && t.Op == expression.KeyBetween:
		return t.Upper
	case forward && t.Op == expression.KeyLessEqual, !forward && (t.Op == expression.KeyBetween || t.Op == expression.KeyGreaterEqual):
		return t.Value
	}
	return nil
}

// checkFilter refuses a filter on the attributes of the key that is queried.
func (c *queryCall) checkFilter(partition, sort []table.KeyAttribute) error {
	if c.filter == nil {
		return nil
	}
	isKey := func(name string) bool {
		has := func(a table.KeyAttribute) bool { return a.Name == name }
		return slices.ContainsFunc(partition, has) || slices.ContainsFunc(sort, has)
	}
	if c.filters.given {
		for _, name := range c.filters.names() {
			if isKey(name) {
				return awsapi.Validation("QueryFilter can only contain non-primary key attributes: Primary key attribute: " + name)
			}
		}
	}
	return expressionError(c.filter.CheckFilter(isKey))
}

// checkStart checks that ExclusiveStartKey is a place in what is queried, and that something can come after it: no answer
// has a LastEvaluatedKey of which that is not so.
func (c *queryCall) checkStart(d *table.Descriptor, x *table.Index, partition, sort []table.KeyAttribute, bound *expression.KeyRange) error {
	if err := checkStartKey(d, x, c.start); err != nil {
		return err
	}
	for i, a := range partition {
		if !attribute.Equal(c.start.Field(a.Name), bound.Partition[i]) {
			return awsapi.Validation("The provided starting key is outside query boundaries based on provided conditions")
		}
	}
	for i, t := range bound.Sort {
		v := c.start.Field(sort[i].Name)
		if !holds(t, v) || c.end != nil && attribute.Equal(v, c.end) {
			return awsapi.Validation("The provided starting key does not match the range key predicate")
		}
	}
	return nil
}

// holds says whether a value of a sort attribute has the term.
func holds(t expression.KeyTerm, v attribute.Value) bool {
	if t.Op == expression.KeyBeginsWith {
		return bytes.HasPrefix(v.Text(), t.Value.Text())
	}
	c := attribute.Compare(v, t.Value)
	switch t.Op {
	case expression.KeyLess:
		return c < 0
	case expression.KeyLessEqual:
		return c <= 0
	case expression.KeyGreater:
		return c > 0
	case expression.KeyGreaterEqual:
		return c >= 0
	case expression.KeyBetween:
		return c >= 0 && attribute.Compare(v, t.Upper) <= 0
	}
	return c == 0
}

const invalidStart = "The provided starting key is invalid"

var errInvalidStart = awsapi.Validation(invalidStart)

// checkStartKey checks that start has the attributes of the table's key and the index's, and no others.
func checkStartKey(d *table.Descriptor, x *table.Index, start attribute.Value) error {
	names := map[string]bool{}
	schema := keyAttributes(d)
	if x != nil {
		schema = slices.Concat(schema, x.Partition, x.Sort)
	}
	for _, a := range schema {
		names[a.Name] = true
		if start.Field(a.Name) == nil {
			return errInvalidStart
		}
	}
	if start.Count() != len(names) {
		return errInvalidStart
	}
	for _, a := range schema {
		v := start.Field(a.Name)
		if v.Kind() != a.Kind {
			return errKeySchema
		}
		if v.Kind() == attribute.Number {
			continue
		}
		inPartition := a == d.Partition || x != nil && slices.Contains(x.Partition, a)
		if n := len(v.Text()); n > maxPartitionKey || n > maxSortKey && !inPartition {
			return errInvalidStart
		}
		if len(v.Text()) == 0 {
			message := emptyTableKey(a, v)
			if !isKey(d, a.Name) {
				message = emptyIndexKey(x, a, v)
			}
			return awsapi.Validation(invalidStart + ": " + emptyValue + message)
		}
	}
	return nil
}
