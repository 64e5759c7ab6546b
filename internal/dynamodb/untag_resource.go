package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
)

// untagResource decodes UntagResource.
func (s *Service) untagResource(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.UntagResourceInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	r, err := taggable(req, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var v violations
	v.required("tagKeys", in.TagKeys != nil)
	if err := v.err(); err != nil {
		return nil, err
	}
	switch {
	case len(in.TagKeys) == 0:
		return nil, awsapi.Validation("Atleast one Tag Key needs to be provided as Input.")
	case len(in.TagKeys) > maxTags:
		return nil, errTooManyTags
	}
	for _, key := range in.TagKeys {
		if err := checkTagKey(&key); err != nil {
			return nil, err
		}
	}
	c := onResource[nothing](s, req, "dynamodb:UntagResource", r, &requestTags{keys: in.TagKeys})
	c.run = func(ctx context.Context) (nothing, error) {
		return nothing{}, s.changeTags(ctx, &r, func(all map[string]string) {
			for _, key := range in.TagKeys {
				delete(all, key)
			}
		})
	}
	return c, nil
}
