package center

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

const (
	// maxManaged is how many managed policies of either kind a permission set has: as many as a role may have.
	maxManaged = 10
	// maxInline is the size of an inline policy, without white space, as of those of a role.
	maxInline = 10240
)

// changesSet is a request that changes what accounts get of a permission set.
func (s *Store) changesSet(req *awsapi.Request, name string, instance, arn *string, change func(*edit, *setRecord) error) (awsapi.Call, error) {
	return s.writes(req, name, instance, []string{*arn}, func(e *edit) (any, error) {
		set, err := e.set(arn)
		if err != nil {
			return nil, err
		}
		if err := change(e, set); err != nil {
			return nil, err
		}
		return nil, e.changed(set)
	})
}

// readsSet is a request that reads something of a permission set.
func (s *Store) readsSet(req *awsapi.Request, name string, instance, arn *string, read func(*setRecord) (any, error)) (awsapi.Call, error) {
	return s.reads(req, name, instance, []string{*arn}, func(v *view) (any, error) {
		set, err := v.set(arn)
		if err != nil {
			return nil, err
		}
		return read(set)
	})
}

func (set *setRecord) full() error {
	if len(set.Managed)+len(set.Customer) >= maxManaged {
		return overQuota("A permission set has at most 10 managed policies.")
	}
	return nil
}

// attachManagedPolicyToPermissionSet decodes AttachManagedPolicyToPermissionSet.
func (s *Store) attachManagedPolicyToPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.AttachManagedPolicyToPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "ManagedPolicyArn")
	if err != nil {
		return nil, err
	}
	return s.changesSet(req, "AttachManagedPolicyToPermissionSet", in.InstanceArn, in.PermissionSetArn, func(e *edit, set *setRecord) error {
		if err := e.awsPolicy(*in.ManagedPolicyArn); err != nil {
			return err
		}
		i, there := slices.BinarySearch(set.Managed, *in.ManagedPolicyArn)
		if there {
			return conflict("Policy with arn " + *in.ManagedPolicyArn + " is already attached to the PermissionSet.")
		}
		if err := set.full(); err != nil {
			return err
		}
		set.Managed = slices.Insert(set.Managed, i, *in.ManagedPolicyArn)
		return nil
	})
}

// awsPolicy is the error for what is no policy of AWS's.
func (v *view) awsPolicy(arn string) error {
	ok, err := v.s.ids.HasPolicy(v.ctx, v.r, v.inst.Owner, arn)
	if err == nil && !ok {
		err = missing("Policy " + arn + " does not exist or is not attachable.")
	}
	return err
}

// detachManagedPolicyFromPermissionSet decodes DetachManagedPolicyFromPermissionSet.
func (s *Store) detachManagedPolicyFromPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DetachManagedPolicyFromPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "ManagedPolicyArn")
	if err != nil {
		return nil, err
	}
	return s.changesSet(req, "DetachManagedPolicyFromPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		i, there := slices.BinarySearch(set.Managed, *in.ManagedPolicyArn)
		if !there {
			return missing("Policy with arn " + *in.ManagedPolicyArn + " is not attached to the PermissionSet.")
		}
		set.Managed = slices.Delete(set.Managed, i, i+1)
		return nil
	})
}

// listManagedPoliciesInPermissionSet decodes ListManagedPoliciesInPermissionSet.
func (s *Store) listManagedPoliciesInPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListManagedPoliciesInPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.readsSet(req, "ListManagedPoliciesInPermissionSet", in.InstanceArn, in.PermissionSetArn, func(set *setRecord) (any, error) {
		p, err := pageOf(slices.Clone(set.Managed), self, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		list := []types.AttachedManagedPolicy{}
		for _, arn := range p.items {
			list = append(list, types.AttachedManagedPolicy{Arn: aws.String(arn), Name: aws.String(lastPart(arn))})
		}
		return &ssoadmin.ListManagedPoliciesInPermissionSetOutput{AttachedManagedPolicies: list, NextToken: p.next}, nil
	})
}

func refOf(r *types.CustomerManagedPolicyReference) policyRef {
	ref := policyRef{*r.Name, "/"}
	if r.Path != nil {
		ref.Path = *r.Path
	}
	return ref
}

func (p policyRef) show() *types.CustomerManagedPolicyReference {
	return &types.CustomerManagedPolicyReference{Name: aws.String(p.Name), Path: aws.String(p.Path)}
}

// attachCustomerManagedPolicyReferenceToPermissionSet decodes the operation of that name. Whether accounts have the policy is
// found out when the permission set is provisioned there.
func (s *Store) attachCustomerManagedPolicyReferenceToPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "CustomerManagedPolicyReference")
	if err != nil {
		return nil, err
	}
	ref := refOf(in.CustomerManagedPolicyReference)
	return s.changesSet(req, "AttachCustomerManagedPolicyReferenceToPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		if slices.Contains(set.Customer, ref) {
			return conflict("Policy with name " + ref.Name + " and path " + ref.Path + " is already attached to the PermissionSet.")
		}
		if err := set.full(); err != nil {
			return err
		}
		set.Customer = append(set.Customer, ref)
		return nil
	})
}

