package accessanalyzer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// checker checks one document.
type checker struct {
	*Service
	where
	kind         policy.Kind
	resourceType string // of a resource-based policy, "" if it is not said
	// variables says that the version of the document has variables.
	variables bool
	found     []finding
}

// findings checks a document of a type of the API.
func (s *Service) findings(document, typ, resourceType string) []finding {
	c := &checker{Service: s, where: where{document}, resourceType: resourceType, found: []finding{}}
	switch {
	case resourceType == roleTrust:
		c.kind = policy.Trust
	case typ == "RESOURCE_POLICY":
		c.kind = policy.Resource
	}
	root, err := parse(document)
	var bad *json.SyntaxError
	switch {
	case errors.As(err, &bad):
		at := min(max(int(bad.Offset)-1, 0), len(document))
		p := c.position(at)
		c.report(isError, "JSON_SYNTAX_ERROR", nil, at, at,
			fmt.Sprintf("Fix the JSON syntax error at index %d line %d column %d.", p.Offset, p.Line, p.Column))
	case err != nil:
		c.report(isError, "DATA_TYPE_MISMATCH", nil, 0, len(document), "The text does not match the expected JSON data type object.")
	default:
		c.policy(place{node: root})
	}
	return c.found
}

// is reports a value of another kind than those that are wanted.
func (c *checker) is(at place, wanted ...kind) bool {
	if slices.Contains(wanted, at.node.kind) {
		return true
	}
	c.add(isError, "DATA_TYPE_MISMATCH", at, "The text does not match the expected JSON data type "+string(wanted[0])+".")
	return false
}

// known reports members that the language does not have, and those that are there twice.
func (c *checker) known(at place, names ...string) {
	for i := range at.node.members {
		m := &at.node.members[i]
		if !slices.Contains(names, m.name) {
			c.addKey(isError, "INVALID_POLICY_ELEMENT", at, m, "The policy element "+m.name+" is not valid.")
		}
	}
}

// quota is the most characters of a policy that IAM or DynamoDB takes, white space left out.
func (c *checker) quota() int {
	switch {
	case c.kind == policy.Identity:
		return 6144
	case c.kind == policy.Trust:
		return 4096
	}
	return 20480
}

func (c *checker) policy(root place) {
	if !c.is(root, object) {
		return
	}
	c.known(root, "Version", "Id", "Statement")
	c.version(root)
	if m := root.node.member("Id"); m != nil {
		c.is(root.in(m), text)
	}
	statement := root.node.member("Statement")
	if statement == nil || statement.value.kind == array && len(statement.value.elements) == 0 {
		c.add(isError, "MISSING_STATEMENT", root, "Add a statement to the policy")
		return
	}
	list := root.in(statement)
	if !c.is(list, array, object) {
		return
	}
	seen := map[string]bool{}
	for _, s := range list.each() {
		if !c.is(s, object) {
			continue
		}
		c.statement(s)
		if sid := s.node.member("Sid"); sid != nil && sid.value.text != "" {
			if seen[sid.value.text] {
				c.add(isWarning, "UNIQUE_SIDS_RECOMMENDED", s.in(sid),
					"We recommend that you use statement IDs that are unique to your policy. Update the Sid value.")
			}
			seen[sid.value.text] = true
		}
	}
	if size := policy.Size(c.document); c.kind == policy.Identity && size > c.quota() {
		c.add(isWarning, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", root, fmt.Sprintf("The %d characters in the identity policy, excluding whitespace, exceed the %d character maximum for inline and managed policies. We recommend that you use multiple granular policies.", size, c.quota()))
	} else if size > c.quota() {
		c.add(isWarning, "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", root, fmt.Sprintf("The %d characters in the resource policy exceed the %d character maximum for resource policies. We recommend that you use multiple granular policies.", size, c.quota()))
	}
}

func (c *checker) version(root place) {
	m := root.node.member("Version")
	if m == nil {
		c.add(isWarning, "MISSING_VERSION", root,
			"We recommend that you specify the Version element to help you with debugging permission issues.")
		return
	}
	if at := root.in(m); c.is(at, text) {
		switch at.node.text {
		case "2012-10-17":
			c.variables = true
		case "2008-10-17":
		default:
			c.add(isError, "INVALID_VERSION", at, "The version "+at.node.text+" is not valid. Use one of the following versions: 2012-10-17, 2008-10-17")
		}
	}
}

// both reports two members that exclude each other.
func (c *checker) both(s place, a, b string) {
	if s.node.member(a) != nil && s.node.member(b) != nil {
		c.add(isError, "UNSUPPORTED_ELEMENT_COMBINATION", s, "The policy elements "+a+" and "+b+" can not be used in the same statement. Remove one of these elements.")
	}
}

// one is the one of two members that is there.
func one(s place, a, b string) (place, bool) {
	for _, name := range []string{a, b} {
		if m := s.node.member(name); m != nil {
			return s.in(m), true
		}
	}
	return place{}, false
}

func (c *checker) statement(s place) {
	c.known(s, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if m := s.node.member("Sid"); m != nil {
		c.sid(s.in(m))
	}
	if m := s.node.member("Effect"); m == nil {
		c.add(isError, "MISSING_EFFECT", s, "Add an Effect element to the policy statement with a value of Allow or Deny.")
	} else if at := s.in(m); c.is(at, text) && at.node.text != "Allow" && at.node.text != "Deny" {
		c.add(isError, "INVALID_EFFECT", at, "The effect "+at.node.text+" is not valid. Use Allow or Deny.")
	}
	c.both(s, "Principal", "NotPrincipal")
	c.both(s, "Action", "NotAction")
	c.both(s, "Resource", "NotResource")
	c.principal(s)
	c.actions(s)
	c.resources(s)
	c.conditions(s)
	c.passRole(s)
}

func (c *checker) sid(at place) {
	if !c.is(at, text) {
		return
	}
	switch {
	case at.node.text == "":
		c.add(isHint, "EMPTY_SID_VALUE", at, "Add a value to the empty string in the Sid element.")
	case c.kind == policy.Identity && strings.Trim(at.node.text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		c.add(isError, "UNSUPPORTED_SID", at, "Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]")
	}
}

// allows says whether the statement allows.
func allows(s place) bool {
	m := s.node.member("Effect")
	return m != nil && m.value.text == "Allow"
}
