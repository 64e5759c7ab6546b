package identity

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// granting is a policy that grants something to whom it is attached to, and how it is shown.
type granting struct {
	document *policy.Document
	shown    types.PolicyGrantingServiceAccess
}

// grantings are the policies of a user, those of its groups included, of a group, or of a role. Boundaries grant nothing.
func (v *view) grantings(k kind, h holder) ([]granting, error) {
	var r accessReport
	seen := map[string]bool{}
	add := func(k kind, h holder) error {
		g := h.held()
		for _, arn := range g.Attached {
			p, err := v.policyOrNone(arn)
			if err != nil {
				return err
			}
			if p != nil && !seen[arn] {
				seen[arn] = true
				r.add(p.document(), types.PolicyGrantingServiceAccess{
					PolicyName: aws.String(p.Name), PolicyType: types.PolicyTypeManaged, PolicyArn: aws.String(arn)})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(g.Inline)) {
			r.add(g.Inline[name], types.PolicyGrantingServiceAccess{PolicyName: aws.String(name), PolicyType: types.PolicyTypeInline,
				EntityName: aws.String(h.base().Name), EntityType: ownerType(k)})
		}
		return nil
	}
	if err := add(k, h); err != nil {
		return nil, err
	}
	if u, ok := h.(*userRecord); ok {
		for _, id := range u.Groups {
			g, err := byID[groupRecord](v, groupKind, id)
			if err != nil {
				return nil, err
			}
			if g == nil {
				continue
			}
			if err := add(groupKind, g); err != nil {
				return nil, err
			}
		}
	}
	return r.policies, nil
}

// holderByID is holder by the unique id; it is nil if there is none.
func (v *view) holderByID(k kind, id string) (holder, error) {
	switch k {
	case userKind:
		return orNil(byID[userRecord](v, k, id))
	case groupKind:
		return orNil(byID[groupRecord](v, k, id))
	}
	return orNil(byID[roleRecord](v, k, id))
}

// orNil makes an interface of a record, nil of a nil one.
func orNil[T any, P interface {
	*T
	holder
}](rec P, err error) (holder, error) {
	if rec == nil {
		return nil, err
	}
	return rec, err
}

// listPoliciesGrantingServiceAccess decodes ListPoliciesGrantingServiceAccess.
func (s *Store) listPoliciesGrantingServiceAccess(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListPoliciesGrantingServiceAccessInput](req, "Arn", "ServiceNamespaces")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListPoliciesGrantingServiceAccess", onSubject(in.Arn), func(v *view) (any, error) {
		k, h, _, err := v.subject(*in.Arn)
		if err != nil {
			return nil, err
		}
		if h == nil {
			return nil, invalidInput("Invalid Entity Arn: " + *in.Arn + " is of no user, group or role.")
		}
		policies, err := v.grantings(k, h)
		if err != nil {
			return nil, err
		}
		namespaces := slices.Clone(in.ServiceNamespaces)
		slices.Sort(namespaces)
		p, err := pageOf(slices.Compact(namespaces), self, in.Marker, nil)
		if err != nil {
			return nil, err
		}
		out := &iam.ListPoliciesGrantingServiceAccessOutput{PoliciesGrantingServiceAccess: []types.ListPoliciesGrantingServiceAccessEntry{},
			IsTruncated: p.more, Marker: p.marker()}
		for _, namespace := range p.items {
			entry := types.ListPoliciesGrantingServiceAccessEntry{ServiceNamespace: aws.String(namespace), Policies: []types.PolicyGrantingServiceAccess{}}
			for _, g := range policies {
				if g.document.GrantsService(namespace) {
					entry.Policies = append(entry.Policies, g.shown)
				}
			}
			out.PoliciesGrantingServiceAccess = append(out.PoliciesGrantingServiceAccess, entry)
		}
		return out, nil
	})
}