// detachCustomerManagedPolicyReferenceFromPermissionSet decodes the operation of that name.
func (s *Store) detachCustomerManagedPolicyReferenceFromPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "CustomerManagedPolicyReference")
	if err != nil {
		return nil, err
	}
	ref := refOf(in.CustomerManagedPolicyReference)
	return s.changesSet(req, "DetachCustomerManagedPolicyReferenceFromPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		i := slices.Index(set.Customer, ref)
		if i < 0 {
			return missing("Policy with name " + ref.Name + " and path " + ref.Path + " is not attached to the PermissionSet.")
		}
		set.Customer = slices.Delete(set.Customer, i, i+1)
		return nil
	})
}

// listCustomerManagedPolicyReferencesInPermissionSet decodes the operation of that name.
func (s *Store) listCustomerManagedPolicyReferencesInPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.readsSet(req, "ListCustomerManagedPolicyReferencesInPermissionSet", in.InstanceArn, in.PermissionSetArn, func(set *setRecord) (any, error) {
		p, err := pageOf(slices.Clone(set.Customer), func(p policyRef) string { return p.Path + p.Name }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		list := []types.CustomerManagedPolicyReference{}
		for _, ref := range p.items {
			list = append(list, *ref.show())
		}
		return &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetOutput{CustomerManagedPolicyReferences: list, NextToken: p.next}, nil
	})
}

// putInlinePolicyToPermissionSet decodes PutInlinePolicyToPermissionSet.
func (s *Store) putInlinePolicyToPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.PutInlinePolicyToPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "InlinePolicy")
	if err != nil {
		return nil, err
	}
	if err := identity.CheckPolicy(*in.InlinePolicy); err != nil {
		return nil, awsapi.Validation("The inline policy is not valid: " + err.Error())
	}
	if policy.Size(*in.InlinePolicy) > maxInline {
		return nil, overQuota("The inline policy of a permission set has at most 10240 bytes.")
	}
	return s.changesSet(req, "PutInlinePolicyToPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		set.Inline = *in.InlinePolicy
		return nil
	})
}

// getInlinePolicyForPermissionSet decodes GetInlinePolicyForPermissionSet: it is empty if there is none.
func (s *Store) getInlinePolicyForPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetInlinePolicyForPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.readsSet(req, "GetInlinePolicyForPermissionSet", in.InstanceArn, in.PermissionSetArn, func(set *setRecord) (any, error) {
		return &ssoadmin.GetInlinePolicyForPermissionSetOutput{InlinePolicy: aws.String(set.Inline)}, nil
	})
}

// deleteInlinePolicyFromPermissionSet decodes DeleteInlinePolicyFromPermissionSet.
func (s *Store) deleteInlinePolicyFromPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteInlinePolicyFromPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.changesSet(req, "DeleteInlinePolicyFromPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		if set.Inline == "" {
			return missing("The PermissionSet has no inline policy.")
		}
		set.Inline = ""
		return nil
	})
}

// putPermissionsBoundaryToPermissionSet decodes PutPermissionsBoundaryToPermissionSet.
func (s *Store) putPermissionsBoundaryToPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.PutPermissionsBoundaryToPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "PermissionsBoundary")
	if err != nil {
		return nil, err
	}
	b := in.PermissionsBoundary
	if (b.ManagedPolicyArn == nil) == (b.CustomerManagedPolicyReference == nil) {
		return nil, awsapi.Validation("A permissions boundary is either a ManagedPolicyArn or a CustomerManagedPolicyReference.")
	}
	return s.changesSet(req, "PutPermissionsBoundaryToPermissionSet", in.InstanceArn, in.PermissionSetArn, func(e *edit, set *setRecord) error {
		if b.ManagedPolicyArn != nil {
			set.Boundary = &boundary{Managed: *b.ManagedPolicyArn}
			return e.awsPolicy(*b.ManagedPolicyArn)
		}
		ref := refOf(b.CustomerManagedPolicyReference)
		set.Boundary = &boundary{Customer: &ref}
		return nil
	})
}

// getPermissionsBoundaryForPermissionSet decodes GetPermissionsBoundaryForPermissionSet.
func (s *Store) getPermissionsBoundaryForPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetPermissionsBoundaryForPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.readsSet(req, "GetPermissionsBoundaryForPermissionSet", in.InstanceArn, in.PermissionSetArn, func(set *setRecord) (any, error) {
		if set.Boundary == nil {
			return nil, missing("The PermissionSet has no permissions boundary.")
		}
		shown := &types.PermissionsBoundary{ManagedPolicyArn: named(set.Boundary.Managed)}
		if set.Boundary.Customer != nil {
			shown.CustomerManagedPolicyReference = set.Boundary.Customer.show()
		}
		return &ssoadmin.GetPermissionsBoundaryForPermissionSetOutput{PermissionsBoundary: shown}, nil
	})
}

// deletePermissionsBoundaryFromPermissionSet decodes DeletePermissionsBoundaryFromPermissionSet.
func (s *Store) deletePermissionsBoundaryFromPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.changesSet(req, "DeletePermissionsBoundaryFromPermissionSet", in.InstanceArn, in.PermissionSetArn, func(_ *edit, set *setRecord) error {
		if set.Boundary == nil {
			return missing("The PermissionSet has no permissions boundary.")
		}
		set.Boundary = nil
		return nil
	})
}
