package dynamodb

import (
	"github.com/statordb/stator/internal/awsapi"
)

// violations are the violations of the model's constraints by members as the operations read them. The order in which an
// operation calls it is the order in which AWS lists them.
type violations struct{ awsapi.Violations }

// AWS's own order of the values of each enumeration.
var (
	consumedCapacityValues = []string{"INDEXES", "TOTAL", "NONE"}
	collectionValues       = []string{"SIZE", "NONE"}
	returnValuesValues     = []string{"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"}
	onFailureValues        = []string{"ALL_OLD", "NONE"}
	selectValues           = []string{"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"}
	conditionalValues      = []string{"OR", "AND"}
	comparisonValues       = []string{"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"}
	actionValues           = []string{"ADD", "DELETE", "PUT"}
)

func (v *violations) required(at string, there bool) { v.Required(at, there) }

func (v *violations) enum(at string, t text, allowed []string) {
	if t.set {
		v.Enum(at, &t.value, allowed)
	}
}

func (v *violations) length(at string, t text, low, high int) {
	if t.set {
		v.Length(at, &t.value, low, high)
	}
}

// count checks the number of elements of a list or a map that is there; shown prints it as AWS does.
func (v *violations) count(at string, n, low, high int, shown func() string) {
	if n < low || n > high {
		v.Count(at, shown(), n, low, high)
	}
}

func emptyList() string { return "[]" }
func emptyMap() string  { return "{}" }

func (v *violations) atLeast(at string, i integer, low int64) {
	if i.set {
		v.AtLeast(at, &i.value, low)
	}
}

func (v *violations) atMost(at string, i integer, high int64) {
	if i.set {
		v.AtMost(at, &i.value, high)
	}
}

// err returns the one error for all, nil if there is nothing to report.
func (v *violations) err() error { return v.Err(awsapi.ValidationException) }

// namePattern is what tables and indexes may be called.
var namePattern = awsapi.Pattern{Text: "[a-zA-Z0-9_.-]+", Match: nameCharacters}

// name checks the name of an index, or of a table where no ARN is taken.
func (v *violations) name(at string, t text) {
	if t.set {
		v.Pattern(at, &t.value, namePattern)
	}
	v.length(at, t, 3, 255)
}

// table checks a required TableName: a name or an ARN.
func (v *violations) table(t text) { v.tableAt("tableName", t) }

func nameCharacters(name string) bool {
	for i := range len(name) {
		c := name[i]
		if ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return name != ""
}

// tableKey checks the name of a table, or its ARN, where it is the key of a map.
func (v *violations) tableKey(at, name string) {
	if isTableARN(name) || len(name) >= 3 && len(name) <= 255 && nameCharacters(name) {
		return
	}
	v.Add("'{"+name+"}'", at, "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]")
}

// tableAt is table for a TableName inside a list.
func (v *violations) tableAt(at string, t text) {
	v.required(at, t.set)
	if !isTableARN(t.value) {
		v.name(at, t)
	}
}
