package dynamodb

import (
	"context"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// maxSegments bounds TotalSegments (API reference, Scan).
const maxSegments = 1_000_000

// scanCall is a Scan.
type scanCall struct {
	page
	segment, segments integer
}

// scan decodes Scan.
func (s *Service) scan(req *awsapi.Request) (awsapi.Call, error) {
	c := &scanCall{page: page{base: base{s: s, req: req}, action: "Scan"}}
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "ScanFilter":
			return r.conditions("Condition", &c.filters)
		case "Segment":
			return r.integer(&c.segment)
		case "TotalSegments":
			return r.integer(&c.segments)
		}
		return c.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("select", c.selects, selectValues)
	v.name("indexName", c.indexName)
	v.atLeast("totalSegments", c.segments, 1)
	v.atMost("totalSegments", c.segments, maxSegments)
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.table(c.tableName)
	v.enum("conditionalOperator", c.conditionalOperator, conditionalValues)
	c.filters.required(&v, "scanFilter")
	v.atLeast("segment", c.segment, 0)
	v.atMost("segment", c.segment, maxSegments-1)
	if c.names != nil {
		v.count("attributesToGet", len(c.names), 1, maxNames, emptyList)
	}
	v.atLeast("limit", c.limit, 1)
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := c.placeholders.check(
		[]param{{"ProjectionExpression", c.projectionText.set}, {"FilterExpression", c.filterText.set}},
		[]param{{"AttributesToGet", c.names != nil}, {"ScanFilter", c.filters.given}, {"ConditionalOperator", c.conditionalOperator.set}}); err != nil {
		return nil, err
	}
	if err := c.badStartKey(); err != nil {
		return nil, err
	}
	if err := c.checkSegments(); err != nil {
		return nil, err
	}
	if err := c.checkSelect(); err != nil {
		return nil, err
	}
	if err := c.placeholders.open(); err != nil {
		return nil, err
	}
	if err := c.parse(); err != nil {
		return nil, err
	}
	return c, c.placeholders.close()
}

func (c *scanCall) checkSegments() error {
	switch {
	case c.segment.set && !c.segments.set:
		return awsapi.Validation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case c.segments.set && !c.segment.set:
		return awsapi.Validation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case c.segments.set && c.segment.value >= c.segments.value:
		return awsapi.Validation(fmt.Sprintf("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", c.segment.value, c.segments.value))
	}
	return nil
}

// Needs implements awsapi.Call.
func (c *scanCall) Needs() []policy.Need {
	return c.need("dynamodb:Scan", c.indexName.value, c)
}

// Values implements policy.Context. A scan has no leading key.
func (c *scanCall) Values(key string) ([]string, bool) {
	if key == keyAttributesRead {
		return readAttributes(c.projection, c.filter), true
	}
	return c.value(key)
}

// Run implements awsapi.Call.
func (c *scanCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	d, x, err := c.source(ctx)
	if err != nil {
		return dst, err
	}
	sc := table.Scan{Table: d, Index: x, Segment: int(c.segment.value), Total: int(c.segments.value), Start: c.start, Whole: c.whole(d, x)}
	if c.limit.set {
		sc.Limit = int(c.limit.value)
	}
	if c.start != nil {
		err := checkStartKey(d, x, c.start)
		if x == nil && (err == errInvalidStart || err == errKeySchema) {
			err = awsapi.Validation(invalidStart + ": " + errKeySchema.Message)
		}
		if err != nil {
			return dst, err
		}
		if sc.Total > 1 && !d.InSegment(x, c.start, sc.Segment, sc.Total) {
			return dst, awsapi.Validation(fmt.Sprintf(invalidStart+": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d", sc.Total, sc.Segment))
		}
	}
	return c.run(dst, d, x, func(visit func(attribute.Value) (bool, error)) error {
		return c.s.store.Scan(ctx, sc, visit)
	})
}
