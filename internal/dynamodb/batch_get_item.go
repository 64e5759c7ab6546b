package dynamodb

import (
	"context"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// The limits of BatchGetItem (API reference): keys, and bytes of an answer.
const (
	maxBatchGet      = 100
	maxBatchGetBytes = 16 << 20
)

// batchGetItemCall is a BatchGetItem.
type batchGetItemCall struct {
	base
	given  int // tables in the request; those beyond the limit are not read
	tables []*batchGetTable
}

// batchGetTable is what a BatchGetItem asks of one table.
type batchGetTable struct {
	name       string
	keys       []attribute.Value
	given      int // keys in the request; those beyond the limit are not read
	haveKeys   bool
	badKey     *attribute.Error
	consistent *bool
	expression text
	names      []string
	ph         placeholders
	projection *expression.Projection

	subject subject
	table   *table.Descriptor
}

// batchGetItem decodes BatchGetItem.
func (s *Service) batchGetItem(req *awsapi.Request) (awsapi.Call, error) {
	c := &batchGetItemCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "RequestItems":
			given = true
			return r.mapOf(jsonscan.Class("KeysAndAttributes"), func(name []byte) error {
				if c.given++; c.given > maxBatchGet {
					return r.Scan.Skip()
				}
				t := &batchGetTable{name: string(name)}
				c.tables = append(c.tables, t)
				return t.read(r)
			})
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	if err := c.violations(given); err != nil {
		return nil, err
	}
	total := 0
	for _, t := range c.tables {
		if total += len(t.keys); total > maxBatchGet {
			return nil, awsapi.Validation("Too many items requested for the BatchGetItem call")
		}
		if err := t.prepare(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (t *batchGetTable) read(r *reader) error {
	return r.structure("KeysAndAttributes", func(name []byte) error {
		switch string(name) {
		case "Keys":
			t.haveKeys = true
			return r.elements(func() error {
				if t.given++; t.given > maxBatchGet {
					return r.Scan.Skip()
				}
				key, err := r.Item()
				if bad := r.TakeInvalid(); bad != nil && t.badKey == nil {
					t.badKey = bad
				}
				t.keys = append(t.keys, key)
				return err
			})
		case "ConsistentRead":
			return r.optionalBoolean(&t.consistent)
		case "ProjectionExpression":
			return r.text(&t.expression)
		case "ExpressionAttributeNames":
			return r.names(&t.ph.Names)
		case "AttributesToGet":
			return r.texts(&t.names)
		}
		return r.Scan.Skip()
	})
}

func (c *batchGetItemCall) violations(given bool) error {
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.required("requestItems", given)
	if given {
		v.count("requestItems", c.given, 1, maxBatchGet, emptyMap)
	}
	for _, t := range c.tables {
		v.tableKey("requestItems", t.name)
		at := "requestItems." + t.name + ".member."
		v.required(at+"keys", t.haveKeys)
		if t.haveKeys {
			v.count(at+"keys", t.given, 1, maxBatchGet, emptyList)
		}
		if t.names != nil {
			v.count(at+"attributesToGet", len(t.names), 1, maxNames, emptyList)
		}
	}
	return v.err()
}

// prepare checks what can be checked without the table.
func (t *batchGetTable) prepare() error {
	if err := t.ph.check([]param{{"ProjectionExpression", t.expression.set}}, []param{{"AttributesToGet", t.names != nil}}); err != nil {
		return err
	}
	if err := invalid(t.badKey); err != nil {
		return err
	}
	for i, key := range t.keys {
		if slices.ContainsFunc(t.keys[:i], func(k attribute.Value) bool { return attribute.Equal(k, key) }) {
			return errDuplicateKeys
		}
	}
	var err error
	t.projection, err = t.ph.chosen(t.expression, t.names)
	return err
}

var errDuplicateKeys = awsapi.Validation("Provided list of item keys contains duplicates")

// Needs implements awsapi.Call.
func (c *batchGetItemCall) Needs() []policy.Need {
	var needs []policy.Need
	for _, t := range c.tables {
		t.subject = c.s.subject(c.req, t.name)
		needs = append(needs, t.subject.need("dynamodb:BatchGetItem", "", batchGetConditions{c, t}))
	}
	return needs
}

// batchGetConditions are the condition keys of what a BatchGetItem asks of one table.
type batchGetConditions struct {
	call *batchGetItemCall
	of   *batchGetTable
}

// Values implements policy.Context.
func (c batchGetConditions) Values(key string) ([]string, bool) {
	switch key {
	case keyLeading:
		return leading(c.of.subject.table, c.of.keys...)
	case keyAttributesRead:
		all := readAttributes(c.of.projection, nil)
		for _, k := range c.of.keys {
			all = append(all, names(k)...)
		}
		return all, true
	case keySelect:
		return selected(c.of.projection != nil, false), true
	case keyReturnCapacity:
		return c.call.returnCapacity.values()
	}
	return c.of.subject.tag(key)
}

// Run implements awsapi.Call.
func (c *batchGetItemCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	var reads []table.Read
	for _, t := range c.tables {
		d, err := c.s.table(ctx, c.req, t.name, &t.subject)
		if err != nil {
			return dst, err
		}
		t.table = d
		if err := checkProjected(t.projection, d); err != nil {
			return dst, err
		}
		for _, key := range t.keys {
			if err := checkKey(d, key); err != nil {
				return dst, err
			}
			reads = append(reads, table.Read{Table: d, Key: key})
		}
	}
	err := c.s.store.Get(ctx, reads, func(items []attribute.Value) (err error) {
		dst, err = c.append(dst, items)
		return err
	})
	return dst, err
}

// append appends the answer. Items after the one that made it too large are left for another call, and so are those of a
// table from the one on for which it has no capacity left. If that is all of them, it is an error.
func (c *batchGetItemCall) append(dst []byte, items []attribute.Value) ([]byte, error) {
	start := len(dst)
	var throttled error
	read := 0
	dst = append(dst, `{"Responses":{`...)
	size, whole := 0, true
	left := make([]int, len(c.tables)) // how many keys of each table were read
	usage := make([]capacity, len(c.tables))
	for i, t := range c.tables {
		usage[i].table, usage[i].name = t.table, t.name
		dst = comma(dst)
		dst = jsonscan.AppendString(dst, t.name)
		dst = append(dst, ':', '[')
		first := true
		for _, item := range items[:len(t.keys)] {
			n := attribute.ItemSize(item)
			if size+n > maxBatchGetBytes || len(dst) > maxBatchGetBytes+maxAnswer {
				whole = false
			}
			if !whole {
				break
			}
			if err := c.s.mayRead(t.table, nil); err != nil {
				throttled = err
				break
			}
			size += n
			left[i]++
			read++
			used := capacity{table: t.table, own: readHalves(n, t.consistent != nil && *t.consistent)}
			usage[i].own += used.own
			c.s.paidRead(&used)
			if item == nil {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = projected(t.projection, item).AppendItemJSON(dst)
		}
		items = items[len(t.keys):]
		dst = append(dst, ']')
	}
	if throttled != nil && read == 0 {
		return dst[:start], throttled
	}
	dst = append(dst, `},"UnprocessedKeys":{`...)
	for i, t := range c.tables {
		if left[i] < len(t.keys) {
			dst = comma(dst)
			dst = t.appendUnprocessed(dst, t.keys[left[i]:])
		}
	}
	dst = append(dst, '}')
	consumed := usage[:0]
	for i := range usage {
		if left[i] > 0 {
			consumed = append(consumed, usage[i])
		}
	}
	dst = appendCapacities(dst, consumed, c.returnCapacity)
	return append(dst, '}'), nil
}

// appendUnprocessed appends the part of the request that asks for keys.
func (t *batchGetTable) appendUnprocessed(dst []byte, keys []attribute.Value) []byte {
	dst = jsonscan.AppendString(dst, t.name)
	dst = append(dst, `:{"Keys":[`...)
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = key.AppendItemJSON(dst)
	}
	dst = append(dst, ']')
	if t.consistent != nil {
		dst = append(dst, `,"ConsistentRead":`...)
		if *t.consistent {
			dst = append(dst, `true`...)
		} else {
			dst = append(dst, `false`...)
		}
	}
	if t.expression.set {
		dst = append(dst, `,"ProjectionExpression":`...)
		dst = jsonscan.AppendString(dst, t.expression.value)
	}
	if t.ph.Names != nil {
		dst = append(dst, `,"ExpressionAttributeNames":{`...)
		for name, value := range t.ph.Names {
			dst = jsonscan.AppendString(comma(dst), name)
			dst = jsonscan.AppendString(append(dst, ':'), value)
		}
		dst = append(dst, '}')
	}
	if t.names != nil {
		dst = append(dst, `,"AttributesToGet":[`...)
		for i, name := range t.names {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = jsonscan.AppendString(dst, name)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}
