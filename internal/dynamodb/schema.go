package dynamodb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// The limits of a table's schema (developer guide, "Quotas in Amazon DynamoDB").
const (
	maxGlobalIndexes   = 20
	maxLocalIndexes    = 5
	maxProjected       = 100 // attributes named by the INCLUDE projections of a table's indexes together
	maxKeyAttributes   = 4   // of either sort in the key of a global index
	maxThroughputUnits = 1_000_000_000_000
	// maxDefinitions is how many attributes the keys of a table and its indexes can have at the most.
	maxDefinitions = 2 + maxLocalIndexes + 2*maxKeyAttributes*maxGlobalIndexes
)

func refused(format string, args ...any) error {
	return awsapi.Validation(invalidParameter + fmt.Sprintf(format, args...))
}

// definitionList are AttributeDefinitions.
type definitionList []table.KeyAttribute

var errWrongCount = refused("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")

func parseDefinitions(defs []types.AttributeDefinition) (definitionList, error) {
	if len(defs) > maxDefinitions {
		return nil, errWrongCount
	}
	list := make(definitionList, len(defs))
	for i, d := range defs {
		list[i] = table.KeyAttribute{Name: aws.ToString(d.AttributeName), Kind: map[types.ScalarAttributeType]attribute.Kind{
			types.ScalarAttributeTypeS: attribute.String, types.ScalarAttributeTypeN: attribute.Number, types.ScalarAttributeTypeB: attribute.Binary,
		}[d.AttributeType]}
	}
	return list, nil
}

func (l definitionList) find(name string) (table.KeyAttribute, bool) {
	i := slices.IndexFunc(l, func(a table.KeyAttribute) bool { return a.Name == name })
	if i < 0 {
		return table.KeyAttribute{}, false
	}
	return l[i], true
}

func (l definitionList) names() string {
	names := make([]string, len(l))
	for i, a := range l {
		names[i] = a.Name
	}
	return joinNames(names)
}

// key reads a KeySchema of at most most partition and most sort attributes. That the attributes are defined is checked before
// what they are for.
func (l definitionList) key(schema []types.KeySchemaElement, most int) (partition, sort []table.KeyAttribute, err error) {
	var names []string
	undefined, repeated := false, false
	for _, e := range schema {
		name := aws.ToString(e.AttributeName)
		a, ok := l.find(name)
		undefined = undefined || !ok
		repeated = repeated || slices.Contains(names, name)
		names = append(names, name)
		if e.KeyType == types.KeyTypeHash {
			partition = append(partition, a)
		} else {
			sort = append(sort, a)
		}
	}
	switch {
	case undefined:
		err = refused("Some index key attributes are not defined in AttributeDefinitions. Keys: %s, AttributeDefinitions: %s", joinNames(names), l.names())
	case repeated:
		err = awsapi.Validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	default:
		err = checkOrder(schema, most)
	}
	return partition, sort, err
}

// checkOrder checks that the partition attributes come first, and that there are not too many of either.
func checkOrder(schema []types.KeySchemaElement, most int) error {
	hashes := slices.IndexFunc(schema, func(e types.KeySchemaElement) bool { return e.KeyType != types.KeyTypeHash })
	if hashes < 0 {
		hashes = len(schema)
	}
	ranges := schema[hashes:]
	switch {
	case hashes == 0:
		return awsapi.Validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	case most == 1 && hashes > 1:
		return awsapi.Validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	case slices.ContainsFunc(ranges, func(e types.KeySchemaElement) bool { return e.KeyType == types.KeyTypeHash }):
		return awsapi.Validation("Invalid KeySchema: All HASH key elements must come before the RANGE key elements")
	case hashes > most || len(ranges) > most:
		return awsapi.Validation(fmt.Sprintf("Invalid KeySchema: The number of key attributes exceeds the limit of %d for HASH and %d for RANGE", most, most))
	}
	return nil
}

// checkProjection checks a projection that has passed its constraints.
func checkProjection(p *types.Projection) error {
	switch kind := p.ProjectionType; {
	case kind == "":
		return refused("Unknown ProjectionType: null")
	case kind == types.ProjectionTypeInclude && len(p.NonKeyAttributes) == 0:
		return refused("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case kind != types.ProjectionTypeInclude && p.NonKeyAttributes != nil:
		return refused("ProjectionType is %s, but NonKeyAttributes is specified", kind)
	}
	return nil
}

// checkUnused refuses definitions that no key of the table or of an index uses, and what is defined twice.
func checkUnused(d *table.Descriptor) error {
	var used []string
	use := func(attrs []table.KeyAttribute) {
		for _, a := range attrs {
			if !slices.Contains(used, a.Name) {
				used = append(used, a.Name)
			}
		}
	}
	use(keyAttributes(d))
	for _, x := range d.Indexes {
		use(x.Partition)
		use(x.Sort)
	}
	if len(used) >= len(d.Definitions) {
		return nil
	}
	if len(d.Indexes) == 0 {
		return errWrongCount
	}
	slices.Sort(used)
	names := strings.Split(strings.Trim(definitionList(d.Definitions).names(), "[]"), ", ")
	slices.Sort(names)
	return refused("Some AttributeDefinitions are not used. AttributeDefinitions: %s, keys used: %s", joinNames(names), joinNames(used))
}

// checkIncluded bounds what the indexes project together.
func checkIncluded(indexes []*table.Index) error {
	n := 0
	for _, x := range indexes {
		n += len(x.NonKey)
	}
	if n > maxProjected {
		return refused("Number of projected NonKeyAttributes exceeds the per-table limit of %d", maxProjected)
	}
	return nil
}

// localIndexOf makes a local index of its definition.
func localIndexOf(in types.LocalSecondaryIndex, d *table.Descriptor) (*table.Index, error) {
	name := aws.ToString(in.IndexName)
	if d.Sort == nil {
		return nil, refused("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	}
	partition, sort, err := definitionList(d.Definitions).key(in.KeySchema, 1)
	switch {
	case err != nil:
		return nil, err
	case len(sort) == 0:
		return nil, refused("Index KeySchema does not have a range key for index: %s", name)
	case partition[0].Name != d.Partition.Name:
		return nil, refused("Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s", name, partition[0].Name, d.Partition.Name)
	}
	if err := checkProjection(in.Projection); err != nil {
		return nil, err
	}
	return &table.Index{Name: name, Local: true, Partition: partition, Sort: sort,
		Projection: string(in.Projection.ProjectionType), NonKey: in.Projection.NonKeyAttributes, State: table.IndexActive}, nil
}

// globalIndexOf makes a global index of its definition.
func globalIndexOf(name *string, schema []types.KeySchemaElement, projection *types.Projection, definitions definitionList) (*table.Index, error) {
	partition, sort, err := definitions.key(schema, maxKeyAttributes)
	if err != nil {
		return nil, err
	}
	if err := checkProjection(projection); err != nil {
		return nil, err
	}
	return &table.Index{Name: aws.ToString(name), Partition: partition, Sort: sort,
		Projection: string(projection.ProjectionType), NonKey: projection.NonKeyAttributes, State: table.IndexActive}, nil
}
