package dynamodb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// What PutResourcePolicy and DeleteResourcePolicy share. A policy's revision id is when it was last changed: it grows, and a
// policy that is put again as it is keeps it.

// noPolicy is the ExpectedRevisionId of a resource that is to have no policy.
const noPolicy = "NO_POLICY"

// maxRevision is the longest ExpectedRevisionId (API reference, PutResourcePolicy).
const maxRevision = 255

// governed reads the ResourceArn of an operation on policies, which only the owner's account may make.
func governed(req *awsapi.Request, arn *string) (resource, error) {
	r, err := parseResource(req, *arn, func(arn string) error { return refused("Invalid resource Arn: %s", arn) })
	if err == nil && r.scope.Account != req.Caller.Account {
		err = errOtherAccount
	}
	return r, err
}

// errOtherAccount refuses an operation that is not there for principals of other accounts.
var errOtherAccount = awsapi.Validation("This action is only supported by accounts that match the resource owner’s account.")

// ungoverned is the error for a stream, of which there are none.
func (s *Service) ungoverned(ctx context.Context, r *resource) error {
	if _, err := s.store.Table(ctx, r.scope, r.table); err != nil {
		return catalogueError(err, r.table)
	}
	return notFound("Requested resource not found: Stream: " + r.stream + " not found for Table: " + r.table)
}

func policyNotFound(reason string) error {
	return &awsapi.Error{Code: "PolicyNotFoundException", Status: http.StatusBadRequest,
		Message: "Resource-based policy not found for the provided ResourceArn: " + reason}
}

// errUnchanged ends a change that would change nothing.
var errUnchanged = errors.New("dynamodb: nothing to change")

// changePolicy changes the policy of a table. It returns the revision id that the operation shows, empty for none: change
// returns it with the document to be, empty for none.
func (s *Service) changePolicy(ctx context.Context, r *resource, expected *string, now time.Time,
	change func(p *table.ResourcePolicy) (document string, shown int64)) (*string, error) {
	if r.stream != "" {
		return nil, s.ungoverned(ctx, r)
	}
	var shown int64
	_, err := s.store.Change(ctx, r.scope, r.table, func(d *table.Descriptor) error {
		p := d.Settings.Policy
		if err := checkRevision(d, expected); err != nil {
			return err
		}
		before := table.ResourcePolicy{}
		if p != nil {
			before = *p
		}
		next := table.ResourcePolicy{Revision: max(now.UnixMilli(), before.Revision+1)}
		next.Document, shown = change(&before)
		if shown == newRevision {
			shown = next.Revision
		}
		if next.Document == before.Document {
			return errUnchanged
		}
		d.Settings.Policy = &next
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errUnchanged):
		return nil, catalogueError(err, r.table)
	case shown == 0:
		return nil, nil
	}
	id := strconv.FormatInt(shown, 10)
	return &id, nil
}

// newRevision stands for the revision id that a change gives.
const newRevision = -1

// checkRevision checks that a table has the policy that the client expects.
func checkRevision(d *table.Descriptor, expected *string) error {
	if expected == nil {
		return nil
	}
	p := d.Settings.Policy
	switch {
	case *expected == noPolicy:
		if p != nil && p.Document != "" {
			return policyNotFound("Requested policy update expecting none to be present for table " + d.Name +
				", but a policy exists with revision id " + strconv.FormatInt(p.Revision, 10) + ".")
		}
	case p == nil:
		return policyNotFound("Requested update for policy with revision id " + *expected + ", but table " + d.Name + " has no associated policy.")
	case *expected != strconv.FormatInt(p.Revision, 10):
		return policyNotFound("Requested update for policy with revision id " + *expected + ", but the policy associated to target table " +
			d.Name + " has revision id " + strconv.FormatInt(p.Revision, 10) + ".")
	}
	return nil
}
