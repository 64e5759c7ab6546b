package dynamodb

import (
	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
)

// deleteItem decodes DeleteItem.
func (s *Service) deleteItem(req *awsapi.Request) (awsapi.Call, error) {
	w := &writeItem{base: base{s: s, req: req}, change: change{remove: true}, action: "dynamodb:DeleteItem"}
	var badKey *attribute.Error
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		if string(name) == "Key" {
			return r.item(&w.key, &badKey)
		}
		return w.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", w.returnCapacity, consumedCapacityValues)
	v.table(w.tableName)
	v.enum("returnValues", w.returnValues, returnValuesValues)
	v.enum("returnItemCollectionMetrics", w.returnCollection, collectionValues)
	v.required("key", w.key != nil)
	v.enum("conditionalOperator", w.conditionalOperator, conditionalValues)
	w.expected.violations(&v, "expected")
	v.enum("returnValuesOnConditionCheckFailure", w.onFailure, onFailureValues)
	if err := v.err(); err != nil {
		return nil, err
	}
	return w, w.prepare(badKey)
}
