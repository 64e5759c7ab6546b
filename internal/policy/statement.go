package policy

import "fmt"

// statement is a compiled Statement.
type statement struct {
	sid        string
	deny       bool
	start, end int

	actions    []pattern // lower case
	notActions bool

	// resources are nil in a trust policy: the role that it is of is the resource.
	resources    []arnPattern
	notResources bool

	// principals are nil in an identity-based policy: who it is attached to is the principal.
	principals    *principals
	notPrincipals bool

	conditions []condition
}

// Compile turns a document into a policy, if it has what a policy of that kind has to have to mean anything.
func (d *Document) Compile(kind Kind, name string) (*Policy, error) {
	special := wildcards
	switch d.Version {
	case version2012:
		special |= variables
	case version2008, "":
	default:
		return nil, fmt.Errorf("unknown Version %q", d.Version)
	}
	if len(d.Statements) == 0 {
		return nil, fmt.Errorf("the policy has no statement")
	}
	p := &Policy{name: name, kind: kind, statements: make([]statement, len(d.Statements))}
	for i := range d.Statements {
		s := &d.Statements[i]
		if reason := s.lacks(kind); reason != "" {
			return nil, fmt.Errorf("statement %d: %s", i+1, reason)
		}
		if err := s.compile(&p.statements[i], special); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		p.keys = s.contextKeys(p.keys, special)
	}
	p.index = newIndex(p.statements)
	return p, nil
}

// lacks says what a statement of that kind lacks or has too much, "" if nothing.
func (s *Statement) lacks(kind Kind) string {
	resources := s.Resource != nil || s.NotResource != nil
	principals := s.Principal != nil || s.NotPrincipal != nil
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Sprintf("the Effect is %q, neither Allow nor Deny", s.Effect)
	case s.Action != nil && s.NotAction != nil:
		return "it has both Action and NotAction"
	case len(s.Action)+len(s.NotAction) == 0:
		return "it has no actions"
	case s.Resource != nil && s.NotResource != nil:
		return "it has both Resource and NotResource"
	case resources && kind == Trust:
		return "a trust policy names no resources"
	case kind != Trust && len(s.Resource)+len(s.NotResource) == 0:
		return "it has no resources"
	case s.Principal != nil && s.NotPrincipal != nil:
		return "it has both Principal and NotPrincipal"
	case principals && kind == Identity:
		return "an identity-based policy names no principal"
	case !principals && kind != Identity:
		return "it has no Principal"
	case s.NotPrincipal != nil && s.Effect == "Allow":
		return "it allows with NotPrincipal"
	}
	return ""
}

func (s *Statement) compile(to *statement, special syntax) error {
	*to = statement{
		sid: s.Sid, deny: s.Effect == "Deny", start: s.Start, end: s.End,
		notActions: s.NotAction != nil, notResources: s.NotResource != nil, notPrincipals: s.NotPrincipal != nil,
	}
	switch {
	case s.Principal != nil:
		to.principals = newPrincipals(s.Principal, to.deny)
	case s.NotPrincipal != nil:
		to.principals = newPrincipals(s.NotPrincipal, false)
	}
	if to.principals != nil {
		for _, m := range to.principals.members {
			if m.value == "" {
				return fmt.Errorf("a principal is empty")
			}
		}
	}
	for _, list := range [][]string{s.Action, s.NotAction} {
		for _, a := range list {
			to.actions = append(to.actions, newPattern(lowered(a), wildcards))
		}
	}
	for _, list := range [][]string{s.Resource, s.NotResource} {
		for _, r := range list {
			to.resources = append(to.resources, newARNPattern(r, special))
		}
	}
	for _, c := range s.Conditions {
		compiled, err := c.compile(special)
		if err != nil {
			return err
		}
		to.conditions = append(to.conditions, compiled)
	}
	return nil
}

// contextKeys appends the keys that the statement names.
func (s *Statement) contextKeys(keys []string, special syntax) []string {
	add := func(values []string) {
		if special&variables != 0 {
			for _, v := range values {
				keys = variableNames(keys, v)
			}
		}
	}
	add(s.Resource)
	add(s.NotResource)
	for _, c := range s.Conditions {
		keys = addKey(keys, c.Key)
		if o, err := parseOperator(c.Operator); err == nil && o.family.hasVariables() {
			add(c.Values)
		}
	}
	return keys
}

// applies says whether the statement, whose actions are known to match, applies to a request: notNamed if not, and
// otherwise how closely it names the principal. What needs to name none names it as closely as can be.
func (s *statement) applies(e *evaluation) level {
	named := byItself
	if s.principals != nil {
		named = s.principals.names(&e.Principal)
		if s.notPrincipals {
			// AWS never takes one with a boundary for an exception ("Permissions boundaries for IAM entities").
			if named == byItself && !e.bounded {
				return notNamed
			}
			named = byItself
		}
	}
	if named == notNamed || !s.appliesToResource(e) || !s.conditionsHold(e.Request) {
		return notNamed
	}
	return named
}

func (s *statement) appliesToResource(e *evaluation) bool {
	if s.resources == nil {
		return true
	}
	matched := no
	for i := range s.resources {
		if matched = max(matched, s.resources[i].match(&e.resource, e.isARN, e.Request)); matched == yes {
			break
		}
	}
	if s.notResources {
		// All but something that is not known: too much to allow, and not too much to deny.
		return matched == no || matched != yes && s.deny
	}
	return matched == yes
}

// conditionsHold says whether all conditions do. One that fails counts as AWS's own errors do: it denies.
func (s *statement) conditionsHold(r *Request) bool {
	result := yes
	for i := range s.conditions {
		if result = min(result, s.conditions[i].holds(r)); result == no {
			return false
		}
	}
	return result == yes || s.deny
}

func (s *statement) matchesAction(action string) bool {
	for i := range s.actions {
		if s.actions[i].matchFold(action) {
			return !s.notActions
		}
	}
	return s.notActions
}
