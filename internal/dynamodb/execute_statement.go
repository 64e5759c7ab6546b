package dynamodb

import (
	"context"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/partiql"
	"github.com/statordb/stator/internal/policy"
)

// maxToken bounds a NextToken (API reference, ExecuteStatement).
const maxToken = 32768

// executeStatementCall is an ExecuteStatement.
type executeStatementCall struct {
	statement
	limit integer
	next  text
}

// executeStatement decodes ExecuteStatement.
func (s *Service) executeStatement(req *awsapi.Request) (awsapi.Call, error) {
	c := &executeStatementCall{statement: statement{base: base{s: s, req: req}}}
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "Limit":
			return r.integer(&c.limit)
		case "NextToken":
			return r.text(&c.next)
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		}
		return c.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.length("nextToken", c.next, 1, maxToken)
	v.atLeast("limit", c.limit, 1)
	c.violations(&v, "")
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := c.parse(); err != nil {
		return nil, err
	}
	if c.Kind == partiql.Exists {
		return nil, errExistsAlone
	}
	return c, nil
}

var errExistsAlone = awsapi.Validation("EXISTS can only be used in ExecuteTransaction write requests.")

// Needs implements awsapi.Call.
func (c *executeStatementCall) Needs() []policy.Need { return []policy.Need{c.authorised("")} }

// Run implements awsapi.Call.
func (c *executeStatementCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.Kind == partiql.Select {
		return c.selects(ctx, dst, c.limit, c.next)
	}
	if c.absent {
		_, err := c.table(ctx)
		return dst, err
	}
	done, used, err := c.run(ctx, &c.base)
	if err != nil {
		return dst, err
	}
	dst = append(dst, `{"Items":[`...)
	if v := c.returned(done.Old, done.New); v != nil {
		dst = v.AppendItemJSON(dst)
	}
	dst = append(dst, ']')
	dst = used.appendMember(dst, c.returnCapacity)
	return append(dst, '}'), nil
}
