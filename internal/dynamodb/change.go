package dynamodb

import (
	"context"
	"errors"
	"net/http"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/table"
)

// change is a put, an update, a delete or a condition check of one item, alone or in a transaction.
type change struct {
	key       attribute.Value       // the key, or for a put the item
	put       bool                  // key replaces the item
	update    *expression.Update    // changes the item, making it if there is none; nil with put or remove
	remove    bool                  // deletes the item
	condition *expression.Condition // nil for none
	showItem  bool                  // ReturnValuesOnConditionCheckFailure is ALL_OLD
	presence  presence
	// bind sets the key and the condition, if they are known only with the table; nil otherwise.
	bind func(*table.Descriptor) error
	// refused says that the item, and not the request, was the reason why run failed.
	refused bool
}

// presence is whether the item must be there already. Statements say so without a condition.
type presence byte

const (
	whether      presence = iota // it is there or not
	mustExist                    // it is a failed condition if it is not there
	onlyIfExists                 // nothing is done if it is not there
	mustBeAbsent                 // it is a duplicate if it is there
)

var errDuplicateItem = &awsapi.Error{Code: "DuplicateItemException", Status: http.StatusBadRequest, Message: "Duplicate primary key exists in table"}

// attributes are the names of the attributes that the change reads or writes.
func (c *change) attributes() []string {
	all := names(c.key)
	if c.update != nil {
		all = append(append(all, c.update.Attributes()...), c.update.Reads()...)
	}
	if c.condition != nil {
		all = append(all, c.condition.Attributes()...)
	}
	return all
}

// check checks the change against the table's schema.
func (c *change) check(d *table.Descriptor) error {
	if c.put {
		if err := checkItem(d, c.key); err != nil {
			return err
		}
		return c.checkPaths(d)
	}
	if err := checkKey(d, c.key); err != nil {
		return err
	}
	if c.update != nil {
		if err := c.update.CheckKeys(keyNames(d), roles(d)); err != nil {
			return expressionError(err)
		}
	}
	return c.checkPaths(d)
}

func (c *change) checkPaths(d *table.Descriptor) error {
	if c.condition == nil {
		return nil
	}
	return expressionError(c.condition.CheckKeys(roles(d)))
}

// write is the change as the store makes it.
func (c *change) write(d *table.Descriptor) table.Write {
	return table.Write{Table: d, Key: c.key, Apply: func(old attribute.Value) (attribute.Value, error) {
		switch {
		case old == nil && c.presence == mustExist:
			return nil, conditionFailed(nil)
		case old == nil && c.presence == onlyIfExists:
			return nil, nil
		case old != nil && c.presence == mustBeAbsent:
			return nil, errDuplicateItem
		}
		if c.condition != nil && !c.condition.Eval(orEmpty(old)) {
			if !c.showItem {
				old = nil
			}
			return nil, conditionFailed(old)
		}
		switch {
		case c.put:
			return c.key, nil
		case c.remove:
			return nil, nil
		case c.update == nil:
			return old, nil
		}
		return c.updated(d, old)
	}}
}

// orEmpty is what a condition is evaluated on: an item that is not there has no attributes.
func orEmpty(item attribute.Value) attribute.Value {
	if item == nil {
		return attribute.NewMap(nil, nil)
	}
	return item
}

func (c *change) updated(d *table.Descriptor, old attribute.Value) (attribute.Value, error) {
	from := old
	if from == nil {
		from = c.key
	}
	item, err := c.update.Apply(from)
	if err != nil {
		return nil, expressionError(err)
	}
	if attribute.ItemSize(item) > maxItem {
		return nil, errUpdatedToSize
	}
	if attribute.TooDeep(item) {
		return nil, errUpdatedDepth
	}
	return item, checkIndexKeys(d, old, item, checkUpdatedIndexKey)
}

// run makes the one change of an operation, planning it again when the table changed meanwhile.
func (c *change) run(ctx context.Context, b *base) (table.Written, capacity, error) {
	var done table.Written
	used := capacity{}
	err := planned(func() error {
		d, err := b.table(ctx)
		if err != nil {
			return err
		}
		if c.bind != nil {
			if err := c.bind(d); err != nil {
				return err
			}
		}
		if err := c.check(d); err != nil {
			return err
		}
		if err := b.s.mayWrite(d); err != nil {
			return err
		}
		written, err := b.s.write(ctx, []table.Write{c.write(d)}, nil)
		if errors.Is(err, table.ErrRefused) {
			c.refused = true
			return written[0].Err
		}
		if err != nil {
			return err
		}
		done, used = written[0], capacity{table: d, name: b.tableName.value}
		used.wrote(attribute.ItemSize(done.Old), attribute.ItemSize(done.New), done.Indexes)
		b.s.paidWrite(&used)
		return nil
	}, &b.subject)
	return done, used, err
}

// updatedPaths is what the update changed, as it is in item; nil if there is nothing of it.
func (c *change) updatedPaths(item attribute.Value) attribute.Value {
	if item == nil || c.update == nil {
		return nil
	}
	if v := c.update.Projection().Apply(item); v.Count() > 0 {
		return v
	}
	return nil
}
