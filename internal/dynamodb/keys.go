package dynamodb

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/table"
)

// The limits of keys and items in bytes (developer guide, "Quotas in Amazon DynamoDB").
const (
	maxPartitionKey = 2048
	maxSortKey      = 1024
	maxItem         = 400 << 10
)

var (
	errKeySchema     = awsapi.Validation("The provided key element does not match the schema")
	errItemTooLarge  = awsapi.Validation("Item size has exceeded the maximum allowed size")
	errUpdatedDepth  = awsapi.Validation("Nesting Levels have exceeded supported limits")
	errUpdatedToSize = awsapi.Validation("Item size to update has exceeded the maximum allowed size")
)

// keyAttributes is the table's own key.
func keyAttributes(d *table.Descriptor) []table.KeyAttribute {
	if d.Sort == nil {
		return []table.KeyAttribute{d.Partition}
	}
	return []table.KeyAttribute{d.Partition, *d.Sort}
}

func keyNames(d *table.Descriptor) []string {
	if d.Sort == nil {
		return []string{d.Partition.Name}
	}
	return []string{d.Partition.Name, d.Sort.Name}
}

// isKey says whether name is an attribute of the table's own key.
func isKey(d *table.Descriptor, name string) bool {
	return name == d.Partition.Name || d.Sort != nil && name == d.Sort.Name
}

// roles says what the attributes of a table are, for the expressions that may not look inside keys.
func roles(d *table.Descriptor) func(name string) expression.Role {
	return func(name string) expression.Role {
		if isKey(d, name) {
			return expression.Key
		}
		has := func(a table.KeyAttribute) bool { return a.Name == name }
		for _, x := range d.Indexes {
			if x.State != table.IndexDeleting && (slices.ContainsFunc(x.Partition, has) || slices.ContainsFunc(x.Sort, has)) {
				return expression.IndexKey
			}
		}
		return expression.NoKey
	}
}

// checkKey checks that key is the whole key of an item of d, and nothing else.
func checkKey(d *table.Descriptor, key attribute.Value) error {
	schema := keyAttributes(d)
	if key.Count() != len(schema) {
		return errKeySchema
	}
	for i, a := range schema {
		v := key.Field(a.Name)
		if v.Kind() != a.Kind {
			return errKeySchema
		}
		if err := checkKeyValue(a, v, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// checkKeyValue checks the size of a key attribute's value.
func checkKeyValue(a table.KeyAttribute, v attribute.Value, partition bool) error {
	if v.Kind() == attribute.Number {
		return nil
	}
	n := len(v.Text())
	switch {
	case n == 0:
		return emptyKey(emptyTableKey(a, v))
	case partition && n > maxPartitionKey:
		return awsapi.Validation("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case !partition && n > maxSortKey:
		return awsapi.Validation("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// emptyTableKey is what AWS says of an empty value v of an attribute of the table's key.
func emptyTableKey(a table.KeyAttribute, v attribute.Value) string {
	return "The AttributeValue for a key attribute cannot contain an empty " + emptyKind(v) + " value. Key: " + a.Name
}

// emptyIndexKey is what AWS says of an empty value v of an attribute of the index's key.
func emptyIndexKey(x *table.Index, a table.KeyAttribute, v attribute.Value) string {
	return fmt.Sprintf("A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", emptyKind(v), x.Name, a.Name)
}

func emptyKind(v attribute.Value) string {
	if v.Kind() == attribute.Binary {
		return "binary"
	}
	return "string"
}

// checkItem checks the key attributes of an item that is to be put.
func checkItem(d *table.Descriptor, item attribute.Value) error {
	for i, a := range keyAttributes(d) {
		v := item.Field(a.Name)
		if v == nil {
			return awsapi.Validation("One or more parameter values were invalid: Missing the key " + a.Name + " in the item")
		}
		if v.Kind() != a.Kind {
			return awsapi.Validation(fmt.Sprintf("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", a.Name, a.Kind, v.Kind()))
		}
		if err := checkKeyValue(a, v, i == 0); err != nil {
			return err
		}
	}
	return checkIndexKeys(d, nil, item, checkIndexKey)
}

// checkIndexKeys checks that what item has of the keys of the indexes, and old had not, can be one. Of several that
// can't, AWS names the index that is first by name.
func checkIndexKeys(d *table.Descriptor, old, item attribute.Value, check func(*table.Index, table.KeyAttribute, attribute.Value, bool) error) error {
	var bad *table.Index
	var reason error
	for _, x := range d.Indexes {
		if x.State == table.IndexDeleting || bad != nil && bad.Name < x.Name {
			continue
		}
		for i, part := range [...][]table.KeyAttribute{x.Partition, x.Sort} {
			for _, a := range part {
				if v := item.Field(a.Name); v != nil && !bytes.Equal(v, old.Field(a.Name)) {
					if err := check(x, a, v, i == 0); err != nil && bad != x {
						bad, reason = x, err
					}
				}
			}
		}
	}
	return reason
}

// checkUpdatedIndexKey is checkIndexKey for UpdateItem, which has its own words for an empty value.
func checkUpdatedIndexKey(x *table.Index, a table.KeyAttribute, v attribute.Value, partition bool) error {
	if v.Kind() == a.Kind && v.Kind() != attribute.Number && len(v.Text()) == 0 {
		return emptyKey("The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty " + emptyKind(v) + " value.")
	}
	err := checkIndexKey(x, a, v, partition)
	if err != nil && v.Kind() == a.Kind {
		return awsapi.Validation("The update expression attempted to update the secondary index key beyond allowed size limits.")
	}
	return err
}

func checkIndexKey(x *table.Index, a table.KeyAttribute, v attribute.Value, partition bool) error {
	if v.Kind() != a.Kind {
		return awsapi.Validation(fmt.Sprintf("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", a.Name, a.Kind, v.Kind(), x.Name))
	}
	if v.Kind() == attribute.Number {
		return nil
	}
	n := len(v.Text())
	switch {
	case n == 0:
		return emptyKey(emptyIndexKey(x, a, v))
	case partition && n > maxPartitionKey:
		return awsapi.Validation("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case !partition && n > maxSortKey:
		return awsapi.Validation("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}
