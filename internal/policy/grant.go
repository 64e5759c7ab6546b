package policy

import "strings"

// What a document grants is a coarser question than what it allows in a request: reports ask it of services and actions,
// whatever the resource.

// Grants says whether a statement allows an action, on some resource and under some conditions.
func (d *Document) Grants(action string) bool {
	return d.any("Allow", func(s *Statement) bool { return s.names(action) })
}

// Withholds says whether a statement denies an action on every resource and under all conditions.
func (d *Document) Withholds(action string) bool {
	return d.any("Deny", func(s *Statement) bool { return s.everywhere() && s.names(action) })
}

// GrantsService says whether a statement allows an action of the service with this prefix, as dynamodb.
func (d *Document) GrantsService(prefix string) bool {
	return d.any("Allow", func(s *Statement) bool {
		if s.NotAction != nil {
			return !namesAll(s.NotAction, prefix)
		}
		for _, a := range s.Action {
			service, _, _ := strings.Cut(a, ":")
			if p := newPattern(lowered(service), wildcards); p.matchFold(prefix) {
				return true
			}
		}
		return false
	})
}

// WithholdsService says whether a statement denies everything in a service.
func (d *Document) WithholdsService(prefix string) bool {
	return d.any("Deny", func(s *Statement) bool { return s.everywhere() && namesAll(s.Action, prefix) })
}

func (d *Document) any(effect string, has func(*Statement) bool) bool {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.Effect == effect && has(s) {
			return true
		}
	}
	return false
}

// names says whether the statement is about an action.
func (s *Statement) names(action string) bool {
	list := s.Action
	if s.NotAction != nil {
		list = s.NotAction
	}
	for _, a := range list {
		if p := newPattern(lowered(a), wildcards); p.matchFold(action) {
			return s.NotAction == nil
		}
	}
	return s.NotAction != nil
}

// namesAll says whether one of the patterns stands for all actions of a service.
func namesAll(actions []string, prefix string) bool {
	for _, a := range actions {
		service, name, cut := strings.Cut(a, ":")
		p := newPattern(lowered(service), wildcards)
		if p.matchFold(prefix) && (!cut && p.form == all || cut && name != "" && strings.Trim(name, "*") == "") {
			return true
		}
	}
	return false
}

// everywhere says whether the statement is about all resources, without conditions.
func (s *Statement) everywhere() bool {
	if len(s.Conditions) > 0 {
		return false
	}
	for _, r := range s.Resource {
		if r != "" && strings.Trim(r, "*") == "" {
			return true
		}
	}
	return false
}
