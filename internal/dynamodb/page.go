package dynamodb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/table"
)

// maxPage ends a page of Query and Scan: the item that reaches so many bytes is its last (API reference, Query).
const maxPage = 1 << 20

// maxAnswer ends a page, or a batch, whose items are small but long when written: an exponent of 125 takes 3 bytes, and 126
// digits to print.
const maxAnswer = 16 << 20

// page is what Query and Scan share: one page of a table's or an index's items, filtered and projected.
type page struct {
	base
	action string

	indexName           text
	selects             text
	limit               integer
	consistent          bool
	names               []string
	projectionText      text
	filterText          text
	filters             legacyConditions
	conditionalOperator text
	start               attribute.Value
	badStart            *attribute.Error
	placeholders        placeholders

	filter     *expression.Condition
	projection *expression.Projection
	count      bool // only the count is asked for
	// show makes of an item what is answered, nil for what the projection makes of it.
	show func(item attribute.Value) attribute.Value
}

// member reads a member that Query and Scan share.
func (p *page) member(r *reader, name []byte) error {
	switch string(name) {
	case "TableName":
		return r.text(&p.tableName)
	case "IndexName":
		return r.text(&p.indexName)
	case "Select":
		return r.text(&p.selects)
	case "Limit":
		return r.integer(&p.limit)
	case "ConsistentRead":
		return r.boolean(&p.consistent)
	case "AttributesToGet":
		return r.texts(&p.names)
	case "ProjectionExpression":
		return r.text(&p.projectionText)
	case "FilterExpression":
		return r.text(&p.filterText)
	case "ConditionalOperator":
		return r.text(&p.conditionalOperator)
	case "ExclusiveStartKey":
		return r.item(&p.start, &p.badStart)
	case "ExpressionAttributeNames":
		return r.names(&p.placeholders.Names)
	case "ExpressionAttributeValues":
		return r.values(&p.placeholders.Values, &p.placeholders.invalid)
	case "ReturnConsumedCapacity":
		return r.text(&p.returnCapacity)
	}
	return r.Scan.Skip()
}

// value looks up the condition keys that Query and Scan share.
func (p *page) value(key string) ([]string, bool) {
	switch key {
	case keySelect:
		if p.selects.set {
			return p.selects.values()
		}
		return selected(p.projection != nil, p.indexName.set), true
	case keyReturnCapacity:
		return p.returnCapacity.values()
	}
	return p.subject.tag(key)
}

// parse parses the filter and the projection, and checks Select against them.
func (p *page) parse() error {
	var err error
	if p.filters.given {
		p.filter, err = p.filters.condition(p.conditionalOperator, false)
	} else {
		p.filter, err = p.placeholders.condition("FilterExpression", p.filterText)
	}
	if err != nil {
		return err
	}
	if p.names != nil {
		p.projection, err = attributesToGet(p.names)
	} else {
		p.projection, err = p.placeholders.projection(p.projectionText)
	}
	return err
}

