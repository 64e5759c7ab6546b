package dynamodb

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/partiql"
	"github.com/statordb/stator/internal/table"
)

// page is the page of items that a Select reads.
func (st *statement) page(limit integer) page {
	p := page{base: st.base, action: "Query", limit: limit, consistent: st.consistent, filter: st.Filter, show: st.Projected}
	if st.plan != nil && st.plan.Scan {
		p.action = "Scan"
	}
	if st.Index != "" {
		p.indexName = text{true, st.Index}
	}
	if st.Columns != nil {
		paths := make([]expression.Path, len(st.Columns))
		for i, c := range st.Columns {
			paths[i] = c.Path
		}
		p.projection = expression.NewProjection(paths...)
	}
	return p
}

// selects reads a page and appends the answer.
func (st *statement) selects(ctx context.Context, dst []byte, limit integer, next text) ([]byte, error) {
	d, err := st.table(ctx)
	if err != nil {
		return dst, err
	}
	if st.invalid != nil {
		return dst, st.invalid
	}
	p := st.page(limit)
	if err := p.checkPaths(d); err != nil {
		return dst, err
	}
	if st.index != nil {
		if err := p.checkIndex(d, st.index); err != nil {
			return dst, err
		}
	}
	for _, r := range st.plan.Ranges {
		if err := st.checkRange(d, r); err != nil {
			return dst, err
		}
	}
	from := position{}
	if next.set {
		if from, err = st.position(d, next.value); err != nil {
			return dst, err
		}
	}
	if err := st.s.mayRead(d, st.index); err != nil {
		return dst, err
	}
	start := len(dst)
	dst = append(dst, `{"Items":[`...)
	used := capacity{table: d, name: st.tableName.value}
	whole := p.whole(d, st.index)
	parts := len(st.plan.Ranges)
	if st.plan.Scan {
		parts = 1
	}
	var last attribute.Value
	before := collector{}
	for ; from.part < parts; from = (position{part: from.part + 1}) {
		c := collector{page: &p, table: d, index: st.index, whole: whole, dst: dst, count: before.count,
			sizeBefore: before.sizeBefore + before.size, scannedBefore: before.scannedBefore + before.scanned}
		if err := st.read(ctx, d, whole, from, limit, c.visit); err != nil {
			return c.dst[:start], err
		}
		dst, before, last = c.dst, c, c.last
		part := c.used()
		used.own += part.own
		for _, x := range part.indexes {
			used.add(x.index, x.halves)
		}
		if last != nil {
			break
		}
	}
	dst = append(dst, ']')
	if last != nil {
		dst = append(dst, `,"NextToken":"`...)
		dst = append(dst, st.token(position{from.part, last})...)
		dst = append(dst, `","LastEvaluatedKey":`...)
		dst = last.AppendItemJSON(dst)
	}
	st.itemCount = before.count
	st.s.paidRead(&used)
	dst = used.appendMember(dst, st.returnCapacity)
	return append(dst, '}'), nil
}

// checkRange checks the size of the keys that a range is of.
func (st *statement) checkRange(d *table.Descriptor, r partiql.Range) error {
	partition := d.Partition
	if st.index != nil {
		partition = st.index.Partition[0]
	}
	return checkKeyValue(partition, r.Partition, true)
}

// read visits the items of one part of the plan.
func (st *statement) read(ctx context.Context, d *table.Descriptor, whole bool, from position, limit integer, visit table.Visit) error {
	most := 0
	if limit.set {
		most = int(limit.value)
	}
	if st.plan.Scan {
		return st.s.store.Scan(ctx, table.Scan{Table: d, Index: st.index, Start: from.start, Limit: most, Whole: whole}, visit)
	}
	r := st.plan.Ranges[from.part]
	q := table.Query{Table: d, Index: st.index, Partition: []attribute.Value{r.Partition}, Reverse: st.plan.Reverse, Start: from.start,
		Limit: most, Whole: whole}
	switch b := r.Sort; {
	case b.Equal != nil:
		q.Equal = []attribute.Value{b.Equal}
	case b.Prefix != nil:
		q.Range = &table.Bounds{Prefix: b.Prefix}
	case b.Low != nil || b.High != nil:
		q.Range = &table.Bounds{Low: b.Low, LowOpen: b.LowOpen, High: b.High, HighOpen: b.HighOpen}
	}
	return st.s.store.Query(ctx, q, visit)
}

// position is where a page starts: after an item of a part of the plan.
type position struct {
	part  int
	start attribute.Value // nil for the part's beginning
}

// tokenVersion is the first byte of a NextToken.
const tokenVersion = 1

// token is a position as a NextToken: it is good only for the same statement.
func (st *statement) token(at position) string {
	sum := digest(st.req, st)
	b := append([]byte{tokenVersion}, sum[:]...)
	b = binary.AppendUvarint(b, uint64(at.part))
	return base64.RawURLEncoding.EncodeToString(at.start.AppendItemJSON(b))
}

var errInvalidToken = awsapi.Validation("Invalid NextToken")

// position reads a NextToken. It is a client's: nothing in it is believed, and all that it could do is to start the same
// statement elsewhere in what that reads.
func (st *statement) position(d *table.Descriptor, token string) (position, error) {
	none := position{}
	b, err := base64.RawURLEncoding.DecodeString(token)
	sum := digest(st.req, st)
	if err != nil || len(b) < 1+len(sum) || b[0] != tokenVersion {
		return none, errInvalidToken
	}
	if !bytes.Equal(b[1:1+len(sum)], sum[:]) {
		return none, awsapi.Validation("NextToken does not match request")
	}
	part, n := binary.Uvarint(b[1+len(sum):])
	if n <= 0 {
		return none, errInvalidToken
	}
	start, err := attribute.ParseItemJSON(string(b[1+len(sum)+n:]))
	if err != nil || checkStartKey(d, st.index, start) != nil {
		return none, errInvalidToken
	}
	if st.plan.Scan {
		if part != 0 {
			return none, errInvalidToken
		}
		return position{0, start}, nil
	}
	if part >= uint64(len(st.plan.Ranges)) {
		return none, errInvalidToken
	}
	partition := schema(d, st.index).Partition.Name
	if !attribute.Equal(start.Field(partition), st.plan.Ranges[part].Partition) {
		return none, errInvalidToken
	}
	return position{int(part), start}, nil
}
