package identity

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// managedByAWS begins the ARNs of the policies that AWS manages.
const managedByAWS = "arn:aws:iam::aws:policy/"

// policyName is the name in the ARN of a policy of the account, "" if it is none.
func (v *view) policyName(arn string) string {
	rest, ok := strings.CutPrefix(arn, "arn:aws:iam::"+v.account+":policy/")
	if !ok {
		return ""
	}
	return rest[strings.LastIndexByte(rest, '/')+1:]
}

// policyOrNone reads a managed policy, AWS's own included; a nil one is not there. The whole ARN has to be right, case
// and path too: permissions depend on it.
func (v *view) policyOrNone(arn string) (*policyRecord, error) {
	if strings.HasPrefix(arn, managedByAWS) {
		return awsManaged(arn), nil
	}
	name := v.policyName(arn)
	if name == "" {
		return nil, nil
	}
	p, err := byName[policyRecord](v, policyKind, name)
	if err != nil || p == nil || p.arn(v.account, policyKind) != arn {
		return nil, err
	}
	return p, nil
}

// policy is policyOrNone with AWS's errors for what can't be the ARN of a policy, and for what is not there.
func (v *view) policy(arn string) (*policyRecord, error) {
	if err := v.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	p, err := v.policyOrNone(arn)
	if err == nil && p == nil {
		err = notFound(policyKind, arn)
	}
	return p, err
}

func (v *view) checkPolicyARN(arn string) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "iam" || !strings.HasPrefix(parts[5], "policy/") {
		return invalidInput("ARN " + arn + " is not valid.")
	}
	return nil
}

// ownPolicy is a policy that the account may change: AWS's own are not.
func (v *view) ownPolicy(arn string) (*policyRecord, error) {
	if strings.HasPrefix(arn, managedByAWS) {
		return nil, invalidInput("Policy is outside your own account.")
	}
	return v.policy(arn)
}

// customerPolicy is the target of an operation on a managed policy.
func customerPolicy(arn *string) resource {
	return func(v *view) (target, error) {
		p, err := v.policyOrNone(*arn)
		if err != nil || p == nil {
			return target{arn: *arn}, err
		}
		return target{arn: *arn, tags: p.Tags}, nil
	}
}

// version returns a version by its id, v3. Def says whether it is the default.
func (p *policyRecord) version(id string) (v *policyVersion, def bool) {
	for i := range p.Versions {
		if v = &p.Versions[i]; v.id() == id {
			return v, v.Number == p.Default
		}
	}
	return nil, false
}

func (v *policyVersion) id() string { return "v" + strconv.Itoa(v.Number) }

// document is that of the default version.
func (p *policyRecord) document() string {
	for _, v := range p.Versions {
		if v.Number == p.Default {
			return v.Document
		}
	}
	return ""
}

// policyARNOf is the ARN of a managed policy. Those of AWS belong to no account.
func (v *view) policyARNOf(p *policyRecord) string {
	if p.aws {
		return p.arn("aws", policyKind)
	}
	return p.arn(v.account, policyKind)
}

// showPolicy renders a policy. Lists leave out the description and the tags, as AWS does.
func showPolicy(v *view, p *policyRecord, full bool) (*types.Policy, error) {
	arn := v.policyARNOf(p)
	attached, err := v.count("attached", v.account, arn)
	if err != nil {
		return nil, err
	}
	bounded, err := v.count("bounded", v.account, arn)
	if err != nil {
		return nil, err
	}
	policy := &types.Policy{
		Arn: aws.String(arn), PolicyId: aws.String(p.ID), PolicyName: aws.String(p.Name), Path: aws.String(p.Path),
		CreateDate: aws.Time(p.Created), UpdateDate: aws.Time(p.Updated), DefaultVersionId: aws.String("v" + strconv.Itoa(p.Default)),
		IsAttachable: true, AttachmentCount: aws.Int32(int32(attached)), PermissionsBoundaryUsageCount: aws.Int32(int32(bounded)),
	}
	if full {
		policy.Tags = showTags(p.Tags)
		if p.Description != "" {
			policy.Description = aws.String(p.Description)
		}
	}
	return policy, nil
}

func showVersion(p *policyRecord, v *policyVersion, full bool) *types.PolicyVersion {
	version := &types.PolicyVersion{CreateDate: aws.Time(v.Created), VersionId: aws.String(v.id()), IsDefaultVersion: v.Number == p.Default}
	if full {
		version.Document = encoded(v.Document)
	}
	return version
}
