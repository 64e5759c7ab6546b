package identity

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// getPolicy decodes GetPolicy.
func (s *Store) getPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetPolicyInput](req, "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetPolicy", customerPolicy(in.PolicyArn), func(v *view) (any, error) {
		p, err := v.policy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		shown, err := showPolicy(v, p, true)
		return &iam.GetPolicyOutput{Policy: shown}, err
	})
}

// listPolicies decodes ListPolicies: AWS's own first, then the account's, each in the order of their names.
func (s *Store) listPolicies(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListPoliciesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListPolicies", anything, func(v *view) (any, error) {
		p, after, err := newPage[types.Policy](in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		add := func(group string, rec *policyRecord) (bool, error) {
			at := group + rec.Name
			if at <= after || in.PathPrefix != nil && !strings.HasPrefix(rec.Path, *in.PathPrefix) {
				return true, nil
			}
			shown, err := showPolicy(v, rec, false)
			if err != nil {
				return false, err
			}
			if in.OnlyAttached && *shown.AttachmentCount == 0 && *shown.PermissionsBoundaryUsageCount == 0 ||
				in.PolicyUsageFilter == types.PolicyUsageTypePermissionsPolicy && *shown.AttachmentCount == 0 ||
				in.PolicyUsageFilter == types.PolicyUsageTypePermissionsBoundary && *shown.PermissionsBoundaryUsageCount == 0 {
				return true, nil
			}
			return p.add(at, *shown), nil
		}
		if in.Scope != types.PolicyScopeTypeLocal {
			for _, rec := range awsManagedPolicies() {
				if more, err := add("a:", rec); err != nil {
					return nil, err
				} else if !more {
					break
				}
			}
		}
		if in.Scope != types.PolicyScopeTypeAws && !p.more {
			name, own := strings.CutPrefix(after, "c:")
			if !own {
				name = ""
			}
			after = "" // each begins after the name by itself
			err = each(v, policyKind, name, func(rec *policyRecord) (bool, error) { return add("c:", rec) })
		}
		return &iam.ListPoliciesOutput{Policies: p.items, IsTruncated: p.more, Marker: p.marker()}, err
	})
}

// deletePolicy decodes DeletePolicy.
func (s *Store) deletePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeletePolicyInput](req, "PolicyArn")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeletePolicy", customerPolicy(in.PolicyArn), func(e *edit) (any, error) {
		p, err := e.ownPolicy(*in.PolicyArn)
		if err != nil {
			return nil, err
		}
		for _, index := range []string{"attached", "bounded"} {
			if n, err := e.count(index, e.account, *in.PolicyArn); err != nil {
				return nil, err
			} else if n > 0 {
				return nil, conflict("Cannot delete a policy attached to entities.")
			}
		}
		if len(p.Versions) > 1 {
			return nil, conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return nil, remove(e, policyKind, p.base())
	})
}
