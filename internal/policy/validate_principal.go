package policy

import "strings"

// validateWithPrincipals checks a policy that names principals. Services share one validator for them, whose words are
// not those for identity-based policies.
func validateWithPrincipals(kind Kind, d *Document, err error) error {
	switch {
	case isNoJSON(err):
		return malformed("This policy contains invalid Json")
	case err != nil:
		return malformed("Syntax error in policy.")
	case d.Version != "" && d.Version != version2008 && d.Version != version2012:
		return malformed("The policy must contain a valid version string")
	case len(d.Statements) == 0:
		return malformed("Could not parse the policy: Statement is empty!")
	}
	seen := map[string]bool{}
	for i := range d.Statements {
		s := &d.Statements[i]
		if err := s.validateWithPrincipals(kind); err != nil {
			return err
		}
		if s.Sid != "" && seen[s.Sid] {
			return malformed("The Statement Ids in the policy are not unique")
		}
		seen[s.Sid] = true
	}
	return nil
}

func (s *Statement) validateWithPrincipals(kind Kind) error {
	switch {
	case s.Effect == "":
		return malformed("Missing required field Effect")
	case s.Effect != "Allow" && s.Effect != "Deny":
		return malformed("Invalid effect: %s", s.Effect)
	case s.NotPrincipal != nil && s.Effect == "Allow":
		return malformed("Allow with NotPrincipal is not allowed.")
	case s.NotPrincipal != nil && kind == Trust:
		return malformed("AssumeRole policy must not contain NotPrincipal field.")
	case s.Principal != nil && s.NotPrincipal != nil:
		return malformed("Syntax error in policy.")
	case s.Principal == nil && s.NotPrincipal == nil:
		return malformed("Missing required field Principal")
	}
	ps := s.Principal
	if ps == nil {
		ps = s.NotPrincipal
	}
	if err := ps.validate(kind); err != nil {
		return err
	}
	switch {
	case s.hasUnknownOperator() || s.Action != nil && s.NotAction != nil || s.Resource != nil && s.NotResource != nil:
		return malformed("Syntax error in policy.")
	case len(s.Action)+len(s.NotAction) == 0:
		return malformed("Missing required field Action")
	case kind == Trust:
		return s.validateTrust()
	case len(s.Resource)+len(s.NotResource) == 0:
		return malformed("Missing required field Resource")
	}
	for _, list := range [][]string{s.Action, s.NotAction} {
		for _, a := range list {
			if validateAction(a) != nil {
				return malformed("Policy has invalid action")
			}
		}
	}
	for _, list := range [][]string{s.Resource, s.NotResource} {
		for _, r := range list {
			if validateResource(r) != nil || failsLegacyParsing(r) || hasEarlyVariable(r) {
				return malformed("Policy has invalid resource")
			}
		}
	}
	return nil
}

// validateTrust checks what a trust policy is about: the operations of STS that give a role, and no resource.
func (s *Statement) validateTrust() error {
	for _, list := range [][]string{s.Action, s.NotAction} {
		for _, a := range list {
			if !strings.HasPrefix(lowered(a), "sts:") {
				return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
	}
	switch {
	case s.Resource != nil:
		return malformed("Has prohibited field Resource")
	case s.NotResource != nil:
		return malformed("AssumeRole policy must not contain resources.")
	}
	return nil
}

func (ps *Principals) validate(kind Kind) error {
	switch {
	case ps.Any && kind == Trust:
		return malformed("Principal must be a JSON object.")
	case ps.Any:
		return nil
	case len(ps.Members) == 0:
		return malformed("Missing required field Principal cannot be empty!")
	}
	for _, m := range ps.Members {
		switch m.Type {
		case "AWS", "Federated", "Service":
		case "CanonicalUser":
			if kind == Trust {
				return malformed("Invalid principal in policy: %q", m.Type)
			}
		default:
			return malformed("Invalid principal in policy: %q", m.Type)
		}
		if m.Value == "" || m.Type == "AWS" && !isPrincipalName(m.Value) {
			return malformed("Invalid principal in policy: %q:%q", m.Type, m.Value)
		}
	}
	return nil
}

// isPrincipalName says whether a principal of the type AWS is written as one: everybody, an account, an ARN of a user,
// a role or a session, or a unique id. There are no wildcards within one.
func isPrincipalName(s string) bool {
	if s == "*" || isAccount(s) {
		return true
	}
	if strings.ContainsAny(s, "*?") {
		return false
	}
	a, ok := splitARN(s)
	if !ok {
		return len(s) >= 16 && strings.HasPrefix(s, "A") && isVendor(s) // AIDA..., AROA...
	}
	kind, name, named := strings.Cut(a[5], "/")
	switch {
	case a[0] != "arn" || !isPartition(a[1]) || a[3] != "" || !isAccount(a.account()):
		return false
	case a[2] == "iam":
		return a[5] == "root" || named && name != "" && (kind == "user" || kind == "role")
	case a[2] == "sts":
		return named && name != "" && (kind == "assumed-role" || kind == "federated-user")
	}
	return false
}
