package policy

import (
	"fmt"
	"strings"
)

// condition is a compiled Condition. The values are in the slice of its family, those that are none of the family's
// left out and counted.
type condition struct {
	operator
	key      string // lower case
	patterns []pattern
	arns     []arnPattern
	numbers  []number
	dates    []instant
	networks []network
	texts    []string // of Bool, Null and BinaryEquals
	// empty says that there are no values: nothing matches. Broken says that some are none of the family's: comparing
	// with them fails.
	empty, broken bool
}

// operator is a condition operator ("IAM JSON policy elements: Condition operators", IAM User Guide).
type operator struct {
	family family
	// order is how numbers and dates compare.
	order order
	// negated: the condition holds if no value matches, and if there is nothing to match.
	negated bool
	// ifExists: it holds if the request does not have the key.
	ifExists bool
	set      set
}

type family uint8

const (
	stringEquals family = iota
	stringEqualsIgnoreCase
	stringLike
	numeric
	date
	boolean
	binary
	ipAddress
	arnLike
	null
)

// hasVariables says whether values of the family may have variables.
func (f family) hasVariables() bool {
	switch f {
	case stringEquals, stringEqualsIgnoreCase, stringLike, boolean, arnLike:
		return true
	}
	return false
}

type order uint8

const (
	equal order = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

func (o order) holds(compared int) bool {
	switch o {
	case less:
		return compared < 0
	case lessOrEqual:
		return compared <= 0
	case greater:
		return compared > 0
	case greaterOrEqual:
		return compared >= 0
	}
	return compared == 0
}

// set is a set operator, which says how the request's values count if there are many.
type set uint8

const (
	noSet set = iota
	allValues
	anyValue
)

// parseOperator reads the name of an operator.
func parseOperator(name string) (o operator, err error) {
	base := name
	if s, ok := strings.CutPrefix(base, "ForAllValues:"); ok {
		base, o.set = s, allValues
	} else if s, ok := strings.CutPrefix(base, "ForAnyValue:"); ok {
		base, o.set = s, anyValue
	}
	base, o.ifExists = strings.CutSuffix(base, "IfExists")
	switch base {
	case "StringEquals", "StringNotEquals":
		o.family, o.negated = stringEquals, base != "StringEquals"
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		o.family, o.negated = stringEqualsIgnoreCase, base != "StringEqualsIgnoreCase"
	case "StringLike", "StringNotLike":
		o.family, o.negated = stringLike, base != "StringLike"
	case "Bool":
		o.family = boolean
	case "BinaryEquals":
		o.family = binary
	case "IpAddress", "NotIpAddress":
		o.family, o.negated = ipAddress, base != "IpAddress"
	case "ArnEquals", "ArnLike":
		o.family = arnLike
	case "ArnNotEquals", "ArnNotLike":
		o.family, o.negated = arnLike, true
	case "Null":
		o.family = null
		if o.ifExists {
			err = fmt.Errorf("there is no operator %q", name)
		}
	default:
		rest, isNumeric := strings.CutPrefix(base, "Numeric")
		if o.family = numeric; !isNumeric {
			rest, isNumeric = strings.CutPrefix(base, "Date")
			o.family = date
		}
		switch {
		case isNumeric && rest == "Equals":
		case isNumeric && rest == "NotEquals":
			o.negated = true
		case isNumeric && rest == "LessThan":
			o.order = less
		case isNumeric && rest == "LessThanEquals":
			o.order = lessOrEqual
		case isNumeric && rest == "GreaterThan":
			o.order = greater
		case isNumeric && rest == "GreaterThanEquals":
			o.order = greaterOrEqual
		default:
			err = fmt.Errorf("there is no operator %q", name)
		}
	}
	return o, err
}

func (c *Condition) compile(special syntax) (condition, error) {
	o, err := parseOperator(c.Operator)
	to := condition{operator: o, key: lowered(c.Key), empty: len(c.Values) == 0}
	if err != nil {
		return to, err
	}
	if !o.family.hasVariables() {
		special &^= variables
	}
	for _, v := range c.Values {
		if !to.add(v, special) {
			to.broken = true
		}
	}
	return to, nil
}

// add compiles a value. It reports false if it is none of the family.
func (c *condition) add(v string, special syntax) (ok bool) {
	switch c.family {
	case stringEquals, stringEqualsIgnoreCase:
		c.patterns, ok = append(c.patterns, newPattern(v, special&^wildcards)), true
	case stringLike:
		c.patterns, ok = append(c.patterns, newPattern(v, special)), true
	case arnLike:
		a := newARNPattern(v, special)
		if ok = a.everything || fields(v, special) >= arnFields; ok {
			c.arns = append(c.arns, a)
		}
	case numeric:
		var n number
		if n, ok = parseNumber(v); ok {
			c.numbers = append(c.numbers, n)
		}
	case date:
		var t instant
		if t, ok = parseInstant(v); ok {
			c.dates = append(c.dates, t)
		}
	case ipAddress:
		var n network
		if n, ok = parseNetwork(v); ok {
			c.networks = append(c.networks, n)
		}
	default:
		ok = c.addText(v, special)
	}
	return ok
}

// holds says whether the condition holds, or failed.
func (c *condition) holds(r *Request) outcome {
	got := r.values(c.key)
	n := got.len()
	switch {
	case c.family == null:
		return c.matchText(boolText(got.null()))
	case c.set == allValues && got.null():
		return yes
	case c.set != noSet && got.null():
		return toOutcome(c.ifExists && !got.present)
	case n == 0:
		return toOutcome(c.ifExists || c.negated)
	case c.set == allValues:
		result := yes
		for i := range n {
			result = min(result, c.holdsFor(got.at(i), r))
		}
		return result
	case c.set == noSet && c.negated:
		// Without a set operator the negation is of the whole: none of the values may match.
		result := yes
		for i := range n {
			result = min(result, c.holdsFor(got.at(i), r))
		}
		return result
	}
	result := no
	for i := range n {
		result = max(result, c.holdsFor(got.at(i), r))
	}
	return result
}

// holdsFor is holds for one value of the request: it has to match one of the policy's values, or none if negated.
func (c *condition) holdsFor(value string, r *Request) outcome {
	matched := c.matches(value, r)
	if matched != yes && c.broken {
		matched = failed
	}
	switch {
	case !c.negated && matched == unresolved:
		return no
	case !c.negated || matched == failed:
		return matched
	case matched == unresolved:
		return failed
	}
	return toOutcome(matched == no)
}

func (c *condition) matches(value string, r *Request) outcome {
	if c.empty {
		return no
	}
	result := no
	switch c.family {
	case stringEquals, stringLike:
		for i := range c.patterns {
			result = max(result, c.patterns[i].match(value, r))
		}
	case stringEqualsIgnoreCase:
		for i := range c.patterns {
			result = max(result, c.patterns[i].equalFold(value, r))
		}
	case arnLike:
		a, ok := splitARN(value)
		if !ok {
			return failed
		}
		for i := range c.arns {
			result = max(result, c.arns[i].match(&a, true, r))
		}
	case numeric:
		return c.matchNumber(value)
	case date:
		return c.matchDate(value)
	case ipAddress:
		return c.matchAddress(value)
	case boolean:
		return c.matchBool(value, r)
	default:
		return c.matchText(value)
	}
	return result
}
