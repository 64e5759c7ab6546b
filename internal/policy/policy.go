// Package policy is what a principal may do: the question that a request asks and the decision that answers it.
//
// It is pure and imports nothing of ours. Explicit deny wins, what is not allowed is denied, and a policy that
// can't be evaluated denies.
package policy

// Need is one permission that a request needs: an action on a resource, under conditions.
type Need struct {
	// Action is the IAM action, such as dynamodb:PutItem.
	Action string
	// Resource is the ARN it is done to, or * for actions on no resource in particular.
	Resource string
	// Conditions are the values of the request's condition keys, by key.
	Conditions map[string][]string
}

// Policy is a compiled document. It is never changed, so requests share it.
type Policy struct {
	name       string
	statements []statement
}

// Name is the name that the policy was parsed under.
func (p *Policy) Name() string { return p.name }

type statement struct {
	sid  string
	deny bool
	// opaque is set when the statement has something that is not understood. It then never allows; if it
	// denies, it denies whatever its actions and resources match.
	opaque       bool
	actions      []string // lower case
	notActions   bool
	resources    []resource
	notResources bool
}

// Decision is the answer to a Need, and who gave it.
type Decision struct {
	Allowed bool
	// Denied says that a statement denies it, as opposed to no statement allowing it.
	Denied bool
	// Policy and Statement are the policy's name and the Sid of the statement that decided; empty if none did.
	Policy, Statement string
	// Reason is a few words for the audit log.
	Reason string
}

// Evaluate decides whether a principal that has these identity-based policies may do what need says.
func Evaluate(policies []*Policy, need Need) Decision {
	d := Decision{Reason: "no identity-based policy allows it"}
	for _, p := range policies {
		for i := range p.statements {
			s := &p.statements[i]
			if d.Allowed && !s.deny || !s.matches(need) {
				continue
			}
			switch {
			case s.deny:
				return Decision{Denied: true, Policy: p.name, Statement: s.sid,
					Reason: "explicit deny in an identity-based policy"}
			case !s.opaque:
				d = Decision{Allowed: true, Policy: p.name, Statement: s.sid, Reason: "allowed by an identity-based policy"}
			}
		}
	}
	return d
}

func (s *statement) matches(need Need) bool {
	return s.matchesAction(need.Action) != s.notActions && s.matchesResource(need.Resource) != s.notResources
}

func (s *statement) matchesAction(action string) bool {
	for _, pattern := range s.actions {
		if glob(pattern, action, true) {
			return true
		}
	}
	return false
}

func (s *statement) matchesResource(arn string) bool {
	for i := range s.resources {
		if s.resources[i].matches(arn) {
			return true
		}
	}
	return false
}

// Unreadable stands for a policy whose document can't be parsed: it denies everything.
func Unreadable(name string) *Policy {
	all, _ := newResource("*")
	return &Policy{name: name, statements: []statement{{
		deny: true, opaque: true, actions: []string{"*"}, resources: []resource{all},
	}}}
}
