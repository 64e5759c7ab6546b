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
	r, err := parseResource(req, *arn, func(arn string) error { return refused("Invalid ResourceArn: %s", arn) })
	if err == nil && r.scope.Account != req.Caller.Account {
		err = errOtherAccount
	}
	return r, err
}

// errOtherAccount refuses an operation that is not there for principals of other accounts.
var errOtherAccount = awsapi.Validation("This operation is not supported for resources of other accounts")

// governedError turns the errors of the catalogue into what operations on policies say.
func (s *Service) governedError(ctx context.Context, err error, r *resource) error {
	if r.stream == "" || !errors.Is(err, table.ErrNotFound) {
		return catalogueError(err, r.table)
	}
	if _, err := s.store.Table(ctx, r.scope, r.table); err != nil {
		return catalogueError(err, r.table)
	}
	return notFound("Requested resource not found: Stream: " + r.arn + " not found")
}

// policyOf returns the policy of a resource, nil if there never was one.
func (s *Service) policyOf(ctx context.Context, r *resource) (*table.ResourcePolicy, error) {
	if r.stream != "" {
		d, err := s.store.Stream(ctx, r.scope, r.table, r.stream)
		if err != nil {
			return nil, s.governedError(ctx, err, r)
		}
		return d.Policy, nil
	}
	d, err := s.store.Table(ctx, r.scope, r.table)
	if err != nil {
		return nil, s.governedError(ctx, err, r)
	}
	return d.Settings.Policy, nil
}

func policyNotFound(message string) error {
	return &awsapi.Error{Code: "PolicyNotFoundException", Status: http.StatusBadRequest,
		Message: message}
}

// errUnchanged ends a change that would change nothing.
var errUnchanged = errors.New("dynamodb: nothing to change")

// changePolicy changes the policy of a resource. It returns the revision id that the operation shows, empty for none: change
// returns it with the document to be, empty for none.
func (s *Service) changePolicy(ctx context.Context, r *resource, expected *string, now time.Time,
	change func(p *table.ResourcePolicy) (document string, shown int64)) (*string, error) {
	var shown int64
	amend := func(p **table.ResourcePolicy) error {
		if err := checkRevision(r, *p, expected); err != nil {
			return err
		}
		before := table.ResourcePolicy{}
		if *p != nil {
			before = **p
		}
		next := table.ResourcePolicy{Revision: max(now.UnixMilli(), before.Revision+1)}
		next.Document, shown = change(&before)
		if shown == newRevision {
			shown = next.Revision
		}
		if next.Document == before.Document {
			return errUnchanged
		}
		*p = &next
		return nil
	}
	var err error
	if r.stream != "" {
		err = s.store.ChangeStream(ctx, r.scope, r.table, r.stream, func(d *table.StreamDefinition) error { return amend(&d.Policy) })
	} else {
		_, err = s.change(ctx, r.scope, r.table, func(d *table.Descriptor) error { return amend(&d.Settings.Policy) })
	}
	switch {
	case err != nil && !errors.Is(err, errUnchanged):
		return nil, s.governedError(ctx, err, r)
	case shown == 0:
		return nil, nil
	}
	id := strconv.FormatInt(shown, 10)
	return &id, nil
}

// newRevision stands for the revision id that a change gives.
const newRevision = -1

// checkRevision checks that a resource has the policy that the client expects.
func checkRevision(r *resource, p *table.ResourcePolicy, expected *string) error {
	if expected == nil {
		return nil
	}
	there := p != nil && p.Document != ""
	switch {
	case *expected == noPolicy && there:
		return policyNotFound("The resource has a policy, but none is expected")
	case *expected == noPolicy:
	case !there:
		return policyNotFound("The resource has no policy, but one with this revision ID is expected: " + *expected)
	case *expected != strconv.FormatInt(p.Revision, 10):
		return policyNotFound("The policy does not have the expected revision ID: " + *expected)
	}
	return nil
}
