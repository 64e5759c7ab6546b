package dynamodb

import (
	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
)

// putItem decodes PutItem.
func (s *Service) putItem(req *awsapi.Request) (awsapi.Call, error) {
	w := &writeItem{base: base{s: s, req: req}, change: change{put: true}, action: "dynamodb:PutItem"}
	var badItem *attribute.Error
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		if string(name) == "Item" {
			return r.item(&w.key, &badItem)
		}
		return w.member(r, name)
	}); err != nil {
		return nil, err
	}
	var v violations
	v.enum("returnConsumedCapacity", w.returnCapacity, consumedCapacityValues)
	v.table(w.tableName)
	v.required("item", w.key != nil)
	v.enum("conditionalOperator", w.conditionalOperator, conditionalValues)
	w.expected.violations(&v, "expected")
	v.enum("returnValues", w.returnValues, returnValuesValues)
	v.enum("returnItemCollectionMetrics", w.returnCollection, collectionValues)
	v.enum("returnValuesOnConditionCheckFailure", w.onFailure, onFailureValues)
	if err := v.err(); err != nil {
		return nil, err
	}
	return w, w.prepare(badItem)
}
