package dynamodb

import (
	"maps"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/table"
)

// touchedCollection is an item collection that a request changed: the items of a table with local indexes that have one
// partition key. Name is the table's name in the request.
type touchedCollection struct {
	name  string
	table *table.Descriptor
	key   attribute.Value
}

func hasLocal(d *table.Descriptor) bool {
	return slices.ContainsFunc(d.Indexes, func(x *table.Index) bool { return x.Local })
}

// appendCollection appends the ItemCollectionMetrics of the collection of key. The size is no more than a guess: to know
// it, the collection would have to be read.
func appendCollection(dst []byte, d *table.Descriptor, key attribute.Value) []byte {
	dst = append(dst, `{"ItemCollectionKey":{`...)
	dst = jsonscan.AppendString(dst, d.Partition.Name)
	dst = key.Field(d.Partition.Name).AppendJSON(append(dst, ':'))
	return append(dst, `},"SizeEstimateRangeGB":[0.0,1.0]}`...)
}

// appendCollections appends ,"ItemCollectionMetrics":{…} of several tables, each collection once; nothing if there is none.
func appendCollections(dst []byte, touched []touchedCollection) []byte {
	byTable := map[string][]touchedCollection{}
	for _, t := range touched {
		same := func(o touchedCollection) bool {
			return attribute.Equal(o.key.Field(t.table.Partition.Name), t.key.Field(t.table.Partition.Name))
		}
		if hasLocal(t.table) && !slices.ContainsFunc(byTable[t.name], same) {
			byTable[t.name] = append(byTable[t.name], t)
		}
	}
	if len(byTable) == 0 {
		return dst
	}
	dst = append(comma(dst), `"ItemCollectionMetrics":{`...)
	for _, name := range sortedKeys(byTable) {
		dst = jsonscan.AppendString(comma(dst), name)
		dst = append(dst, ':', '[')
		for i, t := range byTable[name] {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCollection(dst, t.table, t.key)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