// checkSelect checks Select against the projection that was given.
func (p *page) checkSelect() error {
	p.count = p.selects.value == "COUNT"
	param := "AttributesToGet"
	if p.projectionText.set {
		param = "ProjectionExpression"
	}
	switch given := p.names != nil || p.projectionText.set; {
	case given && p.selects.set && p.selects.value != "SPECIFIC_ATTRIBUTES":
		if p.selects.value == "COUNT" {
			return awsapi.Validation("Cannot specify the " + param + " when choosing to get only the Count")
		}
		return awsapi.Validation("Cannot specify the " + param + " when choosing to get " + p.selects.value)
	case !given && p.selects.value == "SPECIFIC_ATTRIBUTES":
		return awsapi.Validation("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	}
	return nil
}

// source finds the table and the index, nil for the table itself.
func (p *page) source(ctx context.Context) (*table.Descriptor, *table.Index, error) {
	d, err := p.table(ctx)
	if err != nil {
		return nil, nil, err
	}
	if !p.indexName.set {
		if p.selects.value == "ALL_PROJECTED_ATTRIBUTES" {
			return nil, nil, awsapi.Validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
		}
		return d, nil, p.checkPaths(d)
	}
	x := d.Index(p.indexName.value)
	switch {
	case x == nil:
		return nil, nil, awsapi.Validation("The table does not have the specified index: " + p.indexName.value)
	case x.State != table.IndexActive:
		return nil, nil, awsapi.Validation("Cannot read from backfilling global secondary index: " + x.Name)
	case !x.Local && p.consistent:
		return nil, nil, awsapi.Validation("Consistent reads are not supported on global secondary indexes")
	case !x.Local && p.selects.value == "ALL_ATTRIBUTES" && x.Projection != "ALL":
		return nil, nil, awsapi.Validation("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index " + x.Name + " because its projection type is not ALL")
	}
	if err := p.checkPaths(d); err != nil {
		return nil, nil, err
	}
	return d, x, p.checkIndex(d, x)
}

// checkPaths refuses expressions that look inside key attributes.
func (p *page) checkPaths(d *table.Descriptor) error {
	if err := checkProjected(p.projection, d); err != nil || p.filter == nil {
		return err
	}
	return expressionError(p.filter.CheckKeys(roles(d)))
}

// badStartKey is what AWS says of a start key that is no key at all.
func (p *page) badStartKey() error {
	if p.badStart == nil {
		return nil
	}
	if strings.HasPrefix(p.badStart.Message, "Supplied AttributeValue") {
		return awsapi.Validation("The provided starting key is invalid: " + p.badStart.Message)
	}
	return awsapi.Validation(p.badStart.Message)
}

// checkIndex refuses what the entries of the index don't have. What a local index does not have is fetched, unless only
// the filter of a Query asks for it; that of a Scan finds nothing there.
func (p *page) checkIndex(d *table.Descriptor, x *table.Index) error {
	if !x.Local && p.projection != nil {
		if missing := missing(d, x, p.projection.Attributes()); missing != nil {
			return refused("Global secondary index %s does not project %s", x.Name, joinNames(missing))
		}
	}
	if p.filter != nil && p.action == "Query" && !p.whole(d, x) {
		if missing := missing(d, x, p.filter.Attributes()); missing != nil {
			return refused("Secondary index %s does not project one or more filter attributes: %s", x.Name, joinNames(missing))
		}
	}
	return nil
}

// missing are the attributes that the entries of the index don't have, in order.
func missing(d *table.Descriptor, x *table.Index, names []string) []string {
	var missing []string
	for _, name := range names {
		if !projects(d, x, name) && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing
}

func joinNames(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// projects says whether the entries of x have the attribute.
func projects(d *table.Descriptor, x *table.Index, name string) bool {
	has := func(a table.KeyAttribute) bool { return a.Name == name }
	return x.Projection == "ALL" || isKey(d, name) || slices.ContainsFunc(x.Partition, has) || slices.ContainsFunc(x.Sort, has) ||
		slices.Contains(x.NonKey, name)
}

// entrySize is the size of item's entry in x.
func entrySize(d *table.Descriptor, x *table.Index, item attribute.Value) int {
	n := 0
	for name, v := range item.Fields() {
		if projects(d, x, string(name)) {
			n += len(name) + v.Size()
		}
	}
	return n
}

// whole says whether a local index's entries don't have what is asked for, so that the items are fetched.
func (p *page) whole(d *table.Descriptor, x *table.Index) bool {
	if x == nil || !x.Local || x.Projection == "ALL" {
		return false
	}
	return p.selects.value == "ALL_ATTRIBUTES" || p.projection != nil && missing(d, x, p.projection.Attributes()) != nil
}

// collector makes one page out of the items that it is shown.
type collector struct {
	page    *page
	table   *table.Descriptor
	index   *table.Index
	whole   bool // the items are the table's, not the index's entries
	dst     []byte
	size    int // bytes looked at
	entries int // bytes of the index's entries, if whole
	fetched halves
	scanned int
	count   int
	last    attribute.Value // the keys of the item with which the page is full, nil if the items ended before

	// What was looked at for the same page before, of a page that is read in several parts.
	sizeBefore, scannedBefore int
}

// shown is an item as it is answered.
func (p *page) shown(item attribute.Value) attribute.Value {
	if p.show != nil {
		return p.show(item)
	}
	return projected(p.projection, item)
}

// visit looks at one item and says whether the page goes on.
func (c *collector) visit(item attribute.Value) (more bool, err error) {
	n := attribute.ItemSize(item)
	c.size += n
	c.scanned++
	if c.whole {
		c.fetched += readHalves(n, c.page.consistent)
		c.entries += entrySize(c.table, c.index, item)
	}
	if c.page.filter == nil || c.page.filter.Eval(item) {
		if !c.page.count {
			if c.count > 0 {
				c.dst = append(c.dst, ',')
			}
			c.dst = c.page.shown(item).AppendItemJSON(c.dst)
		}
		c.count++
	}
	if c.sizeBefore+c.size < maxPage && len(c.dst) < maxAnswer && (!c.page.limit.set || int64(c.scannedBefore+c.scanned) < c.page.limit.value) {
		return true, nil
	}
	c.last = c.table.KeyOf(c.index, item)
	return false, nil
}

// run shows the items that read visits to a collector and appends the answer.
func (p *page) run(dst []byte, d *table.Descriptor, x *table.Index, read func(visit func(attribute.Value) (bool, error)) error) ([]byte, error) {
	if err := p.s.mayRead(d, x); err != nil {
		return dst, err
	}
	c := collector{page: p, table: d, index: x, whole: p.whole(d, x)}
	start := len(dst)
	c.dst = append(dst, '{')
	if !p.count {
		c.dst = append(c.dst, `"Items":[`...)
	}
	if err := read(c.visit); err != nil {
		return c.dst[:start], err
	}
	dst = c.dst
	if !p.count {
		dst = append(dst, ']', ',')
	}
	dst = append(dst, `"Count":`...)
	dst = strconv.AppendInt(dst, int64(c.count), 10)
	dst = append(dst, `,"ScannedCount":`...)
	dst = strconv.AppendInt(dst, int64(c.scanned), 10)
	if c.last != nil {
		dst = append(dst, `,"LastEvaluatedKey":`...)
		dst = c.last.AppendItemJSON(dst)
	}
	p.itemCount = c.count
	used := c.used()
	p.s.paidRead(&used)
	dst = used.appendMember(dst, p.returnCapacity)
	return append(dst, '}'), nil
}

// used is what the page consumed: the bytes looked at, together, and what was fetched for a local index one by one.
func (c *collector) used() capacity {
	used := capacity{table: c.table, name: c.page.tableName.value}
	cost := readHalves(c.size, c.page.consistent)
	switch {
	case c.index == nil:
		used.own = cost
	case c.whole:
		used.own = c.fetched
		used.add(c.index, readHalves(c.entries, c.page.consistent))
	default:
		used.add(c.index, cost)
	}
	return used
}
