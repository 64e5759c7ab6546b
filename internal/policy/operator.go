package policy

import "strings"

// Operator is a condition operator as an editor of policies has to know it.
type Operator struct {
	// Type is what is compared: String, Numeric, Date, Bool, Binary, IpAddress, Arn or Null.
	Type string
	// Wildcards says that * and ? in values stand for others. Variables says that values may have policy variables.
	Wildcards, Variables bool
	// Set is the prefix of an operator for keys with many values, ForAllValues or ForAnyValue; "" for all others.
	Set string

	family family
}

// ParseOperator reads the name of an operator. It is not ok if the language has none of that name.
func ParseOperator(name string) (o Operator, ok bool) {
	parsed, err := parseOperator(name)
	if err != nil {
		return o, false
	}
	o = Operator{family: parsed.family, Variables: parsed.family.hasVariables(),
		Wildcards: parsed.family == stringLike || parsed.family == arnLike}
	o.Type = [...]string{stringEquals: "String", stringEqualsIgnoreCase: "String", stringLike: "String", numeric: "Numeric", date: "Date",
		boolean: "Bool", binary: "Binary", ipAddress: "IpAddress", arnLike: "Arn", null: "Null"}[parsed.family]
	if parsed.set != noSet {
		o.Set, _, _ = strings.Cut(name, ":")
	}
	return o, true
}

// Takes says whether a value is one that the operator can compare with, variables aside.
func (o Operator) Takes(value string) bool {
	switch o.family {
	case date:
		_, ok := parseInstant(value)
		return ok
	case ipAddress:
		_, ok := parseNetwork(value)
		return ok
	case numeric:
		_, ok := parseNumber(value)
		return ok
	case boolean, null:
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	}
	return true
}

// MatchAction says whether a pattern of an Action element stands for an action.
func MatchAction(pattern, action string) bool {
	p := newPattern(lowered(pattern), wildcards)
	return p.matchFold(action)
}

// IsPartition says whether an ARN can be of a partition.
func IsPartition(name string) bool { return isPartition(name) }

// IsPrincipalName says whether a principal of the type AWS is written as one.
func IsPrincipalName(name string) bool { return isPrincipalName(name) }
