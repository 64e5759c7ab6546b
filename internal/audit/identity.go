package audit

import (
	"encoding/json"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// userIdentity is who asked ("CloudTrail userIdentity element", AWS CloudTrail User Guide).
type userIdentity struct {
	Type        string          `json:"type"`
	PrincipalID string          `json:"principalId,omitempty"`
	ARN         string          `json:"arn,omitempty"`
	Account     string          `json:"accountId,omitempty"`
	AccessKeyID string          `json:"accessKeyId,omitempty"`
	UserName    string          `json:"userName,omitempty"`
	Provider    string          `json:"identityProvider,omitempty"`
	InvokedBy   string          `json:"invokedBy,omitempty"`
	Session     *sessionContext `json:"sessionContext,omitempty"`
	OnBehalfOf  *onBehalfOf     `json:"onBehalfOf,omitempty"`
}

// onBehalfOf is a person of IAM Identity Center.
type onBehalfOf struct {
	User  string `json:"userId"`
	Store string `json:"identityStoreArn,omitempty"`
}

type sessionContext struct {
	Issuer         *sessionIssuer     `json:"sessionIssuer,omitempty"`
	WebIdentity    *webIdentity       `json:"webIdFederationData,omitempty"`
	Attributes     *sessionAttributes `json:"attributes,omitempty"`
	SourceIdentity string             `json:"sourceIdentity,omitempty"`
}

type sessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn"`
	Account     string `json:"accountId"`
	UserName    string `json:"userName,omitempty"`
}

type webIdentity struct {
	Provider   string            `json:"federatedProvider"`
	Attributes map[string]string `json:"attributes"`
}

// sessionAttributes are texts, the truth value too, as CloudTrail has them.
type sessionAttributes struct {
	Created string `json:"creationDate"`
	MFA     string `json:"mfaAuthenticated"`
}

// Condition keys of what an identity provider says of who asks.
const (
	federatedProvider = "aws:federatedprovider"
	samlSubject       = "saml:sub"
	samlQualifier     = "saml:namequalifier"
)

// identity is who asked, in CloudTrail's terms.
func identity(p *policy.Principal, key string) userIdentity {
	u := userIdentity{
		Type: "Unknown", PrincipalID: clip(p.ID), ARN: clip(p.ARN), Account: p.Account, AccessKeyID: clip(key),
		UserName: clip(p.Name), Session: session(p),
	}
	switch p.Type {
	case policy.Root:
		u.Type = "Root"
	case policy.User:
		u.Type = "IAMUser"
	case policy.RoleSession:
		u.Type = "AssumedRole"
	case policy.FederatedUser:
		u.Type = "FederatedUser"
	case policy.WebOrSAML:
		return federated(p)
	case policy.Service:
		return userIdentity{Type: "AWSService", InvokedBy: clip(p.Provider)}
	case policy.Person:
		return userIdentity{Type: "IdentityCenterUser", Account: p.Account, OnBehalfOf: &onBehalfOf{clip(p.ID), clip(p.Provider)}}
	case policy.Anonymous:
		return userIdentity{Type: "AWSAccount", Account: "ANONYMOUS_PRINCIPAL"}
	}
	return u
}

// federated is who asks for a role with an assertion or a token of an identity provider.
func federated(p *policy.Principal) userIdentity {
	var keys policy.MapContext
	if p.Session != nil {
		keys = p.Session.Keys
	}
	if strings.Contains(p.Provider, ":saml-provider/") {
		provider, subject := first(keys, samlQualifier), first(keys, samlSubject)
		return userIdentity{
			Type: "SAMLUser", PrincipalID: joined(provider, subject), UserName: subject, Provider: provider,
		}
	}
	issuer := p.Provider
	if _, after, ok := strings.Cut(issuer, ":oidc-provider/"); ok {
		issuer = after
	}
	issuer = policy.Key(issuer)
	subject := first(keys, issuer+":sub")
	return userIdentity{
		Type: "WebIdentityUser", PrincipalID: joined(clip(p.Provider), first(keys, issuer+":aud"), subject),
		UserName: subject, Provider: clip(p.Provider),
	}
}

func joined(parts ...string) string {
	return strings.Trim(strings.Join(parts, ":"), ":")
}

// session is the context of temporary credentials, nil for long-term ones.
func session(p *policy.Principal) *sessionContext {
	s := p.Session
	if s == nil && p.Entity == "" {
		return nil
	}
	c := &sessionContext{Issuer: issuer(p)}
	if s == nil {
		return c
	}
	c.SourceIdentity = clip(s.SourceIdentity)
	c.Attributes = &sessionAttributes{Created: s.Issued.UTC().Format(timeForm), MFA: "false"}
	if !s.MFA.IsZero() {
		c.Attributes.MFA = "true"
	}
	if provider := first(s.Keys, federatedProvider); provider != "" && !strings.Contains(provider, ":saml-provider/") {
		c.WebIdentity = &webIdentity{provider, webAttributes(s.Keys)}
	}
	return c
}

// issuer is what a session is of, nil if it is of the user itself.
func issuer(p *policy.Principal) *sessionIssuer {
	arn := strings.SplitN(p.Entity, ":", 6)
	if len(arn) < 6 {
		return nil
	}
	i := &sessionIssuer{PrincipalID: p.EntityID, ARN: clip(p.Entity), Account: arn[4]}
	i.UserName = clip(arn[5][strings.LastIndexByte(arn[5], '/')+1:])
	switch {
	case arn[5] == "root":
		i.Type, i.UserName = "Root", ""
	case strings.HasPrefix(arn[5], "user/"):
		i.Type = "IAMUser"
	default:
		i.Type = "Role"
	}
	return i
}

// webAttributes are the application and the user as the provider names them: accounts.google.com:aud.
func webAttributes(keys policy.MapContext) map[string]string {
	all := map[string]string{}
	for key, values := range keys {
		provider, _, _ := strings.Cut(key, ":")
		if provider == "aws" || provider == "sts" || provider == "saml" || len(all) == maxAdditional {
			continue
		}
		switch {
		case len(values) == 1:
			all[clip(key)] = clip(values[0])
		case len(values) > 1:
			list, _ := json.Marshal(values) // texts: it cannot fail
			all[clip(key)] = clip(string(list))
		}
	}
	return all
}

func first(keys policy.MapContext, key string) string {
	if v := keys[key]; len(v) > 0 {
		return clip(v[0])
	}
	return ""
}
