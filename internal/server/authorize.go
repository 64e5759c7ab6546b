package server

import (
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// authorize returns nil if the caller may do all that a call needs, and otherwise AWS's refusal.
func (x *exchange) authorize(needs []policy.Need) error {
	if x.caller.unlimited || len(needs) == 0 {
		return nil
	}
	p := x.caller.principal
	x.conditions.x = x
	question := policy.Request{Principal: policyPrincipal(p), Context: &x.conditions}
	policies := policy.Policies{Identity: p.Policies, Boundary: p.Boundary}
	for i := range needs {
		question.Need = needs[i]
		d := policy.Decide(&question, &policies)
		if d.Allowed {
			continue
		}
		return &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest,
			Message: d.Message(p.ARN, needs[i].Action, needs[i].Resource)}
	}
	return nil
}

// policyPrincipal is a principal as policies see it.
func policyPrincipal(p *identity.Principal) policy.Principal {
	to := policy.Principal{ARN: p.ARN, Account: p.Account, ID: p.UserID, Tags: p.Tags}
	resource := p.ARN // without the five fields before it; paths may have colons too
	for range 5 {
		_, resource, _ = strings.Cut(resource, ":")
	}
	switch kind, name, _ := strings.Cut(resource, "/"); kind {
	case "root":
		to.Type = policy.Root
	case "user":
		to.Type, to.Name = policy.User, name[strings.LastIndexByte(name, '/')+1:]
	}
	return to
}
