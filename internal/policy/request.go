package policy

import "strings"

// Request is what Decide decides on. It is not changed, and may live on the caller's stack.
type Request struct {
	Need
	Principal Principal
	// Owner is the account that the resource belongs to. If it is "", it is the account in the resource's ARN, and if
	// that has none, the principal's.
	Owner string
	// Context has the values of the condition keys that are neither the principal's nor the need's. It may be nil.
	Context Context
}

// Context looks up condition keys. Where nothing may be allocated, a lookup that switches on the key and returns
// slices that are there already does it.
type Context interface {
	// Values returns the values of a key, which is in lower case (that of a tag too: aws:requesttag/team), and whether
	// the request has the key. Dates are in ISO 8601 or epoch seconds, binary values are raw bytes. The caller does not
	// keep or change the slice.
	Values(key string) (values []string, ok bool)
}

// Key is the name of a condition key as a Context has it: its ASCII letters in lower case, and nothing else changed. A
// tag whose key has a Kelvin sign is not the one with a k.
func Key(name string) string { return lowered(name) }

// MapContext is a Context for tests and simulators. Its keys are in lower case.
type MapContext map[string][]string

// Values implements Context.
func (m MapContext) Values(key string) ([]string, bool) {
	values, ok := m[key]
	return values, ok
}

// values are the values of a key, without a slice for the keys that have one.
type values struct {
	present bool
	one     string
	many    []string // in the place of one, if not nil
}

func (v *values) len() int {
	switch {
	case !v.present:
		return 0
	case v.many != nil:
		return len(v.many)
	}
	return 1
}

func (v *values) at(i int) string {
	if v.many != nil {
		return v.many[i]
	}
	return v.one
}

// null says whether there is nothing: no key, or no value but empty ones ("Condition operator to check existence of
// condition keys", IAM User Guide).
func (v *values) null() bool {
	for i := range v.len() {
		if v.at(i) != "" {
			return false
		}
	}
	return true
}

func single(s string) values { return values{present: s != "", one: s} }

func list(s []string) values {
	if s == nil {
		s = []string{}
	}
	return values{present: true, many: s}
}

const principalTag = "aws:principaltag/"

// values looks up a key in lower case. What is known of the principal comes first: nothing in a request can say
// otherwise.
func (r *Request) values(key string) values {
	if v := r.principalValues(key); v.present {
		return v
	}
	if r.Conditions != nil {
		if v, ok := r.Conditions.Values(key); ok {
			return list(v)
		}
	}
	if r.Context != nil {
		if v, ok := r.Context.Values(key); ok {
			return list(v)
		}
	}
	return values{}
}

func (r *Request) principalValues(key string) values {
	p := &r.Principal
	switch key {
	case "aws:username":
		return single(p.Name)
	case "aws:userid":
		return single(p.ID)
	case "aws:principalarn":
		return single(p.arn())
	case "aws:principalaccount":
		return single(p.Account)
	case "aws:principaltype":
		return single(p.Type.typeName())
	case "aws:resourceaccount":
		return single(r.owner())
	case "aws:principalorgid", "aws:resourceorgid":
		return single(p.Organization)
	case "aws:sourceidentity":
		if p.Session != nil {
			return single(p.Session.SourceIdentity)
		}
	}
	if tag, ok := strings.CutPrefix(key, principalTag); ok {
		for i := range p.Tags {
			if k := p.Tags[i].Key; len(k) == len(tag) && hasPrefixFold(k, tag) {
				return values{present: true, one: p.Tags[i].Value}
			}
		}
	}
	if p.Session != nil {
		if v, ok := p.Session.Keys[key]; ok {
			return list(v)
		}
	}
	return values{}
}

// owner is the account that the resource belongs to, "" if nobody knows.
func (r *Request) owner() string {
	if r.Owner != "" {
		return r.Owner
	}
	a, ok := splitARN(r.Resource)
	if ok && isAccount(a.account()) {
		return a.account()
	}
	return r.Principal.Account
}

// crossAccount says whether the resource belongs to another account than the principal.
func (r *Request) crossAccount() bool {
	return r.Principal.Account != "" && r.owner() != r.Principal.Account
}
