package policy

import (
	"encoding/base64"
	"math/big"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The naive evaluator is a second implementation that Decide has to agree with: it works on documents as they are
// written, in the words of the documentation, and does not care what it costs.

type naivePolicy struct {
	kind Kind
	doc  *Document
}

type naiveRequest struct {
	*Request
	boundary bool
}

// truth is what a condition is: true, false, or beyond saying.
type truth int

const (
	isFalse truth = iota
	isUnknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// lookup is the values of a key. The random requests have all of them in Context and Principal.
func (r *naiveRequest) lookup(key string) ([]string, bool) {
	key = strings.ToLower(key)
	p := r.Principal
	own := map[string]string{
		"aws:username": p.Name, "aws:userid": p.ID, "aws:principalaccount": p.Account,
		"aws:principalarn": map[bool]string{true: p.Entity, false: p.ARN}[p.Type == RoleSession],
	}
	for _, t := range p.Tags {
		own["aws:principaltag/"+strings.ToLower(t.Key)] = t.Value
	}
	if v := own[key]; v != "" {
		return []string{v}, true
	}
	v, ok := r.Context.(MapContext)[key]
	return v, ok
}

// regexpOf turns a pattern into a regular expression. It reports false if a variable has no value.
func (r *naiveRequest) regexpOf(s string, wild, vars bool) (*regexp.Regexp, bool) {
	variable := regexp.MustCompile(`^\$\{([^},']+)(?:, *'([^']*)')?\}`)
	out, ok := "(?s)^", true
	for s != "" {
		if m := variable.FindStringSubmatch(s); vars && m != nil {
			s = s[len(m[0]):]
			if strings.Contains("*?$", m[1]) {
				out += regexp.QuoteMeta(m[1])
				continue
			}
			values, present := r.lookup(m[1])
			switch {
			case present && len(values) == 1:
				out += regexp.QuoteMeta(values[0])
			case strings.Contains(m[0], "'"):
				out += regexp.QuoteMeta(m[2])
			default:
				ok = false
			}
			continue
		}
		c := []rune(s)[0]
		s = s[len(string(c)):]
		switch {
		case wild && c == '*':
			out += ".*"
		case wild && c == '?':
			out += "."
		default:
			out += regexp.QuoteMeta(string(c))
		}
	}
	return regexp.MustCompile(out + "$"), ok
}

// arnMatches compares field by field. The pattern's fields are cut outside variables.
func (r *naiveRequest) arnMatches(pattern, value string, vars bool) truth {
	if strings.Trim(pattern, "*") == "" {
		return isTrue
	}
	hidden := pattern
	if vars {
		hidden = regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllStringFunc(pattern, func(v string) string {
			return strings.ReplaceAll(v, ":", "\x00")
		})
	}
	want, got := strings.SplitN(hidden, ":", 6), strings.SplitN(value, ":", 6)
	if len(got) < 6 {
		return isFalse
	}
	result := isTrue
	for i := range got {
		field := "*"
		if i < len(want) {
			field = strings.ReplaceAll(want[i], "\x00", ":")
		}
		re, ok := r.regexpOf(field, true, vars)
		switch {
		case !ok:
			result = min(result, isUnknown)
		case !re.MatchString(got[i]):
			result = isFalse
		}
	}
	return result
}

func naiveTime(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func naiveOrder(name string, compared int) bool {
	return map[string]bool{
		"Equals": compared == 0, "NotEquals": compared == 0, "LessThan": compared < 0, "LessThanEquals": compared <= 0,
		"GreaterThan": compared > 0, "GreaterThanEquals": compared >= 0,
	}[name]
}

// compare compares a value of the request with one of the policy, the negation of the operator left out. The second
// result says that there is a variable without a value.
func (r *naiveRequest) compare(operator, want, got string, vars bool) (result truth, unresolved bool) {
	switch {
	case strings.HasPrefix(operator, "String"):
		re, ok := r.regexpOf(want, strings.Contains(operator, "Like"), vars)
		if !ok {
			return isFalse, true
		}
		if strings.HasSuffix(operator, "IgnoreCase") {
			re = regexp.MustCompile("(?i)" + re.String())
		}
		return truthOf(re.MatchString(got)), false
	case strings.HasPrefix(operator, "Arn"):
		if strings.Count(got, ":") < 5 || strings.Count(regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(want, ""), ":") < 5 && want != "*" {
			return isUnknown, false
		}
		t := r.arnMatches(want, got, vars)
		if t == isUnknown {
			return isFalse, true
		}
		return t, false
	case strings.HasPrefix(operator, "Numeric"):
		a, ok := new(big.Rat).SetString(got)
		b, ok2 := new(big.Rat).SetString(want)
		if !ok || !ok2 {
			return isUnknown, false
		}
		return truthOf(naiveOrder(strings.TrimPrefix(operator, "Numeric"), a.Cmp(b))), false
	case strings.HasPrefix(operator, "Date"):
		a, ok := naiveTime(got)
		b, ok2 := naiveTime(want)
		if !ok || !ok2 {
			return isUnknown, false
		}
		return truthOf(naiveOrder(strings.TrimPrefix(operator, "Date"), a.Compare(b))), false
	case strings.HasSuffix(operator, "IpAddress"):
		if !strings.Contains(want, "/") {
			want += map[bool]string{true: "/128", false: "/32"}[strings.Contains(want, ":")]
		}
		_, network, err := net.ParseCIDR(want)
		if a := net.ParseIP(got); a != nil && err == nil {
			return truthOf(network.Contains(a)), false
		}
		return isUnknown, false
	case operator == "Bool":
		if got = strings.ToLower(got); got != "true" && got != "false" || want != "true" && want != "false" {
			return isUnknown, false
		}
		return truthOf(got == want), false
	case operator == "BinaryEquals":
		b, err := base64.StdEncoding.DecodeString(want)
		if err != nil {
			return isUnknown, false
		}
		return truthOf(string(b) == got), false
	}
	panic(operator)
}

// forOne is whether a value of the request satisfies an operator: it matches one of the policy's values, or, if the
// operator is negated, none.
func (r *naiveRequest) forOne(operator string, wants []string, got string, vars bool) truth {
	best, unresolved := isFalse, false
	for _, want := range wants {
		t, u := r.compare(operator, want, got, vars)
		best, unresolved = max(best, t), unresolved || u
	}
	if !strings.Contains(operator, "Not") {
		return best
	}
	if best == isFalse && unresolved {
		best = isUnknown
	}
	return isTrue - best
}

func (r *naiveRequest) holds(c Condition, vars bool) truth {
	operator := c.Operator
	quantifier, rest, ok := strings.Cut(operator, ":")
	if ok {
		operator = rest
	} else {
		quantifier = ""
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	got, present := r.lookup(c.Key)
	isNull := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s == "" })) == 0
	all := func() truth {
		t := isTrue
		for _, g := range got {
			t = min(t, r.forOne(operator, c.Values, g, vars))
		}
		return t
	}
	any := func() truth {
		t := isFalse
		for _, g := range got {
			t = max(t, r.forOne(operator, c.Values, g, vars))
		}
		return t
	}
	negated := strings.Contains(operator, "Not")
	switch {
	case operator == "Null":
		result := isFalse
		for _, v := range c.Values {
			if v != "true" && v != "false" {
				result = max(result, isUnknown)
			} else if (v == "true") == isNull {
				result = isTrue
			}
		}
		return result
	case quantifier == "ForAllValues" && isNull:
		return isTrue
	case quantifier == "ForAnyValue" && isNull:
		return truthOf(ifExists && !present)
	case len(got) == 0:
		return truthOf(ifExists || negated)
	case quantifier == "ForAllValues", quantifier == "" && negated:
		return all()
	}
	return any()
}

// naming is how closely a Principal element names the principal, as in level.
func (r *naiveRequest) naming(ps *Principals, deny bool) level {
	best := notNamed
	p := r.Principal
	if ps.Any {
		return byItself
	}
	aws := p.Type != WebOrSAML && p.Type != Service
	for _, m := range ps.Members {
		root := "arn:aws:iam::" + p.Account + ":root"
		switch {
		case m.Value == "*" && (m.Type == "AWS" && aws || deny):
			best = byItself
		case m.Type == "Federated" && p.Type == WebOrSAML && m.Value == p.Provider:
			best = byItself
		case m.Type == "Service" && p.Type == Service && m.Value == p.Provider:
			best = byItself
		case m.Type != "AWS" || !aws || p.Type == Anonymous:
		case m.Value == p.ARN || m.Value == p.ID || p.Type == Root && m.Value == p.Account:
			best = byItself
		case m.Value == p.Entity || m.Value == p.EntityID:
			best = max(best, byEntity)
		case m.Value == p.Account || m.Value == root:
			best = max(best, byAccount)
		}
	}
	return best
}

func naiveActionMatches(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		re, _ := new(naiveRequest).regexpOf(strings.ToLower(p), true, false)
		return re.MatchString(strings.ToLower(action))
	})
}

