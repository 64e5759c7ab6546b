package dynamodb

import (
	"context"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// writeItem is what PutItem, UpdateItem and DeleteItem share: the condition, in both its forms, and the answer.
type writeItem struct {
	base
	change
	action string // as IAM has it

	placeholders        placeholders
	conditionExpression text
	expected            legacyConditions
	conditionalOperator text
	returnValues        text
	returnCollection    text
	onFailure           text
}

// member reads a member that the three operations share.
func (w *writeItem) member(r *reader, name []byte) error {
	switch string(name) {
	case "TableName":
		return r.text(&w.tableName)
	case "ConditionExpression":
		return r.text(&w.conditionExpression)
	case "ExpressionAttributeNames":
		return r.names(&w.placeholders.Names)
	case "ExpressionAttributeValues":
		return r.values(&w.placeholders.Values, &w.placeholders.invalid)
	case "Expected":
		return r.conditions("ExpectedAttributeValue", &w.expected)
	case "ConditionalOperator":
		return r.text(&w.conditionalOperator)
	case "ReturnValues":
		return r.text(&w.returnValues)
	case "ReturnConsumedCapacity":
		return r.text(&w.returnCapacity)
	case "ReturnItemCollectionMetrics":
		return r.text(&w.returnCollection)
	case "ReturnValuesOnConditionCheckFailure":
		return r.text(&w.onFailure)
	}
	return r.Scan.Skip()
}

// Needs implements awsapi.Call.
func (w *writeItem) Needs() []policy.Need {
	return w.need(w.action, "", w)
}

// Values implements policy.Context.
func (w *writeItem) Values(key string) ([]string, bool) {
	switch key {
	case keyLeading:
		return leading(w.subject.table, w.key)
	case keyAttributesRead:
		return w.attributes(), true
	case keyReturnValues:
		return w.returnValues.values()
	case keyReturnCapacity:
		return w.returnCapacity.values()
	}
	return w.subject.tag(key)
}

// prepare checks a PutItem or a DeleteItem after its constraints, as far as that goes without the table.
func (w *writeItem) prepare(bad *attribute.Error) error {
	if err := w.placeholders.check([]param{{"ConditionExpression", w.conditionExpression.set}},
		[]param{{"Expected", w.expected.given}, {"ConditionalOperator", w.conditionalOperator.set}}); err != nil {
		return err
	}
	if err := invalid(bad); err != nil {
		return err
	}
	switch w.returnValues.value {
	case "", "NONE", "ALL_OLD":
	default:
		return awsapi.Validation("ReturnValues can only be ALL_OLD or NONE")
	}
	if w.put && attribute.ItemSize(w.key) > maxItem {
		return errItemTooLarge
	}
	if err := w.placeholders.open(); err != nil {
		return err
	}
	if err := w.parseCondition(); err != nil {
		return err
	}
	return w.placeholders.close()
}

// parseCondition parses the condition in the form in which it was given.
func (w *writeItem) parseCondition() error {
	w.showItem = w.onFailure.value == "ALL_OLD"
	var err error
	if w.expected.given || w.conditionalOperator.set {
		w.condition, err = w.expected.condition(w.conditionalOperator, true)
		return err
	}
	w.condition, err = w.placeholders.condition("ConditionExpression", w.conditionExpression)
	return err
}

// Run implements awsapi.Call.
func (w *writeItem) Run(ctx context.Context, dst []byte) ([]byte, error) {
	done, used, err := w.run(ctx, &w.base)
	if err != nil {
		return dst, err
	}
	dst = append(dst, '{')
	if v := w.returned(done.Old, done.New); v != nil {
		dst = append(dst, `"Attributes":`...)
		dst = v.AppendItemJSON(dst)
	}
	dst = used.appendMember(dst, w.returnCapacity)
	if w.returnCollection.value == "SIZE" && hasLocal(used.table) {
		dst = append(comma(dst), `"ItemCollectionMetrics":`...)
		dst = appendCollection(dst, used.table, w.key)
	}
	return append(dst, '}'), nil
}

// returned is what ReturnValues asks for, nil for nothing.
func (w *writeItem) returned(old, item attribute.Value) attribute.Value {
	switch w.returnValues.value {
	case "ALL_OLD":
		return old
	case "ALL_NEW":
		return item
	case "UPDATED_OLD":
		return w.updatedPaths(old)
	case "UPDATED_NEW":
		return w.updatedPaths(item)
	}
	return nil
}
