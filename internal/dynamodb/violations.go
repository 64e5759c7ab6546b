package dynamodb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
)

// violations collects what AWS reports together, before anything else is checked: "2 validation errors detected: …".
// The order in which an operation calls it is the order in which AWS lists them.
type violations []string

// AWS lists ten violations at the most. Of what they show, what is beyond maxShown bytes is cut off: a hostile
// request must not make a large answer.
const (
	maxListed = 10
	maxShown  = 4 << 10
)

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

func (v *violations) add(value, at, constraint string) {
	if len(*v) == maxListed {
		return
	}
	*v = append(*v, "Value "+cut(value)+" at '"+cut(at)+"' failed to satisfy constraint: "+constraint)
}

func cut(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "")
}

func (v *violations) required(at string, there bool) {
	if !there {
		v.add("null", at, "Member must not be null")
	}
}

func (v *violations) enum(at string, t text, allowed []string) {
	if t.set && !slices.Contains(allowed, t.value) {
		v.add("'"+t.value+"'", at, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
}

// name checks the name of an index, or of a table where no ARN is taken.
func (v *violations) name(at string, t text) {
	if !t.set {
		return
	}
	if !nameCharacters(t.value) {
		v.add("'"+t.value+"'", at, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
	v.length(at, t, 3, 255)
}

// table checks a required TableName: a name or an ARN.
func (v *violations) table(t text) { v.tableAt("tableName", t) }

func (v *violations) length(at string, t text, low, high int) {
	switch n := utf8.RuneCountInString(t.value); {
	case !t.set:
	case n < low:
		v.add("'"+t.value+"'", at, "Member must have length greater than or equal to "+strconv.Itoa(low))
	case n > high:
		v.add("'"+t.value+"'", at, "Member must have length less than or equal to "+strconv.Itoa(high))
	}
}

// count checks the number of elements of a list or a map that is there; shown prints it as AWS does.
func (v *violations) count(at string, n, low, high int, shown func() string) {
	switch {
	case n < low:
		v.add("'"+shown()+"'", at, "Member must have length greater than or equal to "+strconv.Itoa(low))
	case n > high:
		v.add("'"+shown()+"'", at, "Member must have length less than or equal to "+strconv.Itoa(high))
	}
}

func emptyList() string { return "[]" }
func emptyMap() string  { return "{}" }

func (v *violations) atLeast(at string, i integer, low int64) {
	if i.set && i.value < low {
		v.add(fmt.Sprintf("'%d'", i.value), at, fmt.Sprintf("Member must have value greater than or equal to %d", low))
	}
}

func (v *violations) atMost(at string, i integer, high int64) {
	if i.set && i.value > high {
		v.add(fmt.Sprintf("'%d'", i.value), at, fmt.Sprintf("Member must have value less than or equal to %d", high))
	}
}

// err returns the one error for all, nil if there is nothing to report.
func (v violations) err() error {
	switch len(v) {
	case 0:
		return nil
	case 1:
		return awsapi.Validation("1 validation error detected: " + v[0])
	}
	return awsapi.Validation(fmt.Sprintf("%d validation errors detected: %s", len(v), strings.Join(v, "; ")))
}

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
	v.add("'{"+name+"}'", at, "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]")
}

// tableAt is table for a TableName inside a list.
func (v *violations) tableAt(at string, t text) {
	v.required(at, t.set)
	if !isTableARN(t.value) {
		v.name(at, t)
	}
}