// applies is how closely a statement that applies names the principal; notNamed if it does not apply.
func (r *naiveRequest) applies(s *Statement, vars bool) level {
	deny := s.Effect == "Deny"
	if naiveActionMatches(append(s.Action, s.NotAction...), r.Action) == (s.NotAction != nil) {
		return notNamed
	}
	named := byItself
	if s.Principal != nil {
		named = r.naming(s.Principal, deny)
	}
	if s.NotPrincipal != nil && r.naming(s.NotPrincipal, false) == byItself && !r.boundary {
		named = notNamed
	}
	if s.Resource != nil || s.NotResource != nil {
		matched := isFalse
		for _, p := range append(s.Resource, s.NotResource...) {
			matched = max(matched, r.arnMatches(p, r.Resource, vars))
		}
		switch {
		case s.Resource != nil && matched != isTrue,
			s.NotResource != nil && matched == isTrue,
			s.NotResource != nil && matched == isUnknown && !deny:
			return notNamed
		}
	}
	conditions := isTrue
	for _, c := range s.Conditions {
		conditions = min(conditions, r.holds(c, vars))
	}
	if conditions == isTrue || conditions == isUnknown && deny {
		return named
	}
	return notNamed
}

// say is what policies say: whether they deny, and otherwise how closely they name whom they allow.
func (r *naiveRequest) say(policies []naivePolicy) (deny bool, allow level) {
	for _, p := range policies {
		for i := range p.doc.Statements {
			s := &p.doc.Statements[i]
			named := r.applies(s, p.doc.Version == version2012)
			if named != notNamed && s.Effect == "Deny" {
				deny = true
			} else {
				allow = max(allow, named)
			}
		}
	}
	return deny, allow
}

