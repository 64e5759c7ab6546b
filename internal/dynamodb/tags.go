package dynamodb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// The limits of tags (developer guide, "Tagging restrictions in DynamoDB"): of a table, of a key and a value in
// characters, and of all of a table in bytes.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	maxTagBytes = 10 << 10
)

var errTooManyTags = awsapi.Validation("Number of Tags exceed the current limit for the provided ResourceArn")

// checkTags checks the tags that a request gives. They are all there is, or they are added to others.
func checkTags(list []types.Tag) error {
	if len(list) > maxTags {
		return errTooManyTags
	}
	seen := map[string]bool{}
	for _, t := range list {
		if err := checkTagKey(t.Key); err != nil {
			return err
		}
		key := *t.Key
		switch {
		case len(key) >= 4 && strings.EqualFold(key[:4], "aws:"):
			return awsapi.Validation("Tag Key cannot be prefixed with aws:, Key: " + key)
		case t.Value == nil:
			return awsapi.Validation("The Tag Value provided is invalid, Value: null")
		case utf8.RuneCountInString(*t.Value) > maxTagValue || !tagCharacters(*t.Value):
			return awsapi.Validation("The Tag Value provided is invalid, Value: " + awsapi.Shown(*t.Value))
		case seen[key]:
			return awsapi.Validation("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + key)
		}
		seen[key] = true
	}
	return nil
}

func checkTagKey(key *string) error {
	switch {
	case key == nil:
		return awsapi.Validation("The Tag Key provided is invalid, Key: null")
	case *key == "" || utf8.RuneCountInString(*key) > maxTagKey || !tagCharacters(*key):
		return awsapi.Validation("The Tag Key provided is invalid, Key: " + awsapi.Shown(*key))
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
		return awsapi.Validation(fmt.Sprintf("Tag set size %d bytes is above max size limit of %d bytes", size, maxTagBytes))
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

// notTagged is the error for a resource that is not there.
func (r *resource) notTagged() error {
	return notFound("Requested resource not found: ResourceArn: " + r.arn + " not found")
}
