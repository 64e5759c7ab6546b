package dynamodb

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/partiql"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// statement is one PartiQL statement of a request. What it does is known in three steps: read from the body, parsed, and
// bound to the key of its table.
type statement struct {
	base
	text       text
	parameters []attribute.Value
	haveParams bool
	badParam   *attribute.Error
	consistent bool
	onFailure  text

	*partiql.Statement
	change // of what is no Select

	absent  bool              // there was no such table when the request was authorised
	bound   *table.Descriptor // what the rest is bound to, nil before
	invalid error             // why the statement can't be bound to it
	index   *table.Index
	plan    *partiql.Plan // of a Select
}

// member reads a member that statements have wherever they are.
func (st *statement) member(r *reader, name []byte) error {
	switch string(name) {
	case "Statement":
		return r.text(&st.text)
	case "Parameters":
		st.haveParams = true
		return r.elements(func() error {
			v, err := r.Value()
			if bad := r.TakeInvalid(); bad != nil && st.badParam == nil {
				st.badParam = bad
			}
			st.parameters = append(st.parameters, v)
			return err
		})
	case "ConsistentRead":
		return r.boolean(&st.consistent)
	case "ReturnValuesOnConditionCheckFailure":
		return r.text(&st.onFailure)
	}
	return r.Scan.Skip()
}

// maxStatement bounds a statement (API reference, ExecuteStatement).
const maxStatement = 8192

func (st *statement) violations(v *violations, at string) {
	v.required(at+"statement", st.text.set)
	v.length(at+"statement", st.text, 1, maxStatement)
	if st.haveParams {
		v.count(at+"parameters", len(st.parameters), 1, maxNames, emptyList)
	}
	v.enum(at+"returnValuesOnConditionCheckFailure", st.onFailure, onFailureValues)
}

// parse parses the statement. A parameter that is no value comes before what the text means.
func (st *statement) parse() error {
	var err error
	st.Statement, err = partiql.Parse(st.text.value, st.parameters)
	if st.badParam != nil && (err == nil || !notWellFormed(err.Error())) {
		return invalid(st.badParam)
	}
	if err != nil {
		return expressionError(err)
	}
	name := st.Table
	if !isTableARN(name) && (len(name) < 3 || len(name) > 255 || !nameCharacters(name)) {
		return awsapi.Validation("Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.")
	}
	st.tableName = text{true, name}
	st.change.bind, st.showItem = st.bindWrite, st.onFailure.value == "ALL_OLD"
	switch st.Kind {
	case partiql.Insert:
		st.key, st.put, st.presence = st.Item, true, mustBeAbsent
		if attribute.ItemSize(st.Item) > maxItem {
			return errItemTooLarge
		}
		if attribute.TooDeep(st.Item) {
			return errUpdatedDepth
		}
	case partiql.Update:
		st.update, st.presence = st.Statement.Update, mustExist
	case partiql.Exists:
		st.presence = mustExist
	case partiql.Delete:
		st.remove, st.presence = true, onlyIfExists
	}
	return nil
}

// notWellFormed says whether the message is about the text of a statement.
func notWellFormed(message string) bool { return strings.HasPrefix(message, partiql.NotWellFormed) }

// actions are the IAM actions of the kinds of statements. A condition in a transaction reads.
var statementActions = [...]string{partiql.Select: "dynamodb:PartiQLSelect", partiql.Insert: "dynamodb:PartiQLInsert",
	partiql.Update: "dynamodb:PartiQLUpdate", partiql.Delete: "dynamodb:PartiQLDelete", partiql.Exists: "dynamodb:PartiQLSelect"}

// authorised is the permission that the statement needs; enclosing is the transaction it is in, "" for none.
func (st *statement) authorised(enclosing string) policy.Need {
	st.subject = st.s.subject(st.req, st.tableName.value)
	if d := st.subject.table; d != nil {
		st.bindTo(d)
	} else {
		st.absent = st.subject.err == nil
	}
	var conditions policy.Context = st
	if enclosing != "" {
		conditions = under{enclosing, st}
	}
	return st.subject.need(statementActions[st.Kind], st.Index, conditions)
}

// Values implements policy.Context: the condition keys of one statement (Service Authorization Reference).
func (st *statement) Values(key string) ([]string, bool) {
	switch key {
	case keyLeading:
		return st.leadingKeys()
	case keyAttributesRead:
		if st.Kind.Writes() && st.Kind != partiql.Exists {
			return st.change.attributes(), true
		}
		all := st.Attributes()
		if st.Filter != nil {
			all = append(all, st.Filter.Attributes()...)
		}
		return all, true
	case keySelect:
		if st.Kind == partiql.Select || st.Kind == partiql.Exists {
			return selected(st.Columns != nil, st.Index != ""), true
		}
	case keyFullScan:
		if st.Kind == partiql.Select {
			return []string{fmt.Sprint(st.plan == nil || st.plan.Scan)}, true
		}
	case keyReturnValues:
		if st.Returning != partiql.ReturnNothing {
			return []string{[...]string{partiql.ReturnAllOld: "ALL_OLD", partiql.ReturnModifiedOld: "UPDATED_OLD",
				partiql.ReturnAllNew: "ALL_NEW", partiql.ReturnModifiedNew: "UPDATED_NEW"}[st.Returning]}, true
		}
	case keyReturnCapacity:
		return st.returnCapacity.values()
	default:
		return st.subject.tag(key)
	}
	return nil, false
}

