package dynamodb

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// listTagsOfResource decodes ListTagsOfResource. Its pages are larger than the tags that a resource can have: there is no
// NextToken, and one that is given is not looked at.
func (s *Service) listTagsOfResource(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ListTagsOfResourceInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	r, err := taggable(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	c := onResource[*dynamodb.ListTagsOfResourceOutput](s, req, "dynamodb:ListTagsOfResource", r, nil)
	c.run = func(ctx context.Context) (*dynamodb.ListTagsOfResourceOutput, error) {
		all, err := s.resourceTags(ctx, &r)
		if errors.Is(err, table.ErrNotFound) {
			return nil, r.notTagged()
		}
		if err != nil {
			return nil, err
		}
		return &dynamodb.ListTagsOfResourceOutput{Tags: shownTags(all)}, nil
	}
	return c, nil
}

// resourceTags returns the tags of a resource.
func (s *Service) resourceTags(ctx context.Context, r *resource) (map[string]string, error) {
	if r.stream != "" {
		d, err := s.store.Stream(ctx, r.scope, r.table, r.stream)
		if err != nil {
			return nil, err
		}
		return d.Tags, nil
	}
	d, err := s.store.Table(ctx, r.scope, r.table)
	if err != nil {
		return nil, err
	}
	return d.Settings.Tags, nil
}
