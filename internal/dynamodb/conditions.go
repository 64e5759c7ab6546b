package dynamodb

import (
	"encoding/base64"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// The condition keys of DynamoDB (Service Authorization Reference, "Condition keys for Amazon DynamoDB"), in lower case. A
// call is the policy.Context of its own needs: nothing is worked out before a policy asks.
const (
	keyAttributesRead = "dynamodb:attributes"
	keyEnclosing      = "dynamodb:enclosingoperation"
	keyFullScan       = "dynamodb:fulltablescan"
	keyLeading        = "dynamodb:leadingkeys"
	keyReturnCapacity = "dynamodb:returnconsumedcapacity"
	keyReturnValues   = "dynamodb:returnvalues"
	keySelect         = "dynamodb:select"
	selectAll         = "ALL_ATTRIBUTES"
	selectProjected   = "ALL_PROJECTED_ATTRIBUTES"
	selectSpecific    = "SPECIFIC_ATTRIBUTES"
	enclosingWrite    = "TransactWriteItems"
	enclosingRead     = "TransactGetItems"
	enclosingExecute  = "ExecuteTransaction"
)

// positionalKeys are the keys for the partition attributes of an index with several, in their order.
var positionalKeys = [maxKeyAttributes]string{"dynamodb:firstpartitionkeyvalues", "dynamodb:secondpartitionkeyvalues",
	"dynamodb:thirdpartitionkeyvalues", "dynamodb:fourthpartitionkeyvalues"}

// values is a text as the values of a condition key: a parameter that was not given is a key that is not there.
func (t text) values() ([]string, bool) { return []string{t.value}, t.set }

// keyText is the value of a key attribute as policies compare it.
func keyText(v attribute.Value) string {
	switch v.Kind() {
	case attribute.String:
		return string(v.Text())
	case attribute.Number:
		return v.Number().String()
	case attribute.Binary:
		return base64.StdEncoding.EncodeToString(v.Text())
	}
	return ""
}

// leading are the values of the table's partition key in items or keys. A table that is not there has none.
func leading(d *table.Descriptor, items ...attribute.Value) ([]string, bool) {
	if d == nil {
		return nil, false
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = keyText(item.Field(d.Partition.Name))
	}
	return texts, len(texts) > 0
}

// names are the names of the attributes of an item or a key, and others.
func names(item attribute.Value, others ...[]string) []string {
	var all []string
	if item != nil {
		for name := range item.Fields() {
			all = append(all, string(name))
		}
	}
	for _, o := range others {
		all = append(all, o...)
	}
	return all
}

// selected is what a read without Select selects: dynamodb:Select is there for every read, so that a policy can insist that
// attributes are named.
func selected(projected bool, index bool) []string {
	switch {
	case projected:
		return []string{selectSpecific}
	case index:
		return []string{selectProjected}
	}
	return []string{selectAll}
}

// readAttributes are the attributes that a projection, which may be missing, and a filter name.
func readAttributes(p *expression.Projection, filter *expression.Condition) []string {
	var all []string
	if p != nil {
		all = p.Attributes()
	}
	if filter != nil {
		all = append(all, filter.Attributes()...)
	}
	return all
}

// under is a context in a transaction.
type under struct {
	enclosing string
	policy.Context
}

// Values implements policy.Context.
func (u under) Values(key string) ([]string, bool) {
	if key == keyEnclosing {
		return []string{u.enclosing}, true
	}
	return u.Context.Values(key)
}
