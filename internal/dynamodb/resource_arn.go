package dynamodb

import (
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// maxResourceARN is the longest ResourceArn (API reference, TagResource).
const maxResourceARN = 1283

// resource is what a ResourceArn names: a table, or a stream of one.
type resource struct {
	arn    string
	scope  table.Scope
	table  string
	stream string // the stream's label, empty for a table
}

// parseResource reads a ResourceArn. Mismatch makes the error for an ARN that is one but can't be a resource's here.
func parseResource(req *awsapi.Request, arn string, mismatch func(arn string) error) (resource, error) {
	if !strings.HasPrefix(arn, "arn:") {
		return resource{}, refused("ARNs must start with 'arn:': %s", awsapi.Shown(arn))
	}
	parts := strings.SplitN(arn, ":", 6)
	var path []string
	if len(parts) == 6 {
		path = strings.Split(parts[5], "/")
	}
	kind := ""
	switch {
	case len(path) < 2 || parts[2] != "dynamodb" || path[0] != "table":
	case len(path) == 2:
		kind = "table"
	case len(path) == 4:
		kind = path[2]
	}
	switch kind {
	case "table", "stream":
	case "index":
		return resource{}, refused("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: %s", awsapi.Shown(arn))
	default:
		return resource{}, refused("Provided Arn is not a DynamoDB resource arn: %s", awsapi.Shown(arn))
	}
	name := path[1]
	if parts[1] != "aws" || parts[3] != req.Region || len(parts[4]) != 12 || !nameCharacters(parts[4]) ||
		len(name) < 3 || len(name) > 255 || !nameCharacters(name) {
		return resource{}, mismatch(awsapi.Shown(arn))
	}
	r := resource{arn: arn, scope: table.Scope{Account: parts[4], Region: parts[3]}, table: name}
	if kind == "stream" {
		r.stream = path[3]
	}
	return r, nil
}

// subject is the resource as it is when the request is authorised. A stream has a policy of its own.
func (r *resource) subject(s *Service, req *awsapi.Request) *subject {
	if r.stream != "" {
		o := s.onStream(*r)
		u := &subject{arn: r.arn, err: o.err}
		if o.stream != nil {
			u.own = s.policies.of(o.stream)
		}
		return u
	}
	u := s.subject(req, r.arn)
	return &u
}

// onResource is a call that needs one permission on a resource; others may be nil.
func onResource[Out any](s *Service, req *awsapi.Request, action string, r resource, others policy.Context) control[Out] {
	u := r.subject(s, req)
	return control[Out]{subject: u, needs: []policy.Need{u.need(action, "", tagged{u, others})}}
}
