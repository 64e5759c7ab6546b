package center

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// maxTags is how many tags a resource has at the most.
const maxTags = 50

// newTags are tags with those of a request added, and replaced where the key is there.
func newTags(tags []policy.Tag, list []types.Tag) ([]policy.Tag, error) {
	tags = slices.Clone(tags)
	seen := map[string]bool{}
	for _, t := range list {
		switch {
		case strings.HasPrefix(strings.ToLower(*t.Key), "aws:"):
			return nil, awsapi.Validation("Tag keys that begin with aws: are reserved.")
		case seen[*t.Key]:
			return nil, awsapi.Validation("The tag key " + *t.Key + " is there more than once.")
		}
		seen[*t.Key] = true
		i := slices.IndexFunc(tags, func(old policy.Tag) bool { return old.Key == *t.Key })
		if i < 0 {
			i, tags = len(tags), append(tags, policy.Tag{})
		}
		tags[i] = policy.Tag{Key: *t.Key, Value: *t.Value}
	}
	if len(tags) > maxTags {
		return nil, overQuota("A resource has at most 50 tags.")
	}
	return tags, nil
}

// tagged is a resource that has tags: its record, to be changed and saved.
type tagged struct {
	tags *[]policy.Tag
	key  []byte
	rec  any
}

// tagged finds a resource by its ARN, nil if there is none.
func (v *view) tagged(arn string) (*tagged, error) {
	inst, err := find[instanceRecord](v.ctx, v.r, instanceKey())
	if err != nil || inst == nil {
		return nil, err
	}
	id := lastPart(arn)
	switch arn {
	case inst.arn():
		return &tagged{&inst.Tags, instanceKey(), inst}, nil
	case setARN(inst.ID, id):
		return taggedAt(v, setKey(id), func(set *setRecord) *[]policy.Tag { return &set.Tags })
	case inst.applicationARN(id):
		return taggedAt(v, applicationKey(id), func(app *applicationRecord) *[]policy.Tag { return &app.Tags })
	case inst.issuerARN(id):
		return taggedAt(v, issuerKey(id), func(rec *issuerRecord) *[]policy.Tag { return &rec.Tags })
	}
	return nil, nil
}

// taggedAt is the resource of a key.
func taggedAt[T any](v *view, key []byte, tags func(*T) *[]policy.Tag) (*tagged, error) {
	rec, err := find[T](v.ctx, v.r, key)
	if err != nil || rec == nil {
		return nil, err
	}
	return &tagged{tags(rec), key, rec}, nil
}

// tagsOf are the tags of a resource; none if it is not there, or has none.
func (v *view) tagsOf(arn string) ([]policy.Tag, error) {
	t, err := v.tagged(arn)
	if err != nil || t == nil {
		return nil, err
	}
	return *t.tags, nil
}

// existing is tagged with the error for what is not there.
func (v *view) existing(arn string) (*tagged, error) {
	t, err := v.tagged(arn)
	if err == nil && t == nil {
		err = missing("Could not find the resource " + arn)
	}
	return t, err
}

// tagResource decodes TagResource.
func (s *Store) tagResource(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.TagResourceInput](req, "ResourceArn", "Tags")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "TagResource", instance: aws.ToString(in.InstanceArn), on: []string{*in.ResourceArn}, tags: tags, change: func(e *edit) (any, error) {
		t, err := e.existing(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		if *t.tags, err = newTags(*t.tags, in.Tags); err != nil {
			return nil, err
		}
		return nil, put(e.tx, t.key, t.rec)
	}}, nil
}

// untagResource decodes UntagResource.
func (s *Store) untagResource(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.UntagResourceInput](req, "ResourceArn", "TagKeys")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "UntagResource", instance: aws.ToString(in.InstanceArn), on: []string{*in.ResourceArn}, tagKeys: in.TagKeys, change: func(e *edit) (any, error) {
		t, err := e.existing(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		*t.tags = slices.DeleteFunc(*t.tags, func(t policy.Tag) bool { return slices.Contains(in.TagKeys, t.Key) })
		return nil, put(e.tx, t.key, t.rec)
	}}, nil
}

// listTagsForResource decodes ListTagsForResource.
func (s *Store) listTagsForResource(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListTagsForResourceInput](req, "ResourceArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "ListTagsForResource", instance: aws.ToString(in.InstanceArn), on: []string{*in.ResourceArn}, read: func(v *view) (any, error) {
		t, err := v.existing(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		var list []types.Tag
		for _, t := range *t.tags {
			list = append(list, types.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)})
		}
		p, err := pageOf(list, func(t types.Tag) string { return *t.Key }, in.NextToken, nil)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListTagsForResourceOutput{Tags: p.items, NextToken: p.next}, nil
	}}, nil
}
