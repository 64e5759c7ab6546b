package awsapi

import (
	"reflect"
	"strings"
)

// resultMetadata is the field of the SDK's outputs that is no member.
const resultMetadata = "ResultMetadata"

// wireNames are the members whose name is not the one of the field: the SDK makes every first letter a capital.
var wireNames = map[[2]string]string{
	{"PolicyDescriptorType", "Arn"}:                 "arn",
	{"ListDelegationRequestsOutput", "IsTruncated"}: "isTruncated",
}

func wireName(t reflect.Type, field string) string {
	if name, ok := wireNames[[2]string{t.Name(), field}]; ok {
		return name
	}
	return field
}

// unionMember is the name of a member of a union on the wire. The SDK makes a type of each, named UnionMemberName, with
// one field Value.
func unionMember(union, member reflect.Type) string {
	return strings.TrimPrefix(member.Name(), union.Name()+"Member")
}

// emptyResults are the operations whose output is a structure without members, and not nothing. The SDK's types do
// not tell these apart; on the wire the one is an empty result element, and the other is none.
var emptyResults = map[string]bool{"PutAccountProperties": true, "UpdateRole": true}

// hasResult says whether an operation's answer has a result element.
func hasResult(action string, out reflect.Value) bool {
	if out.Kind() == reflect.Pointer {
		out = out.Elem()
	}
	if out.Kind() != reflect.Struct {
		return false
	}
	for i := range out.NumField() {
		if f := out.Type().Field(i); f.IsExported() && f.Name != resultMetadata {
			return true
		}
	}
	return emptyResults[action]
}
