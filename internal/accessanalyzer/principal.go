package accessanalyzer

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

func (c *checker) principal(s place) {
	at, ok := one(s, "Principal", "NotPrincipal")
	not := s.node.member("NotPrincipal")
	switch {
	case ok && c.kind == policy.Identity:
		c.add(isError, "UNSUPPORTED_PRINCIPAL", at, "The policy type IDENTITY_POLICY does not support the Principal element. Remove the Principal element.")
		return
	case !ok && c.kind != policy.Identity:
		c.add(isError, "MISSING_PRINCIPAL", s, "Add a Principal element to the policy statement.")
		return
	case !ok:
		return
	case not != nil && c.kind == policy.Trust:
		c.add(isError, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", s.in(not), "Role trust policies do not support the element NotPrincipal. Use Principal instead.")
	case not != nil && allows(s):
		c.add(isSecurity, "ALLOW_WITH_NOT_PRINCIPAL", s.in(not), "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.")
	}
	switch {
	case at.node.kind == text && at.node.text == "*":
		if c.kind == policy.Trust {
			c.add(isError, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", at, `"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.`)
		}
		return
	case at.node.kind != object:
		c.add(isError, "INVALID_PRINCIPAL_FORMAT", at, "The Principal element contents are not valid. Specify a key-value pair in the Principal element.")
		return
	case len(at.node.members) == 0:
		c.add(isHint, "EMPTY_OBJECT_PRINCIPAL", at, "This statement includes no principals and does not affect the policy. Specify principals.")
		return
	}
	for i := range at.node.members {
		m := &at.node.members[i]
		if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, m.name) || m.name == "CanonicalUser" && c.kind == policy.Trust {
			c.addKey(isError, "INVALID_PRINCIPAL_KEY", at, m, "The principal key "+m.name+" is not valid.")
			continue
		}
		for _, one := range c.texts(at.in(m)) {
			c.principalName(m.name, one)
		}
	}
}

func (c *checker) principalName(key string, at place) {
	c.noVariable(at)
	name := at.node.text
	switch {
	case strings.ContainsAny(name, "*?") && (key != "AWS" || name != "*"):
		if key == "Federated" && c.kind == policy.Trust {
			c.add(isError, "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", at, "The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.")
			return
		}
		c.add(isError, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", at, "Wildcards (*, ?) are not supported with the principal key "+key+". Replace the wildcard with a valid principal value.")
	case key == "AWS" && !policy.IsPrincipalName(name):
		c.add(isError, "INVALID_PRINCIPAL_FORMAT", at, "The Principal element contents are not valid. Specify a key-value pair in the Principal element.")
	case key == "Service" && !strings.Contains(name, "."):
		c.add(isError, "INVALID_SERVICE_PRINCIPAL_FORMAT", at, "The service principal does not match the expected format. Use the service principal format: service-name.amazonaws.com.")
	}
}
