package accessanalyzer

import "strings"

func hasVariable(s string) bool { return strings.Contains(s, "${") }

// noVariable reports a variable where none can be.
func (c *checker) noVariable(at place) {
	if _, after, ok := strings.Cut(at.node.text, "${"); ok {
		name, _, _ := strings.Cut(after, "}")
		c.add(isError, "VARIABLE_UNSUPPORTED_IN_ELEMENT", at, "Policy variables are supported in the Resource and Condition elements. Remove the policy variable "+name+" from this element.")
	}
}

// variable checks how the variables in a value are written ("IAM policy elements: Variables and tags", IAM User Guide).
func (c *checker) variable(at place) {
	if !hasVariable(at.node.text) {
		return
	}
	if !c.variables {
		c.add(isError, "VARIABLE_UNSUPPORTED_IN_VERSION", at, "To include variables in your policy, use the policy version 2012-10-17 or later.")
		return
	}
	for rest := at.node.text; ; {
		_, after, ok := strings.Cut(rest, "${")
		if !ok {
			return
		}
		inside, next, ok := strings.Cut(after, "}")
		if !ok {
			c.add(isError, "MISSING_BRACE_IN_VARIABLE", at, "The policy variable is missing a closing curly brace. Add } after the variable text.")
			return
		}
		rest = next
		name, fallback, has := strings.Cut(inside, ",")
		fallback = strings.TrimSpace(fallback)
		switch {
		case inside == "*" || inside == "?" || inside == "$": // the characters themselves
		case strings.TrimSpace(name) == "":
			c.add(isError, "EMPTY_VARIABLE", at, "Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure.")
		case strings.ContainsAny(strings.TrimSpace(name), " \t"):
			c.add(isError, "UNSUPPORTED_SPACE_IN_VARIABLE", at, "A space is not supported within the policy variable text. Remove the space.")
		case has && (len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\''):
			c.add(isError, "MISSING_QUOTE_IN_VARIABLE", at, "The policy variable default value must begin and end with a single quote. Add the missing quote.")
		}
	}
}
