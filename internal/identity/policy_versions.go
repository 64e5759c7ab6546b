package identity

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

const maxVersions = 5

func noVersion(arn, id string) *awsapi.Error {
	return noSuch("Policy " + arn + " version " + id + " does not exist or is not attachable.")
}

// createPolicyVersion decodes CreatePolicyVersion.
func (s *Store) createPolicyVersion(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreatePolicyVersionInput](req, "PolicyArn", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreatePolicyVersion", customerPolicy(in.PolicyArn), func(e *edit) (any, error) {
		p, err := e.ownPolicy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		if err := checkManaged(*in.PolicyDocument); err != nil {
			return nil, err
		}
		if len(p.Versions) >= maxVersions {
			return nil, limitExceeded("A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
		}
		p.Last++
		p.Updated = e.now
		p.Versions = append(p.Versions, policyVersion{p.Last, e.now, *in.PolicyDocument})
		if in.SetAsDefault {
			p.Default = p.Last
		}
		shown := showVersion(p, &p.Versions[len(p.Versions)-1], false)
		return &iam.CreatePolicyVersionOutput{PolicyVersion: shown}, save(e, policyKind, p)
	})
}

// getPolicyVersion decodes GetPolicyVersion.
func (s *Store) getPolicyVersion(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetPolicyVersionInput](req, "PolicyArn", "VersionId")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetPolicyVersion", customerPolicy(in.PolicyArn), func(v *view) (any, error) {
		p, err := v.policy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		version, _ := p.version(*in.VersionId)
		if version == nil {
			return nil, noVersion(*in.PolicyArn, *in.VersionId)
		}
		return &iam.GetPolicyVersionOutput{PolicyVersion: showVersion(p, version, true)}, nil
	})
}

// listPolicyVersions decodes ListPolicyVersions, the newest first.
func (s *Store) listPolicyVersions(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListPolicyVersionsInput](req, "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListPolicyVersions", customerPolicy(in.PolicyArn), func(v *view) (any, error) {
		p, err := v.policy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		page, after, err := newPage[types.PolicyVersion](in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		begun := after == ""
		for _, version := range slices.Backward(p.Versions) {
			if !begun {
				begun = version.id() == after
				continue
			}
			if !page.add(version.id(), *showVersion(p, &version, false)) {
				break
			}
		}
		return &iam.ListPolicyVersionsOutput{Versions: page.items, IsTruncated: page.more, Marker: page.marker()}, nil
	})
}

// setDefaultPolicyVersion decodes SetDefaultPolicyVersion: from then on it is the version in force.
func (s *Store) setDefaultPolicyVersion(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.SetDefaultPolicyVersionInput](req, "PolicyArn", "VersionId")
	if err != nil {
		return nil, err
	}
	return s.write(req, "SetDefaultPolicyVersion", customerPolicy(in.PolicyArn), func(e *edit) (any, error) {
		p, err := e.ownPolicy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		version, _ := p.version(*in.VersionId)
		if version == nil {
			return nil, noVersion(*in.PolicyArn, *in.VersionId)
		}
		p.Default, p.Updated = version.Number, e.now
		return nil, save(e, policyKind, p)
	})
}

// deletePolicyVersion decodes DeletePolicyVersion.
func (s *Store) deletePolicyVersion(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeletePolicyVersionInput](req, "PolicyArn", "VersionId")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeletePolicyVersion", customerPolicy(in.PolicyArn), func(e *edit) (any, error) {
		p, err := e.ownPolicy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		version, def := p.version(*in.VersionId)
		switch {
		case version == nil:
			return nil, noVersion(*in.PolicyArn, *in.VersionId)
		case def:
			return nil, conflict("Cannot delete the default version of a policy.")
		}
		p.Versions = slices.DeleteFunc(p.Versions, func(v policyVersion) bool { return v.id() == *in.VersionId })
		p.Updated = e.now
		return nil, save(e, policyKind, p)
	})
}
