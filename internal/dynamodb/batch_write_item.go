package dynamodb

import (
	"context"
	"fmt"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// The limits of BatchWriteItem (API reference): puts and deletes, and bytes of the request's items.
const (
	maxBatchWrite      = 25
	maxBatchWriteBytes = 16 << 20
)

// batchWriteItemCall is a BatchWriteItem.
type batchWriteItemCall struct {
	base
	given            int // tables in the request; those beyond the limit are not read
	tables           []*batchWriteTable
	list             []batchChange // of all tables
	returnCollection text
	throttled        error // why some of them are not made
}

// batchChange is a change and the table that it is made in.
type batchChange struct {
	change
	of *batchWriteTable
	// paid is what was paid before it was made, so that the next of the batch is refused if nothing is left.
	paid halves
	// throttled: there was no capacity left for it.
	throttled bool
}

// batchWriteTable is what a BatchWriteItem does to one table.
type batchWriteTable struct {
	name   string
	given  int // writes in the request; those beyond the limit are not read
	writes []batchWrite

	subject subject
}

// batchWrite is a WriteRequest as it was given.
type batchWrite struct {
	put, remove     bool
	item, key       attribute.Value
	badItem, badKey *attribute.Error
}

// batchWriteItem decodes BatchWriteItem.
func (s *Service) batchWriteItem(req *awsapi.Request) (awsapi.Call, error) {
	c := &batchWriteItemCall{base: base{s: s, req: req}}
	given := false
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "RequestItems":
			given = true
			return r.mapOf("java.util.List<"+jsonscan.Class("WriteRequest")+">", func(name []byte) error {
				if c.given++; c.given > maxBatchWrite {
					return r.Scan.Skip()
				}
				t := &batchWriteTable{name: string(name)}
				c.tables = append(c.tables, t)
				return r.elements(func() error {
					if t.given++; t.given > maxBatchWrite {
						return r.Scan.Skip()
					}
					return t.read(r)
				})
			})
		case "ReturnConsumedCapacity":
			return r.text(&c.returnCapacity)
		case "ReturnItemCollectionMetrics":
			return r.text(&c.returnCollection)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	if err := c.violations(given); err != nil {
		return nil, err
	}
	size := 0
	for _, t := range c.tables {
		if len(c.list)+len(t.writes) > maxBatchWrite {
			return nil, awsapi.Validation("Too many items requested for the BatchWriteItem call")
		}
		for _, w := range t.writes {
			ch, err := w.change()
			if err != nil {
				return nil, err
			}
			size += attribute.ItemSize(ch.key)
			c.list = append(c.list, batchChange{change: ch, of: t})
		}
	}
	if size > maxBatchWriteBytes {
		return nil, awsapi.Validation("Request size limit exceeded")
	}
	return c, nil
}

func (t *batchWriteTable) read(r *reader) error {
	var w batchWrite
	err := r.structure("WriteRequest", func(name []byte) error {
		switch string(name) {
		case "PutRequest":
			w.put = true
			return r.member("PutRequest", func(name []byte) error {
				if string(name) == "Item" {
					return r.item(&w.item, &w.badItem)
				}
				return r.Scan.Skip()
			})
		case "DeleteRequest":
			w.remove = true
			return r.member("DeleteRequest", func(name []byte) error {
				if string(name) == "Key" {
					return r.item(&w.key, &w.badKey)
				}
				return r.Scan.Skip()
			})
		}
		return r.Scan.Skip()
	})
	t.writes = append(t.writes, w)
	return err
}

func (c *batchWriteItemCall) violations(given bool) error {
	var v violations
	v.enum("returnConsumedCapacity", c.returnCapacity, consumedCapacityValues)
	v.enum("returnItemCollectionMetrics", c.returnCollection, collectionValues)
	v.required("requestItems", given)
	if given {
		v.count("requestItems", c.given, 1, maxBatchWrite, emptyMap)
	}
	for _, t := range c.tables {
		v.tableKey("requestItems", t.name)
		if t.given == 0 || t.given > maxBatchWrite {
			v.Add("'"+c.shown()+"'", "requestItems", "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]")
		}
		for i, w := range t.writes {
			at := fmt.Sprintf("requestItems.%s.member.%d.member.", t.name, i+1)
			v.required(at+"deleteRequest.key", !w.remove || w.key != nil)
			v.required(at+"putRequest.item", !w.put || w.item != nil)
		}
	}
	return v.err()
}

// shown is RequestItems as AWS prints it, except that AWS also prints an object's address for each write.
func (c *batchWriteItemCall) shown() string {
	lists := make([]string, len(c.tables))
	for i, t := range c.tables {
		lists[i] = t.name + "=[]"
		if t.given > 0 {
			lists[i] = t.name + "=[...]"
		}
	}
	return "{" + strings.Join(lists, ", ") + "}"
}

func (w *batchWrite) change() (change, error) {
	if w.put == w.remove {
		return change{}, awsapi.Validation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	}
	if err := invalid(w.badItem, w.badKey); err != nil {
		return change{}, err
	}
	if w.remove {
		return change{key: w.key, remove: true}, nil
	}
	if attribute.ItemSize(w.item) > maxItem {
		return change{}, errItemTooLarge
	}
	return change{key: w.item, put: true}, nil
}

// Needs implements awsapi.Call.
func (c *batchWriteItemCall) Needs() []policy.Need {
	var needs []policy.Need
	for _, t := range c.tables {
		t.subject = c.s.subject(c.req, t.name)
		needs = append(needs, t.subject.need("dynamodb:BatchWriteItem", "", batchWriteConditions{c, t}))
	}
	return needs
}

// batchWriteConditions are the condition keys of what a BatchWriteItem does to one table.
type batchWriteConditions struct {
	call *batchWriteItemCall
	of   *batchWriteTable
}

// Values implements policy.Context.
func (c batchWriteConditions) Values(key string) ([]string, bool) {
	if values, ok := c.of.subject.tag(key); ok {
		return values, true
	}
	var items []attribute.Value
	var all []string
	for i := range c.call.list {
		if ch := &c.call.list[i]; ch.of == c.of {
			items = append(items, ch.key)
			all = append(all, ch.attributes()...)
		}
	}
	switch key {
	case keyLeading:
		return leading(c.of.subject.table, items...)
	case keyAttributesRead:
		return all, true
	case keyReturnCapacity:
		return c.call.returnCapacity.values()
	}
	return nil, false
}

// maxBatchTxn is about how many bytes of items and index entries one transaction of a batch writes.
const maxBatchTxn = 32 << 20

// Run implements awsapi.Call. All the writes are one transaction, unless they are very large: that is more than AWS
// promises, and one fsync.
func (c *batchWriteItemCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	var (
		usage   usageByTable
		touched []touchedCollection
	)
	subjects := make([]*subject, len(c.tables))
	for i, t := range c.tables {
		subjects[i] = &t.subject
	}
	for left := c.list; len(left) > 0; {
		n := firstTxn(left)
		var writes []table.Write
		var written []table.Written
		var made []*batchChange
		err := planned(func() error {
			var err error
			if writes, err = c.plan(ctx); err != nil {
				return err
			}
			at := len(c.list) - len(left)
			made, writes = c.admitted(left[:n], writes[at:at+n])
			made, writes, written, err = c.write(ctx, made, writes)
			return err
		}, subjects...)
		if err != nil {
			return dst, err
		}
		for i, done := range written {
			usage.of(writes[i].Table, made[i].of.name).wrote(attribute.ItemSize(done.Old), attribute.ItemSize(done.New), done.Indexes)
			c.pay(writes[i].Table, made[i], done)
			touched = append(touched, touchedCollection{made[i].of.name, writes[i].Table, writes[i].Key})
		}
		left = left[n:]
	}
	if len(touched) == 0 {
		return dst, c.throttled
	}
	dst = append(dst, `{"UnprocessedItems":`...)
	dst = c.appendUnprocessed(dst)
	if c.returnCollection.value == "SIZE" {
		dst = appendCollections(dst, touched)
	}
	dst = appendCapacities(dst, usage, c.returnCapacity)
	return append(dst, '}'), nil
}

// firstTxn is how many of the changes, one at least, the first transaction makes: an item is written once, and once more
// for each index that it may be in.
func firstTxn(left []batchChange) int {
	size := 0
	for i, ch := range left {
		if size += attribute.ItemSize(ch.key) * (1 + maxLocalIndexes + maxGlobalIndexes); size > maxBatchTxn && i > 0 {
			return i
		}
	}
	return len(left)
}

// plan checks all the changes against their tables.
func (c *batchWriteItemCall) plan(ctx context.Context) ([]table.Write, error) {
	writes := make([]table.Write, len(c.list))
	seen := distinct{}
	for i := range c.list {
		ch := &c.list[i]
		d, err := c.s.table(ctx, c.req, ch.of.name, &ch.of.subject)
		if err != nil {
			return nil, err
		}
		if err := checkBatchKey(d, &ch.change); err != nil {
			return nil, err
		}
		if !seen.add(d.ID, d.KeyOf(nil, ch.key)) {
			return nil, errDuplicateKeys
		}
		writes[i] = ch.write(d)
	}
	return writes, nil
}

// checkBatchKey is change.check, except that of an item AWS says no more than that its key is wrong.
func checkBatchKey(d *table.Descriptor, ch *change) error {
	for _, a := range keyAttributes(d) {
		if ch.key.Field(a.Name).Kind() != a.Kind {
			return errKeySchema
		}
	}
	return ch.check(d)
}
