package policy

// Explanation is a decision with everything that speaks for and against it, for simulators and the console.
type Explanation struct {
	Decision
	// Matches are all statements that apply to the request.
	Matches []Match
	// CrossAccount says that the resource belongs to another account than the principal, so that both have to allow.
	CrossAccount bool
	// Identity, Boundary, Session and Resource say what the policies of each type decide by themselves.
	Identity, Boundary, Session, Resource Opinion
	// MissingKeys are the condition keys that the policies name and the request does not have.
	MissingKeys []string
}

// Opinion is what the policies of one type say.
type Opinion uint8

// The opinions.
const (
	Silent Opinion = iota // an implicit deny, if the policies of that type have to allow
	Allows
	Denies
)

// Match is a statement that applies to a request.
type Match struct {
	Type   Type
	Policy string
	Sid    string
	Number int // the statement's place in its policy, from 1
	Deny   bool
	// Start and End are where the statement is in the document that was compiled.
	Start, End int
}

// Explain decides as Decide does, and looks at everything. It is not for the hot path.
func Explain(r *Request, p *Policies) Explanation {
	e := newEvaluation(r, p)
	x := Explanation{Decision: decide(&e, p), CrossAccount: r.crossAccount()}
	x.Identity = x.explain(IdentityBased, p.Identity, &e)
	x.Boundary = x.explain(PermissionsBoundary, optional(p.Boundary), &e)
	x.Session = x.explain(SessionPolicy, p.Session, &e)
	of := ResourceBased
	if p.Resource != nil && p.Resource.kind == Trust {
		of = RoleTrust
	}
	x.Resource = x.explain(of, optional(p.Resource), &e)
	return x
}

func optional(p *Policy) []*Policy {
	if p == nil {
		return nil
	}
	return []*Policy{p}
}

// explain adds what policies of one type say.
func (x *Explanation) explain(t Type, policies []*Policy, e *evaluation) Opinion {
	opinion := Silent
	for _, p := range policies {
		for i := range p.statements {
			s := &p.statements[i]
			if !s.matchesAction(e.Action) || s.applies(e) == notNamed {
				continue
			}
			if s.deny {
				opinion = Denies
			} else {
				opinion = max(opinion, Allows)
			}
			x.Matches = append(x.Matches, Match{Type: t, Policy: p.name, Sid: s.sid, Number: i + 1, Deny: s.deny, Start: s.start, End: s.end})
		}
		for _, key := range p.keys {
			if got := e.values(lowered(key)); !got.present {
				x.MissingKeys = addKey(x.MissingKeys, key)
			}
		}
	}
	return opinion
}
