package dynamodb

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"

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

// collectionSample is how many bytes of a collection are counted before its size is called what was counted so far: the
// answer is an estimate in whole gigabytes, and must not cost a scan of a large collection.
const collectionSample = 16 << 20

func hasLocal(d *table.Descriptor) bool {
	return slices.ContainsFunc(d.Indexes, func(x *table.Index) bool { return x.Local })
}

// appendCollection appends the ItemCollectionMetrics of the collection of key.
func (s *Service) appendCollection(ctx context.Context, dst []byte, d *table.Descriptor, key attribute.Value) ([]byte, error) {
	partition := key.Field(d.Partition.Name)
	size := 0
	count := func(item attribute.Value) (bool, error) {
		size += attribute.ItemSize(item)
		return size < collectionSample, nil
	}
	if err := s.store.Query(ctx, table.Query{Table: d, Partition: []attribute.Value{partition}}, count); err != nil {
		return dst, err
	}
	low := math.Floor(float64(size) / (1 << 30))
	dst = append(dst, `{"ItemCollectionKey":{`...)
	dst = jsonscan.AppendString(dst, d.Partition.Name)
	dst = partition.AppendJSON(append(dst, ':'))
	dst = append(dst, `},"SizeEstimateRangeGB":[`...)
	dst = strconv.AppendFloat(dst, low, 'f', 1, 64)
	dst = strconv.AppendFloat(append(dst, ','), low+1, 'f', 1, 64)
	return append(dst, ']', '}'), nil
}

// appendCollections appends ,"ItemCollectionMetrics":{…} of several tables, each collection once; nothing if there is none.
func (s *Service) appendCollections(ctx context.Context, dst []byte, touched []touchedCollection) ([]byte, error) {
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
		return dst, nil
	}
	var err error
	dst = append(comma(dst), `"ItemCollectionMetrics":{`...)
	for _, name := range sortedKeys(byTable) {
		dst = jsonscan.AppendString(comma(dst), name)
		dst = append(dst, ':', '[')
		for i, t := range byTable[name] {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = s.appendCollection(ctx, dst, t.table, t.key); err != nil {
				return dst, err
			}
		}
		dst = append(dst, ']')
	}
	return append(dst, '}'), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
