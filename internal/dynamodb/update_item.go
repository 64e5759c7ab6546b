package dynamodb

import (
	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/expression"
)

// updateItem decodes UpdateItem.
func (s *Service) updateItem(req *awsapi.Request) (awsapi.Call, error) {
	w := &writeItem{base: base{s: s, req: req}, action: "dynamodb:UpdateItem"}
	var (
		badKey           *attribute.Error
		updateExpression text
		updates          legacyUpdates
	)
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "Key":
			return r.item(&w.key, &badKey)
		case "UpdateExpression":
			return r.text(&updateExpression)
		case "AttributeUpdates":
			return r.updates(&updates)
		}
		return w.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", w.returnCapacity, consumedCapacityValues)
	v.table(w.tableName)
	v.enum("returnItemCollectionMetrics", w.returnCollection, collectionValues)
	v.enum("returnValues", w.returnValues, returnValuesValues)
	v.required("key", w.key != nil)
	v.enum("conditionalOperator", w.conditionalOperator, conditionalValues)
	w.expected.violations(&v, "expected")
	updates.violations(&v)
	v.enum("returnValuesOnConditionCheckFailure", w.onFailure, onFailureValues)
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := w.placeholders.check(
		[]param{{"UpdateExpression", updateExpression.set}, {"ConditionExpression", w.conditionExpression.set}},
		[]param{{"AttributeUpdates", updates.given}, {"Expected", w.expected.given}, {"ConditionalOperator", w.conditionalOperator.set}}); err != nil {
		return nil, err
	}
	if err := invalid(badKey); err != nil {
		return nil, err
	}
	var err error
	if updates.given {
		if w.update, err = updates.update(); err != nil {
			return nil, err
		}
	}
	if err := w.placeholders.open(); err != nil {
		return nil, err
	}
	if updateExpression.set {
		if w.update, err = expression.ParseUpdate(updateExpression.value, &w.placeholders.Placeholders); err != nil {
			return nil, expressionError(err)
		}
	}
	if w.update == nil { // an update that names no attribute makes the item with its key alone
		if w.update, err = expression.LegacyUpdate(nil); err != nil {
			return nil, err
		}
	}
	if err := w.parseCondition(); err != nil {
		return nil, err
	}
	return w, w.placeholders.close()
}
