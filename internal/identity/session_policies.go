package identity

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// The quotas of sessions ("IAM and AWS STS quotas", IAM User Guide). The size is that of the inline policy and the ARNs
// together in characters; packed, in bytes, has the tags too.
const (
	maxSessionPolicies = 10
	maxSessionPolicy   = 2048
	maxSessionTags     = 50
	maxPacked          = 2400
)

// limit gives a session the policies that it is limited by, and returns how much of the allotted space they and the tags
// take in per cent, nil if there are none.
func (v *view) limit(t *session, document *string, policies []types.PolicyDescriptorType) (*int32, error) {
	if len(policies) > maxSessionPolicies {
		var bad awsapi.Violations
		bad.Count("policyArns", "[]", len(policies), 0, maxSessionPolicies)
		return nil, bad.Err(awsapi.ValidationError)
	}
	size := 0
	if document != nil {
		if err := checkDocument(policy.Identity, *document); err != nil {
			return nil, err
		}
		t.Policy, size = *document, utf8.RuneCountInString(*document)
	}
	for _, p := range policies {
		arn := aws.ToString(p.Arn)
		if err := v.checkPolicyARN(arn); err != nil {
			return nil, validationError("Invalid ARN for a managed policy: " + arn)
		}
		rec, err := v.policyOrNone(arn)
		if err != nil {
			return nil, err
		}
		if rec == nil {
			return nil, malformedPolicy("Policy " + arn + " does not exist or is not attachable.")
		}
		t.PolicyARNs = append(t.PolicyARNs, arn)
		size += len(arn)
	}
	if size > maxSessionPolicy {
		return nil, badRequest("PackedPolicyTooLarge", "Packed policy consumes "+strconv.Itoa(size*100/maxSessionPolicy)+"% of allotted space, please use smaller policy.")
	}
	if size == 0 && len(t.Tags) == 0 {
		return nil, nil
	}
	var text strings.Builder
	text.WriteString(t.Policy + strings.Join(t.PolicyARNs, ","))
	for _, tag := range t.Tags {
		text.WriteString("," + tag.Key + "=" + tag.Value)
	}
	percent := (len(pack([]byte(text.String())))*100 + maxPacked - 1) / maxPacked
	if percent > 100 {
		return nil, badRequest("PackedPolicyTooLarge", "Packed policy consumes "+strconv.Itoa(percent)+"% of allotted space, please use smaller policy.")
	}
	return aws.Int32(int32(percent)), nil
}

// setTags gives a session the tags of the request.
func (t *session) setTags(list []types.Tag) error {
	for i, tg := range list {
		for _, before := range list[:i] {
			if strings.EqualFold(*before.Key, *tg.Key) {
				return badRequest("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
			}
		}
		if strings.HasPrefix(strings.ToLower(*tg.Key), "aws:") {
			return validationError("Tag keys with the prefix aws: are reserved for AWS use.")
		}
		t.Tags = append(t.Tags, tag{*tg.Key, *tg.Value})
	}
	return nil
}

// tagConditions are the condition keys of tags that a session is asked to have.
func tagConditions(to policy.MapContext, list []types.Tag) {
	var keys []string
	for _, t := range list {
		to["aws:requesttag/"+policy.Key(*t.Key)] = []string{*t.Value}
		keys = append(keys, *t.Key)
	}
	if keys != nil {
		to["aws:tagkeys"] = keys
	}
}
