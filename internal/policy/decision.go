package policy

// Type is a type of policy, by what it is there for.
type Type uint8

// The types that decide.
const (
	NoPolicy Type = iota
	IdentityBased
	ResourceBased
	RoleTrust
	PermissionsBoundary
	SessionPolicy
)

func (t Type) String() string {
	switch t {
	case IdentityBased:
		return "identity-based policy"
	case ResourceBased:
		return "resource-based policy"
	case RoleTrust:
		return "role trust policy"
	case PermissionsBoundary:
		return "permissions boundary"
	case SessionPolicy:
		return "session policy"
	}
	return "no policy"
}

// Decision is the answer to a request, and who gave it.
type Decision struct {
	Allowed bool
	// Denied says that a statement denies it, as opposed to no statement allowing it.
	Denied bool
	// Type is what type of policy decided. If it is not allowed and not denied, it is the first type that had to allow
	// it and did not.
	Type Type
	// Policy is the name of the policy that decided, Statement the Sid of its statement and Number the statement's
	// place in it, from 1; "", "" and 0 if none did.
	Policy, Statement string
	Number            int
	// Reason is a few words for the audit log.
	Reason string
}

// decided is the decision of a verdict that says something.
func decided(t Type, v verdict) Decision {
	return Decision{
		Allowed: !v.deny, Denied: v.deny, Type: t,
		Policy: v.policy.name, Statement: v.policy.statements[v.statement].sid, Number: v.statement + 1,
		Reason: reason(t, v.deny),
	}
}

// notAllowed is the decision if no policy of a type that has to allows it.
func notAllowed(t Type) Decision {
	d := Decision{Type: t}
	switch t {
	case IdentityBased:
		d.Reason = "no identity-based policy allows it"
	case ResourceBased:
		d.Reason = "no resource-based policy allows it"
	case RoleTrust:
		d.Reason = "no role trust policy allows it"
	case PermissionsBoundary:
		d.Reason = "no permissions boundary allows it"
	case SessionPolicy:
		d.Reason = "no session policy allows it"
	}
	return d
}

func reason(t Type, deny bool) string {
	switch t {
	case IdentityBased:
		if deny {
			return "explicit deny in an identity-based policy"
		}
		return "allowed by an identity-based policy"
	case ResourceBased:
		if deny {
			return "explicit deny in a resource-based policy"
		}
		return "allowed by a resource-based policy"
	case RoleTrust:
		if deny {
			return "explicit deny in the role trust policy"
		}
		return "allowed by the role trust policy"
	case PermissionsBoundary:
		return "explicit deny in a permissions boundary" // it never allows by itself
	}
	return "explicit deny in a session policy"
}

// Message is AWS's refusal of a request ("Troubleshoot access denied error messages", IAM User Guide). User is the ARN
// of the principal, "" if it has none; resource may be "" for the refusals that do not name it.
func (d *Decision) Message(user, action, resource string) string {
	if user == "" {
		return "Not authorized to perform " + action
	}
	m := "User: " + user + " is not authorized to perform: " + action
	if resource != "" {
		m += " on resource: " + resource
	}
	switch {
	case d.Denied:
		return m + " with an " + d.Reason
	case d.Type != NoPolicy:
		return m + " because no " + d.Type.String() + " allows the " + action + " action"
	}
	return m
}
