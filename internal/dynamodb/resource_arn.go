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

// parseResource reads a ResourceArn. Mismatch makes the error for one that can't be a table's or a stream's here.
func parseResource(req *awsapi.Request, arn string, mismatch func(arn string) error) (resource, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return resource{}, mismatch(awsapi.Shown(arn))
	}
	path := strings.Split(parts[5], "/")
	stream := len(path) == 4 && path[2] == "stream"
	if path[0] != "table" || len(path) != 2 && !stream {
		return resource{}, mismatch(awsapi.Shown(arn))
	}
	name := path[1]
	if parts[0] != "arn" || parts[1] != "aws" || parts[2] != "dynamodb" || parts[3] != req.Region || len(parts[4]) != 12 || !nameCharacters(parts[4]) ||
		len(name) < 3 || len(name) > 255 || !nameCharacters(name) {
		return resource{}, mismatch(awsapi.Shown(arn))
	}
	r := resource{arn: arn, scope: table.Scope{Account: parts[4], Region: parts[3]}, table: name}
	if stream {
		r.stream = path[3]
	}
	return r, nil
}

// subject is the resource as it is when the request is authorised.
func (r *resource) subject(s *Service, req *awsapi.Request) *subject {
	if r.stream != "" {
		o := s.onStream(*r)
		return o.subject()
	}
	u := s.subject(req, r.arn)
	return &u
}

// onResource is a call that needs one permission on a resource; others may be nil.
func onResource[Out any](s *Service, req *awsapi.Request, action string, r resource, others policy.Context) control[Out] {
	u := r.subject(s, req)
	return control[Out]{subject: u, needs: []policy.Need{u.need(action, "", tagged{u, others})}}
}
