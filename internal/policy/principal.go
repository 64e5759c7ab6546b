package policy

import (
	"strings"
	"time"
)

// PrincipalType is what sort of principal sent a request.
type PrincipalType uint8

// The types. The zero value is a principal that nothing is known of but its policies.
const (
	Unknown PrincipalType = iota
	// Root is an account's root user: its own account allows it everything.
	Root
	// User is an IAM user with its own credentials, or with those of GetSessionToken.
	User
	// RoleSession is who assumed a role.
	RoleSession
	// FederatedUser is a session of GetFederationToken.
	FederatedUser
	// WebOrSAML is who asks for a role with a token or an assertion of an identity provider. It has no policies.
	WebOrSAML
	// Service is a service that asks for a role. It has no policies.
	Service
	// Anonymous is nobody: the request is not signed. It has no policies.
	Anonymous
	// IdentityCenterUser is somebody of IAM Identity Center who is no principal of an account yet: ID is the user's, Provider the ARN of the
	// identity store. It has no policies.
	IdentityCenterUser
)

// hasPolicies says whether there is an account that has to allow what the principal does.
func (t PrincipalType) hasPolicies() bool { return t < WebOrSAML }

// Principal is who sends a request.
type Principal struct {
	Type PrincipalType
	// ARN is the principal's own: of the session for sessions, .../root for the root user.
	ARN string
	// Account is its account, 12 digits.
	Account string
	// Organization is the id of the organization that its account is in, and all accounts whose resources it can ask for.
	Organization string
	// ID is its unique id, as in aws:userid: AIDA..., AROA...:session, account:name, account.
	ID string
	// Name is the name of an IAM user, "" for all others: they have no aws:username.
	Name string
	// Entity is the ARN of what a session is of: the role, or the user who federated. EntityID is its unique id.
	Entity, EntityID string
	// Provider is the identity provider of WebOrSAML, as policies name it, and the name of a Service.
	Provider string
	// Tags are those of the user or role and those of the session, which win: each key once, in any case.
	Tags []Tag
	// Session is what is known of temporary credentials besides; nil for long-term ones.
	Session *Session
}

// Session is what temporary credentials stand for.
type Session struct {
	// Issued and Expires are when they were made and when they end; MFA is when the person who asked for them proved
	// to have an MFA device, zero if nobody did.
	Issued, Expires, MFA time.Time
	// SourceIdentity is who is behind the session, as was said when the first role was assumed.
	SourceIdentity string
	// Transitive are the keys of those of the principal's tags that go on to the next role.
	Transitive []string
	// Keys are the condition keys, in lower case, that an identity provider gave: aws:federatedprovider, saml:sub.
	Keys MapContext
	// Console is the id of the session of the console that asks, "" if none does.
	Console string
	// Person is whose it is, nil if it is of no person of IAM Identity Center. Who gave it out knows what it means.
	Person *PersonRef
}

// PersonRef is whose a session of a role is that IAM Identity Center made, and why.
type PersonRef struct {
	// User is the id of the person.
	User string `json:"u"`
	// Account and PermissionSet are what was assigned to the person, the permission set by its ARN.
	Account       string `json:"a"`
	PermissionSet string `json:"p"`
	// Began is when the person signed in for it: whoever is disabled, or gets another password, loses what began before.
	Began time.Time `json:"b,omitzero"`
	// Portal is the id of the session in the access portal that this one ends with, "" for none.
	Portal string `json:"s,omitempty"`
	// Until is when that session ends if nobody ends it before, zero for never.
	Until time.Time `json:"e,omitzero"`
	// Grant is what an outside source vouches for the person with, "" for none: the session ends when it does not any more.
	Grant string `json:"g,omitempty"`
}

// Tag is a key and a value.
type Tag struct{ Key, Value string }

// typeName is the value of aws:PrincipalType.
func (t PrincipalType) typeName() string {
	switch t {
	case Root:
		return "Account"
	case User:
		return "User"
	case RoleSession:
		return "AssumedRole"
	case FederatedUser:
		return "FederatedUser"
	case Anonymous:
		return "Anonymous"
	}
	return ""
}

// arn is the value of aws:PrincipalArn: for a role session that of the role.
func (p *Principal) arn() string {
	if p.Type == RoleSession {
		return p.Entity
	}
	return p.ARN
}

// level is how closely a Principal element names a principal. It decides what else has to allow the request.
type level uint8

const (
	notNamed level = iota
	// byAccount: the account is named, which then says by its own policies who of it may.
	byAccount
	// byEntity: the role, or the user who federated, is named. What limits the session still limits it.
	byEntity
	// byItself: the user or the session is named, or everybody is.
	byItself
)

// principals is a compiled Principal or NotPrincipal element.
type principals struct {
	everybody bool
	members   []principal
}

type principal struct {
	typ     string
	value   string
	account string // if it is an account
}

// newPrincipals compiles an element. Everybody of one type may be few, but a deny of them is one of all.
func newPrincipals(ps *Principals, deny bool) *principals {
	c := &principals{everybody: ps.Any}
	for _, m := range ps.Members {
		if deny && m.Value == "*" {
			c.everybody = true
		}
		compiled := principal{typ: m.Type, value: m.Value}
		if a, ok := splitARN(m.Value); isAccount(m.Value) {
			compiled.account = m.Value
		} else if ok && a[2] == "iam" && a[5] == "root" && isAccount(a.account()) {
			compiled.account = a.account()
		}
		c.members = append(c.members, compiled)
	}
	return c
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// names says how closely the element names p.
func (ps *principals) names(p *Principal) level {
	if ps.everybody {
		return byItself
	}
	best := notNamed
	for i := range ps.members {
		best = max(best, ps.members[i].names(p))
	}
	return best
}

func (m *principal) names(p *Principal) level {
	switch m.typ {
	case "AWS":
		switch {
		case p.Type == WebOrSAML || p.Type == Service || m.value == "":
			return notNamed
		case m.value == "*":
			return byItself
		case p.Type == Anonymous:
			return notNamed
		case m.account != "":
			switch {
			case m.account != p.Account:
				return notNamed
			case p.Type == Root:
				return byItself
			}
			return byAccount
		case m.value == p.ARN || m.value == p.ID:
			return byItself
		case m.value == p.Entity || m.value == p.EntityID:
			return byEntity
		}
	case "Federated":
		if p.Type == WebOrSAML && m.value == p.Provider {
			return byItself
		}
	case "Service":
		if p.Type == Service && m.value == p.Provider {
			return byItself
		}
	}
	return notNamed
}