type naivePolicies struct{ identity, boundary, session, resource []naivePolicy }

// decide is the evaluation logic of the documentation, step by step.
func (ps naivePolicies) decide(request *Request) (allowed, denied bool) {
	r := &naiveRequest{request, ps.boundary != nil}
	identityDenies, identity := r.say(ps.identity)
	boundaryDenies, boundary := r.say(ps.boundary)
	sessionDenies, session := r.say(ps.session)
	resourceDenies, resource := r.say(ps.resource)
	t := r.Principal.Type
	if t == WebOrSAML || t == Service || t == Anonymous {
		return !resourceDenies && resource != notNamed, resourceDenies
	}
	if identityDenies || boundaryDenies || sessionDenies || resourceDenies {
		return false, true
	}
	sameAccount := strings.Contains(r.Resource, r.Principal.Account) || !strings.Contains(r.Resource, ":") || strings.Contains(r.Resource, ":::")
	if sameAccount && resource == byItself {
		return true, false
	}
	can := identity != notNamed || t == Root || sameAccount && resource == byEntity
	if ps.boundary != nil {
		can = can && boundary != notNamed
	}
	if ps.session != nil || t == FederatedUser {
		can = can && session != notNamed
	}
	if !sameAccount || len(ps.resource) > 0 && ps.resource[0].kind == Trust {
		can = can && resource != notNamed
	}
	return can, false
}
