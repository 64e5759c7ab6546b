package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

const maxPolicies = 1500

// createPolicy decodes CreatePolicy.
func (s *Store) createPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreatePolicyInput](req, "PolicyName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreatePolicy", created(policyKind, in.Path, in.PolicyName), func(e *edit) (any, error) {
		if err := checkManaged(*in.PolicyDocument); err != nil {
			return nil, err
		}
		p := &policyRecord{
			entity: e.newEntity("ANPA", in.Path, in.PolicyName, tags), Description: aws.ToString(in.Description), Updated: e.now,
			Versions: []policyVersion{{1, e.now, *in.PolicyDocument}}, Default: 1, Last: 1,
		}
		if err := create(e, policyKind, p, "PoliciesPerAccount", maxPolicies); err != nil {
			return nil, err
		}
		shown, err := showPolicy(e.view, p, true)
		if err != nil {
			return nil, err
		}
		shown.Description = nil // only GetPolicy has it
		return &iam.CreatePolicyOutput{Policy: shown}, nil
	}, requestTags(in.Tags))
}

// checkManaged checks the document of a managed policy.
func checkManaged(document string) error {
	if err := checkDocument(policy.Identity, document); err != nil {
		return err
	}
	if policy.Size(document) > maxPolicySize {
		return overQuota("PolicySize", maxPolicySize)
	}
	return nil
}
