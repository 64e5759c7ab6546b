package dynamodb

import (
	"context"
	"errors"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// tagResource decodes TagResource.
func (s *Service) tagResource(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.TagResourceInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	r, err := taggable(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var v violations
	v.required("tags", in.Tags != nil)
	if err := v.err(); err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, awsapi.Validation("Atleast one Tag needs to be provided as Input.")
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	c := onResource[nothing](s, req, "dynamodb:TagResource", r, newRequestTags(in.Tags))
	c.run = func(ctx context.Context) (nothing, error) {
		return nothing{}, s.changeTags(ctx, &r, func(all map[string]string) { maps.Copy(all, tagsOf(in.Tags)) })
	}
	return c, nil
}

// changeTags changes the tags of a resource.
func (s *Service) changeTags(ctx context.Context, r *resource, change func(all map[string]string)) error {
	amend := func(tags *map[string]string) error {
		if *tags == nil {
			*tags = map[string]string{}
		}
		change(*tags)
		return checkTagSet(*tags)
	}
	var err error
	if r.stream != "" {
		err = s.store.ChangeStream(ctx, r.scope, r.table, r.stream, func(d *table.StreamDefinition) error { return amend(&d.Tags) })
	} else {
		_, err = s.change(ctx, r.scope, r.table, func(d *table.Descriptor) error { return amend(&d.Settings.Tags) })
	}
	if errors.Is(err, table.ErrNotFound) {
		return r.notTagged()
	}
	return err
}
