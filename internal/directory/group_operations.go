package directory

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// createGroup decodes CreateGroup.
func (s *Store) createGroup(req *awsapi.Request) (awsapi.Call, error) {
	type request struct{ IdentityStoreId, DisplayName, Description *string }
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.sensitive("displayName", in.DisplayName, maxText, groupPattern)
		v.text("description", in.Description)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:CreateGroup", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		g := &Group{CreatedBy: v.by(), UpdatedBy: v.by()}
		copyMembers(g, in)
		err := s.Update(ctx, func(tx kv.Txn) error {
			g.ID = ""
			return s.PutGroup(ctx, tx, g)
		})
		if err != nil {
			return nil, err
		}
		return s.groupShape(g).ids(true), nil
	})
}

// ids is the part of the shape that says which group it is, with its revision or without.
func (g *groupShape) ids(revision bool) *groupShape {
	out := &groupShape{IdentityStoreId: g.IdentityStoreId, GroupId: g.GroupId, GroupArn: g.GroupArn}
	if revision {
		out.Revision = g.Revision
	}
	return out
}

// group is Group with the error for one that is not there.
func (s *Store) group(ctx context.Context, r kv.Reader, id string) (*Group, error) {
	g, err := s.Group(ctx, r, id)
	if err == nil && g == nil {
		err = notFound(groupType, id)
	}
	return g, err
}

type groupRequest struct{ IdentityStoreId, GroupId, Revision *string }

func checkGroup(in *groupRequest, v *input) {
	v.storeID(in.IdentityStoreId)
	v.id("groupId", groupARN, in.GroupId)
}

// describeGroup decodes DescribeGroup.
func (s *Store) describeGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkGroup)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DescribeGroup", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			g, err := s.group(ctx, r, *in.GroupId)
			if err == nil {
				out = s.groupShape(g)
			}
			return err
		})
		return out, err
	}, groupARN+*in.GroupId)
}

// deleteGroup decodes DeleteGroup.
func (s *Store) deleteGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkGroup)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DeleteGroup", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		return nil, s.Change(ctx, func(tx kv.Txn) error {
			g, err := s.group(ctx, tx, *in.GroupId)
			if err == nil {
				err = expect(g, in.Revision)
			}
			if err != nil {
				return err
			}
			return s.DeleteGroup(ctx, tx, g.ID)
		})
	}, groupARN+*in.GroupId)
}

// updateGroup decodes UpdateGroup. Groups are in no session, so that nobody has to forget anything.
func (s *Store) updateGroup(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId, GroupId *string
		Operations               []attributeOperation
		Revision                 *string
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.id("groupId", groupARN, in.GroupId)
		v.checkOperations(in.Operations)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:UpdateGroup", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		var out *groupShape
		err := s.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, groupKey(*in.GroupId)); err != nil {
				return err
			}
			g, err := s.group(ctx, tx, *in.GroupId)
			if err == nil {
				err = expect(g, in.Revision)
			}
			if err != nil {
				return err
			}
			for _, op := range in.Operations {
				if err := g.set(*op.AttributePath, op.AttributeValue); err != nil {
					return err
				}
			}
			g.UpdatedBy = v.by()
			if err := s.PutGroup(ctx, tx, g); err != nil {
				return err
			}
			out = s.groupShape(g).ids(true)
			return nil
		})
		return out, err
	}, groupARN+*in.GroupId)
}

// set sets the attribute of a path to a value in JSON, or removes it.
func (g *Group) set(path string, value []byte) error {
	var text string
	if !absent(value) && (json.Unmarshal(value, &text) != nil || text == "") {
		return invalid("The value of attribute " + path + " is not valid")
	}
	switch strings.ToLower(path) {
	case "displayname":
		g.DisplayName = text
	case "description":
		g.Description = text
	default:
		return unknownPath(path)
	}
	return nil
}

// listGroups decodes ListGroups.
func (s *Store) listGroups(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId *string
		MaxResults      *int32
		NextToken       *string
		Filters         []types.Filter
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.page(in.MaxResults, in.NextToken)
		v.filters(in.Filters)
	})
	if err != nil {
		return nil, err
	}
	type response struct {
		Groups    []groupShape
		NextToken *string
	}
	return s.call(v, "identitystore:ListGroups", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		from, err := after(in.NextToken)
		if err != nil {
			return nil, err
		}
		name, err := filtered(in.Filters, "DisplayName")
		if err != nil {
			return nil, err
		}
		p := newPage[groupShape](in.MaxResults)
		err = s.View(ctx, func(r kv.Reader) error {
			if name != nil {
				g, err := s.GroupByName(ctx, r, *name)
				if err == nil && g != nil {
					p.add(g.ID, *s.groupShape(g))
				}
				return err
			}
			return s.EachGroup(ctx, r, from, func(g *Group) (bool, error) { return p.add(g.ID, *s.groupShape(g)), nil })
		})
		return &response{p.items, p.next()}, err
	}, groupARN+"*")
}

// getGroupID decodes GetGroupId.
func (s *Store) getGroupID(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkAlternate)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:GetGroupId", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			g, err := s.alternateGroup(ctx, r, in.AlternateIdentifier)
			if err == nil && g == nil {
				err = notFound(groupType, "")
			}
			if err == nil {
				out = s.groupShape(g).ids(false)
			}
			return err
		})
		return out, err
	}, groupARN+"*")
}

func (s *Store) alternateGroup(ctx context.Context, r kv.Reader, a *alternateIdentifier) (*Group, error) {
	if x := a.ExternalId; x != nil {
		return s.GroupByExternalID(ctx, r, *x.Issuer, *x.Id)
	}
	value, err := a.value()
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(*a.UniqueAttribute.AttributePath, "displayName") {
		return nil, invalid("The only valid attribute path is displayName")
	}
	return s.GroupByName(ctx, r, value)
}
