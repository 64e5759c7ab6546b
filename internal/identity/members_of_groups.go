package identity

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

const maxGroupsOfUser = 10

// addUserToGroup decodes AddUserToGroup. The resource is the group.
func (s *Store) addUserToGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AddUserToGroupInput](req, "GroupName", "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "AddUserToGroup", named(groupKind, in.GroupName), func(e *edit) (any, error) {
		g, err := e.group(*in.GroupName)
		if err != nil {
			return nil, err
		}
		u, err := e.user(*in.UserName)
		if err != nil || slices.Contains(u.Groups, g.ID) {
			return nil, err
		}
		if len(u.Groups) >= maxGroupsOfUser {
			return nil, overQuota("GroupsPerUser", maxGroupsOfUser)
		}
		u.Groups = append(u.Groups, g.ID)
		if err := put(e.tx, memberKey(e.account, g.ID, u.ID), true); err != nil {
			return nil, err
		}
		return nil, save(e, userKind, u)
	})
}

// removeUserFromGroup decodes RemoveUserFromGroup.
func (s *Store) removeUserFromGroup(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.RemoveUserFromGroupInput](req, "GroupName", "UserName")
	if err != nil {
		return nil, err
	}
	return s.write(req, "RemoveUserFromGroup", named(groupKind, in.GroupName), func(e *edit) (any, error) {
		g, err := e.group(*in.GroupName)
		if err != nil {
			return nil, err
		}
		u, err := e.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		i := slices.Index(u.Groups, g.ID)
		if i < 0 { // AWS is content with that, too
			return nil, nil
		}
		u.Groups = slices.Delete(u.Groups, i, i+1)
		if err := e.tx.Delete(memberKey(e.account, g.ID, u.ID)); err != nil {
			return nil, err
		}
		return nil, save(e, userKind, u)
	})
}

// listGroupsForUser decodes ListGroupsForUser.
func (s *Store) listGroupsForUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListGroupsForUserInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListGroupsForUser", named(userKind, in.UserName), func(v *view) (any, error) {
		u, err := v.user(*in.UserName)
		if err != nil {
			return nil, err
		}
		var groups []types.Group
		for _, id := range u.Groups {
			g, err := byID[groupRecord](v, groupKind, id)
			if err != nil {
				return nil, err
			}
			if g != nil {
				groups = append(groups, *showGroup(v, g))
			}
		}
		p, err := pageOf(groups, func(g types.Group) string { return *g.GroupName }, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListGroupsForUserOutput{Groups: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
