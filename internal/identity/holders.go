package identity

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// Users, groups and roles hold policies in the same way. A holder is one of them, and the operations on its policies
// below differ in nothing but the types of their inputs.
type holder interface {
	record
	held() *grants
}

func (g *grants) held() *grants { return g }

// holder reads the user, group or role of a name.
func (v *view) holder(k kind, name string) (holder, error) {
	switch k {
	case userKind:
		return v.user(name)
	case groupKind:
		return v.group(name)
	case roleKind:
		return v.role(name)
	}
	return nil, errors.New("identity: a " + string(k) + " has no policies")
}

// maxAttached is the quota of managed policies of one entity, and its name.
func maxAttached(k kind) (string, int) {
	switch k {
	case userKind:
		return "PoliciesPerUser", 10
	case groupKind:
		return "PoliciesPerGroup", 10
	}
	return "PoliciesPerRole", 10
}

// attach decodes AttachUserPolicy and its siblings.
func (s *Store) attach(req *awsapi.Request, op string, k kind, name, arn *string) (awsapi.Call, error) {
	return s.write(req, op, named(k, name), func(e *edit) (any, error) {
		h, err := e.holder(k, *name)
		if err != nil {
			return nil, err
		}
		if err := e.checkPolicyARN(*arn); err != nil {
			return nil, err
		}
		p, err := e.policyOrNone(*arn)
		if err != nil {
			return nil, err
		}
		if p == nil {
			return nil, noSuch("Policy " + *arn + " does not exist or is not attachable.")
		}
		g := h.held()
		i, there := slices.BinarySearch(g.Attached, *arn)
		if there {
			return nil, nil
		}
		if quota, limit := maxAttached(k); len(g.Attached) >= limit {
			return nil, overQuota(quota, limit)
		}
		g.Attached = slices.Insert(g.Attached, i, *arn)
		if err := put(e.tx, attachedKey(e.account, *arn, k, h.base().ID), true); err != nil {
			return nil, err
		}
		return nil, save(e, k, h)
	}, policyARN(arn))
}

// detach decodes DetachUserPolicy and its siblings.
func (s *Store) detach(req *awsapi.Request, op string, k kind, name, arn *string) (awsapi.Call, error) {
	return s.write(req, op, named(k, name), func(e *edit) (any, error) {
		h, err := e.holder(k, *name)
		if err != nil {
			return nil, err
		}
		g := h.held()
		i, there := slices.BinarySearch(g.Attached, *arn)
		if !there {
			return nil, notFound(policyKind, *arn)
		}
		g.Attached = slices.Delete(g.Attached, i, i+1)
		if err := e.tx.Delete(attachedKey(e.account, *arn, k, h.base().ID)); err != nil {
			return nil, err
		}
		return nil, save(e, k, h)
	}, policyARN(arn))
}

// attached is a page of the managed policies of an entity.
func (v *view) attached(k kind, name, prefix, marker *string, max *int32) (*page[types.AttachedPolicy], error) {
	h, err := v.holder(k, *name)
	if err != nil {
		return nil, err
	}
	var list []types.AttachedPolicy
	for _, arn := range h.held().Attached {
		_, path, _ := strings.Cut(arn, ":policy")
		slash := strings.LastIndexByte(path, '/') + 1
		if prefix == nil || strings.HasPrefix(path[:slash], *prefix) {
			list = append(list, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(path[slash:])})
		}
	}
	return pageOf(list, func(p types.AttachedPolicy) string { return *p.PolicyName + "\x00" + *p.PolicyArn }, marker, max)
}

func noInline(k kind, name string) *awsapi.Error {
	return noSuch("The " + string(k) + " policy with name " + name + " cannot be found.")
}

// putInline decodes PutUserPolicy and its siblings.
func (s *Store) putInline(req *awsapi.Request, op string, k kind, name, policyName, document *string) (awsapi.Call, error) {
	return s.write(req, op, named(k, name), func(e *edit) (any, error) {
		h, err := e.holder(k, *name)
		if err != nil {
			return nil, err
		}
		if err := checkDocument(policy.Identity, *document); err != nil {
			return nil, err
		}
		g := h.held()
		if old, there := g.inline(*policyName); there {
			delete(g.Inline, old)
		}
		if g.Inline == nil {
			g.Inline = map[string]string{}
		}
		g.Inline[*policyName] = *document
		size := 0
		for _, d := range g.Inline {
			size += policy.Size(d)
		}
		if limit := maxInline(k); size > limit {
			return nil, limitExceeded("Maximum policy size of " + strconv.Itoa(limit) + " bytes exceeded for " + string(k) + " " + h.base().Name)
		}
		return nil, save(e, k, h)
	})
}

// inline returns the name as which a policy is stored: names are not told apart by case.
func (g *grants) inline(name string) (string, bool) {
	if _, ok := g.Inline[name]; ok {
		return name, true
	}
	for n := range g.Inline {
		if strings.EqualFold(n, name) {
			return n, true
		}
	}
	return "", false
}

// inlined reads an inline policy of an entity.
func (v *view) inlined(k kind, name, policyName *string) (h holder, stored string, err error) {
	h, err = v.holder(k, *name)
	if err != nil {
		return nil, "", err
	}
	stored, ok := h.held().inline(*policyName)
	if !ok {
		return nil, "", noInline(k, *policyName)
	}
	return h, stored, nil
}

// deleteInline decodes DeleteUserPolicy and its siblings.
func (s *Store) deleteInline(req *awsapi.Request, op string, k kind, name, policyName *string) (awsapi.Call, error) {
	return s.write(req, op, named(k, name), func(e *edit) (any, error) {
		h, err := e.holder(k, *name)
		if err != nil {
			return nil, err
		}
		stored, there := h.held().inline(*policyName)
		if !there {
			return nil, noInline(k, *policyName)
		}
		delete(h.held().Inline, stored)
		return nil, save(e, k, h)
	})
}

// inlines is a page of the names of the inline policies of an entity.
func (v *view) inlines(k kind, name, marker *string, max *int32) (*page[string], error) {
	h, err := v.holder(k, *name)
	if err != nil {
		return nil, err
	}
	return pageOf(slices.Collect(maps.Keys(h.held().Inline)), self, marker, max)
}
