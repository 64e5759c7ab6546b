package dynamodb

import (
	"strconv"

	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/table"
)

// The sizes of one unit of capacity in bytes (developer guide, "Capacity unit consumption").
const (
	readUnit  = 4 << 10
	writeUnit = 1 << 10
)

// halves counts capacity in half units, the least that DynamoDB counts.
type halves int

// readHalves is what reading size bytes costs: half a unit for each 4 KB begun, a whole one if consistent.
func readHalves(size int, consistent bool) halves {
	units := max(1, (size+readUnit-1)/readUnit)
	if consistent {
		units *= 2
	}
	return halves(units)
}

// writeHalves is what writing size bytes costs: a unit for each KB begun.
func writeHalves(size int) halves {
	return halves(2 * max(1, (size+writeUnit-1)/writeUnit))
}

// capacity is what a request consumed of one table.
type capacity struct {
	table   *table.Descriptor
	name    string // as the request names the table: its name or its ARN
	own     halves // of the table itself
	indexes []indexCapacity
	// transact says that a transaction consumed it, twice as much as alone, which AWS shows as read or write units too.
	read, transact bool
}

type indexCapacity struct {
	index *table.Index
	halves
}

// add counts what index consumed.
func (c *capacity) add(x *table.Index, h halves) {
	for i := range c.indexes {
		if c.indexes[i].index.Name == x.Name {
			c.indexes[i].halves += h
			return
		}
	}
	c.indexes = append(c.indexes, indexCapacity{x, h})
}

// wrote counts a change of an item: the larger of the item before and after, and each index entry that changed.
func (c *capacity) wrote(oldSize, newSize int, indexes []table.IndexChange) {
	factor := halves(1)
	if c.transact {
		factor = 2
	}
	c.own += factor * writeHalves(max(oldSize, newSize))
	for _, x := range indexes {
		h := writeHalves(max(x.OldSize, x.NewSize))
		if x.Moved { // a delete and a put
			h = writeHalves(x.OldSize) + writeHalves(x.NewSize)
		}
		c.add(x.Index, factor*h)
	}
}

// shown says whether ReturnConsumedCapacity asks for an answer.
func shown(mode text) bool { return mode.value == "TOTAL" || mode.value == "INDEXES" }

// appendMember appends ,"ConsumedCapacity":{…} if mode asks for it.
func (c *capacity) appendMember(dst []byte, mode text) []byte {
	if !shown(mode) {
		return dst
	}
	dst = append(comma(dst), `"ConsumedCapacity":`...)
	return c.append(dst, mode)
}

// append appends the ConsumedCapacity structure.
func (c *capacity) append(dst []byte, mode text) []byte {
	total := c.own
	for _, x := range c.indexes {
		total += x.halves
	}
	dst = append(dst, `{"TableName":`...)
	dst = jsonscan.AppendString(dst, c.name)
	dst = append(dst, ',')
	dst = c.appendUnits(dst, total)
	if mode.value == "INDEXES" {
		dst = append(dst, `,"Table":{`...)
		dst = c.appendUnits(dst, c.own)
		dst = append(dst, '}')
		dst = c.appendIndexes(dst, "LocalSecondaryIndexes", true)
		dst = c.appendIndexes(dst, "GlobalSecondaryIndexes", false)
	}
	return append(dst, '}')
}

func (c *capacity) appendIndexes(dst []byte, member string, local bool) []byte {
	first := true
	for _, x := range c.indexes {
		if x.index.Local != local {
			continue
		}
		if first {
			dst = append(dst, `,"`+member+`":{`...)
		} else {
			dst = append(dst, ',')
		}
		first = false
		dst = jsonscan.AppendString(dst, x.index.Name)
		dst = append(dst, ':', '{')
		dst = c.appendUnits(dst, x.halves)
		dst = append(dst, '}')
	}
	if !first {
		dst = append(dst, '}')
	}
	return dst
}

func (c *capacity) appendUnits(dst []byte, h halves) []byte {
	dst = append(dst, `"CapacityUnits":`...)
	dst = h.append(dst)
	if !c.transact {
		return dst
	}
	if c.read {
		dst = append(dst, `,"ReadCapacityUnits":`...)
	} else {
		dst = append(dst, `,"WriteCapacityUnits":`...)
	}
	return h.append(dst)
}

func (h halves) append(dst []byte) []byte {
	dst = strconv.AppendInt(dst, int64(h/2), 10)
	if h%2 == 1 {
		return append(dst, '.', '5')
	}
	return append(dst, '.', '0')
}

// comma appends a comma unless an object has just been opened.
func comma(dst []byte) []byte {
	if dst[len(dst)-1] == '{' {
		return dst
	}
	return append(dst, ',')
}

// appendCapacities appends ,"ConsumedCapacity":[…], one for each table, if mode asks for it.
func appendCapacities(dst []byte, usage []capacity, mode text) []byte {
	if !shown(mode) {
		return dst
	}
	dst = append(comma(dst), `"ConsumedCapacity":[`...)
	for i := range usage {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = usage[i].append(dst, mode)
	}
	return append(dst, ']')
}

// usageByTable is what a request consumed of several tables, in the order in which it named them.
type usageByTable []capacity

// of returns the part of d, which the request names so.
func (u *usageByTable) of(d *table.Descriptor, name string) *capacity {
	for i := range *u {
		if (*u)[i].table.ID == d.ID {
			return &(*u)[i]
		}
	}
	*u = append(*u, capacity{table: d, name: name})
	return &(*u)[len(*u)-1]
}
