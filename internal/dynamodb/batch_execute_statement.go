package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/partiql"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// maxBatchStatements bounds a BatchExecuteStatement (API reference).
const maxBatchStatements = 25

// batchExecuteStatementCall is a BatchExecuteStatement. A statement that fails does not keep the others from being done.
type batchExecuteStatementCall struct {
	base
	given      int // elements of the request; those beyond the limit are not read
	statements []*statement
	errs       []error // of the statements that can't be done
}

// batchExecuteStatement decodes BatchExecuteStatement.
func (s *Service) batchExecuteStatement(req *awsapi.Request) (awsapi.Call, error) {
	c := &batchExecuteStatementCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "Statements":
			given = true
			return r.elements(func() error {
				if c.given++; c.given > maxBatchStatements {
					return r.Scan.Skip()
				}
				st := &statement{base: base{s: s, req: req}}
				c.statements = append(c.statements, st)
				return r.structure("BatchStatementRequest", func(name []byte) error { return st.member(r, name) })
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
	v.required("statements", given)
	if given {
		v.count("statements", c.given, 1, maxBatchStatements, emptyList)
	}
	for i, st := range c.statements {
		st.violations(&v, fmt.Sprintf("statements.%d.member.", i+1))
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	for _, st := range c.statements {
		if err := invalid(st.badParam); err != nil {
			return nil, err
		}
	}
	c.errs = make([]error, len(c.statements))
	reads, writes := false, false
	for i, st := range c.statements {
		st.returnCapacity = c.returnCapacity
		if c.errs[i] = st.parse(); c.errs[i] == nil && st.Kind == partiql.Exists {
			c.errs[i] = errExistsAlone
		}
		if c.errs[i] == nil {
			reads, writes = reads || !st.Kind.Writes(), writes || st.Kind.Writes()
		}
	}
	if reads && writes {
		return nil, awsapi.Validation("Read and write requests together in the same batch is not supported.")
	}
	return c, nil
}

// Needs implements awsapi.Call: a batch needs the permissions of its statements.
func (c *batchExecuteStatementCall) Needs() []policy.Need {
	var needs []policy.Need
	for i, st := range c.statements {
		if c.errs[i] == nil {
			needs = append(needs, st.authorised(""))
		}
	}
	return needs
}

// Run implements awsapi.Call.
func (c *batchExecuteStatementCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if err := c.checkTwice(ctx); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = append(dst, `{"Responses":[`...)
	var usage usageByTable
	for i, st := range c.statements {
		if i > 0 {
			dst = append(dst, ',')
		}
		var item attribute.Value
		err := c.errs[i]
		if err == nil {
			item, err = st.alone(ctx, &usage)
		}
		var e *awsapi.Error
		if err != nil && !errors.As(err, &e) {
			return dst[:start], err
		}
		dst = append(dst, '{')
		if e != nil {
			dst = append(dst, `"Error":{"Code":`...)
			dst = jsonscan.AppendString(dst, reasonCode(e))
			dst = append(dst, `,"Message":`...)
			dst = jsonscan.AppendString(dst, e.Message)
			dst = append(dst, '}')
		}
		if e == nil || st.refused {
			dst = append(comma(dst), `"TableName":`...)
			dst = jsonscan.AppendString(dst, st.tableName.value)
		}
		if item != nil {
			dst = append(dst, `,"Item":`...)
			dst = item.AppendItemJSON(dst)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	dst = appendCapacities(dst, usage, c.returnCapacity)
	return append(dst, '}'), nil
}

// checkTwice refuses a batch that names an item twice.
func (c *batchExecuteStatementCall) checkTwice(ctx context.Context) error {
	seen := distinct{}
	for i, st := range c.statements {
		if c.errs[i] != nil {
			continue
		}
		d, err := st.table(ctx)
		if err != nil || st.invalid != nil {
			continue // the statement's own error
		}
		key := st.key
		if st.Kind == partiql.Select {
			if key, err = st.one(d); err != nil || st.Index != "" {
				continue
			}
		}
		if key != nil && checkKey(d, d.KeyOf(nil, key)) == nil && !seen.add(d.ID, d.KeyOf(nil, key)) {
			return awsapi.Validation("Provided list of item keys contains duplicates")
		}
	}
	return nil
}

// alone does one statement of a batch, and returns what it answers.
func (st *statement) alone(ctx context.Context, usage *usageByTable) (attribute.Value, error) {
	d, err := st.table(ctx)
	if err != nil {
		return nil, err
	}
	if st.Kind == partiql.Select {
		return st.get(ctx, d, usage)
	}
	done, used, err := st.run(ctx, &st.base)
	if err != nil {
		return nil, err
	}
	total := usage.of(used.table, st.tableName.value)
	total.own += used.own
	for _, x := range used.indexes {
		total.add(x.index, x.halves)
	}
	return st.returned(done.Old, done.New), nil
}

// get reads the one item that a Select names.
func (st *statement) get(ctx context.Context, d *table.Descriptor, usage *usageByTable) (attribute.Value, error) {
	if st.Index != "" {
		return nil, errBatchKey
	}
	key, err := st.one(d)
	switch {
	case err != nil:
		return nil, err
	case key == nil:
		return nil, errBatchKey
	}
	if err := checkKey(d, key); err != nil {
		return nil, err
	}
	p := st.page(integer{})
	if err := p.checkPaths(d); err != nil {
		return nil, err
	}
	if err := st.s.mayRead(d, nil); err != nil {
		return nil, err
	}
	var shown attribute.Value
	err = st.s.store.Get(ctx, []table.Read{{Table: d, Key: key}}, func(items []attribute.Value) error {
		used := capacity{table: d, own: readHalves(attribute.ItemSize(items[0]), st.consistent)}
		st.s.paidRead(&used)
		usage.of(d, st.tableName.value).own += used.own
		if items[0] != nil {
			shown = append(attribute.Value(nil), st.Projected(items[0])...)
		}
		return nil
	})
	return shown, err
}

var errBatchKey = awsapi.Validation("Only single item select is supported")
