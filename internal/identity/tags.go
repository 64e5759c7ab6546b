package identity

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// newTags reads the tags of a request. Their keys differ, whatever their case ("Tags for IAM resources").
func newTags(list []types.Tag) ([]tag, error) { return addTags(nil, list) }

// addTags returns tags with those of a request added, and replaced where the key is there.
func addTags(tags []tag, list []types.Tag) ([]tag, error) {
	seen := map[string]bool{}
	tags = slices.Clone(tags)
	for _, t := range list {
		key := strings.ToLower(*t.Key)
		switch {
		case seen[key]:
			return nil, invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		case strings.HasPrefix(key, "aws:"):
			return nil, invalidInput("Tag keys with the prefix aws: are reserved for AWS use.")
		}
		seen[key] = true
		i := slices.IndexFunc(tags, func(old tag) bool { return strings.EqualFold(old.Key, *t.Key) })
		if i < 0 {
			i = len(tags)
			tags = append(tags, tag{})
		}
		tags[i] = tag{*t.Key, *t.Value}
	}
	if len(tags) > maxTags {
		return nil, overQuota("TagsPerResource", maxTags)
	}
	return tags, nil
}

func removeTags(tags []tag, keys []string) []tag {
	return slices.DeleteFunc(slices.Clone(tags), func(t tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, t.Key) })
	})
}

func showTags(tags []tag) []types.Tag {
	var list []types.Tag
	for _, t := range tags {
		list = append(list, types.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)})
	}
	return list
}

// requestTags are the condition keys of tags that are given, and tagKeys of those that are taken away.
func requestTags(list []types.Tag) condition {
	return func(set func(string, ...string)) {
		var keys []string
		for _, t := range list {
			set("aws:RequestTag/"+*t.Key, *t.Value)
			keys = append(keys, *t.Key)
		}
		if keys != nil {
			set("aws:TagKeys", keys...)
		}
	}
}

func tagKeys(keys []string) condition {
	return func(set func(string, ...string)) { set("aws:TagKeys", keys...) }
}

// The operations on the tags of the different kinds do the same. Rec is the record of the kind, found by find.

func tagEntity[T record](s *Store, req *awsapi.Request, name string, on resource, k kind, find func(*view) (T, error), list []types.Tag) (awsapi.Call, error) {
	return s.write(req, name, on, func(e *edit) (any, error) {
		rec, err := find(e.view)
		if err != nil {
			return nil, err
		}
		b := rec.base()
		if b.Tags, err = addTags(b.Tags, list); err != nil {
			return nil, err
		}
		return nil, save(e, k, rec)
	}, requestTags(list))
}

func untagEntity[T record](s *Store, req *awsapi.Request, name string, on resource, k kind, find func(*view) (T, error), keys []string) (awsapi.Call, error) {
	return s.write(req, name, on, func(e *edit) (any, error) {
		rec, err := find(e.view)
		if err != nil {
			return nil, err
		}
		b := rec.base()
		b.Tags = removeTags(b.Tags, keys)
		return nil, save(e, k, rec)
	}, tagKeys(keys))
}

// pageOfTags is a page of the tags of an entity.
func pageOfTags(b *entity, marker *string, max *int32) (*page[types.Tag], error) {
	return pageOf(showTags(b.Tags), func(t types.Tag) string { return *t.Key }, marker, max)
}

// tagUser decodes TagUser.
func (s *Store) tagUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagUserInput](req, "UserName", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagUser", named(userKind, in.UserName), userKind, func(v *view) (*userRecord, error) { return v.user(*in.UserName) }, in.Tags)
}

// untagUser decodes UntagUser.
func (s *Store) untagUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagUserInput](req, "UserName", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagUser", named(userKind, in.UserName), userKind, func(v *view) (*userRecord, error) { return v.user(*in.UserName) }, in.TagKeys)
}

// listUserTags decodes ListUserTags.
func (s *Store) listUserTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListUserTagsInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListUserTags", named(userKind, in.UserName), func(v *view) (any, error) {
		u, err := v.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(u.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListUserTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// tagRole decodes TagRole.
func (s *Store) tagRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagRoleInput](req, "RoleName", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagRole", named(roleKind, in.RoleName), roleKind, func(v *view) (*roleRecord, error) { return changeableRole(v, *in.RoleName) }, in.Tags)
}

// untagRole decodes UntagRole.
func (s *Store) untagRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagRoleInput](req, "RoleName", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagRole", named(roleKind, in.RoleName), roleKind, func(v *view) (*roleRecord, error) { return changeableRole(v, *in.RoleName) }, in.TagKeys)
}

// listRoleTags decodes ListRoleTags.
func (s *Store) listRoleTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListRoleTagsInput](req, "RoleName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListRoleTags", named(roleKind, in.RoleName), func(v *view) (any, error) {
		r, err := v.role(*in.RoleName)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(r.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListRoleTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// tagPolicy decodes TagPolicy.
func (s *Store) tagPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagPolicyInput](req, "PolicyArn", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagPolicy", customerPolicy(in.PolicyArn), policyKind, func(v *view) (*policyRecord, error) { return v.ownPolicy(*in.PolicyArn) }, in.Tags)
}

// untagPolicy decodes UntagPolicy.
func (s *Store) untagPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagPolicyInput](req, "PolicyArn", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagPolicy", customerPolicy(in.PolicyArn), policyKind, func(v *view) (*policyRecord, error) { return v.ownPolicy(*in.PolicyArn) }, in.TagKeys)
}

// listPolicyTags decodes ListPolicyTags.
func (s *Store) listPolicyTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListPolicyTagsInput](req, "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListPolicyTags", customerPolicy(in.PolicyArn), func(v *view) (any, error) {
		p, err := v.policy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		tags, err := pageOfTags(p.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListPolicyTagsOutput{Tags: tags.items, IsTruncated: tags.more, Marker: tags.marker()}, nil
	})
}

// tagInstanceProfile decodes TagInstanceProfile.
func (s *Store) tagInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagInstanceProfileInput](req, "InstanceProfileName", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagInstanceProfile", named(profileKind, in.InstanceProfileName), profileKind, func(v *view) (*profileRecord, error) { return v.profile(*in.InstanceProfileName) }, in.Tags)
}

// untagInstanceProfile decodes UntagInstanceProfile.
func (s *Store) untagInstanceProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagInstanceProfileInput](req, "InstanceProfileName", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagInstanceProfile", named(profileKind, in.InstanceProfileName), profileKind, func(v *view) (*profileRecord, error) { return v.profile(*in.InstanceProfileName) }, in.TagKeys)
}

// listInstanceProfileTags decodes ListInstanceProfileTags.
func (s *Store) listInstanceProfileTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListInstanceProfileTagsInput](req, "InstanceProfileName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListInstanceProfileTags", named(profileKind, in.InstanceProfileName), func(v *view) (any, error) {
		rec, err := v.profile(*in.InstanceProfileName)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(rec.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListInstanceProfileTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
