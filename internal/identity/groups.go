package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

const maxGroups = 300

// createGroup decodes CreateGroup.
func (s *Store) createGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateGroupInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateGroup", created(groupKind, in.Path, in.GroupName), func(e *edit) (any, error) {
		g := &groupRecord{entity: e.newEntity("AGPA", in.Path, in.GroupName, nil)}
		if err := create(e, groupKind, g, "GroupsPerAccount", maxGroups); err != nil {
			return nil, err
		}
		return &iam.CreateGroupOutput{Group: showGroup(e.view, g)}, nil
	})
}

func showGroup(v *view, g *groupRecord) *types.Group {
	return &types.Group{
		Arn: aws.String(g.arn(v.account, groupKind)), CreateDate: aws.Time(g.Created), Path: aws.String(g.Path),
		GroupId: aws.String(g.ID), GroupName: aws.String(g.Name),
	}
}

// getGroup decodes GetGroup, which is also the list of the group's users.
func (s *Store) getGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetGroupInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetGroup", named(groupKind, in.GroupName), func(v *view) (any, error) {
		g, err := v.group(*in.GroupName)
		if err != nil {
			return nil, err
		}
		ids, err := v.lasts("member", v.account, g.ID)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(ids, self, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		out := &iam.GetGroupOutput{Group: showGroup(v, g), Users: []types.User{}, IsTruncated: p.more, Marker: p.marker()}
		for _, id := range p.items {
			u, err := byID[userRecord](v, userKind, id)
			if err != nil {
				return nil, err
			}
			if u != nil {
				out.Users = append(out.Users, *showUser(v, u, false))
			}
		}
		return out, nil
	})
}

// listGroups decodes ListGroups.
func (s *Store) listGroups(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListGroupsInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListGroups", anything, func(v *view) (any, error) {
		p, err := pageOfKind(v, groupKind, in.PathPrefix, in.Marker, in.MaxItems, (*groupRecord).base,
			func(g *groupRecord) (types.Group, error) { return *showGroup(v, g), nil })
		if err != nil {
			return nil, err
		}
		return &iam.ListGroupsOutput{Groups: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}

// updateGroup decodes UpdateGroup.
func (s *Store) updateGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateGroupInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateGroup", named(groupKind, in.GroupName), func(e *edit) (any, error) {
		g, err := e.group(*in.GroupName)
		if err != nil {
			return nil, err
		}
		return nil, rename(e, groupKind, g, in.NewGroupName, in.NewPath)
	})
}

// deleteGroup decodes DeleteGroup.
func (s *Store) deleteGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteGroupInput](req, "GroupName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteGroup", named(groupKind, in.GroupName), func(e *edit) (any, error) {
		g, err := e.group(*in.GroupName)
		if err != nil {
			return nil, err
		}
		n, err := e.count("member", e.account, g.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return nil, deleteConflict("remove users from group")
		}
		if err := g.bare(); err != nil {
			return nil, err
		}
		return nil, remove(e, groupKind, g.base())
	})
}
