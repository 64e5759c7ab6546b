package policy

// Policies are all that have a say in what a principal may do to a resource.
type Policies struct {
	// Identity are the policies of the user and its groups, or of the role. The root user has none, and may do what
	// nothing denies.
	Identity []*Policy
	// Boundary is the permissions boundary of the user or role, if it has one.
	Boundary *Policy
	// Session are the policies that the session was begun with, if it was. One of them has to allow.
	Session []*Policy
	// Resource is the policy of the resource, if it has one. For a role that is to be assumed it is the trust policy,
	// compiled as Trust.
	Resource *Policy
}

// evaluation is a request while it is decided.
type evaluation struct {
	*Request
	resource arn
	isARN    bool
	// bounded says that the principal has a permissions boundary.
	bounded bool
}

func newEvaluation(r *Request, p *Policies) evaluation {
	e := evaluation{Request: r, bounded: p.Boundary != nil}
	e.resource, e.isARN = splitARN(r.Resource)
	return e
}

// verdict is what policies of one type say to a request: nothing, while level is notNamed.
type verdict struct {
	policy    *Policy
	statement int
	deny      bool
	level     level
}

func (v *verdict) allows() bool { return v.level != notNamed && !v.deny }

// evaluate finds the first statement that denies, or else the first of those that name the principal most closely.
func (p *Policy) evaluate(e *evaluation) verdict {
	var v verdict
	c := p.candidates(e.Action)
	for i := c.next(); i >= 0; i = c.next() {
		s := &p.statements[i]
		if !s.deny && v.level == byItself {
			continue // it is allowed already
		}
		if named := s.applies(e); named != notNamed && (s.deny || named > v.level) {
			v = verdict{policy: p, statement: i, deny: s.deny, level: named}
		}
		if v.deny {
			break
		}
	}
	return v
}

func evaluateAll(policies []*Policy, e *evaluation) verdict {
	var v verdict
	for _, p := range policies {
		switch w := p.evaluate(e); {
		case w.deny:
			return w
		case v.level == notNamed:
			v = w
		}
	}
	return v
}

func evaluateOne(p *Policy, e *evaluation) verdict {
	if p == nil {
		return verdict{}
	}
	return p.evaluate(e)
}

// Decide says whether the principal of a request may do what it asks for ("Policy evaluation logic", IAM User Guide).
func Decide(r *Request, p *Policies) Decision {
	e := newEvaluation(r, p)
	return decide(&e, p)
}

func decide(e *evaluation, p *Policies) Decision {
	resource := evaluateOne(p.Resource, e)
	of := ResourceBased
	if p.Resource != nil && p.Resource.kind == Trust {
		of = RoleTrust
	}
	if resource.allows() && p.Resource.kind == Identity {
		resource = verdict{} // it names nobody, so it can only deny
	}
	if !e.Principal.Type.hasPolicies() {
		if resource.level == notNamed {
			return notAllowed(of)
		}
		return decided(of, resource)
	}
	identity := evaluateAll(p.Identity, e)
	boundary := evaluateOne(p.Boundary, e)
	session := evaluateAll(p.Session, e)
	switch {
	case identity.deny:
		return decided(IdentityBased, identity)
	case resource.deny:
		return decided(of, resource)
	case boundary.deny:
		return decided(PermissionsBoundary, boundary)
	case session.deny:
		return decided(SessionPolicy, session)
	}
	cross := e.crossAccount()
	if resource.level == byItself && !cross {
		return decided(of, resource) // no matter what the others leave out
	}
	var by Decision
	switch {
	case identity.allows():
		by = decided(IdentityBased, identity)
	case resource.level == byEntity && !cross:
		by = decided(of, resource)
	case e.Principal.Type == Root:
		by = Decision{Allowed: true, Reason: "the root user of the account may do everything"}
	default:
		return notAllowed(IdentityBased)
	}
	// Credentials of GetFederationToken that were not given policies may do nothing by themselves.
	limited := len(p.Session) > 0 || e.Principal.Type == FederatedUser
	switch {
	case p.Boundary != nil && !boundary.allows():
		return notAllowed(PermissionsBoundary)
	case limited && !session.allows():
		return notAllowed(SessionPolicy)
	case (cross || of == RoleTrust) && !resource.allows():
		return notAllowed(of)
	}
	return by
}
