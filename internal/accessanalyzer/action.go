package accessanalyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// texts are the texts of an element that is a text or a list of them, others reported.
func (c *checker) texts(at place) []place {
	if !c.is(at, text, array) {
		return nil
	}
	return slices.DeleteFunc(at.each(), func(p place) bool { return !c.is(p, text) })
}

func (c *checker) actions(s place) {
	at, ok := one(s, "Action", "NotAction")
	if !ok {
		c.add(isError, "MISSING_ACTION", s, "Add an Action or NotAction element to the policy statement.")
		return
	}
	if at.node.kind == array && len(at.node.elements) == 0 {
		c.add(isHint, "EMPTY_ARRAY_ACTION", at, "This statement includes no actions and does not affect the policy. Specify actions.")
		return
	}
	all := c.texts(at)
	for _, a := range all {
		if len(c.found) == maxFindings { // to find what was meant by each takes time
			return
		}
		c.action(a)
	}
	c.redundant(at, all, "REDUNDANT_ACTION",
		"The %d action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: %s.", strings.EqualFold)
}

func (c *checker) action(at place) {
	c.noVariable(at)
	pattern := at.node.text
	if pattern == "*" {
		return
	}
	service, name, ok := strings.Cut(pattern, ":")
	switch {
	case !ok || service == "" || name == "":
		c.add(isError, "INVALID_ACTION", at, "The action "+pattern+" does not exist.")
		return
	case strings.ContainsAny(service, "*?"):
		c.add(isHint, "WILDCARD_IN_SERVICE_NAME", at,
			"Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.")
		return
	case strings.Trim(strings.ToLower(service), "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		c.add(isError, "INVALID_SERVICE_IN_ACTION", at, "The service "+service+" specified in the action does not exist.")
		return
	case c.kind == policy.Trust && !strings.EqualFold(service, "sts"):
		c.add(isError, "UNSUPPORTED_ACTION_IN_POLICY", at, "The action "+pattern+" is not supported for the resource-based policy attached to the resource type "+roleTrust+".")
		return
	case c.resourceType == dynamoTable && !strings.EqualFold(service, "dynamodb"):
		c.add(isError, "UNSUPPORTED_ACTION_IN_POLICY", at, "The action "+pattern+" is not supported for the resource-based policy attached to the resource type "+dynamoTable+".")
		return
	}
	known := c.Service.actions[strings.ToLower(service)]
	if known == nil || slices.ContainsFunc(known, func(k string) bool { return policy.MatchAction(name, k) }) {
		return
	}
	details := "The action " + pattern + " does not exist."
	if meant := closest(name, known); meant != "" {
		details += " Did you mean " + strings.ToLower(service) + ":" + meant + "?"
	}
	c.add(isError, "INVALID_ACTION", at, details)
}

// closest is the one of the names that is at most two letters away, "" if none is.
func closest(name string, names []string) (best string) {
	least := 3
	for _, n := range names {
		if d := len(n) - len(name); d > 2 || d < -2 {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least {
			least, best = d, n
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// maxCompared and maxComparedBytes bound the lists whose elements are compared with each other. No policy that AWS takes has
// longer ones; comparing takes time with the square of both.
const (
	maxCompared      = 300
	maxComparedBytes = 20 << 10
)

// redundant reports elements that another one stands for as well.
func (c *checker) redundant(at place, all []place, code, details string, same func(a, b string) bool) {
	if len(all) > maxCompared || at.node.end-at.node.start > maxComparedBytes {
		return
	}
	n, example := 0, ""
	for i, a := range all {
		if slices.ContainsFunc(all, func(b place) bool {
			if b.node == a.node {
				return false
			}
			if same(a.node.text, b.node.text) {
				return b.node.start < a.node.start // of two that are equal the later one
			}
			return strings.ContainsAny(b.node.text, "*?") && covers(b.node.text, a.node.text)
		}) {
			n, example = n+1, all[i].node.text
		}
	}
	if n > 0 {
		c.add(isHint, code, at, fmt.Sprintf(details, n, example))
	}
}

// covers says whether a pattern stands for all that another one does.
func covers(pattern, other string) bool {
	// Wildcards of the other one are letters that only wildcards stand for.
	return policy.MatchAction(pattern, other) && !policy.MatchAction(other, pattern)
}

// passRole reports that roles can be passed which nobody has named.
func (c *checker) passRole(s place) {
	m := s.node.member("Action")
	if m == nil || !allows(s) || c.kind != policy.Identity || conditionOn(s, "iam:passedtoservice") {
		return
	}
	var exact, star bool
	for _, a := range s.in(m).each() {
		if a.node.kind == text && policy.MatchAction(a.node.text, "iam:PassRole") {
			exact, star = exact || strings.EqualFold(a.node.text, "iam:PassRole"), star || strings.ContainsAny(a.node.text, "*?")
		}
	}
	if !exact && !star {
		return
	}
	if not := s.node.member("NotResource"); not != nil {
		code, subject := "PASS_ROLE_WITH_NOT_RESOURCE", "Using the iam:PassRole action with NotResource"
		if !exact {
			code, subject = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "Using a wildcard (*) in the action and specifying NotResource"
		}
		c.add(isSecurity, code, s.in(not), subject+" can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead.")
		return
	}
	r := s.node.member("Resource")
	if r == nil {
		return
	}
	for _, one := range s.in(r).each() {
		if one.node.text != "*" {
			continue
		}
		if exact {
			c.add(isSecurity, "PASS_ROLE_WITH_STAR_IN_RESOURCE", one, "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.")
		} else {
			c.add(isSecurity, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", one, "Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.")
		}
		return
	}
}
