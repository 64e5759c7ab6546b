package policy

import (
	"errors"
	"fmt"
	"strings"
)

// MalformedError says why AWS would refuse a document, in its words: the message of MalformedPolicyDocument.
type MalformedError struct{ Message string }

func (e *MalformedError) Error() string { return e.Message }

func malformed(format string, args ...any) error {
	return &MalformedError{fmt.Sprintf(format, args...)}
}

// Validate checks a document as AWS does before it stores one, in the same order. What it accepts can be compiled. The
// error is a *MalformedError.
func Validate(kind Kind, document []byte) error {
	d, err := ReadDocument(document)
	if kind != Identity {
		return validateWithPrincipals(kind, d, err)
	}
	if err != nil || !d.wellFormed() {
		return malformed("Syntax errors in policy.")
	}
	for i := range d.Statements {
		if s := &d.Statements[i]; s.Principal != nil || s.NotPrincipal != nil {
			return malformed("Policy document should not specify a principal.")
		}
	}
	if d.Version != version2012 {
		return malformed("Policy document must be version 2012-10-17 or greater.")
	}
	return d.validateIdentity()
}

// wellFormed says whether the grammar of identity-based policies has the document, wrong names and values aside.
func (d *Document) wellFormed() bool {
	switch d.Version {
	case "", version2008, version2012:
	default:
		return false
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		effect := strings.EqualFold(s.Effect, "Allow") || strings.EqualFold(s.Effect, "Deny")
		if !effect || s.Action != nil && s.NotAction != nil || s.Resource != nil && s.NotResource != nil {
			return false
		}
		if s.hasUnknownOperator() {
			return false
		}
	}
	return len(d.Statements) > 0
}

// hasUnknownOperator says whether there is a condition with an operator that the language does not have.
func (s *Statement) hasUnknownOperator() bool {
	for _, c := range s.Conditions {
		if _, err := parseOperator(c.Operator); err != nil {
			return true
		}
	}
	return false
}

// validateIdentity checks what the grammar leaves open. AWS looks at all statements for one mistake, then at all for
// the next.
func (d *Document) validateIdentity() error {
	resourceError, legacy := d.validateResources()
	if legacy {
		return malformed("The policy failed legacy parsing")
	}
	if err := d.validateSids(); err != nil {
		return err
	}
	for i := range d.Statements {
		if s := &d.Statements[i]; len(s.Action)+len(s.NotAction) == 0 {
			return malformed("Policy statement must contain actions.")
		}
	}
	if resourceError != nil {
		return resourceError
	}
	for i := range d.Statements {
		for _, list := range [][]string{d.Statements[i].Action, d.Statements[i].NotAction} {
			for _, a := range list {
				if err := validateAction(a); err != nil {
					return err
				}
			}
		}
	}
	for i := range d.Statements {
		if s := &d.Statements[i]; len(s.Resource)+len(s.NotResource) == 0 {
			return malformed("Policy statement must contain resources.")
		}
	}
	return nil
}

// validateResources returns the first mistake in a resource, and whether the document has any of those that AWS finds
// before all others and does not name.
func (d *Document) validateResources() (first error, legacy bool) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != "Allow" && s.Effect != "Deny" || !s.datesCanBeRead() {
			return nil, true
		}
	}
	for i := range d.Statements {
		for _, list := range [][]string{d.Statements[i].Resource, d.Statements[i].NotResource} {
			for _, r := range list {
				if hasEarlyVariable(r) {
					return nil, true
				}
				if err := validateResource(r); first == nil {
					first = err
				}
				if first == nil && failsLegacyParsing(r) {
					return nil, true
				}
			}
		}
	}
	return first, false
}

func (s *Statement) datesCanBeRead() bool {
	for _, c := range s.Conditions {
		if o, err := parseOperator(c.Operator); err != nil || o.family != date {
			continue
		}
		for _, v := range c.Values {
			if _, ok := parseInstant(v); !ok {
				return false
			}
		}
	}
	return true
}

func (d *Document) validateSids() error {
	seen := map[string]bool{}
	for i := range d.Statements {
		for _, c := range []byte(d.Statements[i].Sid) {
			if !isAlphanumeric(c) {
				return malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
			}
		}
	}
	for i := range d.Statements {
		sid := d.Statements[i].Sid
		if sid != "" && seen[sid] {
			return malformed("Statement IDs (SID) in a single policy must be unique.")
		}
		seen[sid] = true
	}
	return nil
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}

func validateAction(a string) error {
	if a == "*" {
		return nil
	}
	vendor, rest, ok := strings.Cut(a, ":")
	switch {
	case !ok:
		return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
	case strings.Contains(rest, ":"):
		return malformed("Actions/Condition can contain only one colon.")
	case vendor != "*" && !isVendor(vendor):
		return malformed("Vendor %s is not valid", vendor)
	}
	return nil
}

func isVendor(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// isNoJSON says whether err is that a document is no JSON.
func isNoJSON(err error) bool {
	var s *SyntaxError
	return errors.As(err, &s) && s.JSON
}