// leadingKeys are the partition keys that the statement reads or writes. One that reads everything has none.
func (st *statement) leadingKeys() ([]string, bool) {
	if st.Kind != partiql.Select {
		if st.key == nil {
			return nil, false
		}
		return leading(st.bound, st.key)
	}
	if st.plan == nil {
		return nil, false
	}
	var all []string
	for _, r := range st.plan.Ranges {
		all = append(all, keyText(r.Partition))
	}
	return all, len(all) > 0
}

// table finds the statement's table, and binds the statement to it.
func (st *statement) table(ctx context.Context) (*table.Descriptor, error) {
	if st.absent {
		return nil, errNoTable
	}
	d, err := st.base.table(ctx)
	if err != nil {
		return nil, err
	}
	return d, st.rebind(d)
}

// rebind binds the statement again if its table has changed meanwhile. What was decided on its keys must still be true: a
// table or an index with another key is not the one that was asked for.
func (st *statement) rebind(d *table.Descriptor) error {
	if st.bound == d {
		return nil
	}
	before, x := st.bound, st.index
	st.bindTo(d)
	same := func(a, b *table.KeyAttribute) bool { return a == b || a != nil && b != nil && *a == *b }
	if before != nil && (!same(&before.Partition, &d.Partition) || !same(before.Sort, d.Sort) ||
		x != nil && st.index != nil && x.Partition[0] != st.index.Partition[0]) {
		return errNoTable
	}
	return nil
}

// schema is the key of the table, or of the index x if that is not nil.
func schema(d *table.Descriptor, x *table.Index) partiql.Schema {
	partition, sort := []table.KeyAttribute{d.Partition}, []table.KeyAttribute(nil)
	if d.Sort != nil {
		sort = []table.KeyAttribute{*d.Sort}
	}
	if x != nil {
		partition, sort = x.Partition, x.Sort
	}
	s := partiql.Schema{Partition: expression.KeyAttribute(partition[0])}
	if len(sort) > 0 {
		a := expression.KeyAttribute(sort[0])
		s.Sort = &a
	}
	return s
}

// bindTo finds what the statement reads or writes in a table with this key, or why it can't.
func (st *statement) bindTo(d *table.Descriptor) {
	st.bound, st.invalid, st.index, st.plan = d, nil, nil, nil
	switch st.Kind {
	case partiql.Insert:
		st.invalid = expressionError(st.CheckItem(schema(d, nil)))
	case partiql.Select:
		if st.Index != "" {
			if st.index, st.invalid = st.source(d); st.invalid != nil {
				return
			}
		}
		var err error
		st.plan, err = st.Plan(schema(d, st.index))
		st.invalid = expressionError(err)
	default:
		var err error
		st.key, st.condition, err = st.Target(schema(d, nil))
		st.invalid = expressionError(err)
	}
}

// bindWrite is bind of the change.
func (st *statement) bindWrite(d *table.Descriptor) error {
	if err := st.rebind(d); err != nil {
		return err
	}
	return st.invalid
}

// source finds the index that a Select reads.
func (st *statement) source(d *table.Descriptor) (*table.Index, error) {
	x := d.Index(st.Index)
	switch {
	case x == nil:
		return nil, awsapi.Validation("The table does not have the specified index: " + st.Index)
	case len(x.Partition) > 1 || len(x.Sort) > 1:
		return nil, awsapi.Validation("Statements cannot read an index whose key has several attributes of a kind: " + x.Name)
	case x.State != table.IndexActive:
		return nil, awsapi.Validation("Cannot read from backfilling global secondary index: " + x.Name)
	case !x.Local && st.consistent:
		return nil, awsapi.Validation("Consistent reads are not supported on global secondary indexes")
	}
	return x, nil
}

// returned is what RETURNING asks for, nil for nothing.
func (st *statement) returned(old, item attribute.Value) attribute.Value {
	switch st.Returning {
	case partiql.ReturnAllOld:
		return old
	case partiql.ReturnAllNew:
		return item
	case partiql.ReturnModifiedOld:
		return st.updatedPaths(old)
	case partiql.ReturnModifiedNew:
		return st.updatedPaths(item)
	}
	return nil
}

// digest is a hash of statements and their parameters, and of who asks.
func digest(req *awsapi.Request, statements ...*statement) [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", req.Caller.Account, req.Region)
	for _, st := range statements {
		fmt.Fprintf(h, "%q %d %q:", st.text.value, len(st.parameters), st.onFailure.value)
		for _, v := range st.parameters {
			v = sorted(v)
			fmt.Fprintf(h, "%d:", len(v))
			h.Write(v)
		}
	}
	return [32]byte(h.Sum(nil))
}

// one finds the key of the one item that a Select names; it is nil if it does not name one.
func (st *statement) one(d *table.Descriptor) (attribute.Value, error) {
	key, err := st.Key(schema(d, nil))
	return key, expressionError(err)
}
