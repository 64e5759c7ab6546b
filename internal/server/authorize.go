package server

import (
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// authorize returns nil if the caller may do all that a call needs, and otherwise AWS's refusal. A Batch is told what is
// refused, and goes on.
func (x *exchange) authorize(call awsapi.Call) error {
	needs := call.Needs()
	if x.record != nil {
		x.record.needs(needs)
	}
	if x.caller.unlimited || len(needs) == 0 {
		return nil
	}
	p := x.caller.principal
	x.conditions.x = x
	question := policy.Request{Principal: p.Principal, Context: &x.conditions}
	policies := p.Policies
	batch, _ := call.(awsapi.Batch)
	for i := range needs {
		question.Need, policies.Resource = needs[i], needs[i].Policy
		d := policy.Decide(&question, &policies)
		if x.record != nil {
			x.record.decided(d)
		}
		if d.Allowed {
			continue
		}
		message := needs[i].Refusal
		if message == "" {
			message = d.Message(p.ARN, needs[i].Action, needs[i].Resource)
		}
		err := &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest, Message: message}
		if batch == nil {
			return err
		}
		batch.Refuse(i, err)
	}
	return nil
}
