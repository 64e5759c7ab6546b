package dynamodb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// The limits of tags (developer guide, "Tagging restrictions in DynamoDB"): of a table or a stream, of a key and a value
// in characters, and of all of one resource in bytes.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	maxTagBytes = 10 << 10
)

var errTooManyTags = awsapi.Validation(fmt.Sprintf("The number of tags exceeds the limit of %d for a resource", maxTags))

// tags checks the constraints that the model puts on tags.
func (v *violations) tags(list []types.Tag) {
	for i, t := range list {
		at := fmt.Sprintf("tags.%d.member.", i+1)
		v.required(at+"key", t.Key != nil)
		v.length(at+"key", optional(t.Key), 1, maxTagKey)
		v.required(at+"value", t.Value != nil)
		v.length(at+"value", optional(t.Value), 0, maxTagValue)
	}
}

// checkTags checks the tags that a request gives. They are all there is, or they are added to others.
func checkTags(list []types.Tag) error {
	var v violations
	v.tags(list)
	if err := v.err(); err != nil {
		return err
	}
	if len(list) > maxTags {
		return errTooManyTags
	}
	seen := map[string]bool{}
	for _, t := range list {
		key := *t.Key
		switch {
		case !tagCharacters(key):
			return awsapi.Validation("The Tag Key provided is invalid " + awsapi.Shown(key))
		case len(key) >= 4 && strings.EqualFold(key[:4], "aws:"):
			return awsapi.Validation("Tag keys that begin with aws: are reserved: " + key)
		case !tagCharacters(*t.Value):
			return awsapi.Validation("The Tag Value provided is invalid " + awsapi.Shown(*t.Value))
		case seen[key]:
			return awsapi.Validation("Duplicate tag key: " + key)
		}
		seen[key] = true
	}
	return nil
}

// tagCharacters says whether s has no other characters than tags may have.
func tagCharacters(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r) {
			return false
		}
	}
	return true
}

// tagsOf are the tags of a table as they are kept.
func tagsOf(list []types.Tag) map[string]string {
	m := map[string]string{}
	for _, t := range list {
		m[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return m
}

// checkTagSet checks all the tags that a table is to have.
func checkTagSet(all map[string]string) error {
	size := 0
	for key, value := range all {
		size += len(key) + len(value)
	}
	switch {
	case len(all) > maxTags:
		return errTooManyTags
	case size > maxTagBytes:
		return awsapi.Validation(fmt.Sprintf("The size of all tags, %d bytes, exceeds the limit of %d bytes for a resource", size, maxTagBytes))
	}
	return nil
}

// shownTags are tags as the API lists them, in the order of their keys.
func shownTags(all map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(all[key])})
	}
	return list
}

const (
	keyTagKeys = "aws:tagkeys"
	requestTag = "aws:requesttag/"
)

// requestTags are the condition keys of the tags that a request gives or names. Condition keys know no case.
type requestTags struct {
	given []types.Tag
	keys  []string
}

// newRequestTags returns the context of a request that gives tags, nil if it gives none.
func newRequestTags(given []types.Tag) policy.Context {
	if len(given) == 0 {
		return nil
	}
	t := &requestTags{given: given}
	for _, tag := range given {
		t.keys = append(t.keys, aws.ToString(tag.Key))
	}
	return t
}

// Values implements policy.Context.
func (t *requestTags) Values(key string) ([]string, bool) {
	if key == keyTagKeys {
		return t.keys, true
	}
	if name, ok := strings.CutPrefix(key, requestTag); ok {
		for _, tag := range t.given {
			if conditionKey(aws.ToString(tag.Key)) == name {
				return []string{aws.ToString(tag.Value)}, true
			}
		}
	}
	return nil, false
}

// taggable reads the ResourceArn of an operation on tags.
func taggable(req *awsapi.Request, arn *string) (resource, error) {
	if arn == nil {
		return resource{}, awsapi.Validation("Invalid TableArn")
	}
	return parseResource(req, *arn, func(arn string) error {
		return awsapi.Validation("Invalid TableArn: Invalid ResourceArn provided as input " + arn)
	})
}

// notTagged is the error for a resource that is not there. It is AWS that drops the e.
func (r *resource) notTagged() error {
	return notFound("Requested resource not found: ResourcArn: " + r.arn + " not found")
}
