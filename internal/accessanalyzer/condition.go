package accessanalyzer

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// conditionOn says whether a statement has a condition on a key, which is in lower case.
func conditionOn(s place, key string) bool {
	m := s.node.member("Condition")
	if m == nil {
		return false
	}
	for _, operator := range m.value.members {
		for _, k := range operator.value.members {
			if strings.EqualFold(k.name, key) {
				return true
			}
		}
	}
	return false
}

func (c *checker) conditions(s place) {
	m := s.node.member("Condition")
	if m == nil {
		return
	}
	block := s.in(m)
	if !c.is(block, object) {
		return
	}
	if len(block.node.members) == 0 {
		c.add(isHint, "EMPTY_OBJECT_CONDITION", block, "This condition block is empty and it does not affect the policy. Specify conditions.")
	}
	for i := range block.node.members {
		m := &block.node.members[i]
		if at := block.in(m); c.is(at, object) {
			c.operator(block, at, m, allows(s))
		}
	}
}

func (c *checker) operator(block, at place, m *member, allow bool) {
	o, ok := policy.ParseOperator(m.name)
	if !ok {
		if strings.HasSuffix(m.name, "NullIfExists") {
			c.addKey(isError, "NULL_WITH_IF_EXISTS", block, m, "The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix.")
		} else {
			c.addKey(isError, "INVALID_CONDITION_OPERATOR", block, m, "The condition operator "+m.name+" is not valid. Use a valid condition operator.")
		}
		return
	}
	if o.Type == "Null" && o.Set != "" {
		c.addKey(isHint, "NULL_WITH_QUALIFIER", block, m, "Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively.")
	}
	if len(at.node.members) == 0 {
		c.add(isHint, "EMPTY_OBJECT_CONDITION", at, "This condition block is empty and it does not affect the policy. Specify conditions.")
	}
	for i := range at.node.members {
		key := &at.node.members[i]
		if slices.ContainsFunc(at.node.members[:i], func(other member) bool {
			return other.name != key.name && strings.EqualFold(other.name, key.name)
		}) {
			c.addKey(isError, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", at, key, "The condition key "+key.name+" appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.")
		}
		c.key(at, key, o, allow)
		c.values(at.in(key), key.name, m.name, o)
	}
}

// globalKeys are AWS's ("AWS global condition context keys", IAM User Guide); a slash ends those that a name follows.
var globalKeys = strings.Fields(`aws:calledvia aws:calledviafirst aws:calledvialast aws:chatbotsourcearn aws:currenttime aws:ec2instancesourceprivateipv4
	aws:ec2instancesourcevpc aws:epochtime aws:federatedprovider aws:issecure aws:multifactorauthage aws:multifactorauthpresent
	aws:principalaccount aws:principalarn aws:principalisawsservice aws:principalorgid aws:principalorgpaths aws:principalservicename
	aws:principalservicenameslist aws:principaltag/ aws:principaltype aws:referer aws:requestedregion aws:requesttag/ aws:resourceaccount
	aws:resourceorgid aws:resourceorgpaths aws:resourcetag/ aws:securetransport aws:sourceaccount aws:sourcearn aws:sourceidentity
	aws:sourceip aws:sourceorgid aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpcarn aws:sourcevpce aws:tagkeys
	aws:tokenissuetime aws:useragent aws:userid aws:username aws:viaawsservice aws:vpcsourceip aws:vpceaccount aws:vpceorgid
	aws:vpceorgpaths aws:assumedroot aws:signinsessionarn ec2:sourceinstancearn aws:aggregatedpassedroles aws:viaawsmcpservice
	aws:calledviaawsmcp`)

// manyValued are the keys that a request can have several values of.
var manyValued = strings.Fields(`aws:calledvia aws:principalorgpaths aws:principalservicenameslist aws:resourceorgpaths aws:sourceorgpaths aws:tagkeys
	aws:vpceorgpaths dynamodb:attributes dynamodb:leadingkeys sts:transitivetagkeys`)

func (c *checker) key(at place, m *member, o policy.Operator, allow bool) {
	key := strings.ToLower(m.name)
	service, name, ok := strings.Cut(key, ":")
	switch {
	case !ok || service == "" || name == "":
		c.addKey(isError, "INVALID_CONDITION_KEY_FORMAT", at, m, "The condition key format is not valid. Use the format service:keyname.")
		return
	case service == "aws" && !slices.ContainsFunc(globalKeys, func(k string) bool {
		return k == key || strings.HasSuffix(k, "/") && strings.HasPrefix(key, k) && len(key) > len(k)
	}):
		c.addKey(isError, "INVALID_GLOBAL_CONDITION_KEY", at, m, "The condition key "+m.name+" does not exist. Use a valid condition key.")
		return
	}
	known := service == "aws" || slices.Contains(manyValued, key)
	many := slices.Contains(manyValued, key)
	switch {
	case many && o.Set == "" && o.Type != "Null":
		c.addKey(isError, "MISSING_QUALIFIER", at, m, "The request context key "+m.name+" has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.")
	case known && !many && o.Set == "ForAllValues" && allow:
		c.addKey(isSecurity, "FORALLVALUES_WITH_SINGLE_VALUED_KEY", at, m, "Using ForAllValues qualifier with the single-valued condition key "+m.name+" can be overly permissive. We recommend that you remove ForAllValues:.")
	}
}

// mismatches are the findings about values that an operator can't compare with.
var mismatches = map[string]struct{ code, details string }{
	"IpAddress": {"TYPE_MISMATCH_IP_RANGE", "The condition operator %s is used with an invalid IP range value. Specify the IP range in standard CIDR format."},
	"Numeric":   {"TYPE_MISMATCH_NUMBER", "Add a numeric value for the condition operator %s."},
	"Bool":      {"TYPE_MISMATCH_BOOLEAN", "Add a valid Boolean value (true or false) for the condition operator %s."},
	"Null":      {"TYPE_MISMATCH_BOOLEAN", "Add a valid Boolean value (true or false) for the condition operator %s."},
	"Date":      {"TYPE_MISMATCH_DATE", "The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format."},
}

func (c *checker) values(at place, key, operator string, o policy.Operator) {
	if !c.is(at, text, array, number, boolean) {
		return
	}
	if at.node.kind == array && len(at.node.elements) == 0 {
		c.add(isHint, "EMPTY_ARRAY_CONDITION", at, "There are no values for the condition key "+key+" and it does not affect the policy. Specify conditions.")
		return
	}
	if at.node.kind == array && len(at.node.elements) > 1 && o.Type == "Bool" && o.Set == "" {
		c.add(isError, "INVALID_CONDITION_MULTIPLE_BOOLEAN", at, "The condition key does not support multiple Boolean values. Use a single Boolean value.")
	}
	for _, v := range at.each() {
		if !c.is(v, text, number, boolean) {
			continue
		}
		value := v.node.text
		if hasVariable(value) {
			if !o.Variables {
				c.add(isError, "INVALID_VARIABLE_FOR_OPERATOR", v, "Policy variables can only be used with String and ARN operators.")
			} else {
				c.variable(v)
			}
			continue
		}
		switch bad, typed := mismatches[o.Type]; {
		case typed && !o.Takes(value):
			c.add(isError, bad.code, v, strings.ReplaceAll(bad.details, "%s", operator))
		case o.Type == "String" && !o.Wildcards && strings.ContainsAny(value, "*?"):
			c.add(isWarning, "WILDCARD_WITHOUT_LIKE_OPERATOR", v, "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like.")
		}
	}
}
