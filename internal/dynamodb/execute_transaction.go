package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/partiql"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// executeTransactionCall is an ExecuteTransaction: all reads, or all writes.
type executeTransactionCall struct {
	base
	given      int // elements of the request; those beyond the limit are not read
	statements []*statement
	token      text
}

// executeTransaction decodes ExecuteTransaction.
func (s *Service) executeTransaction(req *awsapi.Request) (awsapi.Call, error) {
	c := &executeTransactionCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "TransactStatements":
			given = true
			return r.elements(func() error {
				if c.given++; c.given > maxTransact {
					return r.Scan.Skip()
				}
				st := &statement{base: base{s: s, req: req}}
				c.statements = append(c.statements, st)
				return r.structure("ParameterizedStatement", func(name []byte) error {
					if string(name) == "ConsistentRead" {
						return r.Scan.Skip()
					}
					return st.member(r, name)
				})
			})
		case "ClientRequestToken":
			return r.text(&c.token)
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.length("clientRequestToken", c.token, 1, 36)
	v.required("transactStatements", given)
	if given {
		v.count("transactStatements", c.given, 1, maxTransact, emptyList)
	}
	for i, st := range c.statements {
		st.violations(&v, fmt.Sprintf("transactStatements.%d.member.", i+1))
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	return c, c.parse()
}

// parse parses the statements. A parameter that is no value is not said to be of one of them.
func (c *executeTransactionCall) parse() error {
	for _, st := range c.statements {
		if err := invalid(st.badParam); err != nil {
			return err
		}
	}
	reads, writes := false, false
	for i, st := range c.statements {
		st.returnCapacity = c.returnCapacity
		if err := st.parse(); err != nil {
			return failedIn(i, err)
		}
		reads, writes = reads || !st.Kind.Writes(), writes || st.Kind.Writes()
	}
	if reads && writes {
		return awsapi.Validation("ExecuteTransaction API does not support both read and write operations in the same request.")
	}
	return nil
}

// failedIn is the error of a statement as that of its transaction. One of the text does not say which it is in.
func failedIn(i int, err error) error {
	var e *awsapi.Error
	if !errors.As(err, &e) || e.Code != "ValidationException" || notWellFormed(e.Message) {
		return err
	}
	return awsapi.Validation(fmt.Sprintf("Validation failed in TransactStatements[%d]: %s", i, e.Message))
}

// Needs implements awsapi.Call: a transaction needs the permissions of its statements.
func (c *executeTransactionCall) Needs() []policy.Need {
	var needs []policy.Need
	for _, st := range c.statements {
		needs = append(needs, st.authorised(enclosingExecute))
	}
	return needs
}

// Run implements awsapi.Call.
func (c *executeTransactionCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.statements[0].Kind == partiql.Select {
		return c.read(ctx, dst)
	}
	var (
		writes  []table.Write
		written []table.Written
	)
	subjects := make([]*subject, len(c.statements))
	for i, st := range c.statements {
		subjects[i] = &st.subject
	}
	repeated := false
	err := planned(func() error {
		keys, err := c.plan(ctx)
		if err != nil {
			return err
		}
		writes = make([]table.Write, len(keys))
		for i, st := range c.statements {
			writes[i] = st.write(st.bound)
		}
		written, repeated, err = c.s.writeAll(ctx, writes, c.idempotency())
		return err
	}, subjects...)
	if err != nil {
		return dst, err
	}
	var usage usageByTable
	if repeated {
		reads := make([]table.Read, len(writes))
		for i, w := range writes {
			reads[i] = table.Read{Table: w.Table, Key: w.Key}
		}
		err = c.s.store.Get(ctx, reads, func(items []attribute.Value) error {
			c.countReads(&usage, items)
			return nil
		})
	}
	for i, done := range written {
		used := usage.of(writes[i].Table, c.statements[i].tableName.value)
		used.transact = true
		used.wrote(attribute.ItemSize(done.Old), attribute.ItemSize(done.New), done.Indexes)
	}
	if !repeated {
		for i := range usage {
			c.s.paidWrite(&usage[i])
		}
	}
	dst = append(dst, `{"Responses":[]`...)
	dst = appendCapacities(dst, usage, c.returnCapacity)
	return append(dst, '}'), err
}

func (c *executeTransactionCall) countReads(usage *usageByTable, items []attribute.Value) {
	for i, item := range items {
		used := usage.of(c.statements[i].bound, c.statements[i].tableName.value)
		used.read, used.transact = true, true
		used.own += 2 * readHalves(attribute.ItemSize(item), true)
	}
	for i := range *usage {
		c.s.paidRead(&(*usage)[i])
	}
}

// idempotency is the client's token, nil if there is none. Two requests are the same if their statements are.
func (c *executeTransactionCall) idempotency() *table.Token {
	if !c.token.set {
		return nil
	}
	return &table.Token{Scope: table.Scope{Account: c.req.Caller.Account, Region: c.req.Region}, Value: c.token.value,
		Hash: digest(c.req, c.statements...), Lifetime: idempotencyLifetime}
}

// plan finds the items of the statements. What is wrong with a statement comes before keys that are none, and an item twice
// comes last.
func (c *executeTransactionCall) plan(ctx context.Context) ([]attribute.Value, error) {
	keys := make([]attribute.Value, len(c.statements))
	errs := make([]error, len(c.statements))
	failed := false
	size := 0
	for i, st := range c.statements {
		d, err := st.table(ctx)
		if err != nil {
			return nil, err
		}
		if keys[i], err = st.transacted(d); err != nil {
			return nil, failedIn(i, err)
		}
		size += attribute.ItemSize(keys[i])
	}
	for i, st := range c.statements {
		switch {
		case keys[i] == nil:
			errs[i] = st.invalid
		case st.Kind == partiql.Select:
			errs[i] = checkKey(st.bound, keys[i])
		default:
			errs[i] = st.change.check(st.bound)
		}
		failed = failed || errs[i] != nil
	}
	if failed {
		return nil, canceled(errs)
	}
	seen := distinct{}
	for i, st := range c.statements {
		if !seen.add(st.bound.ID, st.bound.KeyOf(nil, keys[i])) {
			return nil, errTransactTwice
		}
	}
	if size > maxTransactBytes {
		return nil, awsapi.Validation("Member must have length less than or equal to 4194304")
	}
	return keys, nil
}

// transacted is the key, or the item, of a statement in a transaction, nil if there is none in it.
func (st *statement) transacted(d *table.Descriptor) (attribute.Value, error) {
	switch {
	case st.Returning != partiql.ReturnNothing:
		return nil, awsapi.Validation("RETURNING clause is not supported in ExecuteTransaction.")
	case st.Index != "" && st.Kind == partiql.Exists:
		return nil, awsapi.Validation("Operations on indices are not supported in transactions")
	case st.Index != "":
		return nil, awsapi.Validation("Reads on indices are not supported within transactions.")
	case st.Kind == partiql.Exists:
		return st.key, st.invalid
	case st.Kind != partiql.Select:
		if st.invalid != nil {
			return nil, nil
		}
		return st.key, nil
	}
	key, err := st.one(d)
	if err != nil {
		st.invalid = err
		return nil, nil
	}
	if key == nil {
		return nil, awsapi.Validation("Select statements within ExecuteTransaction must specify the primary key in the where clause.")
	}
	p := st.page(integer{})
	return key, p.checkPaths(d)
}

// read does a transaction of reads.
func (c *executeTransactionCall) read(ctx context.Context, dst []byte) ([]byte, error) {
	keys, err := c.plan(ctx)
	if err != nil {
		return dst, err
	}
	reads := make([]table.Read, len(keys))
	errs := make([]error, len(keys))
	for i, st := range c.statements {
		reads[i] = table.Read{Table: st.bound, Key: keys[i]}
		errs[i] = c.s.mayRead(st.bound, nil)
	}
	if slices.ContainsFunc(errs, isThrottled) {
		return dst, canceled(errs)
	}
	err = c.s.store.Get(ctx, reads, func(items []attribute.Value) error {
		size := 0
		for _, item := range items {
			size += attribute.ItemSize(item)
		}
		if size > maxTransactBytes {
			return errTransactReads
		}
		dst = append(dst, `{"Responses":[`...)
		for i, item := range items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '{')
			if item != nil {
				dst = append(dst, `"Item":`...)
				dst = c.statements[i].Projected(item).AppendItemJSON(dst)
			}
			dst = append(dst, '}')
		}
		dst = append(dst, ']')
		var usage usageByTable
		c.countReads(&usage, items)
		dst = appendCapacities(dst, usage, c.returnCapacity)
		dst = append(dst, '}')
		return nil
	})
	return dst, err
}
